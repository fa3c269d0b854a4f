/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/run_inputs.h"

#include "base/data_path.h"
#include "base/pool.h"
#include "harness/guests/guests.h"
#include "harness/cli/outputs.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Every --entry makes a probe of each file. */
static bool load_entries(const struct command_line *line, const char *path,
                         struct probe_options *options, struct run_inputs *inputs,
                         struct errors *errors) {
    bool any = false;

    for (size_t i = 0; i < line->values_count; i++) {
        if (line->values[i].id != OPTION_ENTRY)
            continue;
        any = true;
        options->entry = line->values[i].text;
        if (!probe_load(path, options, &inputs->probes, &inputs->probes_count, errors))
            return false;
    }
    return any || probe_load(path, options, &inputs->probes, &inputs->probes_count, errors);
}

/* The leaves of --target and the texts of --assume; both lists are to be freed. */
static bool read_said(const struct command_line *line, struct probe_options *options,
                      uint32_t **targets, const char ***assumptions, struct errors *errors) {
    *targets = calloc(line->values_count + 1, sizeof **targets);
    *assumptions = calloc(line->values_count + 1, sizeof **assumptions);
    if (!*targets || !*assumptions)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    options->targets = *targets;
    options->assumptions = *assumptions;
    for (size_t i = 0; i < line->values_count; i++) {
        const char *text = line->values[i].text;
        uint64_t leaf;

        if (line->values[i].id == OPTION_ASSUME)
            (*assumptions)[options->assumptions_count++] = text;
        if (line->values[i].id != OPTION_ONLY_TARGET)
            continue;
        if (!command_number(text, text + strlen(text), CPUID_BASE + 1, CPUID_BLOCK_LAST, &leaf))
            return errors_add(errors, NULL, 0, 0,
                              "--target takes a leaf from 0x40000001 to 0x400000ff, not '%s'",
                              text);
        (*targets)[options->targets_count++] = (uint32_t)leaf;
    }
    return true;
}

bool run_inputs_load_probes(const struct command_line *line, size_t first, size_t last,
                            struct run_inputs *inputs, struct errors *errors) {
    struct probe_options options = {.answer = command_line_last(line, OPTION_ANSWER),
                                    .flat = command_line_last(line, OPTION_FLAT),
                                    .sysroot = command_line_last(line, OPTION_SYSROOT)};
    uint32_t *targets = NULL;
    const char **assumptions = NULL;
    bool good =
        command_line_number(line, OPTION_BUDGET, 1, INT64_MAX, 0, &options.budget, errors) &&
        read_said(line, &options, &targets, &assumptions, errors);

    for (size_t i = first; good && i < last; i++) {
        options.entry = NULL;
        good = outputs_spare(line, line->operands[i], errors) &&
               load_entries(line, line->operands[i], &options, inputs, errors);
    }
    free(targets);
    free(assumptions);
    return good;
}

