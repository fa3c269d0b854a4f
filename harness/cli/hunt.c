/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/pool.h"
#include "base/progress.h"
#include "emulator/guest/guest.h"
#include "harness/cli/exit_codes.h"
#include "harness/cli/line_run.h"
#include "harness/cli/reports.h"
#include "harness/hunt/searches.h"
#include "harness/prove/tables.h"
#include "harness/suite/internal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HUNT_SECONDS_DEFAULT 60u
#define HUNT_SOLVER_SECONDS 10.0 /* at most, ahead of the search... */
#define HUNT_SOLVER_SHARE 4.0    /* ...and at most this part of --time */

static const enum option_id hunt_command_options[] = {
    OPTION_ENTRY,    OPTION_ANSWER,      OPTION_FLAT,    OPTION_SYSROOT,   OPTION_CONSTRUCTORS,
    OPTION_PROBE,    OPTION_ONLY_TARGET, OPTION_ASSUME,  OPTION_SCENARIOS, OPTION_RULE,
    OPTION_EXCLUDE,  OPTION_STRICT,      OPTION_PROFILE, OPTION_TIME,      OPTION_RUNS,
    OPTION_SEARCHES, OPTION_JOBS,        OPTION_SHARD,   OPTION_SEED,      OPTION_BUDGET,
    OPTION_OUT,      OPTION_NO_SOLVER,   OPTION_FAIL_FAST, OPTION_REPORT, OPTION_JSON,    OPTION_COLOR,
};

struct hunt_command {
    const struct command_line *line;
    struct run_options run;
    struct run_inputs inputs;
    const struct probe *probe;
    struct hunt_searches_options options;
    struct command_reports reports;
    struct hunt_report report;
    struct prove_tables tables;
    struct progress progress;
    struct errors errors;
};

/* --- Signals: a hunt that is ended keeps what it has. --- */

static void hunt_on_signal(int number) {
    (void)number;
    hunt_searches_stop();
}

