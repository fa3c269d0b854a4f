/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/sweep_print.h"

#include "reports/json_value.h"
#include "reports/text.h"

#include <inttypes.h>

#define PRINT_RANGES 8u /* of a rule, for people */

static const char *const sweep_verdict_texts[] = {
    [SWEEP_PROVEN] = "proven",   [SWEEP_HOLDS] = "holds", [SWEEP_FAILS] = "fails",
    [SWEEP_PARTIAL] = "partial", [SWEEP_ERROR] = "error",
};

static bool axis_is_partial(const struct sweep_options *options,
                            const struct sweep_axis_result *axis) {
    return axis->values < sweep_values(options);
}

enum sweep_verdict sweep_verdict(const struct sweep_options *options,
                                 const struct sweep_axis_result *axis) {
    if (sweep_axis_fails(options, axis))
        return SWEEP_FAILS;
    if (axis->unjudged > 0)
        return SWEEP_ERROR;
    if (axis_is_partial(options, axis))
        return SWEEP_PARTIAL;
    return sweep_values(options) == UINT64_C(1) << 32 ? SWEEP_PROVEN : SWEEP_HOLDS;
}

static void print_verdict(const struct sweep_options *options, const struct sweep_axis_result *axis,
                          FILE *stream) {
    uint64_t all = sweep_values(options);

    switch (sweep_verdict(options, axis)) {
    case SWEEP_PROVEN:
        fprintf(stream, "proven for all %" PRIu64 " values\n", all);
        return;
    case SWEEP_HOLDS:
        fprintf(stream, "holds for %" PRIu64 " values, 0x%08" PRIx32 "..0x%08" PRIx32, all,
                options->from, options->to);
        fprintf(stream, options->stride > 1 ? ", every %" PRIu32 "\n" : "\n", options->stride);
        return;
    case SWEEP_FAILS:
        fputs("fails\n", stream);
        break;
    case SWEEP_PARTIAL:
        fputs("no counterexample so far\n", stream);
        break;
    case SWEEP_ERROR:
        fputs("could not be judged\n", stream);
        break;
    }
    if (axis_is_partial(options, axis))
        fprintf(stream, "  partial: stopped after %" PRIu64 " of %" PRIu64 " values\n",
                axis->values, all);
    if (axis->unjudged > 0)
        fprintf(stream, "  error: %" PRIu64 " values not judged, the first 0x%08" PRIx32 ": %s\n",
                axis->unjudged, axis->unjudged_first, axis->failure);
}

static void print_rule(const struct sweep_options *options, const struct sweep_finding *finding,
                       unsigned rule, FILE *stream) {
    const struct sweep_ranges *broken = &finding->broken;
    bool fails =
        rules[rule].level == RULE_MUST || (rules[rule].level == RULE_SHOULD && options->strict);

    fprintf(stream, "  %s %s (%s): fails for ", fails ? "fail" : "nonstrict", rules[rule].id,
            rule_level_text(rules[rule].level));
    for (uint64_t i = 0; i < broken->count && i < PRINT_RANGES; i++) {
        fprintf(stream, "%s0x%08" PRIx32, i > 0 ? ", " : "", broken->kept[i].first);
        if (broken->kept[i].last != broken->kept[i].first)
            fprintf(stream, "..0x%08" PRIx32, broken->kept[i].last);
    }
    if (broken->count > PRINT_RANGES)
        fprintf(stream, " and %" PRIu64 " more ranges", broken->count - PRINT_RANGES);
    fprintf(stream, " (%" PRIu64 " of %" PRIu64 " runs)\n", broken->values, finding->runs);
}

bool sweep_print(const struct probe *probe, const struct sweep_options *options,
                 const struct sweep_result *result, char *const *scenarios, FILE *stream) {
    fputs("probe ", stream);
    text_print(stream, probe->name, NULL);
    fprintf(stream, " (entry ");
    text_print(stream, probe->entry, NULL);
    fprintf(stream, ", sha256 %.16s)\n", probe->image->sha256);
    for (size_t i = 0; i < options->axes_count; i++) {
        const struct sweep_axis *axis = &options->axes[i];

        if (axis->what == SWEEP_MAX)
            fprintf(stream, "EAX of 0x40000000, with 0x%08" PRIx32 " implemented: ", axis->target);
        else
            fprintf(stream, "EAX of 0x%08" PRIx32 ", with maximum 0x%08x: ", axis->target,
                    CPUID_BLOCK_LAST);
        print_verdict(options, &result->axes[i], stream);
        for (unsigned rule = 0; rule < RULES; rule++) {
            if (result->axes[i].findings[rule].broken.count > 0)
                print_rule(options, &result->axes[i].findings[rule], rule, stream);
        }
        if (scenarios[i]) {
            fputs("  scenario: ", stream);
            text_print(stream, scenarios[i], NULL);
            fputc('\n', stream);
        }
    }
    return fflush(stream) == 0 && !ferror(stream);
}

