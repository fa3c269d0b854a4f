/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_HUNT_HUNT_H
#define HVSPEC_HARNESS_HUNT_HUNT_H

#include "harness/hunt/scenario.h"
#include "reports/model/hunt_report.h"

#include <signal.h>

/*
 * The search: tables from the scenarios, mutated; those that run new code are kept and mutated
 * further; those on which the probe breaks a rule are shrunk and written down. What one search does
 * hangs on the probe, the scenarios, the seeds and the number of runs alone.
 */
struct hunt_progress {
    size_t runs, blocks, finds;
    double seconds;
};

struct hunt_options {
    uint64_t seed;                     /* of what is drawn when a table is judged, as in check */
    uint64_t stream;                   /* of the search's own draws */
    size_t runs;                       /* calls of the probe; 0: no limit */
    double seconds;                    /* 0: no limit */
    uint64_t cost;                     /* of all runs, in the observation's unit; 0: no limit */
    const struct hunt_candidate *tables; /* tried ahead of the scenarios'; borrowed */
    size_t tables_count;
    const char *folder;                /* where finds go; NULL: they are not written */
    bool judged[RULES];                /* see struct judge_probe */
    bool wanted[RULES];                /* rules whose violation is a find */
    const char *profile;               /* "presence": tables without a hypervisor too; or NULL */
    bool first_only;                   /* stop at the first find */
    const volatile sig_atomic_t *stop; /* not 0: end, keeping what was found */
    /* Called now and then; NULL: not. */
    void (*progress)(void *context, const struct hunt_progress *progress);
    void *progress_context;
};

struct hunt_result {
    struct hunt_find finds[HUNT_FINDS_MAX];
    size_t finds_count;
    size_t runs;          /* of the search; shrinking is not counted */
    size_t blocks, edges; /* of the probe's code, that were run */
    size_t kept;          /* tables that ran new code */
    double seconds;
    size_t failures;   /* tables that the harness could not judge */
    struct hunt_candidate unjudged; /* the first of them */
    char failure[EXAMINE_FAILURE_SIZE]; /* why, of the first */
};

/* False with errors noted: it could not start, or a find could not be written; `result`, zeroed by
 * the caller, holds what there is, and is freed either way. */
bool hunt_run(const struct probe *probe, const struct scenario_set *seeds,
              const struct hunt_options *options, struct hunt_result *result,
              struct errors *errors);

void hunt_result_clear(struct hunt_result *result);

#endif
