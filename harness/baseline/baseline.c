/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/baseline/baseline.h"

#include "base/glob.h"
#include "harness/baseline/lookup.h"
#include "harness/spec/rules.h"

#include <stdlib.h>
#include <string.h>

/* Whether breaking the rule can be called so at all. */
static bool baseline_can_be(const struct report_rule *rule, enum report_verdict outcome) {
    int id = rules_find(rule->id);

    return outcome == baseline_outcome(rule) ||
           (outcome == REPORT_NONSTRICT && id >= 0 && rules[id].deviates);
}

/* The ids of the cases that ran on a probe, sorted. */
struct baseline_ran {
    const char **ids;
    size_t count;
};

struct baseline_comparing {
    const struct baseline *baseline;
    const struct report *report;
    bool part;
    struct baseline_comparison *out;
    struct baseline_lines lines; /* of the rule in hand */
    struct baseline_ran *ran;    /* by probe; filled when a line first asks */
};

static struct baseline_difference *baseline_differ(struct baseline_comparing *comparing,
                                                   struct baseline_difference difference) {
    struct baseline_comparison *out = comparing->out;
    struct baseline_difference *grown = realloc(out->differences, (out->count + 1) * sizeof *grown);

    if (!grown)
        return NULL;
    out->differences = grown;
    grown[out->count] = difference;
    out->fails |= difference.fails;
    return &grown[out->count++];
}

/* --- Violations: listed or new. --- */

/* Every line that lists the case counts as used, not only the first. */
static bool baseline_use_lines(struct baseline_comparing *comparing, const char *case_id) {
    size_t count = baseline_lines_find(&comparing->lines, case_id);

    for (size_t i = 0; i < count; i++)
        comparing->out->states[comparing->lines.found[i]] = REPORT_LINE_HOLDS;
    return count > 0;
}

/* The cases of one outcome: those that only deviate, or the others. */
static bool baseline_compare_cases(struct baseline_comparing *comparing,
                                   const struct report_probe *probe, const struct report_rule *rule,
                                   bool deviating) {
    enum report_verdict outcome = deviating ? REPORT_NONSTRICT : baseline_outcome(rule);
    struct baseline_difference difference = {.change = BASELINE_NEW,
                                             .fails = report_fails(comparing->report, outcome),
                                             .probe = probe,
                                             .rule = rule,
                                             .outcome = outcome};
    size_t deviation = 0;

    if (outcome == REPORT_INFO || rule->violations == 0)
        return true;
    difference.cases = calloc(rule->violations, sizeof *difference.cases);
    if (!difference.cases)
        return false;
    baseline_lines_choose(&comparing->lines, probe->name, rule->id, outcome);
    for (size_t i = 0; i < rule->violations; i++) {
        bool deviates = deviation < rule->deviations &&
                        strcmp(rule->deviating_cases[deviation], rule->violating_cases[i]) == 0;

        deviation += deviates;
        if (deviates != deviating)
            continue;
        if (baseline_use_lines(comparing, rule->violating_cases[i]))
            comparing->out->listed++;
        else
            difference.cases[difference.cases_count++] = rule->violating_cases[i];
    }
    if (difference.cases_count > 0 && baseline_differ(comparing, difference))
        return true;
    free(difference.cases);
    return difference.cases_count == 0;
}

static bool baseline_compare_rule(struct baseline_comparing *comparing,
                                  const struct report_probe *probe,
                                  const struct report_rule *rule) {
    return baseline_compare_cases(comparing, probe, rule, false) &&
           (rule->deviations == 0 || baseline_compare_cases(comparing, probe, rule, true));
}

/* --- Lines that list nothing. --- */

/* How much of a line is about what ran. */
struct baseline_reach {
    bool probe, rule, judged, outcome, test;
    bool selected; /* some probe has such a rule */
};

