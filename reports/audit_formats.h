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

#endif
