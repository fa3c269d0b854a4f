/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/model/hunt_report.h"

#include <stdlib.h>
#include <string.h>

/* The finds that break a rule are its examples; they are listed once for each rule that they break.
 */
static bool run_add_finds(const struct hunt_report *report, size_t index,
                          struct report_rule *rule) {
    rule->examples = calloc(report->finds_count + 1, sizeof *rule->examples);
    for (size_t i = 0; rule->examples && i < report->finds_count; i++) {
        if (report->finds[i].broken >> index & 1)
            rule->examples[rule->examples_count++] = report->finds[i].example;
    }
    rule->violations = rule->examples_count;
    return rule->examples != NULL;
}

static bool run_add_rule(const struct hunt_report *report, size_t index, uint64_t runs,
                         struct report_probe *probe) {
    struct report_rule *rule = &probe->rules[probe->rules_count++];
    bool must = strcmp(report->rules[index].level, "must") == 0;

    *rule = (struct report_rule){.id = report->rules[index].id,
                                 .level = report->rules[index].level,
                                 .locator = report->rules[index].locator,
                                 .text = report->rules[index].text,
                                 .why = report->rules[index].why,
                                 .cases = runs};
    if (!run_add_finds(report, index, rule))
        return false;
    rule->verdict = rule->violations == 0 ? REPORT_PASS : must ? REPORT_FAIL : REPORT_NONSTRICT;
    return true;
}

static bool run_add_note(struct report_probe *probe, char *text) {
    if (text)
        probe->notes[probe->notes_count++] = text;
    return text != NULL;
}

/* What a hunt has that a run has not. */
static bool run_add_notes(const struct hunt_report *report, const struct hunt_search *totals,
                          struct report_probe *probe) {
    char *text = NULL;

    probe->notes = calloc(report->finds_count + 2, sizeof *probe->notes);
    if (!probe->notes ||
        asprintf(
            &text, "a hunt: %zu runs of %zu search%s, up to %zu blocks and %zu edges covered%s",
            totals->runs, report->searches_count, report->searches_count == 1 ? "" : "es",
            totals->blocks, totals->edges, report->interrupted ? "; ended by a signal" : "") < 0)
        return false;
    if (!run_add_note(probe, text))
        return false;
    for (size_t i = 0; i < report->finds_count; i++) {
        text = NULL;
        if (report->finds[i].file &&
            asprintf(&text, "found, and written as a scenario: %s", report->finds[i].file) < 0)
            return false;
        if (text)
            run_add_note(probe, text);
    }
    return true;
}

static bool run_add_failure(const struct hunt_search *totals, struct report_probe *probe) {
    const char *reason = totals->unjudged_reason ? totals->unjudged_reason : "?";

    probe->failures = calloc(1, sizeof *probe->failures);
    if (!probe->failures)
        return false;
    if (totals->unjudged == 0)
        return true;
    probe->failures_count = 1;
    probe->failures[0] = (struct report_failure){
        .cause = strdup(reason), .case_id = strdup("hunt"), .cases = totals->unjudged};
    return probe->failures[0].cause && probe->failures[0].case_id;
}

static bool run_fill_probe(const struct hunt_report *report, struct report *run) {
    struct report_probe *probe = run->probes;
    struct hunt_search totals = hunt_report_totals(report);

    probe->name = report->probe;
    probe->file = report->file;
    probe->sha256 = report->sha256;
    probe->arch = report->arch;
    probe->entry = report->entry;
    probe->budget = report->budget;
    probe->statements = report->statements;
    probe->statements_count = report->statements_count;
    probe->rules = calloc(report->rules_count + 1, sizeof *probe->rules);
    if (!probe->rules || !run_add_notes(report, &totals, probe) || !run_add_failure(&totals, probe))
        return false;
    probe->verdict = totals.unjudged > 0 ? REPORT_ERROR : REPORT_PASS;
    for (size_t i = 0; i < report->rules_count; i++) {
        if (report->rules[i].wanted && !run_add_rule(report, i, totals.runs, probe))
            return false;
    }
    if (report->finds_count > 0 && totals.unjudged == 0)
        probe->verdict = REPORT_FAIL;
    run->runs = run->cases = totals.runs;
    run->errors = totals.unjudged;
    return true;
}

bool hunt_report_as_run(const struct hunt_report *report, struct report *run) {
    *run = (struct report){.version = report->version,
                           .seed = report->seed,
                           .profile = report->profile,
                           .hunted = true,
                           .shard = report->shard,
                           .shards = report->shards};
    for (size_t i = 0; i < report->rules_count; i++)
        run->strict |= report->rules[i].wanted && strcmp(report->rules[i].level, "must") != 0;
    run->probes = calloc(1, sizeof *run->probes);
    run->probes_count = run->probes != NULL;
    return run->probes && run_fill_probe(report, run);
}

void hunt_report_end_run(struct report *run) {
    struct report_probe *probe = run->probes;

    for (size_t i = 0; probe && probe->rules && i < probe->rules_count; i++)
        free(probe->rules[i].examples);
    for (size_t i = 0; probe && i < probe->notes_count; i++)
        free(probe->notes[i]);
    for (size_t i = 0; probe && i < probe->failures_count; i++) {
        free(probe->failures[i].cause);
        free(probe->failures[i].case_id);
    }
    if (probe) {
        free(probe->rules);
        free(probe->notes);
        free(probe->failures);
    }
    free(probe);
    *run = (struct report){0};
}
