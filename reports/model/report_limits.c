/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/model/report.h"

#include <stdlib.h>
#include <string.h>

char *report_probe_limits(const struct report_probe *probe, bool *lost) {
    return report_statements_limits(probe->statements, probe->statements_count, lost);
}

char *report_limits(const struct report *report, bool *lost) {
    static const char several[] = "what is stated for each probe";
    char *first = NULL;

    *lost = false;
    for (size_t i = 0; i < report->probes_count && !*lost; i++) {
        char *text = report_probe_limits(&report->probes[i], lost);
        bool same = i == 0 || (text && first ? strcmp(text, first) == 0 : text == first);

        if (i == 0) {
            first = text;
            continue;
        }
        free(text);
        if (same)
            continue;
        free(first);
        first = strdup(several);
        *lost = !first;
        break;
    }
    return first;
}
