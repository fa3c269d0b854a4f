/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/console/end.h"

#include "base/text.h"
#include "reports/console/failure.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    CONSOLE_END_RULE = 2,
    CONSOLE_END_BELOW = 4,
    CONSOLE_END_DETAILS = 34,
    CONSOLE_END_SITES = 8,
    CONSOLE_END_CAUSES = 8
};

/* The verdicts that are repeated, the gravest nearest to the last line. */
static const struct console_part {
    enum report_verdict verdict;
    bool of_probes, of_tables;
    const char *heading;
    bool told; /* the reasons stand above, in the rules' table */
} console_end_parts[] = {
    {REPORT_NOT_EXERCISED, true, true, "not exercised, which is no pass:", false},
    {REPORT_NONSTRICT, true, false, "nonstrict: another procedure, the same answers:", false},
    {REPORT_NONSTRICT, false, true, "suspect in a table, which fails a --strict run:", false},
    {REPORT_ERROR, true, true, "in error, so neither passed nor failed:", false},
    {REPORT_FAIL, true, true, "failed:", false},
};

/* The last line's first words, by exit code. */
static const enum page_ink console_end_inks[] = {PAGE_GREEN, PAGE_RED, PAGE_YELLOW, PAGE_MAGENTA};

static void console_end_heading(struct page *page, enum page_ink ink, const char *heading) {
    page_put(page, ink, heading);
    page_end_line(page);
}

static void console_end_field(struct page *page, enum page_ink ink, const char *text) {
    page_field(page, ink, text, CONSOLE_END_BELOW);
}

static void console_end_example(struct page *page, const struct report_example *example) {
    char line[16];

    if (example->source_file) {
        snprintf(line, sizeof line, ":%u", example->source_line);
        page_break(page, text_columns(example->source_file, NULL) + strlen(line),
                   CONSOLE_END_BELOW);
        page_put(page, PAGE_BOLD, example->source_file);
        page_put(page, PAGE_BOLD, line);
    }
    console_end_field(page, PAGE_PLAIN, example->case_id);
}

static void console_end_reason(struct page *page, const char *reason) {
    page_tab(page, page->column + 2 > CONSOLE_END_DETAILS ? page->column + 2 : CONSOLE_END_DETAILS);
    page_wrap(page, PAGE_PLAIN, reason);
}

/* "  max/read-first    3 cases  hv.c:31  max/unsigned:max=0x80000000". */
static void console_end_rule(struct page *page, const struct report *report,
                             const struct report_probe *probe, const struct report_rule *rule,
                             bool told) {
    bool gated = rule->lines_count > 0;
    size_t cases = rule->verdict == REPORT_ERROR ? rule->errors
                   : gated                       ? rule->unlisted
                                                 : rule->violations;

    page_tab(page, CONSOLE_END_RULE);
    page_put(page, failure_ink(rule->verdict), rule->id);
    if (rule->verdict != REPORT_NOT_EXERCISED) {
        page_tab(page, CONSOLE_END_DETAILS);
        page_count(page, PAGE_PLAIN, cases, gated ? "new case" : "case");
    }
    if (report->probes_count > 1)
        console_end_field(page, PAGE_PLAIN, probe->name);
    if (rule->examples_count > 0)
        console_end_example(page, &rule->examples[0]);
    else if (rule->reason && !told)
        console_end_reason(page, rule->reason);
    page_end_line(page);
}

bool console_end_tells(const struct report_probe *probe, const struct report_rule *rule) {
    return rule->verdict == REPORT_ERROR && probe->failures_count > 0;
}

/* Whether the rule's verdict is repeated here. What the baseline lists is not: only what changed
 * is, and -v shows the rest above. */
static bool console_end_repeats(const struct report_probe *probe, const struct report_rule *rule,
                                const struct console_part *part) {
    return rule->verdict == part->verdict &&
           (probe->is_table ? part->of_tables : part->of_probes) && !report_is_listed(rule) &&
           !console_end_tells(probe, rule);
}

