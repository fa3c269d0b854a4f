/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/lint_breaks.h"

#include "harness/table/script.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define BREAKS_REAL "hypervisors/" /* the folder of tables that were captured or cited */
#define BREAKS_LIST_SIZE 512u

/* What the cases' tables show of one rule: the gravest, and the first case that does. */
struct breaks_found {
    struct script_verdict verdict;
    const struct scenario_case *by;
};

bool lint_breaks_is_real(const struct scenario *scenario) {
    return scenario->source && strncmp(scenario->id, BREAKS_REAL, sizeof BREAKS_REAL - 1) == 0;
}

static bool breaks_judge(const struct scenario *scenario, struct breaks_found found[RULES]) {
    for (size_t i = 0; i < scenario->cases_count; i++) {
        struct script_verdict verdicts[RULES];

        if (!table_judge_script(&scenario->cases[i].table, verdicts))
            return false;
        for (unsigned rule = 0; rule < RULES; rule++) {
            if (verdicts[rule].outcome > found[rule].verdict.outcome)
                found[rule] = (struct breaks_found){verdicts[rule], &scenario->cases[i]};
        }
    }
    return true;
}

static bool breaks_says(const struct scenario *scenario, unsigned rule) {
    for (size_t i = 0; i < scenario->breaks_count; i++) {
        if (scenario->breaks[i] == rule)
            return true;
    }
    return false;
}

/* What is information or suspicion only may be listed, and need not be. */
static void breaks_compare(const struct scenario *scenario, const struct breaks_found found[RULES],
                           struct errors *errors) {
    for (unsigned rule = 0; rule < RULES; rule++) {
        const struct script_verdict *verdict = &found[rule].verdict;
        bool said = breaks_says(scenario, rule);

        if (said && verdict->outcome == TABLE_HOLDS)
            errors_add(errors, scenario->path, scenario->breaks_line, 0,
                       "'breaks' lists %s, which no case's table breaks", rules[rule].id);
        else if (!said && verdict->outcome == TABLE_FAILS)
            errors_add(errors, scenario->path, scenario->breaks_line, 0,
                       "'breaks' does not list %s, which the table of %s breaks: in leaf "
                       "0x%08" PRIx32 ", %s",
                       rules[rule].id, found[rule].by->id, verdict->leaf, verdict->observed);
    }
}

/* "a, b"; shortened where there is no room. */
static void breaks_list(const struct breaks_found found[RULES], char list[BREAKS_LIST_SIZE]) {
    size_t length = 0;

    list[0] = '\0';
    for (unsigned rule = 0; rule < RULES && length < BREAKS_LIST_SIZE; rule++) {
        if (found[rule].verdict.outcome == TABLE_FAILS)
            length += (size_t)snprintf(list + length, BREAKS_LIST_SIZE - length, "%s%s",
                                       length > 0 ? ", " : "", rules[rule].id);
    }
}

void lint_breaks(const struct scenario *scenario, struct errors *notes, struct errors *errors) {
    struct breaks_found found[RULES] = {0};
    char list[BREAKS_LIST_SIZE];

    if (!breaks_judge(scenario, found)) {
        errors_add(errors, scenario->path, 0, 0, "out of memory");
        return;
    }
    if (scenario->breaks_line > 0) {
        breaks_compare(scenario, found, errors);
        return;
    }
    breaks_list(found, list);
    if (list[0])
        errors_add(notes, scenario->path, scenario->hypervisor_line, 0,
                   "this table breaks %s, as tables may; to say so: 'breaks: [%s]'", list, list);
}
