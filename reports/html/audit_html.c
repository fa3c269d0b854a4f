/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/formats.h"
#include "reports/html/assets.h"
#include "reports/html/html.h"

#include <inttypes.h>

/*
 * An audit as one page that needs nothing else, not even a script: survivors first, then what each
 * kind of change comes to and turns red, then every mutant, folded up by probe.
 */
#define REASONS_MAX 32u

/* Whose look a fate has. */
static const enum report_verdict fate_looks[AUDIT_FATES] = {
    [AUDIT_UNDONE] = REPORT_NOT_EXERCISED, [AUDIT_KILLED] = REPORT_PASS,
    [AUDIT_SURVIVED] = REPORT_FAIL,        [AUDIT_EQUIVALENT] = REPORT_INFO,
    [AUDIT_INVALID] = REPORT_ERROR,        [AUDIT_LOST] = REPORT_ERROR,
};

static void html_fate(FILE *stream, enum audit_fate fate) {
    fprintf(stream, "<span class=\"verdict %s\">%s</span>", report_verdict_text(fate_looks[fate]),
            audit_fate_text(fate));
}

/* A count in a table: zeros, which are most, stand back. */
static void html_cell(FILE *stream, size_t count) {
    fprintf(stream, "<td class=\"count%s\">%zu</td>", count == 0 ? " zero" : "", count);
}

/* What the page is of: the probe, or how many. */
static void html_subject(FILE *stream, const struct audit_report *report) {
    if (report->probes_count == 1)
        html_text(stream, report->probes[0].name);
    else
        html_count(stream, report->probes_count, "probe");
}

static void html_head(FILE *stream, const struct audit_report *report, size_t survived) {
    size_t lost = audit_report_count(report, report->changes_count, AUDIT_LOST);
    size_t undone = audit_report_count(report, report->changes_count, AUDIT_UNDONE);

    fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src ",
          stream);
    html_policy_hash(stream, html_page_css);
    fputs("; base-uri 'none'; form-action 'none'\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n<title>",
          stream);
    html_subject(stream, report);
    fprintf(stream,
            ": %zu survived, hvspec audit</title>\n<style>%s</style>\n</head>\n"
            "<body>\n<header>\n<h1><span class=\"brand\">hvspec audit</span> ",
            survived, html_page_css);
    html_subject(stream, report);
    fprintf(stream, " <span class=\"result %s\">%s</span></h1>\n<p class=\"facts\">",
            survived ? "fail"
            : lost   ? "error"
                     : "pass",
            survived ? "some mutants survived"
            : lost   ? "some mutants were lost: the harness failed"
                     : "no mutant survived");
    html_count(stream, report->probes_count, "probe");
    fprintf(stream, ", seed %" PRIu64 "%s, hvspec %s", report->seed,
            report->thorough ? ", thorough" : "", report->version);
    if (report->shards > 0)
        fprintf(stream, ", part %u of %u", report->shard, report->shards);
    if (report->interrupted)
        fprintf(stream, ", interrupted: %zu mutants not run", undone);
    fputs("</p>\n<ul class=\"counts\" aria-label=\"Mutants by fate\">\n", stream);
    for (enum audit_fate fate = 0; fate < AUDIT_FATES; fate++) {
        size_t count = audit_report_count(report, report->changes_count, fate);

        if (count == 0)
            continue;
        fprintf(stream, "<li><b>%zu</b> ", count);
        html_fate(stream, fate);
        fputs("</li>\n", stream);
    }
    fputs("</ul>\n<nav aria-label=\"Sections\"><a href=\"#survivors\">Survivors</a> "
          "<a href=\"#changes\">Changes</a> <a href=\"#rules\">Rules</a> "
          "<a href=\"#equivalent\">Equivalent</a> <a href=\"#mutants\">Mutants</a></nav>\n"
          "</header>\n<main>\n",
          stream);
}

static void html_code(FILE *stream, const struct audit_mutant *mutant) {
    fputs("<code>", stream);
    html_text(stream, mutant->before ? mutant->before : "");
    fputs("</code> → <code>", stream);
    html_text(stream, mutant->after ? mutant->after : "");
    fputs("</code>", stream);
}