static const struct report_rule *console_end_find(const struct report_probe *probe, const char *id,
                                                  const struct console_part *part) {
    for (size_t i = 0; i < probe->rules_count; i++) {
        if (console_end_repeats(probe, &probe->rules[i], part) &&
            strcmp(probe->rules[i].id, id) == 0)
            return &probe->rules[i];
    }
    return NULL;
}

/* One rule over all probes from `first` on, which is the first to have it with this verdict. */
static void console_end_group(struct page *page, const struct report *report, size_t first,
                              const char *id, const struct console_part *part) {
    for (size_t i = first; i < report->probes_count; i++) {
        const struct report_rule *rule = console_end_find(&report->probes[i], id, part);

        if (rule)
            console_end_rule(page, report, &report->probes[i], rule, part->told);
    }
}

static bool console_end_had(const struct report *report, size_t probes, const char *id,
                            const struct console_part *part) {
    for (size_t i = 0; i < probes; i++) {
        if (console_end_find(&report->probes[i], id, part))
            return true;
    }
    return false;
}

static size_t console_end_count(const struct report *report, const struct console_part *part) {
    size_t count = 0;

    for (size_t i = 0; i < report->probes_count; i++) {
        for (size_t k = 0; k < report->probes[i].rules_count; k++)
            count += console_end_repeats(&report->probes[i], &report->probes[i].rules[k], part);
    }
    return count;
}

static void console_end_part(struct page *page, const struct report *report,
                             const struct console_part *part) {
    for (size_t i = 0; i < report->probes_count; i++) {
        const struct report_probe *probe = &report->probes[i];

        for (size_t k = 0; k < probe->rules_count; k++) {
            const struct report_rule *rule = &probe->rules[k];

            if (console_end_repeats(probe, rule, part) &&
                !console_end_had(report, i, rule->id, part))
                console_end_group(page, report, i, rule->id, part);
        }
    }
}

static void console_end_site(struct page *page, const struct report *report,
                             const struct report_probe *probe, const struct report_site *site) {
    page_tab(page, CONSOLE_END_RULE);
    page_format(page, PAGE_YELLOW, "0x%" PRIx64, site->address);
    if (report->probes_count > 1)
        console_end_field(page, PAGE_PLAIN, probe->name);
    if (site->symbol)
        console_end_field(page, PAGE_PLAIN, site->symbol);
    if (site->source)
        console_end_field(page, PAGE_BOLD, site->source);
    page_end_line(page);
}

/* Whether an earlier probe is of the same file, whose sites are the same. */
static bool console_end_sites_told(const struct report *report, size_t probe) {
    for (size_t i = 0; i < probe; i++) {
        if (report->probes[i].sha256 && report->probes[probe].sha256 &&
            strcmp(report->probes[i].sha256, report->probes[probe].sha256) == 0 &&
            strcmp(report->probes[i].file, report->probes[probe].file) == 0)
            return true;
    }
    return false;
}

/* A static executable brings all of its C library's along: without -v a few are enough. */
static void console_end_sites(struct page *page, const struct report *report, int verbosity) {
    size_t most = verbosity > 0 ? SIZE_MAX : CONSOLE_END_SITES, missed = 0;

    for (size_t i = 0; i < report->probes_count; i++) {
        const struct report_probe *probe = &report->probes[i];

        for (size_t k = 0; !console_end_sites_told(report, i) && k < probe->sites_count; k++) {
            if (probe->sites[k].reached)
                continue;
            if (missed++ == 0)
                console_end_heading(page, PAGE_BOLD, "CPUID sites never reached, so not judged:");
            if (missed <= most)
                console_end_site(page, report, probe, &probe->sites[k]);
        }
    }
    if (missed > most) {
        page_format(page, PAGE_PLAIN, "  and %zu more, which -v shows", missed - most);
        page_end_line(page);
    }
}

