/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/sweep/report.h"

#include "base/pool.h"
#include "base/shell_quote.h"
#include "harness/assemble/example.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/*
 * A sweep keeps no traces, so the first value that breaks a rule is run once more. In a worker,
 * like all runs: what crashes the emulator costs the example, not the report, and is noted.
 */
struct sweep_sight {
    size_t axis;
    struct report_rule *rule; /* which gets the example */
    enum rule_id id;
    uint32_t value;
    struct violation *violation; /* owned; NULL: it could not be shown */
};

struct sweep_sights {
    const struct probe *probe;
    const struct sweep_options *options;
    const char *folder;
    struct sweep_sight *list;
    size_t count;
    struct errors *errors; /* what could not be shown */
};

/* --- Running them. --- */

static void *sight_start(void *context) {
    const struct sweep_sights *sights = context;
    struct errors errors = {0};
    struct examiner *examiner;

    examine_confine(&sights->probe, 1);
    examiner = examiner_new(sights->probe, SCENARIO_SEED_DEFAULT, &errors);
    errors_clear(&errors);
    return examiner;
}

static void sight_run(void *context, void *state, size_t task, struct pool_message *message) {
    const struct sweep_sights *sights = context;
    const struct sweep_sight *sight = &sights->list[task];
    const struct sweep_axis *axis = &sights->options->axes[sight->axis];
    struct cpuid_table table = {0};
    struct violation violation;

    if (!state || !sweep_table(sights->options, axis, sight->value, &table))
        return;
    examiner_show(state, sight->id, &table, axis->target, &violation);
    pool_message_add(message, &violation, sizeof violation);
    cpuid_table_clear(&table);
}

static void sight_stop(void *context, void *state) {
    (void)context;
    examiner_free(state);
}

static void sight_done(void *context, size_t task, const char *bytes, size_t size) {
    struct sweep_sights *sights = context;
    struct violation *violation = size == sizeof *violation ? malloc(size) : NULL;

    if (violation)
        memcpy(violation, bytes, size);
    else
        errors_fail(sights->errors, "an example cannot be shown: its run failed");
    sights->list[task].violation = violation;
}

static void sight_lost(void *context, size_t task, const char *why) {
    struct sweep_sights *sights = context;

    (void)task;
    errors_fail(sights->errors, "an example cannot be shown: %s", why);
}

static bool sights_run(struct sweep_sights *sights, struct errors *errors) {
    const struct pool_work work = {.context = sights,
                                   .count = sights->count,
                                   .workers = 1,
                                   .start = sight_start,
                                   .run = sight_run,
                                   .stop = sight_stop,
                                   .done = sight_done,
                                   .lost = sight_lost};
    struct pool *pool;

    sights->errors = errors;
    pool = sights->count > 0 ? pool_start(&work, errors) : NULL;
    while (pool && pool_step(pool, -1))
        continue;
    pool_free(pool);
    return pool || sights->count == 0;
}

/* --- Which. --- */

static void sights_choose(struct sweep_sights *sights, const struct sweep_result *result,
                          struct report_probe *out) {
    for (size_t i = 0; i < out->rules_count; i++) {
        int id = rules_find(out->rules[i].id);
        size_t count = 0;

        for (size_t axis = 0; axis < sights->options->axes_count; axis++) {
            const struct sweep_ranges *broken = &result->axes[axis].findings[id].broken;

            if (broken->count > 0 && count++ < REPORT_EXAMPLES_MAX)
                sights->list[sights->count++] = (struct sweep_sight){
                    axis, &out->rules[i], (enum rule_id)id, broken->kept[0].first, NULL};
        }
    }
}

/* --- Showing them. --- */

/* A rule that does not fail the run has no scenario file: then a sweep of the one value shows it.
 */
