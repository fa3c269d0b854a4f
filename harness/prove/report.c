/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/shell_quote.h"
#include "harness/prove/prove.h"
#include "harness/suite/internal.h"

#include <stdlib.h>
#include <string.h>

/* A proof as a report, for the writers that check has: proven passes, refuted fails (or is
 * nonstrict) with the counterexample, and open is an error, since the rule was not settled. */

static char *report_copy(const char *text) {
    return text ? strdup(text) : NULL;
}

/* The command that shows a counterexample. NULL: out of memory. */
static char *report_rerun(const struct probe *probe, const struct hunt_find *find) {
    char *path = shell_quote_path(probe->manifest ? probe->manifest : probe->path);
    char *file = shell_quote_path(find->file), *text = NULL;

    if (path && file &&
        asprintf(&text, "hvspec trace%s %s %s", probe->options ? probe->options : "", path, file) <
            0)
        text = NULL;
    free(path);
    free(file);
    return text;
}

static bool report_add_find(const struct probe *probe, const struct hunt_find *find,
                            struct report_rule *rule) {
    struct report_example *example = calloc(1, sizeof *example);

    if (!example)
        return false;
    rule->examples = example;
    rule->examples_count = 1;
    rule->violations = 1;
    example->case_id = report_copy(find->name);
    example->scenario_id = report_copy(find->name);
    example->twin = report_copy(find->example.twin);
    example->expected = report_copy(find->example.expected);
    example->observed = report_copy(find->example.observed);
    example->target = find->candidate.asks[find->candidate.asks_count - 1];
    example->maximum = find->candidate.base.eax;
    example->rerun = report_rerun(probe, find);
    return example->case_id && example->scenario_id && example->expected && example->observed &&
           example->rerun;
}

static bool report_add_rule(const struct probe *probe, const struct prove_result *result,
                            unsigned id, struct report_rule *rule) {
    const struct prove_rule *noted = &result->rules[id];

    suite_describe_rule(id, rule);
    rule->cases = noted->verdict == PROVE_NOT_APPLICABLE ? 0 : 1;
    switch (noted->verdict) {
    case PROVE_PROVEN:
        rule->verdict = REPORT_PASS;
        return true;
    case PROVE_REFUTED:
        rule->verdict = rules[id].level == RULE_MUST ? REPORT_FAIL : REPORT_NONSTRICT;
        return report_add_find(probe, &result->finds[noted->find], rule);
    case PROVE_OPEN:
        rule->verdict = REPORT_ERROR;
        rule->errors = 1;
        if (asprintf(&rule->reason, "open: %s", noted->reason) < 0)
            rule->reason = NULL;
        return rule->reason != NULL;
    default:
        rule->verdict = REPORT_NOT_APPLICABLE;
        break;
    }
    rule->reason = report_copy(noted->reason);
    return rule->reason != NULL;
}

static bool report_add_note(const struct prove_result *result, struct report_probe *out) {
    out->notes = calloc(2, sizeof *out->notes);
    if (!out->notes ||
        asprintf(&out->notes[0],
                 result->every_number ? "proof: %zu rules hold for every table and any number of "
                                        "questions in a boot, %zu are open"
                                      : "proof: %zu rules hold for every table, %zu are open",
                 prove_count(result, PROVE_PROVEN), prove_count(result, PROVE_OPEN)) < 0)
        return false;
    out->notes_count = 1;
    if (!result->assumed)
        return true;
    if (asprintf(&out->notes[1], "assumed: %s", result->assumed) < 0)
        return false;
    out->notes_count = 2;
    return true;
}

bool prove_fill_report(const struct probe *probe, const struct prove_result *result, uint64_t seed,
                       bool strict, struct report *report, struct errors *errors) {
    struct report_probe *out = calloc(1, sizeof *out);
    size_t open = prove_count(result, PROVE_OPEN);
    bool filled = out && suite_name_probe(probe, out);

    if (!out)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    report->version = HVSPEC_VERSION;
    report->seed = seed;
    report->strict = strict;
    report->proves = true;
    report->probes = out;
    report->probes_count = 1;
    report->errors = open;
    report->cases = 1;
    out->rules = calloc(RULES, sizeof *out->rules);
    for (unsigned id = 0; filled && out->rules && id < RULES; id++) {
        if (!rules[id].about_tables)
            filled = report_add_rule(probe, result, id, &out->rules[out->rules_count++]);
    }
    if (!filled || !out->rules || !report_add_note(result, out))
        return errors_add(errors, NULL, 0, 0, "out of memory");
    out->verdict = suite_probe_verdict(out, strict, open);
    return true;
}
