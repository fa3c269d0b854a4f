/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/api/hvspec.h"
#include "base/memstream.h"

#include "harness/baseline/baseline.h"
#include "harness/run/run.h"
#include "reports/formats.h"

#include <stdlib.h>
#include <string.h>

struct hvspec_result {
    struct run_inputs inputs; /* the report borrows from it */
    struct report report;
    struct baseline baseline;
    struct baseline_comparison comparison;
    struct errors errors;
    char *errors_text; /* NULL: none */
    enum hvspec_outcome outcome;
    struct hvspec_probe *probes;
    size_t probes_count;
};

_Static_assert((int)HVSPEC_PASS == (int)REPORT_PASS && (int)HVSPEC_FAIL == (int)REPORT_FAIL &&
                   (int)HVSPEC_NONSTRICT == (int)REPORT_NONSTRICT &&
                   (int)HVSPEC_INFO == (int)REPORT_INFO &&
                   (int)HVSPEC_NOT_EXERCISED == (int)REPORT_NOT_EXERCISED &&
                   (int)HVSPEC_NOT_APPLICABLE == (int)REPORT_NOT_APPLICABLE &&
                   (int)HVSPEC_ERROR == (int)REPORT_ERROR,
               "the verdicts of the interface are the report's");

/* --- The result. --- */

static void hvspec_fill_rule(const struct report_rule *from, struct hvspec_rule *rule) {
    const struct report_example *example = from->examples_count > 0 ? from->examples : NULL;

    *rule = (struct hvspec_rule){.id = from->id,
                                 .level = from->level,
                                 .text = from->text,
                                 .verdict = (enum hvspec_verdict)from->verdict,
                                 .reason = from->reason,
                                 .cases = from->cases,
                                 .violations = from->violations,
                                 .listed =
                                     from->lines_count > 0 ? from->violations - from->unlisted : 0,
                                 .case_id = example ? example->case_id : NULL,
                                 .expected = example ? example->expected : NULL,
                                 .observed = example ? example->observed : NULL,
                                 .rerun = example ? example->rerun : NULL};
}

static bool hvspec_fill_probes(struct hvspec_result *result) {
    const struct report *report = &result->report;

    result->probes = calloc(report->probes_count + 1, sizeof *result->probes);
    for (size_t i = 0; result->probes && i < report->probes_count; i++) {
        const struct report_probe *from = &report->probes[i];
        struct hvspec_rule *filled = calloc(from->rules_count + 1, sizeof *filled);

        if (!filled)
            return false;
        for (size_t k = 0; k < from->rules_count; k++)
            hvspec_fill_rule(&from->rules[k], &filled[k]);
        result->probes[result->probes_count++] = (struct hvspec_probe){
            from->name, (enum hvspec_verdict)from->verdict, filled, from->rules_count};
    }
    return result->probes != NULL;
}

static bool hvspec_gate(struct hvspec_result *result, const struct hvspec_options *options) {
    return baseline_compare(&result->baseline, &result->report,
                            options->scenarios != NULL || report_left_out(&result->report) > 0,
                            &result->comparison) &&
           baseline_annotate(&result->baseline, options->baseline, options->source_root,
                             &result->comparison, &result->report);
}

static void hvspec_conclude(struct hvspec_result *result, const struct hvspec_options *options) {
    bool done = !options->baseline || hvspec_gate(result, options);

    if (done && hvspec_fill_probes(result)) {
        result->outcome = (enum hvspec_outcome)report_exit_code(&result->report);
        return;
    }
    errors_add(&result->errors, NULL, 0, 0, "out of memory");
    result->outcome = HVSPEC_FAILED;
}

static struct run_options hvspec_run_options(const struct hvspec_options *options) {
    return (struct run_options){.entries = options->entries,
                                .answer = options->answer,
                                .targets = options->targets,
                                .targets_count = options->targets_count,
                                .assumptions = options->assumptions,
                                .budget = options->budget,
                                .constructors = options->constructors,
                                .scenarios = options->scenarios,
                                .rules = options->rules,
                                .exclude = options->exclude,
                                .profile = options->profile,
                                .seed = options->seed,
                                .has_seed = options->seed != 0,
                                .hunt_runs =
                                    options->hunt_runs > 0 ? (uint64_t)options->hunt_runs : 0,
                                .has_hunt_runs = options->hunt_runs != 0,
                                .no_solver = options->no_solver,
                                .workers = options->jobs,
                                .strict = options->strict,
                                .all = options->all,
                                .source_root = options->source_root};
}

