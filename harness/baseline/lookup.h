/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_BASELINE_LOOKUP_H
#define HVSPEC_HARNESS_BASELINE_LOOKUP_H

#include "harness/baseline/baseline.h"

/*
 * The lines that list a case, found in a time that grows with the logarithm of their count: lines
 * without a special character are looked for by what they say, in the order that a baseline is
 * kept in; the few others are each matched. Needs a baseline that was parsed.
 */

/* The lines of one rule, probe and outcome. */
struct baseline_lines {
    const struct baseline *baseline;
    const char *probe, *rule;
    enum report_verdict outcome;
    size_t *wild; /* by index; with special characters, and about this probe and rule */
    size_t wild_count;
    size_t *found; /* what baseline_lines_find found */
};

/* Room for the lines of any rule. False: out of memory. Freed with baseline_lines_clear in both
 * cases; borrows the baseline. */
bool baseline_lines_open(const struct baseline *baseline, struct baseline_lines *lines);
void baseline_lines_clear(struct baseline_lines *lines);

/* Turns to a rule. */
void baseline_lines_choose(struct baseline_lines *lines, const char *probe, const char *rule,
                           enum report_verdict outcome);

/* How many lines list a case of that rule; lines->found: their indices. */
size_t baseline_lines_find(struct baseline_lines *lines, const char *case_id);

/* Whether a field of a line matches more than the text that it spells, or spells it with a '\'. */
bool baseline_is_wild(const char *field);

/* What breaking a rule of its level is called; REPORT_INFO: nothing that could be listed. */
enum report_verdict baseline_outcome(const struct report_rule *rule);

/* The order of lines: by what they say, byte by byte. */
int baseline_order(const struct baseline_line *left, const struct baseline_line *right);

#endif
