/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/formats.h"

#include "reports/console/failure.h"
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

static json_t *json_site(const struct report_site *site) {
    json_t *object = json_object();
    bool ok = object;

    json_put(object, &ok, "address", json_hex(site->address, 1));
    json_put(object, &ok, "symbol", json_text(site->symbol));
    json_put(object, &ok, "source", json_text(site->source));
    json_put(object, &ok, "reached", json_boolean(site->reached));
    return json_finish(object, ok);
}

/* A step as one line, for readers of the file; json_step has the same as fields. */
static json_t *json_step_line(const struct report_step *step) {
    char *line = failure_step_text(step);
    json_t *value = line ? json_text(line) : NULL;

    free(line);
    return value;
}

static json_t *json_step(const struct report_step *step) {
    json_t *object = json_object();
    bool ok = object;

    json_put(object, &ok, "address",
             step->address == REPORT_NO_ADDRESS ? json_null() : json_hex(step->address, 1));
    json_put(object, &ok, "leaf", json_word(step->leaf));
    json_put(object, &ok, "subleaf", json_word(step->subleaf));
    json_put(object, &ok, "eax", json_word(step->eax));
    json_put(object, &ok, "ebx", json_word(step->ebx));
    json_put(object, &ok, "ecx", json_word(step->ecx));
    json_put(object, &ok, "edx", json_word(step->edx));
    json_put(object, &ok, "symbol", json_text(step->symbol));
    json_put(object, &ok, "source", json_text(step->source));
    json_put(object, &ok, "in_boot", json_boolean(step->in_boot));
    json_put(object, &ok, "deciding", json_boolean(step->deciding));
    return json_finish(object, ok);
}

static json_t *json_instruction(const struct report_instruction *instruction) {
    json_t *object = json_object();
    bool ok = object;

    json_put(object, &ok, "address", json_hex(instruction->address, 1));
    json_put(object, &ok, "text", json_text(instruction->text));
    json_put(object, &ok, "deciding", json_boolean(instruction->deciding));
    return json_finish(object, ok);
}

static json_t *json_source(const struct report_example *example) {
    json_t *object, *quote;
    bool ok;

    if (!example->source_file)
        return json_null();
    object = json_object();
    quote = json_array();
    ok = object;
    for (size_t i = 0; i < example->quote_count; i++) {
        json_t *line = json_object();

        json_put(line, &ok, "line", json_integer(example->quote[i].line));
        json_put(line, &ok, "text", json_text(example->quote[i].text));
        json_add(quote, &ok, line);
    }
    json_put(object, &ok, "file", json_text(example->source_file));
    json_put(object, &ok, "line", json_integer(example->source_line));
    json_put(object, &ok, "quote", quote);
    return json_finish(object, ok);
}

/* What only the report of a shard needs, for merging, has `of_shard`. */
static json_t *json_example(const struct report_example *example, bool of_shard) {
    json_t *object = json_object(), *trace = json_array(), *steps = json_array();
    json_t *listing = json_array(), *leaves = json_array();
    bool ok = object;

    for (size_t i = 0; i < example->trace_count; i++) {
        json_add(trace, &ok, json_step_line(&example->trace[i]));
        json_add(steps, &ok, json_step(&example->trace[i]));
    }
    for (size_t i = 0; i < example->listing_count; i++)
        json_add(listing, &ok, json_instruction(&example->listing[i]));
    for (size_t i = 0; i < example->leaves_count; i++)
        json_add(leaves, &ok, json_leaf(&example->leaves[i]));
    json_put(object, &ok, "case", json_text(example->case_id));
    json_put(object, &ok, "expected", json_text(example->expected));
    json_put(object, &ok, "observed", json_text(example->observed));
    json_put(object, &ok, "trace", trace);
    json_put(object, &ok, "rerun", json_text(example->rerun));
    json_put(object, &ok, "scenario", json_text(example->scenario_id));
    json_put(object, &ok, "twin", json_text(example->twin));
    json_put(object, &ok, "target", json_word(example->target));
    json_put(object, &ok, "maximum", json_word(example->maximum));
    if (example->of_table)
        json_put(object, &ok, "processor", json_integer(example->processor));
    json_put(object, &ok, "source", json_source(example));
    json_put(object, &ok, "steps", steps);
    json_put(object, &ok, "steps_omitted", json_size(example->trace_omitted));
    json_put(object, &ok, "listing", listing);
    json_put(object, &ok, "leaves", leaves);
    if (example->line)
        json_put(object, &ok, "listed", json_integer(example->line->number));
    if (of_shard)
        json_put(object, &ok, "complexity", json_integer(example->complexity));
    return json_finish(object, ok);
}

static json_t *json_ids(const char *const *ids, size_t count) {
    json_t *array = json_array();
    bool ok = array;

    for (size_t i = 0; i < count; i++)
        json_add(array, &ok, json_text(ids[i]));
    return json_finish(array, ok);
}

