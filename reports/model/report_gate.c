/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/memstream.h"
#include "reports/model/report.h"

#include <stdlib.h>
#include <string.h>

/* What a gate makes of a report: which rules still fail the run, and why the others do not. */

int report_exit_code(const struct report *report) {
    int conformance = report_conformance(report);

    if (!report->gate.path || conformance > 1)
        return conformance;
    return report->gate.holds ? 0 : 1;
}

bool report_is_listed(const struct report_rule *rule) {
    return rule->lines_count > 0 && rule->unlisted == 0;
}

bool report_rule_fails(const struct report *report, const struct report_rule *rule) {
    return report_fails(report, rule->verdict) && !report_is_listed(rule);
}

bool report_line_fails(const struct report_line *line) {
    return line->state == REPORT_LINE_GONE || line->state == REPORT_LINE_UNMATCHED;
}

const char *report_line_text(const struct report_line *line) {
    return line->why ? line->why : "no longer happens, so remove the line";
}

/* A line before this one gives the same reason. */
static bool report_reason_is_told(const struct report_rule *rule, size_t index) {
    for (size_t i = 0; i < index; i++) {
        if (strcmp(rule->lines[i]->reason, rule->lines[index]->reason) == 0)
            return true;
    }
    return false;
}

static void report_tell_reasons(FILE *stream, const struct report_rule *rule) {
    const char *separator = "";

    for (size_t i = 0; i < rule->lines_count; i++) {
        const char *reason = rule->lines[i]->reason;

        if (!*reason || report_reason_is_told(rule, i))
            continue;
        fprintf(stream, "%s%s", separator, reason);
        separator = "; ";
    }
    if (!*separator)
        fputs("listed without a reason", stream);
}

char *report_listed_text(const struct report_rule *rule) {
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    bool written;

    if (!stream)
        return NULL;
    report_tell_reasons(stream, rule);
    if (rule->lines_count > 0)
        fprintf(stream, " (%s:%u", rule->lines[0]->path, rule->lines[0]->number);
    if (rule->lines_count > 1)
        fprintf(stream, " and %zu more line%s", rule->lines_count - 1,
                rule->lines_count > 2 ? "s" : "");
    if (rule->lines_count > 0)
        fputc(')', stream);
    written = !ferror(stream);
    if (memstream_close(stream, &text) && written)
        return text;
    free(text);
    return NULL;
}

static void report_clear_gate_of_cells(struct report_scenario *scenario, size_t rules_count) {
    for (size_t i = 0; scenario->cells && i < rules_count; i++) {
        if (scenario->cells[i].example)
            scenario->cells[i].example->line = NULL;
    }
}

static void report_clear_gate_of_rule(struct report_rule *rule) {
    free(rule->unlisted_cases);
    free(rule->lines);
    rule->unlisted_cases = NULL;
    rule->lines = NULL;
    rule->unlisted = rule->lines_count = 0;
    for (size_t i = 0; i < rule->examples_count; i++)
        rule->examples[i].line = NULL;
}

static void report_clear_gate_of(struct report_probe *probe) {
    for (size_t i = 0; i < probe->rules_count; i++)
        report_clear_gate_of_rule(&probe->rules[i]);
    for (size_t i = 0; i < probe->scenarios_count; i++)
        report_clear_gate_of_cells(&probe->scenarios[i], probe->rules_count);
}

void report_clear_gate(struct report *report) {
    for (size_t i = 0; i < report->gate.lines_count; i++) {
        free(report->gate.lines[i].text);
        free(report->gate.lines[i].reason);
    }
    free(report->gate.lines);
    free(report->gate.path);
    free(report->gate.file);
    report->gate = (struct report_gate){0};
    for (size_t i = 0; i < report->probes_count; i++)
        report_clear_gate_of(&report->probes[i]);
}
