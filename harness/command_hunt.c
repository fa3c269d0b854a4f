/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/hunt.h"
#include "harness/progress.h"
#include "harness/run_inputs.h"
#include "reports/json_value.h"
#include "reports/page.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define HUNT_SECONDS_DEFAULT 60u
#define HUNT_COLUMN 12u /* where texts start, behind their labels */

static const enum option_id hunt_command_options[] = {
    OPTION_ENTRY,   OPTION_ANSWER,    OPTION_FLAT, OPTION_PROBE, OPTION_SCENARIOS, OPTION_RULE,
    OPTION_EXCLUDE, OPTION_STRICT,    OPTION_TIME, OPTION_RUNS,  OPTION_SEED,      OPTION_BUDGET,
    OPTION_OUT,     OPTION_FAIL_FAST, OPTION_JSON, OPTION_COLOR,
};

struct hunt_command {
    const struct command_line *line;
    struct run_inputs inputs;
    const struct probe *probe;
    struct hunt_options options;
    struct hunt_result result;
    struct progress progress;
    struct errors errors;
};

/* --- Signals: a hunt that is ended keeps what it has. --- */

static volatile sig_atomic_t hunt_stop;
static volatile sig_atomic_t hunt_child; /* the process that hunts; 0: this one */

static void hunt_on_signal(int number) {
    hunt_stop = 1;
    if (hunt_child > 0)
        kill((pid_t)hunt_child, number);
}

