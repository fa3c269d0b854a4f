/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/suite/internal.h"

#include <stdio.h>

/* As many as ran, in whatever part of the run. */
static size_t left_out_chosen(const struct suite *suite, size_t probe) {
    size_t count = scenario_set_cases(suite_set(suite, probe)), chosen = 0;

    for (size_t i = 0; i < count; i++)
        chosen += suite->chosen[probe][i];
    return chosen;
}

bool suite_fill_left_out(const struct suite *suite, size_t probe, struct report_probe *out) {
    size_t chosen;
    char *text;

    out->left_out = suite->left_out[probe];
    if (out->left_out == 0)
        return true;
    chosen = left_out_chosen(suite, probe);
    return asprintf(&text,
                    "%zu of %zu cases were run, since a call of the code costs much: some of each "
                    "scenario, first those that some calls showed to be wrong, then some of each "
                    "way to decide a rule, then those that run other code of it; --all runs all",
                    chosen, chosen + suite->left_out[probe]) >= 0 &&
           suite_add_note(out, text);
}

bool suite_fill_unstarted(const struct suite *suite, size_t probe, struct report_probe *out) {
    char *text;

    return !suite_is_unstarted(suite, probe) ||
           (asprintf(&text, "it does not start, so that one case stands for all %zu",
                     suite_cases(suite->set, suite->options, probe)) >= 0 &&
            suite_add_note(out, text));
}
