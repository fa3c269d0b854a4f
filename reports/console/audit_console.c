/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/formats.h"
#include "reports/console/end.h"
#include "reports/console/page.h"

#include <stdlib.h>
#include <string.h>

/* Columns. */
enum { FATE_TEXT = 12, FATES = 34, FATE_WIDTH = 12, RULE = 24, REDS = 64 };

static void print_mutant(struct page *page, const struct audit_report *report,
                         const struct audit_mutant *mutant) {
    char place[AUDIT_PLACE_SIZE];

    page_put(page,
             mutant->fate == AUDIT_SURVIVED || mutant->fate == AUDIT_LOST ? PAGE_RED : PAGE_DIM,
             audit_fate_text(mutant->fate));
    page_tab(page, FATE_TEXT);
    page_put(page, PAGE_BOLD, report->changes[mutant->change].name);
    page_put(page, PAGE_PLAIN, " at ");
    page_put(page, PAGE_PLAIN, audit_place_text(mutant, place));
    page_end_line(page);
    page_tab(page, FATE_TEXT);
    page_put(page, PAGE_PLAIN, mutant->before);
    page_put(page, PAGE_DIM, "  ->  ");
    page_put(page, PAGE_PLAIN, mutant->after);
    page_end_line(page);
    page_tab(page, FATE_TEXT);
    if (mutant->fate == AUDIT_SURVIVED)
        page_wrap(page, PAGE_PLAIN,
                  mutant->differs ? "it differs, and no case turns a rule red; it differs at:"
                                  : "the search found no difference, and nothing says why");
    for (size_t rule = 0; rule < report->rules_count; rule++) {
        if (!(mutant->red >> rule & 1))
            continue;
        page_put(page, PAGE_PLAIN, report->rules[rule].id);
        page_put(page, PAGE_PLAIN, " ");
    }
    if (mutant->reason) {
        page_put(page, PAGE_PLAIN, audit_way_text(mutant));
        page_put(page, PAGE_PLAIN, ": ");
        page_wrap(page, PAGE_PLAIN, mutant->reason);
    }
    if (mutant->difference && mutant->fate != AUDIT_KILLED) {
        page_put(page, PAGE_PLAIN, " ");
        page_wrap(page, PAGE_PLAIN, mutant->difference);
    }
    page_end_line(page);
}

static void print_mutants(struct page *page, const struct audit_report *report,
                          const struct audit_probe *probe, int verbosity) {
    for (size_t i = 0; i < probe->mutants_count; i++) {
        enum audit_fate fate = probe->mutants[i].fate;

        if (fate == AUDIT_SURVIVED || fate == AUDIT_LOST ||
            (verbosity > 0 && (fate == AUDIT_EQUIVALENT || fate == AUDIT_INVALID)) ||
            (verbosity > 1 && fate == AUDIT_KILLED))
            print_mutant(page, report, &probe->mutants[i]);
    }
}

static void print_changes(struct page *page, const struct audit_report *report) {
    page_put(page, PAGE_DIM, "change");
    for (enum audit_fate fate = AUDIT_KILLED; fate <= AUDIT_INVALID; fate++) {
        const char *text = audit_fate_text(fate);

        page_tab(page, FATES + FATE_WIDTH * (fate - AUDIT_KILLED) - (unsigned)strlen(text));
        page_put(page, PAGE_DIM, text);
    }
    page_end_line(page);
    for (size_t change = 0; change < report->changes_count; change++) {
        page_put(page, PAGE_PLAIN, report->changes[change].name);
        for (enum audit_fate fate = AUDIT_KILLED; fate <= AUDIT_INVALID; fate++)
            page_right(page, PAGE_PLAIN, audit_report_count(report, change, fate),
                       FATES + FATE_WIDTH * (fate - AUDIT_KILLED));
        page_end_line(page);
    }
}

static void print_rules(struct page *page, const struct audit_report *report) {
    page_end_line(page);
    page_put(page, PAGE_DIM,
             report->thorough ? "rules that turned red"
                              : "rules that turned red, on a sample of cases");
    page_end_line(page);
    for (size_t change = 0; change < report->changes_count; change++) {
        bool any = false;

        for (size_t rule = 0; rule < report->rules_count; rule++) {
            size_t reds = audit_report_reds(report, change, rule);

            if (reds == 0)
                continue;
            if (!any)
                page_put(page, PAGE_PLAIN, report->changes[change].name);
            any = true;
            page_tab(page, RULE);
            page_put(page, PAGE_PLAIN, report->rules[rule].id);
            page_right(page, PAGE_PLAIN, reds, REDS);
            page_end_line(page);
        }
    }
}

static void print_verdict(struct page *page, const struct audit_report *report,
                          const struct audit_probe *probe) {
    size_t all = report->changes_count;
    size_t survived = audit_probe_count(report, probe, all, AUDIT_SURVIVED);
    size_t undone = audit_probe_count(report, probe, all, AUDIT_UNDONE);
    size_t lost = audit_probe_count(report, probe, all, AUDIT_LOST);
    bool unknown;
    char *limits = report_statements_limits(probe->statements, probe->statements_count, &unknown);

    page_put(page, survived || lost ? PAGE_RED : PAGE_GREEN,
             survived ? "survivors: "
             : lost   ? "not audited: "
                      : "no survivor: ");
    page_put(page, PAGE_BOLD, probe->name);
    page_put(page, PAGE_PLAIN, ": ");
    page_count(page, PAGE_PLAIN, probe->mutants_count, "mutant");
    for (enum audit_fate fate = AUDIT_KILLED; fate <= AUDIT_INVALID; fate++) {
        page_format(page, PAGE_PLAIN, ", %zu ", audit_probe_count(report, probe, all, fate));
        page_put(page, PAGE_PLAIN, audit_fate_text(fate));
    }
    if (lost > 0)
        page_format(page, PAGE_RED, "; %zu lost: the harness failed", lost);
    if (report->shards > 0)
        page_format(page, PAGE_PLAIN, "; part %u of %u", report->shard, report->shards);
    if (undone > 0)
        page_format(page, PAGE_YELLOW, "; interrupted, %zu not run", undone);
    console_given(page, limits, unknown);
    free(limits);
    page_end_line(page);
    console_statements(page, probe->statements, probe->statements_count);
}

bool audit_console_write(const struct audit_report *report, const struct report_style *style,
                         FILE *stream) {
    struct page page = page_open(stream, style);

    for (size_t i = 0; style->verbosity >= 0 && i < report->probes_count; i++)
        print_mutants(&page, report, &report->probes[i], style->verbosity);
    if (style->verbosity >= 0) {
        print_changes(&page, report);
        print_rules(&page, report);
        page_end_line(&page);
        page_put(&page, PAGE_DIM, "search      ");
        page_wrap(&page, PAGE_PLAIN, report->probes[0].search);
        page_end_line(&page);
    }
    for (size_t i = 0; i < report->probes_count; i++)
        print_verdict(&page, report, &report->probes[i]);
    return !ferror(stream);
}
