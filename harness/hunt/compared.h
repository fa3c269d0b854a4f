/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_HUNT_COMPARED_H
#define HVSPEC_HARNESS_HUNT_COMPARED_H

#include "harness/hunt/candidate.h"
#include "harness/probe/probe.h"

/*
 * Tables for a search, from what the code compares while it runs. A few tables whose every number
 * is a drawn one are run with a hook on each comparison, again with one number drawn anew, and so
 * on: an operand that changes with a number stems from it, and the other operand is what it is
 * compared with, be it spelled in the code, looked up or computed. Each table made of that is run
 * in its turn, so that comparisons behind comparisons are met, however rare what they ask for is.
 */
#define HUNT_COMPARED_MAX 128u

struct hunt_compared {
    struct hunt_candidate candidates[HUNT_COMPARED_MAX]; /* all different */
    size_t count;
};

/* Fills the zeroed `compared`, in a process of its own: a guest whose comparisons are noted is for
 * nothing else. What is found hangs on the probe and the seed alone. False with an error noted: no
 * process could be started. */
bool hunt_compared_find(const struct probe *probe, uint64_t seed, struct hunt_compared *compared,
                        struct errors *errors);

#endif
