/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/model/report.h"

#include <stdlib.h>
#include <string.h>

char *report_probe_limits(const struct report_probe *probe, bool *lost) {
    char *text = NULL;

    *lost = false;
    for (size_t i = 0; i < probe->statements_count && !*lost; i++) {
        const char *limit = probe->statements[i].limit;
        char *longer = NULL;

        if (!limit)
            continue;
        *lost = asprintf(&longer, "%s%s%s", text ? text : "", text ? "; " : "", limit) < 0;
        free(text);
        text = *lost ? NULL : longer;
    }
    return text;
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
