/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/memstream.h"
#include "harness/sweep/sweep.h"

#include "reports/model/report.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

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

/* A rule that fails the run and starts to be broken with `value`. */
static bool scenario_starts(const struct sweep_options *options,
                            const struct sweep_axis_result *result, unsigned rule, uint32_t value) {
    const struct sweep_ranges *broken = &result->findings[rule].broken;

    return broken->count > 0 && rules_fails(rule, options->strict) &&
           broken->kept[0].first == value;
}

/* The next value above `after` (-1: the first of all) with which some rule starts to be broken. */
static bool scenario_next(const struct sweep_options *options,
                          const struct sweep_axis_result *result, int64_t after, uint32_t *value) {
    bool any = false;

    for (unsigned rule = 0; rule < RULES; rule++) {
        uint32_t first = result->findings[rule].broken.kept[0].first;

        if (!scenario_starts(options, result, rule, first) || first <= after ||
            (any && first >= *value))
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
        if (!scenario_starts(options, result, rule, value))
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

char *sweep_scenario_path(const struct probe *probe, const struct sweep_axis *axis, uint32_t value,
                          const char *folder) {
    char name[64], *path;

    snprintf(name, sizeof name, "%s", probe->name);
    for (char *at = name; *at; at++) {
        if (!isalnum((unsigned char)*at))
            *at = '-'; /* no file system minds that */
    }
    if (asprintf(&path, "%s/sweep-%s-%s-0x%08" PRIx32 "-0x%08" PRIx32 ".yaml", folder, name,
                 sweep_what_text(axis->what), axis->target, value) < 0)
        return NULL;
    return path;
}

static bool scenario_save(const struct sweep_options *options, const struct sweep_axis *axis,
                          const struct sweep_axis_result *result, uint32_t value, const char *path,
                          struct errors *errors) {
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    bool saved;

    if (stream)
        scenario_print(options, axis, result, value, stream);
    saved = stream && memstream_close(stream, &text)
                ? report_save_text(text, "scenario", path, errors)
                : errors_add(errors, NULL, 0, 0, "out of memory");
    free(text);
    return saved;
}

bool sweep_save_scenarios(const struct probe *probe, const struct sweep_options *options,
                          const struct sweep_axis *axis, const struct sweep_axis_result *result,
                          const char *folder, char **smallest, struct errors *errors) {
    uint32_t value = 0;
    int64_t after = -1;

    *smallest = NULL;
    for (; scenario_next(options, result, after, &value); after = value) {
        char *path = sweep_scenario_path(probe, axis, value, folder);
        bool saved;

        if (!path)
            return errors_add(errors, NULL, 0, 0, "out of memory");
        saved = scenario_save(options, axis, result, value, path, errors);
        if (*smallest)
            free(path);
        else
            *smallest = path;
        if (!saved)
            return false;
    }
    return true;
}
