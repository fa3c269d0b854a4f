/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/json/read.h"

#include "base/open_file.h"
#include "reports/json/example.h"
#include "reports/json/report_fields.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Reads back what json.c wrote. */

void reader_fail(struct reader *reader, const char *key) {
    if (!reader->failed)
        errors_add(reader->errors, reader->path, 0, 0,
                   "this is no report of hvspec: '%s' is not as it should be", key);
    reader->failed = true;
}

json_t *read_field(struct reader *reader, json_t *object, const char *key, json_type type) {
    json_t *value = json_object_get(object, key);

    if (value && json_typeof(value) == type)
        return value;
    reader_fail(reader, key);
    return NULL;
}

char *read_text(struct reader *reader, json_t *object, const char *key) {
    json_t *value = json_object_get(object, key);
    char *text = NULL;

    if (json_is_string(value))
        text = strdup(json_string_value(value));
    if (!text && !json_is_null(value))
        reader_fail(reader, key);
    return text;
}

char *read_required(struct reader *reader, json_t *object, const char *key) {
    char *text = read_text(reader, object, key);

    if (!text)
        reader_fail(reader, key);
    return text;
}

const char *read_borrowed(struct reader *reader, const char *text, const char *key) {
    const char *kept = report_keep(reader->report, text ? strdup(text) : NULL);

    if (!kept)
        reader_fail(reader, key);
    return kept ? kept : "";
}

uint64_t read_size(struct reader *reader, json_t *object, const char *key) {
    json_t *value = read_field(reader, object, key, JSON_INTEGER);

    if (value && json_integer_value(value) < 0)
        reader_fail(reader, key);
    return value && json_integer_value(value) > 0 ? (uint64_t)json_integer_value(value) : 0;
}

bool read_bool(struct reader *reader, json_t *object, const char *key) {
    json_t *value = json_object_get(object, key);

    if (!json_is_boolean(value))
        reader_fail(reader, key);
    return json_is_true(value);
}

uint64_t read_hex(struct reader *reader, json_t *object, const char *key, uint64_t highest) {
    const char *text = json_string_value(json_object_get(object, key));
    char *end = NULL;
    uint64_t number = text && strncmp(text, "0x", 2) == 0 ? strtoull(text + 2, &end, 16) : 0;

    if (!end || *end || end == text + 2 || strlen(text) > 18 || number > highest)
        reader_fail(reader, key);
    return number;
}

uint32_t read_word(struct reader *reader, json_t *object, const char *key) {
    return (uint32_t)read_hex(reader, object, key, UINT32_MAX);
}

static enum report_verdict read_verdict(struct reader *reader, json_t *value, const char *key) {
    for (unsigned i = 0; json_is_string(value) && i < REPORT_VERDICTS; i++) {
        if (strcmp(json_string_value(value), report_verdict_text(i)) == 0)
            return i;
    }
    reader_fail(reader, key);
    return REPORT_ERROR;
}

void *read_room(struct reader *reader, json_t *array, size_t element, const char *key,
                size_t *count) {
    void *room = calloc(json_array_size(array) + 1, element);

    if (!room)
        reader_fail(reader, key);
    *count = room ? json_array_size(array) : 0;
    return room;
}

static const char **read_ids(struct reader *reader, json_t *object, const char *key,
                             size_t wanted) {
    json_t *array = read_field(reader, object, key, JSON_ARRAY);
    size_t count;
    const char **ids = read_room(reader, array, sizeof *ids, key, &count);

    if (count != wanted)
        reader_fail(reader, key);
    for (size_t i = 0; i < count; i++)
        ids[i] = read_borrowed(reader, json_string_value(json_array_get(array, i)), key);
    return ids;
}

/* --- Rules, scenarios, probes. --- */

/* Whether the cases of a part are listed. */
static bool read_has_ids(const struct reader *reader, const struct report_probe *probe) {
    return reader->report->shards > 0 && probe->sweeps_count == 0;
}

static void read_rule(struct reader *reader, json_t *object, const struct report_probe *probe,
                      struct report_rule *rule) {
    json_t *examples = read_field(reader, object, "violation_examples", JSON_ARRAY);

    fields_read(reader, object, FIELDS(report_rule_fields), rule);
    fields_read(reader, object, FIELDS(report_rule_counts), rule);
    fields_read(reader, object, FIELDS(report_rule_rest), rule);
    rule->why = "";
    rule->verdict = read_verdict(reader, json_object_get(object, "verdict"), "verdict");
    if (read_has_ids(reader, probe) && probe->is_table)
        rule->violating_cases = read_ids(reader, object, "violating_cases", rule->violations);
    if (read_has_ids(reader, probe) && probe->is_table && rule->deviations > 0)
        rule->deviating_cases = read_ids(reader, object, "deviating_cases", rule->deviations);
    rule->examples = read_room(reader, examples, sizeof *rule->examples, "violation_examples",
                               &rule->examples_count);
    for (size_t i = 0; i < rule->examples_count; i++)
        read_example(reader, json_array_get(examples, i), reader->report->shards > 0,
                     &rule->examples[i]);
}

