/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/command_list.h"

#include "harness/signatures.h"
#include "reports/json_value.h"

#include <inttypes.h>
#include <stdio.h>

/* Bit patterns are strings in hexadecimal, as in reports. */
static json_t *list_json_hex(uint32_t value) {
    char text[11];

    snprintf(text, sizeof text, "0x%08" PRIx32, value);
    return json_string(text);
}

static json_t *list_json_rule(const struct rule *rule) {
    bool ok = true;
    json_t *object = json_object();

    json_put(object, &ok, "id", json_text(rule->id));
    json_put(object, &ok, "level", json_text(rule_level_text(rule->level)));
    json_put(object, &ok, "judged_by", json_text(rule->judged_by));
    json_put(object, &ok, "about", json_text(rule->about_tables ? "hypervisors" : "probes"));
    json_put(object, &ok, "profile", json_text(rule->profile));
    json_put(object, &ok, "locator", json_text(rule->locator));
    json_put(object, &ok, "text", json_text(rule->text));
    json_put(object, &ok, "why", json_text(rule->why));
    return json_finish(object, ok);
}

static json_t *list_json_open(const struct rule_open *open) {
    bool ok = true;
    json_t *object = json_object();

    json_put(object, &ok, "id", json_text(open->name));
    json_put(object, &ok, "text", json_text(open->text));
    return json_finish(object, ok);
}

static json_t *list_json_rules(const struct list *list) {
    bool ok = true;
    json_t *array = json_array();

    for (unsigned rule = 0; rule < RULES; rule++) {
        if (list->selected[rule])
            json_add(array, &ok, list_json_rule(&rules[rule]));
    }
    return json_finish(array, ok);
}

static json_t *list_json_opens(const struct list *list) {
    bool ok = true;
    json_t *array = json_array();

    for (size_t i = 0; list->open && i < rules_open_count; i++)
        json_add(array, &ok, list_json_open(&rules_open[i]));
    return json_finish(array, ok);
}

static json_t *list_json_scenario(const struct scenario *scenario, bool with_cases) {
    bool ok = true;
    json_t *object = json_object(), *named = json_array(), *cases = json_array();

    for (size_t i = 0; i < scenario->rules_count; i++)
        json_add(named, &ok, json_text(rules[scenario->rules[i]].id));
    for (size_t i = 0; with_cases && i < scenario->cases_count; i++)
        json_add(cases, &ok, json_text(scenario->cases[i].id));
    json_put(object, &ok, "id", json_text(scenario->id));
    json_put(object, &ok, "title", json_text(scenario->title));
    json_put(object, &ok, "file", json_text(scenario->path));
    json_put(object, &ok, "why", json_text(scenario->why));
    json_put(object, &ok, "source", json_text(scenario->source));
    json_put(object, &ok, "profile", json_text(scenario->needs_presence ? "presence" : NULL));
    json_put(object, &ok, "rules", named);
    json_put(object, &ok, "cases", json_integer((json_int_t)scenario->cases_count));
    if (with_cases)
        json_put(object, &ok, "case_ids", cases);
    else
        json_decref(cases);
    return json_finish(object, ok);
}

static json_t *list_json_scenarios(const struct list *list, bool with_cases) {
    bool ok = true;
    json_t *array = json_array();

    for (size_t i = 0; i < list->inputs.set.count; i++) {
        if (list->scenarios[i])
            json_add(array, &ok, list_json_scenario(&list->inputs.set.scenarios[i], with_cases));
    }
    return json_finish(array, ok);
}

static json_t *list_json_probe(const struct probe *probe) {
    bool ok = true;
    json_t *object = json_object();

    json_put(object, &ok, "name", json_text(probe->name));
    json_put(object, &ok, "file", json_text(probe->path));
    json_put(object, &ok, "manifest", json_text(probe->manifest));
    json_put(object, &ok, "sha256", json_text(probe->image->sha256));
    json_put(object, &ok, "bits", json_integer((json_int_t)probe->image->mode));
    json_put(object, &ok, "entry", json_text(probe->entry));
    json_put(object, &ok, "abi", json_text(list_abi_text(probe)));
    json_put(object, &ok, "answer", json_text(list_answer_text(probe)));
    return json_finish(object, ok);
}

static json_t *list_json_probes(const struct list *list) {
    bool ok = true;
    json_t *array = json_array();

    for (size_t i = 0; i < list->inputs.probes_count; i++)
        json_add(array, &ok, list_json_probe(list->inputs.probes[i]));
    return json_finish(array, ok);
}

static json_t *list_json_signature(const struct signature *signature) {
    char text[LIST_SIGNATURE_SIZE];
    struct cpuid_values values = signature_values(signature->bytes);
    bool ok = true;
    json_t *object = json_object();

    json_put(object, &ok, "name", json_text(signature->name));
    json_put(object, &ok, "text", json_text(list_signature_text(signature, text)));
    json_put(object, &ok, "ebx", list_json_hex(values.ebx));
    json_put(object, &ok, "ecx", list_json_hex(values.ecx));
    json_put(object, &ok, "edx", list_json_hex(values.edx));
    return json_finish(object, ok);
}

static json_t *list_json_signatures(void) {
    bool ok = true;
    json_t *array = json_array();

    for (size_t i = 0; i < signatures_count; i++)
        json_add(array, &ok, list_json_signature(&signatures[i]));
    return json_finish(array, ok);
}

bool list_print_json(const struct list *list, bool with_cases, struct errors *errors) {
    bool ok = true;
    json_t *root = json_object();

    switch (list->kind) {
    case LIST_RULES:
        json_put(root, &ok, "rules", list_json_rules(list));
        json_put(root, &ok, "open", list_json_opens(list));
        break;
    case LIST_SCENARIOS:
        json_put(root, &ok, "scenarios", list_json_scenarios(list, with_cases));
        break;
    case LIST_PROBES:
        json_put(root, &ok, "probes", list_json_probes(list));
        break;
    case LIST_SIGNATURES:
    case LIST_KINDS:
        json_put(root, &ok, "signatures", list_json_signatures());
        break;
    }
    root = json_finish(root, ok);
    if (!root)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    json_dumpf(root, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(root);
    return true;
}
