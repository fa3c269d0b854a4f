/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/data_path.h"
#include "harness/cli/line_run.h"
#include "harness/cli/trace_page.h"
#include "harness/probe/assume.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct tracer {
    const struct command_line *line;
    struct run_options options;
    struct run_inputs inputs;
    const struct probe *probe;
    struct examiner *examiner;
    struct examination *examination;
    struct trace trace;
    bool presence; /* the cases of the profile are looked at */
    char chosen[96];
    struct errors errors;
};

/* --- Which probe, which case. --- */

static bool tracer_find_probe(struct tracer *tracer) {
    tracer->probe =
        run_inputs_one_probe(&tracer->options, "trace", &tracer->inputs, &tracer->errors);
    return tracer->probe != NULL;
}

/* Every case is shown as it runs, under what the caller guarantees. False: out of memory. */
static bool tracer_assume(struct tracer *tracer) {
    for (size_t i = 0; i < tracer->inputs.set.count; i++) {
        const struct scenario *scenario = &tracer->inputs.set.scenarios[i];

        for (size_t j = 0; j < scenario->cases_count; j++) {
            struct cpuid_table *table = &scenario->cases[j].table;
            struct assumed_table assumed;

            if (!assumed_make(tracer->probe, table, &assumed))
                return errors_add(&tracer->errors, NULL, 0, 0, "out of memory");
            if (assumed.copy)
                memcpy(table->leaves, assumed.copy, table->count * sizeof *table->leaves);
            table->base = assumed.table.base;
            assumed_clear(&assumed);
        }
    }
    return true;
}

/* A probe for fixed features runs on cases that ask for these. */
static bool tracer_take_targets(struct tracer *tracer) {
    if (tracer->probe->targets_count > 0)
        tracer->inputs.set.targets = tracer->probe->targets;
    tracer->inputs.set.targets_count = tracer->probe->targets_count;
    return true;
}

static bool tracer_load(struct tracer *tracer) {
    const struct command_line *line = tracer->line;
    char *installed = data_path("scenarios");
    const struct run_options *options = &tracer->options;
    bool loaded =
        line_run_read(line, &tracer->options, &tracer->errors) &&
        run_select_rules(options, tracer->inputs.suite.selected, &tracer->errors) &&
        run_inputs_load_probes(options, line->operands[0], &tracer->inputs, &tracer->errors) &&
        tracer_find_probe(tracer) && tracer_take_targets(tracer) &&
        scenario_set_add(&tracer->inputs.set, line->operands[1], installed, run_seed(options),
                         &tracer->errors) &&
        tracer_assume(tracer);

    free(installed);
    return loaded;
}

/* How much a case shows: broken rules that fail the run, or others, or none. */
enum tracer_grade { TRACER_KEPT, TRACER_NONSTRICT, TRACER_FAILS };

static enum tracer_grade tracer_grade(const struct tracer *tracer) {
    bool strict = command_line_has(tracer->line, OPTION_STRICT);
    enum tracer_grade grade = tracer->examination->failed ? TRACER_FAILS : TRACER_KEPT;

    for (unsigned rule = 0; rule < RULES; rule++) {
        bool deviates = !(tracer->examination->findings[rule].state & FINDING_VIOLATED);

        if (!trace_violates(&tracer->trace, rule))
            continue;
        if (rules_fails(rule, strict) && (strict || !deviates))
            return TRACER_FAILS;
        grade = TRACER_NONSTRICT;
    }
    return grade;
}

static void tracer_examine(struct tracer *tracer, size_t scenario, size_t test) {
    const struct scenario *from = &tracer->inputs.set.scenarios[scenario];

    tracer->trace.from = (struct example_case){tracer->probe, from, &from->cases[test],
                                               run_seed(&tracer->options), NULL};
    tracer->trace.profile = from->needs_presence ? "presence" : NULL;
    suite_judged(tracer->probe, tracer->inputs.suite.selected, tracer->trace.profile,
                 tracer->trace.judged);
    examiner_judge(tracer->examiner, tracer->trace.judged);
    examine_case(tracer->examiner, tracer->trace.from.test, tracer->examination);
}

