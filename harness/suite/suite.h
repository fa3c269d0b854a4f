/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_SUITE_SUITE_H
#define HVSPEC_HARNESS_SUITE_SUITE_H

#include "base/sha256.h"
#include "harness/baseline/baseline.h"
#include "harness/examine/examine.h"
#include "harness/probe/probe.h"
#include "harness/scenario/scenario.h"
#include "reports/model/report.h"

#include <signal.h>

/*
 * Probes x cases on workers, and what came of them as a report.
 */

/* What a short hunt came to, which found further cases for a probe. */
struct suite_hunt {
    uint64_t wanted, runs; /* calls of the probe that it was to make, and made */
    uint64_t finds;        /* cases that break a rule */
    bool solver;           /* a solver was asked too */
    uint64_t unjudged;     /* tables on which the harness failed */
};

struct suite_options {
    uint64_t seed;
    bool strict;
    const char *profile;     /* "presence", or NULL */
    bool selected[RULES];    /* rules to judge */
    unsigned workers;        /* at least 1 */
    size_t failures_max;     /* start no further case after so many that fail; 0: run all */
    bool wants_cells;        /* keep an example for each cell of the matrix; of one probe only */
    bool wants_cunit;        /* keep CUnit's own XML in the report */
    const char *source_root; /* source files are named relative to it; NULL: the current folder */
    /* Violations that are known of: no failures to CUnit, and examples only where there are too few
     * others. NULL: none. */
    const struct baseline *listed;
    bool lists_all; /* whatever is found will be listed, so nothing of it fails */
    bool part;      /* what runs is a part that the baseline's other lines are not about */
    /* By probe, the cases that it runs on where these are not those of the set; NULL, or NULL for a
     * probe: those of the set. Each a set of its own. */
    const struct scenario_set *const *sets;
    const struct suite_hunt *hunts; /* by probe; NULL: none was made */
    /* By probe, whether it does not start (suite_try): one case then stands for all. NULL: all do.
     */
    const bool *unstarted;
    uint64_t cost_max; /* of a probe's cases, in the observation's unit: when all would cost more,
                          some are chosen (choose.h); 0: no limit */
    const volatile sig_atomic_t *stop; /* not 0: end, without a report; NULL: never */
    unsigned shard, shards;            /* this part, 1 to `shards`, of all cases; 0, 0: all */
    bool some_scenarios;               /* the set is not all that are installed */
    /* Called now and then with the cases done and in all; NULL: not. */
    void (*progress)(void *context, size_t done, size_t count);
    /* The same with the calls of a short hunt made so far, and wanted. */
    void (*progress_hunt)(void *context, size_t done, size_t count);
    void *progress_context;
};

/* What runs everything and fills the report (cleared first by the caller). False with errors noted
 * when nothing could be run; what went wrong for single cases is in the report. The report borrows
 * from the scenario set. */
typedef bool (*suite_runner)(struct probe *const *probes, size_t probes_count,
                             const struct scenario_set *set, const struct suite_options *options,
                             struct report *report, struct errors *errors);

/* Without CUnit, whose registry is one a process, for programs that have tests of their own in it
 * (with it: cunit_run). Ignores failures_max and wants_cunit. */
bool suite_run_plain(struct probe *const *probes, size_t probes_count,
                     const struct scenario_set *set, const struct suite_options *options,
                     struct report *report, struct errors *errors);

/* Starts in a worker what is a process, once: whether it does not start, by probe. A reason is told
 * where the probe is run. False with errors noted. */
bool suite_try(struct probe *const *probes, size_t count, const struct suite_options *options,
               bool *unstarted, struct errors *errors);

/* How many cases the options leave for the probe at `index`, though they may cost too much. */
size_t suite_cases(const struct scenario_set *set, const struct suite_options *options,
                   size_t index);

/* Whether a rule is judged for the probe at all under a profile (NULL: none); else *reason says why
 * not. */
bool suite_judges(const struct probe *probe, enum rule_id rule, const char *profile,
                  const char **reason);

/* The rules that count when the probe is judged: those selected (NULL: all) that are judged at all.
 */
void suite_judged(const struct probe *probe, const bool selected[RULES], const char *profile,
                  bool judged[RULES]);

/* Names the set of all cases, whichever of them run: parts of different sets cannot be joined.
 * False: out of memory. */
bool suite_hash_scenarios(const struct scenario_set *set, char text[SHA256_TEXT_SIZE]);

/* The same of one scenario's cases. */
bool suite_hash_scenario(const struct scenario *scenario, char text[SHA256_TEXT_SIZE]);

#endif
