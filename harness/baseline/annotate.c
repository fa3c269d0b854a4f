/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/baseline/baseline.h"

#include "base/glob.h"

#include <stdlib.h>
#include <string.h>

/* What a comparison found, put into the report for its writers. */

static bool annotate_line(const struct baseline_line *from, const struct report_gate *gate,
                          enum report_line_state state, struct report_line *line) {
    *line = (struct report_line){.path = gate->path,
                                 .file = gate->file,
                                 .number = from->number,
                                 .reason = strdup(from->reason),
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

/* What is left of a path below a folder; as it is when it lies elsewhere or does not exist yet.
 * NULL: out of memory. */
static char *annotate_below(const char *path, const char *root) {
    char *real = realpath(path, NULL), *top = realpath(root ? root : ".", NULL), *below;
    size_t length = top ? strlen(top) : 0;
    bool inside = real && top && strncmp(real, top, length) == 0 && real[length] == '/';

    below = strdup(inside ? real + length + 1 : path);
    free(real);
    free(top);
    return below;
}

struct annotating {
    const struct baseline *baseline;
    const struct baseline_line **lines; /* in the file's order, as report->gate.lines is */
    struct report *report;
};

static bool annotate_gate(struct annotating *annotating, const char *path, const char *root,
                          const struct baseline_comparison *comparison) {
    const struct baseline *baseline = annotating->baseline;
    struct report_gate *gate = &annotating->report->gate;

    gate->path = strdup(path);
    gate->file = annotate_below(path, root);
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
        if (!annotate_line(from, gate, comparison->states[from - baseline->lines], &gate->lines[i]))
            return false;
    }
    for (size_t i = 0; i < comparison->count; i++) {
        const struct baseline_difference *difference = &comparison->differences[i];

        for (size_t k = 0; difference->why && k < baseline->count; k++) {
            if (annotating->lines[k] == difference->line)
                gate->lines[k].why = difference->why;
        }
    }
    return true;
}

static bool annotate_lists_any(const struct baseline_line *line, const struct report_rule *rule) {
    for (size_t i = 0; i < rule->violations; i++) {
        if (glob_match(line->test, rule->violating_cases[i]))
            return true;
    }
    return false;
}

static void annotate_example(const struct baseline_line *from, const struct report_line *line,
                             struct report_example *example) {
    if (example && !example->line && glob_match(from->test, example->case_id))
        example->line = line;
}

/* Those of the rule itself and those of its cells. */
static void annotate_examples(const struct baseline_line *from, const struct report_line *line,
                              struct report_probe *probe, size_t rule) {
    for (size_t i = 0; i < probe->rules[rule].examples_count; i++)
        annotate_example(from, line, &probe->rules[rule].examples[i]);
    for (size_t i = 0; i < probe->scenarios_count; i++) {
        if (probe->scenarios[i].cells)
            annotate_example(from, line, probe->scenarios[i].cells[rule].example);
    }
}

static bool annotate_rule(const struct annotating *annotating, struct report_probe *probe,
                          size_t index) {
    const struct report_gate *gate = &annotating->report->gate;
    struct report_rule *rule = &probe->rules[index];

    rule->lines = calloc(gate->lines_count + 1, sizeof *rule->lines);
    for (size_t i = 0; rule->lines && i < gate->lines_count; i++) {
        const struct baseline_line *from = annotating->lines[i];

        if (!baseline_is_about(from, probe, rule) || !annotate_lists_any(from, rule))
            continue;
        rule->lines[rule->lines_count++] = &gate->lines[i];
        annotate_examples(from, &gate->lines[i], probe, index);
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
    struct annotating annotating = {baseline, calloc(baseline->count + 1, sizeof(void *)), report};
    bool done;

    report_clear_gate(report);
    done = annotating.lines && annotate_gate(&annotating, path, root, comparison);
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
    return done;
}