static void hunt_catch_signals(void) {
    struct sigaction action = {.sa_handler = hunt_on_signal, .sa_flags = SA_RESTART};

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

/* --- Input. --- */

static bool hunt_find_probe(struct hunt_command *hunt) {
    hunt->probe = run_inputs_one_probe(&hunt->run, "hunt", &hunt->inputs, &hunt->errors);
    return hunt->probe != NULL;
}

/* Said before a long run rather than after it. */
static bool hunt_check_folder(struct hunt_command *hunt) {
    const char *folder = command_line_last(hunt->line, OPTION_OUT);

    hunt->options.hunt.folder = folder ? folder : ".";
    return command_make_folder(hunt->options.hunt.folder, "finds", &hunt->errors);
}

/* The rules whose violation is a find: as `check` fails on. */
static bool hunt_select_rules(struct hunt_command *hunt) {
    bool strict = command_line_has(hunt->line, OPTION_STRICT), any = false;
    const char *profile = command_line_last(hunt->line, OPTION_PROFILE);
    bool *judged = hunt->options.hunt.judged;

    hunt->options.hunt.profile = profile ? rules_profile(profile) : NULL;
    if (!run_select_rules(&hunt->run, hunt->inputs.suite.selected, &hunt->errors))
        return false;
    suite_judged(hunt->probe, hunt->inputs.suite.selected, profile, judged);
    for (unsigned rule = 0; rule < RULES; rule++) {
        hunt->options.hunt.wanted[rule] = judged[rule] && rules_fails(rule, strict);
        any |= hunt->options.hunt.wanted[rule];
    }
    return any || errors_add(&hunt->errors, NULL, 0, 0,
                             "none of these rules can fail on this probe; \"should\" rules do with "
                             "--strict, and presence/* with --profile presence");
}

/* How many searches, and which of them. */
static bool hunt_read_searches(struct hunt_command *hunt) {
    struct hunt_report *report = &hunt->report;
    uint64_t searches;

    if (!command_line_number(hunt->line, OPTION_SEARCHES, 1, HUNT_SEARCHES_MAX,
                             hunt_searches_default(report->runs_wanted), &searches, &hunt->errors))
        return false;
    report->shard = hunt->run.shard;
    report->shards = hunt->run.shards;
    report->searches_all = (unsigned)searches;
    hunt->options.workers =
        guest_room_for(hunt->run.workers > 0 ? hunt->run.workers : pool_processors());
    return report->shards <= searches ||
           errors_add(&hunt->errors, NULL, 0, 0,
                      "%u shards of %u search%s: say how many the hunt has, such as --searches %u",
                      report->shards, report->searches_all, searches == 1 ? "" : "es",
                      report->shards);
}

static bool hunt_read_limits(struct hunt_command *hunt) {
    uint64_t seconds, runs, fallback = HUNT_SECONDS_DEFAULT;

    if (command_line_has(hunt->line, OPTION_RUNS))
        fallback = 0;
    if (!command_line_number(hunt->line, OPTION_TIME, 1, UINT32_MAX, fallback, &seconds,
                             &hunt->errors) ||
        !command_line_number(hunt->line, OPTION_RUNS, 1, INT64_MAX, 0, &runs, &hunt->errors))
        return false;
    hunt->report.seconds_wanted = seconds;
    hunt->report.runs_wanted = runs;
    hunt->options.hunt.first_only = command_line_has(hunt->line, OPTION_FAIL_FAST);
    return hunt_read_searches(hunt);
}

static bool hunt_load(struct hunt_command *hunt) {
    if (!line_run_read(hunt->line, &hunt->run, &hunt->errors) || !hunt_read_limits(hunt) ||
        !run_inputs_load_probes(&hunt->run, hunt->line->operands[0], &hunt->inputs,
                                &hunt->errors) ||
        !hunt_find_probe(hunt))
        return false;
    if (hunt->probe->targets_count > 0)
        hunt->inputs.set.targets = hunt->probe->targets;
    hunt->inputs.set.targets_count = hunt->probe->targets_count;
    if (!run_inputs_load_scenarios(&hunt->run, &hunt->inputs, &hunt->errors) ||
        !hunt_select_rules(hunt) || !hunt_check_folder(hunt))
        return false;
    hunt->options.hunt.seed = hunt->inputs.suite.seed;
    return true;
}

/* --- Output. --- */

static void hunt_show_progress(void *context, const struct hunt_progress *now) {
    struct progress *progress = context;

    if (now->seconds < 1 || !isatty(STDERR_FILENO))
        return;
    fprintf(stderr, "\r%zu runs, %.0f a second, %zu blocks, %zu finds \x1b[K", now->runs,
            (double)now->runs / now->seconds, now->blocks, now->finds);
    fflush(stderr);
    progress->shown = true;
}

/* --- The command. --- */

static bool hunt_describe(struct hunt_command *hunt) {
    struct hunt_report *report = &hunt->report;
    struct report_probe named = {0};
    bool good = suite_name_probe(hunt->probe, &named) &&
                suite_hash_scenarios(&hunt->inputs.set, report->scenarios_sha256);

    report->version = strdup(HVSPEC_VERSION);
    report->probe = named.name;
    report->file = named.file;
    report->sha256 = named.sha256;
    report->arch = named.arch;
    report->entry = named.entry;
    report->budget = named.budget;
    report->statements = named.statements;
    report->statements_count = named.statements_count;
    if (named.call_sha256)
        memcpy(report->call_sha256, named.call_sha256, sizeof report->call_sha256);
    free(named.call_sha256);
    hunt_describe_rules(report);
    for (unsigned rule = 0; rule < RULES; rule++)
        report->rules[rule].wanted = hunt->options.hunt.wanted[rule];
    report->seed = hunt->options.hunt.seed;
    report->profile = hunt->options.hunt.profile;
    report->first_only = hunt->options.hunt.first_only;
    return (good && report->version) || errors_add(&hunt->errors, NULL, 0, 0, "out of memory");
}

/* What the solver knows of the code, where there is one. */
static bool hunt_ask_solver(struct hunt_command *hunt) {
    double seconds = (double)hunt->report.seconds_wanted / HUNT_SOLVER_SHARE;

    if (command_line_has(hunt->line, OPTION_NO_SOLVER))
        return true;
    if (hunt->report.seconds_wanted == 0 || seconds > HUNT_SOLVER_SECONDS)
        seconds = HUNT_SOLVER_SECONDS;
    if (!prove_tables_find(hunt->probe, hunt->options.hunt.judged, hunt->options.hunt.profile,
                           seconds, &hunt->tables, &hunt->errors))
        return false;
    hunt->options.hunt.tables = hunt->tables.candidates;
    hunt->options.hunt.tables_count = hunt->tables.count;
    return true;
}

static int hunt_perform(struct hunt_command *hunt) {
    const struct report_any any = {.kind = REPORT_OF_HUNT, .of.hunt = &hunt->report};
    bool done;
    int code;

    if (!hunt_ask_solver(hunt))
        return COMMAND_FAILED;
    hunt_catch_signals();
    done = hunt_searches_run(hunt->probe, &hunt->inputs.set, &hunt->options, &hunt->report,
                             &hunt->errors);
    progress_clear(&hunt->progress);
    done &= command_reports_save(hunt->line, &hunt->reports, &any, &hunt->errors);
    code = hunt_exit_code(&hunt->report, &hunt->errors);
    return done ? code : COMMAND_FAILED;
}

static int hunt_command_run(const struct command_line *line) {
    struct hunt_command hunt = {.line = line};
    int code = COMMAND_INVALID;

    hunt.options.progress = hunt_show_progress;
    hunt.options.progress_context = &hunt.progress;
    if (command_reports_read(line, REPORT_OF_HUNT, &hunt.reports, &hunt.errors) &&
        hunt_load(&hunt))
        code = hunt_describe(&hunt) ? hunt_perform(&hunt) : COMMAND_FAILED;
    free(hunt.reports.wanted);
    hunt_report_clear(&hunt.report);
    run_inputs_clear(&hunt.inputs);
    line_run_clear(&hunt.run);
    return errors_none(&hunt.errors) ? code : command_fail(&hunt.errors, code);
}

const struct command command_hunt = {
    .name = "hunt",
    .operands = "PROBE",
    .summary = "search for a violating table, shrink it, write it as a scenario",
    .text =
        "Changes the scenarios' tables and questions at random, guided by which code of the probe\n"
        "runs and by the numbers in it, and judges each run by the same rules as check. What is\n"
        "found is made as small as it goes and written to a scenario file, ready for lint, for\n"
        "check -s, and for keeping. Files that are there are never replaced. With --profile\n"
        "presence tables that announce no hypervisor are among those that are tried. Where the\n"
        "program was built with what prove needs, it first asks the solver, for some seconds at\n"
        "most, for tables that lead down each path of the code.\n"
        "\n"
        "A hunt is several searches that know nothing of each other; --jobs says how many run at\n"
        "a time, and --shard 2/8 runs searches 2, 10, ... The same probe, scenarios, seed, --runs\n"
        "and --searches give the same finds, however they are run; merge joins the JSON of "
        "shards.\n"
        "Ctrl-C ends it and shows what was found so far.\n"
        "\n"
        "Exit code: 0 nothing found, 1 found something, 2 invalid input, 3 the harness failed.",
    .examples = "hvspec hunt libdetect.so                       # for a minute\n"
                "hvspec hunt libdetect.so --runs 1000000        # the same every time\n"
                "hvspec hunt detect.yaml --time 3600 --out new  # finds go to the folder new\n"
                "hvspec hunt libdetect.so --runs 1000000 --shard 1/4 --json >1.json  # for merge",
    .options = hunt_command_options,
    .options_count = sizeof hunt_command_options / sizeof hunt_command_options[0],
    .operands_min = 1,
    .operands_max = 1,
    .complete = {COMPLETE_FILES, COMPLETE_NOTHING},
    .reports = REPORT_OF_HUNT,
    .run = hunt_command_run,
};
