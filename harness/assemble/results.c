/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/assemble/results.h"

#include "harness/assemble/internal.h"

#include <stdlib.h>
#include <string.h>

static const char results_digits[] = "0123456789abcdef";

static char *results_write(const struct tally *tally, const uint8_t states[RULES]) {
    char text[RULES + 1];
    size_t length = 0;

    for (unsigned rule = 0; rule < RULES; rule++) {
        if (tally->selected[rule])
            text[length++] = results_digits[states[rule] & 0xfu];
    }
    text[length] = '\0';
    return strdup(text);
}

bool results_read(const char *text, const struct report_probe *probe, uint8_t states[RULES]) {
    memset(states, 0, RULES * sizeof states[0]);
    if (strlen(text) != probe->rules_count)
        return false;
    for (size_t i = 0; i < probe->rules_count; i++) {
        const char *digit = strchr(results_digits, text[i]);
        int rule = rules_find(probe->rules[i].id);

        if (!digit || rule < 0)
            return false;
        states[rule] = (uint8_t)(digit - results_digits);
    }
    return true;
}

bool tally_keep_results(const struct tally *tally, size_t first, size_t end,
                        struct report_scenario *out) {
    out->results = calloc(end - first, sizeof *out->results);
    for (size_t i = first; out->results && i < end; i++) {
        const struct tally_task *task = &tally->tasks[i];
        struct report_case *result = &out->results[i - first];

        result->states = report_keep(tally->part, results_write(tally, task->states));
        if (task->failure)
            result->cause = report_keep(tally->part, strdup(task->failure));
        if (!result->states || (task->failure && !result->cause))
            return false;
    }
    return out->results != NULL;
}
