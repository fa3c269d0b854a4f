/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/html/html.h"

#include "base/sha256.h"
#include "reports/formats.h"
#include "reports/html/assets.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/*
 * The report as one page that needs nothing else: no network, no second file, and no script except
 * for the filter. Its security policy allows the embedded style sheet and script by their hashes
 * and nothing more, so that not even a slip in escaping could run a probe author's text.
 */

size_t html_tables(const struct report *report) {
    size_t count = 0;

    for (size_t i = 0; i < report->probes_count; i++)
        count += report->probes[i].is_table;
    return count;
}

/* Whose look the result has, by exit code. */
static const enum report_verdict html_results[] = {REPORT_PASS, REPORT_FAIL, REPORT_NOT_EXERCISED,
                                                   REPORT_ERROR};

/* A hexadecimal digit's value. */
static unsigned html_digit(char digit) {
    return digit <= '9' ? (unsigned)(digit - '0') : (unsigned)(digit - 'a') + 10;
}

/* The hash in base 64 (RFC 4648). */
void html_policy_hash(FILE *stream, const char *text) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char hash[SHA256_TEXT_SIZE];

    sha256_text(text, strlen(text), hash);
    fputs("'sha256-", stream);
    for (unsigned bit = 0; bit < 256; bit += 6) { /* the last digit has 4 bits, then two of 0 */
        unsigned value = 0;

        for (unsigned i = bit; i < bit + 6; i++)
            value = value << 1 | (i < 256 ? html_digit(hash[i / 4]) >> (3 - i % 4) & 1 : 0);
        fputc(digits[value], stream);
    }
    fputs("='", stream);
}

static void html_head(FILE *stream, const struct report *report) {
    char result[REPORT_RESULT_SIZE];

    fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src ",
          stream);
    html_policy_hash(stream, html_page_css);
    fputs("; script-src ", stream);
    html_policy_hash(stream, html_page_js);
    fputs("; base-uri 'none'; form-action 'none'\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n<title>hvspec: ",
          stream);
    if (report->probes_count == 1) {
        html_text(stream, report->probes[0].name);
        fputc(' ', stream);
    }
    fprintf(stream, "%s</title>\n<style>%s</style>\n</head>\n", report_result_text(report, result),
            html_page_css);
}

static void html_facts(FILE *stream, const struct report *report) {
    size_t tables = html_tables(report);

    fputs("<p class=\"facts\">", stream);
    if (tables < report->probes_count)
        html_count(stream, report->probes_count - tables, "probe");
    if (tables > 0 && tables < report->probes_count)
        fputs(", ", stream);
    if (tables > 0)
        html_count(stream, tables, "table");
    if (!report->proves) {
        fputs(", ", stream);
        html_count(stream, report->cases, "case");
    }
    if (!report->proves && tables < report->probes_count) {
        fputs(", ", stream);
        html_count(stream, report->runs, "run");
    }
    fprintf(stream, ", seed %" PRIu64 "%s", report->seed, report->strict ? ", strict" : "");
    if (report->profile) {
        fputs(", profile ", stream);
        html_text(stream, report->profile);
    }
    fprintf(stream, ", hvspec %s", report->version);
    if (report->gate.path) {
        fputs(", ", stream);
        html_count(stream, report->gate.listed, "violation");
        fputs(" listed in ", stream);
        html_text(stream, report->gate.path);
    }
    fputs("</p>\n", stream);
}

static void html_counts(FILE *stream, const size_t counts[REPORT_VERDICTS]) {
    fputs("<ul class=\"counts\">\n", stream);
    for (unsigned i = 0; i < REPORT_VERDICTS; i++) {
        if (counts[i] == 0)
            continue;
        fprintf(stream, "<li><b>%zu</b> ", counts[i]);
        html_verdict(stream, i);
        fputs("</li>\n", stream);
    }
    fputs("</ul>\n", stream);
}

/* The verdict is no more than this. */
static void html_limits(FILE *stream, const struct report *report) {
    bool lost;
    char *limits = report_limits(report, &lost);

    if (limits || lost) {
        fputs("<p class=\"limits\">given ", stream);
        html_text(stream, limits ? limits : "what is stated");
        fputs("</p>\n", stream);
    }
    free(limits);
}

static const char *html_broken_title(const struct report *report) {
    return report->proves ? "Refuted and open rules" : "Broken rules";
}