/* What each case of a part came to. */
static void read_results(struct reader *reader, json_t *object, struct report_scenario *scenario) {
    json_t *states = read_field(reader, object, "states", JSON_ARRAY);
    json_t *causes = read_field(reader, object, "causes", JSON_OBJECT);
    size_t count;

    scenario->results = read_room(reader, states, sizeof *scenario->results, "states", &count);
    if (count != scenario->cases)
        reader_fail(reader, "states");
    for (size_t i = 0; !reader->failed && i < count; i++) {
        const char *cause = json_string_value(json_object_get(causes, scenario->case_ids[i]));

        scenario->results[i].states =
            read_borrowed(reader, json_string_value(json_array_get(states, i)), "states");
        if (cause)
            scenario->results[i].cause = read_borrowed(reader, cause, "causes");
    }
}

/* NULL: out of memory, which is told. */
static struct report_example *read_new_example(struct reader *reader, json_t *object) {
    struct report_example *example = calloc(1, sizeof *example);

    if (example)
        read_example(reader, object, true, example);
    else
        reader_fail(reader, "examples");
    return example;
}

/* What a page shows of the cells, where a part has kept it. */
static void read_cells(struct reader *reader, json_t *object, const struct report_probe *probe,
                       struct report_scenario *scenario) {
    json_t *examples = json_object_get(object, "examples");
    json_t *shown = json_object_get(object, "shown");

    if (!examples)
        return;
    scenario->cells = calloc(probe->rules_count + 1, sizeof *scenario->cells);
    if (!scenario->cells)
        reader_fail(reader, "examples");
    for (size_t i = 0; scenario->cells && i < probe->rules_count; i++) {
        json_t *example = json_object_get(examples, probe->rules[i].id);

        if (example)
            scenario->cells[i].example = read_new_example(reader, example);
    }
    if (!json_is_null(shown))
        scenario->shown = read_new_example(reader, shown);
}

static void read_scenario(struct reader *reader, json_t *object, const struct report_probe *probe,
                          struct report_scenario *scenario) {
    json_t *verdicts = read_field(reader, object, "verdicts", JSON_OBJECT);

    fields_read(reader, object, FIELDS(report_scenario_fields), scenario);
    fields_read(reader, read_field(reader, object, "plain", JSON_OBJECT),
                FIELDS(report_plain_fields), &scenario->plain);
    if (read_has_ids(reader, probe))
        scenario->case_ids = read_ids(reader, object, "case_ids", scenario->cases);
    if (read_has_ids(reader, probe) && !probe->is_table) {
        read_results(reader, object, scenario);
        read_cells(reader, object, probe, scenario);
    }
    scenario->verdicts = calloc(probe->rules_count + 1, sizeof *scenario->verdicts);
    if (!scenario->verdicts)
        reader_fail(reader, "verdicts");
    for (size_t i = 0; scenario->verdicts && i < probe->rules_count; i++) {
        json_t *value = json_object_get(verdicts, probe->rules[i].id);

        scenario->verdicts[i] =
            value ? read_verdict(reader, value, "verdicts") : REPORT_NOT_EXERCISED;
    }
}

static void read_notes(struct reader *reader, json_t *array, struct report_probe *probe) {
    probe->notes = read_room(reader, array, sizeof *probe->notes, "notes", &probe->notes_count);
    for (size_t i = 0; i < probe->notes_count; i++) {
        const char *text = json_string_value(json_array_get(array, i));

        probe->notes[i] = text ? strdup(text) : NULL;
        if (!probe->notes[i])
            reader_fail(reader, "notes");
    }
}

static bool read_is_table(struct reader *reader, json_t *kind) {
    const char *text = json_string_value(kind);
    bool table = text && strcmp(text, "table") == 0;

    if (!table && (!text || strcmp(text, "probe") != 0))
        reader_fail(reader, "kind");
    return table;
}

static void read_failures(struct reader *reader, json_t *array, struct report_probe *probe) {
    probe->failures =
        read_room(reader, array, sizeof *probe->failures, "failures", &probe->failures_count);
    for (size_t i = 0; i < probe->failures_count; i++)
        fields_read(reader, json_array_get(array, i), FIELDS(report_failure_fields),
                    &probe->failures[i]);
}

