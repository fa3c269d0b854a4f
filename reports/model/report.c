/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/model/report.h"

#include <stdlib.h>
#include <string.h>

static const char *const report_verdict_texts[REPORT_VERDICTS] = {
    [REPORT_PASS] = "pass",
    [REPORT_FAIL] = "fail",
    [REPORT_NONSTRICT] = "nonstrict",
    [REPORT_INFO] = "info",
    [REPORT_NOT_EXERCISED] = "not-exercised",
    [REPORT_NOT_APPLICABLE] = "not-applicable",
    [REPORT_ERROR] = "error",
};

const char *report_verdict_text(enum report_verdict verdict) {
    return report_verdict_texts[verdict];
}

const char *report_sweep_verdict_text(enum report_sweep_verdict verdict) {
    static const char *const texts[REPORT_SWEEP_VERDICTS] = {
        [REPORT_SWEEP_PROVEN] = "proven", [REPORT_SWEEP_HOLDS] = "holds",
        [REPORT_SWEEP_FAILS] = "fails",   [REPORT_SWEEP_PARTIAL] = "partial",
        [REPORT_SWEEP_ERROR] = "error",
    };

    return texts[verdict];
}

bool report_is_partial(const struct report *report) {
    for (size_t i = 0; i < report->probes_count; i++) {
        for (size_t k = 0; k < report->probes[i].sweeps_count; k++) {
            if (report->probes[i].sweeps[k].values < report->probes[i].sweeps[k].wanted)
                return true;
        }
    }
    return false;
}

bool report_fails(const struct report *report, enum report_verdict verdict) {
    return verdict == REPORT_FAIL || (verdict == REPORT_NONSTRICT && report->strict);
}

char *report_failure_text(const struct report_failure *failure) {
    char *text;

    return asprintf(&text, "%zu case%s could not be judged: %s (first %s)", failure->cases,
                    failure->cases == 1 ? "" : "s", failure->cause, failure->case_id) < 0
               ? NULL
               : text;
}

bool report_error_is_unlisted(const struct report_probe *probe) {
    for (size_t i = 0; i < probe->rules_count; i++) {
        if (probe->rules[i].verdict == REPORT_ERROR)
            return false;
    }
    return probe->verdict == REPORT_ERROR;
}

uint64_t report_left_out(const struct report *report) {
    uint64_t sum = 0;

    for (size_t i = 0; i < report->probes_count; i++)
        sum += report->probes[i].left_out;
    return sum;
}

void report_count(const struct report *report, size_t counts[REPORT_VERDICTS]) {
    for (size_t i = 0; i < REPORT_VERDICTS; i++)
        counts[i] = 0;
    for (size_t i = 0; i < report->probes_count; i++) {
        for (size_t k = 0; k < report->probes[i].rules_count; k++)
            counts[report->probes[i].rules[k].verdict]++;
    }
}

/* A rule that only informs could not be red, so what it says judges nothing. */
static bool report_rule_is_exercised(const struct report_rule *rule) {
    return strcmp(rule->level, "info") != 0 &&
           (rule->verdict == REPORT_PASS || rule->verdict == REPORT_NONSTRICT ||
            rule->verdict == REPORT_INFO);
}

bool report_is_exercised(const struct report_probe *probe) {
    for (size_t i = 0; i < probe->rules_count; i++) {
        if (report_rule_is_exercised(&probe->rules[i]))
            return true;
    }
    return false;
}

size_t report_unexercised(const struct report *report) {
    size_t count = 0;

    for (size_t i = 0; i < report->probes_count; i++)
        count += !report_is_exercised(&report->probes[i]);
    return count;
}

/* A part need not reach every subject, which the whole has to. */
static bool report_is_silent(const struct report *report) {
    size_t unexercised = report_unexercised(report);

    return unexercised == report->probes_count || (unexercised > 0 && report->shards <= 1);
}

/* The rules are asked as well as the probes: a red rule under a green probe must never exit 0. */
int report_conformance(const struct report *report) {
    size_t counts[REPORT_VERDICTS];
    bool error = report->errors > 0 || report_is_partial(report), fails = false;

    report_count(report, counts);
    for (size_t i = 0; i < report->probes_count; i++) {
        error |= report->probes[i].verdict == REPORT_ERROR;
        fails |= report_fails(report, report->probes[i].verdict);
    }
    fails |= counts[REPORT_FAIL] > 0 || (report->strict && counts[REPORT_NONSTRICT] > 0);
    error |= counts[REPORT_ERROR] > 0;
    if (error && !(report->proves && fails)) /* what is refuted is so whatever is open beside it */
        return 3;
    if (fails)
        return 1;
    if (report_is_silent(report))
        return 2;
    return 0;
}

bool report_lacks(const struct report *report, const struct report_probe *probe) {
    return !report_is_exercised(probe) && report_conformance(report) == 2;
}

