/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/suite/internal.h"

#include <stdlib.h>
#include <string.h>

/* The cells of the matrix rules x scenarios in the report. */

/* How every rule fared in the scenario, by rule. */
static void suite_count_cells(const struct suite *suite, size_t first, size_t last,
                              size_t cases[RULES], size_t violations[RULES]) {
    for (size_t i = first; i < last; i++) {
        const struct suite_task *task = &suite->tasks[i];

        for (unsigned rule = 0; rule < RULES; rule++) {
            cases[rule] += (task->states[rule] & FINDING_EXERCISED) != 0;
            violations[rule] += suite_violates(task, rule);
        }
    }
}

/* NULL: out of memory. */
static struct report_example *suite_new_example(const struct suite *suite,
                                                const struct suite_example *example,
                                                struct disassembly *disassembly,
                                                struct source_line *source) {
    struct report_example *out = calloc(1, sizeof *out);

    if (!out || suite_fill_example(suite, example, disassembly, source, out))
        return out;
    report_example_clear(out);
    free(out);
    return NULL;
}

/* The rule itself has an example of this scenario, which stands for the cell. */
static bool suite_rule_has(const struct report_rule *rule, const char *scenario_id) {
    for (size_t i = 0; i < rule->examples_count; i++) {
        if (strcmp(rule->examples[i].scenario_id, scenario_id) == 0)
            return true;
    }
    return false;
}

bool suite_fill_cells(const struct suite *suite, size_t first, size_t last,
                      struct disassembly *disassembly, struct source_line *source,
                      const struct report_probe *probe, size_t *examples_left,
                      struct report_scenario *out) {
    const size_t scenario = suite->tasks[first].scenario;
    const struct suite_example *shown = suite_cells_best(suite->cells, scenario, RULES);
    size_t cases[RULES] = {0}, violations[RULES] = {0}, at = 0;

    out->cells = calloc(probe->rules_count + 1, sizeof *out->cells);
    if (!out->cells)
        return false;
    suite_count_cells(suite, first, last, cases, violations);
    for (unsigned rule = 0; rule < RULES; rule++) {
        const struct suite_example *best = suite_cells_best(suite->cells, scenario, rule);
        struct report_cell *cell = &out->cells[at];

        if (!suite->options->selected[rule])
            continue;
        if (out->verdicts[at] != REPORT_NOT_APPLICABLE) {
            cell->cases = cases[rule];
            cell->violations = violations[rule];
        }
        if (best && cell->violations > 0 && *examples_left > 0 &&
            !suite_rule_has(&probe->rules[at], out->id)) {
            cell->example = suite_new_example(suite, best, disassembly, source);
            if (!cell->example)
                return false;
            --*examples_left;
        }
        at++;
    }
    out->shown = shown ? suite_new_example(suite, shown, disassembly, source) : NULL;
    return out->shown || !shown;
}
