/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_HUNT_SHORT_H
#define HVSPEC_HARNESS_HUNT_SHORT_H

#include "harness/hunt/hunt.h"

/*
 * The hunt that `check` makes of each probe beside its cases. It tries what `hunt --runs` with the
 * same seed tries, and says which cases are worth running; nothing is written. Code that costs much
 * is tried less often: what counts is what runs cost in the emulator, not the time, so that the
 * same cases are found on any machine, by any number of workers.
 */
#define HUNT_SHORT_RUNS 300000u /* unless another number is asked for */
#define HUNT_SHORT_COST                                                                            \
    2000u /* of a run on average, in the observation's unit: more ends it early */

struct hunt_short_options {
    uint64_t seed;
    size_t runs;         /* at least 1 */
    const char *profile; /* see struct hunt_options, like the next two */
    bool judged[RULES];
    bool wanted[RULES];
    const struct hunt_candidate *tables; /* see struct hunt_options */
    size_t tables_count;
    unsigned workers;
    const volatile sig_atomic_t *stop; /* NULL: never */
    /* Called now and then with the calls made and wanted; NULL: not. */
    void (*progress)(void *context, size_t done, size_t count);
    void *progress_context;
};

/* What it came to. */
struct hunt_short {
    size_t runs;  /* that were made */
    char **cases; /* spelled out (scenario_spell); owned */
    size_t cases_count;
    bool broken[RULES]; /* by them */
    size_t unjudged;    /* tables on which the harness failed */
    size_t finds; /* how many of these break a rule; another is one that could not be judged */
};

/* `found`, zeroed by the caller, is to be cleared either way. False with errors noted. */
bool hunt_short_run(const struct probe *probe, const struct scenario_set *seeds,
                    const struct hunt_short_options *options, struct hunt_short *found,
                    struct errors *errors);

void hunt_short_clear(struct hunt_short *found);

#endif
