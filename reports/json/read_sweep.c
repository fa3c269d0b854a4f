/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/json/read.h"

#include <string.h>

static const char *const sweep_registers[] = {"max", "eax"};

static void read_ranges(struct reader *reader, json_t *object, struct report_sweep_rule *rule) {
    json_t *array = read_field(reader, object, "ranges", JSON_ARRAY);

    rule->ranges = read_room(reader, array, sizeof *rule->ranges, "ranges", &rule->ranges_count);
    for (size_t i = 0; i < rule->ranges_count; i++) {
        json_t *value = json_array_get(array, i);

        rule->ranges[i].first = read_word(reader, value, "first");
        rule->ranges[i].last = read_word(reader, value, "last");
        if (rule->ranges[i].first > rule->ranges[i].last)
            reader_fail(reader, "ranges");
    }
    if (rule->ranges_count > rule->ranges_all || (rule->ranges_count > 0) != (rule->failing > 0))
        reader_fail(reader, "ranges");
}

static void read_sweep_rule(struct reader *reader, json_t *object, struct report_sweep_rule *rule) {
    rule->id = read_borrowed(reader, json_string_value(json_object_get(object, "id")), "id");
    rule->runs = read_size(reader, object, "runs");
    rule->unanswered = read_size(reader, object, "unanswered");
    rule->failing = read_size(reader, object, "failing");
    if (rule->failing > 0)
        rule->last = read_word(reader, object, "last");
    rule->ranges_all = read_size(reader, object, "ranges_all");
    read_ranges(reader, object, rule);
}

static enum report_sweep_verdict read_sweep_verdict(struct reader *reader, json_t *object) {
    const char *text = json_string_value(json_object_get(object, "verdict"));

    for (unsigned i = 0; text && i < REPORT_SWEEP_VERDICTS; i++) {
        if (strcmp(text, report_sweep_verdict_text(i)) == 0)
            return i;
    }
    reader_fail(reader, "verdict");
    return REPORT_SWEEP_ERROR;
}

static const char *read_what(struct reader *reader, json_t *object) {
    const char *text = json_string_value(json_object_get(object, "what"));

    for (size_t i = 0; text && i < sizeof sweep_registers / sizeof sweep_registers[0]; i++) {
        if (strcmp(text, sweep_registers[i]) == 0)
            return sweep_registers[i];
    }
    reader_fail(reader, "what");
    return "";
}

static void read_sweep(struct reader *reader, json_t *object, struct report_sweep *sweep) {
    json_t *rules = read_field(reader, object, "rules", JSON_ARRAY);

    sweep->what = read_what(reader, object);
    sweep->target = read_word(reader, object, "target");
    sweep->from = read_word(reader, object, "from");
    sweep->to = read_word(reader, object, "to");
    sweep->stride = (uint32_t)read_size(reader, object, "stride");
    sweep->verdict = read_sweep_verdict(reader, object);
    sweep->values = read_size(reader, object, "values");
    sweep->wanted = read_size(reader, object, "values_wanted");
    sweep->unjudged = read_size(reader, object, "unjudged");
    if (sweep->unjudged > 0)
        sweep->unjudged_first = read_word(reader, object, "unjudged_first");
    sweep->unjudged_reason = read_text(reader, object, "unjudged_reason");
    sweep->scenario = read_text(reader, object, "scenario");
    if (sweep->stride == 0 || sweep->from > sweep->to || sweep->values > sweep->wanted)
        reader_fail(reader, "sweeps");
    sweep->rules = read_room(reader, rules, sizeof *sweep->rules, "rules", &sweep->rules_count);
    for (size_t i = 0; i < sweep->rules_count; i++)
        read_sweep_rule(reader, json_array_get(rules, i), &sweep->rules[i]);
}

void read_sweeps(struct reader *reader, json_t *object, struct report_probe *probe) {
    json_t *array = json_object_get(object, "sweeps");

    if (!array)
        return;
    if (!json_is_array(array) || json_array_size(array) == 0) {
        reader_fail(reader, "sweeps");
        return;
    }
    probe->sweeps = read_room(reader, array, sizeof *probe->sweeps, "sweeps", &probe->sweeps_count);
    for (size_t i = 0; i < probe->sweeps_count; i++)
        read_sweep(reader, json_array_get(array, i), &probe->sweeps[i]);
}
