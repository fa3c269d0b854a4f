/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/suite/internal.h"

#include <stdlib.h>
#include <string.h>

/*
 * What is kept for each cell of the matrix rules x scenarios, in workers (keys only) and in the
 * parent: the best violation of each rule in each scenario, and of each scenario the first case
 * that breaks no rule. The best is the same whoever finds it, so it does not matter which worker
 * ran what.
 */
struct suite_cells {
    size_t scenarios;
    struct suite_cell {
        bool kept;
        struct suite_example best;
    } * cells; /* by scenario, then rule */
    struct suite_cell *shown;
};

struct suite_cells *suite_cells_new(size_t scenarios) {
    struct suite_cells *cells = calloc(1, sizeof *cells);

    if (!cells)
        return NULL;
    cells->scenarios = scenarios;
    cells->cells = calloc(scenarios * RULES + 1, sizeof *cells->cells);
    cells->shown = calloc(scenarios + 1, sizeof *cells->shown);
    if (cells->cells && cells->shown)
        return cells;
    suite_cells_free(cells);
    return NULL;
}

void suite_cells_free(struct suite_cells *cells) {
    if (!cells)
        return;
    for (size_t i = 0; cells->cells && i < cells->scenarios * RULES; i++)
        free(cells->cells[i].best.violation);
    for (size_t i = 0; cells->shown && i < cells->scenarios; i++)
        free(cells->shown[i].best.violation);
    free(cells->cells);
    free(cells->shown);
    free(cells);
}

static struct suite_cell *suite_cell(const struct suite_cells *cells, size_t scenario,
                                     enum rule_id rule) {
    return rule == RULES ? &cells->shown[scenario] : &cells->cells[scenario * RULES + rule];
}

bool suite_cells_offer(struct suite_cells *cells, size_t scenario, enum rule_id rule,
                       struct suite_example example) {
    struct suite_cell *cell = suite_cell(cells, scenario, rule);

    if (cell->kept && !suite_is_better(&example, &cell->best))
        return false;
    free(cell->best.violation);
    *cell = (struct suite_cell){true, example};
    return true;
}

const struct suite_example *suite_cells_best(const struct suite_cells *cells, size_t scenario,
                                             enum rule_id rule) {
    const struct suite_cell *cell = suite_cell(cells, scenario, rule);

    return cell->kept ? &cell->best : NULL;
}
