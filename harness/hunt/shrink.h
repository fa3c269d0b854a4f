/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_HUNT_SHRINK_H
#define HVSPEC_HARNESS_HUNT_SHRINK_H

#include "harness/hunt/candidate.h"

/*
 * Makes a find readable: fewest questions, fewest leaves, plainest values, as long as it still
 * shows what was found. Greedy and in a fixed order, so that the same find shrinks to the same
 * table.
 */
struct hunt_shrink {
    /* Whether a candidate still shows it; the first one has to. */
    bool (*keeps)(void *context, const struct hunt_candidate *candidate);
    void *context;
    const uint32_t *targets; /* the only leaves the probe can be asked for; */
    size_t targets_count;    /* 0: any */
};

void hunt_shrink(const struct hunt_shrink *shrink, struct hunt_candidate *candidate);

#endif
