/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/sweep.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const sweep_fill_words[] = {
    [CPUID_FILL_ZERO] = "zero",
    [CPUID_FILL_HIGHEST_BASIC] = "highest-basic",
    [CPUID_FILL_BASE] = "base",
};

static const char *const sweep_outcome_words[] = {
    [OUTCOME_AVAILABLE] = "available",
    [OUTCOME_NOT_AVAILABLE] = "not-available",
    [OUTCOME_NOT_IMPLEMENTED] = "not-implemented",
};

/* A rule that is broken and counts: those that fail the run when there are any. */
static bool scenario_counts(const struct sweep_options *options,
                            const struct sweep_axis_result *result, unsigned rule) {
    return result->findings[rule].broken.count > 0 &&
           (rules[rule].level == RULE_MUST ||
            (options->strict && rules[rule].level == RULE_SHOULD));
}

static bool scenario_first(const struct sweep_options *options,
                           const struct sweep_axis_result *result, uint32_t *value) {
    bool any = false;

    for (unsigned rule = 0; rule < RULES; rule++) {
        uint32_t first = result->findings[rule].broken.kept[0].first;

        if (!scenario_counts(options, result, rule) || (any && first >= *value))
            continue;
        *value = first;
        any = true;
    }
    return any;
}

static void scenario_print(const struct sweep_options *options, const struct sweep_axis *axis,
                           const struct sweep_axis_result *result, uint32_t value, FILE *stream) {
    uint32_t maximum = axis->what == SWEEP_MAX ? value : CPUID_BLOCK_LAST;
    uint32_t eax = axis->what == SWEEP_MAX ? 1 : value;
    const char *comma = "";

    fputs("title: The smallest value that a sweep found to fail\nrules: [", stream);
    for (unsigned rule = 0; rule < RULES; rule++) {
        if (!scenario_counts(options, result, rule) ||
            result->findings[rule].broken.kept[0].first != value)
            continue;
        fprintf(stream, "%s%s", comma, rules[rule].id);
        comma = ", ";
    }
    fprintf(stream,
            "]\n"
            "why: >\n"
            "  hvspec sweep ran through EAX of 0x%08" PRIx32 " and found the probe wrong here.\n"
            "hypervisor:\n"
            "  signature: {ebx: 0x%08" PRIx32 ", ecx: 0x%08" PRIx32 ", edx: 0x%08" PRIx32 "}\n"
            "  max: 0x%08" PRIx32 "\n"
            "  leaves:\n"
            "    0x%08" PRIx32 ": {eax: 0x%08" PRIx32 "}\n"
            "  unlisted: zero\n"
            "  beyond: %s\n"
            "ask: [0x%08" PRIx32 "]\n"
            "expect: [%s]\n",
            axis->what == SWEEP_MAX ? CPUID_BASE : axis->target, options->signature.ebx,
            options->signature.ecx, options->signature.edx, maximum, axis->target, eax,
            sweep_fill_words[options->beyond], axis->target,
            sweep_outcome_words[spec_outcome(maximum, axis->target, eax)]);
}

bool sweep_save_scenario(const struct sweep_options *options, const struct sweep_axis *axis,
                         const struct sweep_axis_result *result, const char *path,
                         struct errors *errors) {
    uint32_t value = 0;
    FILE *stream;
    bool written;

    if (!scenario_first(options, result, &value))
        return true;
    stream = fopen(path, "w");
    if (stream)
        scenario_print(options, axis, result, value, stream);
    written = stream && !ferror(stream);
    if (stream && fclose(stream) != 0)
        written = false;
    return written ||
           errors_add(errors, path, 0, 0, "cannot write the scenario: %s", strerror(errno));
}
