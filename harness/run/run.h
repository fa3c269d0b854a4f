/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_RUN_RUN_H
#define HVSPEC_HARNESS_RUN_RUN_H

#include "harness/probe/probe.h"
#include "harness/run/hunted.h"
#include "harness/scenario/scenario.h"
#include "harness/suite/suite.h"
#include "harness/table/set.h"

/*
 * A run as values: what is asked for, whoever asks (the command line, the library), and what is
 * loaded by it.
 */
#define RUN_SHARDS_MAX 1000000u
/* What the cases of one probe may cost, in the observation's unit: some seconds of processor time. */
#define RUN_COST_MAX 1800000000u
#define RUN_HUNT_RUNS_MAX 1000000000u

/* All zero is a run with the program's defaults. Lists end with NULL; NULL: nothing given. */
struct run_options {
    /* Of probes. Those of struct probe_options are the same for every file. */
    const char *const *entries; /* functions to call, each a probe of its own */
    const char *answer;         /* "int", "bool" or "value" */
    const char *flat;           /* "16@0x7c00" */
    const char *sysroot;
    bool constructors;
    const char *only; /* the name of the only probe to run */
    const uint32_t *targets;
    size_t targets_count;
    const char *const *assumptions; /* "signature=KVMKVMKVM" */
    uint64_t budget;                /* instructions; 0: default */
    /* Of cases and rules. */
    const char *const *scenarios; /* files, folders or ids; NULL: all that are installed */
    const char *const *words;     /* of those, cases whose id holds one of these, in any case */
    const char *const *narrowed;  /* and cases of the scenarios with these ids, or
                                     spelled-out cases */
    const char *const *rules;     /* globs: only these */
    const char *const *exclude;   /* globs: not these */
    const char *profile;          /* "presence" */
    uint64_t seed;                /* where has_seed; else SCENARIO_SEED_DEFAULT */
    bool has_seed;
    uint64_t hunt_runs;           /* where has_hunt_runs, of the short hunt; else HUNT_SHORT_RUNS, or
                                     none where scenarios are named */
    bool has_hunt_runs;
    bool no_solver; /* that hunt is by draws alone */
    bool all; /* every case, whatever it costs */
    /* Of the run. */
    unsigned workers;       /* up to POOL_WORKERS_MAX; 0: as many as there are processors */
    unsigned shard, shards; /* this part, 1 to `shards`, of all cases; 0, 0: all */
    bool strict;
    size_t failures_max;     /* start nothing more after so many cases that fail; 0: run all */
    bool guests;             /* tables are shown to the bundled wrong guests */
    const char *source_root; /* source files are named relative to it */
};

struct run_inputs {
    struct probe **probes;
    size_t probes_count;
    struct table_set tables;
    bool guests; /* the tables are shown to the bundled wrong guests */
    struct scenario_set set;
    struct scenario_set *own;         /* by probe: its own cases, for fixed features; else empty */
    const struct scenario_set **sets; /* by probe: the same, NULL where it takes `set` */
    struct suite_options suite;
    uint64_t hunt_runs;    /* of each probe's short hunt; 0: none */
    bool no_solver;        /* it is by draws alone */
    const struct hunted_cases *further; /* by probe: cases beside those; borrowed; NULL: none */
    struct hunted *hunted; /* by probe; NULL: none yet */
    struct suite_hunt *hunts;
    bool *unstarted; /* by probe; owned; NULL: not tried yet */
};

/* Whether the rules' globs leave a rule, and which. False with errors noted. */
bool run_select_rules(const struct run_options *options, bool selected[RULES],
                      struct errors *errors);

/* Sets `selected` to `value` for the rules that a glob names. False with an error when it names
 * none. */
bool run_mark_rules(const char *glob, bool value, bool selected[RULES], struct errors *errors);

/* Loads the files, probes and tables, and the scenarios (none when there are tables only). The
 * inputs borrow from the options. False with errors noted; free either way. */
bool run_inputs_load(const struct run_options *options, const char *const *files, size_t count,
                     struct run_inputs *inputs, struct errors *errors);

/* Runs the probes by `run` (suite_run_plain, or CUnit's), judges the tables, and fills the report
 * (cleared first by the caller). False with errors noted: nothing could be run. */
bool run_inputs_judge(struct run_inputs *inputs, suite_runner run, struct report *report,
                      struct errors *errors);

/* How many cases there are on probes, without those that a hunt may find. */
size_t run_inputs_cases(const struct run_inputs *inputs);

/* The probes of one more file only. */
bool run_inputs_load_probes(const struct run_options *options, const char *file,
                            struct run_inputs *inputs, struct errors *errors);

/* Leaves only the probe that the options name. False with an error noted: there is none. */
bool run_inputs_choose_probe(const struct run_options *options, struct run_inputs *inputs,
                             struct errors *errors);

/* The same for a command that runs one probe: NULL with an error noted when it is not one. */
const struct probe *run_inputs_one_probe(const struct run_options *options, const char *command,
                                         struct run_inputs *inputs, struct errors *errors);

/* The probes that come with the program, in the order of their names. */
bool run_inputs_load_bundled(const struct run_options *options, struct run_inputs *inputs,
                             struct errors *errors);

/* The scenarios only, and the seed. */
bool run_inputs_load_scenarios(const struct run_options *options, struct run_inputs *inputs,
                               struct errors *errors);

/* The seed that the options ask for. */
uint64_t run_seed(const struct run_options *options);

/* How many texts a list holds; 0 for NULL. */
size_t run_list_count(const char *const *list);

void run_inputs_clear(struct run_inputs *inputs);

#endif
