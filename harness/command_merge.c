/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/command_reports.h"
#include "harness/merge.h"

#include <stdlib.h>
#include <string.h>

static const enum option_id merge_options[] = {
    OPTION_REPORT,
    OPTION_QUIET,
    OPTION_VERBOSE,
    OPTION_COLOR,
};

static bool merge_check_formats(const struct command_reports *reports, struct errors *errors) {
    return !command_reports_want(reports, "cunit") ||
           errors_add(errors, NULL, 0, 0,
                      "CUnit's own XML comes from the run itself, not from a report");
}

static int merge_run(const struct command_line *line) {
    size_t count = line->operands_count;
    struct report *parts = calloc(count, sizeof *parts), whole = {0};
    struct command_reports reports = {0};
    struct errors errors = {0};
    bool good = parts || errors_add(&errors, NULL, 0, 0, "out of memory");
    int code = COMMAND_INVALID;

    good = good && command_reports_read(line, &reports, &errors) &&
           merge_check_formats(&reports, &errors);
    for (size_t i = 0; good && i < count; i++)
        good = report_read_json(line->operands[i], &parts[i], &errors);
    if (good && merge_reports(parts, (char *const *)line->operands, count, &whole, &errors))
        code = command_reports_write(line, &reports, &whole, &errors);
    report_clear(&whole);
    for (size_t i = 0; parts && i < count; i++)
        report_clear(&parts[i]);
    free(parts);
    free(reports.wanted);
    return errors_none(&errors) ? code : command_fail(&errors, code);
}

const struct command command_merge = {
    .name = "merge",
    .operands = "REPORT...",
    .summary = "join the reports of shards into one",
    .text =
        "Joins the JSON reports of check or sweep with --shard 1/N to N/N into the report of the\n"
        "whole run, the same in every byte, and writes it in any format. A part that is missing\n"
        "or there twice, one that was stopped ahead of its end, and parts of another probe,\n"
        "version, seed or set of scenarios or values are refused.\n"
        "\n"
        "Without --shard, commands that have it take their part from the environment of CI\n"
        "systems: CI_NODE_INDEX and CI_NODE_TOTAL (GitLab), TEST_SHARD_INDEX and\n"
        "TEST_TOTAL_SHARDS (Bazel), SLURM_ARRAY_TASK_ID and SLURM_ARRAY_TASK_COUNT (Slurm).",
    .examples = "hvspec check libhv.so --shard 1/2 --report json=1.json  # and 2/2 elsewhere\n"
                "hvspec merge 1.json 2.json                              # the whole report\n"
                "hvspec merge *.json --report junit=hvspec.xml --report json=hvspec.json",
    .options = merge_options,
    .options_count = sizeof merge_options / sizeof merge_options[0],
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .run = merge_run,
};
