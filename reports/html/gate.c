/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/html/html.h"

/* --- What differs from the baseline: new violations, then lines that hold no longer. --- */

static void html_new(FILE *stream, const struct report *report, size_t probe,
                     const struct report_rule *rule) {
    fprintf(stream, "<li data-v=\"%s\">", report_verdict_text(rule->verdict));
    html_verdict(stream, rule->verdict);
    fputs(" new: ", stream);
    html_section_link(stream, report, probe, rule->id);
    fputs("<span class=\"extent\">", stream);
    html_count(stream, rule->unlisted, "case");
    fputs(", the first <code>", stream);
    html_text(stream, rule->unlisted_cases[0]);
    fputs("</code></span></li>\n", stream);
}

static void html_stale(FILE *stream, const struct report_line *line) {
    fputs("<li data-v=\"fail\"><span class=\"verdict fail\">", stream);
    fputs(line->state == REPORT_LINE_GONE ? "gone" : "unmatched", stream);
    fputs("</span> <code>", stream);
    html_text(stream, line->path);
    fprintf(stream, ":%u</code> %s: <code>", line->number, report_line_text(line));
    html_text(stream, line->text);
    fputs("</code>", stream);
    if (*line->reason) {
        fputs(" <span class=\"extent\">", stream);
        html_text(stream, line->reason);
        fputs("</span>", stream);
    }
    fputs("</li>\n", stream);
}

void html_gate(FILE *stream, const struct report *report) {
    bool any = false;

    if (!report->gate.path)
        return;
    fputs("<section id=\"changed\">\n<h2>Changed against ", stream);
    html_text(stream, report->gate.path);
    fputs("</h2>\n<ul class=\"broken\" data-group>\n", stream);
    for (size_t i = 0; i < report->probes_count; i++) {
        for (size_t k = 0; k < report->probes[i].rules_count; k++) {
            if (report->probes[i].rules[k].unlisted == 0)
                continue;
            html_new(stream, report, i, &report->probes[i].rules[k]);
            any = true;
        }
    }
    for (size_t i = 0; i < report->gate.lines_count; i++) {
        if (!report_line_fails(&report->gate.lines[i]))
            continue;
        html_stale(stream, &report->gate.lines[i]);
        any = true;
    }
    fprintf(stream, "</ul>\n%s</section>\n", any ? "" : "<p>Nothing.</p>\n");
}
