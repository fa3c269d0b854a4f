/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/assemble/internal.h"

#include <stdlib.h>
#include <string.h>

/* The cells of the matrix rules x scenarios in the report. */

/* NULL: out of memory. */
static struct report_example *tally_new_example(const struct tally *tally,
                                                const struct tally_example *example) {
    struct report_example *out = calloc(1, sizeof *out);

    if (!out)
        return NULL;
    if (tally->fill(tally->context, example, out)) {
        out->complexity = example->complexity;
        return out;
    }
    report_example_clear(out);
    free(out);
    return NULL;
}

/* The rule itself has an example of this scenario, which stands for the cell. */
static bool tally_rule_has(const struct report_rule *rule, const char *scenario_id) {
    for (size_t i = 0; i < rule->examples_count; i++) {
        if (strcmp(rule->examples[i].scenario_id, scenario_id) == 0)
            return true;
    }
    return false;
}

bool tally_fill_cells(const struct tally *tally, size_t first, size_t end,
                      const struct report_probe *probe, size_t *examples_left,
                      struct report_scenario *out) {
    const size_t scenario = tally->tasks[first].scenario;
    const struct tally_example *shown = &tally->cells[tally_cell(scenario, RULES)];
    size_t at = 0;

    out->cells = calloc(probe->rules_count + 1, sizeof *out->cells);
    if (!out->cells)
        return false;
    for (unsigned rule = 0; rule < RULES; rule++) {
        const struct tally_example *best = &tally->cells[tally_cell(scenario, rule)];
        struct report_cell *cell = &out->cells[at];

        if (!tally->selected[rule])
            continue;
        for (size_t i = first; i < end && out->verdicts[at] != REPORT_NOT_APPLICABLE; i++) {
            cell->cases += (tally->tasks[i].states[rule] & FINDING_EXERCISED) != 0;
            cell->violations += tally_violates(&tally->tasks[i], rule);
        }
        if (best->from && cell->violations > 0 && *examples_left > 0 &&
            !tally_rule_has(&probe->rules[at], out->id)) {
            cell->example = tally_new_example(tally, best);
            if (!cell->example)
                return false;
            --*examples_left;
        }
        at++;
    }
    out->shown = shown->from ? tally_new_example(tally, shown) : NULL;
    return out->shown || !shown->from;
}