void report_example_clear(struct report_example *example) {
    for (size_t i = 0; i < example->trace_count; i++) {
        free(example->trace[i].symbol);
        free(example->trace[i].source);
    }
    for (size_t i = 0; i < example->listing_count; i++)
        free(example->listing[i].text);
    for (size_t i = 0; i < example->quote_count; i++)
        free(example->quote[i].text);
    free(example->quote);
    free(example->case_id);
    free(example->scenario_id);
    free(example->twin);
    free(example->expected);
    free(example->observed);
    free(example->trace);
    free(example->listing);
    free(example->callers);
    free(example->source_file);
    free(example->rerun);
    free(example->leaves);
}

static void report_clear_rule(struct report_rule *rule) {
    free(rule->violating_cases);
    free(rule->deviating_cases);
    for (size_t i = 0; i < rule->examples_count; i++)
        report_example_clear(&rule->examples[i]);
    free(rule->examples);
    free(rule->reason);
}

static void report_clear_sweep(struct report_sweep *sweep) {
    for (size_t i = 0; i < sweep->rules_count; i++)
        free(sweep->rules[i].ranges);
    free(sweep->rules);
    free(sweep->unjudged_reason);
    free(sweep->scenario);
}

static void report_free_example(struct report_example *example) {
    if (example)
        report_example_clear(example);
    free(example);
}

static void report_leave_verdicts(struct report_scenario *scenario, size_t from, size_t to) {
    scenario->verdicts[to] = scenario->verdicts[from];
    if (!scenario->cells || from == to)
        return;
    report_free_example(scenario->cells[to].example);
    scenario->cells[to] = scenario->cells[from];
    scenario->cells[from].example = NULL;
}

static void report_leave_rules_of(struct report_probe *probe,
                                  bool (*wanted)(const void *context, const char *id),
                                  const void *context) {
    size_t left = 0;

    for (size_t i = 0; i < probe->rules_count; i++) {
        if (!wanted(context, probe->rules[i].id)) {
            report_clear_rule(&probe->rules[i]);
            continue;
        }
        for (size_t k = 0; k < probe->scenarios_count; k++)
            report_leave_verdicts(&probe->scenarios[k], i, left);
        probe->rules[left++] = probe->rules[i];
    }
    for (size_t k = 0; k < probe->scenarios_count; k++) {
        for (size_t i = left; probe->scenarios[k].cells && i < probe->rules_count; i++) {
            report_free_example(probe->scenarios[k].cells[i].example);
            probe->scenarios[k].cells[i].example = NULL;
        }
    }
    probe->rules_count = left;
}

void report_leave_rules(struct report *report, bool (*wanted)(const void *context, const char *id),
                        const void *context) {
    report_clear_gate(report); /* which refers to the rules */
    for (size_t i = 0; i < report->probes_count; i++)
        report_leave_rules_of(&report->probes[i], wanted, context);
}

static void report_clear_scenario(struct report_scenario *scenario, size_t rules_count) {
    for (size_t i = 0; scenario->cells && i < rules_count; i++)
        report_free_example(scenario->cells[i].example);
    report_free_example(scenario->shown);
    free(scenario->cells);
    free(scenario->case_ids);
    free(scenario->results);
    free(scenario->verdicts);
}

static void report_clear_probe(struct report_probe *probe) {
    for (size_t i = 0; i < probe->sites_count; i++) {
        free(probe->sites[i].symbol);
        free(probe->sites[i].source);
    }
    for (size_t i = 0; i < probe->rules_count; i++)
        report_clear_rule(&probe->rules[i]);
    for (size_t i = 0; i < probe->scenarios_count; i++) {
        report_clear_scenario(&probe->scenarios[i], probe->rules_count);
    }
    report_clear_statements(probe->statements, probe->statements_count);
    for (size_t i = 0; i < probe->failures_count; i++) {
        free(probe->failures[i].cause);
        free(probe->failures[i].case_id);
    }
    for (size_t i = 0; i < probe->notes_count; i++)
        free(probe->notes[i]);
    for (size_t i = 0; i < probe->features_count; i++) {
        free(probe->features[i].value);
        free(probe->features[i].bits);
    }
    free(probe->features);
    free(probe->vendor);
    free(probe->leaves);
    for (size_t i = 0; i < probe->sweeps_count; i++)
        report_clear_sweep(&probe->sweeps[i]);
    free(probe->sweeps);
    free(probe->name);
    free(probe->file);
    free(probe->sha256);
    free(probe->call_sha256);
    free(probe->arch);
    free(probe->entry);
    free(probe->sites);
    free(probe->rules);
    free(probe->scenarios);
    free(probe->failures);
    free(probe->notes);
}

const char *report_keep(struct report *report, char *text) {
    char **grown = report->borrowed;

    if (text && (report->borrowed_count & (report->borrowed_count - 1)) == 0)
        grown = realloc(grown, (2 * report->borrowed_count + 1) * sizeof *grown);
    if (!text || !grown) {
        free(text);
        return NULL;
    }
    report->borrowed = grown;
    return grown[report->borrowed_count++] = text;
}

void report_clear(struct report *report) {
    report_clear_gate(report);
    for (size_t i = 0; i < report->probes_count; i++)
        report_clear_probe(&report->probes[i]);
    free(report->probes);
    for (size_t i = 0; i < report->borrowed_count; i++)
        free(report->borrowed[i]);
    free(report->borrowed);
    free(report->cunit);
    *report = (struct report){0};
}
