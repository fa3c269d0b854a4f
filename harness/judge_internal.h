/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_JUDGE_INTERNAL_H
#define HVSPEC_HARNESS_JUDGE_INTERNAL_H

/* What the files of the judges share. */
#include "harness/judge.h"

/* What the twins of one kind say; indices of evidence, or FINDING_NO_TWIN. */
struct weight {
    bool ran;
    size_t differs;        /* breaks the rule that this kind must not matter */
    size_t any_difference; /* another answer, whether it counts or not */
    size_t repairs;        /* is right where the case is wrong */
    size_t names;          /* names the outcome rightly where the case does not */
    size_t reads;          /* reads the target where the case does not */
};

struct weights {
    struct weight of[TWIN_KINDS];
    bool rows_ran;
    size_t row_right; /* a row with a right run */
    size_t row_reads; /* a row where the target is read */
};

/* Notes that a rule was judged, and broken or not. */
void finding_note(struct finding *findings, enum rule_id rule, bool violated, size_t twin);

/* Whether a twin differs in nothing that the table holds. */
bool judge_is_fresh_start(const struct twin *twin);

/* Whether both runs report the target's value, and only one of them as it is. Where the probe
 * reports none, two runs on tables with the same target never differ here. */
bool judge_value_differs(const struct facts *a, const struct facts *b);

/* The platform rules that any single run shows. */
void judge_platform(const struct judge_probe *probe, const struct facts *facts, size_t twin,
                    struct finding *findings);

/* platform/deterministic, as far as it is more than an answer that differs. */
void judge_fresh_starts(const struct facts *base, const struct evidence *twins, size_t count,
                        struct finding *findings);

#endif
