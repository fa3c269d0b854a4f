/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/line_run.h"
#include "harness/cli/lint_breaks.h"
#include "harness/yaml/folder.h"
#include "harness/yaml/tree.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct lint {
    uint64_t seed;
    struct errors errors, notes;
    size_t files, faulty, cases, probes, tables;
    bool verbose;
    bool each;      /* what is noted of every file is told, not only counted */
    size_t hostile; /* scenarios of which it was only counted */
};

/* A scenario and a manifest share no key, so the first of these tells them apart. */
static const struct {
    const char *key;
    bool manifest;
} lint_keys[] = {
    {"probe", true},       {"file", true}, {"entry", true},   {"answer", true}, {"title", false},
    {"hypervisor", false}, {"ask", false}, {"expect", false}, {"rules", false}, {"matrix", false},
};

enum lint_what { LINT_NEITHER, LINT_SCENARIO, LINT_MANIFEST, LINT_TABLE };

/* Only what holds a list of maps, or such a key, is looked at further. */
static enum lint_what lint_recognise(const struct yaml_file *file, struct errors *errors) {
    const struct yaml_tree *root = &file->root;

    if (table_manifest_recognises(root))
        return LINT_TABLE;
    if (root->kind == YAML_TREE_LIST)
        return LINT_MANIFEST;
    for (size_t i = 0; i < sizeof lint_keys / sizeof lint_keys[0]; i++) {
        if (yaml_tree_get(root, lint_keys[i].key))
            return lint_keys[i].manifest ? LINT_MANIFEST : LINT_SCENARIO;
    }
    errors_add(
        errors, file->path, root->line, root->column,
        "neither a scenario (title, rules, hypervisor, ask, expect) nor a manifest (probe or "
        "table, file): see hvspec new");
    return LINT_NEITHER;
}

/* Most tables of a whole folder are hostile, but a real hypervisor's should say what it breaks. */
static void lint_judge(struct lint *lint, const struct scenario *scenario) {
    struct errors counted = {0};
    bool told = lint->each || lint_breaks_is_real(scenario);

    lint_breaks(scenario, told ? &lint->notes : &counted, &lint->errors);
    lint->hostile += !errors_none(&counted);
    errors_clear(&counted);
}

/* Files are held against nothing but themselves, so each is forgotten before the next. */
static void lint_scenario(struct lint *lint, const char *path) {
    struct scenario_set set = {0};

    scenario_load(&set, path, NULL, lint->seed, &lint->errors);
    lint->cases += scenario_set_cases(&set);
    for (size_t i = 0; i < set.count; i++)
        lint_judge(lint, &set.scenarios[i]);
    scenario_set_clear(&set);
}

static void lint_manifest(struct lint *lint, const char *path) {
    const struct probe_options options = {0};
    struct probe **probes = NULL;
    size_t count = 0;

    probe_load(path, &options, &probes, &count, &lint->errors);
    lint->probes += count;
    for (size_t i = 0; i < count; i++)
        probe_free(probes[i]);
    free(probes);
}

static void lint_table(struct lint *lint, const char *path) {
    struct table_set set = {0};

    table_set_add(&set, path, &lint->errors);
    lint->tables += set.count;
    table_set_clear(&set);
}

static bool lint_is_ahead(const struct error *a, const struct error *b) {
    return a->line != b->line ? a->line < b->line : a->column < b->column;
}

/* A file's mistakes in the order of their lines, and as they were found where that is the same. */
static void lint_sort(struct error *entries, size_t count) {
    for (size_t i = 1; i < count; i++) {
        struct error entry = entries[i];
        size_t at = i;

        for (; at > 0 && lint_is_ahead(&entry, &entries[at - 1]); at--)
            entries[at] = entries[at - 1];
        entries[at] = entry;
    }
}

