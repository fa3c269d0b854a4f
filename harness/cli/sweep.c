/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/pool.h"
#include "emulator/guest/guest.h"
#include "harness/cli/line_run.h"
#include "harness/cli/reports.h"
#include "harness/cli/sweep_meter.h"
#include "harness/cunit/cunit.h"
#include "harness/spec/signatures.h"
#include "harness/sweep/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const enum option_id sweep_option_ids[] = {
    OPTION_ENTRY,       OPTION_ANSWER, OPTION_FLAT,       OPTION_SYSROOT, OPTION_CONSTRUCTORS, OPTION_PROBE,
    OPTION_TARGET,      OPTION_ASSUME, OPTION_WHAT,       OPTION_FROM,    OPTION_TO,
    OPTION_STRIDE,      OPTION_BEYOND, OPTION_SIGNATURE,  OPTION_STRICT,  OPTION_JOBS,
    OPTION_SHARD,       OPTION_BUDGET, OPTION_CHECKPOINT, OPTION_OUT,     OPTION_REPORT,
    OPTION_SOURCE_ROOT, OPTION_QUIET,  OPTION_VERBOSE,    OPTION_COLOR,
};

#define SWEEP_TARGET_DEFAULT 0x40000010u

static volatile sig_atomic_t sweep_stopped;

static void sweep_on_signal(int number) {
    (void)number;
    sweep_stopped = 1;
}

/* --- What is asked for. --- */

static bool sweep_add_target(const struct probe *probe, const char *what, uint32_t target,
                             struct sweep_options *options, struct errors *errors) {
    bool can = probe->targets_count == 0;

    for (size_t i = 0; i < probe->targets_count; i++)
        can |= probe->targets[i] == target;
    if (!can)
        return errors_add(errors, NULL, 0, 0,
                          "the probe does not answer for 0x%08" PRIx32 ": see `targets` in its "
                          "manifest",
                          target);
    for (unsigned i = SWEEP_MAX; i <= SWEEP_EAX; i++) {
        if (strcmp(what, "both") != 0 && strcmp(what, sweep_what_text(i)) != 0)
            continue;
        if (options->axes_count == SWEEP_AXES_MAX)
            return errors_add(errors, NULL, 0, 0, "more than %u sweeps in one run", SWEEP_AXES_MAX);
        options->axes[options->axes_count++] = (struct sweep_axis){i, target};
    }
    return true;
}

static bool sweep_read_target(const struct probe *probe, const char *what, const char *text,
                              struct sweep_options *options, struct errors *errors) {
    uint64_t target;

    if (strcmp(text, "each-range") == 0) {
        for (uint32_t row = 1; row < 16; row++) {
            if (!sweep_add_target(probe, what, CPUID_BASE + row * CPUID_ROW, options, errors))
                return false;
        }
        return true;
    }
    if (!command_number(text, text + strlen(text), CPUID_BASE + 1, CPUID_BLOCK_LAST, &target))
        return errors_add(errors, NULL, 0, 0,
                          "--target takes a leaf from 0x40000001 to 0x400000ff, or each-range, "
                          "not '%s'",
                          text);
    return sweep_add_target(probe, what, (uint32_t)target, options, errors);
}

static bool sweep_read_targets(const struct command_line *line, const struct probe *probe,
                               struct sweep_options *options, struct errors *errors) {
    const char *what = command_line_last(line, OPTION_WHAT);
    uint32_t target = probe->targets_count > 0 ? probe->targets[0] : SWEEP_TARGET_DEFAULT;

    for (size_t i = 0; i < line->values_count; i++) {
        if (line->values[i].id == OPTION_TARGET &&
            !sweep_read_target(probe, what ? what : "both", line->values[i].text, options, errors))
            return false;
    }
    return options->axes_count > 0 ||
           sweep_add_target(probe, what ? what : "both", target, options, errors);
}

