/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/json/sweep.h"

#include <inttypes.h>

static json_t *sweep_word(uint32_t value) {
    return json_sprintf("0x%08" PRIx32, value);
}

static json_t *sweep_size(uint64_t size) {
    return json_integer((json_int_t)size);
}

static json_t *sweep_rule(const struct report_sweep_rule *rule) {
    json_t *object = json_object(), *ranges = json_array();
    bool ok = object;

    for (size_t i = 0; i < rule->ranges_count; i++) {
        json_t *range = json_object();

        json_put(range, &ok, "first", sweep_word(rule->ranges[i].first));
        json_put(range, &ok, "last", sweep_word(rule->ranges[i].last));
        json_add(ranges, &ok, range);
    }
    json_put(object, &ok, "id", json_text(rule->id));
    json_put(object, &ok, "runs", sweep_size(rule->runs));
    json_put(object, &ok, "unanswered", sweep_size(rule->unanswered));
    json_put(object, &ok, "failing", sweep_size(rule->failing));
    json_put(object, &ok, "last", rule->failing > 0 ? sweep_word(rule->last) : json_null());
    json_put(object, &ok, "ranges_all", sweep_size(rule->ranges_all));
    json_put(object, &ok, "ranges", ranges);
    return json_finish(object, ok);
}

static json_t *sweep_object(const struct report_sweep *sweep) {
    json_t *object = json_object(), *rules = json_array();
    bool ok = object;

    for (size_t i = 0; i < sweep->rules_count; i++)
        json_add(rules, &ok, sweep_rule(&sweep->rules[i]));
    json_put(object, &ok, "what", json_text(sweep->what));
    json_put(object, &ok, "target", sweep_word(sweep->target));
    json_put(object, &ok, "from", sweep_word(sweep->from));
    json_put(object, &ok, "to", sweep_word(sweep->to));
    json_put(object, &ok, "stride", json_integer(sweep->stride));
    json_put(object, &ok, "verdict", json_text(report_sweep_verdict_text(sweep->verdict)));
    json_put(object, &ok, "values", sweep_size(sweep->values));
    json_put(object, &ok, "values_wanted", sweep_size(sweep->wanted));
    json_put(object, &ok, "partial", json_boolean(sweep->values < sweep->wanted));
    json_put(object, &ok, "unjudged", sweep_size(sweep->unjudged));
    json_put(object, &ok, "unjudged_first",
             sweep->unjudged > 0 ? sweep_word(sweep->unjudged_first) : json_null());
    json_put(object, &ok, "unjudged_reason", json_text(sweep->unjudged_reason));
    json_put(object, &ok, "rules", rules);
    json_put(object, &ok, "scenario", json_text(sweep->scenario));
    return json_finish(object, ok);
}

json_t *json_sweeps(const struct report_probe *probe) {
    json_t *array = json_array();
    bool ok = array;

    for (size_t i = 0; i < probe->sweeps_count; i++)
        json_add(array, &ok, sweep_object(&probe->sweeps[i]));
    return json_finish(array, ok);
}
