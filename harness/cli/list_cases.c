/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/list.h"

#include "reports/json/value.h"

#include <inttypes.h>
#include <stdio.h>

/*
 * Cases for tests in other languages, which put a function in CPUID's place: cases.schema.json says
 * what the fields are.
 */

static json_t *cases_hex(uint32_t value) {
    char text[11];

    snprintf(text, sizeof text, "0x%08" PRIx32, value);
    return json_string(text);
}

static json_t *cases_leaf(uint32_t first, uint32_t last, const struct cpuid_values *values) {
    bool ok = true;
    json_t *object = json_object();

    json_put(object, &ok, "first", cases_hex(first));
    json_put(object, &ok, "last", cases_hex(last));
    json_put(object, &ok, "eax", cases_hex(values->eax));
    json_put(object, &ok, "ebx", cases_hex(values->ebx));
    json_put(object, &ok, "ecx", cases_hex(values->ecx));
    json_put(object, &ok, "edx", cases_hex(values->edx));
    return json_finish(object, ok);
}

static bool cases_same(const struct cpuid_values *a, const struct cpuid_values *b) {
    return a->eax == b->eax && a->ebx == b->ebx && a->ecx == b->ecx && a->edx == b->edx;
}

/* Leaf 1, which says whether there is a hypervisor, and the block, equal neighbours joined. */
static json_t *cases_leaves(const struct cpuid_table *table) {
    struct cpuid_view view = cpuid_view(table, NULL, 0);
    struct cpuid_values values = cpuid_lookup(&view, 1, 0), next;
    bool ok = true;
    json_t *array = json_array();

    json_add(array, &ok, cases_leaf(1, 1, &values));
    for (uint32_t first = CPUID_BASE, last; first <= CPUID_BLOCK_LAST; first = last + 1) {
        values = cpuid_lookup(&view, first, 0);
        for (last = first; last < CPUID_BLOCK_LAST; last++) {
            next = cpuid_lookup(&view, last + 1, 0);
            if (!cases_same(&values, &next))
                break;
        }
        json_add(array, &ok, cases_leaf(first, last, &values));
    }
    return json_finish(array, ok);
}

/* What each question's right answer is, in the words of scenario files. */
static json_t *cases_questions(const struct scenario_case *test) {
    static const char *const answers[] = {
        [OUTCOME_AVAILABLE] = "available",
        [OUTCOME_NOT_AVAILABLE] = "not-available",
        [OUTCOME_NOT_IMPLEMENTED] = "not-implemented",
    };
    bool ok = true;
    json_t *array = json_array();

    for (size_t i = 0; i < test->asks_count; i++) {
        json_t *object = json_object();

        json_put(object, &ok, "target", cases_hex(test->asks[i]));
        json_put(object, &ok, "answer", json_string(answers[test->expect[i]]));
        json_add(array, &ok, object);
    }
    return json_finish(array, ok);
}

static json_t *cases_one(const struct scenario *scenario, const struct scenario_case *test) {
    bool ok = true;
    json_t *object = json_object(), *named = json_array();

    for (size_t i = 0; i < scenario->rules_count; i++)
        json_add(named, &ok, json_text(rules[scenario->rules[i]].id));
    json_put(object, &ok, "id", json_text(test->id));
    json_put(object, &ok, "title", json_text(scenario->title));
    json_put(object, &ok, "rules", named);
    json_put(object, &ok, "leaves", cases_leaves(&test->table));
    json_put(object, &ok, "questions", cases_questions(test));
    return json_finish(object, ok);
}

struct json_t *list_json_expanded(const struct list *list) {
    bool ok = true;
    json_t *array = json_array();

    for (size_t i = 0; i < list->inputs.set.count; i++) {
        const struct scenario *scenario = &list->inputs.set.scenarios[i];

        for (size_t k = 0; list->scenarios[i] && k < scenario->cases_count; k++)
            json_add(array, &ok, cases_one(scenario, &scenario->cases[k]));
    }
    return json_finish(array, ok);
}
