/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/merge/merge.h"

#include "harness/suite/internal.h"

/* A part of a report by rules, where a run's parts are by cases. */

static bool merge_wants_rule(const void *context, const char *id) {
    const bool *selected = context;
    int rule = rules_find(id);

    return rule >= 0 && selected[rule];
}

/* What could not be judged is in error whatever rules are looked at. */
static enum report_verdict merge_verdict(const struct report_probe *probe, bool strict) {
    return suite_probe_verdict(probe, strict, probe->verdict == REPORT_ERROR);
}

bool merge_leave_rules(struct report *whole, const bool selected[RULES], struct errors *errors) {
    size_t left = 0;

    report_leave_rules(whole, merge_wants_rule, selected);
    for (size_t i = 0; i < whole->probes_count; i++) {
        left += whole->probes[i].rules_count;
        whole->probes[i].verdict = merge_verdict(&whole->probes[i], whole->strict);
    }
    return left > 0 ||
           errors_add(errors, NULL, 0, 0, "--rule and --exclude leave no rule of this report");
}
