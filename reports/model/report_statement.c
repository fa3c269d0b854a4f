/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/model/report.h"

#include <stdlib.h>

void report_clear_statements(struct report_statement *statements, size_t count) {
    for (size_t i = 0; i < count; i++) {
        free(statements[i].text);
        free(statements[i].limit);
    }
    free(statements);
}

char *report_statements_limits(const struct report_statement *statements, size_t count,
                               bool *lost) {
    char *text = NULL;

    *lost = false;
    for (size_t i = 0; i < count && !*lost; i++) {
        const char *limit = statements[i].limit;
        char *longer = NULL;

        if (!limit)
            continue;
        *lost = asprintf(&longer, "%s%s%s", text ? text : "", text ? "; " : "", limit) < 0;
        free(text);
        text = *lost ? NULL : longer;
    }
    return text;
}
