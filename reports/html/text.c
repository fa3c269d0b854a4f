/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/html/html.h"

#include "base/text.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

static const char *const html_marks[REPORT_VERDICTS] = {
    [REPORT_PASS] = "\xe2\x9c\x93",      /* check mark */
    [REPORT_FAIL] = "\xe2\x9c\x97",      /* ballot X */
    [REPORT_NONSTRICT] = "\xe2\x89\x88", /* almost equal */
    [REPORT_INFO] = "i",
    [REPORT_NOT_EXERCISED] = "\xc2\xb7",      /* middle dot */
    [REPORT_NOT_APPLICABLE] = "\xe2\x80\x93", /* en dash */
    [REPORT_ERROR] = "!",
};

static const char *html_escape(char character) {
    switch (character) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void html_span(FILE *stream, const char *text, const char *end) {
    char piece[TEXT_PIECE_SIZE];

    while (text < end) {
        const char *escaped;

        text_next(&text, TEXT_TERMINAL, piece);
        escaped = piece[1] ? NULL : html_escape(piece[0]);
        fputs(escaped ? escaped : piece, stream);
    }
}

void html_text(FILE *stream, const char *text) {
    html_span(stream, text, text + strlen(text));
}

void html_element(FILE *stream, const char *element, const char *text) {
    if (!text)
        return;
    fprintf(stream, "<%s>", element);
    html_text(stream, text);
    fprintf(stream, "</%s>", element);
}

void html_term(FILE *stream, const char *term, const char *text) {
    if (!text)
        return;
    html_element(stream, "dt", term);
    html_element(stream, "dd", text);
    fputc('\n', stream);
}

void html_verdict(FILE *stream, enum report_verdict verdict) {
    const char *word = report_verdict_text(verdict);

    fprintf(stream, "<span class=\"verdict %s\"><span aria-hidden=\"true\">%s</span> %s</span>",
            word, html_marks[verdict], word);
}

void html_rule_verdict(FILE *stream, const struct report_rule *rule) {
    html_verdict(stream, rule->verdict);
    if (rule->lines_count > 0)
        fprintf(stream, " <span class=\"verdict listed\">%s</span>",
                report_is_listed(rule) ? "listed" : "listed in part");
}

const char *html_mark(enum report_verdict verdict) {
    return html_marks[verdict];
}

void html_spoken(FILE *stream, enum report_verdict verdict) {
    fprintf(stream, "<span aria-hidden=\"true\">%s</span><span class=\"spoken\">%s</span>",
            html_marks[verdict], report_verdict_text(verdict));
}

void html_anchor(FILE *stream, size_t probe, const char *rule) {
    fprintf(stream, "p%zu-", probe + 1);
    for (; *rule; rule++)
        fputc(isalnum((unsigned char)*rule) ? *rule : '-', stream);
}

void html_section_link(FILE *stream, const struct report *report, size_t probe, const char *rule) {
    fputs("<a href=\"#", stream);
    html_anchor(stream, probe, rule);
    fputs("\">", stream);
    html_text(stream, rule);
    fputs("</a> ", stream);
    if (report->probes_count == 1)
        return;
    fputs("<span class=\"of\">", stream);
    html_text(stream, report->probes[probe].name);
    fputs("</span> ", stream);
}

void html_count(FILE *stream, uint64_t count, const char *noun) {
    fprintf(stream, "%" PRIu64 " %s%s", count, noun, count == 1 ? "" : "s");
}

void html_open_scroller(FILE *stream, const char *label) {
    fputs("<div class=\"scroller\" role=\"group\" tabindex=\"0\" aria-label=\"", stream);
    html_text(stream, label);
    fputs("\">\n", stream);
}

void html_close_scroller(FILE *stream) {
    fputs("</div>\n", stream);
}
