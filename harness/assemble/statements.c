/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/suite/internal.h"

#include <stdlib.h>
#include <string.h>

bool suite_copy_statements(const struct probe *probe, struct report_statement **statements,
                           size_t *count) {
    struct report_statement *list = calloc(probe->statements_count + 1, sizeof *list);

    *statements = list;
    *count = 0;
    for (size_t i = 0; list && i < probe->statements_count; i++) {
        const struct probe_statement *from = &probe->statements[i];
        struct report_statement *to = &list[(*count)++];

        to->text = strdup(from->text);
        to->limit = from->limit ? strdup(from->limit) : NULL;
        if (!to->text || (from->limit && !to->limit))
            return false;
    }
    return list != NULL;
}
