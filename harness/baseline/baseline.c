/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/baseline/baseline.h"

#include "base/glob.h"
#include "harness/spec/rules.h"

#include <stdlib.h>
#include <string.h>

/* What breaking a rule of this level is called; REPORT_INFO: nothing that could be listed. */
static enum report_verdict baseline_outcome(const struct report_rule *rule) {
    return strcmp(rule->level, "must") == 0     ? REPORT_FAIL
           : strcmp(rule->level, "should") == 0 ? REPORT_NONSTRICT
                                                : REPORT_INFO;
}

/* Whether breaking the rule can be called so at all. */
static bool baseline_can_be(const struct report_rule *rule, enum report_verdict outcome) {
    int id = rules_find(rule->id);

    return outcome == baseline_outcome(rule) ||
           (outcome == REPORT_NONSTRICT && id >= 0 && rules[id].deviates);
}

bool baseline_is_about(const struct baseline_line *line, const struct report_probe *probe,
                       const struct report_rule *rule) {
    size_t cases = line->outcome == baseline_outcome(rule) ? rule->violations - rule->deviations
                   : line->outcome == REPORT_NONSTRICT     ? rule->deviations
                                                           : 0;

    return cases > 0 && glob_match(line->rule, rule->id) && glob_match(line->probe, probe->name);
}

struct baseline_comparing {
    const struct baseline *baseline;
    const struct report *report;
    bool part;
    struct baseline_comparison *out;
    const struct baseline_line **about; /* lines about the rule in hand */
    size_t about_count;
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

static void baseline_find_lines(struct baseline_comparing *comparing,
                                const struct report_probe *probe, const struct report_rule *rule,
                                enum report_verdict outcome) {
    const struct baseline *baseline = comparing->baseline;

    comparing->about_count = 0;
    for (size_t i = 0; i < baseline->count; i++) {
        const struct baseline_line *line = &baseline->lines[i];

        if (line->outcome == outcome && glob_match(line->rule, rule->id) &&
            glob_match(line->probe, probe->name))
            comparing->about[comparing->about_count++] = line;
    }
}

/* Every line that lists the case counts as used, not only the first. */
static bool baseline_use_lines(struct baseline_comparing *comparing, const char *case_id) {
    bool listed = false;

    for (size_t i = 0; i < comparing->about_count; i++) {
        const struct baseline_line *line = comparing->about[i];

        if (glob_match(line->test, case_id)) {
            comparing->out->states[line - comparing->baseline->lines] = REPORT_LINE_HOLDS;
            listed = true;
        }
    }
    return listed;
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
    baseline_find_lines(comparing, probe, rule, outcome);
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

static bool baseline_ran(const struct report_probe *probe, const char *glob) {
    for (size_t i = 0; i < probe->scenarios_count; i++) {
        const struct report_scenario *scenario = &probe->scenarios[i];

        for (size_t k = 0; scenario->case_ids && k < scenario->cases; k++) {
            if (glob_match(glob, scenario->case_ids[k]))
                return true;
        }
    }
    return false;
}

static struct baseline_reach baseline_reach(const struct report *report,
                                            const struct baseline_line *line) {
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
        reach.test |= about && baseline_ran(probe, line->test);
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
    struct baseline_reach reach = baseline_reach(comparing->report, line);
    struct baseline_difference difference = {.change = BASELINE_GONE, .fails = true, .line = line};
    bool elsewhere = comparing->part && (!reach.test || glob_is_wild(line->test));

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

bool baseline_lists(const struct baseline *baseline, const char *probe, const char *rule,
                    enum report_verdict outcome, const char *case_id) {
    for (size_t i = 0; i < baseline->count; i++) {
        const struct baseline_line *line = &baseline->lines[i];

        if (line->outcome == outcome && glob_match(line->rule, rule) &&
            glob_match(line->probe, probe) && glob_match(line->test, case_id))
            return true;
    }
    return false;
}

bool baseline_compare(const struct baseline *baseline, const struct report *report, bool part,
                      struct baseline_comparison *comparison) {
    struct baseline_comparing comparing = {baseline, report, part, comparison, NULL, 0};
    bool done;
    size_t first;

    comparison->part = part;
    comparison->states = calloc(baseline->count + 1, sizeof *comparison->states);
    comparing.about = calloc(baseline->count + 1, sizeof *comparing.about);
    done = comparison->states && comparing.about;
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
    free(comparing.about);
    return done;
}

void baseline_comparison_clear(struct baseline_comparison *comparison) {
    for (size_t i = 0; i < comparison->count; i++)
        free(comparison->differences[i].cases);
    free(comparison->differences);
    free(comparison->states);
    *comparison = (struct baseline_comparison){0};
}
