/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/line_run.h"

#include "base/pool.h"
#include "harness/cli/outputs.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* All arguments of an option, NULL-terminated; NULL: it was not given, or memory ran out. */
static const char **line_list(const struct command_line *line, enum option_id id) {
    size_t count = command_line_count(line, id), filled = 0;
    const char **list = count > 0 ? calloc(count + 1, sizeof *list) : NULL;

    for (size_t i = 0; list && i < line->values_count; i++) {
        if (line->values[i].id == id)
            list[filled++] = line->values[i].text;
    }
    return list;
}

static bool line_read_lists(const struct command_line *line, struct run_options *options,
                            struct errors *errors) {
    const struct {
        enum option_id id;
        const char *const **list;
    } rows[] = {{OPTION_ENTRY, &options->entries},       {OPTION_ASSUME, &options->assumptions},
                {OPTION_SCENARIOS, &options->scenarios}, {OPTION_MATCHING, &options->words},
                {OPTION_RULE, &options->rules},          {OPTION_EXCLUDE, &options->exclude}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        *rows[i].list = line_list(line, rows[i].id);
        if (!*rows[i].list && command_line_has(line, rows[i].id))
            return errors_add(errors, NULL, 0, 0, "out of memory");
    }
    return true;
}

static bool line_read_targets(const struct command_line *line, struct run_options *options,
                              struct errors *errors) {
    uint32_t *targets = calloc(line->values_count + 1, sizeof *targets);

    options->targets = targets;
    if (!targets)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    for (size_t i = 0; i < line->values_count; i++) {
        const char *text = line->values[i].text;
        uint64_t leaf;

        if (line->values[i].id != OPTION_ONLY_TARGET)
            continue;
        if (!command_number(text, text + strlen(text), CPUID_BASE + 1, CPUID_BLOCK_LAST, &leaf))
            return errors_add(errors, NULL, 0, 0,
                              "--target takes a leaf from 0x40000001 to 0x400000ff, not '%s'",
                              text);
        targets[options->targets_count++] = (uint32_t)leaf;
    }
    return true;
}

static bool line_read_numbers(const struct command_line *line, struct run_options *options,
                              struct errors *errors) {
    uint64_t jobs, failures;

    if (!command_line_number(line, OPTION_JOBS, 1, POOL_WORKERS_MAX, 0, &jobs, errors) ||
        !command_line_number(line, OPTION_MAXFAIL, 1, SIZE_MAX, 0, &failures, errors) ||
        !command_line_number(line, OPTION_SEED, 0, UINT64_MAX, 0, &options->seed, errors) ||
        !command_line_number(line, OPTION_BUDGET, 1, INT64_MAX, 0, &options->budget, errors) ||
        !command_line_number(line, OPTION_HUNT_RUNS, 0, RUN_HUNT_RUNS_MAX, 0, &options->hunt_runs,
                             errors))
        return false;
    options->workers = (unsigned)jobs;
    options->has_hunt_runs = command_line_has(line, OPTION_HUNT_RUNS);
    options->failures_max = command_line_has(line, OPTION_FAIL_FAST) ? 1 : failures;
    options->has_seed = command_line_has(line, OPTION_SEED);
    return line_run_read_shard(line, &options->shard, &options->shards, errors);
}

static bool line_read_source_root(const struct command_line *line, const char **root,
                                  struct errors *errors) {
    struct stat status;

    *root = command_line_last(line, OPTION_SOURCE_ROOT);
    return !*root || (stat(*root, &status) == 0 && S_ISDIR(status.st_mode)) ||
           errors_add(errors, NULL, 0, 0, "--source-root takes a folder, and '%s' is none", *root);
}

bool line_run_read(const struct command_line *line, struct run_options *options,
                   struct errors *errors) {
    for (size_t i = 0; i < line->operands_count; i++) {
        if (!outputs_spare(line, line->operands[i], errors))
            return false;
    }
    options->answer = command_line_last(line, OPTION_ANSWER);
    options->flat = command_line_last(line, OPTION_FLAT);
    options->sysroot = command_line_last(line, OPTION_SYSROOT);
    options->constructors = command_line_has(line, OPTION_CONSTRUCTORS);
    options->only = command_line_last(line, OPTION_PROBE);
    options->profile = command_line_last(line, OPTION_PROFILE);
    options->strict = command_line_has(line, OPTION_STRICT);
    options->no_solver = command_line_has(line, OPTION_NO_SOLVER);
    options->all = command_line_has(line, OPTION_ALL);
    options->guests = command_line_has(line, OPTION_GUESTS);
    return line_read_numbers(line, options, errors) &&
           line_read_source_root(line, &options->source_root, errors) &&
           line_read_lists(line, options, errors) && line_read_targets(line, options, errors);
}

void line_run_clear(struct run_options *options) {
    free((void *)options->entries);
    free((void *)options->assumptions);
    free((void *)options->scenarios);
    free((void *)options->words);
    free((void *)options->rules);
    free((void *)options->exclude);
    free((void *)options->targets);
    *options = (struct run_options){0};
}

bool line_run_load(const struct command_line *line, struct run_options *options,
                   struct run_inputs *inputs, struct errors *errors) {
    return line_run_load_of(line, NULL, options, inputs, errors);
}

bool line_run_load_of(const struct command_line *line, const char *const *scenarios,
                      struct run_options *options, struct run_inputs *inputs,
                      struct errors *errors) {
    options->narrowed = scenarios;
    if (!line_run_read(line, options, errors) ||
        !run_inputs_load(options, line->operands, line->operands_count, inputs, errors))
        return false;
    for (size_t i = 0; i < inputs->probes_count; i++) { /* of manifests */
        if (!outputs_spare(line, inputs->probes[i]->path, errors))
            return false;
    }
    for (size_t i = 0; i < inputs->set.count; i++) {
        if (!outputs_spare(line, inputs->set.scenarios[i].path, errors))
            return false;
    }
    return true;
}
