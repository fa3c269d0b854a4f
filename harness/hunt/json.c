/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/hunt/searches.h"

#include "reports/json/read.h"
#include "reports/json/value.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A hunt as JSON, and back. Nothing of how long it took: the same hunt gives the same bytes. */

static json_t *json_size(size_t size) {
    return json_integer((json_int_t)size);
}

static json_t *json_limit(size_t limit) {
    return limit > 0 ? json_size(limit) : json_null();
}

static json_t *json_rules(const bool wanted[RULES]) {
    json_t *array = json_array();
    bool ok = array;

    for (unsigned rule = 0; rule < RULES; rule++) {
        if (wanted[rule])
            json_add(array, &ok, json_string(rules[rule].id));
    }
    return json_finish(array, ok);
}

static json_t *json_find(const struct hunt_find *find) {
    json_t *object = json_object();
    bool broken[RULES], ok = object;

    for (unsigned rule = 0; rule < RULES; rule++)
        broken[rule] = (find->broken & HUNT_RULE(rule)) != 0;
    json_put(object, &ok, "rule", json_string(rules[find->rule].id));
    json_put(object, &ok, "rules", json_rules(broken));
    json_put(object, &ok, "twin", json_text(find->twin));
    json_put(object, &ok, "expected", json_text(find->expected));
    json_put(object, &ok, "observed", json_text(find->observed));
    json_put(object, &ok, "file", json_text(find->file));
    json_put(object, &ok, "code", json_sprintf("0x%016" PRIx64, find->path));
    json_put(object, &ok, "search", json_integer(find->search));
    json_put(object, &ok, "run", json_size(find->run));
    return json_finish(object, ok);
}

static json_t *json_search(const struct hunt_search *search) {
    json_t *object = json_object();
    bool ok = object;

    json_put(object, &ok, "number", json_integer(search->number));
    json_put(object, &ok, "runs", json_size(search->runs));
    json_put(object, &ok, "kept", json_size(search->kept));
    json_put(object, &ok, "blocks", json_size(search->blocks));
    json_put(object, &ok, "edges", json_size(search->edges));
    json_put(object, &ok, "finds", json_size(search->finds));
    json_put(object, &ok, "unjudged", json_size(search->unjudged));
    json_put(object, &ok, "unjudged_reason", json_text(search->unjudged_reason));
    return json_finish(object, ok);
}

static json_t *json_shard(const struct hunt_outcome *outcome) {
    json_t *object = json_object();
    bool ok = object;

    json_put(object, &ok, "part", json_integer(outcome->shard));
    json_put(object, &ok, "parts", json_integer(outcome->shards));
    return json_finish(object, ok);
}

static json_t *json_hunt(const struct hunt_outcome *outcome) {
    struct hunt_search totals = hunt_outcome_totals(outcome);
    json_t *root = json_object(), *finds = json_array(), *searches = json_array();
    bool ok = root;

    for (size_t i = 0; i < outcome->searches_count; i++)
        json_add(searches, &ok, json_search(&outcome->searches[i]));
    for (size_t i = 0; i < outcome->finds_count; i++)
        json_add(finds, &ok, json_find(&outcome->finds[i]));
    json_put(root, &ok, "format", json_string(HUNT_JSON_FORMAT));
    json_put(root, &ok, "hvspec", json_string(HVSPEC_VERSION));
    json_put(root, &ok, "probe", json_text(outcome->probe));
    json_put(root, &ok, "sha256", json_text(outcome->sha256));
    json_put(root, &ok, "entry", json_text(outcome->entry));
    json_put(root, &ok, "call_sha256", json_text(outcome->call_sha256));
    json_put(root, &ok, "budget", json_size(outcome->budget));
    json_put(root, &ok, "stated",
             json_statements(outcome->statements, outcome->statements_count));
    json_put(root, &ok, "seed", json_seed(outcome->seed));
    json_put(root, &ok, "profile", json_text(outcome->profile));
    json_put(root, &ok, "scenarios_sha256", json_text(outcome->scenarios_sha256));
    json_put(root, &ok, "rules", json_rules(outcome->wanted));
    json_put(root, &ok, "runs_wanted", json_limit(outcome->runs_wanted));
    json_put(root, &ok, "seconds_wanted", json_limit(outcome->seconds_wanted));
    json_put(root, &ok, "fail_fast", json_boolean(outcome->first_only));
    json_put(root, &ok, "searches_all", json_integer(outcome->searches_all));
    if (outcome->shards > 0)
        json_put(root, &ok, "shard", json_shard(outcome));
    json_put(root, &ok, "interrupted", json_boolean(outcome->interrupted));
    json_put(root, &ok, "runs", json_size(totals.runs));
    json_put(root, &ok, "kept", json_size(totals.kept));
    json_put(root, &ok, "blocks", json_size(totals.blocks));
    json_put(root, &ok, "edges", json_size(totals.edges));
    json_put(root, &ok, "unjudged", json_size(totals.unjudged));
    json_put(root, &ok, "searches", searches);
    json_put(root, &ok, "finds", finds);
    return json_finish(root, ok);
}

bool hunt_print_json(const struct hunt_outcome *outcome, FILE *stream) {
    json_t *root = json_hunt(outcome);
    bool printed = root && json_dumpf(root, stream, JSON_INDENT(2)) == 0;

    json_decref(root);
    return printed && fputc('\n', stream) != EOF && fflush(stream) == 0;
}

/* --- And back. --- */

static enum rule_id read_rule_id(struct reader *reader, json_t *value) {
    int rule = json_is_string(value) ? rules_find(json_string_value(value)) : -1;