static int baseline_by_id(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool baseline_gather_ran(const struct report_probe *probe, struct baseline_ran *ran) {
    size_t count = 0;

    for (size_t i = 0; i < probe->scenarios_count; i++)
        count += probe->scenarios[i].case_ids ? probe->scenarios[i].cases : 0;
    ran->ids = calloc(count + 1, sizeof *ran->ids);
    if (!ran->ids)
        return false;
    for (size_t i = 0; i < probe->scenarios_count; i++) {
        const struct report_scenario *scenario = &probe->scenarios[i];

        for (size_t k = 0; scenario->case_ids && k < scenario->cases; k++)
            ran->ids[ran->count++] = scenario->case_ids[k];
    }
    qsort(ran->ids, ran->count, sizeof *ran->ids, baseline_by_id);
    return true;
}

static bool baseline_gather_all_ran(struct baseline_comparing *comparing) {
    const struct report *report = comparing->report;

    comparing->ran = calloc(report->probes_count + 1, sizeof *comparing->ran);
    for (size_t i = 0; comparing->ran && i < report->probes_count; i++) {
        if (!baseline_gather_ran(&report->probes[i], &comparing->ran[i]))
            return false;
    }
    return comparing->ran != NULL;
}

static void baseline_free_ran(struct baseline_comparing *comparing) {
    for (size_t i = 0; comparing->ran && i < comparing->report->probes_count; i++)
        free(comparing->ran[i].ids);
    free(comparing->ran);
}

static bool baseline_has_run(const struct baseline_ran *ran, const char *glob) {
    if (!baseline_is_wild(glob))
        return bsearch(&glob, ran->ids, ran->count, sizeof *ran->ids, baseline_by_id) != NULL;
    for (size_t i = 0; i < ran->count; i++) {
        if (glob_match(glob, ran->ids[i]))
            return true;
    }
    return false;
}

static struct baseline_reach baseline_reach(const struct baseline_comparing *comparing,
                                            const struct baseline_line *line) {
    const struct report *report = comparing->report;
    struct baseline_reach reach = {0};

    for (size_t i = 0; i < report->probes_count; i++) {
        const struct report_probe *probe = &report->probes[i];
        bool named = glob_match(line->probe, probe->name), about = false;

        reach.probe |= named;
        for (size_t k = 0; k < probe->rules_count; k++) {
            const struct report_rule *rule = &probe->rules[k];

            if (!glob_match(line->rule, rule->id))
                continue;
            reach.selected = true;
            reach.judged |= named && rule->verdict != REPORT_NOT_APPLICABLE;
            about |= named && baseline_can_be(rule, line->outcome);
        }
        reach.outcome |= about;
        reach.test |= about && baseline_has_run(&comparing->ran[i], line->test);
    }
    return reach;
}

/* Why a line names nothing that ran; NULL: it does name something. */
static const char *baseline_why_unmatched(const struct baseline_reach *reach) {
    return !reach->probe     ? "no probe of this name ran"
           : !reach->judged  ? "the rule is not judged for this probe"
           : !reach->outcome ? "the rule is of another level: \"must\" is fail, \"should\" "
                               "is nonstrict"
           : !reach->test    ? "no case of this id ran"
                             : NULL;
}

static bool baseline_compare_line(struct baseline_comparing *comparing, size_t index) {
    const struct baseline_line *line = &comparing->baseline->lines[index];
    struct baseline_difference difference = {.change = BASELINE_GONE, .fails = true, .line = line};
    struct baseline_reach reach;
    bool elsewhere;

    if (!comparing->ran && !baseline_gather_all_ran(comparing))
        return false;
    reach = baseline_reach(comparing, line);
    elsewhere = comparing->part && (!reach.test || glob_is_wild(line->test));
    if (reach.probe && (!reach.selected || (reach.judged && reach.outcome && elsewhere))) {
        comparing->out->states[index] = REPORT_LINE_OUTSIDE;
        comparing->out->unjudged++;
        return true;
    }
    difference.why = baseline_why_unmatched(&reach);
    if (difference.why) {
        difference.change = BASELINE_UNMATCHED;
        comparing->out->states[index] = REPORT_LINE_UNMATCHED;
    }
    return baseline_differ(comparing, difference) != NULL;
}

static int baseline_by_line(const void *a, const void *b) {
    const struct baseline_difference *left = a, *right = b;

    return (left->line->number > right->line->number) - (left->line->number < right->line->number);
}

bool baseline_compare(const struct baseline *baseline, const struct report *report, bool part,
                      struct baseline_comparison *comparison) {
    struct baseline_comparing comparing = {
        .baseline = baseline, .report = report, .part = part, .out = comparison};
    bool done;
    size_t first;

    comparison->part = part;
    comparison->states = calloc(baseline->count + 1, sizeof *comparison->states);
    done = baseline_lines_open(baseline, &comparing.lines) && comparison->states;
    for (size_t i = 0; done && i < baseline->count; i++)
        comparison->states[i] = REPORT_LINE_GONE; /* until something shows what else */
    for (size_t i = 0; done && i < report->probes_count; i++) {
        const struct report_probe *probe = &report->probes[i];

        for (size_t k = 0; done && k < probe->rules_count; k++)
            done = baseline_compare_rule(&comparing, probe, &probe->rules[k]);
    }
    first = comparison->count;
    for (size_t i = 0; done && i < baseline->count; i++)
        done = comparison->states[i] == REPORT_LINE_HOLDS || baseline_compare_line(&comparing, i);
    if (done && comparison->count > first)
        qsort(&comparison->differences[first], comparison->count - first,
              sizeof *comparison->differences, baseline_by_line);
    baseline_free_ran(&comparing);
    baseline_lines_clear(&comparing.lines);
    return done;
}

void baseline_comparison_clear(struct baseline_comparison *comparison) {
    for (size_t i = 0; i < comparison->count; i++)
        free(comparison->differences[i].cases);
    free(comparison->differences);
    free(comparison->states);
    *comparison = (struct baseline_comparison){0};
}
