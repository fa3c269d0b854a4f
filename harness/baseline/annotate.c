/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/baseline/baseline.h"

#include "base/path_below.h"
#include "harness/baseline/lookup.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What a comparison found, put into the report for its writers. */

static bool annotate_line(const struct baseline *baseline, const struct baseline_line *from,
                          const struct report_gate *gate, enum report_line_state state,
                          struct report_line *line) {
    *line = (struct report_line){.path = gate->path,
                                 .file = gate->file,
                                 .number = from->number,
                                 .reason = strdup(baseline_reason(baseline, from)),
                                 .state = state};
    if (asprintf(&line->text, "%s %s %s %s", from->probe, from->rule, from->test,
                 report_verdict_text(from->outcome)) < 0)
        line->text = NULL;
    return line->text && line->reason;
}

/* Lines in the file's order rather than sorted by what they say. */
static int annotate_order(const void *a, const void *b) {
    const struct baseline_line *const *left = a, *const *right = b;

    return ((*left)->number > (*right)->number) - ((*left)->number < (*right)->number);
}

struct annotating {
    const struct baseline *baseline;
    const struct baseline_line **lines; /* in the file's order, as report->gate.lines is */
    size_t *places;                     /* of the baseline's lines in that */
    bool *lists;                        /* by place: lists something of the rule in hand */
    struct baseline_lines rule;         /* the rule in hand */
    struct report *report;
};

static bool annotate_gate(struct annotating *annotating, const char *path, const char *root,
                          const struct baseline_comparison *comparison) {
    const struct baseline *baseline = annotating->baseline;
    struct report_gate *gate = &annotating->report->gate;

    gate->path = strdup(path);
    gate->file = path_below(path, root);
    gate->holds = !comparison->fails;
    gate->listed = comparison->listed;
    gate->lines = calloc(baseline->count + 1, sizeof *gate->lines);
    if (!gate->path || !gate->file || !gate->lines)
        return false;
    for (size_t i = 0; i < baseline->count; i++)
        annotating->lines[i] = &baseline->lines[i];
    qsort(annotating->lines, baseline->count, sizeof *annotating->lines, annotate_order);
    for (size_t i = 0; i < baseline->count; i++) {
        const struct baseline_line *from = annotating->lines[i];

        gate->lines_count++;
        annotating->places[from - baseline->lines] = i;
        if (!annotate_line(baseline, from, gate, comparison->states[from - baseline->lines],
                           &gate->lines[i]))
            return false;
    }
    for (size_t i = 0; i < comparison->count; i++) {
        const struct baseline_difference *difference = &comparison->differences[i];

        if (difference->why)
            gate->lines[annotating->places[difference->line - baseline->lines]].why =
                difference->why;
    }
    return true;
}

/* The first line of the file that lists a case; NULL: none does. All that do are noted. */
static const struct report_line *annotate_find(struct annotating *annotating, const char *case_id) {
    size_t count = baseline_lines_find(&annotating->rule, case_id), first = SIZE_MAX;

    for (size_t i = 0; i < count; i++) {
        size_t place = annotating->places[annotating->rule.found[i]];

        annotating->lists[place] = true;
        first = place < first ? place : first;
    }
    return count > 0 ? &annotating->report->gate.lines[first] : NULL;
}

static void annotate_example(struct annotating *annotating, struct report_example *example) {
    if (example && !example->line)
        example->line = annotate_find(annotating, example->case_id);
}

/* Those of the rule itself and those of its cells. */
static void annotate_examples(struct annotating *annotating, struct report_probe *probe,
                              size_t rule) {
    for (size_t i = 0; i < probe->rules[rule].examples_count; i++)
        annotate_example(annotating, &probe->rules[rule].examples[i]);
    for (size_t i = 0; i < probe->scenarios_count; i++) {
        if (probe->scenarios[i].cells)
            annotate_example(annotating, probe->scenarios[i].cells[rule].example);
    }
}

/* What lines of this outcome list of a rule. */
static void annotate_outcome(struct annotating *annotating, struct report_probe *probe,
                             size_t index, enum report_verdict outcome) {
    const struct report_rule *rule = &probe->rules[index];

    baseline_lines_choose(&annotating->rule, probe->name, rule->id, outcome);
    for (size_t i = 0; i < rule->violations; i++)
        annotate_find(annotating, rule->violating_cases[i]);
    annotate_examples(annotating, probe, index);
}

static bool annotate_rule(struct annotating *annotating, struct report_probe *probe, size_t index) {
    struct report_gate *gate = &annotating->report->gate;
    struct report_rule *rule = &probe->rules[index];
    enum report_verdict outcome = baseline_outcome(rule);
    size_t count = 0;

    memset(annotating->lists, false, gate->lines_count * sizeof *annotating->lists);
    if (rule->violations > rule->deviations)
        annotate_outcome(annotating, probe, index, outcome);
    if (rule->deviations > 0 && outcome != REPORT_NONSTRICT)
        annotate_outcome(annotating, probe, index, REPORT_NONSTRICT);
    for (size_t i = 0; i < gate->lines_count; i++)
        count += annotating->lists[i];
    rule->lines = calloc(count + 1, sizeof *rule->lines);
    for (size_t i = 0; rule->lines && i < gate->lines_count; i++) {
        if (annotating->lists[i])
            rule->lines[rule->lines_count++] = &gate->lines[i];
    }
    return rule->lines != NULL;
}

/* The comparison points into the report, which is ours to change. */
static bool annotate_difference(const struct baseline_difference *difference) {
    struct report_rule *rule = (struct report_rule *)difference->rule;
    const char **grown;

    if (difference->change != BASELINE_NEW)
        return true;
    grown =
        realloc(rule->unlisted_cases, (rule->unlisted + difference->cases_count) * sizeof *grown);
    if (!grown)
        return false;
    memcpy(grown + rule->unlisted, difference->cases, difference->cases_count * sizeof *grown);
    rule->unlisted_cases = grown;
    rule->unlisted += difference->cases_count;
    return true;
}

bool baseline_annotate(const struct baseline *baseline, const char *path, const char *root,
                       const struct baseline_comparison *comparison, struct report *report) {
    struct annotating annotating = {
        .baseline = baseline,
        .lines = calloc(baseline->count + 1, sizeof *annotating.lines),
        .places = calloc(baseline->count + 1, sizeof *annotating.places),
        .lists = calloc(baseline->count + 1, sizeof *annotating.lists),
        .report = report,
    };
    bool done = baseline_lines_open(baseline, &annotating.rule);

    report_clear_gate(report);
    done = done && annotating.lines && annotating.places && annotating.lists &&
           annotate_gate(&annotating, path, root, comparison);
    for (size_t i = 0; done && i < report->probes_count; i++) {
        struct report_probe *probe = &report->probes[i];

        for (size_t k = 0; done && k < probe->rules_count; k++) {
            if (probe->rules[k].violations > 0)
                done = annotate_rule(&annotating, probe, k);
        }
    }
    for (size_t i = 0; done && i < comparison->count; i++)
        done = annotate_difference(&comparison->differences[i]);
    free(annotating.lines);
    free(annotating.places);
    free(annotating.lists);
    baseline_lines_clear(&annotating.rule);
    return done;
}
