/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/merge/internal.h"

#include "harness/spec/rules.h"

bool merge_same_findings(const struct report_probe *a, const struct report_probe *b) {
    bool same = a->rules_count == b->rules_count;

    for (size_t i = 0; same && i < a->rules_count; i++)
        same = a->rules[i].verdict == b->rules[i].verdict &&
               a->rules[i].cases == b->rules[i].cases &&
               a->rules[i].violations == b->rules[i].violations;
    return same;
}

size_t merge_cases_of_tables(const struct report *part) {
    size_t count = 0;

    for (size_t p = 0; p < part->probes_count; p++) {
        for (size_t s = 0; part->probes[p].is_table && s < part->probes[p].scenarios_count; s++)
            count += part->probes[p].scenarios[s].cases;
    }
    return count;
}

bool merge_take_table(struct report_probe *first, struct report_probe *out) {
    *out = *first;
    *first = (struct report_probe){0};
    for (size_t i = 0; i < out->rules_count; i++) {
        int id = rules_find(out->rules[i].id);

        if (id < 0)
            return false;
        out->rules[i].locator = rules[id].locator;
        out->rules[i].text = rules[id].text;
        out->rules[i].why = rules[id].why;
    }
    return true;
}
