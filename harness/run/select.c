/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/run/run.h"

bool run_mark_rules(const char *glob, bool value, bool selected[RULES], struct errors *errors) {
    bool any = false;
    const char *near;

    for (unsigned rule = 0; rule < RULES; rule++) {
        if (!rules_match(rule, glob))
            continue;
        selected[rule] = value;
        any = true;
    }
    if (any)
        return true;
    near = rules_nearest_glob(glob);
    return errors_add(errors, NULL, 0, 0, "no rule matches '%s'%s%s%s; see hvspec list rules", glob,
                      near ? ", did you mean " : "", near ? near : "", near ? "?" : "");
}

static bool run_mark_list(const char *const *globs, bool value, bool selected[RULES],
                          struct errors *errors) {
    for (size_t i = 0; i < run_list_count(globs); i++) {
        if (!run_mark_rules(globs[i], value, selected, errors))
            return false;
    }
    return true;
}

bool run_select_rules(const struct run_options *options, bool selected[RULES],
                      struct errors *errors) {
    bool all = run_list_count(options->rules) == 0, any = false;

    for (unsigned rule = 0; rule < RULES; rule++)
        selected[rule] = all;
    if (!run_mark_list(options->rules, true, selected, errors) ||
        !run_mark_list(options->exclude, false, selected, errors))
        return false;
    for (unsigned rule = 0; rule < RULES; rule++)
        any |= selected[rule];
    return any || errors_add(errors, NULL, 0, 0, "--rule and --exclude leave no rule to judge");
}
