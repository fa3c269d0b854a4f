/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/table/import.h"
#include "harness/cli/command.h"
#include "harness/table/set.h"
#include "reports/model/report.h"

#include <stdio.h>
#include <string.h>

static bool import_write(const void *context, FILE *stream) {
    return table_import(context, stream);
}

static int import_all(const struct command_line *line, const struct table_set *set,
                      struct errors *errors) {
    const char *path = command_line_last(line, OPTION_OUTPUT);
    bool is_file = path && strcmp(path, "-") != 0;

    if (set->count > 1)
        return errors_add(errors, set->subjects[0].path, 0, 0,
                          "holds %zu tables, and a scenario is one: keep one of them in a file",
                          set->count),
               COMMAND_INVALID;
    if (is_file && !command_output_check(path, "scenario", errors))
        return COMMAND_INVALID;
    if (!report_save_written(import_write, &set->subjects[0], "scenario", is_file ? path : "-",
                             errors))
        return COMMAND_FAILED;
    if (is_file)
        printf("%s: review what it expects, then hvspec lint checks it\n", path);
    return COMMAND_CONFORMS;
}

static int import_run(const struct command_line *line) {
    struct errors errors = {0};
    struct table_set set = {0};
    int code = COMMAND_INVALID;

    if (table_set_add(&set, line->operands[0], &errors))
        code = import_all(line, &set, &errors);
    table_set_clear(&set);
    return errors_none(&errors) ? code : command_fail(&errors, code);
}

static const enum option_id import_options[] = {OPTION_OUTPUT};

const struct command command_import = {
    .name = "import",
    .operands = "DUMP",
    .summary = "a CPUID dump as a scenario file",
    .text = "Writes the first processor's table as a scenario for scenarios/hypervisors, with a\n"
            "question for each leaf that it implements, for a gap and for a leaf above the\n"
            "maximum. What is expected comes from the spec function: review it, and say in `why`\n"
            "and `source` what the table is. Leaves that the dump does not show are unknown, and\n"
            "the file says which it takes for zero.",
    .examples = "hvspec import dump.txt -o scenarios/hypervisors/mine.yaml\n"
                "cpuid -r | hvspec import -            # to standard output",
    .options = import_options,
    .options_count = sizeof import_options / sizeof import_options[0],
    .operands_min = 1,
    .operands_max = 1,
    .run = import_run,
};