static char *sight_rerun(const struct sweep_sights *sights, const struct sweep_sight *sight) {
    static const char *const beyond[] = {[CPUID_FILL_ZERO] = " --beyond zero",
                                         [CPUID_FILL_BASE] = " --beyond base",
                                         [CPUID_FILL_HIGHEST_BASIC] = ""};
    const struct probe *probe = sights->probe;
    const struct sweep_axis *axis = &sights->options->axes[sight->axis];
    char *path = shell_quote_path(probe->manifest ? probe->manifest : probe->path), *text = NULL;

    if (path &&
        asprintf(&text,
                 "hvspec sweep%s%s --what %s --target 0x%08" PRIx32 " --from 0x%08" PRIx32
                 " --to 0x%08" PRIx32 " %s",
                 probe->options ? probe->options : "", beyond[sights->options->beyond],
                 sweep_what_text(axis->what), axis->target, sight->value, sight->value, path) < 0)
        text = NULL;
    free(path);
    return text;
}

/* A case that is a file's only one is found by the file's name alone. */
static bool sight_name(const struct sweep_sights *sights, const struct sweep_sight *sight,
                       struct report_example *example) {
    char *id;

    if (asprintf(&id, "%s:value=0x%08" PRIx32, example->scenario_id, sight->value) < 0)
        return false;
    free(example->case_id);
    example->case_id = id;
    if (rules_fails(sight->id, sights->options->strict))
        return true;
    free(example->rerun);
    example->rerun = sight_rerun(sights, sight);
    return example->rerun != NULL;
}

static bool sight_show(const struct sweep_sights *sights, const struct sweep_sight *sight,
                       struct disassembly *disassembly, struct source_line *source) {
    const struct sweep_axis *axis = &sights->options->axes[sight->axis];
    char *id = sweep_scenario_id(sweep_what_text(axis->what), axis->target);
    char *path = sweep_scenario_path(sights->probe, axis, sight->value, sights->folder);
    struct scenario_case test = {.id = id};
    const struct scenario scenario = {.id = id, .path = path, .cases = &test, .cases_count = 1};
    const struct example_case from = {sights->probe, &scenario, &test, SCENARIO_SEED_DEFAULT, NULL};
    bool shown = false;

    if (id && path && sweep_table(sights->options, axis, sight->value, &test.table)) {
        struct report_example *example = &sight->rule->examples[sight->rule->examples_count++];

        shown = example_fill(&from, sight->violation, disassembly, source, example) &&
                sight_name(sights, sight, example);
    }
    cpuid_table_clear(&test.table);
    free(path);
    free(id);
    return shown;
}

static bool sights_show(const struct sweep_sights *sights) {
    struct disassembly *disassembly = disassembly_open(sights->probe->image->mode);
    struct source_line *source = source_line_open(sights->probe->image);
    bool shown =
        disassembly && source && source_line_set_root(source, sights->options->source_root);

    for (size_t i = 0; shown && i < sights->count; i++) {
        struct report_rule *rule = sights->list[i].rule;

        if (!sights->list[i].violation)
            continue;
        if (!rule->examples)
            rule->examples = calloc(REPORT_EXAMPLES_MAX, sizeof *rule->examples);
        shown = rule->examples && sight_show(sights, &sights->list[i], disassembly, source);
    }
    disassembly_close(disassembly);
    source_line_close(source);
    return shown;
}

bool sweep_fill_examples(const struct probe *probe, const struct sweep_options *options,
                         const struct sweep_result *result, const char *folder,
                         struct report_probe *out, struct errors *errors) {
    struct sweep_sights sights = {.probe = probe, .options = options, .folder = folder};
    bool good;

    sights.list = calloc(out->rules_count * REPORT_EXAMPLES_MAX + 1, sizeof *sights.list);
    if (!sights.list)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    sights_choose(&sights, result, out);
    good = sights_run(&sights, errors) &&
           (sights_show(&sights) || errors_add(errors, NULL, 0, 0, "out of memory"));
    for (size_t i = 0; i < sights.count; i++)
        free(sights.list[i].violation);
    free(sights.list);
    return good;
}