/* --- JSON. --- */

static json_t *json_number(uint64_t number) {
    return json_integer((json_int_t)number);
}

static json_t *json_word(uint32_t value) {
    return json_sprintf("0x%08" PRIx32, value);
}

static json_t *json_finding(const struct sweep_finding *finding, unsigned rule) {
    json_t *object = json_object(), *ranges = json_array();
    bool ok = object;

    for (uint64_t i = 0; i < finding->broken.count && i < SWEEP_RANGES_MAX; i++) {
        json_t *range = json_object();

        json_put(range, &ok, "first", json_word(finding->broken.kept[i].first));
        json_put(range, &ok, "last", json_word(finding->broken.kept[i].last));
        json_add(ranges, &ok, range);
    }
    json_put(object, &ok, "id", json_text(rules[rule].id));
    json_put(object, &ok, "level", json_text(rule_level_text(rules[rule].level)));
    json_put(object, &ok, "runs", json_number(finding->runs));
    json_put(object, &ok, "violations", json_number(finding->broken.values));
    json_put(object, &ok, "ranges_count", json_number(finding->broken.count));
    json_put(object, &ok, "ranges", ranges);
    return json_finish(object, ok);
}

static json_t *json_axis(const struct sweep_options *options, const struct sweep_axis *axis,
                         const struct sweep_axis_result *result, const char *scenario) {
    json_t *object = json_object(), *findings = json_array();
    bool ok = object;

    for (unsigned rule = 0; rule < RULES; rule++) {
        if (result->findings[rule].runs > 0 || result->findings[rule].broken.count > 0)
            json_add(findings, &ok, json_finding(&result->findings[rule], rule));
    }
    json_put(object, &ok, "what", json_text(sweep_what_text(axis->what)));
    json_put(object, &ok, "target", json_word(axis->target));
    json_put(object, &ok, "verdict",
             json_text(sweep_verdict_texts[sweep_verdict(options, result)]));
    json_put(object, &ok, "values", json_number(result->values));
    json_put(object, &ok, "values_wanted", json_number(sweep_values(options)));
    json_put(object, &ok, "unjudged", json_number(result->unjudged));
    json_put(object, &ok, "unjudged_reason",
             json_text(result->unjudged > 0 ? result->failure : NULL));
    json_put(object, &ok, "rules", findings);
    json_put(object, &ok, "scenario", json_text(scenario));
    return json_finish(object, ok);
}

bool sweep_print_json(const struct probe *probe, const struct sweep_options *options,
                      const struct sweep_result *result, char *const *scenarios, FILE *stream) {
    json_t *object = json_object(), *axes = json_array();
    bool ok = object, written;

    for (size_t i = 0; i < options->axes_count; i++)
        json_add(axes, &ok, json_axis(options, &options->axes[i], &result->axes[i], scenarios[i]));
    json_put(object, &ok, "hvspec", json_text(HVSPEC_VERSION));
    json_put(object, &ok, "probe", json_text(probe->name));
    json_put(object, &ok, "sha256", json_text(probe->image->sha256));
    json_put(object, &ok, "entry", json_text(probe->entry));
    json_put(object, &ok, "from", json_word(options->from));
    json_put(object, &ok, "to", json_word(options->to));
    json_put(object, &ok, "stride", json_number(options->stride));
    json_put(object, &ok, "partial", json_boolean(result->partial));
    json_put(object, &ok, "sweeps", axes);
    object = json_finish(object, ok);
    written = object && json_dumpf(object, stream, JSON_INDENT(2)) == 0;
    json_decref(object);
    return fputc('\n', stream) != EOF && fflush(stream) == 0 && written && !ferror(stream);
}
