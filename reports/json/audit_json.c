/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/audit_formats.h"
#include "reports/json/value.h"

#include <inttypes.h>

/* The shape is published as audit.schema.json. */

static json_t *json_rules(const struct audit_report *report, const struct audit_mutant *mutant) {
    json_t *array = json_array();
    bool ok = array;

    for (size_t i = 0; i < report->rules_count; i++) {
        if (mutant->red >> i & 1)
            json_add(array, &ok, json_string(report->rules[i].id));
    }
    return json_finish(array, ok);
}

static json_t *json_mutant(const struct audit_report *report, const struct audit_mutant *mutant) {
    json_t *object = json_object();
    bool ok = object;

    json_put(object, &ok, "fate", json_string(audit_fate_text(mutant->fate)));
    json_put(object, &ok, "change", json_string(report->changes[mutant->change].name));
    json_put(object, &ok, "instruction", json_integer((json_int_t)mutant->instruction));
    json_put(object, &ok, "address", json_sprintf("0x%" PRIx64, mutant->address));
    json_put(object, &ok, "symbol", json_text(mutant->symbol));
    json_put(object, &ok, "offset", json_sprintf("0x%" PRIx64, mutant->symbol_offset));
    json_put(object, &ok, "file", json_text(mutant->file));
    json_put(object, &ok, "line", mutant->file ? json_integer(mutant->line) : json_null());
    json_put(object, &ok, "before", json_text(mutant->before));
    json_put(object, &ok, "after", json_text(mutant->after));
    json_put(object, &ok, "rules", json_rules(report, mutant));
    json_put(object, &ok, "only_should", json_boolean(audit_only_should(report, mutant)));
    json_put(object, &ok, "all_cases", json_boolean(mutant->all_cases));
    json_put(object, &ok, "differs", json_boolean(mutant->differs));
    json_put(object, &ok, "conforms", json_boolean(mutant->conforms));
    json_put(object, &ok, "difference", json_text(mutant->difference));
    json_put(object, &ok, "reason", json_text(mutant->reason));
    json_put(object, &ok, "runs", json_integer((json_int_t)mutant->runs));
    return json_finish(object, ok);
}

static json_t *json_mutants(const struct audit_report *report, const struct audit_probe *probe) {
    json_t *array = json_array();
    bool ok = array;

    for (size_t i = 0; i < probe->mutants_count; i++)
        json_add(array, &ok, json_mutant(report, &probe->mutants[i]));
    return json_finish(array, ok);
}

static json_t *json_probe(const struct audit_report *report, const struct audit_probe *probe) {
    json_t *object = json_object(), *counts = json_object();
    bool ok = object && counts;

    for (enum audit_fate fate = 0; fate < AUDIT_FATES; fate++)
        json_put(counts, &ok, audit_fate_text(fate),
                 json_integer(
                     (json_int_t)audit_probe_count(report, probe, report->changes_count, fate)));
    json_put(object, &ok, "probe", json_text(probe->name));
    json_put(object, &ok, "file", json_text(probe->file));
    json_put(object, &ok, "entry", json_text(probe->entry));
    json_put(object, &ok, "sha256", json_text(probe->sha256));
    json_put(object, &ok, "call_sha256", json_text(probe->call_sha256));
    json_put(object, &ok, "budget", json_integer((json_int_t)probe->budget));
    json_put(object, &ok, "instructions", json_integer((json_int_t)probe->instructions));
    json_put(object, &ok, "cases", json_integer((json_int_t)probe->cases));
    json_put(object, &ok, "sample_step", json_integer((json_int_t)probe->sample_step));
    json_put(object, &ok, "stated",
             json_statements(probe->statements, probe->statements_count));
    json_put(object, &ok, "search", json_text(probe->search));
    json_put(object, &ok, "counts", counts);
    json_put(object, &ok, "mutants", json_mutants(report, probe));
    return json_finish(object, ok);
}

static json_t *json_changes(const struct audit_report *report) {
    json_t *array = json_array();
    bool ok = array;

    for (size_t i = 0; i < report->changes_count; i++)
        json_add(array, &ok,
                 json_pack("{s:s, s:s}", "name", report->changes[i].name, "what",
                           report->changes[i].what));
    return json_finish(array, ok);
}

static json_t *json_report_rules(const struct audit_report *report) {
    json_t *array = json_array();
    bool ok = array;

    for (size_t i = 0; i < report->rules_count; i++)
        json_add(array, &ok,
                 json_pack("{s:s, s:s, s:b}", "id", report->rules[i].id, "level",
                           report->rules[i].level, "selected", report->rules[i].selected));
    return json_finish(array, ok);
}

static json_t *json_shard(const struct audit_report *report) {
    json_t *object = json_object();
    bool ok = object;

    json_put(object, &ok, "part", json_integer(report->shard));
    json_put(object, &ok, "parts", json_integer(report->shards));
    return json_finish(object, ok);
}

bool audit_json_write(const struct audit_report *report, const struct report_style *style,
                      FILE *stream) {
    json_t *object = json_object(), *array = json_array();
    bool ok = object && array;

    (void)style;
    for (size_t i = 0; i < report->probes_count; i++)
        json_add(array, &ok, json_probe(report, &report->probes[i]));
    json_put(object, &ok, "format", json_string(AUDIT_JSON_FORMAT));
    json_put(object, &ok, "version", json_text(report->version));
    json_put(object, &ok, "seed", json_seed(report->seed));
    json_put(object, &ok, "profile", json_text(report->profile));
    json_put(object, &ok, "thorough", json_boolean(report->thorough));
    json_put(object, &ok, "interrupted", json_boolean(report->interrupted));
    json_put(object, &ok, "scenarios_sha256", json_text(report->scenarios_sha256));
    if (report->shards > 0)
        json_put(object, &ok, "shard", json_shard(report));
    json_put(object, &ok, "changes", json_changes(report));
    json_put(object, &ok, "rules", json_report_rules(report));
    json_put(object, &ok, "probes", array);
    object = json_finish(object, ok);
    ok = object && json_dumpf(object, stream, JSON_INDENT(1)) == 0 && fputc('\n', stream) != EOF;
    json_decref(object);
    return ok;
}
