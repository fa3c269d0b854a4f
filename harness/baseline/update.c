/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/baseline/baseline.h"

#include "base/glob.h"

#include <stdlib.h>
#include <string.h>

/* Lists one case, or with `glob`, what that says. */
static bool baseline_list(struct baseline *updated, const struct baseline_difference *difference,
                          const char *case_id, const char *glob) {
    struct baseline_line line = {.probe = glob_quote(difference->probe->name),
                                 .rule = (char *)difference->rule->id,
                                 .test = glob ? strdup(glob) : glob_quote(case_id),
                                 .outcome = difference->outcome,
                                 .reason = (char *)"",
                                 .above = (char *)""};
    bool done = line.probe && line.test && baseline_add(updated, &line);

    free(line.probe);
    free(line.test);
    return done;
}

/* How many of the new cases from `first` on are all of one scenario; 0: some of it are missing.
 * Both lists are in case order. */
static size_t baseline_whole_scenario(const struct baseline_difference *difference, size_t first,
                                      const struct report_scenario *scenario) {
    size_t count = scenario->case_ids ? scenario->cases : 0;

    if (count > difference->cases_count - first)
        return 0;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(difference->cases[first + i], scenario->case_ids[i]) != 0)
            return 0;
    }
    return count;
}

/* Lists a scenario as a whole when there is one of several cases; *next: the case after it. */
static bool baseline_list_scenario(struct baseline *updated,
                                   const struct baseline_difference *difference, size_t first,
                                   size_t *next) {
    *next = first;
    for (size_t i = 0; i < difference->probe->scenarios_count; i++) {
        const struct report_scenario *scenario = &difference->probe->scenarios[i];
        size_t count = baseline_whole_scenario(difference, first, scenario);
        char *quoted, *glob;
        bool done;

        if (count < 2)
            continue;
        quoted = glob_quote(scenario->id);
        done = quoted && asprintf(&glob, "%s:*", quoted) >= 0;
        free(quoted);
        if (!done)
            return false;
        *next = first + count;
        done = baseline_list(updated, difference, NULL, glob);
        free(glob);
        return done;
    }
    return true;
}

static bool baseline_list_new(struct baseline *updated,
                              const struct baseline_difference *difference, bool part) {
    size_t next;

    if (!part && difference->cases_count > 1 && difference->cases_count == difference->rule->cases)
        return baseline_list(updated, difference, NULL, "*");
    for (size_t at = 0; at < difference->cases_count; at = next) {
        if (!part) {
            if (!baseline_list_scenario(updated, difference, at, &next))
                return false;
            if (next > at)
                continue;
        }
        if (!baseline_list(updated, difference, difference->cases[at], NULL))
            return false;
        next = at + 1;
    }
    return true;
}

static bool baseline_copy(const char *text, char **copy) {
    *copy = text ? strdup(text) : NULL;
    return *copy || !text;
}

bool baseline_update(const struct baseline *baseline, const struct baseline_comparison *comparison,
                     struct baseline *updated) {
    bool done = baseline_copy(baseline->header, &updated->header) &&
                baseline_copy(baseline->tail, &updated->tail);

    for (size_t i = 0; done && i < baseline->count; i++) {
        if (comparison->states[i] == REPORT_LINE_HOLDS ||
            comparison->states[i] == REPORT_LINE_OUTSIDE)
            done = baseline_add(updated, &baseline->lines[i]);
    }
    for (size_t i = 0; done && i < comparison->count; i++) {
        if (comparison->differences[i].change == BASELINE_NEW)
            done = baseline_list_new(updated, &comparison->differences[i], comparison->part);
    }
    return done;
}