    if (rule < 0)
        reader_fail(reader, "rules");
    return rule < 0 ? 0 : (enum rule_id)rule;
}

static size_t read_limit(struct reader *reader, json_t *object, const char *key) {
    return json_is_null(json_object_get(object, key)) ? 0 : read_size(reader, object, key);
}

static void read_find(struct reader *reader, json_t *object, struct hunt_find *find) {
    json_t *broken = read_field(reader, object, "rules", JSON_ARRAY);

    find->rule = read_rule_id(reader, json_object_get(object, "rule"));
    for (size_t i = 0; i < json_array_size(broken); i++)
        find->broken |= HUNT_RULE(read_rule_id(reader, json_array_get(broken, i)));
    find->twin = read_text(reader, object, "twin");
    find->expected = read_text(reader, object, "expected");
    find->observed = read_text(reader, object, "observed");
    find->file = read_text(reader, object, "file");
    find->path = read_hex(reader, object, "code", UINT64_MAX);
    find->search = (unsigned)read_size(reader, object, "search");
    find->run = read_size(reader, object, "run");
    if (!find->file || !find->expected || !find->observed)
        reader_fail(reader, "finds");
}

static void read_search(struct reader *reader, json_t *object, struct hunt_search *search) {
    search->number = (unsigned)read_size(reader, object, "number");
    search->runs = read_size(reader, object, "runs");
    search->kept = read_size(reader, object, "kept");
    search->blocks = read_size(reader, object, "blocks");
    search->edges = read_size(reader, object, "edges");
    search->finds = read_size(reader, object, "finds");
    search->unjudged = read_size(reader, object, "unjudged");
    search->unjudged_reason = read_text(reader, object, "unjudged_reason");
}

/* A part has its own searches, all of them, in order. */
static void read_part(struct reader *reader, json_t *root, struct hunt_outcome *outcome) {
    json_t *shard = json_object_get(root, "shard");
    unsigned step = 1, first = 1;

    if (shard) {
        outcome->shard = first = (unsigned)read_size(reader, shard, "part");
        outcome->shards = step = (unsigned)read_size(reader, shard, "parts");
        if (first < 1 || first > step || step > outcome->searches_all) {
            reader_fail(reader, "shard");
            return;
        }
    }
    for (size_t i = 0; i < outcome->searches_count; i++) {
        if (outcome->searches[i].number != first + i * step)
            reader_fail(reader, "searches");
    }
    /* --fail-fast ends the list with the first search that found something. */
    if (outcome->searches_all == 0 ||
        outcome->searches_count > (outcome->searches_all - first) / step + 1 ||
        (outcome->searches_count < (outcome->searches_all - first) / step + 1 &&
         !(outcome->first_only && outcome->searches_count > 0 &&
           outcome->searches[outcome->searches_count - 1].finds > 0)))
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

static void read_profile(struct reader *reader, json_t *root, struct hunt_outcome *outcome) {
    char *profile = read_text(reader, root, "profile");

    outcome->profile = profile ? rules_profile(profile) : NULL;
    if (profile && !outcome->profile)
        reader_fail(reader, "profile");
    free(profile);
}

static void read_hunt(struct reader *reader, json_t *root, struct hunt_outcome *outcome) {
    json_t *wanted = read_field(reader, root, "rules", JSON_ARRAY);
    json_t *searches = read_field(reader, root, "searches", JSON_ARRAY);
    json_t *finds = read_field(reader, root, "finds", JSON_ARRAY);

    read_hash(reader, root, "scenarios_sha256", outcome->scenarios_sha256);
    read_profile(reader, root, outcome);
    read_hash(reader, root, "call_sha256", outcome->call_sha256);
    outcome->budget = read_size(reader, root, "budget");
    outcome->probe = read_text(reader, root, "probe");
    outcome->sha256 = read_text(reader, root, "sha256");
    outcome->entry = read_text(reader, root, "entry");
    read_statements(reader, root, &outcome->statements, &outcome->statements_count);
    outcome->seed = read_seed(reader, root);
    outcome->runs_wanted = read_limit(reader, root, "runs_wanted");
    outcome->seconds_wanted = read_limit(reader, root, "seconds_wanted");
    outcome->first_only = read_bool(reader, root, "fail_fast");
    outcome->searches_all = (unsigned)read_size(reader, root, "searches_all");
    outcome->interrupted = read_bool(reader, root, "interrupted");
    for (size_t i = 0; i < json_array_size(wanted); i++)
        outcome->wanted[read_rule_id(reader, json_array_get(wanted, i))] = true;
    outcome->searches = read_room(reader, searches, sizeof *outcome->searches, "searches",
                                  &outcome->searches_count);
    for (size_t i = 0; i < outcome->searches_count; i++)
        read_search(reader, json_array_get(searches, i), &outcome->searches[i]);
    outcome->finds =
        read_room(reader, finds, sizeof *outcome->finds, "finds", &outcome->finds_count);
    for (size_t i = 0; i < outcome->finds_count; i++)
        read_find(reader, json_array_get(finds, i), &outcome->finds[i]);
    read_part(reader, root, outcome);
}

bool hunt_read_json(const char *path, struct hunt_outcome *outcome, char **version,
                    struct errors *errors) {
    struct reader reader = {path, NULL, errors, false};
    json_t *root = reader_load(&reader);

    if (!root)
        return false;
    *version = read_text(&reader, root, "hvspec");
    read_hunt(&reader, root, outcome);
    if (!outcome->probe || !outcome->sha256 || !outcome->entry || !*version)
        reader_fail(&reader, "probe");
    json_decref(root);
    return !reader.failed;
}
