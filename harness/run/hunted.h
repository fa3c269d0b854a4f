/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_RUN_HUNTED_H
#define HVSPEC_HARNESS_RUN_HUNTED_H

#include "harness/suite/suite.h"

/*
 * A probe's cases with those beside them that a short hunt found for it (harness/hunt/short.h).
 */
struct hunted {
    struct suite_hunt hunt;
    struct scenario_set all;   /* what the suite runs; the array is owned, what is in it borrowed */
    struct scenario_set found; /* owned: the scenario of the found cases, if there are any */
};

/* Cases that are known without a hunt: ids that spell them out (harness/scenario/spelled.h). */
struct hunted_cases {
    char **ids;
    size_t count;
};

/* How much is spent on it. */
struct hunted_effort {
    uint64_t runs; /* calls of the probe; 0: no hunt at all */
    bool
        solver; /* then from the solver's tables too, where there is one (harness/prove/tables.h) */
};

/* Hunts with the suite's rules, seed, profile and workers;
 * `further` cases (NULL: none) are found without. `cases` has to outlive `hunted`, which is zeroed
 * by the caller and to be cleared either way. False with errors noted. */
bool hunted_run(const struct probe *probe, const struct scenario_set *cases,
                const struct suite_options *options, const struct hunted_effort *effort,
                const struct hunted_cases *further, struct hunted *hunted, struct errors *errors);

void hunted_clear(struct hunted *hunted);

#endif
