/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/hunt/searches.h"

#include "reports/console/end.h"
#include "reports/console/page.h"

#include <stdlib.h>

#define HUNT_COLUMN 12u /* where texts start, behind their labels */

static void hunt_put_labelled(struct page *page, const char *label, const char *text) {
    if (!text)
        return;
    page_put(page, PAGE_DIM, label);
    page_tab(page, HUNT_COLUMN);
    page_wrap(page, PAGE_PLAIN, text);
    page_end_line(page);
}

static void hunt_put_find(struct page *page, const struct hunt_find *find) {
    page_put(page, PAGE_RED, "found");
    page_tab(page, HUNT_COLUMN);
    for (unsigned rule = 0, count = 0; rule < RULES; rule++) {
        if (find->broken & HUNT_RULE(rule))
            page_format(page, PAGE_BOLD, "%s%s", count++ > 0 ? ", " : "", rules[rule].id);
    }
    page_format(page, PAGE_DIM, " (search %u, after %zu runs)", find->search, find->run);
    page_end_line(page);
    hunt_put_labelled(page, "  changed", find->twin);
    hunt_put_labelled(page, "  expected", find->expected);
    hunt_put_labelled(page, "  observed", find->observed);
    page_put(page, PAGE_DIM, "  file");
    page_tab(page, HUNT_COLUMN);
    page_put(page, PAGE_BOLD, find->file);
    if (find->was_there)
        page_put(page, PAGE_PLAIN, ", which was there already");
    page_end_line(page);
}

/* "found 2 violations: 300000 runs of 8 searches in 1.7 s (...), ...". */
static void hunt_put_totals(struct page *page, const struct hunt_outcome *outcome) {
    struct hunt_search totals = hunt_outcome_totals(outcome);
    bool enough = false, lost;
    char *limits = report_statements_limits(outcome->statements, outcome->statements_count, &lost);

    for (size_t i = 0; i < outcome->searches_count; i++)
        enough |= outcome->searches[i].finds == HUNT_FINDS_MAX;
    if (totals.finds > 0)
        page_put(page, PAGE_RED, "found ");
    else
        page_put(page, PAGE_GREEN, "nothing found");
    if (totals.finds > 0)
        page_count(page, PAGE_RED, totals.finds, "violation");
    page_format(page, PAGE_PLAIN, ": %zu runs of %zu search%s", totals.runs,
                outcome->searches_count, outcome->searches_count == 1 ? "" : "es");
    if (outcome->shards > 0)
        page_format(page, PAGE_PLAIN, ", part %u of %u,", outcome->shard, outcome->shards);
    if (outcome->seconds > 0)
        page_format(page, PAGE_PLAIN, " in %.1f s (%.0f a second)", outcome->seconds,
                    (double)totals.runs / outcome->seconds);
    page_format(page, PAGE_PLAIN, ", up to %zu blocks and %zu edges covered, seed %llu",
                totals.blocks, totals.edges, (unsigned long long)outcome->seed);
    if (outcome->interrupted)
        page_put(page, PAGE_PLAIN, "; ended by a signal");
    else if (enough)
        page_put(page, PAGE_PLAIN, "; so many suffice, mend some");
    console_given(page, limits, lost);
    free(limits);
    page_end_line(page);
}

bool hunt_print(const struct hunt_outcome *outcome, const struct report_style *style,
                FILE *stream) {
    struct page page = page_open(stream, style);

    console_statements(&page, outcome->statements, outcome->statements_count);
    for (size_t i = 0; i < outcome->finds_count; i++) {
        hunt_put_find(&page, &outcome->finds[i]);
        page_end_line(&page);
    }
    hunt_put_totals(&page, outcome);
    return fflush(stream) == 0 && !ferror(stream);
}