static void html_header(FILE *stream, const struct report *report,
                        const size_t counts[REPORT_VERDICTS]) {
    char result[REPORT_RESULT_SIZE];

    fputs("<header>\n<h1><span class=\"brand\">hvspec</span> ", stream);
    if (report->probes_count == 1) {
        html_text(stream, report->probes[0].name);
        fputc(' ', stream);
    }
    fprintf(stream, "<span class=\"result %s\">%s</span></h1>\n",
            report_verdict_text(html_results[report_exit_code(report)]),
            report_result_text(report, result));
    html_limits(stream, report);
    html_facts(stream, report);
    html_counts(stream, counts);
    fputs("<nav aria-label=\"Sections\">", stream);
    if (report->gate.path)
        fputs("<a href=\"#changed\">Changed</a> ", stream);
    fprintf(stream, "<a href=\"#broken\">%s</a> <a href=\"#matrix\">Matrix</a> ",
            html_broken_title(report));
    if (html_has_hypervisors(report))
        fputs("<a href=\"#hypervisors\">On real hypervisors</a> ", stream);
    if (html_tables(report) > 0)
        fputs("<a href=\"#offers\">What is offered</a> ", stream);
    fputs("<a href=\"#rules\">Rules</a> ", stream);
    if (html_has_scenarios(report))
        fputs("<a href=\"#scenarios\">Scenarios</a> ", stream);
    if (html_has_sites(report))
        fputs("<a href=\"#sites\">CPUID sites</a>", stream);
    fputs("</nav>\n</header>\n", stream);
}

/* Hidden until the script that it needs has shown that it runs. */
static void html_filter(FILE *stream, const size_t counts[REPORT_VERDICTS]) {
    fputs("<form id=\"filter\" hidden>\n<fieldset><legend>Show</legend>\n", stream);
    for (unsigned i = 0; i < REPORT_VERDICTS; i++) {
        if (counts[i] == 0)
            continue;
        fprintf(stream, "<label><input type=\"checkbox\" value=\"%s\" checked> ",
                report_verdict_text(i));
        html_verdict(stream, i);
        fputs("</label>\n", stream);
    }
    fputs("</fieldset>\n<label class=\"search\">Text <input type=\"search\" autocomplete=\"off\" "
          "spellcheck=\"false\" placeholder=\"rule, scenario, case, source\"></label>\n"
          "<button type=\"reset\">Show all</button>\n<output></output>\n</form>\n",
          stream);
}

static bool html_is_broken(const struct report_rule *rule) {
    return rule->verdict == REPORT_FAIL || rule->verdict == REPORT_NONSTRICT ||
           rule->verdict == REPORT_ERROR;
}

static void html_broken_rule(FILE *stream, const struct report *report, size_t probe,
                             const struct report_rule *rule) {
    fprintf(stream, "<li data-v=\"%s\">", report_verdict_text(rule->verdict));
    html_rule_verdict(stream, rule);
    fputc(' ', stream);
    html_section_link(stream, report, probe, rule->id);
    fputs("<span class=\"extent\">", stream);
    if (rule->verdict == REPORT_ERROR && rule->reason) {
        html_text(stream, rule->reason);
    } else {
        fprintf(stream, "%" PRIu64 " of ", rule->violations);
        html_count(stream, rule->cases, "case");
    }
    fputs("</span></li>\n", stream);
}

static void html_broken_probe(FILE *stream, const struct report_probe *probe, size_t index) {
    fputs("<li data-v=\"error\">", stream);
    html_verdict(stream, REPORT_ERROR);
    fprintf(stream, " <a href=\"#p%zu\">", index + 1);
    html_text(stream, probe->name);
    fputs("</a> could not be judged</li>\n", stream);
}

/* What the reader came for, first. */
static void html_broken(FILE *stream, const struct report *report) {
    bool any = false;

    fprintf(stream, "<section id=\"broken\">\n<h2>%s</h2>\n<ul class=\"broken\" data-group>\n",
            html_broken_title(report));
    for (size_t i = 0; i < report->probes_count; i++) {
        if (report_error_is_unlisted(&report->probes[i])) {
            html_broken_probe(stream, &report->probes[i], i);
            any = true;
        }
        for (size_t k = 0; k < report->probes[i].rules_count; k++) {
            if (!html_is_broken(&report->probes[i].rules[k]))
                continue;
            html_broken_rule(stream, report, i, &report->probes[i].rules[k]);
            any = true;
        }
    }
    fprintf(stream, "</ul>\n%s</section>\n", any ? "" : "<p>None.</p>\n");
}

bool html_write(const struct report *report, const struct report_style *style, FILE *stream) {
    size_t counts[REPORT_VERDICTS];
    char result[REPORT_RESULT_SIZE];

    (void)style;
    report_count(report, counts);
    html_head(stream, report);
    fputs("<body>\n<a class=\"skip\" href=\"#broken\">Skip to the broken rules</a>\n", stream);
    html_header(stream, report, counts);
    html_filter(stream, counts);
    html_leafmap_shared(stream);
    fputs("<main>\n", stream);
    html_gate(stream, report);
    html_broken(stream, report);
    html_hypervisors(stream, report);
    html_matrix(stream, report);
    html_offers(stream, report);
    html_cases(stream, report);
    html_scenarios(stream, report);
    html_sites(stream, report);
    fprintf(stream, "</main>\n<footer>%s</footer>\n<script>%s</script>\n</body>\n</html>\n",
            report_result_text(report, result), html_page_js);
    return !ferror(stream);
}
