/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/formats.h"

#include "reports/json/example.h"
#include "reports/json/report_fields.h"
#include "reports/json/sweep.h"
#include "reports/json/table.h"

#include <inttypes.h>
#include <stdlib.h>

/*
 * The report as JSON; report.schema.json describes every field. Keys stand in the order written
 * here, and a field that is unknown is null rather than missing. Numbers that are bit patterns
 * (leaves, registers, addresses) are strings in hexadecimal: that is how they are read, and 64 bits
 * do not fit the numbers of most JSON readers.
 */

static json_t *json_size(uint64_t size) {
    return json_integer((json_int_t)size);
}

static json_t *json_ids(const char *const *ids, size_t count) {
    json_t *array = json_array();
    bool ok = array;

    for (size_t i = 0; i < count; i++)
        json_add(array, &ok, json_text(ids[i]));
    return json_finish(array, ok);
}

/* The cases of a part are listed, for scripts and of tables for merging; the values of a sweep are too
 * many. */
static json_t *json_rule(const struct report_probe *probe, const struct report_rule *rule,
                         bool of_shard) {
    json_t *object = json_object(), *examples = json_array();
    bool ok = object;

    for (size_t i = 0; i < rule->examples_count; i++)
        json_add(examples, &ok, json_example(&rule->examples[i], of_shard));
    fields_put(object, &ok, FIELDS(report_rule_fields), rule);
    json_put(object, &ok, "verdict", json_text(report_verdict_text(rule->verdict)));
    fields_put(object, &ok, FIELDS(report_rule_counts), rule);
    json_put(object, &ok, "violation_examples", examples);
    fields_put(object, &ok, FIELDS(report_rule_rest), rule);
    if (rule->lines_count > 0)
        json_put(object, &ok, "listed", json_size(rule->violations - rule->unlisted));
    if (of_shard && probe->sweeps_count == 0)
        json_put(object, &ok, "violating_cases",
                 json_ids(rule->violating_cases, rule->violating_cases ? rule->violations : 0));
    if (of_shard && rule->deviations > 0)
        json_put(object, &ok, "deviating_cases", json_ids(rule->deviating_cases, rule->deviations));
    return json_finish(object, ok);
}

/* What each case came to, for merging. */
static void json_put_results(json_t *object, bool *ok, const struct report_scenario *scenario) {
    json_t *states = json_array(), *causes = json_object();
    bool done = states && causes;

    for (uint64_t i = 0; i < scenario->cases; i++) {
        json_add(states, &done, json_text(scenario->results[i].states));
        if (scenario->results[i].cause)
            json_put(causes, &done, scenario->case_ids[i], json_text(scenario->results[i].cause));
    }
    json_put(object, ok, "states", json_finish(states, done));
    json_put(object, ok, "causes", json_finish(causes, done));
}

/* What a page shows of each cell, for merging. */
static void json_put_cells(json_t *object, bool *ok, const struct report_probe *probe,
                           const struct report_scenario *scenario) {
    json_t *examples = json_object();
    bool done = examples;

    for (size_t i = 0; i < probe->rules_count; i++) {
        if (scenario->cells[i].example)
            json_put(examples, &done, probe->rules[i].id,
                     json_example(scenario->cells[i].example, true));
    }
    json_put(object, ok, "examples", json_finish(examples, done));
    json_put(object, ok, "shown",
             scenario->shown ? json_example(scenario->shown, true) : json_null());
}

/* The verdicts by rule id. Rules that the scenario does not reach, most of them, are left out. */
static json_t *json_scenario(const struct report_probe *probe,
                             const struct report_scenario *scenario, bool of_shard) {
    json_t *object = json_object(), *verdicts = json_object();
    bool ok = object;

    for (size_t i = 0; i < probe->rules_count; i++) {
        if (scenario->verdicts[i] != REPORT_NOT_EXERCISED)
            json_put(verdicts, &ok, probe->rules[i].id,
                     json_text(report_verdict_text(scenario->verdicts[i])));
    }
    fields_put(object, &ok, FIELDS(report_scenario_fields), scenario);
    json_put(object, &ok, "plain", fields_object(FIELDS(report_plain_fields), &scenario->plain));
    json_put(object, &ok, "verdicts", verdicts);
    if (of_shard && probe->sweeps_count == 0)
        json_put(object, &ok, "case_ids",
                 json_ids(scenario->case_ids, scenario->case_ids ? scenario->cases : 0));
    if (of_shard && scenario->results)
        json_put_results(object, &ok, scenario);
    if (of_shard && scenario->cells)
        json_put_cells(object, &ok, probe, scenario);
    return json_finish(object, ok);
}