static void html_survivors(FILE *stream, const struct audit_report *report) {
    char place[AUDIT_PLACE_SIZE];
    bool any = false;

    fputs("<section id=\"survivors\">\n<h2>Survivors</h2>\n", stream);
    for (size_t i = 0; i < report->probes_count; i++) {
        for (size_t j = 0; j < report->probes[i].mutants_count; j++) {
            const struct audit_mutant *mutant = &report->probes[i].mutants[j];

            if (mutant->fate != AUDIT_SURVIVED)
                continue;
            any = true;
            fputs("<article class=\"fail\">\n<h3>", stream);
            html_text(stream, report->changes[mutant->change].name);
            fputs("</h3>\n<dl>\n", stream);
            html_term(stream, "probe", report->probes[i].name);
            html_term(stream, "place", audit_place_text(mutant, place));
            html_term(stream, "before", mutant->before);
            html_term(stream, "after", mutant->after);
            html_term(stream, mutant->differs ? "differs at" : "difference",
                      mutant->differs ? mutant->difference : "none found; nothing says why");
            fputs("</dl>\n</article>\n", stream);
        }
    }
    fputs(any ? "</section>\n" : "<p>None.</p>\n</section>\n", stream);
}

static void html_changes(FILE *stream, const struct audit_report *report) {
    fputs("<section id=\"changes\">\n<h2>Changes</h2>\n", stream);
    html_open_scroller(stream, "Changes by fate");
    fputs("<table class=\"sites\">\n<thead><tr><th>change</th><th>what</th>", stream);
    for (enum audit_fate fate = 0; fate < AUDIT_FATES; fate++)
        fprintf(stream, "<th class=\"count\">%s</th>", audit_fate_text(fate));
    fputs("</tr></thead>\n<tbody>\n", stream);
    for (size_t change = 0; change < report->changes_count; change++) {
        fputs("<tr>", stream);
        html_element(stream, "th", report->changes[change].name);
        fputs("<td class=\"what\">", stream);
        html_text(stream, report->changes[change].what);
        fputs("</td>", stream);
        for (enum audit_fate fate = 0; fate < AUDIT_FATES; fate++)
            html_cell(stream, audit_report_count(report, change, fate));
        fputs("</tr>\n", stream);
    }
    fputs("</tbody>\n</table>\n", stream);
    html_close_scroller(stream);
    fputs("</section>\n", stream);
}

/* Rules that some mutant turns red, by change. */
static void html_rules(FILE *stream, const struct audit_report *report) {
    fputs("<section id=\"rules\">\n<h2>Rules that turn red</h2>\n", stream);
    html_open_scroller(stream, "Rules by change");
    fputs("<table class=\"sites\">\n<thead><tr><th>rule</th>", stream);
    for (size_t change = 0; change < report->changes_count; change++)
        fprintf(stream, "<th class=\"count\">%s</th>", report->changes[change].name);
    fputs("</tr></thead>\n<tbody>\n", stream);
    for (size_t rule = 0; rule < report->rules_count; rule++) {
        size_t all = 0;

        for (size_t change = 0; change < report->changes_count; change++)
            all += audit_report_reds(report, change, rule);
        if (all == 0)
            continue;
        fputs("<tr>", stream);
        html_element(stream, "th", report->rules[rule].id);
        for (size_t change = 0; change < report->changes_count; change++)
            html_cell(stream, audit_report_reds(report, change, rule));
        fputs("</tr>\n", stream);
    }
    fputs("</tbody>\n</table>\n", stream);
    html_close_scroller(stream);
    fputs("</section>\n", stream);
}

