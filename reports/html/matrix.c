/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/html/html.h"

#include <string.h>

/* A bit for each verdict: what a row or a group of rows shows. */
static unsigned html_bit(enum report_verdict verdict) {
    return 1u << verdict;
}

void html_data_verdicts(FILE *stream, unsigned verdicts) {
    const char *separator = "";

    fputs(" data-v=\"", stream);
    for (unsigned i = 0; i < REPORT_VERDICTS; i++) {
        if (!(verdicts & html_bit(i)))
            continue;
        fprintf(stream, "%s%s", separator, report_verdict_text(i));
        separator = " ";
    }
    fputc('"', stream);
}

static void html_legend(FILE *stream) {
    fputs("<p class=\"legend\">", stream);
    for (unsigned i = 0; i < REPORT_VERDICTS; i++) {
        html_verdict(stream, i);
        fputc('\n', stream);
    }
    fputs("</p>\n", stream);
}

/* A column's head, standing upright to be narrow. */
static void html_upright(FILE *stream, const char *href_probe, size_t probe, const char *text) {
    fputs("<th scope=\"col\"><a href=\"#", stream);
    if (href_probe)
        html_anchor(stream, probe, href_probe);
    else
        fprintf(stream, "p%zu", probe + 1);
    fputs("\"><span>", stream);
    html_text(stream, text);
    fputs("</span></a></th>\n", stream);
}

/* --- Rules x probes. --- */

static const struct report_rule *html_find_rule(const struct report_probe *probe, const char *id) {
    for (size_t i = 0; i < probe->rules_count; i++) {
        if (strcmp(probe->rules[i].id, id) == 0)
            return &probe->rules[i];
    }
    return NULL;
}

static void html_rule_cell(FILE *stream, size_t probe, const struct report_rule *rule) {
    if (!rule) {
        fputs("<td><span class=\"spoken\">not selected</span></td>", stream);
        return;
    }
    fprintf(stream, "<td class=\"%s\"><a href=\"#", report_verdict_text(rule->verdict));
    html_anchor(stream, probe, rule->id);
    fputs("\">", stream);
    html_spoken(stream, rule->verdict);
    fputs("</a></td>", stream);
}

static void html_rule_row(FILE *stream, const struct report *report, const char *id) {
    unsigned verdicts = 0;

    for (size_t i = 0; i < report->probes_count; i++) {
        const struct report_rule *rule = html_find_rule(&report->probes[i], id);

        verdicts |= rule ? html_bit(rule->verdict) : 0;
    }
    fputs("<tr", stream);
    html_data_verdicts(stream, verdicts);
    fputs("><th scope=\"row\">", stream);
    html_text(stream, id);
    fputs("</th>", stream);
    for (size_t i = 0; i < report->probes_count; i++)
        html_rule_cell(stream, i, html_find_rule(&report->probes[i], id));
    fputs("</tr>\n", stream);
}

/* Some probe before this one has the rule as well, and its row. */
static bool html_has_row(const struct report *report, size_t probe, const char *id) {
    for (size_t i = 0; i < probe; i++) {
        if (html_find_rule(&report->probes[i], id))
            return true;
    }
    return false;
}

static void html_rules_by_probes(FILE *stream, const struct report *report) {
    html_open_scroller(stream, "Rules by probes");
    fputs("<table class=\"matrix\" data-group>\n<thead><tr><th scope=\"col\">Rule</th>\n", stream);
    for (size_t i = 0; i < report->probes_count; i++)
        html_upright(stream, NULL, i, report->probes[i].name);
    fputs("</tr></thead>\n<tbody>\n", stream);
    for (size_t i = 0; i < report->probes_count; i++) {
        for (size_t k = 0; k < report->probes[i].rules_count; k++) {
            if (!html_has_row(report, i, report->probes[i].rules[k].id))
                html_rule_row(stream, report, report->probes[i].rules[k].id);
        }
    }
    fputs("</tbody>\n</table>\n", stream);
    html_close_scroller(stream);
}

/* --- Rules x scenarios of one probe, section by section. --- */

/* The scenarios of one folder: "max" of max/unsigned. */
struct html_section {
    const struct report_probe *probe;
    const struct report_scenario *first;
    size_t count;
};

static size_t html_section_name(const char *id) {
    return strcspn(id, "/");
}

static struct html_section html_section(const struct report_probe *probe, size_t first) {
    struct html_section section = {probe, &probe->scenarios[first], 1};
    size_t length = html_section_name(section.first->id);

    while (first + section.count < probe->scenarios_count) {
        const char *id = probe->scenarios[first + section.count].id;

        if (html_section_name(id) != length || strncmp(id, section.first->id, length) != 0)
            break;
        section.count++;
    }
    return section;
}

bool html_is_judged(enum report_verdict verdict) {
    return verdict != REPORT_NOT_EXERCISED && verdict != REPORT_NOT_APPLICABLE;
}

/* A column that says nothing in the whole section is left out. */
static bool html_has_column(const struct html_section *section, size_t rule) {
    for (size_t i = 0; i < section->count; i++) {
        if (html_is_judged(section->first[i].verdicts[rule]))
            return true;
    }
    return false;
}

size_t html_example_of(const struct report_rule *rule, const char *scenario) {
    for (size_t i = 0; i < rule->examples_count; i++) {
        if (strcmp(rule->examples[i].scenario_id, scenario) == 0)
            return i + 1;
    }
    return 0;
}

/* Where the reader finds most about a cell: the rule's own example from the scenario, the cell's
 * section, or the rule. */
