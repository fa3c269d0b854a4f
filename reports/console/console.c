/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/formats.h"

#include "reports/console/end.h"
#include "reports/console/failure.h"
#include "reports/console/gate.h"
#include "reports/console/slowest.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/*
 * The report for people. Top to bottom: each probe with a table of its rules, each failure in full,
 * then once more by rule, a line each, and the counts in the last line: whoever scrolls to the end
 * of a CI log has the whole result there.
 */

/* Columns of the tables. Numbers end in theirs, words start there. */
enum { CONSOLE_RULE = 2, CONSOLE_INDENTED = 4, CONSOLE_FEATURE = 7, CONSOLE_WIDE = 76 };

#define CONSOLE_WIDTH 80u /* of what is wrapped in any case */
#define CONSOLE_RANGE 16u /* leaves of a vendor */

static const struct console_columns {
    unsigned level; /* 0: left out */
    unsigned verdict, cases, violations, remark;
} console_wide = {37, 45, 65, 74, 76}, console_narrow = {0, 37, 54, 61, 63};

/* Below some 60 columns rows run over, in a terminal that wraps them. */
static const struct console_columns *console_columns(const struct page *page) {
    return page->width == 0 || page->width >= CONSOLE_WIDE ? &console_wide : &console_narrow;
}

/* A rule that is spelled out, with an example: what fails the run or could not be judged, and with
 * -v what only --strict would fail and what was noted. */
static bool console_is_spelled_out(const struct report *report, const struct report_style *style,
                                   const struct report_probe *probe,
                                   const struct report_rule *rule) {
    if (rule->verdict == REPORT_ERROR)
        return !console_end_tells(probe, rule);
    if (report_rule_fails(report, rule))
        return true;
    if (probe->is_table && rule->verdict == REPORT_NONSTRICT && !report_is_listed(rule))
        return true; /* suspect values, of which nothing else shows what they are */
    return style->verbosity > 0 && rule->examples_count > 0;
}

static void console_title(struct page *page, const struct report *report) {
    page_put(page, PAGE_BOLD, "hvspec ");
    page_put(page, PAGE_BOLD, report->version);
    page_format(page, PAGE_PLAIN, ", seed %" PRIu64, report->seed);
    if (report->strict)
        page_put(page, PAGE_PLAIN, ", strict");
    if (report->profile) {
        page_put(page, PAGE_PLAIN, ", profile ");
        page_put(page, PAGE_PLAIN, report->profile);
    }
    page_end_line(page);
}

static void console_remark_count(struct page *page, uint64_t count, const char *what) {
    if (count == 0)
        return;
    page_tab(page, console_columns(page)->remark);
    page_format(page, PAGE_YELLOW, "%" PRIu64 " %s", count, what);
}

static void console_rule(struct page *page, const struct report_probe *probe,
                         const struct report_rule *rule) {
    const struct console_columns *columns = console_columns(page);
    bool judged = rule->verdict != REPORT_NOT_EXERCISED && rule->verdict != REPORT_NOT_APPLICABLE;

    page_tab(page, CONSOLE_RULE);
    page_put(page, PAGE_PLAIN, rule->id);
    if (columns->level > 0) {
        page_tab(page, columns->level);
        page_put(page, PAGE_PLAIN, rule->level);
    }
    page_tab(page, columns->verdict);
    page_put(page, failure_ink(rule->verdict), report_verdict_text(rule->verdict));
    if (judged) {
        page_right(page, PAGE_PLAIN, rule->cases, columns->cases);
        page_right(page, rule->violations ? failure_ink(rule->verdict) : PAGE_PLAIN,
                   rule->violations, columns->violations);
    }
    console_remark_count(page, rule->unanswered, "without an answer");
    console_remark_count(page, rule->errors, "in error");
    page_end_line(page);
    if (rule->reason && !console_end_tells(probe, rule)) {
        page_tab(page, CONSOLE_INDENTED);
        page_wrap(page, PAGE_PLAIN, rule->reason);
        page_end_line(page);
    }
}