static void html_reasons(FILE *stream, const struct audit_report *report) {
    struct audit_reason_count reasons[REASONS_MAX];
    size_t count = audit_report_reasons(report, reasons, REASONS_MAX);

    fputs("<section id=\"equivalent\">\n<h2>Equivalent because</h2>\n<ul>\n", stream);
    for (size_t i = 0; i < count; i++) {
        fputs("<li>", stream);
        html_text(stream, reasons[i].reason);
        fprintf(stream, ": %zu, of them %zu proven</li>\n", reasons[i].mutants, reasons[i].proven);
    }
    fputs("</ul>\n", stream);
    for (size_t i = 0; i < report->probes_count; i++) {
        fputs("<p><b>", stream);
        html_text(stream, report->probes[i].name);
        fputs("</b>: ", stream);
        html_text(stream, report->probes[i].search);
        fputs("</p>\n", stream);
    }
    fputs("</section>\n", stream);
}

/* What each probe's numbers hold for. */
static void html_statements(FILE *stream, const struct audit_report *report) {
    fputs("<section id=\"stated\">\n<h2>Stated</h2>\n<dl>\n", stream);
    for (size_t i = 0; i < report->probes_count; i++) {
        for (size_t k = 0; k < report->probes[i].statements_count; k++)
            html_term(stream, report->probes[i].name, report->probes[i].statements[k].text);
    }
    fputs("</dl>\n</section>\n", stream);
}

static bool html_any_statement(const struct audit_report *report) {
    for (size_t i = 0; i < report->probes_count; i++) {
        if (report->probes[i].statements_count > 0)
            return true;
    }
    return false;
}

static void html_mutant(FILE *stream, const struct audit_report *report,
                        const struct audit_mutant *mutant) {
    char place[AUDIT_PLACE_SIZE];
    const char *before = "";

    fputs("<tr>", stream);
    html_element(stream, "td", audit_place_text(mutant, place));
    html_element(stream, "td", report->changes[mutant->change].name);
    fputs("<td>", stream);
    html_code(stream, mutant);
    fputs("</td><td>", stream);
    html_fate(stream, mutant->fate);
    fputs("</td><td>", stream);
    for (size_t rule = 0; rule < report->rules_count; rule++) {
        if (!(mutant->red >> rule & 1))
            continue;
        fputs(before, stream);
        html_text(stream, report->rules[rule].id);
        before = ", ";
    }
    if (mutant->reason) {
        html_text(stream, audit_way_text(mutant));
        fputs(": ", stream);
        html_text(stream, mutant->reason);
    }
    fputs("</td></tr>\n", stream);
}

static void html_mutants(FILE *stream, const struct audit_report *report) {
    fputs("<section id=\"mutants\">\n<h2>Mutants</h2>\n", stream);
    for (size_t i = 0; i < report->probes_count; i++) {
        const struct audit_probe *probe = &report->probes[i];

        fputs("<details class=\"group\">\n<summary>", stream);
        html_text(stream, probe->name);
        fputs(": ", stream);
        html_count(stream, probe->mutants_count, "mutant");
        fputs(" of ", stream);
        html_count(stream, probe->instructions, "instruction");
        fputs("</summary>\n", stream);
        html_open_scroller(stream, "Mutants");
        fputs("<table class=\"sites\">\n<thead><tr><th>place</th><th>change</th><th>code</th>"
              "<th>fate</th><th>rules or reason</th></tr></thead>\n<tbody>\n",
              stream);
        for (size_t j = 0; j < probe->mutants_count; j++)
            html_mutant(stream, report, &probe->mutants[j]);
        fputs("</tbody>\n</table>\n", stream);
        html_close_scroller(stream);
        fputs("</details>\n", stream);
    }
    fputs("</section>\n", stream);
}

bool audit_html_write(const struct audit_report *report, const struct report_style *style,
                      FILE *stream) {
    (void)style;
    html_head(stream, report, audit_report_count(report, report->changes_count, AUDIT_SURVIVED));
    if (html_any_statement(report))
        html_statements(stream, report);
    html_survivors(stream, report);
    html_changes(stream, report);
    html_rules(stream, report);
    html_reasons(stream, report);
    html_mutants(stream, report);
    fputs("</main>\n</body>\n</html>\n", stream);
    return !ferror(stream);
}
