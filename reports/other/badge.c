/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/formats.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/*
 * A badge: "hvspec", and beside it the result in two or three words, as SVG for the top of a
 * README. Widths are those of the texts in Verdana at 11 pixels, near enough; textLength has other
 * fonts keep to them.
 */
#define BADGE_CHARACTER 6.6
#define BADGE_PADDING 10.0
#define BADGE_HEIGHT 20

/* By exit code: green, red, grey, amber; a hunt that found nothing proves nothing. */
static const char *badge_colour(const struct report *report) {
    static const char *const colours[] = {"#2e7d32", "#b3261e", "#5f6670", "#8a5a00"};
    int code = report_exit_code(report);

    return code == 0 && (report->hunted || report->shards > 1) ? "#5f6670" : colours[code & 3];
}

static void badge_text(FILE *stream, double left, double width, const char *text) {
    fprintf(stream,
            "<text x=\"%.1f\" y=\"14\" text-anchor=\"middle\" textLength=\"%.1f\">%s</text>\n",
            left + width / 2, width - 2 * BADGE_PADDING, text);
}

/* Somebody's text in an element. */
static void badge_escape(FILE *stream, const char *text) {
    char *harmless = text_harmless(text, TEXT_XML);

    for (const char *c = harmless; c && *c; c++) {
        switch (*c) {
        case '<':
            fputs("&lt;", stream);
            break;
        case '>': /* "]]>" is none's text */
            fputs("&gt;", stream);
            break;
        case '&':
            fputs("&amp;", stream);
            break;
        default:
            fputc(*c, stream);
        }
    }
    free(harmless);
}

/* The title, which a pointer brings up, tells what the verdict is given for, where that limits it,
 * and all else that was stated. */
static void badge_title(FILE *stream, const struct report *report, const char *result,
                        const char *limits) {
    fprintf(stream, "<title>hvspec: %s", result);
    if (limits) {
        fputs(", given ", stream);
        badge_escape(stream, limits);
    }
    for (size_t i = 0; i < report->probes_count; i++) {
        for (size_t k = 0; k < report->probes[i].statements_count; k++) {
            fputs("\nstated: ", stream);
            badge_escape(stream, report->probes[i].statements[k].text);
        }
    }
    fputs("</title>\n", stream);
}

/* The label and the result are ours, without anything that markup would be. */
bool badge_write(const struct report *report, const struct report_style *style, FILE *stream) {
    static const char label[] = "hvspec";
    char room[REPORT_RESULT_SIZE], result[REPORT_RESULT_SIZE + 16];
    bool lost;
    char *limits = report_limits(report, &lost);
    double first = BADGE_CHARACTER * (double)strlen(label) + 2 * BADGE_PADDING;
    double second;

    (void)style;
    snprintf(result, sizeof result, "%s%s", report_result_text(report, room),
             limits ? ", limited" : "");
    second = BADGE_CHARACTER * (double)strlen(result) + 2 * BADGE_PADDING;
    fprintf(stream,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.1f\" height=\"%d\" "
            "viewBox=\"0 0 %.1f %d\" role=\"img\" aria-label=\"%s: %s\">\n",
            first + second, BADGE_HEIGHT, first + second, BADGE_HEIGHT, label, result);
    badge_title(stream, report, result, limits);
    fprintf(stream,
            "<rect width=\"%.1f\" height=\"%d\" rx=\"3\" fill=\"#3a4048\"/>\n"
            "<path d=\"M%.1f 0h%.1fa3 3 0 0 1 3 3v%da3 3 0 0 1-3 3h-%.1fz\" fill=\"%s\"/>\n"
            "<g fill=\"#fff\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\">\n",
            first + second, BADGE_HEIGHT, first, second - 3, BADGE_HEIGHT - 6, second - 3,
            badge_colour(report));
    badge_text(stream, 0, first, label);
    badge_text(stream, first, second, result);
    fputs("</g>\n</svg>\n", stream);
    free(limits);
    return !lost && !ferror(stream);
}
