/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/list.h"

#include "harness/spec/signatures.h"
#include "reports/json/value.h"

#include <inttypes.h>
#include <stdio.h>

/* Bit patterns are strings in hexadecimal, as in reports. */
static json_t *list_json_hex(uint32_t value) {
    char text[11];

    snprintf(text, sizeof text, "0x%08" PRIx32, value);
    return json_string(text);
}

/* The ids of the marked cases, or, without `with_cases`, how many they are. */
static json_t *list_json_cases(const struct scenario *scenario, const bool *marked, size_t count,
                               bool with_cases) {
    bool ok = true;
    json_t *array;

    if (!with_cases)
        return json_integer((json_int_t)count);
    array = json_array();
    for (size_t i = 0; i < scenario->cases_count; i++) {
        if (marked[i])
            json_add(array, &ok, json_text(scenario->cases[i].id));
    }
    return json_finish(array, ok);
}

static json_t *list_json_mutant(const struct coverage_mutant *mutant) {
    bool ok = true;
    json_t *object = json_object();

    json_put(object, &ok, "probe", json_text(mutant->probe));
    json_put(object, &ok, "change", json_text(mutant->change));
    json_put(object, &ok, "symbol", json_text(mutant->symbol));
    json_put(object, &ok, "line", json_integer(mutant->line));
    json_put(object, &ok, "before", json_text(mutant->before));
    json_put(object, &ok, "after", json_text(mutant->after));
    return json_finish(object, ok);
}

/* What a rule is good for; null for those that are judged on tables. */
static json_t *list_json_covered(const struct coverage_rule *rule, bool with_cases) {
    bool ok = true;
    json_t *object = json_object(), *scenarios = json_array(), *broken = json_array(),
           *alone = json_array();

    for (size_t i = 0; i < rule->cases_count; i++) {
        const struct coverage_cases *cases = &rule->cases[i];
        json_t *one = json_object();

        json_put(one, &ok, "id", json_text(cases->scenario->id));
        json_put(
            one, &ok, "passing",
            list_json_cases(cases->scenario, cases->passing, cases->passing_count, with_cases));
        json_put(
            one, &ok, "failing",
            list_json_cases(cases->scenario, cases->failing, cases->failing_count, with_cases));
        json_add(scenarios, &ok, one);
    }
    for (size_t i = 0; i < rule->broken_count; i++) {
        json_t *one = json_object();

        json_put(one, &ok, "probe", json_text(rule->broken[i].probe));
        json_put(one, &ok, "alone", json_boolean(rule->broken[i].alone));
        json_add(broken, &ok, one);
    }
    for (size_t i = 0; i < rule->alone_count; i++)
        json_add(alone, &ok, list_json_mutant(&rule->alone[i]));
    json_put(object, &ok, "scenarios", scenarios);
    json_put(object, &ok, "broken", broken);
    json_put(object, &ok, "mutants", json_integer((json_int_t)rule->mutants));
    json_put(object, &ok, "mutants_alone", alone);
    json_put(object, &ok, "irreplaceable", json_boolean(coverage_is_irreplaceable(rule)));
    json_put(object, &ok, "catches_nothing", json_boolean(coverage_is_idle(rule)));
    return json_finish(object, ok);
}

/* Where the data on coverage come from, and which scenarios are not as they were then. */
static json_t *list_json_measured(const struct list *list) {
    const struct coverage *coverage = list->coverage;
    bool ok = true;
    json_t *object = json_object(), *changed = json_array(), *added = json_array();

    for (size_t i = 0; i < list->inputs.set.count; i++) {
        if (coverage->ages[i] != COVERAGE_MEASURED)
            json_add(coverage->ages[i] == COVERAGE_NEW ? added : changed, &ok,
                     json_text(list->inputs.set.scenarios[i].id));
    }
    json_put(object, &ok, "made_with", json_text(coverage->made_with));
    json_put(object, &ok, "mutants_killed", json_integer((json_int_t)coverage->mutants));
    json_put(object, &ok, "out_of_date", json_boolean(coverage_is_stale(coverage)));
    json_put(object, &ok, "scenarios_new", added);
    json_put(object, &ok, "scenarios_changed", changed);
    json_put(object, &ok, "scenarios_gone", json_integer((json_int_t)coverage->removed));
    return json_finish(object, ok);
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
    json_put(object, &ok, "asks", json_text(rule->asks));
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

static json_t *list_json_rules(const struct list *list, bool with_cases) {
    bool ok = true;
    json_t *array = json_array();

    for (unsigned rule = 0; rule < RULES; rule++) {
        json_t *object;

        if (!list->selected[rule])
            continue;
        object = list_json_rule(&rules[rule]);
        if (list->coverage)
            json_put(object, &ok, "coverage",
                     rules[rule].about_tables
                         ? json_null()
                         : list_json_covered(&list->coverage->rules[rule], with_cases));
        json_add(array, &ok, object);
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
    json_t *breaks = json_array();

    for (size_t i = 0; i < scenario->rules_count; i++)
        json_add(named, &ok, json_text(rules[scenario->rules[i]].id));
    for (size_t i = 0; i < scenario->breaks_count; i++)
        json_add(breaks, &ok, json_text(rules[scenario->breaks[i]].id));
    for (size_t i = 0; with_cases && i < scenario->cases_count; i++)
        json_add(cases, &ok, json_text(scenario->cases[i].id));
    json_put(object, &ok, "id", json_text(scenario->id));
    json_put(object, &ok, "title", json_text(scenario->title));
    json_put(object, &ok, "file", json_text(scenario->path));
    json_put(object, &ok, "why", json_text(scenario->why));
    json_put(object, &ok, "source", json_text(scenario->source));
    json_put(object, &ok, "profile", json_text(scenario->needs_presence ? "presence" : NULL));
    json_put(object, &ok, "rules", named);
    json_put(object, &ok, "breaks", breaks);
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
        json_put(root, &ok, "rules", list_json_rules(list, with_cases));
        if (list->coverage)
            json_put(root, &ok, "coverage", list_json_measured(list));
        json_put(root, &ok, "open", list_json_opens(list));
        break;
    case LIST_SCENARIOS:
        json_put(root, &ok, "scenarios", list_json_scenarios(list, with_cases));
        break;
    case LIST_CASES:
        json_put(root, &ok, "cases", list_json_expanded(list));
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
