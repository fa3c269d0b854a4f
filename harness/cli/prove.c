/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/prove/prove.h"
#include "base/interrupt.h"
#include "harness/cli/line_run.h"
#include "harness/cli/reports.h"

#include <stdlib.h>
#include <string.h>

static const enum option_id prove_command_options[] = {
    OPTION_ENTRY,   OPTION_ANSWER,  OPTION_FLAT,    OPTION_PROBE,      OPTION_RULE,
    OPTION_EXCLUDE, OPTION_STRICT,  OPTION_PROFILE, OPTION_PROVE_TIME, OPTION_QUESTIONS,
    OPTION_SEED,    OPTION_BUDGET,  OPTION_OUT,     OPTION_REPORT,     OPTION_PROVE_JOBS,
    OPTION_QUIET,   OPTION_VERBOSE, OPTION_COLOR,
};

struct prove_command {
    const struct command_line *line;
    struct run_options run;
    struct run_inputs inputs;
    const struct probe *probe;
    struct prove_options options;
    struct prove_result result;
    struct command_reports reports;
    bool prints; /* for people, on standard output */
    struct errors errors;
};

static bool prove_find_probe(struct prove_command *prove) {
    const char *name = command_line_last(prove->line, OPTION_PROBE);

    for (size_t i = 0; i < prove->inputs.probes_count; i++) {
        if (!name || strcmp(name, prove->inputs.probes[i]->name) == 0)
            prove->probe = prove->inputs.probes[i];
    }
    if (!prove->probe)
        return errors_add(&prove->errors, NULL, 0, 0, "there is no probe '%s' in %s", name,
                          prove->line->operands[0]);
    if (!name && prove->inputs.probes_count > 1)
        return errors_add(
            &prove->errors, NULL, 0, 0,
            "prove looks at one probe and these are %zu: name one, such as --probe %s",
            prove->inputs.probes_count, prove->inputs.probes[0]->name);
    return true;
}

/* What is printed for people is the proof's own; the rest is up to the writers. */
static bool prove_read_reports(struct prove_command *prove) {
    struct command_reports *reports = &prove->reports;
    size_t kept = 0;

    if (!command_reports_read(prove->line, REPORT_OF_RUN, reports, &prove->errors))
        return false;
    for (size_t i = 0; i < reports->count; i++) {
        if (strcmp(reports->wanted[i].format->name, "console") == 0 &&
            strcmp(reports->wanted[i].path, "-") == 0)
            prove->prints = true;
        else
            reports->wanted[kept++] = reports->wanted[i];
    }
    reports->count = kept;
    return true;
}

static bool prove_write_reports(struct prove_command *prove, bool strict) {
    struct report report = {0};
    bool filled;

    if (prove->reports.count == 0)
        return true;
    filled = prove_fill_report(prove->probe, &prove->result, prove->options.seed, strict, &report,
                               &prove->errors);
    if (filled)
        command_reports_write(prove->line, &prove->reports, &report, &prove->errors);
    report_clear(&report);
    return filled && errors_none(&prove->errors);
}

static bool prove_load(struct prove_command *prove) {
    const char *folder = command_line_last(prove->line, OPTION_OUT);
    const char *profile = command_line_last(prove->line, OPTION_PROFILE);
    uint64_t seconds, questions, jobs;

    if (!command_line_number(prove->line, OPTION_PROVE_JOBS, 1, 256, 1, &jobs, &prove->errors) ||
        !prove_read_reports(prove) ||
        !command_line_number(prove->line, OPTION_PROVE_TIME, 1, UINT32_MAX, PROVE_SECONDS_DEFAULT,
                             &seconds, &prove->errors) ||
        !command_line_number(prove->line, OPTION_QUESTIONS, 1, PROVE_QUESTIONS_MAX,
                             PROVE_QUESTIONS_DEFAULT, &questions, &prove->errors) ||
        !line_run_read(prove->line, &prove->run, &prove->errors) ||
        !run_inputs_load_probes(&prove->run, prove->line->operands[0], &prove->inputs,
                                &prove->errors) ||
        !prove_find_probe(prove) ||
        !run_select_rules(&prove->run, prove->options.selected, &prove->errors))
        return false;
    prove->options.seed = run_seed(&prove->run);
    prove->options.seconds = (double)seconds;
    prove->options.questions = (unsigned)questions;
    prove->options.folder = folder ? folder : ".";
    prove->options.profile = profile ? rules_profile(profile) : NULL;
    return command_make_folder(prove->options.folder, "counterexamples", &prove->errors);
}

static int prove_perform(struct prove_command *prove) {
    bool strict = command_line_has(prove->line, OPTION_STRICT);
    struct report_style style = command_style(prove->line);
    bool done;

    interrupt_end("hvspec: interrupted: nothing is proven, and no report is written\n",
                  COMMAND_FAILED);
    done = prove_run(prove->probe, &prove->options, &prove->result, &prove->errors);

    if (done && !prove_write_reports(prove, strict))
        done = false;
    if (prove->prints && !prove_print(prove->probe, &prove->result, strict, &style, stdout))
        done = errors_add(&prove->errors, NULL, 0, 0, "standard output cannot be written");
    if (prove->result.disagreement)
        done = errors_add(&prove->errors, NULL, 0, 0, "%s", prove->result.disagreement);
    if (!done)
        return COMMAND_FAILED;
    switch (prove_verdict_of(&prove->result, strict)) {
    case PROVE_PROVEN:
        return COMMAND_CONFORMS;
    case PROVE_REFUTED:
        return COMMAND_VIOLATES;
    case PROVE_OPEN:
        return COMMAND_FAILED;
    default:
        errors_add(&prove->errors, NULL, 0, 0, "none of these rules applies to this probe");
        return COMMAND_INVALID;
    }
}

static int prove_command_run(const struct command_line *line) {
    struct prove_command prove = {.line = line};
    int code = COMMAND_INVALID;

    if (prove_load(&prove))
        code = prove_perform(&prove);
    prove_result_clear(&prove.result);
    free(prove.reports.wanted);
    run_inputs_clear(&prove.inputs);
    line_run_clear(&prove.run);
    return errors_none(&prove.errors) ? code : command_fail(&prove.errors, code);
}

const struct command command_prove = {
    .name = "prove",
    .operands = "PROBE",
    .summary = "every table and every feature at once: proven, refuted or open, rule by rule",
    .text =
        "Executes the probe's machine code symbolically: every CPUID is an unknown function of "
        "its\n"
        "leaf, every register and stack byte at entry an unknown, and a solver is asked whether\n"
        "any path breaks a rule. Proven: none does, for all tables, all features and whatever a\n"
        "call finds. Refuted: the solver's table, run in the emulator, breaks the rule by the\n"
        "judges that check has; it is made as small as it goes and written as a scenario. Open:\n"
        "what stopped the proof is said, with the instruction.\n"
        "\n"
        "Code that keeps nothing from one question to the next is proven for any number of them\n"
        "in a boot; of other code, as many as --questions says are followed.\n"
        "\n"
        "Exit code: 0 all is proven, 1 something is refuted, 2 invalid input, 3 something is "
        "open,\n"
        "or this program was built without libVEX or Z3.",
    .examples = "hvspec prove libdetect.so\n"
                "hvspec prove detect.yaml --questions 5 --out counterexamples",
    .options = prove_command_options,
    .options_count = sizeof prove_command_options / sizeof prove_command_options[0],
    .operands_min = 1,
    .operands_max = 1,
    .complete = {COMPLETE_FILES, COMPLETE_NOTHING},
    .run = prove_command_run,
};
