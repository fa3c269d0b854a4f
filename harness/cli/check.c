/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/interrupt.h"
#include "base/progress.h"
#include "harness/cli/check_prove.h"
#include "harness/cli/gate.h"
#include "harness/cli/last_failed.h"
#include "harness/cli/line_run.h"
#include "harness/cunit/cunit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const enum option_id check_options[] = {
    OPTION_ENTRY,        OPTION_ANSWER,      OPTION_FLAT,        OPTION_SYSROOT,
    OPTION_CONSTRUCTORS, OPTION_PROBE,       OPTION_ONLY_TARGET, OPTION_ASSUME,
    OPTION_SCENARIOS,    OPTION_RULE,        OPTION_EXCLUDE,     OPTION_STRICT,
    OPTION_PROFILE,      OPTION_REPORT,      OPTION_BASELINE,    OPTION_UPDATE_BASELINE,
    OPTION_BY_RULE,      OPTION_SOURCE_ROOT, OPTION_JOBS,        OPTION_SHARD,
    OPTION_SEED,         OPTION_BUDGET,      OPTION_HUNT_RUNS,   OPTION_NO_SOLVER,
    OPTION_ALL,          OPTION_DRY_RUN,     OPTION_MATCHING,    OPTION_LAST_FAILED,
    OPTION_MAXFAIL,      OPTION_DURATIONS,   OPTION_FAIL_FAST,   OPTION_PROVE,
    OPTION_GUESTS,       OPTION_QUIET,       OPTION_VERBOSE,     OPTION_COLOR,
};

/* A shard's cases are spread over all scenarios, and those of probes for fixed features are not the
 * same as others', so only their sum is told. */
static int check_dry_run(const struct run_inputs *inputs, struct errors *errors) {
    size_t cases = run_inputs_cases(inputs), probes = inputs->probes_count;
    bool fixed = false;

    for (size_t i = 0; i < probes; i++)
        fixed |= inputs->sets[i] != NULL;
    if (cases == 0 && probes > 0)
        return errors_add(errors, NULL, 0, 0, "no case to run"), COMMAND_INVALID;
    for (size_t i = 0; i < inputs->tables.count; i++)
        printf("table %s (%s, %s)\n", inputs->tables.subjects[i].name,
               inputs->tables.subjects[i].path, inputs->tables.subjects[i].dump->format);
    if (probes == 0)
        return COMMAND_CONFORMS;
    for (size_t i = 0; i < probes; i++)
        printf("probe %s (%s, entry %s)\n", inputs->probes[i]->name, inputs->probes[i]->path,
               inputs->probes[i]->entry);
    for (size_t i = 0; i < inputs->set.count; i++) {
        const struct scenario *scenario = &inputs->set.scenarios[i];

        if (scenario->needs_presence && !inputs->suite.profile)
            continue;
        if (inputs->suite.shards > 0 || fixed)
            printf("scenario %s\n", scenario->id);
        else
            printf("scenario %s: %zu case%s\n", scenario->id, scenario->cases_count,
                   scenario->cases_count == 1 ? "" : "s");
    }
    if (inputs->hunt_runs > 0)
        printf("a short hunt of %" PRIu64 " runs on each probe\n", inputs->hunt_runs);
    if (fixed)
        printf("%zu case%s in all on %zu probe%s\n", cases, cases == 1 ? "" : "s", probes,
               probes == 1 ? "" : "s");
    else
        printf("%zu case%s on %zu probe%s\n", cases / probes, cases / probes == 1 ? "" : "s",
               probes, probes == 1 ? "" : "s");
    return COMMAND_CONFORMS;
}

static void check_show_cases(void *context, size_t done, size_t count) {
    progress_turn(context, "cases");
    progress_show(context, done, count);
}

static void check_show_hunt(void *context, size_t done, size_t count) {
    progress_turn(context, "runs of the short hunt");
    progress_show(context, done, count);
}

static int check_judge(const struct command_line *line, const struct command_reports *reports,
                       struct gate *gate, struct run_inputs *inputs, struct errors *errors) {
    struct progress progress = {0};
    struct report report = {0};
    struct check_proofs proofs = {0};
    int code = COMMAND_INVALID;
    uint64_t slowest;

    if (!command_line_number(line, OPTION_DURATIONS, 0, SIZE_MAX, 0, &slowest, errors))
        return COMMAND_INVALID;
    inputs->suite.wants_cunit = command_reports_want(reports, "cunit");
    /* A part's page is made by merge, from what JSON keeps. */
    inputs->suite.wants_cells =
        command_reports_want(reports, "html") ||
        (inputs->suite.shards > 0 && command_reports_want(reports, "json"));
    inputs->suite.stop = interrupt_catch();
    inputs->suite.progress = check_show_cases;
    inputs->suite.progress_hunt = check_show_hunt;
    inputs->suite.progress_context = &progress;
    gate_inform(gate, &inputs->suite);
    if (!check_prove(line, inputs, &proofs, &code, errors)) {
        command_reports_miss(reports, errors);
        check_prove_clear(&proofs);
        return code;
    }
    code = COMMAND_INVALID;
    if (run_inputs_judge(inputs, cunit_run, &report, errors) &&
        (inputs->tables.count == 0 || !inputs->suite.wants_cunit ||
         cunit_of_report(&report, errors))) { /* the probes' own is without the tables */
        progress_clear(&progress);
        if (!check_prove_report(&proofs, &report))
            errors_add(errors, NULL, 0, 0, "out of memory");
        report.timed = command_line_has(line, OPTION_DURATIONS);
        report.slowest_most = (size_t)slowest;
        code = gate_write_reports(gate, line, reports, &report, errors);
    } else if (run_inputs_cases(inputs) > 0 || inputs->tables.count > 0) {
        progress_clear(&progress);
        command_reports_miss(reports, errors);
        if (gate->update)
            errors_add(errors, gate->path, 0, 0, "not written");
        code = COMMAND_FAILED;
    }
    gate_clear(gate); /* which refers to the report */
    report_clear(&report);
    check_prove_clear(&proofs);
    return code;
}

