/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/json/audit_json.h"

#include "reports/formats.h"
#include "reports/json/fields.h"

#include <string.h>

/* An audit as JSON, and back; audit.schema.json describes every field. */

/* A mutant: its fate and its change ahead of these, */
static const struct field place_fields[] = {
    FIELD(struct audit_mutant, "instruction", FIELD_SIZE, instruction),
    FIELD(struct audit_mutant, "address", FIELD_ADDRESS, address),
    FIELD(struct audit_mutant, "symbol", FIELD_TEXT, symbol),
    FIELD(struct audit_mutant, "offset", FIELD_ADDRESS, symbol_offset),
    FIELD(struct audit_mutant, "file", FIELD_TEXT, file),
};
/* the line, where there is a file, behind these, */
static const struct field line_field[] = {
    FIELD(struct audit_mutant, "line", FIELD_NUMBER, line),
};
static const struct field code_fields[] = {
    FIELD(struct audit_mutant, "before", FIELD_TEXT, before),
    FIELD(struct audit_mutant, "after", FIELD_TEXT, after),
};
/* and the rules that it turns red. */
static const struct field found_fields[] = {
    FIELD(struct audit_mutant, "all_cases", FIELD_BOOL, all_cases),
    FIELD(struct audit_mutant, "differs", FIELD_BOOL, differs),
    FIELD(struct audit_mutant, "conforms", FIELD_BOOL, conforms),
    FIELD(struct audit_mutant, "difference", FIELD_TEXT, difference),
    FIELD(struct audit_mutant, "reason", FIELD_TEXT, reason),
    FIELD(struct audit_mutant, "proven", FIELD_BOOL, proven),
    FIELD(struct audit_mutant, "runs", FIELD_SIZE, runs),
};

/* A probe: what was stated of it stands behind these, counts and mutants behind the search. */
static const struct field probe_fields[] = {
    FIELD(struct audit_probe, "probe", FIELD_REQUIRED, name),
    FIELD(struct audit_probe, "file", FIELD_REQUIRED, file),
    FIELD(struct audit_probe, "entry", FIELD_REQUIRED, entry),
    FIELD(struct audit_probe, "sha256", FIELD_REQUIRED, sha256),
    FIELD(struct audit_probe, "call_sha256", FIELD_REQUIRED, call_sha256),
    FIELD(struct audit_probe, "budget", FIELD_SIZE, budget),
    FIELD(struct audit_probe, "instructions", FIELD_SIZE, instructions),
    FIELD(struct audit_probe, "cases", FIELD_SIZE, cases),
    FIELD(struct audit_probe, "sample_step", FIELD_SIZE, sample_step),
};
static const struct field search_field[] = {
    FIELD(struct audit_probe, "search", FIELD_REQUIRED, search),
};

static const struct field run_fields[] = {
    FIELD(struct audit_report, "thorough", FIELD_BOOL, thorough),
    FIELD(struct audit_report, "interrupted", FIELD_BOOL, interrupted),
};
static const struct field shard_fields[] = {
    FIELD(struct audit_report, "part", FIELD_NUMBER, shard),
    FIELD(struct audit_report, "parts", FIELD_NUMBER, shards),
};

/* --- Writing. --- */

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
    fields_put(object, &ok, FIELDS(place_fields), mutant);
    if (mutant->file)
        fields_put(object, &ok, FIELDS(line_field), mutant);
    else
        json_put(object, &ok, "line", json_null());
    fields_put(object, &ok, FIELDS(code_fields), mutant);
    json_put(object, &ok, "rules", json_rules(report, mutant));
    json_put(object, &ok, "only_should", json_boolean(audit_only_should(report, mutant)));
    fields_put(object, &ok, FIELDS(found_fields), mutant);
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
    fields_put(object, &ok, FIELDS(probe_fields), probe);
    json_put(object, &ok, "stated", json_statements(probe->statements, probe->statements_count));
    fields_put(object, &ok, FIELDS(search_field), probe);
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
    fields_put(object, &ok, FIELDS(run_fields), report);
    json_put(object, &ok, "scenarios_sha256", json_text(report->scenarios_sha256));
    if (report->shards > 0)
        json_put(object, &ok, "shard", fields_object(FIELDS(shard_fields), report));
    json_put(object, &ok, "changes", json_changes(report));
    json_put(object, &ok, "rules", json_report_rules(report));
    json_put(object, &ok, "probes", array);
    object = json_finish(object, ok);
    ok = object && json_dumpf(object, stream, JSON_INDENT(1)) == 0 && fputc('\n', stream) != EOF;
    json_decref(object);
    return ok;
}

/* --- And back. --- */

static enum audit_fate read_fate(struct reader *reader, json_t *object) {
    const char *text = json_string_value(json_object_get(object, "fate"));

    for (enum audit_fate fate = 0; text && fate < AUDIT_FATES; fate++) {
        if (strcmp(text, audit_fate_text(fate)) == 0)
            return fate;
    }
    reader_fail(reader, "fate");
    return AUDIT_INVALID;
}

