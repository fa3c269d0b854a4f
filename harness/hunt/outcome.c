/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/hunt/searches.h"

#include <stdlib.h>
#include <string.h>

/* The same mistake: the same rule, and the same code of the probe was run for it. What goes wrong
 * in one order of asking goes wrong in many. It is an equivalence, so that it does not matter in
 * which parts finds are united. */
static bool outcome_is_same(const struct hunt_find *a, const struct hunt_find *b) {
    if (a->rule != b->rule)
        return false;
    return a->rule == RULE_GAPS_ORDER_INDEPENDENT ? a->broken == b->broken : a->path == b->path;
}

static unsigned outcome_last_search(const struct hunt_outcome *outcome) {
    for (size_t i = 0; outcome->first_only && i < outcome->searches_count; i++) {
        if (outcome->searches[i].finds > 0)
            return outcome->searches[i].number;
    }
    return outcome->searches_all;
}

static bool outcome_counts(const struct hunt_outcome *outcome, size_t kept,
                           const struct hunt_find *find, unsigned last) {
    for (size_t i = 0; i < kept; i++) {
        if (outcome_is_same(&outcome->finds[i], find))
            return false;
    }
    return find->search <= last;
}

void hunt_outcome_unite(struct hunt_outcome *outcome, void (*drop)(const struct hunt_find *find)) {
    unsigned last = outcome_last_search(outcome);
    size_t kept = 0;

    for (size_t i = 0; i < outcome->finds_count; i++) {
        struct hunt_find find = outcome->finds[i];

        if (outcome_counts(outcome, kept, &find, last)) {
            outcome->finds[i] = outcome->finds[kept]; /* which was dropped, or is this one */
            outcome->finds[kept++] = find;
            continue;
        }
        if (drop)
            drop(&outcome->finds[i]);
        hunt_find_clear(&outcome->finds[i]);
    }
    outcome->finds_count = kept;
    while (outcome->searches_count > 0 &&
           outcome->searches[outcome->searches_count - 1].number > last)
        free(outcome->searches[--outcome->searches_count].unjudged_reason);
}

struct hunt_search hunt_outcome_totals(const struct hunt_outcome *outcome) {
    struct hunt_search totals = {.finds = outcome->finds_count};

    for (size_t i = 0; i < outcome->searches_count; i++) {
        const struct hunt_search *search = &outcome->searches[i];

        totals.runs += search->runs;
        totals.kept += search->kept;
        if (search->blocks > totals.blocks)
            totals.blocks = search->blocks;
        if (search->edges > totals.edges)
            totals.edges = search->edges;
        if (totals.unjudged == 0) {
            totals.unjudged_reason = search->unjudged_reason;
            totals.unjudged_first = search->unjudged_first;
        }
        totals.unjudged += search->unjudged;
    }
    return totals;
}

void hunt_outcome_clear(struct hunt_outcome *outcome) {
    for (size_t i = 0; i < outcome->searches_count; i++)
        free(outcome->searches[i].unjudged_reason);
    for (size_t i = 0; i < outcome->finds_count; i++)
        hunt_find_clear(&outcome->finds[i]);
    free(outcome->searches);
    free(outcome->finds);
    free(outcome->probe);
    free(outcome->sha256);
    free(outcome->entry);
    report_clear_statements(outcome->statements, outcome->statements_count);
    *outcome = (struct hunt_outcome){0};
}
