/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_REPORTS_SARIF_SARIF_H
#define HVSPEC_REPORTS_SARIF_SARIF_H

#include "reports/json/value.h"
#include "reports/model/report.h"

/*
 * The parts of the SARIF writer. Section numbers in the comments are those of the standard, OASIS
 * "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".
 */
#define SARIF_ROOT "SRCROOT" /* what relative names of files start from: the repository's top */

/* The rules of all probes, each once; results point into it by index. */
struct sarif_rules {
    const struct report_rule **rules;
    size_t count;
};

/* A message object (3.11): plain text, harmless, with the characters escaped that would make a link
 * or a placeholder. NULL: out of memory. */
json_t *sarif_message(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The reference to a rule that results and notifications carry: its id and its index. */
void sarif_put_rule(json_t *object, bool *ok, const struct sarif_rules *rules, const char *id,
                    const char *id_key, const char *index_key);

/* A file's name as a URI (3.4): relative to SARIF_ROOT, or a file: URI of an absolute name. To be
 * freed. NULL: out of memory. */
char *sarif_uri(const char *file);

/* A location (3.28): the line `line` of `file`; when that is unknown (NULL or 0), the probe's own
 * file. `symbol` ("hv_max+0x10"; NULL: unknown) and `message` (taken; NULL: none) are added. */
json_t *sarif_location(const struct report_probe *probe, const char *file, unsigned line,
                       const char *symbol, json_t *message);

/* The same for a step of a trace, its values as the message. */
json_t *sarif_step(const struct report_probe *probe, const struct report_step *step);

/* Where relative names start, by SARIF_ROOT (3.14.14). NULL: out of memory. */
json_t *sarif_root(void);

/* Writes a document of one run, which is taken; NULL: it could not be made. False: the stream
 * failed, or memory ran out. */
bool sarif_write_run(json_t *run, FILE *stream);

/* A line of the baseline. */
json_t *sarif_line_location(const struct report_line *line);

/* The rules that the baseline's lines are results of: one for each kind of line that fails the
 * gate. There is room for two. */
void sarif_collect_line_rules(const struct report *report, struct sarif_rules *rules);

/* A result for each line that fails the gate. */
void sarif_add_lines(json_t *results, bool *ok, const struct report *report,
                     const struct sarif_rules *rules);

/* One result (3.27) for each place in the code where the rule was seen broken. */
void sarif_add_results(json_t *results, bool *ok, const struct report *report,
                       const struct report_probe *probe, const struct report_rule *rule,
                       const struct sarif_rules *rules);

#endif
