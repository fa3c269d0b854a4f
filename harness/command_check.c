/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/gate.h"
#include "harness/progress.h"
#include "harness/run_inputs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const enum option_id check_options[] = {
    OPTION_ENTRY,           OPTION_ANSWER,      OPTION_FLAT,      OPTION_SCENARIOS, OPTION_RULE,
    OPTION_EXCLUDE,         OPTION_STRICT,      OPTION_PROFILE,   OPTION_REPORT,    OPTION_BASELINE,
    OPTION_UPDATE_BASELINE, OPTION_SOURCE_ROOT, OPTION_JOBS,      OPTION_SHARD,     OPTION_SEED,
    OPTION_BUDGET,          OPTION_DRY_RUN,     OPTION_FAIL_FAST, OPTION_QUIET,     OPTION_VERBOSE,
    OPTION_COLOR,
};

/* A report asked for: "json=out.json". */
struct check_report {
    const struct report_format *format;
    const char *path; /* "-": standard output */
};

struct check_reports {
    struct check_report *wanted;
    size_t count;
};

static bool check_unknown_format(const char *name, struct errors *errors) {
    const char **names = calloc(command_formats_count(), sizeof *names);

    if (!names)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    for (size_t i = 0; i < command_formats_count(); i++)
        names[i] = command_format_name(i);
    command_unknown("report format", name, names, command_formats_count(), "hvspec help check",
                    errors);
    free(names);
    return false;
}

/* What is wrong with a report's path, said before a long run rather than after it. */
static bool check_report_path(const char *path, struct errors *errors) {
    const char *slash = strrchr(path, '/');
    struct stat status;
    char *folder;
    bool usable;

    if (stat(path, &status) == 0)
        return !S_ISDIR(status.st_mode) ||
               errors_add(errors, path, 0, 0, "a report is a file, and this is a folder");
    folder = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
    usable = folder && access(folder, W_OK | X_OK) == 0;
    if (!usable)
        errors_add(errors, path, 0, 0, "a report cannot be written there: %s", strerror(errno));
    free(folder);
    return usable;
}

static bool check_read_report(const char *text, struct check_report *wanted,
                              struct errors *errors) {
    size_t length = strcspn(text, "=");
    char *name = strndup(text, length);
    bool known;

    if (!name)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    wanted->path = text[length] && text[length + 1] ? text + length + 1 : "-";
    wanted->format = report_format_find(name);
    known = wanted->format || check_unknown_format(name, errors);
    free(name);
    if (!known)
        return false;
    return strcmp(wanted->path, "-") == 0 || check_report_path(wanted->path, errors);
}

/* Two reports cannot share standard output; without any, there is the console's. */
static bool check_read_reports(const struct command_line *line, struct check_reports *reports,
                               struct errors *errors) {
    size_t on_output = 0;

    reports->wanted = calloc(line->values_count + 1, sizeof *reports->wanted);
    if (!reports->wanted)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    for (size_t i = 0; i < line->values_count; i++) {
        struct check_report *wanted = &reports->wanted[reports->count];

        if (line->values[i].id != OPTION_REPORT)
            continue;
        if (!check_read_report(line->values[i].text, wanted, errors))
            return false;
        on_output += strcmp(wanted->path, "-") == 0;
        reports->count++;
    }
    if (on_output > 1)
        return errors_add(errors, NULL, 0, 0,
                          "only one report can go to standard output: give the others a file, "
                          "such as --report json=report.json");
    if (on_output == 0)
        reports->wanted[reports->count++] =
            (struct check_report){report_format_find("console"), "-"};
    return true;
}

/* A shard's cases are spread over all scenarios, so only their sum is told. */
static int check_dry_run(const struct run_inputs *inputs, struct errors *errors) {
    size_t cases = suite_cases(&inputs->set, &inputs->suite), probes = inputs->probes_count;

    if (cases == 0)
        return errors_add(errors, NULL, 0, 0, "no case to run"), COMMAND_INVALID;
    for (size_t i = 0; i < probes; i++)
        printf("probe %s (%s, entry %s)\n", inputs->probes[i]->name, inputs->probes[i]->path,
               inputs->probes[i]->entry);
    for (size_t i = 0; i < inputs->set.count; i++) {
        const struct scenario *scenario = &inputs->set.scenarios[i];

        if (scenario->needs_presence && !inputs->suite.profile)
            continue;
        if (inputs->suite.shards > 0)
            printf("scenario %s\n", scenario->id);
        else
            printf("scenario %s: %zu case%s\n", scenario->id, scenario->cases_count,
                   scenario->cases_count == 1 ? "" : "s");
    }
    printf("%zu case%s on %zu probe%s\n", cases, cases == 1 ? "" : "s", probes,
           probes == 1 ? "" : "s");
    return COMMAND_CONFORMS;
}

