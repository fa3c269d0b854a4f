/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_BASELINE_BASELINE_H
#define HVSPEC_HARNESS_BASELINE_BASELINE_H

#include "base/errors.h"
#include "reports/model/report.h"

/*
 * The violations that a project knows of, and how a report differs from them. A text file, a line
 * an exception:
 *
 *     PROBE RULE CASE OUTCOME  # reason, link
 *     PROBE RULE  # the same for all lines of that probe and rule that give none
 *
 * The first three are globs (base/glob.h): a blank or '#' in a name has a '\' ahead. OUTCOME is
 * fail or nonstrict. Comment lines stay with the line that follows them; those ahead of the first
 * one are the file's header.
 */
#define BASELINE_SIZE_MAX (64u * 1024 * 1024) /* bytes of a file */

struct baseline_line {
    char *probe, *rule, *test; /* globs; test: of case ids */
    enum report_verdict outcome;
    char *reason;    /* what follows the '#', without blanks around it; "": none */
    char *above;     /* comment lines ahead of it, each with its newline; "": none */
    unsigned number; /* in the file, from 1; 0: not from a file */
};

struct baseline {
    struct baseline_line *lines;
    size_t count;
    struct baseline_line *reasons; /* those of a whole rule: `test` is "", no outcome */
    size_t reasons_count;
    char *header, *tail; /* comment lines at the start and the end; NULL: none */
    size_t *wild;        /* of one that was parsed: lines with special characters, by index */
    size_t wild_count;
};

/* Reads a file's text; the lines are then sorted by what they say. False with every error noted
 * (path, line, column). Freed with baseline_clear in both cases. */
bool baseline_parse(const char *path, const char *text, size_t size, struct baseline *baseline,
                    struct errors *errors);
bool baseline_load(const char *path, struct baseline *baseline, struct errors *errors);

/* The file's text, lines sorted by their bytes. The caller frees; NULL: out of memory. */
char *baseline_text(const struct baseline *baseline);

void baseline_clear(struct baseline *baseline);

/* Appends a line, or the reason of a rule. False: out of memory. */
bool baseline_add(struct baseline *baseline, const struct baseline_line *line);
bool baseline_add_reason(struct baseline *baseline, const struct baseline_line *reason);

/* Whether a rule's reason is meant for a line. */
bool baseline_explains(const struct baseline_line *reason, const struct baseline_line *line);

/* A line's own reason, or that of its rule; "": none. Borrowed from the baseline. */
const char *baseline_reason(const struct baseline *baseline, const struct baseline_line *line);

/* --- How a report differs. --- */

enum baseline_change {
    BASELINE_NEW,      /* violations that no line lists */
    BASELINE_GONE,     /* a line whose cases ran and hold now */
    BASELINE_UNMATCHED /* a line that names nothing that ran */
};

struct baseline_difference {
    enum baseline_change change;
    bool fails; /* the gate; not a new nonstrict one unless the report is strict */
    const struct baseline_line *line; /* GONE, UNMATCHED; borrowed */
    const char *why;                  /* UNMATCHED: static */
    const struct report_probe *probe; /* NEW; borrowed, like all below */
    const struct report_rule *rule;
    enum report_verdict outcome; /* NEW: what breaking it in these cases is called */
    const char **cases;          /* NEW: the unlisted ones, in case order; owned */
    size_t cases_count;
};

struct baseline_comparison {
    struct baseline_difference *differences; /* new ones in the report's order, then by line */
    size_t count;
    size_t listed;                  /* violations that a line lists */
    size_t unjudged;                /* lines about rules or cases outside this run */
    enum report_line_state *states; /* of each line */
    bool part;                      /* as passed to baseline_compare */
    bool fails;
};

/* Compares with a baseline that was parsed. `part`: only some of the cases ran, so a line that
 * lists nothing may be about others; rules that were not selected are outside the run in any case.
 * False: out of memory. Freed with baseline_comparison_clear in both cases; borrows from the
 * baseline and the report. */
bool baseline_compare(const struct baseline *baseline, const struct report *report, bool part,
                      struct baseline_comparison *comparison);
void baseline_comparison_clear(struct baseline_comparison *comparison);

/* Whether a line lists a case in which a probe broke a rule; `outcome` is what that is called. */
bool baseline_lists(const struct baseline *baseline, const char *probe, const char *rule,
                    enum report_verdict outcome, const char *case_id);

/* Puts what the comparison found into the report, for its writers: report->gate, and what its lines
 * list. `path` names the baseline, `root` the top of the sources (NULL: the current folder). False:
 * out of memory. */
bool baseline_annotate(const struct baseline *baseline, const char *path, const char *root,
                       const struct baseline_comparison *comparison, struct report *report);

/* The baseline that the report matches: the lines that the comparison keeps, as they are, and new
 * ones. A new line says '*' when every case that exercises the rule breaks it, "SCENARIO:*" when
 * every case of a scenario does, or when a hunt found it, and else (and always when only a part
 * ran) names its case, so that what changes between two versions of the file is what changed in the
 * probe. `by_rule` says '*' in any case, for new lines and for kept ones that give no reason of
 * their own. Lines that a '*' makes needless are left out, unless they say why; a rule's reason
 * stays while there is a line of it. False: out of memory. */
bool baseline_update(const struct baseline *baseline, const struct baseline_comparison *comparison,
                     bool by_rule, struct baseline *updated);

#endif
