/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/tests/coverage_gather.h"

#include "reports/json/value.h"

#include <stdlib.h>
#include <string.h>

/* "1-14,17": which of `count` cases have the bit, counted from 1. NULL: none; to be freed. */
static char *ranges_of(const uint8_t *bits, size_t count, uint8_t bit) {
    char *text = NULL;
    size_t size = 0, first = 0;
    FILE *stream = open_memstream(&text, &size);

    if (!stream)
        return NULL;
    for (size_t i = 0; i <= count; i++) {
        bool has = i < count && (bits[i] & bit);

        if (has && first == 0)
            first = i + 1;
        if (has || first == 0)
            continue;
        fprintf(stream, first == i ? "%s%zu" : "%s%zu-%zu", ftell(stream) > 0 ? "," : "", first, i);
        first = 0;
    }
    fclose(stream);
    return text;
}

static json_t *json_ranges(const uint8_t *bits, size_t count, uint8_t bit) {
    char *text = ranges_of(bits, count, bit);
    json_t *value = text ? json_string(text) : NULL;

    free(text);
    return value;
}

/* {"max/unsigned": ["1-14", "3"]}: passing, failing. */
static json_t *json_scenarios(const struct coverage_gather *gather, unsigned rule) {
    json_t *object = json_object();
    bool ok = object;
    size_t first = 0;

    for (size_t i = 0; i < gather->set->count; i++) {
        const struct scenario *scenario = &gather->set->scenarios[i];
        const uint8_t *bits = gather->bits[rule] + first;
        bool any = false;

        first += scenario->cases_count;
        for (size_t j = 0; j < scenario->cases_count; j++)
            any |= bits[j] != 0;
        if (any)
            json_put(object, &ok, scenario->id,
                     json_pack("[o, o]",
                               json_ranges(bits, scenario->cases_count, COVERAGE_PASSES),
                               json_ranges(bits, scenario->cases_count, COVERAGE_FAILS)));
    }
    return json_finish(object, ok);
}

static json_t *json_broken(const struct coverage_gather *gather, unsigned rule) {
    json_t *array = json_array();
    bool ok = array;

    for (size_t i = 0; i < gather->catches_count; i++) {
        const struct coverage_catch *caught = &gather->catches[i];

        if (caught->rule == rule)
            json_add(array, &ok,
                     json_pack("{s:s, s:b}", "probe", caught->name, "alone", caught->alone));
    }
    return json_finish(array, ok);
}

static json_t *json_rules(const struct coverage_gather *gather) {
    json_t *array = json_array();
    bool ok = array;

    for (unsigned rule = 0; rule < RULES; rule++)
        json_add(array, &ok,
                 json_pack("{s:s, s:o, s:o, s:i, s:O}", "id", rules[rule].id, "scenarios",
                           json_scenarios(gather, rule), "broken", json_broken(gather, rule),
                           "mutants", (int)gather->reds[rule], "mutants_alone",
                           gather->alone[rule]));
    return json_finish(array, ok);
}

static json_t *json_measured(const struct coverage_gather *gather) {
    json_t *array = json_array();
    bool ok = array;

    for (size_t i = 0; i < gather->set->count; i++) {
        char hash[SHA256_TEXT_SIZE];

        ok &= suite_hash_scenario(&gather->set->scenarios[i], hash);
        json_add(array, &ok,
                 json_pack("{s:s, s:s, s:i}", "id", gather->set->scenarios[i].id, "sha256", hash,
                           "cases", (int)gather->set->scenarios[i].cases_count));
    }
    return json_finish(array, ok);
}

static json_t *json_texts(const char *const *texts, size_t count) {
    json_t *array = json_array();
    bool ok = array;

    for (size_t i = 0; i < count; i++)
        json_add(array, &ok, json_text(texts[i]));
    return json_finish(array, ok);
}

bool coverage_gather_write(const struct coverage_gather *gather, const char *const *made_with,
                           size_t made_with_count, const char *path, struct errors *errors) {
    json_t *object = json_object();
    bool ok = object;
    char *text;

    json_put(object, &ok, "format", json_string("hvspec-coverage/1"));
    json_put(object, &ok, "made_with", json_texts(made_with, made_with_count));
    json_put(object, &ok, "passing",
             json_texts((const char *const *)gather->passing, gather->passing_count));
    json_put(object, &ok, "audits", json_incref(gather->audits));
    json_put(object, &ok, "scenarios", json_measured(gather));
    json_put(object, &ok, "rules", json_rules(gather));
    object = json_finish(object, ok);
    text = object ? json_dumps(object, JSON_INDENT(1)) : NULL;
    ok = text ? report_save_text(text, "coverage", path, errors)
              : errors_add(errors, NULL, 0, 0, "out of memory");
    free(text);
    json_decref(object);
    return ok;
}

size_t coverage_gather_holes(const struct coverage_gather *gather) {
    size_t holes = 0;

    for (unsigned rule = 0; rule < RULES; rule++) {
        uint8_t seen = 0;
        size_t caught = 0;

        if (rules[rule].about_tables)
            continue;
        for (size_t i = 0; i < gather->cases_count; i++)
            seen |= gather->bits[rule][i];
        for (size_t i = 0; i < gather->catches_count; i++)
            caught += gather->catches[i].rule == rule;
        if (!(seen & COVERAGE_PASSES))
            printf("HOLE    no probe that conforms exercises %s\n", rules[rule].id);
        if (!(seen & COVERAGE_FAILS))
            printf("HOLE    no case shows a violation of %s\n", rules[rule].id);
        if (caught == 0)
            printf("HOLE    no broken probe turns %s red\n", rules[rule].id);
        holes += seen != (COVERAGE_PASSES | COVERAGE_FAILS) || caught == 0;
    }
    return holes;
}
