/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/html/html.h"

#include <inttypes.h>
#include <string.h>

/*
 * Where the code works today: a row a scenario that is a real machine's table, a column a probe,
 * and in it the plain answers. What rules say of the same scenarios hangs on twins too, which no
 * hypervisor shows, and is the matrix's.
 */
#define HYPERVISORS "hypervisors/"

static bool hypervisors_is(const struct report_scenario *scenario) {
    return strncmp(scenario->id, HYPERVISORS, strlen(HYPERVISORS)) == 0;
}

static size_t hypervisors_count(const struct report_probe *probe) {
    size_t count = 0;

    for (size_t i = 0; !probe->is_table && i < probe->scenarios_count; i++)
        count += hypervisors_is(&probe->scenarios[i]);
    return count;
}

/* The rows are those of the probe that ran most of them: a probe's own cases may leave some out. */
static const struct report_probe *hypervisors_rows(const struct report *report) {
    const struct report_probe *rows = NULL;
    size_t most = 0;

    for (size_t i = 0; i < report->probes_count; i++) {
        size_t count = hypervisors_count(&report->probes[i]);

        if (count > most) {
            most = count;
            rows = &report->probes[i];
        }
    }
    return rows;
}

bool html_has_hypervisors(const struct report *report) {
    return hypervisors_rows(report) != NULL;
}

static const struct report_scenario *hypervisors_find(const struct report_probe *probe,
                                                      const char *id) {
    for (size_t i = 0; i < probe->scenarios_count; i++) {
        if (strcmp(probe->scenarios[i].id, id) == 0)
            return &probe->scenarios[i];
    }
    return NULL;
}

/* What went wrong, each kind with its number. */
static void hypervisors_kinds(FILE *stream, const struct report_plain *plain) {
    const struct {
        uint64_t count;
        const char *what;
    } kinds[] = {
        {plain->wrongly_available, "available, though absent"},
        {plain->wrongly_absent, "absent, though available"},
        {plain->inexact, "with another value or kind of absence"},
        {plain->unanswered, "without an answer"},
        {plain->unjudged, "could not be judged"},
    };
    const char *separator = " ";

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i].count == 0)
            continue;
        fprintf(stream, "%s%" PRIu64 " %s", separator, kinds[i].count, kinds[i].what);
        separator = ", ";
    }
}

static void hypervisors_cell(FILE *stream, const struct report_scenario *scenario) {
    const struct report_plain *plain = scenario ? &scenario->plain : NULL;
    uint64_t wrong;

    if (!plain || plain->questions == 0) {
        fputs("<td><span class=\"verdict not-exercised\">not asked</span></td>", stream);
        return;
    }
    wrong = report_plain_wrong(plain);
    fputs("<td>", stream);
    if (wrong > 0)
        fprintf(stream, "<span class=\"verdict fail\">%" PRIu64 " of %" PRIu64 " wrong</span>",
                wrong, plain->questions);
    else if (plain->unjudged > 0)
        fputs("<span class=\"verdict error\">error</span>", stream);
    else
        fprintf(stream, "<span class=\"verdict pass\">right</span> %" PRIu64 " of %" PRIu64,
                plain->questions, plain->questions);
    hypervisors_kinds(stream, plain);
    fputs("</td>", stream);
}

static void hypervisors_row(FILE *stream, const struct report *report,
                            const struct report_scenario *row) {
    fputs("<tr><th scope=\"row\">", stream);
    html_text(stream, row->title);
    fputs(" <small>", stream);
    html_text(stream, row->id);
    fputs("</small></th>", stream);
    for (size_t i = 0; i < report->probes_count; i++) {
        if (!report->probes[i].is_table)
            hypervisors_cell(stream, hypervisors_find(&report->probes[i], row->id));
    }
    fputs("</tr>\n", stream);
}

void html_hypervisors(FILE *stream, const struct report *report) {
    const struct report_probe *rows = hypervisors_rows(report);

    if (!rows)
        return;
    fputs(
        "<section id=\"hypervisors\">\n<h2>On real hypervisors</h2>\n"
        "<p>What the code answers there today: each question of the cases that ran, asked alone "
        "from "
        "a fresh start with nothing in the table changed but what the caller guarantees. A right "
        "answer is one answer under one table. Whether a rule is kept also hangs on what must not "
        "matter, on the order of asking and on other tables; the matrix says that.</p>\n",
        stream);
    html_open_scroller(stream, "Plain answers by hypervisor");
    fputs("<table class=\"features hypervisors\">\n<thead><tr><th scope=\"col\">Table</th>",
          stream);
    for (size_t i = 0; i < report->probes_count; i++) {
        if (report->probes[i].is_table)
            continue;
        fputs("<th scope=\"col\">", stream);
        html_text(stream, report->probes[i].name);
        fputs("</th>", stream);
    }
    fputs("</tr></thead>\n<tbody>\n", stream);
    for (size_t i = 0; i < rows->scenarios_count; i++) {
        if (hypervisors_is(&rows->scenarios[i]))
            hypervisors_row(stream, report, &rows->scenarios[i]);
    }
    fputs("</tbody>\n</table>\n", stream);
    html_close_scroller(stream);
    fputs("</section>\n", stream);
}
