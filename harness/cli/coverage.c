/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/coverage.h"

#include "base/data_path.h"
#include "harness/suite/suite.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COVERAGE_FORMAT "hvspec-coverage/1"

/* Reading goes on after the first thing that makes no sense; `ok` remembers it. */
struct reading {
    struct coverage *coverage;
    const struct scenario_set *set;
    bool ok;
};

static char *read_text(struct reading *reading, json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    char *copy = text ? strdup(text) : NULL;

    reading->ok &= copy != NULL;
    return copy;
}

static void *read_room(struct reading *reading, size_t count, size_t size) {
    void *room = calloc(count + 1, size);

    reading->ok &= room != NULL;
    return room;
}

/* Marks the cases that "1-14,17" names, counted from 1; how many. */
static size_t read_ranges(struct reading *reading, json_t *value, bool *cases, size_t count) {
    const char *text = json_string_value(value);
    size_t marked = 0;

    reading->ok &= text != NULL;
    while (reading->ok && *text) {
        char *end;
        unsigned long first = strtoul(text, &end, 10), last = first;

        if (*end == '-')
            last = strtoul(end + 1, &end, 10);
        reading->ok &= first > 0 && first <= last && last <= count && (!*end || *end == ',');
        for (unsigned long i = first; reading->ok && i <= last; i++) {
            cases[i - 1] = true;
            marked++;
        }
        text = *end ? end + 1 : end;
    }
    return marked;
}

/* --- Scenarios. --- */

static json_t *find_scenario(json_t *array, const char *id) {
    size_t index;
    json_t *one;

    json_array_foreach(array, index, one) {
        const char *name = json_string_value(json_object_get(one, "id"));

        if (name && strcmp(name, id) == 0)
            return one;
    }
    return NULL;
}

static void read_ages(struct reading *reading, json_t *array) {
    struct coverage *coverage = reading->coverage;
    size_t known = 0;

    coverage->ages = read_room(reading, reading->set->count, sizeof *coverage->ages);
    for (size_t i = 0; reading->ok && i < reading->set->count; i++) {
        json_t *one = find_scenario(array, reading->set->scenarios[i].id);
        const char *measured = json_string_value(json_object_get(one, "sha256"));
        char hash[SHA256_TEXT_SIZE];

        reading->ok &= suite_hash_scenario(&reading->set->scenarios[i], hash);
        known += one != NULL;
        if (!one)
            coverage->ages[i] = COVERAGE_NEW;
        else if (!measured || strcmp(measured, hash) != 0)
            coverage->ages[i] = COVERAGE_CHANGED;
        coverage->added += coverage->ages[i] == COVERAGE_NEW;
        coverage->changed += coverage->ages[i] == COVERAGE_CHANGED;
    }
    coverage->removed = json_array_size(array) - known;
}

static void read_cases(struct reading *reading, json_t *object, struct coverage_rule *rule) {
    rule->cases = read_room(reading, reading->set->count, sizeof *rule->cases);
    for (size_t i = 0; reading->ok && i < reading->set->count; i++) {
        const struct scenario *scenario = &reading->set->scenarios[i];
        json_t *pair = json_object_get(object, scenario->id);
        struct coverage_cases *cases = &rule->cases[rule->cases_count];

        if (!pair || reading->coverage->ages[i] != COVERAGE_MEASURED)
            continue;
        rule->cases_count++;
        cases->scenario = scenario;
        cases->passing = read_room(reading, scenario->cases_count, sizeof *cases->passing);
        cases->failing = read_room(reading, scenario->cases_count, sizeof *cases->failing);
        if (!reading->ok)
            return;
        cases->passing_count =
            read_ranges(reading, json_array_get(pair, 0), cases->passing, scenario->cases_count);
        cases->failing_count =
            read_ranges(reading, json_array_get(pair, 1), cases->failing, scenario->cases_count);
    }
}

/* --- What a rule catches. --- */

static void read_broken(struct reading *reading, json_t *array, struct coverage_rule *rule) {
    size_t index;
    json_t *one;

    rule->broken = read_room(reading, json_array_size(array), sizeof *rule->broken);
    json_array_foreach(array, index, one) {
        if (!reading->ok)
            return;
        rule->broken[rule->broken_count++] =
            (struct coverage_broken){.probe = read_text(reading, one, "probe"),
                                     .alone = json_is_true(json_object_get(one, "alone"))};
        rule->broken_alone += rule->broken[index].alone;
    }
}