static void lint_file(struct lint *lint, const char *path) {
    size_t before = lint->errors.count;
    struct yaml_file *file = yaml_file_load(path, &lint->errors);
    enum lint_what what = file ? lint_recognise(file, &lint->errors) : LINT_NEITHER;

    yaml_file_free(file);
    lint->files++;
    if (what == LINT_SCENARIO)
        lint_scenario(lint, path);
    else if (what == LINT_MANIFEST)
        lint_manifest(lint, path);
    else if (what == LINT_TABLE)
        lint_table(lint, path);
    if (lint->errors.count > before)
        lint_sort(&lint->errors.entries[before], lint->errors.count - before);
    lint->faulty += lint->errors.count > before;
}

static bool lint_visit(void *context, const FTSENT *entry) {
    if (entry->fts_info != FTS_D)
        lint_file(context, entry->fts_path);
    return true;
}

static void lint_operand(struct lint *lint, const char *path) {
    struct stat status;
    size_t before = lint->files;

    if (stat(path, &status) != 0 || !S_ISDIR(status.st_mode)) {
        lint->each = true;
        lint_file(lint, path);
        return;
    }
    lint->each = lint->verbose;
    if (yaml_folder_walk(path, &lint->errors, lint_visit, lint) && lint->files == before)
        errors_add(&lint->errors, path, 0, 0, "no *" YAML_ENDING " file in this folder");
}

static void lint_print(const struct lint *lint) {
    errors_print(&lint->notes, "note: ", stdout);
    if (lint->hostile > 0)
        printf(
            "note: %zu more scenario%s tables that break rules about hypervisors, as tables may: "
            "-v names them\n",
            lint->hostile, lint->hostile == 1 ? " has" : "s have");
    printf("%zu file%s, %zu case%s, ", lint->files, lint->files == 1 ? "" : "s", lint->cases,
           lint->cases == 1 ? "" : "s");
    if (lint->probes > 0)
        printf("%zu probe%s, ", lint->probes, lint->probes == 1 ? "" : "s");
    if (lint->tables > 0)
        printf("%zu table%s, ", lint->tables, lint->tables == 1 ? "" : "s");
    printf("no mistakes\n");
}

static int lint_run(const struct command_line *line) {
    struct lint lint = {0};

    if (!command_line_number(line, OPTION_SEED, 0, UINT64_MAX, SCENARIO_SEED_DEFAULT, &lint.seed,
                             &lint.errors))
        return command_fail(&lint.errors, COMMAND_INVALID);
    lint.verbose = command_line_has(line, OPTION_VERBOSE);
    for (size_t i = 0; i < line->operands_count; i++)
        lint_operand(&lint, line->operands[i]);
    if (!errors_none(&lint.errors)) {
        size_t count = lint.errors.count;
        int code = command_fail(&lint.errors, COMMAND_INVALID);

        errors_clear(&lint.notes);
        fprintf(stderr, "hvspec: %zu mistake%s in %zu of %zu file%s\n", count,
                count == 1 ? "" : "s", lint.faulty, lint.files, lint.files == 1 ? "" : "s");
        return code;
    }
    if (!command_line_has(line, OPTION_QUIET))
        lint_print(&lint);
    errors_clear(&lint.notes);
    return COMMAND_CONFORMS;
}

static const enum option_id lint_options[] = {OPTION_SEED, OPTION_QUIET, OPTION_VERBOSE};

const struct command command_lint = {
    .name = "lint",
    .operands = "FILE...",
    .summary = "check scenario files and manifests without running anything",
    .text =
        "Takes scenarios and manifests, told apart by their keys, and folders of them. Every\n"
        "mistake of every file is named with its line and column; the exit code is then 2. A\n"
        "scenario whose own table breaks a rule hypervisor/* is noted, as tables may be hostile;\n"
        "where it says so itself (`breaks`), that has to be true.",
    .examples = "hvspec lint my-case.yaml     # a scenario or a manifest\n"
                "hvspec lint scenarios/       # every *.yaml below a folder",
    .options = lint_options,
    .options_count = sizeof lint_options / sizeof lint_options[0],
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .run = lint_run,
};
