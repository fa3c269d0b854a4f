/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/console/gate.h"

#include <string.h>

enum { CONSOLE_GATE_INDENT = 2, CONSOLE_GATE_TEXT = 13 };

static const struct {
    const char *text;
    enum page_ink ink;
} console_gate_states[] = {
    [REPORT_LINE_GONE] = {"gone", PAGE_GREEN},
    [REPORT_LINE_UNMATCHED] = {"unmatched", PAGE_YELLOW},
};

static void console_gate_mark(struct page *page, enum page_ink ink, const char *text) {
    page_tab(page, CONSOLE_GATE_INDENT);
    page_put(page, ink, text);
    page_tab(page, CONSOLE_GATE_TEXT);
}

/* --- What changed. --- */

static void console_gate_new(struct page *page, const struct report *report,
                             const struct report_probe *probe, const struct report_rule *rule,
                             int verbosity) {
    size_t shown = verbosity > 0 ? rule->unlisted : 1;

    console_gate_mark(page, PAGE_RED, "new");
    page_put(page, PAGE_BOLD, rule->id);
    page_format(page, PAGE_PLAIN, " %s in ", report_verdict_text(rule->verdict));
    page_count(page, PAGE_PLAIN, rule->unlisted, "case");
    page_put(page, PAGE_PLAIN, " of ");
    page_put(page, PAGE_PLAIN, probe->name);
    if (!report_fails(report, rule->verdict))
        page_put(page, PAGE_PLAIN, " (fails only with --strict)");
    for (size_t i = 0; i < shown; i++) {
        page_end_line(page);
        page_tab(page, CONSOLE_GATE_TEXT);
        page_put(page, PAGE_PLAIN, rule->unlisted_cases[i]);
    }
    page_end_line(page);
}

/* How much of a line's text names its probe and rule; a blank in a name has a '\' ahead. */
static size_t console_gate_subject(const char *text) {
    size_t at = 0, words = 0;

    for (; text[at]; at++) {
        if (text[at] == '\\' && text[at + 1])
            at++;
        else if (text[at] == ' ' && ++words == 2)
            break;
    }
    return at;
}

static bool console_gate_alike(const struct report_line *a, const struct report_line *b) {
    size_t length = console_gate_subject(a->text);

    return a->state == b->state && report_line_text(a) == report_line_text(b) &&
           console_gate_subject(b->text) == length && strncmp(a->text, b->text, length) == 0;
}

/* A line, and that `more` further ones of its probe and rule up to `last` say the same. */
static void console_gate_line(struct page *page, const struct report_line *line, size_t more,
                              const struct report_line *last) {
    console_gate_mark(page, console_gate_states[line->state].ink,
                      console_gate_states[line->state].text);
    page_put(page, PAGE_BOLD, line->path);
    page_format(page, PAGE_BOLD, ":%u", line->number);
    page_put(page, PAGE_PLAIN, ": ");
    page_put(page, PAGE_PLAIN, report_line_text(line));
    page_end_line(page);
    page_tab(page, CONSOLE_GATE_TEXT);
    page_put(page, PAGE_PLAIN, line->text);
    page_end_line(page);
    if (more == 0)
        return;
    page_tab(page, CONSOLE_GATE_TEXT);
    page_format(page, PAGE_DIM, "and %zu more of this rule, up to line %u", more, last->number);
    page_end_line(page);
}

/* With -v line by line, else those of a probe and rule that say the same together. */
static void console_gate_failing_lines(struct page *page, const struct report_gate *gate,
                                       int verbosity) {
    for (size_t i = 0; i < gate->lines_count;) {
        size_t last = i, more = 0;

        for (size_t k = i + 1; k < gate->lines_count && verbosity <= 0; k++) {
            if (!console_gate_alike(&gate->lines[i], &gate->lines[k]))
                break;
            last = k;
            more++;
        }
        if (report_line_fails(&gate->lines[i]))
            console_gate_line(page, &gate->lines[i], more, &gate->lines[last]);
        i = last + 1;
    }
}

/* How many there are of each kind: violations that are new, and lines by state. */
static size_t console_gate_unlisted(const struct report *report) {
    size_t count = 0;

    for (size_t i = 0; i < report->probes_count; i++) {
        for (size_t k = 0; k < report->probes[i].rules_count; k++)
            count += report->probes[i].rules[k].unlisted;
    }
    return count;
}

static size_t console_gate_lines(const struct report *report, enum report_line_state state) {
    size_t count = 0;

    for (size_t i = 0; i < report->gate.lines_count; i++)
        count += report->gate.lines[i].state == state;
    return count;
}

void console_gate_changes(struct page *page, const struct report *report, int verbosity) {
    const struct report_gate *gate = &report->gate;

    if (console_gate_unlisted(report) + console_gate_lines(report, REPORT_LINE_GONE) +
            console_gate_lines(report, REPORT_LINE_UNMATCHED) ==
        0)
        return;
    page_put(page, PAGE_BOLD, "changed against ");
    page_put(page, PAGE_BOLD, gate->path);
    page_put(page, PAGE_BOLD, ":");
    page_end_line(page);
    for (size_t i = 0; i < report->probes_count; i++) {
        const struct report_probe *probe = &report->probes[i];

        for (size_t k = 0; k < probe->rules_count; k++) {
            if (probe->rules[k].unlisted > 0)
                console_gate_new(page, report, probe, &probe->rules[k], verbosity);
        }
    }
    console_gate_failing_lines(page, gate, verbosity);
    page_end_line(page);
}

/* --- The last line. --- */

static void console_gate_count(struct page *page, size_t count, const char *what) {
    if (count > 0)
        page_format(page, PAGE_PLAIN, ", %zu %s", count, what);
}

void console_gate_end(struct page *page, const struct report *report) {
    size_t outside = console_gate_lines(report, REPORT_LINE_OUTSIDE);
    char text[REPORT_RESULT_SIZE];

    if (!report->gate.path || report_conformance(report) > 1)
        return;
    page_put(page, report->gate.holds ? PAGE_GREEN : PAGE_RED, report_result_text(report, text));
    page_put(page, PAGE_PLAIN, ": ");
    page_count(page, PAGE_PLAIN, report->gate.listed, "violation");
    page_put(page, PAGE_PLAIN, " listed in ");
    page_put(page, PAGE_PLAIN, report->gate.path);
    console_gate_count(page, console_gate_unlisted(report), "new");
    console_gate_count(page, console_gate_lines(report, REPORT_LINE_GONE), "gone");
    console_gate_count(page, console_gate_lines(report, REPORT_LINE_UNMATCHED), "unmatched");
    if (outside > 0) {
        page_put(page, PAGE_PLAIN, "; ");
        page_count(page, PAGE_PLAIN, outside, "line");
        page_put(page, PAGE_PLAIN, " outside this run");
    }
    page_end_line(page);
}
