/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_HUNT_SEARCHES_H
#define HVSPEC_HARNESS_HUNT_SEARCHES_H

#include "harness/hunt/hunt.h"
#include "reports/model/hunt_report.h"

/*
 * A hunt is several searches that know nothing of each other, numbered from 1, each with its own
 * stream of random numbers, which hangs on the seed and its number alone, and its own share of the
 * calls. So it does not matter how many run at a time, nor on which machine: what a hunt finds is
 * what its searches find, in their order, each mistake once.
 */
#define HUNT_SEARCHES_MAX 4096u
#define HUNT_SEARCHES_DEFAULT 8u /* as many, */
#define HUNT_SEARCH_RUNS 25000u  /* but not so many that one has fewer calls than this */

struct hunt_searches_options {
    struct hunt_options hunt; /* seed, runs and seconds of the whole; folder, wanted, first_only */
    unsigned workers;
    const volatile sig_atomic_t *stop; /* not 0: end, as hunt_searches_stop; NULL: never */
    /* Called now and then; NULL: not. */
    void (*progress)(void *context, const struct hunt_progress *progress);
    void *progress_context;
};

/* How many searches a hunt of so many runs (0: no limit) has unless it is told. */
unsigned hunt_searches_default(size_t runs);

/* Runs the searches of `report`, of which everything up to `shards` is set, and fills in the rest. Of
 * files with finds that it has written itself only those of finds that count are left. False with
 * errors noted; what is there is in `report` all the same. */
bool hunt_searches_run(const struct probe *probe, const struct scenario_set *seeds,
                       const struct hunt_searches_options *options, struct hunt_report *report,
                       struct errors *errors);

/* Ends the searches that run, from a signal handler too; what they have found is kept. */
void hunt_searches_stop(void);

/* Names the rules, by their numbers, none of them wanted. */
void hunt_describe_rules(struct hunt_report *report);

/* Leaves each mistake once, and with `first_only` nothing behind the first search that found
 * something. Calls `drop`, unless it is NULL, with each find that goes. */
void hunt_unite(struct hunt_report *report, void (*drop)(const struct hunt_found *found));

#endif
