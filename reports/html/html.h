/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_REPORTS_HTML_HTML_H
#define HVSPEC_REPORTS_HTML_HTML_H

#include "reports/model/report.h"

/*
 * The parts of the HTML writer, a file each. Whatever is not our own text goes through html_text:
 * into the page as text, whatever it holds. Failed writes show in the stream's error flag.
 *
 * Contract with page.js: an element that the filter hides carries data-v, its verdicts separated
 * by spaces; one that is hidden when all of those inside it are carries data-group.
 */
void html_text(FILE *stream, const char *text);

/* The same up to `end`, which is not in the middle of a character. */
void html_span(FILE *stream, const char *text, const char *end);

/* "<element>text</element>"; nothing when the text is NULL. */
void html_element(FILE *stream, const char *element, const char *text);

/* A row of a description list: "<dt>term</dt><dd>text</dd>"; nothing when the text is NULL. */
void html_term(FILE *stream, const char *term, const char *text);

/* The verdict as a mark and a word, so that it is not told by colour alone. */
void html_verdict(FILE *stream, enum report_verdict verdict);

/* A rule's verdict, and beside it whether a baseline lists what breaks it. */
void html_rule_verdict(FILE *stream, const struct report_rule *rule);

/* The same for a matrix's cell: the mark, and the word for screen readers. */
void html_spoken(FILE *stream, enum report_verdict verdict);

/* The mark alone. */
const char *html_mark(enum report_verdict verdict);

/* The name that a cell's section is linked by: "p1-max-read-first" for the first probe. */
void html_anchor(FILE *stream, size_t probe, const char *rule);

/* A rule's id that links to its section, and the probe's name where there are several. */
void html_section_link(FILE *stream, const struct report *report, size_t probe, const char *rule);

/* "'sha256-...'", a source of a security policy, for an embedded style sheet or script. */
void html_policy_hash(FILE *stream, const char *text);

/* "1 case", "2 cases". */
void html_count(FILE *stream, uint64_t count, const char *noun);

/* Opens a box that scrolls when the table in it is too wide, for the keyboard as well. */
void html_open_scroller(FILE *stream, const char *label);
void html_close_scroller(FILE *stream);

/* Rules x probes, or rules x scenarios when there is one probe. */
void html_matrix(FILE *stream, const struct report *report);

/* Where the code works today: its plain answers on real hypervisors' tables, by probe; nothing
 * where none of them ran. */
void html_hypervisors(FILE *stream, const struct report *report);
bool html_has_hypervisors(const struct report *report);

/* How the run differs from the baseline; nothing without one. */
void html_gate(FILE *stream, const struct report *report);

/* A section for each probe, with an article a rule. */
void html_cases(FILE *stream, const struct report *report);

/* What all leaf maps of a page share; once, ahead of them. */
void html_leafmap_shared(FILE *stream);

/* The leaves 0x40000000 to 0x400000ff of an example's table, with the order of reading. */
void html_leafmap(FILE *stream, const struct report_example *example);

/* The leaves of the block that a table shows, with its maximum. */
void html_leafmap_of_table(FILE *stream, const struct report_probe *table);

/* What the report's tables offer; nothing without one. */
void html_offers(FILE *stream, const struct report *report);

/* How many subjects are tables. */
size_t html_tables(const struct report *report);

/* The place of a cell of the matrix rules x scenarios: "s3-5" for the third scenario and the fifth
 * rule. */
void html_cell_anchor(FILE *stream, size_t scenario, size_t rule);

/* The rule's example from this scenario, counted from 1; 0: none was kept. */
size_t html_example_of(const struct report_rule *rule, const char *scenario);

bool html_is_judged(enum report_verdict verdict);

/* True when the baseline lists all of the rule's violations in the scenario, and there are some. */
bool html_cell_is_listed(const struct report_rule *rule, const char *scenario);

/* An example in full: the question, the trace, the code, the leaf map. */
void html_example(FILE *stream, const struct report_example *example);

/* A section for each scenario of a single probe whose cells were kept. */
void html_scenarios(FILE *stream, const struct report *report);

/* True when there is one. */
bool html_has_scenarios(const struct report *report);

/* The attribute that the filter goes by: a bit, 1 << verdict, for each verdict that is shown. */
void html_data_verdicts(FILE *stream, unsigned verdicts);

/* Those of a scenario's row. */
unsigned html_scenario_verdicts(const struct report_probe *probe,
                                const struct report_scenario *scenario);

/* Which CPUID instructions some case reached. */
bool html_has_sites(const struct report *report);
void html_sites(FILE *stream, const struct report *report);

#endif