static void hvspec_run(struct hvspec_result *result, const char *file,
                       const struct hvspec_options *options) {
    struct run_options run = hvspec_run_options(options);
    struct run_inputs *inputs = &result->inputs;

    result->outcome = HVSPEC_INVALID;
    if ((options->baseline &&
         !baseline_load(options->baseline, &result->baseline, &result->errors)) ||
        !run_inputs_load(&run, &file, 1, inputs, &result->errors))
        return;
    inputs->suite.wants_cells = true; /* hvspec_write may be asked for HTML */
    inputs->suite.listed = options->baseline ? &result->baseline : NULL;
    inputs->suite.part = options->scenarios != NULL;
    if (run_inputs_judge(inputs, suite_run_plain, &result->report, &result->errors))
        hvspec_conclude(result, options);
    else if (run_inputs_cases(inputs) > 0)
        result->outcome = HVSPEC_FAILED;
}

/* The text is made anew whenever errors were added. */
static void hvspec_print_errors(struct hvspec_result *result) {
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    if (!stream)
        return;
    errors_print(&result->errors, "", stream);
    if (memstream_close(stream, &text)) {
        free(result->errors_text);
        result->errors_text = text;
    } else {
        free(text);
    }
}

struct hvspec_result *hvspec_check(const char *file, const struct hvspec_options *options) {
    static const struct hvspec_options defaults;
    struct hvspec_result *result = calloc(1, sizeof *result);

    if (!result)
        return NULL;
    hvspec_run(result, file, options ? options : &defaults);
    hvspec_print_errors(result);
    return result;
}

enum hvspec_outcome hvspec_outcome(const struct hvspec_result *result) {
    return result->outcome;
}

const char *hvspec_errors(const struct hvspec_result *result) {
    return result->errors_text ? result->errors_text : "";
}

size_t hvspec_probes_count(const struct hvspec_result *result) {
    return result->probes_count;
}

const struct hvspec_probe *hvspec_probe(const struct hvspec_result *result, size_t index) {
    return index < result->probes_count ? &result->probes[index] : NULL;
}

size_t hvspec_gate_new(const struct hvspec_result *result) {
    size_t count = 0;

    for (size_t i = 0; i < result->comparison.count; i++)
        count += result->comparison.differences[i].cases_count;
    return count;
}

size_t hvspec_gate_stale(const struct hvspec_result *result) {
    size_t count = 0;

    for (size_t i = 0; i < result->comparison.count; i++)
        count += result->comparison.differences[i].change != BASELINE_NEW;
    return count;
}

bool hvspec_write(struct hvspec_result *result, const char *format, const char *path) {
    const struct report_format *known = report_format_find(format);
    const struct report_any report = {.kind = REPORT_OF_RUN, .of.run = &result->report};
    const struct report_style plain = {0};
    bool written;

    if (known && report_format_has(known, report.kind))
        written = report_save(&report, known, &plain, path, &result->errors);
    else
        written = errors_add(&result->errors, NULL, 0, 0, "no report format '%s'", format);
    hvspec_print_errors(result);
    return written;
}

void hvspec_free(struct hvspec_result *result) {
    if (!result)
        return;
    for (size_t i = 0; i < result->probes_count; i++)
        free((struct hvspec_rule *)result->probes[i].rules);
    free(result->probes);
    baseline_comparison_clear(&result->comparison);
    baseline_clear(&result->baseline);
    report_clear(&result->report);
    run_inputs_clear(&result->inputs);
    errors_clear(&result->errors);
    free(result->errors_text);
    free(result);
}

const char *hvspec_verdict_text(enum hvspec_verdict verdict) {
    return report_verdict_text((enum report_verdict)verdict);
}

const char *hvspec_version(void) {
    return HVSPEC_VERSION;
}
