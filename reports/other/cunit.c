/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/formats.h"

/* CUnit writes its report while it runs the tests, so the run keeps it and this hands it on,
 * with what it has no word for: that the run may be a part of a whole. */
bool cunit_write(const struct report *report, const struct report_style *style, FILE *stream) {
    char result[REPORT_RESULT_SIZE];

    (void)style;
    return report->cunit && fputs(report->cunit, stream) >= 0 &&
           fprintf(stream, "<!-- %s -->\n", report_result_text(report, result)) > 0;
}
