/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_CLI_LINE_RUN_H
#define HVSPEC_HARNESS_CLI_LINE_RUN_H

#include "harness/cli/command.h"
#include "harness/run/run.h"

/*
 * A command line as what a run is asked for. Options that the command does not offer are not given.
 */

/* Reads the options, which borrow their texts from the line. False with errors noted: a number that
 * is none, a folder that is none, or an operand that a report would overwrite. Free either way with
 * line_run_clear. */
bool line_run_read(const struct command_line *line, struct run_options *options,
                   struct errors *errors);
void line_run_clear(struct run_options *options);

/* Reads them and loads everything that they and the operands name. False with errors noted; free
 * both either way. */
bool line_run_load(const struct command_line *line, struct run_options *options,
                   struct run_inputs *inputs, struct errors *errors);

/* The same, of the cases only those of scenarios with these ids (NULL-terminated; NULL: all). */
bool line_run_load_of(const struct command_line *line, const char *const *scenarios,
                      struct run_options *options, struct run_inputs *inputs,
                      struct errors *errors);

/* Which part of how many, by --shard; 0 of 0: all. With `auto` it is what the CI system says in its
 * environment, which is told on standard error. */
bool line_run_read_shard(const struct command_line *line, unsigned *shard, unsigned *shards,
                         struct errors *errors);

#endif