static void console_rules(struct page *page, const struct report_probe *probe) {
    const struct console_columns *columns = console_columns(page);

    page_tab(page, CONSOLE_RULE);
    page_put(page, PAGE_DIM, "rule");
    if (columns->level > 0) {
        page_tab(page, columns->level);
        page_put(page, PAGE_DIM, "level");
    }
    page_tab(page, columns->verdict);
    page_put(page, PAGE_DIM, "verdict");
    page_tab(page, columns->cases - (unsigned)strlen("cases"));
    page_put(page, PAGE_DIM, "cases");
    page_tab(page, columns->violations - (unsigned)strlen("broken"));
    page_put(page, PAGE_DIM, "broken");
    page_end_line(page);
    for (size_t i = 0; i < probe->rules_count; i++)
        console_rule(page, probe, &probe->rules[i]);
}

/* What a scenario showed: the gravest of its rules' verdicts, and the rules that have it. */
static enum report_verdict console_gravest(const struct report_probe *probe,
                                           const struct report_scenario *scenario) {
    static const unsigned gravity[REPORT_VERDICTS] = {
        [REPORT_NOT_EXERCISED] = 0, [REPORT_NOT_APPLICABLE] = 1, [REPORT_INFO] = 2,
        [REPORT_PASS] = 3,          [REPORT_NONSTRICT] = 4,      [REPORT_FAIL] = 5,
        [REPORT_ERROR] = 6,
    };
    enum report_verdict gravest = REPORT_NOT_EXERCISED;

    for (size_t i = 0; i < probe->rules_count; i++) {
        if (gravity[scenario->verdicts[i]] > gravity[gravest])
            gravest = scenario->verdicts[i];
    }
    return gravest;
}

static void console_scenario(struct page *page, const struct report_probe *probe,
                             const struct report_scenario *scenario) {
    const struct console_columns *columns = console_columns(page);
    enum report_verdict gravest = console_gravest(probe, scenario);

    page_tab(page, CONSOLE_RULE);
    page_put(page, PAGE_PLAIN, scenario->id);
    page_tab(page, columns->verdict);
    page_put(page, failure_ink(gravest), report_verdict_text(gravest));
    page_right(page, PAGE_PLAIN, scenario->cases, columns->cases);
    page_end_line(page);
    page_tab(page, CONSOLE_INDENTED);
    page_wrap(page, PAGE_PLAIN, scenario->title);
    page_end_line(page);
    if (gravest != REPORT_FAIL && gravest != REPORT_NONSTRICT && gravest != REPORT_ERROR)
        return;
    for (size_t i = 0; i < probe->rules_count; i++) {
        if (scenario->verdicts[i] != gravest)
            continue;
        page_tab(page, CONSOLE_INDENTED);
        page_put(page, failure_ink(gravest), probe->rules[i].id);
        page_end_line(page);
    }
}

static void console_scenarios(struct page *page, const struct report_probe *probe) {
    const struct console_columns *columns = console_columns(page);

    if (probe->scenarios_count == 0)
        return;
    page_end_line(page);
    page_tab(page, CONSOLE_RULE);
    page_put(page, PAGE_DIM, "scenario");
    page_tab(page, columns->verdict);
    page_put(page, PAGE_DIM, "verdict");
    page_tab(page, columns->cases - (unsigned)strlen("cases"));
    page_put(page, PAGE_DIM, "cases");
    page_end_line(page);
    for (size_t i = 0; i < probe->scenarios_count; i++)
        console_scenario(page, probe, &probe->scenarios[i]);
}

static size_t console_sites_reached(const struct report_probe *probe) {
    size_t reached = 0;

    for (size_t i = 0; i < probe->sites_count; i++)
        reached += probe->sites[i].reached;
    return reached;
}

static void console_sites(struct page *page, const struct report_probe *probe) {
    size_t reached = console_sites_reached(probe);

    page_tab(page, CONSOLE_RULE);
    page_format(page, reached < probe->sites_count ? PAGE_YELLOW : PAGE_PLAIN,
                "%zu of %zu CPUID sites reached", reached, probe->sites_count);
    page_end_line(page);
}

/* "01 KVM's paravirtual features (EAX 0x9; bits in EAX: kvmclock)", over lines also where the width
 * is not known: some leaves have two dozen bits. */
