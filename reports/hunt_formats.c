/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/formats.h"

/* Formats that list rules with examples need nothing of their own for a hunt: it is shown as a run.
 */
typedef bool run_writer(const struct report *report, const struct report_style *style,
                        FILE *stream);

static bool hunt_write_as_run(const struct hunt_report *report, const struct report_style *style,
                              FILE *stream, run_writer *write) {
    struct report run;
    bool written = hunt_report_as_run(report, &run) && write(&run, style, stream);

    hunt_report_end_run(&run);
    return written;
}

bool hunt_html_write(const struct hunt_report *report, const struct report_style *style,
                     FILE *stream) {
    return hunt_write_as_run(report, style, stream, html_write);
}

bool hunt_junit_write(const struct hunt_report *report, const struct report_style *style,
                      FILE *stream) {
    return hunt_write_as_run(report, style, stream, junit_write);
}

bool hunt_markdown_write(const struct hunt_report *report, const struct report_style *style,
                         FILE *stream) {
    return hunt_write_as_run(report, style, stream, markdown_write);
}

bool hunt_sarif_write(const struct hunt_report *report, const struct report_style *style,
                      FILE *stream) {
    return hunt_write_as_run(report, style, stream, sarif_write);
}

bool hunt_tap_write(const struct hunt_report *report, const struct report_style *style,
                    FILE *stream) {
    return hunt_write_as_run(report, style, stream, tap_write);
}
