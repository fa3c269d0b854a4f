/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_REPORTS_AUDIT_FORMATS_H
#define HVSPEC_REPORTS_AUDIT_FORMATS_H

#include "reports/model/audit_report.h"

/* The writers behind audit_formats, a file each. False: the stream failed or memory ran out. */
bool audit_console_write(const struct audit_report *report, const struct report_style *style,
                         FILE *stream);
bool audit_json_write(const struct audit_report *report, const struct report_style *style,
                      FILE *stream);
bool audit_markdown_write(const struct audit_report *report, const struct report_style *style,
                          FILE *stream);
bool audit_html_write(const struct audit_report *report, const struct report_style *style,
                      FILE *stream);

/* "hv_max+0x12 hv.c:31" */
#define AUDIT_PLACE_SIZE 320u
char *audit_place_text(const struct audit_mutant *mutant, char text[AUDIT_PLACE_SIZE]);

/* Distinct reasons of equivalent mutants, in order of their first; how many, at most `limit`. */
struct audit_reason_count {
    const char *reason;
    size_t mutants;
};
size_t audit_reasons(const struct audit_report *report, struct audit_reason_count *out,
                     size_t limit);

#endif
