/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/audit_formats.h"

const struct audit_format audit_formats[] = {
    {"console", "for people", audit_console_write},
    {"json", "every mutant, for programs", audit_json_write},
    {"markdown", "tables, for a README", audit_markdown_write},
    {"html", "a page that needs nothing else", audit_html_write},
};
const size_t audit_formats_count = sizeof audit_formats / sizeof audit_formats[0];
