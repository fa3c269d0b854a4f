/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/baseline/baseline.h"

#include "base/glob.h"
#include "harness/baseline/lookup.h"
#include "harness/spec/found.h"

#include <stdlib.h>
#include <string.h>

#define BASELINE_FOUND SPEC_FOUND ":" /* what their ids start with; no glob */

/* Whether a line says just this. */
static bool baseline_has(const struct baseline *baseline, const struct baseline_line *line) {
    for (size_t i = 0; i < baseline->count; i++) {
        if (baseline_order(&baseline->lines[i], line) == 0)
            return true;
    }
    return false;
}

/* Lists one case, or with `glob`, what that says; once. */
static bool baseline_list(struct baseline *updated, const struct baseline_difference *difference,
                          const char *case_id, const char *glob) {
    struct baseline_line line = {.probe = glob_quote(difference->probe->name),
                                 .rule = (char *)difference->rule->id,
                                 .test = glob ? strdup(glob) : glob_quote(case_id),
                                 .outcome = difference->outcome,
                                 .reason = (char *)"",
                                 .above = (char *)""};
    bool done = line.probe && line.test &&
                ((glob && baseline_has(updated, &line)) || baseline_add(updated, &line));

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

/* Lines that are kept, in their order: one for all cases of a rule comes ahead of its others. */
struct baseline_keeping {
    struct baseline *updated;
    bool by_rule;
    struct baseline_line all[REPORT_VERDICTS]; /* the last such line of each outcome */
};

/* Whether the line for all cases lists those of another one, which says no more. */
static bool baseline_is_needless(const struct baseline_keeping *keeping,
                                 const struct baseline_line *line) {
    const struct baseline_line *all = &keeping->all[line->outcome];

    return !line->reason[0] && !line->above[0] && all->probe &&
           strcmp(all->probe, line->probe) == 0 && strcmp(all->rule, line->rule) == 0;
}

static bool baseline_keep(struct baseline_keeping *keeping, const struct baseline_line *line) {
    struct baseline_line kept = *line;

    if (keeping->by_rule && !line->reason[0] && !line->above[0])
        kept.test = (char *)"*";
    if (baseline_is_needless(keeping, &kept))
        return true;
    if (strcmp(kept.test, "*") == 0)
        keeping->all[kept.outcome] = kept;
    return baseline_add(keeping->updated, &kept);
}

/* What a hunt found is listed as a whole: another build of the same code has other tables. */
static bool baseline_is_found(const char *case_id) {
    return strncmp(case_id, BASELINE_FOUND, strlen(BASELINE_FOUND)) == 0;
}

static bool baseline_list_new(struct baseline *updated,
                              const struct baseline_difference *difference, bool part,
                              bool by_rule) {
    size_t next;

    if (by_rule || (!part && difference->cases_count > 1 &&
                    difference->cases_count == difference->rule->cases))
        return baseline_list(updated, difference, NULL, "*");
    for (size_t at = 0; at < difference->cases_count; at = next) {
        const char *case_id = difference->cases[at];
        const char *glob = baseline_is_found(case_id) ? BASELINE_FOUND "*" : NULL;

        next = at;
        if (!part && !glob && !baseline_list_scenario(updated, difference, at, &next))
            return false;
        if (next > at)
            continue;
        if (!baseline_list(updated, difference, case_id, glob))
            return false;
        next = at + 1;
    }
    return true;
}

static bool baseline_copy(const char *text, char **copy) {
    *copy = text ? strdup(text) : NULL;
    return *copy || !text;
}

static bool baseline_keep_reasons(const struct baseline *baseline, struct baseline *updated) {
    for (size_t i = 0; i < baseline->reasons_count; i++) {
        bool used = false;

        for (size_t k = 0; !used && k < updated->count; k++)
            used = baseline_explains(&baseline->reasons[i], &updated->lines[k]);
        if (used && !baseline_add_reason(updated, &baseline->reasons[i]))
            return false;
    }
    return true;
}

bool baseline_update(const struct baseline *baseline, const struct baseline_comparison *comparison,
                     bool by_rule, struct baseline *updated) {
    struct baseline_keeping keeping = {.updated = updated, .by_rule = by_rule};
    bool done = baseline_copy(baseline->header, &updated->header) &&
                baseline_copy(baseline->tail, &updated->tail);

    for (size_t i = 0; done && i < baseline->count; i++) {
        if (comparison->states[i] == REPORT_LINE_HOLDS ||
            comparison->states[i] == REPORT_LINE_OUTSIDE)
            done = baseline_keep(&keeping, &baseline->lines[i]);
    }
    for (size_t i = 0; done && i < comparison->count; i++) {
        if (comparison->differences[i].change == BASELINE_NEW)
            done =
                baseline_list_new(updated, &comparison->differences[i], comparison->part, by_rule);
    }
    return done && baseline_keep_reasons(baseline, updated);
}