static bool sweep_read_table(const struct command_line *line, const struct probe *probe,
                             struct sweep_options *options, struct errors *errors) {
    const char *beyond = command_line_last(line, OPTION_BEYOND);
    const char *signature = command_line_last(line, OPTION_SIGNATURE);
    char bytes[SIGNATURE_SIZE] = "KVMKVMKVM";

    options->beyond = !beyond                       ? CPUID_FILL_HIGHEST_BASIC
                      : strcmp(beyond, "zero") == 0 ? CPUID_FILL_ZERO
                      : strcmp(beyond, "base") == 0 ? CPUID_FILL_BASE
                                                    : CPUID_FILL_HIGHEST_BASIC;
    if (signature && strlen(signature) > SIGNATURE_SIZE)
        return errors_add(errors, NULL, 0, 0, "a signature has up to %u characters, not %zu",
                          SIGNATURE_SIZE, strlen(signature));
    if (signature) {
        memset(bytes, 0, sizeof bytes);
        memcpy(bytes, signature, strlen(signature));
    }
    options->signature = signature_values(bytes);
    if (probe->guarantee.has_signature && signature)
        return errors_add(errors, NULL, 0, 0, "%s assumes a signature: leave --signature out",
                          probe->name);
    if (probe->guarantee.has_signature)
        options->signature = probe->guarantee.signature;
    options->pins = probe->guarantee.pins;
    return true;
}

/* A shard is a part of the values in one piece, so that ranges stay in one. */
static bool sweep_read_values(const struct command_line *line, struct sweep_options *options,
                              struct errors *errors) {
    uint64_t from, to, stride, all;

    if (!command_line_number(line, OPTION_FROM, 0, UINT32_MAX, 0, &from, errors) ||
        !command_line_number(line, OPTION_TO, from, UINT32_MAX, UINT32_MAX, &to, errors) ||
        !command_line_number(line, OPTION_STRIDE, 1, UINT32_MAX, 1, &stride, errors))
        return false;
    all = (to - from) / stride + 1;
    to = from + (all - 1) * stride; /* the last value there is */
    options->whole_from = (uint32_t)from;
    options->whole_to = (uint32_t)to;
    if (options->shards > all)
        return errors_add(errors, NULL, 0, 0, "%u shards of %" PRIu64 " values", options->shards,
                          all);
    if (options->shards > 0) {
        to = from + (all * options->shard / options->shards - 1) * stride;
        from += all * (options->shard - 1) / options->shards * stride;
    }
    options->from = (uint32_t)from;
    options->to = (uint32_t)to;
    options->stride = (uint32_t)stride;
    return true;
}

static bool sweep_read(const struct command_line *line, const struct probe *probe,
                       const struct run_options *run, struct sweep_options *options,
                       struct errors *errors) {
    options->shard = run->shard;
    options->shards = run->shards;
    if (!sweep_read_targets(line, probe, options, errors) ||
        !sweep_read_table(line, probe, options, errors) ||
        !sweep_read_values(line, options, errors))
        return false;
    options->source_root = run->source_root;
    options->workers = guest_room_for(run->workers > 0 ? run->workers : pool_processors());
    options->strict = run->strict;
    options->checkpoint = command_line_last(line, OPTION_CHECKPOINT);
    options->stop = &sweep_stopped;
    return true;
}

/* --- What came of it. --- */

static bool sweep_save(const struct probe *probe, const struct sweep_options *options,
                       const struct sweep_result *result, const char *folder, char **scenarios,
                       struct errors *errors) {
    for (size_t i = 0; i < options->axes_count; i++) {
        if (!sweep_save_scenarios(probe, options, &options->axes[i], &result->axes[i], folder,
                                  &scenarios[i], errors))
            return false;
    }
    return true;
}

static int sweep_write(const struct command_line *line, const struct command_reports *reports,
                       struct report *report, struct errors *errors) {
    if (command_reports_want(reports, "cunit") && !cunit_of_report(report, errors))
        return COMMAND_FAILED;
    return command_reports_write(line, reports, report, errors);
}

static int sweep_report(const struct command_line *line, const struct command_reports *reports,
                        const struct probe *probe, const struct sweep_options *options,
                        const struct sweep_result *result, struct errors *errors) {
    const char *folder = command_line_last(line, OPTION_OUT);
    char *scenarios[SWEEP_AXES_MAX] = {NULL};
    struct report report = {0};
    int code = COMMAND_FAILED;

    folder = folder ? folder : ".";
    if (sweep_save(probe, options, result, folder, scenarios, errors) &&
        sweep_fill_report(probe, options, result, scenarios, folder, &report, errors))
        code = sweep_write(line, reports, &report, errors);
    for (size_t i = 0; i < options->axes_count; i++)
        free(scenarios[i]);
    report_clear(&report);
    return errors_none(errors) ? code : COMMAND_FAILED;
}