static void console_feature(struct page *page, const struct report_feature *feature) {
    unsigned width = page->width;
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    if (stream) {
        fprintf(stream, "%02" PRIx32 " %s (%s", feature->leaf & 0xff,
                feature->meaning ? feature->meaning : "no known meaning", feature->value);
        fputs(feature->bits_count > 0 ? "; bits in " : "", stream);
        report_write_bits(stream, feature);
        fputc(')', stream);
    }
    if (page_gathered(page, stream, &text)) {
        page->width = width ? width : CONSOLE_WIDTH;
        page_tab(page, CONSOLE_INDENTED);
        page_hang(page, PAGE_PLAIN, text, CONSOLE_FEATURE);
        page_end_line(page);
        page->width = width;
    }
    free(text);
}

/* The features of one range, a line each, from the index on. Returns the index behind them. */
static size_t console_range(struct page *page, const struct report_probe *probe, size_t from) {
    const struct report_feature *first = &probe->features[from];
    uint32_t range = first->leaf / CONSOLE_RANGE;
    size_t i = from;

    page_tab(page, CONSOLE_RULE);
    page_format(page, PAGE_BOLD, "offers 0x%07" PRIx32 "x", range);
    page_format(page, PAGE_PLAIN, ", %s:", first->range);
    page_end_line(page);
    for (; i < probe->features_count && probe->features[i].leaf / CONSOLE_RANGE == range; i++)
        console_feature(page, &probe->features[i]);
    return i;
}

/* What a table offers, range by range. */
static void console_features(struct page *page, const struct report_probe *probe) {
    for (size_t i = 0; i < probe->features_count;)
        i = console_range(page, probe, i);
    if (probe->is_table && probe->features_count == 0) {
        page_tab(page, CONSOLE_RULE);
        page_put(page, PAGE_PLAIN, "offers no feature that it shows");
        page_end_line(page);
    }
}

static void console_probe(struct page *page, const struct report_probe *probe, bool scenarios) {
    page_end_line(page);
    page_put(page, PAGE_BOLD, probe->name);
    page_put(page, PAGE_PLAIN, ":");
    page_item(page, PAGE_PLAIN, probe->file, ",", CONSOLE_INDENTED);
    page_item(page, PAGE_PLAIN, probe->arch, ",", CONSOLE_INDENTED);
    page_word(page, PAGE_PLAIN, probe->entry, CONSOLE_INDENTED);
    page_end_line(page);
    console_statements(page, probe->statements, probe->statements_count);
    console_rules(page, probe);
    if (scenarios)
        console_scenarios(page, probe);
    if (probe->sweeps_count == 0 && !probe->is_table) /* which look at answers, and run nothing */
        console_sites(page, probe);
    console_features(page, probe);
    for (size_t i = 0; i < probe->notes_count; i++) {
        if (console_end_hints(probe, probe->notes[i]))
            continue;
        page_tab(page, CONSOLE_RULE);
        page_put(page, PAGE_YELLOW, "note: ");
        page_wrap(page, PAGE_PLAIN, probe->notes[i]);
        page_end_line(page);
    }
}

static void console_failures(struct page *page, const struct report *report,
                             const struct report_style *style) {
    for (size_t i = 0; i < report->probes_count; i++) {
        const struct report_probe *probe = &report->probes[i];

        for (size_t k = 0; k < probe->rules_count; k++) {
            const struct report_rule *rule = &probe->rules[k];
            size_t shown = style->verbosity > 0 ? rule->examples_count : 1;

            if (!console_is_spelled_out(report, style, probe, rule))
                continue;
            page_end_line(page);
            failure_heading(page, probe, rule);
            for (size_t n = 0; n < shown && n < rule->examples_count; n++) {
                if (n > 0)
                    page_end_line(page);
                failure_example(page, &rule->examples[n]);
            }
        }
    }
}

bool console_write(const struct report *report, const struct report_style *style, FILE *stream) {
    struct page page = page_open(stream, style);
    bool all = !report->gate.path || style->verbosity > 0; /* with a gate only what changed */

    console_gate_changes(&page, report, style->verbosity);
    if (style->verbosity >= 0) {
        console_title(&page, report);
        for (size_t i = 0; all && i < report->probes_count; i++)
            console_probe(&page, &report->probes[i], style->verbosity >= 2);
        console_failures(&page, report, style);
        page_end_line(&page);
    }
    console_slowest(&page, report);
    console_end(&page, report, style->verbosity, all && style->verbosity >= 0);
    console_gate_end(&page, report);
    return !page.failed && !ferror(stream);
}
