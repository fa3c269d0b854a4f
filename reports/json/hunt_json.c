/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/json/hunt_json.h"

#include "reports/formats.h"
#include "reports/json/example.h"
#include "reports/json/fields.h"

#include <string.h>

/* A hunt as JSON, and back; hunt.schema.json describes every field. Nothing of how long it took:
 * the same hunt gives the same bytes. */

static const struct field search_fields[] = {
    FIELD(struct hunt_search, "number", FIELD_NUMBER, number),
    FIELD(struct hunt_search, "runs", FIELD_SIZE, runs),
    FIELD(struct hunt_search, "kept", FIELD_SIZE, kept),
    FIELD(struct hunt_search, "blocks", FIELD_SIZE, blocks),
    FIELD(struct hunt_search, "edges", FIELD_SIZE, edges),
    FIELD(struct hunt_search, "finds", FIELD_SIZE, finds),
    FIELD(struct hunt_search, "unjudged", FIELD_SIZE, unjudged),
    FIELD(struct hunt_search, "unjudged_reason", FIELD_TEXT, unjudged_reason),
};

/* A find: its rules and, as they are read most, sentences of its example ahead of these, and the
 * example behind them. */
static const struct field found_fields[] = {
    FIELD(struct hunt_found, "file", FIELD_REQUIRED, file),
    FIELD(struct hunt_found, "code", FIELD_HASH, path),
    FIELD(struct hunt_found, "search", FIELD_NUMBER, search),
    FIELD(struct hunt_found, "run", FIELD_SIZE, run),
};

static const struct field probe_fields[] = {
    FIELD(struct hunt_report, "hvspec", FIELD_REQUIRED, version),
    FIELD(struct hunt_report, "probe", FIELD_REQUIRED, probe),
    FIELD(struct hunt_report, "path", FIELD_REQUIRED, file),
    FIELD(struct hunt_report, "sha256", FIELD_REQUIRED, sha256),
    FIELD(struct hunt_report, "arch", FIELD_REQUIRED, arch),
    FIELD(struct hunt_report, "entry", FIELD_REQUIRED, entry),
};
static const struct field budget_field[] = {
    FIELD(struct hunt_report, "budget", FIELD_SIZE, budget),
};
static const struct field wanted_fields[] = {
    FIELD(struct hunt_report, "runs_wanted", FIELD_LIMIT, runs_wanted),
    FIELD(struct hunt_report, "seconds_wanted", FIELD_LIMIT, seconds_wanted),
    FIELD(struct hunt_report, "fail_fast", FIELD_BOOL, first_only),
    FIELD(struct hunt_report, "searches_all", FIELD_NUMBER, searches_all),
};
static const struct field shard_fields[] = {
    FIELD(struct hunt_report, "part", FIELD_NUMBER, shard),
    FIELD(struct hunt_report, "parts", FIELD_NUMBER, shards),
};
static const struct field interrupted_field[] = {
    FIELD(struct hunt_report, "interrupted", FIELD_BOOL, interrupted),
};
/* What all searches together came to: derived, so it is not read. */
static const struct field total_fields[] = {
    FIELD(struct hunt_search, "runs", FIELD_SIZE, runs),
    FIELD(struct hunt_search, "kept", FIELD_SIZE, kept),
    FIELD(struct hunt_search, "blocks", FIELD_SIZE, blocks),
    FIELD(struct hunt_search, "edges", FIELD_SIZE, edges),
    FIELD(struct hunt_search, "unjudged", FIELD_SIZE, unjudged),
};

/* --- Writing. --- */

