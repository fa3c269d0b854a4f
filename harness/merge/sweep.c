/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/merge/internal.h"

#include "harness/suite/internal.h"
#include "harness/sweep/report.h"

#include <stdlib.h>
#include <string.h>

/*
 * Parts of a sweep: each has run one piece of the values, so they are joined end to end, as the
 * sweep itself joins what its workers bring.
 */

/* The parts' numbers back in the form that sweeps are joined in. False: they make no sense. */
static bool sweep_read_axis(const struct report_sweep *sweep, struct sweep_axis_result *axis) {
    memset(axis, 0, sizeof *axis);
    axis->values = sweep->values;
    axis->unjudged = sweep->unjudged;
    axis->unjudged_first = sweep->unjudged_first;
    snprintf(axis->failure, sizeof axis->failure, "%s",
             sweep->unjudged_reason ? sweep->unjudged_reason : "");
    for (size_t i = 0; i < sweep->rules_count; i++) {
        const struct report_sweep_rule *rule = &sweep->rules[i];
        int id = rules_find(rule->id);
        struct sweep_ranges *broken;

        if (id < 0 || rule->ranges_count > SWEEP_RANGES_MAX ||
            (rule->ranges_count < SWEEP_RANGES_MAX && rule->ranges_count < rule->ranges_all))
            return false;
        broken = &axis->findings[id].broken;
        axis->findings[id].runs = rule->runs;
        axis->findings[id].unanswered = rule->unanswered;
        broken->count = rule->ranges_all;
        broken->values = rule->failing;
        broken->last = rule->last;
        for (size_t k = 0; k < rule->ranges_count; k++) {
            broken->kept[k].first = rule->ranges[k].first;
            broken->kept[k].last = rule->ranges[k].last;
        }
    }
    return true;
}

/* Whether each part starts where the one before it ends, with the same register. */
static bool sweep_is_gapless(const struct report *parts, size_t count, size_t index) {
    for (size_t i = 0; i < count; i++) {
        const struct report_sweep *sweep = &parts[i].probes[0].sweeps[index];
        const struct report_sweep *before = i > 0 ? &parts[i - 1].probes[0].sweeps[index] : sweep;
        uint64_t values = ((uint64_t)sweep->to - sweep->from) / sweep->stride + 1;

        if (sweep->wanted != values || sweep->stride != before->stride ||
            sweep->target != before->target || strcmp(sweep->what, before->what) != 0 ||
            (i > 0 && sweep->from != (uint64_t)before->to + before->stride))
            return false;
    }
    return true;
}

static bool sweep_join(const struct report *parts, size_t count, size_t index, bool strict,
                       struct report_sweep *out) {
    struct sweep_axis_result *axes = calloc(2, sizeof *axes);
    const struct report_sweep *first = &parts[0].probes[0].sweeps[index];
    bool good = axes && sweep_is_gapless(parts, count, index);

    *out = (struct report_sweep){.what = first->what,
                                 .target = first->target,
                                 .from = first->from,
                                 .to = parts[count - 1].probes[0].sweeps[index].to,
                                 .stride = first->stride};
    for (size_t i = 0; good && i < count; i++) {
        struct report_sweep *sweep = &parts[i].probes[0].sweeps[index];

        good = sweep_read_axis(sweep, &axes[1]);
        sweep_axis_join(&axes[0], &axes[1], sweep->stride);
        out->wanted += sweep->wanted;
        if (!out->scenario)
            out->scenario = merge_take(&sweep->scenario);
    }
    good = good && sweep_fill_axis(&axes[0], strict, out);
    free(axes);
    return good;
}

/* The first part that has an example of the register has the one with the smallest value. */
static struct report_example *sweep_find_example(struct report *parts, size_t count, size_t rule,
                                                 const char *scenario) {
    for (size_t i = 0; i < count; i++) {
        struct report_rule *from = &parts[i].probes[0].rules[rule];

        for (size_t k = 0; k < from->examples_count; k++) {
            if (from->examples[k].scenario_id &&
                strcmp(from->examples[k].scenario_id, scenario) == 0)
                return &from->examples[k];
        }
    }
    return NULL;
}

static bool sweep_take_examples(struct report *parts, size_t count, size_t index,
                                const struct report_probe *probe, struct report_rule *rule) {
    rule->examples = calloc(REPORT_EXAMPLES_MAX, sizeof *rule->examples);
    for (size_t i = 0; i < probe->sweeps_count && rule->examples_count < REPORT_EXAMPLES_MAX; i++) {
        char *id = sweep_scenario_id(probe->sweeps[i].what, probe->sweeps[i].target);
        struct report_example *example = id ? sweep_find_example(parts, count, index, id) : NULL;

        free(id);
        if (!example || !rule->examples)
            continue;
        rule->examples[rule->examples_count++] = *example;
        *example = (struct report_example){0};
    }
    return rule->examples != NULL;
}

static bool sweep_take_rules(struct report *parts, size_t count, struct report_probe *out) {
    struct report_probe *first = &parts[0].probes[0];

    out->rules = calloc(first->rules_count + 1, sizeof *out->rules);
    for (size_t i = 0; out->rules && i < first->rules_count; i++) {
        struct report_rule *rule = &out->rules[i];
        int id = rules_find(first->rules[i].id);

        if (id < 0)
            return false;
        out->rules_count++;
        suite_describe_rule((enum rule_id)id, rule);
        if (first->rules[i].verdict == REPORT_NOT_APPLICABLE) {
            rule->verdict = REPORT_NOT_APPLICABLE;
            rule->reason = merge_take(&first->rules[i].reason);
        } else if (!sweep_take_examples(parts, count, i, out, rule)) {
            return false;
        }
    }
    return out->rules != NULL;
}

static bool sweep_fill(struct report *parts, size_t count, struct report *whole) {
    struct report_probe *first = &parts[0].probes[0], *out = calloc(1, sizeof *out);

    whole->version = parts[0].version;
    whole->seed = parts[0].seed;
    whole->strict = parts[0].strict;
    if (!out)
        return false;
    whole->probes = out;
    whole->probes_count = 1;
    out->name = merge_take(&first->name);
    out->file = merge_take(&first->file);
    out->sha256 = merge_take(&first->sha256);
    out->call_sha256 = merge_take(&first->call_sha256);
    out->budget = first->budget;
    out->arch = merge_take(&first->arch);
    out->entry = merge_take(&first->entry);
    out->sweeps = calloc(first->sweeps_count, sizeof *out->sweeps);
    for (size_t i = 0; out->sweeps && i < first->sweeps_count; i++) {
        if (!sweep_join(parts, count, i, whole->strict, &out->sweeps[out->sweeps_count++]))
            return false;
    }
    return out->sweeps && sweep_take_rules(parts, count, out) && sweep_conclude(whole, out);
}

bool merge_sweep(struct report *parts, size_t count, struct report *whole, struct errors *errors) {
    return sweep_fill(parts, count, whole) ||
           errors_add(errors, NULL, 0, 0, "the reports contradict themselves, or out of memory");
}
