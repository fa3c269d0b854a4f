/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/merge/merge.h"
#include "harness/cli/exit_codes.h"
#include "harness/cli/gate.h"
#include "harness/cli/line_run.h"
#include "harness/cli/outputs.h"
#include "harness/cunit/cunit.h"
#include "harness/suite/suite.h"

#include <stdlib.h>
#include <string.h>

static const enum option_id merge_options[] = {
    OPTION_RULE,    OPTION_EXCLUDE,     OPTION_REPORT, OPTION_BASELINE, OPTION_UPDATE_BASELINE,
    OPTION_BY_RULE, OPTION_SOURCE_ROOT, OPTION_QUIET,  OPTION_VERBOSE,  OPTION_COLOR,
};

/* A sweep's is made from its report; another run's has an assertion for each case. */
static bool merge_add_cunit(const struct command_reports *reports, struct report *whole,
                            struct errors *errors) {
    if (!command_reports_want(reports, "cunit"))
        return true;
    return whole->probes[0].sweeps_count > 0
               ? cunit_of_report(whole, errors)
               : errors_add(errors, NULL, 0, 0,
                            "CUnit's own XML comes from the run itself, not from a report");
}

/* A baseline lists cases, which only a check has. */
static bool merge_check_gate(const struct command_line *line, bool has_cases,
                             struct errors *errors) {
    return has_cases || !command_line_has(line, OPTION_BASELINE) ||
           errors_add(errors, NULL, 0, 0, "--baseline is for the reports of check");
}

/* Only some rules of a check, when asked for. */
static bool merge_select(const struct command_line *line, struct report *whole,
                         struct errors *errors) {
    struct run_options options = {0};
    bool selected[RULES], good;

    if (!command_line_has(line, OPTION_RULE) && !command_line_has(line, OPTION_EXCLUDE))
        return true;
    good = whole->probes[0].sweeps_count == 0 ||
           errors_add(errors, NULL, 0, 0, "--rule and --exclude are for the reports of check");
    good = good && line_run_read(line, &options, errors) &&
           run_select_rules(&options, selected, errors) &&
           merge_leave_rules(whole, selected, errors);
    line_run_clear(&options);
    return good;
}

static int merge_run_reports(const struct command_line *line, const struct command_reports *reports,
                             struct errors *errors) {
    size_t count = line->operands_count;
    struct report *parts = calloc(count, sizeof *parts), whole = {0};
    struct gate gate = {0};
    bool good = (parts || errors_add(errors, NULL, 0, 0, "out of memory")) &&
                gate_load(line, &gate, errors);
    int code = COMMAND_INVALID;

    for (size_t i = 0; good && i < count; i++)
        good = report_read_json(line->operands[i], &parts[i], errors);
    if (good && merge_reports(parts, line->operands, count, &whole, errors) &&
        merge_check_gate(line, whole.probes[0].sweeps_count == 0, errors) &&
        merge_select(line, &whole, errors) && merge_add_cunit(reports, &whole, errors)) {
        gate.part = whole.some_scenarios;
        code = gate_write_reports(&gate, line, reports, &whole, errors);
    }
    gate_clear(&gate);
    report_clear(&whole);
    for (size_t i = 0; parts && i < count; i++)
        report_clear(&parts[i]);
    free(parts);
    return code;
}

/* --- Reports that are no run's. --- */

static int merge_run_audits(const struct command_line *line, const struct command_reports *reports,
                            struct errors *errors) {
    struct audit_report whole = {0};
    const struct report_any any = {.kind = REPORT_OF_AUDIT, .of.audit = &whole};
    int code = COMMAND_INVALID;

    if (merge_audits(line->operands, line->operands_count, &whole, errors))
        code = command_reports_save(line, reports, &any, errors) ? audit_exit_code(&whole, errors)
                                                                 : COMMAND_FAILED;
    audit_report_clear(&whole);
    return code;
}

static int merge_run_hunts(const struct command_line *line, const struct command_reports *reports,
                           struct errors *errors) {
    struct hunt_report whole = {0};
    const struct report_any any = {.kind = REPORT_OF_HUNT, .of.hunt = &whole};
    int code = COMMAND_INVALID;

    if (merge_hunts(line->operands, line->operands_count, &whole, errors))
        code = command_reports_save(line, reports, &any, errors) ? hunt_exit_code(&whole, errors)
                                                                 : COMMAND_FAILED;
    hunt_report_clear(&whole);
    return code;
}

static bool merge_check_outputs(const struct command_line *line, struct errors *errors) {
    for (size_t i = 0; i < line->operands_count; i++) {
        if (!outputs_spare(line, line->operands[i], errors))
            return false;
    }
    return true;
}

static int merge_run(const struct command_line *line) {
    static int (*const runs[])(const struct command_line *, const struct command_reports *,
                               struct errors *) = {
        [REPORT_OF_RUN] = merge_run_reports,
        [REPORT_OF_AUDIT] = merge_run_audits,
        [REPORT_OF_HUNT] = merge_run_hunts,
    };
    struct command_reports reports = {0};
    struct errors errors = {0};
    enum report_kind kind;
    int code = COMMAND_INVALID;

    if (command_reports_read(line, REPORT_KINDS, &reports, &errors) && merge_check_outputs(line, &errors) &&
        merge_recognise(line->operands[0], &kind, &errors) &&
        merge_check_gate(line, kind == REPORT_OF_RUN, &errors) &&
        command_reports_settle(&reports, kind, &errors))
        code = runs[kind](line, &reports, &errors);
    free(reports.wanted);
    return errors_none(&errors) ? code : command_fail(&errors, code);
}

const struct command command_merge = {
    .name = "merge",
    .operands = "REPORT...",
    .summary = "join the reports of shards into one",
    .text =
        "Joins the JSON reports of check, sweep, audit or hunt with --shard 1/N to N/N into the\n"
        "report of the whole, the same in every byte, and writes it in any format that the command\n"
        "has. A part that is missing or there twice, one that was stopped ahead of its end, and\n"
        "parts that were made with other options (another probe or way to call "
        "it,\n"
        "budget, profile, seed, rules, scenarios or values) or by another version are refused. "
        "With\n"
        "--baseline the whole is held against that: shards only see their part. With --rule and\n"
        "--exclude, what the whole says of some rules: --shard 1/1 is a run in one part, whose\n"
        "report may so be taken apart.\n"
        "\n"
        "A part never conforms: it says \"part 1 of N holds\", and only the whole conforms. With\n"
        "--shard auto, and only then, the part is what a CI system says in the environment:\n"
        "CI_NODE_INDEX and CI_NODE_TOTAL (GitLab), TEST_SHARD_INDEX and TEST_TOTAL_SHARDS "
        "(Bazel),\n"
        "SLURM_ARRAY_TASK_ID and SLURM_ARRAY_TASK_COUNT (Slurm).",
    .examples = "hvspec check libhv.so --shard 1/2 --report json=1.json  # and 2/2 elsewhere\n"
                "hvspec merge 1.json 2.json                              # the whole report\n"
                "hvspec merge *.json --report junit=hvspec.xml --report json=hvspec.json",
    .options = merge_options,
    .options_count = sizeof merge_options / sizeof merge_options[0],
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .reports = REPORT_KINDS,
    .run = merge_run,
};