bool run_inputs_choose_probe(const struct command_line *line, struct run_inputs *inputs,
                             struct errors *errors) {
    const char *name = command_line_last(line, OPTION_PROBE);
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
        command_unknown("probe", name, names, inputs->probes_count, "hvspec list probes", errors);
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

const struct probe *run_inputs_one_probe(const struct command_line *line, const char *command,
                                         struct run_inputs *inputs, struct errors *errors) {
    if (!run_inputs_choose_probe(line, inputs, errors))
        return NULL;
    if (inputs->probes_count == 1)
        return inputs->probes[0];
    errors_add(errors, NULL, 0, 0,
               "%s runs one probe and these are %zu: name one, such as --probe %s", command,
               inputs->probes_count, inputs->probes[0]->name);
    return NULL;
}

/* A file that is no code of its own: `flat` says that whatever there is is code. */
static bool run_inputs_is_table(const struct command_line *line, const char *path) {
    return !command_line_has(line, OPTION_FLAT) && table_set_recognises(path);
}

/* Probes and tables, in the order given among their kind. */
static bool run_inputs_load_subjects(const struct command_line *line, struct run_inputs *inputs,
                                     struct errors *errors) {
    for (size_t i = 0; i < line->operands_count; i++) {
        const char *path = line->operands[i];
        bool table = run_inputs_is_table(line, path);

        if (table ? !table_set_add(&inputs->tables, path, errors)
                  : !run_inputs_load_probes(line, i, i + 1, inputs, errors))
            return false;
    }
    return true;
}

/* A link whose probe was not built (no compiler for it) is none. */
static int bundled_is_file(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

bool run_inputs_load_bundled(const struct command_line *line, struct run_inputs *inputs,
                             struct errors *errors) {
    char *folder = data_path("probes");
    struct dirent **entries = NULL;
    int count = folder ? scandir(folder, &entries, bundled_is_file, alphasort) : -1;
    bool good = true;

    for (int i = 0; i < count; i++) {
        struct command_line one = *line;
        const char *path = NULL;

        if (good && asprintf((char **)&path, "%s/%s", folder, entries[i]->d_name) < 0)
            good = errors_add(errors, NULL, 0, 0, "out of memory");
        one.operands = &path;
        one.operands_count = 1;
        if (good && access(path, R_OK) == 0)
            good = run_inputs_load_probes(&one, 0, 1, inputs, errors);
        free((char *)path);
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

/* What --scenarios names, or all that are installed. */
static bool load_scenarios(const struct command_line *line, struct scenario_set *set, uint64_t seed,
                           struct errors *errors) {
    char *installed = data_path("scenarios");
    bool any = false, good = true;

    for (size_t i = 0; good && i < line->values_count; i++) {
        if (line->values[i].id != OPTION_SCENARIOS)
            continue;
        any = true;
        good = scenario_set_add(set, line->values[i].text, installed, seed, errors);
    }
    if (good && !any && !installed)
        good = errors_add(errors, NULL, 0, 0,
                          "the installed scenarios are not found: name some with --scenarios, or "
                          "set HVSPEC_DATA to the folder that holds them");
    else if (good && !any)
        good = scenario_set_add(set, installed, installed, seed, errors);
    free(installed);
    return good;
}

bool run_inputs_load_scenarios(const struct command_line *line, struct run_inputs *inputs,
                               struct errors *errors) {
    return command_line_number(line, OPTION_SEED, 0, UINT64_MAX, SCENARIO_SEED_DEFAULT,
                               &inputs->suite.seed, errors) &&
           load_scenarios(line, &inputs->set, inputs->suite.seed, errors);
}

/* A probe for fixed features runs on cases that ask for these. */
static bool load_own_scenarios(const struct command_line *line, struct run_inputs *inputs,
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
        good = load_scenarios(line, &inputs->own[i], inputs->suite.seed, errors);
    }
    inputs->suite.sets = inputs->sets;
    return good;
}

bool run_inputs_read_source_root(const struct command_line *line, const char **root,
                                 struct errors *errors) {
    struct stat status;

    *root = command_line_last(line, OPTION_SOURCE_ROOT);
    return !*root || (stat(*root, &status) == 0 && S_ISDIR(status.st_mode)) ||
           errors_add(errors, NULL, 0, 0, "--source-root takes a folder, and '%s' is none", *root);
}

/* A run that judges nothing of a table must not be green. */
static bool run_inputs_check_tables(const struct run_inputs *inputs, struct errors *errors) {
    bool any = inputs->tables.count == 0;

    for (unsigned rule = 0; rule < RULES; rule++)
        any |= inputs->suite.selected[rule] && rules[rule].about_tables;
    if (!any)
        return errors_add(errors, inputs->tables.subjects[0].path, 0, 0,
                          "--rule and --exclude leave no rule about tables: they are hypervisor/*");
    return inputs->tables.count == 0 || inputs->suite.shards == 0 ||
           errors_add(errors, inputs->tables.subjects[0].path, 0, 0,
                      "a table is judged as a whole: leave --shard out");
}

/* What says how code is called has nothing to act on beside tables alone. */
static bool run_inputs_check_calls(const struct command_line *line, const struct run_inputs *inputs,
                                   struct errors *errors) {
    static const enum option_id of_probes[] = {OPTION_ENTRY,  OPTION_ANSWER, OPTION_ONLY_TARGET,
                                               OPTION_ASSUME, OPTION_PROBE,  OPTION_BUDGET};

    if (inputs->tables.count == 0 || inputs->probes_count > 0)
        return true;
    for (size_t i = 0; i < sizeof of_probes / sizeof of_probes[0]; i++) {
        if (command_line_has(line, of_probes[i]))
            return errors_add(errors, inputs->tables.subjects[0].path, 0, 0,
                              "a table has no code to call: --%s is for probes, leave it out",
                              option_rows[of_probes[i]].name);
    }
    return true;
}

bool run_inputs_load(const struct command_line *line, struct run_inputs *inputs,
                     struct errors *errors) {
    uint64_t jobs;

    if (!command_line_number(line, OPTION_JOBS, 1, POOL_WORKERS_MAX, pool_processors(), &jobs,
                             errors) ||
        !run_inputs_read_source_root(line, &inputs->suite.source_root, errors) ||
        !run_inputs_read_shard(line, &inputs->suite.shard, &inputs->suite.shards, errors) ||
        !command_select_rules(line, inputs->suite.selected, errors) ||
        !run_inputs_load_subjects(line, inputs, errors) ||
        (inputs->probes_count > 0 && (!run_inputs_load_scenarios(line, inputs, errors) ||
                                      !run_inputs_choose_probe(line, inputs, errors) ||
                                      !load_own_scenarios(line, inputs, errors))) ||
        !command_line_number(line, OPTION_SEED, 0, UINT64_MAX, SCENARIO_SEED_DEFAULT,
                             &inputs->suite.seed, errors) ||
        !run_inputs_check_tables(inputs, errors) || !run_inputs_check_calls(line, inputs, errors))
        return false;
    inputs->guests = command_line_has(line, OPTION_GUESTS);
    if (inputs->guests && inputs->tables.count == 0)
        return errors_add(errors, NULL, 0, 0, "--guests is for tables, and none is given");
    for (size_t i = 0; i < inputs->probes_count; i++) { /* of manifests */
        if (!outputs_spare(line, inputs->probes[i]->path, errors))
            return false;
    }
    for (size_t i = 0; i < inputs->set.count; i++) {
        if (!outputs_spare(line, inputs->set.scenarios[i].path, errors))
            return false;
    }
    inputs->suite.workers = (unsigned)jobs;
    inputs->suite.strict = command_line_has(line, OPTION_STRICT);
    inputs->suite.profile = command_line_last(line, OPTION_PROFILE);
    inputs->suite.fail_fast = command_line_has(line, OPTION_FAIL_FAST);
    return true;
}

size_t run_inputs_cases(const struct run_inputs *inputs) {
    size_t cases = 0;

    for (size_t i = 0; i < inputs->probes_count; i++)
        cases += suite_cases(&inputs->set, &inputs->suite, i);
    return cases;
}

static void run_inputs_name_run(const struct run_inputs *inputs, struct report *report) {
    report->version = HVSPEC_VERSION;
    report->seed = inputs->suite.seed;
    report->strict = inputs->suite.strict;
    report->profile = inputs->suite.profile;
}

static bool run_inputs_judge_tables(struct run_inputs *inputs, bool plain, struct report *report,
                                    struct errors *errors) {
    if (!table_set_report(&inputs->tables, inputs->suite.selected, report))
        return errors_add(errors, NULL, 0, 0, "out of memory");
    if (inputs->guests && !guests_report(&inputs->tables, inputs->suite.seed, report, errors))
        return false;
    if (plain || !inputs->suite.wants_cunit)
        return true;
    free(report->cunit); /* of the probes alone */
    report->cunit = NULL;
    return suite_cunit_of_report(report, errors);
}

bool run_inputs_judge(struct run_inputs *inputs, bool plain, struct report *report,
                      struct errors *errors) {
    bool (*run)(struct probe *const *, size_t, const struct scenario_set *,
                const struct suite_options *, struct report *, struct errors *) =
        plain ? suite_run_plain : suite_run;

    run_inputs_name_run(inputs, report);
    if (inputs->probes_count > 0 &&
        !run(inputs->probes, inputs->probes_count, &inputs->set, &inputs->suite, report, errors))
        return false;
    return inputs->tables.count == 0 || run_inputs_judge_tables(inputs, plain, report, errors);
}

void run_inputs_clear(struct run_inputs *inputs) {
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
