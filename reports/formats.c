/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/formats.h"

#include <string.h>

const struct report_format report_formats[] = {
    {"console", "for people: a table of rules, then each failure in full", console_write},
    {"json", "everything, as reports/report.schema.json describes it", json_write},
    {"cunit", "CUnit's own XML, a test a scenario", cunit_write},
    {"junit", "JUnit XML: a suite a probe, a test case a rule", junit_write},
    {"html", "one page that needs no network, with traces and leaf maps", html_write},
    {"sarif", "SARIF 2.1.0, for code-scanning pages", sarif_write},
    {"tap", "TAP version 14, for test harnesses; 13 where TAP_VERSION=13 asks for it", tap_write},
};
const size_t report_formats_count = sizeof report_formats / sizeof report_formats[0];

const struct report_format *report_format_find(const char *name) {
    for (size_t i = 0; i < report_formats_count; i++) {
        if (strcmp(report_formats[i].name, name) == 0)
            return &report_formats[i];
    }
    return NULL;
}
