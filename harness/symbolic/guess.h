/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_GUESS_H
#define HVSPEC_HARNESS_GUESS_H

#include "harness/symbolic/term.h"

/*
 * Values found by trying, where a solver gives up.
 */
struct guess_query {
    const term_id *conditions; /* terms of one bit: the last one is what is asked about */
    size_t count;
    uint64_t
        *values; /* of each unknown: where to begin; and where all conditions hold, when found */
    size_t values_count;
    uint64_t steps; /* how many terms may be worked out; less, on return, by those that were */
    double end;     /* when to give up, in seconds of clock_seconds; 0: never */
};

/* True: found. The same on every machine, but for `end`. */
bool guess_values(struct terms *terms, struct guess_query *query);

#endif