static void read_probe(struct reader *reader, json_t *object, struct report_probe *probe) {
    json_t *sites = read_field(reader, object, "cpuid_sites", JSON_ARRAY);
    json_t *rules = read_field(reader, object, "rules", JSON_ARRAY);
    json_t *scenarios = read_field(reader, object, "scenarios", JSON_ARRAY);
    json_t *hunt = json_object_get(object, "hunt");

    fields_read(reader, object, FIELDS(report_probe_name), probe);
    fields_read(reader, object, FIELDS(report_probe_fields), probe);
    fields_read(reader, object, FIELDS(report_probe_rest), probe);
    probe->is_table = read_is_table(reader, json_object_get(object, "kind"));
    if (!json_is_null(hunt))
        fields_read(reader, hunt, FIELDS(report_hunt_fields), &probe->hunt);
    probe->verdict = read_verdict(reader, json_object_get(object, "verdict"), "verdict");
    probe->sites =
        read_room(reader, sites, sizeof *probe->sites, "cpuid_sites", &probe->sites_count);
    for (size_t i = 0; i < probe->sites_count; i++)
        fields_read(reader, json_array_get(sites, i), FIELDS(report_site_fields), &probe->sites[i]);
    read_sweeps(reader, object, probe);
    probe->rules = read_room(reader, rules, sizeof *probe->rules, "rules", &probe->rules_count);
    for (size_t i = 0; i < probe->rules_count; i++)
        read_rule(reader, json_array_get(rules, i), probe, &probe->rules[i]);
    probe->scenarios = read_room(reader, scenarios, sizeof *probe->scenarios, "scenarios",
                                 &probe->scenarios_count);
    for (size_t i = 0; i < probe->scenarios_count; i++)
        read_scenario(reader, json_array_get(scenarios, i), probe, &probe->scenarios[i]);
    read_statements(reader, object, &probe->statements, &probe->statements_count);
    read_failures(reader, read_field(reader, object, "failures", JSON_ARRAY), probe);
    read_notes(reader, read_field(reader, object, "notes", JSON_ARRAY), probe);
    if (probe->is_table)
        read_table(reader, object, probe);
}

/* --- The report. --- */

uint64_t read_seed(struct reader *reader, json_t *object) {
    json_t *value = json_object_get(object, "seed");
    char *end = NULL;
    uint64_t seed = 0;

    if (json_is_integer(value) && json_integer_value(value) >= 0)
        return (uint64_t)json_integer_value(value);
    if (json_is_string(value))
        seed = strtoull(json_string_value(value), &end, 10);
    if (!end || *end)
        reader_fail(reader, "seed");
    return seed;
}

static void read_shard(struct reader *reader, json_t *object, struct report *report) {
    json_t *shard = json_object_get(object, "shard");
    char *hash;

    if (!shard)
        return;
    report->shard = (unsigned)read_size(reader, shard, "part");
    report->shards = (unsigned)read_size(reader, shard, "parts");
    report->some_scenarios = read_bool(reader, shard, "some_scenarios");
    hash = read_required(reader, shard, "scenarios_sha256");
    if (!hash || strlen(hash) != 64 || report->shard < 1 || report->shard > report->shards)
        reader_fail(reader, "shard");
    else
        memcpy(report->scenarios_sha256, hash, sizeof report->scenarios_sha256);
    free(hash);
}

static void read_report(struct reader *reader, json_t *object) {
    struct report *report = reader->report;
    json_t *profile = json_object_get(object, "profile");
    json_t *summary = read_field(reader, object, "summary", JSON_OBJECT);
    json_t *probes = read_field(reader, object, "probes", JSON_ARRAY);

    report->version =
        read_borrowed(reader, json_string_value(json_object_get(object, "hvspec")), "hvspec");
    report->seed = read_seed(reader, object);
    report->strict = read_bool(reader, object, "strict");
    if (!json_is_null(profile))
        report->profile = read_borrowed(reader, json_string_value(profile), "profile");
    read_shard(reader, object, report);
    report->cases = read_size(reader, summary, "cases");
    report->runs = read_size(reader, summary, "runs");
    report->errors = read_size(reader, summary, "errors");
    report->probes =
        read_room(reader, probes, sizeof *report->probes, "probes", &report->probes_count);
    for (size_t i = 0; !reader->failed && i < report->probes_count; i++)
        read_probe(reader, json_array_get(probes, i), &report->probes[i]);
}

static bool reader_lacked_memory;

/* jansson names what it stumbled over for want of memory as a mistake of the file. */
static void *reader_allocate(size_t size) {
    void *memory = malloc(size);

    reader_lacked_memory |= memory == NULL;
    return memory;
}

json_t *reader_load(struct reader *reader) {
    FILE *stream = open_file(reader->path);
    json_error_t error;
    json_t *document;

    if (!stream) {
        errors_add_system(reader->errors, reader->path, "cannot be read", errno);
        return NULL;
    }
    json_set_alloc_funcs(reader_allocate, free);
    reader_lacked_memory = false;
    document = json_loadf(stream, JSON_REJECT_DUPLICATES, &error);
    fclose(stream);
    if (!document && reader_lacked_memory)
        errors_add_system(reader->errors, reader->path, "cannot be read as JSON", ENOMEM);
    else if (!document)
        errors_add(reader->errors, reader->path, error.line > 0 ? (unsigned)error.line : 0,
                   error.line > 0 && error.column > 0 ? (unsigned)error.column : 0,
                   "cannot be read as JSON, which --report json=FILE writes: %s", error.text);
    return document;
}

bool report_read_json(const char *path, struct report *report, struct errors *errors) {
    struct reader reader = {path, report, errors, false};
    json_t *document = reader_load(&reader);

    if (!document)
        return false;
    read_report(&reader, document);
    json_decref(document);
    return !reader.failed;
}
