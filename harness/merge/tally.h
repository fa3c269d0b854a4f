/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_MERGE_TALLY_H
#define HVSPEC_HARNESS_MERGE_TALLY_H

#include "harness/assemble/tally.h"

/* One case of the whole run. */
struct merge_case {
    size_t probe, part;
    const struct report_scenario *from; /* the scenario in the part that ran the case, */
    size_t index;                       /* of which it is that one */
};

struct merge {
    struct report *parts; /* by part */
    size_t count;
    struct report *whole;
    struct merge_case *cases; /* in the order of the whole run */
    size_t cases_count;
};

/* A probe's tally of the whole run, with what it borrows. Examples that are made of it are taken
 * over from the parts. */
struct merge_tally {
    struct tally tally;
    struct tally_task *tasks;
    struct tally_scenario *scenarios;
    size_t scenarios_count;
    uint8_t (*states)[RULES];
    struct tally_example *cells;
    size_t *numbers; /* of the cells' examples: their cases', in the whole run */
    bool selected[RULES];
};

/* False: out of memory, or the parts contradict themselves; merge_tally_clear either way. */
bool merge_tally(const struct merge *merge, size_t probe, struct merge_tally *joined);
void merge_tally_clear(struct merge_tally *joined);

#endif