/* The cases of a part are listed, for merging; the values of a sweep are too many. */
static json_t *json_rule(const struct report_probe *probe, const struct report_rule *rule,
                         bool of_shard) {
    json_t *object = json_object(), *examples = json_array();
    bool ok = object;

    for (size_t i = 0; i < rule->examples_count; i++)
        json_add(examples, &ok, json_example(&rule->examples[i], of_shard));
    json_put(object, &ok, "id", json_text(rule->id));
    json_put(object, &ok, "level", json_text(rule->level));
    json_put(object, &ok, "verdict", json_text(report_verdict_text(rule->verdict)));
    json_put(object, &ok, "cases", json_size(rule->cases));
    json_put(object, &ok, "violations", json_size(rule->violations));
    json_put(object, &ok, "deviations", json_size(rule->deviations));
    json_put(object, &ok, "violation_examples", examples);
    json_put(object, &ok, "unanswered", json_size(rule->unanswered));
    json_put(object, &ok, "errors", json_size(rule->errors));
    json_put(object, &ok, "reason", json_text(rule->reason));
    json_put(object, &ok, "locator", json_text(rule->locator));
    json_put(object, &ok, "text", json_text(rule->text));
    if (rule->lines_count > 0)
        json_put(object, &ok, "listed", json_size(rule->violations - rule->unlisted));
    if (of_shard && probe->sweeps_count == 0)
        json_put(object, &ok, "violating_cases",
                 json_ids(rule->violating_cases, rule->violating_cases ? rule->violations : 0));
    if (of_shard && rule->deviations > 0)
        json_put(object, &ok, "deviating_cases", json_ids(rule->deviating_cases, rule->deviations));
    return json_finish(object, ok);
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
    json_put(object, &ok, "id", json_text(scenario->id));
    json_put(object, &ok, "title", json_text(scenario->title));
    json_put(object, &ok, "cases", json_size(scenario->cases));
    json_put(object, &ok, "verdicts", verdicts);
    if (of_shard && probe->sweeps_count == 0)
        json_put(object, &ok, "case_ids",
                 json_ids(scenario->case_ids, scenario->case_ids ? scenario->cases : 0));
    return json_finish(object, ok);
}

static json_t *json_failure(const struct report_failure *failure) {
    json_t *object = json_object();
    bool ok = object;

    json_put(object, &ok, "cause", json_text(failure->cause));
    json_put(object, &ok, "cases", json_size(failure->cases));
    json_put(object, &ok, "first", json_text(failure->case_id));
    return json_finish(object, ok);
}

static json_t *json_hunt(const struct report_hunt *hunt) {
    json_t *object = json_object();
    bool ok = object;

    json_put(object, &ok, "wanted", json_size(hunt->wanted));
    json_put(object, &ok, "runs", json_size(hunt->runs));
    json_put(object, &ok, "finds", json_size(hunt->finds));
    return json_finish(object, ok);
}

static json_t *json_probe(const struct report_probe *probe, bool of_shard) {
    json_t *object = json_object(), *sites = json_array(), *rules = json_array();
    json_t *scenarios = json_array(), *notes = json_array(), *failures = json_array();
    bool ok = object;

    for (size_t i = 0; i < probe->sites_count; i++)
        json_add(sites, &ok, json_site(&probe->sites[i]));
    for (size_t i = 0; i < probe->rules_count; i++)
        json_add(rules, &ok, json_rule(probe, &probe->rules[i], of_shard));
    for (size_t i = 0; i < probe->scenarios_count; i++)
        json_add(scenarios, &ok, json_scenario(probe, &probe->scenarios[i], of_shard));
    for (size_t i = 0; i < probe->failures_count; i++)
        json_add(failures, &ok, json_failure(&probe->failures[i]));
    for (size_t i = 0; i < probe->notes_count; i++)
        json_add(notes, &ok, json_text(probe->notes[i]));
    json_put(object, &ok, "name", json_text(probe->name));
    json_put(object, &ok, "kind", json_string(probe->is_table ? "table" : "probe"));
    json_put(object, &ok, "file", json_text(probe->file));
    json_put(object, &ok, "sha256", json_text(probe->sha256));
    json_put(object, &ok, "call_sha256", json_text(probe->call_sha256));
    json_put(object, &ok, "budget", json_size(probe->budget));
    json_put(object, &ok, "left_out", json_size(probe->left_out));
    json_put(object, &ok, "hunt", probe->hunt.wanted > 0 ? json_hunt(&probe->hunt) : json_null());
    json_put(object, &ok, "arch", json_text(probe->arch));
    json_put(object, &ok, "entry", json_text(probe->entry));
    json_put(object, &ok, "verdict", json_text(report_verdict_text(probe->verdict)));
    json_put(object, &ok, "stated",
             json_statements(probe->statements, probe->statements_count));
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
