/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_REPORTS_FORMATS_H
#define HVSPEC_REPORTS_FORMATS_H

#include "reports/model/audit_report.h"
#include "reports/model/hunt_report.h"

/* The writers behind report_formats, one a file. Each returns false when the stream failed or
 * memory ran out, and writes the same bytes for the same report and style. */
bool badge_write(const struct report *report, const struct report_style *style, FILE *stream);
bool console_write(const struct report *report, const struct report_style *style, FILE *stream);
bool cunit_write(const struct report *report, const struct report_style *style, FILE *stream);
bool html_write(const struct report *report, const struct report_style *style, FILE *stream);
bool json_write(const struct report *report, const struct report_style *style, FILE *stream);
bool junit_write(const struct report *report, const struct report_style *style, FILE *stream);
bool markdown_write(const struct report *report, const struct report_style *style, FILE *stream);
bool sarif_write(const struct report *report, const struct report_style *style, FILE *stream);
bool tap_write(const struct report *report, const struct report_style *style, FILE *stream);

bool audit_console_write(const struct audit_report *report, const struct report_style *style,
                         FILE *stream);
bool audit_html_write(const struct audit_report *report, const struct report_style *style,
                      FILE *stream);
bool audit_json_write(const struct audit_report *report, const struct report_style *style,
                      FILE *stream);
bool audit_markdown_write(const struct audit_report *report, const struct report_style *style,
                          FILE *stream);
bool audit_sarif_write(const struct audit_report *report, const struct report_style *style,
                       FILE *stream);

bool hunt_console_write(const struct hunt_report *report, const struct report_style *style,
                        FILE *stream);
bool hunt_json_write(const struct hunt_report *report, const struct report_style *style,
                     FILE *stream);
/* hunt_formats.c: those that show a hunt as a run, in which a rule passes that nothing breaks. */
bool hunt_html_write(const struct hunt_report *report, const struct report_style *style,
                     FILE *stream);
bool hunt_junit_write(const struct hunt_report *report, const struct report_style *style,
                      FILE *stream);
bool hunt_markdown_write(const struct hunt_report *report, const struct report_style *style,
                         FILE *stream);
bool hunt_sarif_write(const struct hunt_report *report, const struct report_style *style,
                      FILE *stream);
bool hunt_tap_write(const struct hunt_report *report, const struct report_style *style,
                    FILE *stream);

/* The versions of the libraries behind them: jansson and libxml2. */
const char *json_library_version(void);
const char *junit_library_version(void);

#endif
