/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/hunt/searches.h"

#include <stdlib.h>
#include <string.h>

void hunt_describe_rules(struct hunt_report *report) {
    _Static_assert(RULES <= HUNT_RULES_MAX, "a bit for each rule");
    report->rules_count = RULES;
    for (unsigned rule = 0; rule < RULES; rule++) {
        report->rules[rule].id = rules[rule].id;
        report->rules[rule].level = rule_level_text(rules[rule].level);
        report->rules[rule].locator = rules[rule].locator;
        report->rules[rule].text = rules[rule].text;
        report->rules[rule].why = rules[rule].why;
    }
}

/* The same mistake: the same rule, and the same code of the probe was run for it. What goes wrong
 * in one order of asking goes wrong in many. It is an equivalence, so that it does not matter in
 * which parts finds are united. */
static bool outcome_is_same(const struct hunt_found *a, const struct hunt_found *b) {
    if (a->rule != b->rule)
        return false;
    return a->rule == RULE_GAPS_ORDER_INDEPENDENT ? a->broken == b->broken : a->path == b->path;
}

static unsigned outcome_last_search(const struct hunt_report *report) {
    for (size_t i = 0; report->first_only && i < report->searches_count; i++) {
        if (report->searches[i].finds > 0)
            return report->searches[i].number;
    }
    return report->searches_all;
}

static bool outcome_counts(const struct hunt_report *report, size_t kept,
                           const struct hunt_found *found, unsigned last) {
    for (size_t i = 0; i < kept; i++) {
        if (outcome_is_same(&report->finds[i], found))
            return false;
    }
    return found->search <= last;
}

void hunt_unite(struct hunt_report *report, void (*drop)(const struct hunt_found *found)) {
    unsigned last = outcome_last_search(report);
    size_t kept = 0;

    for (size_t i = 0; i < report->finds_count; i++) {
        struct hunt_found found = report->finds[i];

        if (outcome_counts(report, kept, &found, last)) {
            report->finds[i] = report->finds[kept]; /* which was dropped, or is this one */
            report->finds[kept++] = found;
            continue;
        }
        if (drop)
            drop(&report->finds[i]);
        hunt_found_clear(&report->finds[i]);
    }
    report->finds_count = kept;
    while (report->searches_count > 0 && report->searches[report->searches_count - 1].number > last)
        hunt_search_clear(&report->searches[--report->searches_count]);
}
