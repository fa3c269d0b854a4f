/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/html/html.h"

#include <string.h>

/*
 * The scenarios of a single probe, and in each the cells of its row of the matrix: what is broken
 * in full, what holds as a list of rules, and one run that breaks nothing. A requirement stands
 * with its rule, where each cell leads, and not hundreds of times.
 */

void html_cell_anchor(FILE *stream, size_t scenario, size_t rule) {
    fprintf(stream, "s%zu-%zu", scenario + 1, rule + 1);
}

/* True for a case of the scenario: its id, a colon and values. */
static bool html_is_case_of(const char *case_id, const char *scenario) {
    size_t length = strlen(scenario);

    return strncmp(case_id, scenario, length) == 0 &&
           (case_id[length] == ':' || case_id[length] == '\0');
}

/* The first of the cases that is of the scenario; NULL: none is. */
static const char *html_case_of(const char *const *cases, size_t count, const char *scenario) {
    for (size_t i = 0; i < count; i++) {
        if (html_is_case_of(cases[i], scenario))
            return cases[i];
    }
    return NULL;
}

bool html_cell_is_listed(const struct report_rule *rule, const char *scenario) {
    return rule->lines_count > 0 && rule->violating_cases &&
           html_case_of(rule->violating_cases, rule->violations, scenario) &&
           !html_case_of(rule->unlisted_cases, rule->unlisted, scenario);
}

/* Behind "<a " or "<a id=...": what of it leads to the rule. */
static void html_rule_link(FILE *stream, const struct report_rule *rule) {
    fputs("href=\"#", stream);
    html_anchor(stream, 0, rule->id);
    fputs("\">", stream);
    html_text(stream, rule->id);
    fputs("</a>", stream);
}

/* --- A cell that is not simply green. --- */

/* The rule has an example of this scenario, or none was kept of the cell. */
static void html_cell_elsewhere(FILE *stream, const struct report_rule *rule,
                                const char *scenario) {
    size_t example = html_example_of(rule, scenario);
    const char *first = rule->violating_cases
                            ? html_case_of(rule->violating_cases, rule->violations, scenario)
                            : NULL;

    if (example > 0) {
        fputs("<p><a href=\"#", stream);
        html_anchor(stream, 0, rule->id);
        fprintf(stream, "-%zu\">Shown with the rule</a></p>\n", example);
    } else if (first) {
        fputs("<p>Too many are broken to show all. One case: <code>", stream);
        html_text(stream, first);
        fputs("</code></p>\n", stream);
    }
}

static void html_broken_cell(FILE *stream, const struct report_probe *probe, size_t scenario,
                             size_t index) {
    const struct report_rule *rule = &probe->rules[index];
    const struct report_scenario *row = &probe->scenarios[scenario];
    const struct report_cell *cell = &row->cells[index];

    fputs("<div class=\"cell ", stream);
    fprintf(stream, "%s\" id=\"", report_verdict_text(row->verdicts[index]));
    html_cell_anchor(stream, scenario, index);
    fputs("\">\n<h4>", stream);
    html_verdict(stream, row->verdicts[index]);
    if (html_cell_is_listed(rule, row->id))
        fputs(" <span class=\"verdict listed\">listed</span>", stream);
    fputs(" <a ", stream);
    html_rule_link(stream, rule);
    fprintf(stream, " <span class=\"extent\">%zu of ", cell->violations);
    html_count(stream, cell->cases, "case");
    fputs("</span></h4>\n", stream);
    if (cell->example) {
        fputs("<dl>\n", stream);
        html_term(stream, "Requirement", rule->text);
        fputs("<dt>Case</dt><dd><code>", stream);
        html_text(stream, cell->example->case_id);
        fputs("</code></dd>\n</dl>\n", stream);
        html_example(stream, cell->example);
    } else {
        html_cell_elsewhere(stream, rule, row->id);
    }
    fputs("</div>\n", stream);
}

/* --- A scenario. --- */

/* The rules that hold, in the groups that the same number of cases exercised. */
static void html_holding_cells(FILE *stream, const struct report_probe *probe, size_t scenario) {
    const struct report_scenario *row = &probe->scenarios[scenario];

    for (size_t i = 0; i < probe->rules_count; i++) {
        bool first = row->verdicts[i] == REPORT_PASS;

        for (size_t k = 0; k < i; k++)
            first &= row->verdicts[k] != REPORT_PASS || row->cells[k].cases != row->cells[i].cases;
        if (!first)
            continue;
        fputs("<p class=\"cells\">", stream);
        html_verdict(stream, REPORT_PASS);
        fputs(" in ", stream);
        html_count(stream, row->cells[i].cases, "case");
        fputc(':', stream);
        for (size_t k = i; k < probe->rules_count; k++) {
            if (row->verdicts[k] != REPORT_PASS || row->cells[k].cases != row->cells[i].cases)
                continue;
            fputs(" <a id=\"", stream);
            html_cell_anchor(stream, scenario, k);
            fputs("\" ", stream);
            html_rule_link(stream, &probe->rules[k]);
        }
        fputs("</p>\n", stream);
    }
}

static void html_shown(FILE *stream, const struct report_example *example) {
    fputs("<div class=\"shown\">\n<h4>A case that breaks no rule <code>", stream);
    html_text(stream, example->case_id);
    fputs("</code></h4>\n", stream);
    html_example(stream, example);
    fputs("</div>\n", stream);
}

/* Everything that was judged here and does not simply hold. */
static bool html_is_told(enum report_verdict verdict) {
    return html_is_judged(verdict) && verdict != REPORT_PASS;
}

static void html_scenario(FILE *stream, const struct report_probe *probe, size_t index) {
    const struct report_scenario *row = &probe->scenarios[index];
    bool told = false;

    for (size_t i = 0; i < probe->rules_count; i++)
        told |= html_is_told(row->verdicts[i]);
    fprintf(stream, "<details class=\"group scenario%s\" id=\"s%zu\"", told ? "" : " holds",
            index + 1);
    html_data_verdicts(stream, html_scenario_verdicts(probe, row));
    fputs(">\n<summary><b>", stream);
    html_text(stream, row->id);
    fputs("</b> ", stream);
    html_text(stream, row->title);
    fputs(" <span class=\"extent\">", stream);
    html_count(stream, row->cases, "case");
    fputs("</span>", stream);
    for (size_t i = 0; i < probe->rules_count; i++) {
        if (!html_is_told(row->verdicts[i]))
            continue;
        fputc(' ', stream);
        html_verdict(stream, row->verdicts[i]);
    }
    fputs("</summary>\n", stream);
    for (size_t i = 0; i < probe->rules_count; i++) {
        if (html_is_told(row->verdicts[i]))
            html_broken_cell(stream, probe, index, i);
    }
    html_holding_cells(stream, probe, index);
    if (row->shown)
        html_shown(stream, row->shown);
    fputs("</details>\n", stream);
}

bool html_has_scenarios(const struct report *report) {
    return report->probes_count == 1 && report->probes[0].scenarios_count > 0 &&
           report->probes[0].scenarios[0].cells;
}

void html_scenarios(FILE *stream, const struct report *report) {
    const struct report_probe *probe = &report->probes[0];

    if (!html_has_scenarios(report))
        return;
    fputs("<section id=\"scenarios\" data-group>\n<h2>Scenarios</h2>\n", stream);
    for (size_t i = 0; i < probe->scenarios_count; i++)
        html_scenario(stream, probe, i);
    fputs("</section>\n", stream);
}
