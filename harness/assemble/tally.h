/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_ASSEMBLE_TALLY_H
#define HVSPEC_HARNESS_ASSEMBLE_TALLY_H

#include "harness/suite/suite.h"

/*
 * What the cases of one probe came to: all that the rules, scenarios and failures of its report are
 * assembled from. A run fills it from its tasks and merge from the reports of parts, so that both
 * go the same way from there. Everything is borrowed.
 */

struct tally_scenario {
    const char *id, *title;
    struct report_plain plain;
};

/* One case, in the order of the run: those of a scenario are neighbours. */
struct tally_task {
    size_t scenario; /* index */
    const char *case_id;
    const uint8_t *states; /* by rule: enum finding_state, or-ed */
    const char *failure;   /* why the harness could not judge it; NULL: it could */
    double seconds;        /* that it took */
};

/* An example that is worth showing, for tally.fill to make. */
struct tally_example {
    const void *from; /* NULL: there is none */
    unsigned complexity;
};

struct tally_examples {
    struct tally_example best[REPORT_EXAMPLES_MAX]; /* that one first */
    size_t count;
};

struct tally {
    const bool *selected;       /* by rule: whether the report has it */
    const char *reasons[RULES]; /* why it is not judged; NULL: it is */
    const struct tally_scenario *scenarios;
    const struct tally_task *tasks;
    size_t count;
    struct tally_examples examples[RULES];
    /* By scenario RULES + 1: each rule's best, then a case that breaks none. NULL: not kept. */
    const struct tally_example *cells;
    /* Makes an example, each at most once. False: out of memory. */
    bool (*fill)(void *context, const struct tally_example *example, struct report_example *out);
    void *context;
    struct report
        *part; /* of which the cases' results are kept as well, for merge; NULL: of none */
};

/* The place of a cell. RULES: of the case that breaks no rule. */
static inline size_t tally_cell(size_t scenario, unsigned rule) {
    return scenario * (RULES + 1) + rule;
}

/* Fills rules, scenarios and failures, which are empty before. False: out of memory. */
bool tally_fill(const struct tally *tally, struct report_probe *out);

/* Cases that the harness could not judge. */
size_t tally_errors(const struct tally *tally);

#endif
