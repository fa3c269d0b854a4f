/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/formats.h"

#include <string.h>

const struct report_format report_formats[] = {
    {"console", "for people", console_write, audit_console_write, hunt_console_write},
    {"json", "everything, as its schema (*.schema.json) describes it", json_write, audit_json_write,
     hunt_json_write},
    {"cunit", "CUnit's own XML, a test a scenario", cunit_write, NULL, NULL},
    {"junit", "JUnit XML: a suite a probe, a test case a rule", junit_write, NULL,
     hunt_junit_write},
    {"html", "one page that needs no network", html_write, audit_html_write, hunt_html_write},
    {"sarif", "SARIF 2.1.0, for code-scanning pages", sarif_write, audit_sarif_write,
     hunt_sarif_write},
    {"tap", "TAP version 14, for test harnesses; 13 where TAP_VERSION=13 asks for it", tap_write,
     NULL, hunt_tap_write},
    {"markdown", "tables, for a README or a CI job's summary", markdown_write, audit_markdown_write,
     hunt_markdown_write},
    {"badge", "an SVG picture of the verdict, for a README", badge_write, NULL, NULL},
};
const size_t report_formats_count = sizeof report_formats / sizeof report_formats[0];

const struct report_format *report_format_find(const char *name) {
    for (size_t i = 0; i < report_formats_count; i++) {
        if (strcmp(report_formats[i].name, name) == 0)
            return &report_formats[i];
    }
    return NULL;
}

bool report_format_has(const struct report_format *format, enum report_kind kind) {
    switch (kind) {
    case REPORT_OF_RUN:
        return format->write != NULL;
    case REPORT_OF_AUDIT:
        return format->write_audit != NULL;
    case REPORT_OF_HUNT:
        return format->write_hunt != NULL;
    default:
        return true;
    }
}

const char *report_kind_text(enum report_kind kind) {
    static const char *const texts[] = {
        [REPORT_OF_RUN] = "a run",
        [REPORT_OF_AUDIT] = "an audit",
        [REPORT_OF_HUNT] = "a hunt",
        [REPORT_KINDS] = "anything",
    };

    return texts[kind];
}