/* One cause: "2657 cases: the probe calls 'printk', ...". */
static void console_end_failure(struct page *page, const struct report *report,
                                const struct report_probe *probe,
                                const struct report_failure *failure) {
    page_tab(page, CONSOLE_END_RULE);
    page_count(page, PAGE_MAGENTA, failure->cases, "case");
    if (report->probes_count > 1) {
        page_put(page, PAGE_PLAIN, " of ");
        page_put(page, PAGE_PLAIN, probe->name);
    }
    page_put(page, PAGE_PLAIN, ": ");
    page_wrap(page, PAGE_PLAIN, failure->cause);
    page_end_line(page);
    page_tab(page, CONSOLE_END_RULE);
    console_end_field(page, PAGE_DIM, "first ");
    page_put(page, PAGE_PLAIN, failure->case_id);
    page_end_line(page);
}

/* The rules that nothing is known of because of these causes, in one line. */
static void console_end_stopped(struct page *page, const struct report_probe *probe) {
    size_t count = 0;
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    for (size_t i = 0; stream && i < probe->rules_count; i++) {
        if (console_end_tells(probe, &probe->rules[i]))
            fprintf(stream, "%s%s", count++ > 0 ? ", " : "", probe->rules[i].id);
    }
    if (page_gathered(page, stream, &text) && count > 0) {
        page_tab(page, CONSOLE_END_RULE);
        page_count(page, PAGE_MAGENTA, count, "rule");
        page_put(page, PAGE_PLAIN, " in error: ");
        page_wrap(page, PAGE_PLAIN, text);
        page_end_line(page);
    }
    free(text);
}

/* The harness's own failures, each cause once. */
static void console_end_errors(struct page *page, const struct report *report, int verbosity) {
    size_t most = verbosity > 0 ? SIZE_MAX : CONSOLE_END_CAUSES, causes = 0;

    for (size_t i = 0; i < report->probes_count; i++) {
        const struct report_probe *probe = &report->probes[i];

        for (size_t k = 0; k < probe->failures_count; k++) {
            if (causes++ == 0)
                console_end_heading(page, PAGE_BOLD,
                                    "cases that the harness could not judge, which neither pass "
                                    "nor fail:");
            if (causes <= most)
                console_end_failure(page, report, probe, &probe->failures[k]);
        }
        console_end_stopped(page, probe);
    }
    if (causes > most) {
        page_format(page, PAGE_PLAIN, "  and %zu more causes, which -v shows", causes - most);
        page_end_line(page);
    }
}

static void console_end_count_text(FILE *stream, uint64_t count, const char *noun,
                                   const char *separator) {
    fprintf(stream, "%" PRIu64 " %s%s%s", count, noun, count == 1 ? "" : "s", separator);
}

static void console_end_counts(struct page *page, const struct report *report,
                               const size_t counts[REPORT_VERDICTS]) {
    size_t rules = 0, size = 0;
    const char *separator = ": ";
    char *text = NULL;
    FILE *stream = open_memstream(&text, &size);

    for (unsigned i = 0; i < REPORT_VERDICTS; i++)
        rules += counts[i];
    if (stream)
        console_end_count_text(stream, rules, "rule", "");
    for (unsigned i = 0; stream && i < REPORT_VERDICTS; i++) {
        if (counts[i] == 0)
            continue;
        fprintf(stream, "%s%zu %s", separator, counts[i], report_verdict_text(i));
        separator = ", ";
    }
    if (stream) {
        fputs("; ", stream);
        console_end_count_text(stream, report->cases, "case", ", ");
        if (report_left_out(report) > 0)
            fprintf(stream, "%" PRIu64 " left out as costly (--all runs them), ",
                    report_left_out(report));
        if (report->errors > 0)
            fprintf(stream, "%" PRIu64 " in error, ", report->errors);
        console_end_count_text(stream, report->runs, "run", ", ");
        fprintf(stream, "seed %" PRIu64, report->seed);
    }
    if (page_gathered(page, stream, &text))
        page_hang(page, PAGE_PLAIN, text, CONSOLE_END_RULE);
    free(text);
}