/* As in a run, cases of the profile are left out, unless there are no others. */
static bool tracer_takes(const struct tracer *tracer, const struct scenario *scenario) {
    return tracer->presence || !scenario->needs_presence;
}

static size_t tracer_cases(const struct tracer *tracer) {
    size_t cases = 0;

    for (size_t i = 0; i < tracer->inputs.set.count; i++) {
        if (tracer_takes(tracer, &tracer->inputs.set.scenarios[i]))
            cases += tracer->inputs.set.scenarios[i].cases_count;
    }
    return cases;
}

/* The only case, else the first that fails, else the first that breaks a "should" rule, else the
 * first. */
static void tracer_choose(struct tracer *tracer) {
    static const char *const texts[] = {
        [TRACER_KEPT] = "the first, since none breaks a rule",
        [TRACER_NONSTRICT] = "the first that breaks a \"should\" rule, since none fails",
        [TRACER_FAILS] = "the first that fails",
    };
    const struct scenario_set *set = &tracer->inputs.set;
    size_t cases, number = 0, best = 1, scenario = 0, test = 0;
    enum tracer_grade highest = TRACER_KEPT;

    tracer->presence = tracer_cases(tracer) == 0;
    cases = tracer_cases(tracer);
    while (!tracer_takes(tracer, &set->scenarios[scenario]))
        scenario++;
    for (size_t i = 0; cases > 1 && highest < TRACER_FAILS && i < set->count; i++) {
        if (!tracer_takes(tracer, &set->scenarios[i]))
            continue;
        for (size_t j = 0; highest < TRACER_FAILS && j < set->scenarios[i].cases_count; j++) {
            number++;
            tracer_examine(tracer, i, j);
            if (tracer_grade(tracer) <= highest)
                continue;
            highest = tracer_grade(tracer);
            best = number;
            scenario = i;
            test = j;
        }
    }
    tracer_examine(tracer, scenario, test);
    if (cases == 1)
        return;
    snprintf(tracer->chosen, sizeof tracer->chosen, "case %zu of %zu: %s", best, cases,
             texts[highest]);
    tracer->trace.chosen = tracer->chosen;
}

/* --- Running. --- */

/* A probe for fixed features is asked for these only. */
static void tracer_ask(struct tracer *tracer) {
    const struct scenario_case *test = tracer->trace.from.test;
    struct trace *trace = &tracer->trace;

    trace->asks_count = 0;
    for (size_t i = 0; i < test->asks_count; i++) {
        bool can = tracer->probe->targets_count == 0;

        for (size_t j = 0; j < tracer->probe->targets_count; j++)
            can |= tracer->probe->targets[j] == test->asks[i];
        if (can)
            trace->asks[trace->asks_count++] = test->asks[i];
    }
    if (trace->asks_count == 0)
        return;
    examiner_note_callers(tracer->examiner, &trace->callers);
    examiner_run(tracer->examiner, &test->table, NULL, trace->asks, trace->asks_count,
                 &trace->answers);
    examiner_note_callers(tracer->examiner, NULL);
}

static int tracer_verdict(const struct tracer *tracer) {
    if (tracer->examination->failed)
        return COMMAND_FAILED;
    return tracer_grade(tracer) == TRACER_FAILS ? COMMAND_VIOLATES : COMMAND_CONFORMS;
}

static int tracer_show(struct tracer *tracer) {
    struct report_style style = command_style(tracer->line);
    struct page page = page_open(stdout, &style);

    tracer->trace.disassembly = disassembly_open(tracer->probe->image->mode);
    tracer->trace.source = source_line_open(tracer->probe->image);
    if (!tracer->trace.disassembly || !tracer->trace.source ||
        !source_line_set_root(tracer->trace.source, tracer->options.source_root) ||
        !trace_print(&tracer->trace, &page))
        errors_add(&tracer->errors, NULL, 0, 0, "out of memory");
    if (tracer->examination->failed)
        errors_add(&tracer->errors, NULL, 0, 0, "the case cannot be judged: %s",
                   tracer->examination->failure);
    disassembly_close(tracer->trace.disassembly);
    source_line_close(tracer->trace.source);
    return errors_none(&tracer->errors) ? tracer_verdict(tracer) : COMMAND_FAILED;
}

