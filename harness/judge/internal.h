/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_JUDGE_INTERNAL_H
#define HVSPEC_HARNESS_JUDGE_INTERNAL_H

/* What the files of the judges share. */
#include "harness/judge/attribution.h"
#include "harness/judge/judge.h"

/* What the twins of one kind say; indices of evidence, or FINDING_NO_TWIN. */
struct weight {
    bool ran;
    size_t differs;  /* breaks the rule that this kind must not matter */
    size_t deviates; /* reads other leaves, which the signature's rule minds a little */
    size_t repairs;  /* is right where the case is wrong */
    size_t names;    /* names the outcome rightly where the case does not */
    size_t reads;    /* reads the target where the case does not */
    size_t other;    /* answers otherwise than the first of its kind, or of its row */
    size_t instead; /* says "available" where the case does not, and has not read the target either:
                       what this kind changes was taken for the target */
};

struct weights {
    const bool *judged; /* see struct judge_probe */
    struct weight of[TWIN_KINDS];
    bool rows_ran;
    size_t row_right; /* a row with a right run */
    size_t row_reads; /* a row where the target is read */
};

/* Notes that a rule was judged, and broken or not. */
void finding_note(struct finding *findings, enum rule_id rule, bool violated, size_t twin);

/* Notes that a rule was broken in a way that is nonstrict. */
void finding_deviate(struct finding *findings, enum rule_id rule, size_t twin);

/* Whether a twin differs in nothing that the table holds. */
bool judge_is_fresh_start(const struct twin *twin);

/* Whether both runs report the target's value, and only one of them as it is. Where the probe
 * reports none, two runs on tables with the same target never differ here. */
bool judge_value_differs(const struct facts *a, const struct facts *b);

/* Whether a twin gave another answer than the case itself; not where the mail leaves both open. */
bool judge_differs(const struct facts *base, const struct facts *twin);

/* Whether the signature's twin did: no answer is another one than an answer. */
bool judge_signature_differs(const struct facts *base, const struct facts *twin);

/* Whether the signature decided what was read. */
bool judge_reads_differ(const struct facts *base, const struct facts *twin);

/* Gathers what the twins say. */
void judge_weigh(const struct judge_probe *probe, const struct facts *base,
                 const struct evidence *twins, size_t count, struct weights *weights);

/* Kinds of twins that change what must not matter, and the rules that say so: of the rules' rows. */
struct judge_factor_row {
    enum twin_kind kind;
    enum rule_id rule;
};
extern const struct judge_factor_row judge_factors[];
extern const size_t judge_factors_count;

/* The rule that a kind of twin breaks when it is otherwise than the case; RULES: none. */
enum rule_id judge_factor(enum twin_kind kind);

/* Things that must not matter, each by itself. */
void judge_factors_alone(const struct weights *weights, struct finding *findings);

/* Puts a fault down to the rule whose evidence is there: see attribution.h. */
void judge_attribute(enum fault fault, const struct facts *base, const struct weights *weights,
                     struct finding *findings);

/* Which rule an end that is no answer breaks; RULES: none, there is an answer or an error. */
enum rule_id judge_end_rule(const struct facts *facts);

/* platform/subleaf-zero, which any single run shows. */
void judge_subleaf_zero(const struct facts *facts, size_t twin, struct finding *findings);

/* The rules that the case's own run shows, which answered. */
void judge_own_run(const struct facts *facts, struct finding *findings);

/* The rules about a run where no hypervisor is announced. */
void judge_bare_run(const struct facts *facts, struct finding *findings);

/* The rules that any single run shows. */
void judge_platform(const struct judge_probe *probe, const struct facts *facts, size_t twin,
                    struct finding *findings);

/* platform/stack-balanced, as far as it is about what lies below the stack pointer. */
void judge_interrupted(const struct facts *base, const struct evidence *twins, size_t count,
                       struct finding *findings);

/* platform/deterministic, as far as it is more than an answer that differs. */
void judge_fresh_starts(const struct facts *base, const struct evidence *twins, size_t count,
                        struct finding *findings);

#endif
