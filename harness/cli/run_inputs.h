/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_CLI_RUN_INPUTS_H
#define HVSPEC_HARNESS_CLI_RUN_INPUTS_H

#include "harness/cli/command.h"
#include "harness/probe/probe.h"
#include "harness/scenario/scenario.h"
#include "harness/suite/suite.h"
#include "harness/table/set.h"

/*
 * What check, and whatever else runs probes on scenarios, needs from its command line.
 */
#define RUN_SHARDS_MAX 1000000u

struct run_inputs {
    struct probe **probes;
    size_t probes_count;
    struct table_set tables;
    bool guests; /* the tables are shown to the bundled wrong guests */
    struct scenario_set set;
    struct scenario_set *own;         /* by probe: its own cases, for fixed features; else empty */
    const struct scenario_set **sets; /* by probe: the same, NULL where it takes `set` */
    struct suite_options suite;
};

/* Loads probes, tables and scenarios (none when there are tables only) and reads the options. False with errors noted; free either way. */
bool run_inputs_load(const struct command_line *line, struct run_inputs *inputs,
                     struct errors *errors);

/* Runs the probes, by CUnit unless `plain`, judges the tables, and fills the report (cleared first
 * by the caller). False with errors noted: nothing could be run. */
bool run_inputs_judge(struct run_inputs *inputs, bool plain, struct report *report,
                      struct errors *errors);

/* How many cases there are on probes. */
size_t run_inputs_cases(const struct run_inputs *inputs);

/* The probes only: operands `first` to `last` - 1. */
bool run_inputs_load_probes(const struct command_line *line, size_t first, size_t last,
                            struct run_inputs *inputs, struct errors *errors);

/* Leaves only the probe that --probe names. False with an error noted: there is none. */
bool run_inputs_choose_probe(const struct command_line *line, struct run_inputs *inputs,
                             struct errors *errors);

/* The same for a command that runs one probe: NULL with an error noted when it is not one. */
const struct probe *run_inputs_one_probe(const struct command_line *line, const char *command,
                                         struct run_inputs *inputs, struct errors *errors);

/* The probes that come with the program, in the order of their names. */
bool run_inputs_load_bundled(const struct command_line *line, struct run_inputs *inputs,
                             struct errors *errors);

/* The scenarios only, from --scenarios, --seed. */
bool run_inputs_load_scenarios(const struct command_line *line, struct run_inputs *inputs,
                               struct errors *errors);

/* Which part of how many, by --shard; 0 of 0: all. With `auto` it is what the CI system says in its
 * environment, which is told on standard error. */
bool run_inputs_read_shard(const struct command_line *line, unsigned *shard, unsigned *shards,
                           struct errors *errors);

/* The folder that source files are named relative to; NULL: this one. False with an error noted. */
bool run_inputs_read_source_root(const struct command_line *line, const char **root,
                                 struct errors *errors);

void run_inputs_clear(struct run_inputs *inputs);

#endif
