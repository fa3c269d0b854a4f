/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/prove/prove.h"

#include "base/memstream.h"
#include "emulator/source/source_line.h"
#include "reports/console/page.h"

#define PROVE_RULE_COLUMN 16u /* where rules start, behind the verdicts */
#define PROVE_TEXT_COLUMN 18u

static const enum page_ink prove_colours[PROVE_VERDICTS] = {PAGE_GREEN, PAGE_RED, PAGE_YELLOW,
                                                            PAGE_DIM};

static void prove_put_text(struct page *page, const char *label, const char *text) {
    if (!text)
        return;
    page_tab(page, PROVE_TEXT_COLUMN);
    page_format(page, PAGE_DIM, "%s ", label);
    page_wrap(page, PAGE_PLAIN, text);
    page_end_line(page);
}

/* "at 0x1010 (hv.c:12)". */
static void prove_put_place(struct page *page, struct source_line *source, uint64_t at) {
    const char *file;
    unsigned line;

    if (at == 0)
        return;
    page_tab(page, PROVE_TEXT_COLUMN);
    page_format(page, PAGE_DIM, "at 0x%llx", (unsigned long long)at);
    if (source && source_line_find(source, at, &file, &line))
        page_format(page, PAGE_DIM, ", %s:%u", file, line);
    page_end_line(page);
}

static void prove_put_find(struct page *page, const struct hunt_find *find) {
    prove_put_text(page, "changed", find->example.twin);
    prove_put_text(page, "expected", find->example.expected);
    prove_put_text(page, "observed", find->example.observed);
    prove_put_text(page, "file", find->file);
}

static void prove_put_rule(struct page *page, const struct prove_result *result, unsigned rule,
                           struct source_line *source, bool shown[PROVE_FINDS_MAX]) {
    const struct prove_rule *noted = &result->rules[rule];

    page_put(page, prove_colours[noted->verdict], prove_verdict_text(noted->verdict));
    page_tab(page, PROVE_RULE_COLUMN);
    page_put(page, PAGE_BOLD, rules[rule].id);
    page_format(page, PAGE_DIM, " (%s)", rule_level_text(rules[rule].level));
    page_end_line(page);
    prove_put_text(page, "because", noted->reason);
    if (noted->verdict == PROVE_OPEN)
        prove_put_place(page, source, noted->at);
    if (noted->verdict == PROVE_REFUTED && !shown[noted->find]) {
        prove_put_find(page, &result->finds[noted->find]);
        shown[noted->find] = true;
    }
}

static void prove_print_totals(FILE *stream, const struct probe *probe,
                               const struct prove_result *result) {
    fprintf(stream, "%s, %zu proven, %zu refuted, %zu open, ", probe->name,
            prove_count(result, PROVE_PROVEN), prove_count(result, PROVE_REFUTED),
            prove_count(result, PROVE_OPEN));
    if (result->questions == 0)
        fputs("no question was followed", stream);
    else if (result->every_number)
        fputs("for any number of questions in a boot", stream);
    else
        fprintf(stream, "for up to %u questions in a boot", result->questions);
    fprintf(stream, " (%zu paths, %zu queries, %zu runs compared, %.2f s)", result->paths,
            result->queries, result->compared, result->seconds);
}

static void prove_put_totals(struct page *page, const struct probe *probe,
                             const struct prove_result *result, bool strict) {
    enum prove_verdict verdict = prove_verdict_of(result, strict);
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    page_format(page, prove_colours[verdict], "%s: ", prove_verdict_text(verdict));
    if (stream)
        prove_print_totals(stream, probe, result);
    if (stream && memstream_close(stream, &text))
        page_hang(page, PAGE_PLAIN, text, 2);
    free(text);
    page_end_line(page);
}

bool prove_print(const struct probe *probe, const struct prove_result *result, bool strict,
                 const struct report_style *style, FILE *stream) {
    struct source_line *source = source_line_open(probe->image);
    struct page page = page_open(stream, style);
    bool shown[PROVE_FINDS_MAX] = {false};

    for (unsigned rule = 0; rule < RULES && style->verbosity >= 0; rule++) {
        if (result->rules[rule].verdict != PROVE_NOT_APPLICABLE || style->verbosity > 0)
            prove_put_rule(&page, result, rule, source, shown);
    }
    for (size_t i = 0; i < probe->statements_count; i++) {
        page_put(&page, PAGE_BOLD, "stated: ");
        page_wrap(&page, PAGE_PLAIN, probe->statements[i].text);
        page_end_line(&page);
    }
    if (result->assumed) {
        page_put(&page, PAGE_BOLD, "assumed: ");
        page_wrap(&page, PAGE_PLAIN, result->assumed);
        page_end_line(&page);
    }
    prove_put_totals(&page, probe, result, strict);
    source_line_close(source);
    return fflush(stream) == 0 && !ferror(stream);
}
