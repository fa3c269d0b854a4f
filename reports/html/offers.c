/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/html/html.h"

#include <inttypes.h>
#include <string.h>

/* What each table offers, by vendor's range, beside the map of its leaves. */

#define OFFERS_RANGE 16u /* leaves of a vendor */

/* A line for each register. */
static void offers_bits(FILE *stream, const struct report_feature *feature) {
    for (size_t i = 0; i < feature->bits_count; i++) {
        const struct report_bit *bit = &feature->bits[i];
        bool first = i == 0 || strcmp(bit[-1].in, bit->in) != 0;

        if (first) {
            fputs("<br><code>", stream);
            html_text(stream, bit->in);
            fputs("</code> ", stream);
        } else {
            fputs(", ", stream);
        }
        fprintf(stream, "%u%s", bit->bit, bit->name ? " " : "");
        html_text(stream, bit->name ? bit->name : "");
    }
}

static void offers_row(FILE *stream, const struct report_probe *table, size_t index) {
    const struct report_feature *feature = &table->features[index];
    bool first = index == 0 ||
                 table->features[index - 1].leaf / OFFERS_RANGE != feature->leaf / OFFERS_RANGE;

    fputs("<tr><th scope=\"row\">", stream);
    if (first) {
        fprintf(stream, "<code>0x%07" PRIx32 "x</code> ", feature->leaf / OFFERS_RANGE);
        html_text(stream, feature->range);
    }
    fprintf(stream, "</th><td><code>%02" PRIx32 "</code></td><td>", feature->leaf & 0xff);
    html_text(stream, feature->value);
    fputs("</td><td>", stream);
    html_text(stream, feature->meaning ? feature->meaning : "no known meaning");
    offers_bits(stream, feature);
    html_element(stream, "small", feature->source);
    fputs("</td></tr>\n", stream);
}

static void offers_features(FILE *stream, const struct report_probe *table) {
    if (table->features_count == 0) {
        fputs("<p>No feature.</p>\n", stream);
        return;
    }
    html_open_scroller(stream, "Features");
    fputs("<table class=\"features\">\n<thead><tr><th scope=\"col\">Range</th>"
          "<th scope=\"col\">Leaf</th><th scope=\"col\">Value</th>"
          "<th scope=\"col\">Meaning</th></tr></thead>\n<tbody>\n",
          stream);
    for (size_t i = 0; i < table->features_count; i++)
        offers_row(stream, table, i);
    fputs("</tbody>\n</table>\n", stream);
    html_close_scroller(stream);
}

static void offers_table(FILE *stream, const struct report_probe *table) {
    html_element(stream, "h3", table->name);
    fputs("\n<div class=\"evidence\">\n<div>\n<dl>\n", stream);
    html_term(stream, "Signature", table->vendor && *table->vendor ? table->vendor : "zero bytes");
    fprintf(stream, "<dt>Maximum</dt><dd><code>0x%08" PRIx32 "</code></dd>\n</dl>\n",
            table->maximum);
    offers_features(stream, table);
    fputs("</div>\n", stream);
    html_leafmap_of_table(stream, table);
    fputs("</div>\n", stream);
}

void html_offers(FILE *stream, const struct report *report) {
    if (html_tables(report) == 0)
        return;
    fputs("<section id=\"offers\">\n<h2>What is offered</h2>\n", stream);
    for (size_t i = 0; i < report->probes_count; i++) {
        if (report->probes[i].is_table)
            offers_table(stream, &report->probes[i]);
    }
    fputs("</section>\n", stream);
}
