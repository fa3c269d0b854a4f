/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/memstream.h"
#include "reports/console/end.h"
#include "reports/console/page.h"
#include "reports/formats.h"

#include <stdlib.h>

#define HUNT_HANGING 2u
#define HUNT_COLUMN 12u /* where texts start, behind their labels */

static void hunt_put_labelled(struct page *page, const char *label, const char *text) {
    if (!text)
        return;
    page_put(page, PAGE_DIM, label);
    page_tab(page, HUNT_COLUMN);
    page_wrap(page, PAGE_PLAIN, text);
    page_end_line(page);
}

static void hunt_put_found(struct page *page, const struct hunt_report *report,
                           const struct hunt_found *found) {
    page_put(page, PAGE_RED, "found");
    page_tab(page, HUNT_COLUMN);
    for (size_t rule = 0, count = 0; rule < report->rules_count; rule++) {
        if (found->broken >> rule & 1)
            page_format(page, PAGE_BOLD, "%s%s", count++ > 0 ? ", " : "", report->rules[rule].id);
    }
    page_format(page, PAGE_DIM, " (search %u, after %zu runs)", found->search, found->run);
    page_end_line(page);
    hunt_put_labelled(page, "  changed", found->example.twin);
    hunt_put_labelled(page, "  expected", found->example.expected);
    hunt_put_labelled(page, "  observed", found->example.observed);
    page_put(page, PAGE_DIM, "  file");
    page_tab(page, HUNT_COLUMN);
    page_put(page, PAGE_BOLD, found->file);
    if (found->was_there)
        page_put(page, PAGE_PLAIN, ", which was there already");
    page_end_line(page);
}

/* ": 300000 runs of 8 searches in 1.7 s (...), ...", behind what was found. */
static void hunt_print_sum(FILE *stream, const struct hunt_report *report,
                           const struct hunt_search *totals, bool enough) {
    fprintf(stream, ": %zu runs of %zu search%s", totals->runs, report->searches_count,
            report->searches_count == 1 ? "" : "es");
    if (report->shards > 0)
        fprintf(stream, ", part %u of %u,", report->shard, report->shards);
    if (report->seconds > 0)
        fprintf(stream, " in %.1f s (%.0f a second)", report->seconds,
                (double)totals->runs / report->seconds);
    fprintf(stream, ", up to %zu blocks and %zu edges covered, seed %llu", totals->blocks,
            totals->edges, (unsigned long long)report->seed);
    if (report->interrupted)
        fputs("; ended by a signal", stream);
    else if (enough)
        fputs("; so many suffice, mend some", stream);
}

static void hunt_put_sum(struct page *page, const struct hunt_report *report,
                         const struct hunt_search *totals, bool enough) {
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    if (stream)
        hunt_print_sum(stream, report, totals, enough);
    if (stream && memstream_close(stream, &text))
        page_hang(page, PAGE_PLAIN, text, HUNT_HANGING);
    free(text);
}

/* "found 2 violations: 300000 runs of 8 searches in 1.7 s (...), ...". */
static void hunt_put_totals(struct page *page, const struct hunt_report *report) {
    struct hunt_search totals = hunt_report_totals(report);
    bool enough = false, lost;
    char *limits = report_statements_limits(report->statements, report->statements_count, &lost);

    for (size_t i = 0; i < report->searches_count; i++)
        enough |= report->searches[i].finds == HUNT_FINDS_MAX;
    if (totals.finds > 0)
        page_put(page, PAGE_RED, "found ");
    else
        page_put(page, PAGE_GREEN, "nothing found");
    if (totals.finds > 0)
        page_count(page, PAGE_RED, totals.finds, "violation");
    hunt_put_sum(page, report, &totals, enough);
    console_given(page, limits, lost);
    free(limits);
    page_end_line(page);
}

bool hunt_console_write(const struct hunt_report *report, const struct report_style *style,
                        FILE *stream) {
    struct page page = page_open(stream, style);

    console_statements(&page, report->statements, report->statements_count);
    for (size_t i = 0; i < report->finds_count; i++) {
        hunt_put_found(&page, report, &report->finds[i]);
        page_end_line(&page);
    }
    hunt_put_totals(&page, report);
    return fflush(stream) == 0 && !ferror(stream);
}