static size_t read_change(struct reader *reader, const struct audit_report *report,
                          json_t *object) {
    const char *name = json_string_value(json_object_get(object, "change"));

    for (size_t i = 0; name && i < report->changes_count; i++) {
        if (strcmp(name, report->changes[i].name) == 0)
            return i;
    }
    reader_fail(reader, "change");
    return 0;
}

static uint64_t read_rule(struct reader *reader, const struct audit_report *report, json_t *value) {
    const char *id = json_string_value(value);

    for (size_t i = 0; id && i < report->rules_count; i++) {
        if (strcmp(id, report->rules[i].id) == 0)
            return (uint64_t)1 << i;
    }
    reader_fail(reader, "rules");
    return 0;
}

static void read_mutant(struct reader *reader, const struct audit_report *report, json_t *object,
                        struct audit_mutant *mutant) {
    json_t *red = read_field(reader, object, "rules", JSON_ARRAY);

    mutant->fate = read_fate(reader, object);
    mutant->change = read_change(reader, report, object);
    fields_read(reader, object, FIELDS(place_fields), mutant);
    if (mutant->file)
        fields_read(reader, object, FIELDS(line_field), mutant);
    fields_read(reader, object, FIELDS(code_fields), mutant);
    for (size_t i = 0; i < json_array_size(red); i++)
        mutant->red |= read_rule(reader, report, json_array_get(red, i));
    fields_read(reader, object, FIELDS(found_fields), mutant);
}

static void read_probe(struct reader *reader, const struct audit_report *report, json_t *object,
                       struct audit_probe *probe) {
    json_t *mutants = read_field(reader, object, "mutants", JSON_ARRAY);

    fields_read(reader, object, FIELDS(probe_fields), probe);
    fields_read(reader, object, FIELDS(search_field), probe);
    read_statements(reader, object, &probe->statements, &probe->statements_count);
    probe->mutants =
        read_room(reader, mutants, sizeof *probe->mutants, "mutants", &probe->mutants_count);
    for (size_t i = 0; i < probe->mutants_count; i++)
        read_mutant(reader, report, json_array_get(mutants, i), &probe->mutants[i]);
}

/* Rules and changes are this version's own. */
static void read_rules(struct reader *reader, json_t *root, struct audit_report *report) {
    json_t *array = read_field(reader, root, "rules", JSON_ARRAY);

    if (json_array_size(array) != report->rules_count)
        reader_fail(reader, "rules");
    for (size_t i = 0; i < json_array_size(array) && i < report->rules_count; i++) {
        json_t *object = json_array_get(array, i);
        const char *id = json_string_value(json_object_get(object, "id"));

        if (!id || strcmp(id, report->rules[i].id) != 0)
            reader_fail(reader, "rules");
        report->rules[i].selected = read_bool(reader, object, "selected");
    }
}

static void read_audit(struct reader *reader, json_t *root, struct audit_report *report) {
    json_t *probes = read_field(reader, root, "probes", JSON_ARRAY);
    json_t *shard = json_object_get(root, "shard");
    const char *hash = json_string_value(json_object_get(root, "scenarios_sha256"));

    if (hash && strlen(hash) == sizeof report->scenarios_sha256 - 1)
        memcpy(report->scenarios_sha256, hash, sizeof report->scenarios_sha256);
    else
        reader_fail(reader, "scenarios_sha256");
    report->seed = read_seed(reader, root);
    fields_read(reader, root, FIELDS(run_fields), report);
    read_rules(reader, root, report);
    if (shard) {
        fields_read(reader, shard, FIELDS(shard_fields), report);
        if (report->shard < 1 || report->shard > report->shards)
            reader_fail(reader, "shard");
    }
    report->probes =
        read_room(reader, probes, sizeof *report->probes, "probes", &report->probes_count);
    for (size_t i = 0; i < report->probes_count; i++)
        read_probe(reader, report, json_array_get(probes, i), &report->probes[i]);
}

bool audit_report_read_json(const char *path, struct audit_report *report, char **profile,
                            struct errors *errors) {
    struct reader reader = {path, NULL, errors, false};
    json_t *root = reader_load(&reader);
    const char *version = json_string_value(json_object_get(root, "version"));
    const char *format = json_string_value(json_object_get(root, "format"));
    bool good = root != NULL;

    if (good && (!format || strcmp(format, AUDIT_JSON_FORMAT) != 0))
        good = errors_add(errors, path, 0, 0, "this is no audit's report");
    if (good && (!version || strcmp(version, report->version) != 0))
        good = errors_add(errors, path, 0, 0,
                          "this audit is of another version of hvspec, %s, and this is %s",
                          version ? version : "?", report->version);
    if (good) {
        *profile = read_text(&reader, root, "profile");
        read_audit(&reader, root, report);
    }
    json_decref(root);
    return good && !reader.failed;
}