static void hunt_catch_signals(void) {
    struct sigaction action = {.sa_handler = hunt_on_signal, .sa_flags = SA_RESTART};

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

/* --- Input. --- */

static bool hunt_find_probe(struct hunt_command *hunt) {
    const char *name = command_line_last(hunt->line, OPTION_PROBE);

    for (size_t i = 0; i < hunt->inputs.probes_count; i++) {
        if (!name || strcmp(name, hunt->inputs.probes[i]->name) == 0)
            hunt->probe = hunt->inputs.probes[i];
    }
    if (!hunt->probe)
        return errors_add(&hunt->errors, NULL, 0, 0, "there is no probe '%s' in %s", name,
                          hunt->line->operands[0]);
    if (!name && hunt->inputs.probes_count > 1)
        return errors_add(&hunt->errors, NULL, 0, 0,
                          "hunt runs one probe and these are %zu: name one, such as --probe %s",
                          hunt->inputs.probes_count, hunt->inputs.probes[0]->name);
    return true;
}

/* Said before a long run rather than after it. */
static bool hunt_check_folder(struct hunt_command *hunt) {
    const char *folder = command_line_last(hunt->line, OPTION_OUT);
    struct stat status;

    hunt->options.folder = folder ? folder : ".";
    if (stat(hunt->options.folder, &status) != 0 && errno == ENOENT &&
        mkdir(hunt->options.folder, 0777) == 0)
        return true;
    if (stat(hunt->options.folder, &status) == 0 && !S_ISDIR(status.st_mode))
        errno = ENOTDIR;
    else if (access(hunt->options.folder, W_OK | X_OK) == 0)
        return true;
    return errors_add(&hunt->errors, hunt->options.folder, 0, 0,
                      "finds cannot be written there: %s", strerror(errno));
}

/* The rules whose violation is a find: as `check` fails on. */
static bool hunt_select_rules(struct hunt_command *hunt) {
    bool strict = command_line_has(hunt->line, OPTION_STRICT), any = false;
    const char *reason;

    if (!command_select_rules(hunt->line, hunt->inputs.suite.selected, &hunt->errors))
        return false;
    for (unsigned rule = 0; rule < RULES; rule++) {
        bool fails = rules[rule].level == RULE_MUST || (strict && rules[rule].level == RULE_SHOULD);

        hunt->options.wanted[rule] = hunt->inputs.suite.selected[rule] && fails &&
                                     suite_judges(hunt->probe, rule, NULL, &reason);
        any |= hunt->options.wanted[rule];
    }
    return any || errors_add(&hunt->errors, NULL, 0, 0,
                             "none of these rules can fail on this probe; \"should\" rules do with "
                             "--strict");
}

static bool hunt_read_limits(struct hunt_command *hunt) {
    uint64_t seconds, runs, fallback = HUNT_SECONDS_DEFAULT;

    if (command_line_has(hunt->line, OPTION_RUNS))
        fallback = 0;
    if (!command_line_number(hunt->line, OPTION_TIME, 1, UINT32_MAX, fallback, &seconds,
                             &hunt->errors) ||
        !command_line_number(hunt->line, OPTION_RUNS, 1, INT64_MAX, 0, &runs, &hunt->errors))
        return false;
    hunt->options.seconds = (double)seconds;
    hunt->options.runs = (size_t)runs;
    hunt->options.first_only = command_line_has(hunt->line, OPTION_FAIL_FAST);
    return true;
}

static bool hunt_load(struct hunt_command *hunt) {
    if (!hunt_read_limits(hunt) ||
        !run_inputs_load_scenarios(hunt->line, &hunt->inputs, &hunt->errors) ||
        !run_inputs_load_probes(hunt->line, 0, 1, &hunt->inputs, &hunt->errors) ||
        !hunt_find_probe(hunt) || !hunt_select_rules(hunt) || !hunt_check_folder(hunt))
        return false;
    hunt->options.seed = hunt->inputs.suite.seed;
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

static void hunt_put_labelled(struct page *page, const char *label, const char *text) {
    if (!text)
        return;
    page_put(page, PAGE_DIM, label);
    page_tab(page, HUNT_COLUMN);
    page_wrap(page, PAGE_PLAIN, text);
    page_end_line(page);
}

static void hunt_put_find(struct page *page, const struct hunt_find *find) {
    page_put(page, PAGE_RED, "found");
    page_tab(page, HUNT_COLUMN);
    for (unsigned rule = 0, count = 0; rule < RULES; rule++) {
        if (find->broken & HUNT_RULE(rule))
            page_format(page, PAGE_BOLD, "%s%s", count++ > 0 ? ", " : "", rules[rule].id);
    }
    page_format(page, PAGE_DIM, " (after %zu runs)", find->run);
    page_end_line(page);
    hunt_put_labelled(page, "  changed", find->twin);
    hunt_put_labelled(page, "  expected", find->expected);
    hunt_put_labelled(page, "  observed", find->observed);
    page_put(page, PAGE_DIM, "  file");
    page_tab(page, HUNT_COLUMN);
    page_put(page, PAGE_BOLD, find->file);
    if (find->was_there)
        page_put(page, PAGE_PLAIN, ", which was there already");
    page_end_line(page);
}

static void hunt_print(const struct hunt_command *hunt) {
    const struct hunt_result *result = &hunt->result;
    struct report_style style = command_style(hunt->line);
    struct page page = page_open(stdout, &style);

    for (size_t i = 0; i < result->finds_count; i++) {
        hunt_put_find(&page, &result->finds[i]);
        page_end_line(&page);
    }
    if (result->finds_count > 0)
        page_put(&page, PAGE_RED, "found ");
    else
        page_put(&page, PAGE_GREEN, "nothing found");
    if (result->finds_count > 0)
        page_count(&page, PAGE_RED, result->finds_count, "violation");
    page_format(&page, PAGE_PLAIN, ": %zu runs in %.1f s (%.0f a second), ", result->runs,
                result->seconds, result->seconds > 0 ? (double)result->runs / result->seconds : 0);
    page_format(&page, PAGE_PLAIN, "%zu blocks and %zu edges covered, seed %llu", result->blocks,
                result->edges, (unsigned long long)hunt->options.seed);
    if (hunt_stop)
        page_put(&page, PAGE_PLAIN, "; ended by a signal");
    else if (result->finds_count == HUNT_FINDS_MAX)
        page_put(&page, PAGE_PLAIN, "; so many suffice, mend some");
    page_end_line(&page);
}

static json_t *hunt_json_find(const struct hunt_find *find, bool *ok) {
    json_t *object = json_object(), *ids = json_array();

    for (unsigned rule = 0; rule < RULES; rule++) {
        if (find->broken & HUNT_RULE(rule))
            json_add(ids, ok, json_string(rules[rule].id));
    }
    json_put(object, ok, "rules", ids);
    json_put(object, ok, "twin", json_text(find->twin));
    json_put(object, ok, "expected", json_text(find->expected));
    json_put(object, ok, "observed", json_text(find->observed));
    json_put(object, ok, "file", json_text(find->file));
    json_put(object, ok, "run", json_integer((json_int_t)find->run));
    return object;
}

static bool hunt_print_json(const struct hunt_command *hunt) {
    const struct hunt_result *result = &hunt->result;
    json_t *root = json_object(), *finds = json_array();
    bool ok = root && finds, printed;

    for (size_t i = 0; i < result->finds_count; i++)
        json_add(finds, &ok, hunt_json_find(&result->finds[i], &ok));
    json_put(root, &ok, "hvspec", json_string(HVSPEC_VERSION));
    json_put(root, &ok, "probe", json_text(hunt->probe->name));
    json_put(root, &ok, "seed", json_integer((json_int_t)hunt->options.seed));
    json_put(root, &ok, "runs", json_integer((json_int_t)result->runs));
    json_put(root, &ok, "kept", json_integer((json_int_t)result->kept));
    json_put(root, &ok, "blocks", json_integer((json_int_t)result->blocks));
    json_put(root, &ok, "edges", json_integer((json_int_t)result->edges));
    json_put(root, &ok, "seconds", json_real(result->seconds));
    json_put(root, &ok, "interrupted", json_boolean(hunt_stop));
    json_put(root, &ok, "finds", finds);
    root = json_finish(root, ok);
    printed = root && json_dumpf(root, stdout, JSON_INDENT(2)) == 0 && putchar('\n') != EOF;
    json_decref(root);
    return printed;
}

/* --- The command. --- */

static int hunt_perform(struct hunt_command *hunt) {
    bool done =
        hunt_run(hunt->probe, &hunt->inputs.set, &hunt->options, &hunt->result, &hunt->errors);

    progress_clear(&hunt->progress);
    if (!command_line_has(hunt->line, OPTION_JSON))
        hunt_print(hunt);
    else if (!hunt_print_json(hunt))
        done = errors_add(&hunt->errors, NULL, 0, 0, "out of memory");
    if (hunt->result.failures > 0)
        done = errors_add(&hunt->errors, NULL, 0, 0, "%zu tables cannot be judged, the first: %s",
                          hunt->result.failures, hunt->result.failure);
    if (!done)
        return COMMAND_FAILED;
    return hunt->result.finds_count > 0 ? COMMAND_VIOLATES : COMMAND_CONFORMS;
}

/* Probes run in a process of their own: what crashes the emulator is told, not suffered. The child
 * goes on as the command; the parent passes signals on and takes its exit code over. */
static bool hunt_fork(struct hunt_command *hunt, int *code) {
    int status;
    pid_t child, waited;

    fflush(stdout);
    hunt_catch_signals();
    child = fork();
    *code = COMMAND_FAILED;
    if (child < 0) {
        errors_add(&hunt->errors, NULL, 0, 0, "no process for the probe can be started");
        return false;
    }
    if (child == 0)
        return true;
    hunt_child = child;
    do
        waited = waitpid(child, &status, 0);
    while (waited < 0 && errno == EINTR);
    if (waited != child || !WIFEXITED(status))
        errors_add(&hunt->errors, NULL, 0, 0,
                   "the emulator crashed; what was found before is in %s", hunt->options.folder);
    else
        *code = WEXITSTATUS(status);
    return false;
}

static int hunt_command_run(const struct command_line *line) {
    struct hunt_command hunt = {.line = line};
    int code = COMMAND_INVALID;

    hunt.options.stop = &hunt_stop;
    hunt.options.progress = hunt_show_progress;
    hunt.options.progress_context = &hunt.progress;
    if (hunt_load(&hunt) && hunt_fork(&hunt, &code))
        code = hunt_perform(&hunt);
    hunt_result_clear(&hunt.result);
    run_inputs_clear(&hunt.inputs);
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
        "check -s, and for keeping. Files that are there are never replaced.\n"
        "\n"
        "The same probe, scenarios, seed and --runs give the same finds. Ctrl-C ends the search "
        "and\n"
        "shows what was found so far.\n"
        "\n"
        "Exit code: 0 nothing found, 1 found something, 2 invalid input, 3 the harness failed.",
    .examples = "hvspec hunt libdetect.so                       # for a minute\n"
                "hvspec hunt libdetect.so --runs 1000000        # the same every time\n"
                "hvspec hunt detect.yaml --time 3600 --out new  # finds go to the folder new",
    .options = hunt_command_options,
    .options_count = sizeof hunt_command_options / sizeof hunt_command_options[0],
    .operands_min = 1,
    .operands_max = 1,
    .complete = {COMPLETE_FILES, COMPLETE_NOTHING},
    .run = hunt_command_run,
};