static int check_write(const struct command_line *line, const struct check_reports *reports,
                       const struct report *report, struct errors *errors) {
    struct report_style style = command_style(line), plain = {.verbosity = style.verbosity};
    bool written = true;

    for (size_t i = 0; i < reports->count; i++) {
        const struct check_report *wanted = &reports->wanted[i];
        bool on_output = strcmp(wanted->path, "-") == 0;

        if (!report_save(report, wanted->format, on_output ? &style : &plain, wanted->path, errors))
            written = false;
    }
    return written ? report_exit_code(report) : COMMAND_FAILED;
}

/* What the gate says stands beside the console's report, and never inside another format. */
static FILE *check_gate_stream(const struct check_reports *reports) {
    const struct report_format *console = report_format_find("console");

    for (size_t i = 0; i < reports->count; i++) {
        if (strcmp(reports->wanted[i].path, "-") == 0 && reports->wanted[i].format != console)
            return stderr;
    }
    return stdout;
}

/* A gate has the last word, unless the run itself went wrong. */
static int check_conclude(const struct command_line *line, const struct check_reports *reports,
                          struct gate *gate, const struct report *report, struct errors *errors) {
    struct report_style style = command_style(line);
    FILE *stream = check_gate_stream(reports);
    int code;

    if (!gate_compare(gate, report, &style, stream, errors))
        return COMMAND_FAILED;
    code = check_write(line, reports, report, errors);
    if (!gate->path || (code != COMMAND_CONFORMS && code != COMMAND_VIOLATES))
        return code;
    return gate_conclude(gate, &style, stream, errors);
}

static int check_run(const struct command_line *line) {
    struct errors errors = {0};
    struct run_inputs inputs = {0};
    struct check_reports reports = {0};
    struct report report = {0};
    struct gate gate = {0};
    struct progress progress = {.what = "cases"};
    int code = COMMAND_INVALID;

    if (check_read_reports(line, &reports, &errors) && gate_load(line, &gate, &errors) &&
        run_inputs_load(line, &inputs, &errors)) {
        if (command_line_has(line, OPTION_DRY_RUN)) {
            code = check_dry_run(&inputs, &errors);
        } else {
            for (size_t i = 0; i < reports.count; i++)
                inputs.suite.wants_cunit |= strcmp(reports.wanted[i].format->name, "cunit") == 0;
            inputs.suite.progress = progress_show;
            inputs.suite.progress_context = &progress;
            if (suite_run(inputs.probes, inputs.probes_count, &inputs.set, &inputs.suite, &report,
                          &errors)) {
                progress_clear(&progress);
                code = check_conclude(line, &reports, &gate, &report, &errors);
            } else {
                code =
                    suite_cases(&inputs.set, &inputs.suite) == 0 ? COMMAND_INVALID : COMMAND_FAILED;
            }
        }
    }
    gate_clear(&gate);
    report_clear(&report);
    run_inputs_clear(&inputs);
    free(reports.wanted);
    return errors_none(&errors) ? code : command_fail(&errors, code);
}

const struct command command_check = {
    .name = "check",
    .operands = "PROBE...",
    .summary = "run the suite on probes, verdict rule by rule",
    .text = "A probe is an ELF file (x86-64 or i386; shared object, executable or object file), a\n"
            "flat binary with --flat, or a manifest (.yaml). Its function is called under every\n"
            "scripted CPUID, and each rule of the spec is judged by what it answered and read.\n"
            "\n"
            "Exit code: 0 conforms, 1 does not, 2 invalid input or nothing to run, 3 the harness\n"
            "failed for some case.\n"
            "\n"
            "With --baseline, known violations are listed in a file, a line each: PROBE RULE CASE\n"
            "OUTCOME  # reason, link. The run fails on a violation that is not listed, on a line\n"
            "that no longer happens and on one that names nothing that ran. PROBE, RULE and CASE\n"
            "may hold * and ?; OUTCOME is fail or nonstrict.",
    .examples = "hvspec check libdetect.so                     # entry hv_feature_available\n"
                "hvspec check -e has_feature -a bool detect.o  # another function, answer in AL\n"
                "hvspec check detect.yaml --report junit=r.xml # a manifest, and a report for CI\n"
                "hvspec check -s max -r 'max/*' detect.o       # only step 1\n"
                "hvspec check detect.o --baseline known.txt    # fail on what is new, or gone",
    .options = check_options,
    .options_count = sizeof check_options / sizeof check_options[0],
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .run = check_run,
};
