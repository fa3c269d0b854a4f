/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/console/slowest.h"

#include <stdlib.h>

enum { SLOWEST_INDENT = 2, SLOWEST_BELOW = 4 };

struct slowest {
    const struct report_probe *probe;
    const struct report_scenario *scenario;
};

/* The longest first; those that took the same time by where they stand. */
static int slowest_order(const void *a, const void *b) {
    const struct slowest *left = a, *right = b;

    if (left->scenario->seconds != right->scenario->seconds)
        return left->scenario->seconds < right->scenario->seconds ? 1 : -1;
    return (left->scenario > right->scenario) - (left->scenario < right->scenario);
}

static void slowest_row(struct page *page, const struct report *report, const struct slowest *row) {
    page_tab(page, SLOWEST_INDENT);
    page_format(page, PAGE_PLAIN, "%9.3f s", row->scenario->seconds);
    if (report->probes_count > 1)
        page_field(page, PAGE_PLAIN, row->probe->name, SLOWEST_BELOW);
    page_field(page, PAGE_PLAIN, row->scenario->id, SLOWEST_BELOW);
    page_put(page, PAGE_DIM, ", ");
    page_count(page, PAGE_DIM, row->scenario->cases, "case");
    page_end_line(page);
}

void console_slowest(struct page *page, const struct report *report) {
    struct slowest *rows;
    size_t count = 0, most;

    for (size_t i = 0; i < report->probes_count; i++)
        count += report->probes[i].scenarios_count;
    rows = report->timed ? calloc(count + 1, sizeof *rows) : NULL;
    count = 0;
    for (size_t i = 0; rows && i < report->probes_count; i++) {
        for (size_t k = 0; k < report->probes[i].scenarios_count; k++)
            rows[count++] = (struct slowest){&report->probes[i], &report->probes[i].scenarios[k]};
    }
    if (rows && count > 0) {
        qsort(rows, count, sizeof *rows, slowest_order);
        most =
            report->slowest_most > 0 && report->slowest_most < count ? report->slowest_most : count;
        page_put(page, PAGE_BOLD, "slowest scenarios, all workers together:");
        page_end_line(page);
        for (size_t i = 0; i < most; i++)
            slowest_row(page, report, &rows[i]);
    }
    free(rows);
}