static json_t *json_found(const struct hunt_report *report, const struct hunt_found *found) {
    json_t *object = json_object(), *broken = json_array();
    bool ok = object;

    for (size_t i = 0; i < report->rules_count; i++) {
        if (found->broken >> i & 1)
            json_add(broken, &ok, json_string(report->rules[i].id));
    }
    json_put(object, &ok, "rule", json_string(report->rules[found->rule].id));
    json_put(object, &ok, "rules", broken);
    json_put(object, &ok, "twin", json_text(found->example.twin));
    json_put(object, &ok, "expected", json_text(found->example.expected));
    json_put(object, &ok, "observed", json_text(found->example.observed));
    fields_put(object, &ok, FIELDS(found_fields), found);
    json_put(object, &ok, "example", json_example(&found->example, false));
    return json_finish(object, ok);
}

static json_t *json_wanted(const struct hunt_report *report) {
    json_t *array = json_array();
    bool ok = array;

    for (size_t i = 0; i < report->rules_count; i++) {
        if (report->rules[i].wanted)
            json_add(array, &ok, json_string(report->rules[i].id));
    }
    return json_finish(array, ok);
}

static json_t *json_hunt(const struct hunt_report *report) {
    struct hunt_search totals = hunt_report_totals(report);
    json_t *root = json_object(), *finds = json_array(), *searches = json_array();
    bool ok = root;

    for (size_t i = 0; i < report->searches_count; i++)
        json_add(searches, &ok, fields_object(FIELDS(search_fields), &report->searches[i]));
    for (size_t i = 0; i < report->finds_count; i++)
        json_add(finds, &ok, json_found(report, &report->finds[i]));
    json_put(root, &ok, "format", json_string(HUNT_JSON_FORMAT));
    fields_put(root, &ok, FIELDS(probe_fields), report);
    json_put(root, &ok, "call_sha256", json_text(report->call_sha256));
    fields_put(root, &ok, FIELDS(budget_field), report);
    json_put(root, &ok, "stated", json_statements(report->statements, report->statements_count));
    json_put(root, &ok, "seed", json_seed(report->seed));
    json_put(root, &ok, "profile", json_text(report->profile));
    json_put(root, &ok, "scenarios_sha256", json_text(report->scenarios_sha256));
    json_put(root, &ok, "rules", json_wanted(report));
    fields_put(root, &ok, FIELDS(wanted_fields), report);
    if (report->shards > 0)
        json_put(root, &ok, "shard", fields_object(FIELDS(shard_fields), report));
    fields_put(root, &ok, FIELDS(interrupted_field), report);
    fields_put(root, &ok, FIELDS(total_fields), &totals);
    json_put(root, &ok, "searches", searches);
    json_put(root, &ok, "finds", finds);
    return json_finish(root, ok);
}

bool hunt_json_write(const struct hunt_report *report, const struct report_style *style,
                     FILE *stream) {
    json_t *root = json_hunt(report);
    bool printed = root && json_dumpf(root, stream, JSON_INDENT(2)) == 0;

    (void)style;
    json_decref(root);
    return printed && fputc('\n', stream) != EOF && fflush(stream) == 0;
}

/* --- And back. --- */

static unsigned read_rule(struct reader *reader, const struct hunt_report *report, json_t *value) {
    const char *id = json_string_value(value);

    for (unsigned i = 0; id && i < report->rules_count; i++) {
        if (strcmp(report->rules[i].id, id) == 0)
            return i;
    }
    reader_fail(reader, "rules");
    return 0;
}

static void read_found(struct reader *reader, const struct hunt_report *report, json_t *object,
                       struct hunt_found *found) {
    json_t *broken = read_field(reader, object, "rules", JSON_ARRAY);

    found->rule = read_rule(reader, report, json_object_get(object, "rule"));
    for (size_t i = 0; i < json_array_size(broken); i++)
        found->broken |= (uint64_t)1 << read_rule(reader, report, json_array_get(broken, i));
    fields_read(reader, object, FIELDS(found_fields), found);
    read_example(reader, json_object_get(object, "example"), false, &found->example);
}

