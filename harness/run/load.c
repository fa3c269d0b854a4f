/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/run/run.h"

#include "base/data_path.h"
#include "base/nearest.h"
#include "base/pool.h"
#include "emulator/cpuid/table.h"
#include "emulator/guest/guest.h"
#include "harness/hunt/short.h"
#include "harness/scenario/spelled.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

size_t run_list_count(const char *const *list) {
    size_t count = 0;

    while (list && list[count])
        count++;
    return count;
}

uint64_t run_seed(const struct run_options *options) {
    return options->has_seed ? options->seed : SCENARIO_SEED_DEFAULT;
}

/* Every entry makes a probe of each file. */
bool run_inputs_load_probes(const struct run_options *options, const char *file,
                            struct run_inputs *inputs, struct errors *errors) {
    struct probe_options how = {.answer = options->answer,
                                .flat = options->flat,
                                .sysroot = options->sysroot,
                                .constructors = options->constructors,
                                .budget = options->budget,
                                .seed = run_seed(options),
                                .targets = options->targets,
                                .targets_count = options->targets_count,
                                .assumptions = options->assumptions,
                                .assumptions_count = run_list_count(options->assumptions)};
    size_t entries = run_list_count(options->entries);

    for (size_t i = 0; i < (entries > 0 ? entries : 1); i++) {
        how.entry = entries > 0 ? options->entries[i] : NULL;
        if (!probe_load(file, &how, &inputs->probes, &inputs->probes_count, errors))
            return false;
    }
    return true;
}

bool run_inputs_choose_probe(const struct run_options *options, struct run_inputs *inputs,
                             struct errors *errors) {
    const char *name = options->only;
    const char **names = calloc(inputs->probes_count + 1, sizeof *names);
    struct probe *chosen = NULL;

    if (!names)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    for (size_t i = 0; name && i < inputs->probes_count; i++) {
        names[i] = inputs->probes[i]->name;
        if (strcmp(name, names[i]) == 0)
            chosen = inputs->probes[i];
    }
    if (name && !chosen)
        nearest_unknown("probe", name, names, inputs->probes_count, "hvspec list probes", errors);
    free(names);
    if (!chosen)
        return !name;
    for (size_t i = 0; i < inputs->probes_count; i++) {
        if (inputs->probes[i] != chosen)
            probe_free(inputs->probes[i]);
    }
    inputs->probes[0] = chosen;
    inputs->probes_count = 1;
    return true;
}

const struct probe *run_inputs_one_probe(const struct run_options *options, const char *command,
                                         struct run_inputs *inputs, struct errors *errors) {
    if (!run_inputs_choose_probe(options, inputs, errors))
        return NULL;
    if (inputs->probes_count == 1)
        return inputs->probes[0];
    errors_add(errors, NULL, 0, 0,
               "%s runs one probe and these are %zu: name one, such as --probe %s", command,
               inputs->probes_count, inputs->probes[0]->name);
    return NULL;
}

/* Probes and tables, in the order given among their kind. A file that is no code of its own may be
 * a table; `flat` says that whatever there is is code. */
static bool run_inputs_load_subjects(const struct run_options *options, const char *const *files,
                                     size_t count, struct run_inputs *inputs,
                                     struct errors *errors) {
    for (size_t i = 0; i < count; i++) {
        bool table = !options->flat && table_set_recognises(files[i]);

        if (table ? !table_set_add(&inputs->tables, files[i], errors)
                  : !run_inputs_load_probes(options, files[i], inputs, errors))
            return false;
    }
    return true;
}

