/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/assemble/tally.h"

#include "harness/assemble/internal.h"
#include "harness/suite/internal.h"

#include <stdlib.h>
#include <string.h>

/* --- Rules. --- */

static bool tally_fill_violating_cases(const struct tally *tally, enum rule_id id,
                                       struct report_rule *rule) {
    size_t violations = 0, deviations = 0;

    rule->violating_cases = calloc(rule->violations + 1, sizeof *rule->violating_cases);
    rule->deviating_cases = calloc(rule->deviations + 1, sizeof *rule->deviating_cases);
    if (!rule->violating_cases || !rule->deviating_cases)
        return false;
    for (size_t i = 0; i < tally->count; i++) {
        const struct tally_task *task = &tally->tasks[i];

        if (!tally_violates(task, id))
            continue;
        rule->violating_cases[violations++] = task->case_id;
        if (tally_deviates(task, id))
            rule->deviating_cases[deviations++] = task->case_id;
    }
    return true;
}

static bool tally_fill_examples(const struct tally *tally, enum rule_id id,
                                struct report_rule *rule) {
    const struct tally_examples *examples = &tally->examples[id];

    rule->examples = calloc(examples->count + 1, sizeof *rule->examples);
    for (size_t i = 0; rule->examples && i < examples->count; i++) {
        rule->examples_count++;
        if (!tally->fill(tally->context, &examples->best[i], &rule->examples[i]))
            return false;
        rule->examples[i].complexity = examples->best[i].complexity;
    }
    return rule->examples != NULL;
}

static bool tally_fill_rule(const struct tally *tally, enum rule_id id, struct report_rule *rule) {
    const char *cause = NULL;

    suite_describe_rule(id, rule);
    if (tally->reasons[id]) {
        rule->verdict = REPORT_NOT_APPLICABLE;
        rule->reason = strdup(tally->reasons[id]);
        return rule->reason != NULL;
    }
    for (size_t i = 0; i < tally->count; i++) {
        const struct tally_task *task = &tally->tasks[i];
        const unsigned state = task->states[id];

        rule->errors += task->failure != NULL;
        cause = suite_first_cause(cause, task->failure);
        rule->cases += (state & FINDING_EXERCISED) != 0;
        rule->violations += tally_violates(task, id);
        rule->deviations += tally_deviates(task, id);
        rule->unanswered +=
            (state & (FINDING_UNANSWERED | FINDING_EXERCISED)) == FINDING_UNANSWERED;
    }
    return tally_fill_violating_cases(tally, id, rule) && suite_decide(rule, id, cause) &&
           tally_fill_examples(tally, id, rule);
}

static bool tally_fill_rules(const struct tally *tally, struct report_probe *out) {
    out->rules = calloc(RULES, sizeof *out->rules);
    for (unsigned rule = 0; out->rules && rule < RULES; rule++) {
        if (tally->selected[rule] && !tally_fill_rule(tally, rule, &out->rules[out->rules_count++]))
            return false;
    }
    return out->rules != NULL;
}

/* --- Scenarios: a verdict for each rule. --- */

static enum report_verdict tally_scenario_verdict(const struct tally *tally, size_t first,
                                                  size_t end, enum rule_id id) {
    bool failed = false;
    unsigned states = 0;

    if (tally->reasons[id])
        return REPORT_NOT_APPLICABLE;
    for (size_t i = first; i < end; i++) {
        states |= tally->tasks[i].states[id];
        failed |= tally->tasks[i].failure != NULL;
    }
    return states & (FINDING_VIOLATED | FINDING_DEVIATES) ? suite_violated_verdict(id, states)
           : states & FINDING_EXERCISED                   ? REPORT_PASS
           : failed                                       ? REPORT_ERROR
                                                          : REPORT_NOT_EXERCISED;
}

static bool tally_fill_scenario(const struct tally *tally, size_t first, size_t end,
                                struct report_scenario *out) {
    const struct tally_scenario *from = &tally->scenarios[tally->tasks[first].scenario];
    size_t at = 0;

    out->id = from->id;
    out->title = from->title;
    out->plain = from->plain;
    out->cases = end - first;
    out->verdicts = calloc(RULES, sizeof *out->verdicts);
    out->case_ids = calloc(out->cases, sizeof *out->case_ids);
    if (!out->verdicts || !out->case_ids)
        return false;
    for (size_t i = first; i < end; i++) {
        out->case_ids[i - first] = tally->tasks[i].case_id;
        out->seconds += tally->tasks[i].seconds;
    }
    for (unsigned rule = 0; rule < RULES; rule++) {
        if (tally->selected[rule])
            out->verdicts[at++] = tally_scenario_verdict(tally, first, end, rule);
    }
    return true;
}

static size_t tally_scenario_end(const struct tally *tally, size_t first) {
    size_t end = first + 1;

    while (end < tally->count && tally->tasks[end].scenario == tally->tasks[first].scenario)
        end++;
    return end;
}

static bool tally_fill_scenarios(const struct tally *tally, struct report_probe *out) {
    /* A part may show what the whole, whose rules have other examples, does not. */
    size_t count = 0,
           left = REPORT_CELL_EXAMPLES_MAX + (tally->part ? REPORT_EXAMPLES_MAX * RULES : 0);

    for (size_t first = 0; first < tally->count; first = tally_scenario_end(tally, first))
        count++;
    out->scenarios = calloc(count + 1, sizeof *out->scenarios);
    if (!out->scenarios)
        return false;
    for (size_t first = 0, end; first < tally->count; first = end) {
        struct report_scenario *scenario = &out->scenarios[out->scenarios_count++];

        end = tally_scenario_end(tally, first);
        if (!tally_fill_scenario(tally, first, end, scenario) ||
            (tally->part && !tally_keep_results(tally, first, end, scenario)) ||
            (tally->cells && !tally_fill_cells(tally, first, end, out, &left, scenario)))
            return false;
    }
    return true;
}

/* --- Failures: each cause once, however many cases it stopped. --- */

static bool tally_add_failure(struct report_probe *out, const char *cause, const char *case_id) {
    struct report_failure *failures = out->failures, *failure;

    for (size_t i = 0; i < out->failures_count; i++) {
        if (strcmp(failures[i].cause, cause) == 0) {
            failures[i].cases++;
            return true;
        }
    }
    failures = realloc(failures, (out->failures_count + 1) * sizeof *failures);
    if (!failures)
        return false;
    out->failures = failures;
    failure = &failures[out->failures_count++];
    *failure = (struct report_failure){strdup(cause), strdup(case_id), 1};
    return failure->cause && failure->case_id;
}

static bool tally_fill_failures(const struct tally *tally, struct report_probe *out) {
    for (size_t i = 0; i < tally->count; i++) {
        const struct tally_task *task = &tally->tasks[i];

        if (task->failure && !tally_add_failure(out, task->failure, task->case_id))
            return false;
    }
    return true;
}

size_t tally_errors(const struct tally *tally) {
    size_t errors = 0;

    for (size_t i = 0; i < tally->count; i++)
        errors += tally->tasks[i].failure != NULL;
    return errors;
}

bool tally_fill(const struct tally *tally, struct report_probe *out) {
    return tally_fill_rules(tally, out) && tally_fill_scenarios(tally, out) &&
           tally_fill_failures(tally, out);
}