/* Said before a long run rather than after it. */
static bool sweep_check_folder(const struct command_line *line, struct errors *errors) {
    const char *folder = command_line_last(line, OPTION_OUT);

    return !folder || command_make_folder(folder, "counterexamples", errors);
}

static int sweep_execute(const struct command_line *line, const struct command_reports *reports,
                         const struct probe *probe, const struct run_options *run,
                         struct errors *errors) {
    struct sigaction action = {.sa_handler = sweep_on_signal};
    struct sweep_meter meter = {.quiet = command_line_has(line, OPTION_QUIET)};
    struct sweep_options options = {.progress = sweep_meter_show, .progress_context = &meter};
    struct sweep_result result = {0};
    int code = COMMAND_INVALID;

    if (sweep_read(line, probe, run, &options, errors) && sweep_check_folder(line, errors)) {
        sigaction(SIGINT, &action, NULL);
        sigaction(SIGTERM, &action, NULL);
        if (sweep_run(probe, &options, &result, errors)) {
            sweep_meter_clear(&meter);
            code = sweep_report(line, reports, probe, &options, &result, errors);
        } else if (result.next > 0) { /* what is known is told all the same */
            sweep_meter_clear(&meter);
            sweep_report(line, reports, probe, &options, &result, errors);
            code = COMMAND_FAILED;
        }
    }
    sweep_result_clear(&result);
    return code;
}

static int sweep_run_command(const struct command_line *line) {
    struct errors errors = {0};
    struct run_options run = {0};
    struct run_inputs inputs = {0};
    struct command_reports reports = {0};
    const struct probe *probe = NULL;
    int code = COMMAND_INVALID;

    if (command_reports_read(line, REPORT_OF_RUN, &reports, &errors) && line_run_read(line, &run, &errors) &&
        run_inputs_load_probes(&run, line->operands[0], &inputs, &errors))
        probe = run_inputs_one_probe(&run, "sweep", &inputs, &errors);
    if (probe)
        code = sweep_execute(line, &reports, probe, &run, &errors);
    run_inputs_clear(&inputs);
    line_run_clear(&run);
    free(reports.wanted);
    return errors_none(&errors) ? code : command_fail(&errors, code);
}

const struct command command_sweep = {
    .name = "sweep",
    .operands = "PROBE",
    .summary = "all 2^32 values of the maximum, or of the target's EAX",
    .text =
        "Runs the probe on every value of the maximum with the target implemented, and on every\n"
        "value of the target's EAX with a sufficient maximum. Each run is judged: the answer,\n"
        "which leaves were read in which order, and how the call ended. Every run starts from\n"
        "the image as loaded; nothing is assumed about the code.\n"
        "\n"
        "The smallest failing value becomes a scenario file that `hvspec check -s` runs. All\n"
        "values of one register take some ten to twenty minutes of one core. --checkpoint keeps\n"
        "what is known, so that a run that is killed goes on where it was, one process at a time;\n"
        "Ctrl-C ends with what is known, marked as partial; --shard takes one piece of the "
        "values,\n"
        "and merge joins the reports of all pieces.\n"
        "\n"
        "Exit code: 0 holds for all values asked for, 1 a counterexample, 3 partial or an error.",
    .examples =
        "hvspec sweep libhv.so                            # target 0x40000010, both registers\n"
        "hvspec sweep libhv.so --what max --stride 4099   # a sample\n"
        "hvspec sweep libhv.so --target each-range --checkpoint hv.sweep\n"
        "hvspec sweep libhv.so --shard 1/16 --report json=1.json  # and 2/16 elsewhere; then merge",
    .options = sweep_option_ids,
    .options_count = sizeof sweep_option_ids / sizeof sweep_option_ids[0],
    .operands_min = 1,
    .operands_max = 1,
    .run = sweep_run_command,
};