static int check_run(const struct command_line *line) {
    struct errors errors = {0};
    struct run_options options = {0};
    struct run_inputs inputs = {0};
    struct command_reports reports = {0};
    struct last_failed failed = {0};
    struct gate gate = {0};
    int code = COMMAND_INVALID;

    if (command_reports_read(line, REPORT_OF_RUN, &reports, &errors) &&
        gate_load(line, &gate, &errors) && last_failed_read(line, &failed, &errors) &&
        line_run_load_of(line, (const char *const *)failed.scenarios, &options, &inputs, &errors)) {
        if (command_line_has(line, OPTION_DRY_RUN)) {
            code = check_dry_run(&inputs, &errors);
        } else {
            code = check_judge(line, &reports, &gate, &inputs, &errors);
        }
    }
    gate_clear(&gate);
    run_inputs_clear(&inputs);
    line_run_clear(&options);
    free(reports.wanted);
    last_failed_clear(&failed);
    return errors_none(&errors) ? code : command_fail(&errors, code);
}

const struct command command_check = {
    .name = "check",
    .operands = "PROBE|TABLE...",
    .summary = "run the suite on probes, or judge CPUID tables, rule by rule",
    .text =
        "A probe is an ELF file (x86-64 or i386; shared object, executable or object file), a PE\n"
        "image or COFF object (Windows, UEFI), a flat binary with --flat, or a manifest (.yaml).\n"
        "Its function is called under every scripted CPUID, and each rule of the spec is judged\n"
        "by what it answered and read.\n"
        "\n"
        "Beside the cases a short hunt of each probe looks for tables on which it breaks a rule;\n"
        "those are cases of hunt/found, which say the table in their id. It makes the same calls\n"
        "for the same seed, and every part of a run makes all of them. Where the program was "
        "built\n"
        "with what prove needs, a solver is then asked for tables that break the other rules.\n"
        "\n"
        "With --prove each rule is also proven, as far as that goes (see hvspec prove): what "
        "holds\n"
        "for every table is told rule by rule, and what the solver finds is a case of hunt/found.\n"
        "\n"
        "Where all cases of a probe would cost too much, some of each scenario are run, the same\n"
        "on any machine; the last line says how many were left out, and --all runs them.\n"
        "\n"
        "A table is what a hypervisor answers: a CPUID dump, recognised by its content, or -\n"
        "for standard input. The rules hypervisor/* are judged on it, each leaf a case. With\n"
        "--guests, the bundled wrong guests are run on it, and those that it misleads are\n"
        "named with their mistake.\n"
        "\n"
        "Exit code: 0 conforms (with --baseline: the gate holds), 1 does not, 2 invalid input or\n"
        "nothing to run, 3 the harness failed for some case, a report could not be written, or\n"
        "the run was interrupted, which leaves report files as they were.\n"
        "\n"
        "With --baseline, known violations are listed in a file, a line each: PROBE RULE CASE\n"
        "OUTCOME  # reason, link. The run fails on a violation that is not listed, on a line\n"
        "that no longer happens and on one that names nothing that ran. PROBE, RULE and CASE\n"
        "may hold * and ?; OUTCOME is fail or nonstrict. A line PROBE RULE  # reason gives the\n"
        "reason of all lines of that rule. --update-baseline writes a line for a rule that is\n"
        "broken in all its cases, and for a scenario; --by-rule one for each broken rule, which\n"
        "then lets whatever breaks it pass. The console tells only what changed (-v: all), and\n"
        "reports show what is listed as known rather than as failed.",
    .examples =
        "hvspec check libdetect.so                     # entry hv_feature_available\n"
        "hvspec check -e has_feature -a bool detect.o  # another function, answer in AL\n"
        "hvspec check detect.yaml --report junit=r.xml # a manifest; a report for CI\n"
        "hvspec check -s max -r 'max/*' detect.o       # only step 1\n"
        "hvspec check detect.o --baseline known.txt    # fail on what is new, or gone\n"
        "cpuid -r | hvspec check -                     # the hypervisor that this runs under",
    .options = check_options,
    .options_count = sizeof check_options / sizeof check_options[0],
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .run = check_run,
};
