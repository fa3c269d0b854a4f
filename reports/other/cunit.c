/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/formats.h"

/* CUnit writes its report while it runs the tests, so the run keeps it and this hands it on. */
bool cunit_write(const struct report *report, const struct report_style *style, FILE *stream) {
    (void)style;
    return report->cunit && fputs(report->cunit, stream) >= 0;
}