static void read_mutants(struct reading *reading, json_t *array, struct coverage_rule *rule) {
    size_t index;
    json_t *one;

    rule->alone = read_room(reading, json_array_size(array), sizeof *rule->alone);
    json_array_foreach(array, index, one) {
        if (!reading->ok)
            return;
        rule->alone[rule->alone_count++] = (struct coverage_mutant){
            .probe = read_text(reading, one, "probe"),
            .change = read_text(reading, one, "change"),
            .symbol = read_text(reading, one, "symbol"),
            .before = read_text(reading, one, "before"),
            .after = read_text(reading, one, "after"),
            .line = (unsigned)json_integer_value(json_object_get(one, "line"))};
    }
}

static void read_rule(struct reading *reading, json_t *object) {
    const char *id = json_string_value(json_object_get(object, "id"));
    int rule = id ? rules_find(id) : -1;
    struct coverage_rule *out;

    reading->ok &= rule >= 0;
    if (!reading->ok)
        return;
    out = &reading->coverage->rules[rule];
    read_cases(reading, json_object_get(object, "scenarios"), out);
    read_broken(reading, json_object_get(object, "broken"), out);
    read_mutants(reading, json_object_get(object, "mutants_alone"), out);
    out->mutants = (size_t)json_integer_value(json_object_get(object, "mutants"));
}

static void read_all(struct reading *reading, json_t *root) {
    json_t *array = json_object_get(root, "rules"), *one;
    const char *format = json_string_value(json_object_get(root, "format"));
    const char *made = json_string_value(json_array_get(json_object_get(root, "made_with"), 0));
    size_t index;

    reading->ok =
        format && strcmp(format, COVERAGE_FORMAT) == 0 && made && json_array_size(array) == RULES;
    if (!reading->ok)
        return;
    reading->coverage->made_with = strdup(made);
    reading->ok = reading->coverage->made_with != NULL;
    json_array_foreach(json_object_get(root, "audits"), index, one) reading->coverage->mutants +=
        (size_t)json_integer_value(json_object_get(one, "killed"));
    read_ages(reading, json_object_get(root, "scenarios"));
    json_array_foreach(array, index, one) read_rule(reading, one);
}

bool coverage_read(struct coverage *coverage, const struct scenario_set *set,
                   struct errors *errors) {
    struct reading reading = {.coverage = coverage, .set = set};
    char *path = data_path("coverage.json");
    json_error_t error;
    json_t *root = path ? json_load_file(path, 0, &error) : NULL;

    *coverage = (struct coverage){0};
    if (!path)
        errors_add(errors, NULL, 0, 0,
                   "the data on the rules' coverage, coverage.json, lies nowhere: see HVSPEC_DATA");
    else if (!root)
        errors_add(errors, path, error.line > 0 ? (unsigned)error.line : 0, 0, "%s", error.text);
    else
        read_all(&reading, root);
    if (root && !reading.ok)
        errors_add(errors, path, 0, 0,
                   "is not what this hvspec writes; its build has a target "
                   "'coverage' that makes it anew");
    json_decref(root);
    free(path);
    return reading.ok;
}

void coverage_clear(struct coverage *coverage) {
    for (unsigned rule = 0; rule < RULES; rule++) {
        struct coverage_rule *one = &coverage->rules[rule];

        for (size_t i = 0; i < one->cases_count; i++) {
            free(one->cases[i].passing);
            free(one->cases[i].failing);
        }
        for (size_t i = 0; i < one->broken_count; i++)
            free(one->broken[i].probe);
        for (size_t i = 0; i < one->alone_count; i++) {
            free(one->alone[i].probe);
            free(one->alone[i].change);
            free(one->alone[i].symbol);
            free(one->alone[i].before);
            free(one->alone[i].after);
        }
        free(one->cases);
        free(one->broken);
        free(one->alone);
    }
    free(coverage->made_with);
    free(coverage->ages);
    *coverage = (struct coverage){0};
}

bool coverage_is_stale(const struct coverage *coverage) {
    return coverage->added > 0 || coverage->changed > 0 || coverage->removed > 0;
}

bool coverage_is_irreplaceable(const struct coverage_rule *rule) {
    return rule->broken_alone > 0 || rule->alone_count > 0;
}

bool coverage_is_idle(const struct coverage_rule *rule) {
    return rule->broken_count == 0 && rule->mutants == 0;
}
