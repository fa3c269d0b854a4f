/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/audit.h"
#include "harness/command.h"
#include "harness/progress.h"
#include "harness/run_inputs.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static volatile sig_atomic_t audit_interrupted;

/* The first Ctrl-C ends the audit with what was found; a second one ends the program. */
static void audit_interrupt(int signal_number) {
    (void)signal_number;
    audit_interrupted = 1;
}

static void audit_catch_interrupt(void) {
    struct sigaction action = {.sa_handler = audit_interrupt,
                               .sa_flags = (int)(SA_RESTART | SA_RESETHAND)};

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
}

static bool audit_write(const struct command_line *line, const struct audit *audits, size_t count) {
    struct report_style style = command_style(line);

    if (command_line_has(line, OPTION_JSON))
        return audit_print_json(audits, count, stdout);
    if (command_line_has(line, OPTION_MARKDOWN))
        return audit_print_markdown(audits, count, stdout);
    return audit_print(audits, count, &style, stdout);
}

static int audit_verdict(const struct audit *audits, size_t count, struct errors *errors) {
    size_t survived = 0;

    for (size_t i = 0; i < count; i++)
        survived += audit_count(&audits[i], mutations_count, AUDIT_SURVIVED);
    if (audit_interrupted &&
        !errors_add(errors, NULL, 0, 0, "interrupted: the report holds what was found so far"))
        return COMMAND_FAILED;
    return survived > 0 ? COMMAND_VIOLATES : COMMAND_CONFORMS;
}

/* Audits every probe and writes one report for all. */
static int audit_all(const struct command_line *line, struct run_inputs *inputs,
                     struct errors *errors) {
    struct progress progress = {.what = "mutants"};
    struct audit_options options = {.seed = inputs->suite.seed,
                                    .workers = inputs->suite.workers,
                                    .thorough = command_line_has(line, OPTION_THOROUGH),
                                    .profile = inputs->suite.profile,
                                    .interrupted = &audit_interrupted,
                                    .progress = progress_show,
                                    .progress_context = &progress};
    struct audit *audits = calloc(inputs->probes_count, sizeof *audits);
    size_t count = 0;
    int code = COMMAND_INVALID;

    if (!audits)
        return errors_add(errors, NULL, 0, 0, "out of memory"), COMMAND_FAILED;
    memcpy(options.selected, inputs->suite.selected, sizeof options.selected);
    audit_catch_interrupt();
    while (count < inputs->probes_count && !audit_interrupted) {
        struct probe *probe = inputs->probes[count];

        if (!command_line_has(line, OPTION_BUDGET))
            probe->setup.budget = AUDIT_BUDGET;
        progress.started = 0;
        if (!audit_run(&audits[count++], probe, &inputs->set, &options, errors))
            break;
        progress_clear(&progress);
    }
    progress_clear(&progress);
    if (errors_none(errors))
        code = audit_write(line, audits, count) ? audit_verdict(audits, count, errors)
                                                : COMMAND_FAILED;
    for (size_t i = 0; i < count; i++)
        audit_clear(&audits[i]);
    free(audits);
    return code;
}

static int audit_command(const struct command_line *line) {
    struct errors errors = {0};
    struct run_inputs inputs = {0};
    int code = COMMAND_INVALID;

    if (command_line_has(line, OPTION_JSON) && command_line_has(line, OPTION_MARKDOWN))
        errors_add(&errors, NULL, 0, 0, "--json and --markdown exclude each other");
    else if (run_inputs_load(line, &inputs, &errors))
        code = audit_all(line, &inputs, &errors);
    run_inputs_clear(&inputs);
    return errors_none(&errors) ? code : command_fail(&errors, code);
}

static const enum option_id audit_options_offered[] = {
    OPTION_ENTRY,    OPTION_ANSWER,  OPTION_FLAT,     OPTION_SCENARIOS,
    OPTION_RULE,     OPTION_EXCLUDE, OPTION_PROFILE,  OPTION_JOBS,
    OPTION_SEED,     OPTION_BUDGET,  OPTION_THOROUGH, OPTION_JSON,
    OPTION_MARKDOWN, OPTION_QUIET,   OPTION_VERBOSE,  OPTION_COLOR,
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
        "a reason for that; all others survive, and show what the suite lacks. Mutants have\n"
        "20000 instructions for one call unless --budget says otherwise.\n"
        "\n"
        "Exit code: 0 nothing survived, 1 something did, 2 invalid input, 3 interrupted or the\n"
        "harness failed.",
    .examples = "hvspec audit libdetect.so                # survivors, and which rules kill\n"
                "hvspec audit -v libdetect.so             # equivalent mutants too\n"
                "hvspec audit -s max libdetect.so         # what do these scenarios notice?\n"
                "hvspec audit --json libdetect.so         # every mutant, for machines",
    .options = audit_options_offered,
    .options_count = sizeof audit_options_offered / sizeof audit_options_offered[0],
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .run = audit_command,
};