static int tracer_run(struct tracer *tracer) {
    int code = COMMAND_FAILED;

    tracer->examiner = examiner_new(tracer->probe, run_seed(&tracer->options), &tracer->errors);
    tracer->examination = calloc(1, sizeof *tracer->examination);
    tracer->trace.examination = tracer->examination;
    tracer->trace.verbose = command_line_has(tracer->line, OPTION_VERBOSE);
    if (!tracer->examination)
        errors_add(&tracer->errors, NULL, 0, 0, "out of memory");
    if (errors_none(&tracer->errors)) {
        tracer_choose(tracer);
        tracer_ask(tracer);
        if (tracer->trace.asks_count > 0 || tracer->examination->runs > 0)
            code = tracer_show(tracer);
        else if (!errors_add(&tracer->errors, NULL, 0, 0,
                             "%s asks for no feature that the probe answers for",
                             tracer->trace.from.test->id))
            code = COMMAND_INVALID;
    }
    examiner_free(tracer->examiner);
    free(tracer->examination);
    return code;
}

/* What ends a command from outside is no crash: the parent ends in the same way. */
static void tracer_end_like(int signal_number) {
    static const int outside[] = {SIGPIPE, SIGINT, SIGTERM, SIGHUP};

    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        if (signal_number == outside[i])
            raise(signal_number);
    }
}

/* Probes run in a process of their own: what crashes the emulator is told, not suffered. The child
 * goes on as the command; the parent takes its exit code over. */
static bool tracer_fork(struct tracer *tracer, int *code) {
    pid_t child;
    int status;
    bool ended;

    fflush(stdout);
    child = fork();
    *code = COMMAND_FAILED;
    if (child < 0) {
        errors_add(&tracer->errors, NULL, 0, 0, "no process for the probe can be started");
        return false;
    }
    if (child == 0)
        return true;
    ended = waitpid(child, &status, 0) == child;
    if (ended && WIFSIGNALED(status))
        tracer_end_like(WTERMSIG(status));
    if (!ended || !WIFEXITED(status))
        errors_add(&tracer->errors, NULL, 0, 0, "the emulator crashed on this case");
    else
        *code = WEXITSTATUS(status);
    return false;
}

static int trace_run(const struct command_line *line) {
    struct tracer tracer = {.line = line};
    int code = COMMAND_INVALID;

    if (tracer_load(&tracer) && tracer_fork(&tracer, &code))
        code = tracer_run(&tracer);
    run_inputs_clear(&tracer.inputs);
    line_run_clear(&tracer.options);
    return errors_none(&tracer.errors) ? code : command_fail(&tracer.errors, code);
}

static const enum option_id trace_options[] = {
    OPTION_ENTRY,        OPTION_ANSWER,  OPTION_FLAT,        OPTION_SYSROOT,
    OPTION_CONSTRUCTORS, OPTION_PROBE,   OPTION_ONLY_TARGET, OPTION_ASSUME,
    OPTION_RULE,         OPTION_EXCLUDE, OPTION_SEED,        OPTION_BUDGET,
    OPTION_STRICT,       OPTION_VERBOSE, OPTION_COLOR,       OPTION_SOURCE_ROOT,
};

const struct command command_trace = {
    .name = "trace",
    .operands = "PROBE SCENARIO[:CASE]",
    .summary = "one case, step by step: instruction, leaf, values, source line",
    .text =
        "Asks a case's questions in one boot and shows the table, every CPUID that was executed,\n"
        "the answers beside the spec's, and the rules that the case breaks, each with the run\n"
        "that shows it. Of a scenario with several cases, the first that breaks a rule is taken,\n"
        "else the first. Reports name the very command for each failure. With -v it is told why a\n"
        "wrong answer was put down to a rule; see hvspec explain attribution.",
    .examples = "hvspec trace libhv.so max/unsigned  # the first case that fails\n"
                "hvspec trace libhv.so max/unsigned:max=0x80000000,target=0x40000010\n"
                "hvspec trace libhv.so ./my.yaml:max=0x0  # a case of a file",
    .options = trace_options,
    .options_count = sizeof trace_options / sizeof trace_options[0],
    .operands_min = 2,
    .operands_max = 2,
    .complete = {COMPLETE_FILES, COMPLETE_SCENARIOS},
    .run = trace_run,
};
