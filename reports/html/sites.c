/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/html/html.h"

#include <inttypes.h>

static void html_site(FILE *stream, const struct report_site *site) {
    fprintf(stream, "<tr class=\"%s\"><td><code>0x%" PRIx64 "</code></td><td>",
            site->reached ? "reached" : "missed", site->address);
    html_element(stream, "code", site->symbol);
    fputs("</td><td>", stream);
    html_element(stream, "code", site->source);
    fprintf(stream, "</td><td>%s</td></tr>\n",
            site->reached ? "<span class=\"verdict pass\"><span aria-hidden=\"true\">\xe2\x9c\x93"
                            "</span> reached</span>"
                          : "<span class=\"verdict nonstrict\"><span aria-hidden=\"true\">\xe2\x9c"
                            "\x97</span> never reached</span>");
}

static void html_probe_sites(FILE *stream, const struct report_probe *probe) {
    size_t reached = 0;

    for (size_t i = 0; i < probe->sites_count; i++)
        reached += probe->sites[i].reached;
    html_element(stream, "h3", probe->name);
    fprintf(stream, "\n<p>%zu of ", reached);
    html_count(stream, probe->sites_count, "CPUID instruction");
    fprintf(stream, " reached by some case.%s</p>\n",
            reached < probe->sites_count ? " What was never reached was never judged." : "");
    if (probe->sites_count == 0)
        return;
    html_open_scroller(stream, "CPUID instructions");
    fputs("<table class=\"sites\">\n<thead><tr><th scope=\"col\">Address</th>"
          "<th scope=\"col\">Function</th><th scope=\"col\">Source</th>"
          "<th scope=\"col\">Coverage</th></tr></thead>\n<tbody>\n",
          stream);
    for (size_t i = 0; i < probe->sites_count; i++)
        html_site(stream, &probe->sites[i]);
    fputs("</tbody>\n</table>\n", stream);
    html_close_scroller(stream);
}

bool html_has_sites(const struct report *report) {
    return !report->hunted && !report->proves && html_tables(report) < report->probes_count;
}

void html_sites(FILE *stream, const struct report *report) {
    if (!html_has_sites(report))
        return;
    fputs("<section id=\"sites\">\n<h2>CPUID sites</h2>\n", stream);
    for (size_t i = 0; i < report->probes_count; i++) {
        if (!report->probes[i].is_table)
            html_probe_sites(stream, &report->probes[i]);
    }
    fputs("</section>\n", stream);
}