/* Nothing else says what was swept. */
static void console_end_sweeps(struct page *page, const struct report *report) {
    for (size_t i = 0; i < report->probes_count; i++) {
        const struct report_probe *probe = &report->probes[i];

        for (size_t k = 0; probe->sweeps_count > 0 && k < probe->notes_count; k++) {
            page_wrap(page, PAGE_PLAIN, probe->notes[k]);
            page_end_line(page);
        }
    }
}

void console_statements(struct page *page, const struct report_statement *statements,
                        size_t count) {
    for (size_t i = 0; i < count; i++) {
        page_tab(page, CONSOLE_END_RULE);
        page_put(page, PAGE_BOLD, "stated: ");
        page_wrap(page, PAGE_PLAIN, statements[i].text);
        page_end_line(page);
    }
}

/* Where the probes themselves are not shown. */
static void console_end_statements(struct page *page, const struct report *report) {
    for (size_t i = 0; i < report->probes_count; i++) {
        if (report->probes[i].statements_count == 0)
            continue;
        page_put(page, PAGE_PLAIN, report->probes[i].name);
        page_end_line(page);
        console_statements(page, report->probes[i].statements, report->probes[i].statements_count);
    }
}

void console_given(struct page *page, const char *limits, bool lost) {
    if (limits || lost) {
        page_put(page, PAGE_YELLOW, " (given ");
        page_put(page, PAGE_YELLOW, limits ? limits : "what is stated");
        page_put(page, PAGE_YELLOW, ")");
    }
}

static void console_end_limits(struct page *page, const struct report *report) {
    bool lost;
    char *limits = report_limits(report, &lost);

    console_given(page, limits, lost);
    free(limits);
}

/* --- Hints. --- */

static const char console_hint[] = "hint: ";

bool console_end_hints(const struct report_probe *probe, const char *note) {
    bool wrong = false;

    for (size_t i = 0; i < probe->rules_count; i++)
        wrong |= (probe->rules[i].verdict == REPORT_FAIL && !report_is_listed(&probe->rules[i])) ||
                 probe->rules[i].verdict == REPORT_ERROR;
    return wrong && probe->sweeps_count == 0 &&
           strncmp(note, console_hint, strlen(console_hint)) == 0;
}

/* Right ahead of the last line, since reports are read from their end. */
static void console_end_hinted(struct page *page, const struct report *report) {
    for (size_t i = 0; i < report->probes_count; i++) {
        const struct report_probe *probe = &report->probes[i];

        for (size_t k = 0; k < probe->notes_count; k++) {
            if (!console_end_hints(probe, probe->notes[k]))
                continue;
            if (report->probes_count > 1) {
                page_put(page, PAGE_BOLD, probe->name);
                page_put(page, PAGE_PLAIN, ": ");
            }
            page_put(page, PAGE_YELLOW, console_hint);
            page_hang(page, PAGE_PLAIN, probe->notes[k] + strlen(console_hint), CONSOLE_END_BELOW);
            page_end_line(page);
        }
    }
}

void console_end(struct page *page, const struct report *report, int verbosity, bool stated) {
    int result = report_conformance(report);
    size_t counts[REPORT_VERDICTS];
    char text[REPORT_RESULT_SIZE];

    report_count(report, counts);
    if (verbosity < 0)
        console_end_sweeps(page, report);
    if (!stated)
        console_end_statements(page, report);
    console_end_sites(page, report, verbosity);
    console_end_errors(page, report, verbosity);
    for (size_t i = 0; i < sizeof console_end_parts / sizeof console_end_parts[0]; i++) {
        struct console_part part = console_end_parts[i];

        part.told = stated && part.verdict == REPORT_NOT_EXERCISED;
        if (console_end_count(report, &part) == 0)
            continue;
        console_end_heading(page, PAGE_BOLD, part.heading);
        console_end_part(page, report, &part);
    }
    console_end_hinted(page, report);
    page_put(page, console_end_inks[result], report_conformance_text(report, text));
    console_end_limits(page, report);
    page_put(page, PAGE_PLAIN, ": ");
    console_end_counts(page, report, counts);
    page_end_line(page);
}