static json_t *json_probe(const struct report_probe *probe, bool of_shard) {
    json_t *object = json_object(), *sites = json_array(), *rules = json_array();
    json_t *scenarios = json_array(), *notes = json_array(), *failures = json_array();
    bool ok = object;

    for (size_t i = 0; i < probe->sites_count; i++)
        json_add(sites, &ok, fields_object(FIELDS(report_site_fields), &probe->sites[i]));
    for (size_t i = 0; i < probe->rules_count; i++)
        json_add(rules, &ok, json_rule(probe, &probe->rules[i], of_shard));
    for (size_t i = 0; i < probe->scenarios_count; i++)
        json_add(scenarios, &ok, json_scenario(probe, &probe->scenarios[i], of_shard));
    for (size_t i = 0; i < probe->failures_count; i++)
        json_add(failures, &ok, fields_object(FIELDS(report_failure_fields), &probe->failures[i]));
    for (size_t i = 0; i < probe->notes_count; i++)
        json_add(notes, &ok, json_text(probe->notes[i]));
    fields_put(object, &ok, FIELDS(report_probe_name), probe);
    json_put(object, &ok, "kind", json_string(probe->is_table ? "table" : "probe"));
    fields_put(object, &ok, FIELDS(report_probe_fields), probe);
    json_put(object, &ok, "hunt",
             probe->hunt.wanted > 0 ? fields_object(FIELDS(report_hunt_fields), &probe->hunt)
                                    : json_null());
    fields_put(object, &ok, FIELDS(report_probe_rest), probe);
    json_put(object, &ok, "verdict", json_text(report_verdict_text(probe->verdict)));
    json_put(object, &ok, "stated", json_statements(probe->statements, probe->statements_count));
    json_put(object, &ok, "cpuid_sites", sites);
    json_put(object, &ok, "rules", rules);
    json_put(object, &ok, "scenarios", scenarios);
    json_put(object, &ok, "failures", failures);
    json_put(object, &ok, "notes", notes);
    if (probe->is_table)
        json_put_table(object, &ok, probe);
    if (probe->sweeps_count > 0)
        json_put(object, &ok, "sweeps", json_sweeps(probe));
    return json_finish(object, ok);
}

static json_t *json_summary(const struct report *report) {
    json_t *object = json_object(), *rules = json_object();
    size_t counts[REPORT_VERDICTS];
    char result[REPORT_RESULT_SIZE];
    bool lost, ok;
    char *limits = report_limits(report, &lost);

    ok = object && !lost;
    report_count(report, counts);
    for (unsigned i = 0; i < REPORT_VERDICTS; i++)
        json_put(rules, &ok, report_verdict_text(i), json_size(counts[i]));
    json_put(object, &ok, "probes", json_size(report->probes_count));
    json_put(object, &ok, "given", limits ? json_text(limits) : json_null());
    json_put(object, &ok, "rules", rules);
    json_put(object, &ok, "cases", json_size(report->cases));
    json_put(object, &ok, "runs", json_size(report->runs));
    json_put(object, &ok, "errors", json_size(report->errors));
    json_put(object, &ok, "exit_code", json_integer(report_exit_code(report)));
    json_put(object, &ok, "result", json_string(report_result_text(report, result)));
    free(limits);
    return json_finish(object, ok);
}

static json_t *json_shard(const struct report *report) {
    json_t *object = json_object();
    bool ok = object;

    json_put(object, &ok, "part", json_integer(report->shard));
    json_put(object, &ok, "parts", json_integer(report->shards));
    json_put(object, &ok, "scenarios_sha256", json_text(report->scenarios_sha256));
    json_put(object, &ok, "some_scenarios", json_boolean(report->some_scenarios));
    return json_finish(object, ok);
}

static json_t *json_line(const struct report_line *line) {
    static const char *const states[] = {[REPORT_LINE_HOLDS] = "holds",
                                         [REPORT_LINE_GONE] = "gone",
                                         [REPORT_LINE_UNMATCHED] = "unmatched",
                                         [REPORT_LINE_OUTSIDE] = "outside"};
    json_t *object = json_object();
    bool ok = object;

    json_put(object, &ok, "line", json_integer(line->number));
    json_put(object, &ok, "lists", json_text(line->text));
    json_put(object, &ok, "reason", json_text(line->reason));
    json_put(object, &ok, "state", json_string(states[line->state]));
    return json_finish(object, ok);
}

static json_t *json_gate(const struct report_gate *gate) {
    json_t *object = json_object(), *lines = json_array();
    bool ok = object;

    for (size_t i = 0; i < gate->lines_count; i++)
        json_add(lines, &ok, json_line(&gate->lines[i]));
    json_put(object, &ok, "baseline", json_text(gate->path));
    json_put(object, &ok, "holds", json_boolean(gate->holds));
    json_put(object, &ok, "listed", json_size(gate->listed));
    json_put(object, &ok, "lines", lines);
    return json_finish(object, ok);
}

static json_t *json_report(const struct report *report) {
    json_t *object = json_object(), *probes = json_array();
    bool ok = object;

    for (size_t i = 0; i < report->probes_count; i++)
        json_add(probes, &ok, json_probe(&report->probes[i], report->shards > 0));
    json_put(object, &ok, "hvspec", json_text(report->version));
    json_put(object, &ok, "seed", json_seed(report->seed));
    json_put(object, &ok, "strict", json_boolean(report->strict));
    json_put(object, &ok, "profile", json_text(report->profile));
    if (report->shards > 0)
        json_put(object, &ok, "shard", json_shard(report));
    if (report->gate.path)
        json_put(object, &ok, "gate", json_gate(&report->gate));
    json_put(object, &ok, "probes", probes);
    json_put(object, &ok, "summary", json_summary(report));
    return json_finish(object, ok);
}

bool json_write(const struct report *report, const struct report_style *style, FILE *stream) {
    json_t *document = json_report(report);
    bool written;

    (void)style;
    if (!document)
        return false;
    written = json_dumpf(document, stream, JSON_INDENT(2)) == 0;
    json_decref(document);
    return fputc('\n', stream) != EOF && written && !ferror(stream);
}

const char *json_library_version(void) {
    return jansson_version_str();
}
