/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/audit/audit.h"
#include "base/interrupt.h"
#include "base/progress.h"
#include "harness/cli/exit_codes.h"
#include "harness/cli/line_run.h"
#include "harness/cli/reports.h"

#include <stdlib.h>
#include <string.h>

/* Audits every probe into the report, until interrupted: a report is of one at least. */
static bool audit_all(const struct command_line *line, struct run_inputs *inputs,
                      struct audit_report *report, struct errors *errors) {
    struct progress progress = {.what = "mutants"};
    const volatile sig_atomic_t *interrupted = interrupt_catch();
    struct audit_options options = {.seed = inputs->suite.seed,
                                    .workers = inputs->suite.workers,
                                    .thorough = command_line_has(line, OPTION_THOROUGH),
                                    .profile = inputs->suite.profile,
                                    .shard = inputs->suite.shard,
                                    .shards = inputs->suite.shards,
                                    .interrupted = interrupted,
                                    .progress = progress_show,
                                    .progress_context = &progress};
    bool good;

    memcpy(options.selected, inputs->suite.selected, sizeof options.selected);
    good = audit_report_open(&options, &inputs->set, report) ||
           errors_add(errors, NULL, 0, 0, "out of memory");
    for (size_t i = 0; good && i < inputs->probes_count && (i == 0 || !*interrupted); i++) {
        struct probe *probe = inputs->probes[i];
        struct audit audit;

        if (!command_line_has(line, OPTION_BUDGET))
            probe->setup.budget = AUDIT_BUDGET;
        progress.started = 0;
        good = audit_run(&audit, probe, inputs->sets[i] ? inputs->sets[i] : &inputs->set, &options,
                         errors) &&
               (audit_fill(&audit, report) || errors_add(errors, NULL, 0, 0, "out of memory"));
        audit_clear(&audit);
        progress_clear(&progress);
    }
    report->interrupted = *interrupted;
    return good;
}

static bool audit_has_code(const struct run_inputs *inputs, struct errors *errors) {
    return inputs->tables.count == 0 ||
           errors_add(errors, inputs->tables.subjects[0].path, 0, 0,
                      "a CPUID table has no code to audit: hvspec check judges it");
}

static int audit_command(const struct command_line *line) {
    struct errors errors = {0};
    struct run_options options = {0};
    struct run_inputs inputs = {0};
    struct command_reports reports = {0};
    struct audit_report report = {0};
    const struct report_any any = {.kind = REPORT_OF_AUDIT, .of.audit = &report};
    int code = COMMAND_INVALID;

    if (command_reports_read(line, REPORT_OF_AUDIT, &reports, &errors) &&
        line_run_load(line, &options, &inputs, &errors) && audit_has_code(&inputs, &errors))
        code = !audit_all(line, &inputs, &report, &errors) ? COMMAND_INVALID
               : !command_reports_save(line, &reports, &any, &errors)
                   ? COMMAND_FAILED
                   : audit_exit_code(&report, &errors);
    audit_report_clear(&report);
    free(reports.wanted);
    run_inputs_clear(&inputs);
    line_run_clear(&options);
    return errors_none(&errors) ? code : command_fail(&errors, code);
}

static const enum option_id audit_options_offered[] = {
    OPTION_ENTRY,   OPTION_ANSWER,      OPTION_FLAT,   OPTION_SYSROOT,   OPTION_CONSTRUCTORS,
    OPTION_PROBE,   OPTION_ONLY_TARGET, OPTION_ASSUME, OPTION_SCENARIOS, OPTION_RULE,
    OPTION_EXCLUDE, OPTION_PROFILE,     OPTION_JOBS,   OPTION_SHARD,     OPTION_SEED,
    OPTION_BUDGET,  OPTION_THOROUGH,    OPTION_QUIET,  OPTION_VERBOSE,   OPTION_MARKDOWN,
    OPTION_REPORT,  OPTION_JSON,        OPTION_COLOR,
};

const struct command command_audit = {
    .name = "audit",
    .operands = "PROBE...",
    .summary = "mutate the probe's machine code: does the suite notice?",
    .text =
        "Makes every one-change mutant of the code that the entry reaches: conditions inverted\n"
        "and mistaken for their neighbours, immediates changed, comparisons swapped and\n"
        "narrowed, CPUID's leaf and the registers of its results exchanged, instructions\n"
        "removed. The suite runs on each. A mutant is killed when some rule turns red, and\n"
        "equivalent when a directed search finds no difference from the original and there is\n"
        "a reason for that: one that its code shows, else a proof that it keeps every rule for\n"
        "every table (where hvspec prove is built in). -v says of each whether it is proven or\n"
        "searched; --thorough proves all of them. All others survive, and show what the suite\n"
        "lacks. Mutants have 20000 instructions for one call unless --budget says otherwise.\n"
        "\n"
        "--shard 2/3 changes the second instruction of every three; merge joins the JSON of all\n"
        "parts into the audit's, the same in every byte.\n"
        "\n"
        "Exit code: 0 nothing survived, 1 something did, 2 invalid input, 3 interrupted, no "
        "mutant\n"
        "could be judged, or the harness failed on one.",
    .examples =
        "hvspec audit libdetect.so                # survivors, and which rules kill\n"
        "hvspec audit -v libdetect.so             # equivalent mutants too; -vv: killed ones\n"
        "hvspec audit -s max libdetect.so         # what do these scenarios notice?\n"
        "hvspec audit --json libdetect.so         # every mutant, for machines\n"
        "hvspec audit --report html=audit.html libdetect.so   # a page to look through",
    .options = audit_options_offered,
    .options_count = sizeof audit_options_offered / sizeof audit_options_offered[0],
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .reports = REPORT_OF_AUDIT,
    .run = audit_command,
};