/* A part has its own searches, all of them, in order. */
static void read_part(struct reader *reader, json_t *root, struct hunt_report *report) {
    json_t *shard = json_object_get(root, "shard");
    unsigned step = 1, first = 1;

    if (shard) {
        fields_read(reader, shard, FIELDS(shard_fields), report);
        first = report->shard;
        step = report->shards;
        if (first < 1 || first > step || step > report->searches_all) {
            reader_fail(reader, "shard");
            return;
        }
    }
    for (size_t i = 0; i < report->searches_count; i++) {
        if (report->searches[i].number != first + i * step)
            reader_fail(reader, "searches");
    }
    /* --fail-fast ends the list with the first search that found something. */
    if (report->searches_all == 0 ||
        report->searches_count > (report->searches_all - first) / step + 1 ||
        (report->searches_count < (report->searches_all - first) / step + 1 &&
         !(report->first_only && report->searches_count > 0 &&
           report->searches[report->searches_count - 1].finds > 0)))
        reader_fail(reader, "searches");
}

static void read_hash(struct reader *reader, json_t *root, const char *key,
                      char hash[SHA256_TEXT_SIZE]) {
    const char *text = json_string_value(json_object_get(root, key));

    if (text && strlen(text) == SHA256_TEXT_SIZE - 1)
        memcpy(hash, text, SHA256_TEXT_SIZE);
    else
        reader_fail(reader, key);
}

static void read_hunt(struct reader *reader, json_t *root, struct hunt_report *report) {
    json_t *wanted = read_field(reader, root, "rules", JSON_ARRAY);
    json_t *searches = read_field(reader, root, "searches", JSON_ARRAY);
    json_t *finds = read_field(reader, root, "finds", JSON_ARRAY);

    read_hash(reader, root, "scenarios_sha256", report->scenarios_sha256);
    read_hash(reader, root, "call_sha256", report->call_sha256);
    fields_read(reader, root, FIELDS(probe_fields), report);
    fields_read(reader, root, FIELDS(budget_field), report);
    fields_read(reader, root, FIELDS(wanted_fields), report);
    fields_read(reader, root, FIELDS(interrupted_field), report);
    read_statements(reader, root, &report->statements, &report->statements_count);
    report->seed = read_seed(reader, root);
    for (size_t i = 0; i < json_array_size(wanted); i++)
        report->rules[read_rule(reader, report, json_array_get(wanted, i))].wanted = true;
    report->searches =
        read_room(reader, searches, sizeof *report->searches, "searches", &report->searches_count);
    for (size_t i = 0; i < report->searches_count; i++)
        fields_read(reader, json_array_get(searches, i), FIELDS(search_fields),
                    &report->searches[i]);
    report->finds = read_room(reader, finds, sizeof *report->finds, "finds", &report->finds_count);
    for (size_t i = 0; i < report->finds_count; i++)
        read_found(reader, report, json_array_get(finds, i), &report->finds[i]);
    read_part(reader, root, report);
}

bool hunt_report_read_json(const char *path, struct hunt_report *report, char **profile,
                           struct errors *errors) {
    struct reader reader = {path, NULL, errors, false};
    json_t *root = reader_load(&reader);
    const char *format = json_string_value(json_object_get(root, "format"));

    if (!root)
        return false;
    if (!format || strcmp(format, HUNT_JSON_FORMAT) != 0)
        reader_fail(&reader, "format");
    *profile = read_text(&reader, root, "profile");
    read_hunt(&reader, root, report);
    json_decref(root);
    return !reader.failed;
}

/* --- From one process to another. --- */

char *hunt_example_dump(const struct report_example *example) {
    json_t *object = json_example(example, false);
    char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;

    json_decref(object);
    return text;
}

bool hunt_example_load(const char *text, struct report_example *example) {
    struct errors errors = {0};
    struct reader reader = {"", NULL, &errors, false};
    json_t *object = json_loads(text, 0, NULL);

    if (object)
        read_example(&reader, object, false, example);
    json_decref(object);
    errors_clear(&errors);
    return object && !reader.failed;
}