static void html_cell_link(FILE *stream, const struct report_probe *probe, size_t scenario,
                           size_t rule) {
    size_t example = html_example_of(&probe->rules[rule], probe->scenarios[scenario].id);

    fputs("<a href=\"#", stream);
    if (example == 0 && probe->scenarios[scenario].cells)
        html_cell_anchor(stream, scenario, rule);
    else
        html_anchor(stream, 0, probe->rules[rule].id);
    if (example > 0)
        fprintf(stream, "-%zu", example);
    fputs("\">", stream);
}

/* Cells that were not judged, and without sections those that pass, stay bare: in thousands they
 * are the page's size. The column's head leads to the rule. */
static void html_scenario_cell(FILE *stream, const struct report_probe *probe, size_t scenario,
                               size_t rule) {
    enum report_verdict verdict = probe->scenarios[scenario].verdicts[rule];
    bool passes = verdict == REPORT_PASS;

    if (!html_is_judged(verdict) || (passes && !probe->scenarios[scenario].cells)) {
        fprintf(stream, "<td%s>%s</td>", passes ? " class=\"pass\"" : "", html_mark(verdict));
        return;
    }
    fprintf(stream, "<td class=\"%s%s\">", report_verdict_text(verdict),
            html_cell_is_listed(&probe->rules[rule], probe->scenarios[scenario].id) ? " listed"
                                                                                    : "");
    html_cell_link(stream, probe, scenario, rule);
    if (passes)
        fputs(html_mark(verdict), stream);
    else
        html_spoken(stream, verdict);
    fputs("</a></td>", stream);
}

unsigned html_scenario_verdicts(const struct report_probe *probe,
                                const struct report_scenario *scenario) {
    unsigned verdicts = 0;

    for (size_t i = 0; i < probe->rules_count; i++)
        verdicts |= html_bit(scenario->verdicts[i]);
    return verdicts;
}

static void html_scenario_row(FILE *stream, const struct html_section *section,
                              const struct report_scenario *scenario) {
    fputs("<tr", stream);
    html_data_verdicts(stream, html_scenario_verdicts(section->probe, scenario));
    fputs("><th scope=\"row\">", stream);
    html_text(stream, scenario->id);
    fputs(" <small>", stream);
    html_text(stream, scenario->title);
    fputs("; ", stream);
    html_count(stream, scenario->cases, "case");
    fputs("</small></th>", stream);
    for (size_t i = 0; i < section->probe->rules_count; i++) {
        if (html_has_column(section, i))
            html_scenario_cell(stream, section->probe,
                               (size_t)(scenario - section->probe->scenarios), i);
    }
    fputs("</tr>\n", stream);
}

/* "max 29 scenarios, 1203 cases", and how many of them show what must not be. */
static void html_section_summary(FILE *stream, const struct html_section *section) {
    static const enum report_verdict told[] = {REPORT_FAIL, REPORT_NONSTRICT, REPORT_ERROR};
    size_t cases = 0;

    for (size_t i = 0; i < section->count; i++)
        cases += section->first[i].cases;
    fputs("<summary><b>", stream);
    html_span(stream, section->first->id,
              section->first->id + html_section_name(section->first->id));
    fputs("</b> <span class=\"extent\">", stream);
    html_count(stream, section->count, "scenario");
    fputs(", ", stream);
    html_count(stream, cases, "case");
    fputs("</span>", stream);
    for (size_t k = 0; k < sizeof told / sizeof told[0]; k++) {
        size_t count = 0;

        for (size_t i = 0; i < section->count; i++)
            count += (html_scenario_verdicts(section->probe, &section->first[i]) &
                      html_bit(told[k])) != 0;
        if (count > 0) {
            fprintf(stream, " %zu ", count);
            html_verdict(stream, told[k]);
        }
    }
    fputs("</summary>\n", stream);
}

static void html_section_table(FILE *stream, const struct html_section *section) {
    fputs("<details class=\"group\" data-group>\n", stream);
    html_section_summary(stream, section);
    html_open_scroller(stream, "Scenarios by rules");
    fputs("<table class=\"matrix\">\n<thead><tr><th scope=\"col\">Scenario</th>\n", stream);
    for (size_t i = 0; i < section->probe->rules_count; i++) {
        const char *id = section->probe->rules[i].id;

        if (html_has_column(section, i))
            html_upright(stream, id, 0, id);
    }
    fputs("</tr></thead>\n<tbody>\n", stream);
    for (size_t i = 0; i < section->count; i++)
        html_scenario_row(stream, section, &section->first[i]);
    fputs("</tbody>\n</table>\n", stream);
    html_close_scroller(stream);
    fputs("</details>\n", stream);
}

static void html_rules_by_scenarios(FILE *stream, const struct report_probe *probe) {
    fputs("<p>A row is a scenario, a column a rule. Rules that no scenario of a section reaches "
          "have no column there.</p>\n",
          stream);
    for (size_t i = 0; i < probe->scenarios_count;) {
        struct html_section section = html_section(probe, i);

        html_section_table(stream, &section);
        i += section.count;
    }
}

void html_matrix(FILE *stream, const struct report *report) {
    fputs("<section id=\"matrix\">\n<h2>Matrix</h2>\n", stream);
    html_legend(stream);
    if (report->probes_count == 1 && report->probes[0].scenarios_count > 0)
        html_rules_by_scenarios(stream, &report->probes[0]);
    else if (report->probes_count > 0)
        html_rules_by_probes(stream, report);
    else
        fputs("<p>No probe was judged.</p>\n", stream);
    if (html_has_scenarios(report))
        fputs("<p class=\"on-paper\">The scenarios' cases are on the page itself, and left out of "
              "print.</p>\n",
              stream);
    fputs("</section>\n", stream);
}
