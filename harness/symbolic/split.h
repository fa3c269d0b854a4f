/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_SPLIT_H
#define HVSPEC_HARNESS_SPLIT_H

#include "harness/symbolic/solver.h"

/*
 * Whether conditions can hold all at once, case by case: where one number is compared with many
 * others, as the one is by which a walk over leaves ends, each query is small once it is known
 * where that lies.
 */
struct split_query {
    const term_id *conditions; /* of one bit */
    size_t count, slow; /* so many first ones are left out where the others alone are asked */
    uint64_t *values;   /* on "yes": those of the first unknowns, all that are spoken of */
    size_t values_count;
    double end;     /* when to give up, in seconds of clock_seconds */
    unsigned depth; /* cases that this is one of: 0 */
};

/* SOLVER_UNKNOWN, too, where no number is compared so often. */
enum solver_answer split_ask(struct terms *terms, struct solver *solver,
                             const struct split_query *query);

#endif