/* A link whose probe was not built (no compiler for it) is none. */
static int bundled_is_file(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

bool run_inputs_load_bundled(const struct run_options *options, struct run_inputs *inputs,
                             struct errors *errors) {
    char *folder = data_path("probes");
    struct dirent **entries = NULL;
    int count = folder ? scandir(folder, &entries, bundled_is_file, alphasort) : -1;
    bool good = true;

    for (int i = 0; i < count; i++) {
        char *path = NULL;

        if (good && asprintf(&path, "%s/%s", folder, entries[i]->d_name) < 0)
            good = errors_add(errors, NULL, 0, 0, "out of memory");
        if (good && access(path, R_OK) == 0)
            good = run_inputs_load_probes(options, path, inputs, errors);
        free(path);
        free(entries[i]);
    }
    free(entries);
    free(folder);
    if (good && inputs->probes_count == 0)
        good = errors_add(errors, NULL, 0, 0,
                          "no probes come with this program: name files, hvspec list probes "
                          "PROBE...");
    return good;
}

/* Whether a case is of one of the scenarios that are asked for, and holds one of the words. */
static bool load_wants(const void *context, const struct scenario *scenario,
                       const struct scenario_case *test) {
    const struct run_options *options = context;
    bool held = !options->words, named = !options->narrowed;

    for (size_t i = 0; !held && options->words[i]; i++)
        held = strcasestr(test->id, options->words[i]) != NULL;
    for (size_t i = 0; held && !named && options->narrowed[i]; i++)
        named = strcmp(scenario->id, options->narrowed[i]) == 0 ||
                strcmp(test->id, options->narrowed[i]) == 0;
    return held && named;
}

static bool load_narrow(const struct run_options *options, struct scenario_set *set,
                        struct errors *errors) {
    if (!options->words && !options->narrowed)
        return true;
    scenario_set_keep(set, load_wants, options);
    if (set->count > 0)
        return true;
    return options->words
               ? errors_add(errors, NULL, 0, 0,
                            "no case has '%s' in its id%s: 'hvspec list cases' names them",
                            options->words[0], options->narrowed ? ", of those that failed" : "")
               : errors_add(errors, NULL, 0, 0, "none of the scenarios that failed is among these");
}

/* What is named, or all that are installed. */
static bool load_scenarios(const struct run_options *options, struct scenario_set *set,
                           uint64_t seed, struct errors *errors) {
    char *installed = data_path("scenarios");
    size_t count = run_list_count(options->scenarios);
    bool good = true;

    for (size_t i = 0; good && i < count; i++)
        good = scenario_set_add(set, options->scenarios[i], installed, seed, errors);
    if (good && count == 0 && !installed)
        good = errors_add(errors, NULL, 0, 0,
                          "the installed scenarios are not found: name some with --scenarios, or "
                          "set HVSPEC_DATA to the folder that holds them");
    else if (good && count == 0)
        good = scenario_set_add(set, installed, installed, seed, errors);
    free(installed);
    for (size_t i = 0; good && options->narrowed && options->narrowed[i]; i++) {
        if (scenario_is_spelled(options->narrowed[i]))
            good = scenario_set_add_spelled(set, options->narrowed[i], errors);
    }
    return good && load_narrow(options, set, errors);
}

/* Where all probes are for fixed features, a case that is named may be one that is made for these
 * alone. */
static void run_inputs_take_targets(struct run_inputs *inputs) {
    for (size_t i = 0; i < inputs->probes_count; i++) {
        if (inputs->probes[i]->targets_count == 0)
            return;
    }
    if (inputs->probes_count == 0)
        return;
    inputs->set.targets = inputs->probes[0]->targets;
    inputs->set.targets_count = inputs->probes[0]->targets_count;
}

bool run_inputs_load_scenarios(const struct run_options *options, struct run_inputs *inputs,
                               struct errors *errors) {
    run_inputs_take_targets(inputs);
    inputs->suite.seed = run_seed(options);
    return load_scenarios(options, &inputs->set, inputs->suite.seed, errors);
}

/* A probe for fixed features runs on cases that ask for these. */
static bool load_own_scenarios(const struct run_options *options, struct run_inputs *inputs,
                               struct errors *errors) {
    bool good = true;

    inputs->own = calloc(inputs->probes_count + 1, sizeof *inputs->own);
    inputs->sets = calloc(inputs->probes_count + 1, sizeof *inputs->sets);
    if (!inputs->own || !inputs->sets)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    for (size_t i = 0; good && i < inputs->probes_count; i++) {
        const struct probe *probe = inputs->probes[i];

        if (probe->targets_count == 0)
            continue;
        inputs->own[i].targets = probe->targets;
        inputs->own[i].targets_count = probe->targets_count;
        inputs->sets[i] = &inputs->own[i];
        good = load_scenarios(options, &inputs->own[i], inputs->suite.seed, errors);
    }
    inputs->suite.sets = inputs->sets;
    return good;
}

/* A run that judges nothing of a table must not be green. */
static bool run_inputs_check_tables(const struct run_inputs *inputs, struct errors *errors) {
    bool any = inputs->tables.count == 0;

    for (unsigned rule = 0; rule < RULES; rule++)
        any |= inputs->suite.selected[rule] && rules[rule].about_tables;
    return any || errors_add(errors, inputs->tables.subjects[0].path, 0, 0,
                             "--rule and --exclude leave no rule about tables: they are "
                             "hypervisor/*");
}

/* What says how code is called has nothing to act on beside tables alone. */
static bool run_inputs_check_calls(const struct run_options *options,
                                   const struct run_inputs *inputs, struct errors *errors) {
    const struct {
        bool given;
        const char *name;
    } of_probes[] = {
        {options->entries && options->entries[0], "entry"},
        {options->answer != NULL, "answer"},
        {options->targets_count > 0, "target"},
        {options->assumptions && options->assumptions[0], "assume"},
        {options->only != NULL, "probe"},
        {options->budget > 0, "budget"},
    };

    if (inputs->tables.count == 0 || inputs->probes_count > 0)
        return true;
    for (size_t i = 0; i < sizeof of_probes / sizeof of_probes[0]; i++) {
        if (of_probes[i].given)
            return errors_add(errors, inputs->tables.subjects[0].path, 0, 0,
                              "a table has no code to call: --%s is for probes, leave it out",
                              of_probes[i].name);
    }
    return true;
}

static bool run_inputs_take(const struct run_options *options, struct run_inputs *inputs,
                            struct errors *errors) {
    if (options->workers > POOL_WORKERS_MAX)
        return errors_add(errors, NULL, 0, 0, "up to %u worker processes, not %u", POOL_WORKERS_MAX,
                          options->workers);
    if (options->hunt_runs > RUN_HUNT_RUNS_MAX)
        return errors_add(errors, NULL, 0, 0, "a short hunt has up to %u runs, not %llu",
                          RUN_HUNT_RUNS_MAX, (unsigned long long)options->hunt_runs);
    for (size_t i = 0; i < options->targets_count; i++) {
        if (options->targets[i] <= CPUID_BASE || options->targets[i] > CPUID_BLOCK_LAST)
            return errors_add(errors, NULL, 0, 0,
                              "a target is a leaf from 0x%08x to 0x%08x, not 0x%08x",
                              CPUID_BASE + 1, CPUID_BLOCK_LAST, options->targets[i]);
    }
    inputs->guests = options->guests;
    inputs->suite.source_root = options->source_root;
    inputs->suite.shard = options->shard;
    inputs->suite.shards = options->shards;
    inputs->suite.some_scenarios = options->scenarios || options->words || options->narrowed;
    inputs->hunt_runs = options->has_hunt_runs         ? options->hunt_runs
                        : inputs->suite.some_scenarios ? 0
                                                       : HUNT_SHORT_RUNS;
    inputs->no_solver = options->no_solver;
    inputs->suite.workers =
        guest_room_for(options->workers > 0 ? options->workers : pool_processors());
    inputs->suite.strict = options->strict;
    inputs->suite.failures_max = options->failures_max;
    inputs->suite.cost_max = options->all ? 0 : RUN_COST_MAX;
    inputs->suite.seed = run_seed(options);
    inputs->suite.profile = options->profile ? rules_profile(options->profile) : NULL;
    return !options->profile || inputs->suite.profile ||
           errors_add(errors, NULL, 0, 0, "there is no profile '%s'", options->profile);
}

bool run_inputs_load(const struct run_options *options, const char *const *files, size_t count,
                     struct run_inputs *inputs, struct errors *errors) {
    if (!run_inputs_take(options, inputs, errors) ||
        !run_select_rules(options, inputs->suite.selected, errors) ||
        !run_inputs_load_subjects(options, files, count, inputs, errors) ||
        (inputs->probes_count > 0 && (!run_inputs_choose_probe(options, inputs, errors) ||
                                      !run_inputs_load_scenarios(options, inputs, errors) ||
                                      !load_own_scenarios(options, inputs, errors))) ||
        !run_inputs_check_tables(inputs, errors) ||
        !run_inputs_check_calls(options, inputs, errors))
        return false;
    return !inputs->guests || inputs->tables.count > 0 ||
           errors_add(errors, NULL, 0, 0, "--guests is for tables, and none is given");
}

void run_inputs_clear(struct run_inputs *inputs) {
    for (size_t i = 0; inputs->hunted && i < inputs->probes_count; i++)
        hunted_clear(&inputs->hunted[i]);
    free(inputs->hunted);
    free(inputs->hunts);
    free(inputs->unstarted);
    for (size_t i = 0; inputs->own && i < inputs->probes_count; i++)
        scenario_set_clear(&inputs->own[i]);
    free(inputs->own);
    free(inputs->sets);
    for (size_t i = 0; i < inputs->probes_count; i++)
        probe_free(inputs->probes[i]);
    free(inputs->probes);
    table_set_clear(&inputs->tables);
    scenario_set_clear(&inputs->set);
    *inputs = (struct run_inputs){0};
}
