/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/other/markdown.h"

#include "base/text.h"
#include "reports/formats.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/*
 * A run as Markdown, for pages that show it: a README, a CI system's summary of a job. A row a
 * probe, then each failing rule with its simplest example; quiet, the rows alone.
 */

/* The longest run of backticks in the text. */
static unsigned markdown_ticks(const char *text) {
    unsigned most = 0, run = 0;

    for (; *text; text++) {
        run = *text == '`' ? run + 1 : 0;
        most = run > most ? run : most;
    }
    return most;
}

void markdown_code(const char *text, bool in_table, FILE *stream) {
    unsigned fence = markdown_ticks(text) + 1;
    char piece[TEXT_PIECE_SIZE];

    for (unsigned i = 0; i < fence; i++)
        fputc('`', stream);
    fputs(fence > 1 ? " " : "", stream);
    while (*text) {
        text_next(&text, TEXT_TERMINAL, piece);
        fprintf(stream, "%s%s", in_table && strcmp(piece, "|") == 0 ? "\\" : "", piece);
    }
    fputs(fence > 1 ? " " : "", stream);
    for (unsigned i = 0; i < fence; i++)
        fputc('`', stream);
}

/* What the run has to say of a rule: that it fails it, listed or not, or that it is in error. */
static bool markdown_tells(const struct report *report, const struct report_rule *rule) {
    return report_fails(report, rule->verdict) || rule->verdict == REPORT_NONSTRICT ||
           rule->verdict == REPORT_ERROR;
}

static void markdown_cell(const struct report *report, const struct report_probe *probe,
                          FILE *stream) {
    const char *separator = "";

    for (size_t i = 0; i < probe->rules_count; i++) {
        const struct report_rule *rule = &probe->rules[i];

        if (!markdown_tells(report, rule))
            continue;
        fprintf(stream, "%s%s", separator, rule->id);
        if (!report_fails(report, rule->verdict))
            fprintf(stream, " (%s)", report_verdict_text(rule->verdict));
        else if (report_is_listed(rule))
            fputs(" (listed)", stream);
        separator = ", ";
    }
    for (size_t i = 0; i < probe->failures_count; i++) {
        char *text = report_failure_text(&probe->failures[i]);

        fputs(separator, stream);
        markdown_code(text ? text : probe->failures[i].cause, true, stream);
        separator = ", ";
        free(text);
    }
}

static void markdown_probes(const struct report *report, FILE *stream) {
    fputs("| probe | verdict | what is broken |\n|---|---|---|\n", stream);
    for (size_t i = 0; i < report->probes_count; i++) {
        const struct report_probe *probe = &report->probes[i];

        fputs("| ", stream);
        markdown_code(probe->name, true, stream);
        fprintf(stream, " | %s | ", report_verdict_text(probe->verdict));
        markdown_cell(report, probe, stream);
        fputs(" |\n", stream);
    }
}

static void markdown_item(FILE *stream, const char *label, const char *text) {
    if (!text)
        return;
    fprintf(stream, "- %s: ", label);
    markdown_code(text, false, stream);
    fputc('\n', stream);
}

static void markdown_example(const struct report_example *example, FILE *stream) {
    markdown_item(stream, "case", example->case_id);
    markdown_item(stream, "changed", example->twin);
    markdown_item(stream, "expected", example->expected);
    markdown_item(stream, "observed", example->observed);
    if (example->source_file) {
        char *place = NULL;

        if (asprintf(&place, "%s:%u", example->source_file, example->source_line) >= 0)
            markdown_item(stream, "at", place);
        free(place);
    }
    markdown_item(stream, "run it again", example->rerun);
}

static void markdown_rule(const struct report_probe *probe, const struct report_rule *rule,
                          FILE *stream) {
    fprintf(stream, "\n### %s in ", rule->id);
    markdown_code(probe->name, false, stream);
    fprintf(stream, "\n\n%s, %s, in %" PRIu64 " of %" PRIu64 " cases. %s\n\n", rule->level,
            report_verdict_text(rule->verdict), rule->violations, rule->cases, rule->text);
    if (rule->examples_count > 0)
        markdown_example(&rule->examples[0], stream);
}

/* What a verdict is given for belongs to it, and what a reader has to know. */
static void markdown_notes(const struct report_probe *probe, FILE *stream) {
    if (probe->statements_count + probe->notes_count == 0)
        return;
    fputs("\nOf ", stream);
    markdown_code(probe->name, false, stream);
    fputs(":\n\n", stream);
    for (size_t i = 0; i < probe->statements_count; i++)
        markdown_item(stream, "stated", probe->statements[i].text);
    for (size_t i = 0; i < probe->notes_count; i++)
        markdown_item(stream, "note", probe->notes[i]);
}

bool markdown_write(const struct report *report, const struct report_style *style, FILE *stream) {
    char result[REPORT_RESULT_SIZE];
    bool lost;
    char *limits = report_limits(report, &lost);

    fprintf(stream, "**hvspec: %s**", report_result_text(report, result));
    if (limits) {
        fputs(", given ", stream);
        markdown_code(limits, false, stream);
    }
    fprintf(stream, ": %zu probe%s, %" PRIu64 " cases, %" PRIu64 " runs, seed %" PRIu64 "\n\n",
            report->probes_count, report->probes_count == 1 ? "" : "s", report->cases, report->runs,
            report->seed);
    free(limits);
    markdown_probes(report, stream);
    for (size_t i = 0; i < report->probes_count; i++) {
        const struct report_probe *probe = &report->probes[i];

        for (size_t k = 0; style->verbosity >= 0 && k < probe->rules_count; k++) {
            if (markdown_tells(report, &probe->rules[k]) && probe->rules[k].violations > 0)
                markdown_rule(probe, &probe->rules[k], stream);
        }
        if (style->verbosity >= 0 || probe->statements_count > 0)
            markdown_notes(probe, stream);
    }
    for (size_t i = 0; i < report->gate.lines_count; i++) {
        if (report_line_fails(&report->gate.lines[i]))
            markdown_item(stream, report_line_text(&report->gate.lines[i]),
                          report->gate.lines[i].text);
    }
    return !lost && !ferror(stream);
}
