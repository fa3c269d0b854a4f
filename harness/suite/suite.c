/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/suite/internal.h"

#include <stdlib.h>
#include <string.h>

bool suite_rule_fails(const struct suite_options *options, enum rule_id rule, unsigned states) {
    enum report_verdict verdict = suite_violated_verdict(rule, states);

    return verdict == REPORT_FAIL || (verdict == REPORT_NONSTRICT && options->strict);
}

bool suite_is_listed(const struct suite *suite, size_t index, enum rule_id rule, unsigned states) {
    const struct suite_task *task = &suite->tasks[index];
    const struct baseline *listed = suite->options->listed;

    return suite->options->lists_all ||
           (listed &&
            baseline_lists(listed, suite->probes[task->probe]->name, rules[rule].id,
                           suite_violated_verdict(rule, states), suite_case(suite, task)->id));
}

/* --- Which cases run. --- */

bool suite_takes(const struct suite_options *options, const struct scenario *scenario) {
    return !scenario->needs_presence ||
           (options->profile && strcmp(options->profile, "presence") == 0);
}

bool suite_is_unstarted(const struct suite *suite, size_t probe) {
    return suite->options->unstarted && suite->options->unstarted[probe];
}

static bool suite_is_in_shard(const struct suite_options *options, size_t index) {
    return options->shards == 0 || index % options->shards == options->shard - 1;
}

static const struct scenario_set *suite_set_of(const struct scenario_set *set,
                                               const struct suite_options *options, size_t probe) {
    return options->sets && options->sets[probe] ? options->sets[probe] : set;
}

const struct scenario_set *suite_set(const struct suite *suite, size_t probe) {
    return suite_set_of(suite->set, suite->options, probe);
}

const struct scenario_case *suite_case(const struct suite *suite, const struct suite_task *task) {
    return &suite_set(suite, task->probe)->scenarios[task->scenario].cases[task->test];
}

size_t suite_cases(const struct scenario_set *set, const struct suite_options *options,
                   size_t probe) {
    size_t index = 0, count = 0;

    set = suite_set_of(set, options, probe);

    for (size_t i = 0; i < set->count; i++) {
        if (!suite_takes(options, &set->scenarios[i]))
            continue;
        for (size_t j = 0; j < set->scenarios[i].cases_count; j++)
            count += suite_is_in_shard(options, index++);
    }
    return count;
}

/* The tasks of a probe; `index` counts those of all parts. */
static void suite_list_probe(struct suite *suite, size_t probe, size_t *index) {
    const struct scenario_set *set = suite_set(suite, probe);
    const bool unstarted = suite_is_unstarted(suite, probe);
    size_t number = 0; /* of the set's cases */

    for (size_t i = 0; i < set->count; i++) {
        bool takes = suite_takes(suite->options, &set->scenarios[i]);

        for (size_t j = 0; j < set->scenarios[i].cases_count; j++, number++) {
            if (takes && suite->chosen[probe] && !suite->chosen[probe][number])
                suite->left_out[probe]++;
            else if (takes && suite_is_in_shard(suite->options, (*index)++) &&
                     !(unstarted && suite->tasks_count > suite->tasks_first[probe]))
                suite->tasks[suite->tasks_count++] =
                    (struct suite_task){.probe = probe, .scenario = i, .test = j};
        }
    }
}

static void suite_list_tasks(struct suite *suite) {
    size_t index = 0;

    suite->tasks_count = 0;
    for (size_t p = 0; p < suite->probes_count; p++) {
        suite->tasks_first[p] = suite->tasks_count;
        suite_list_probe(suite, p, &index);
    }
    suite->tasks_first[suite->probes_count] = suite->tasks_count;
}

size_t suite_scenario_end(const struct suite *suite, size_t first, size_t last) {
    size_t end = first;

    while (end < last && suite->tasks[end].scenario == suite->tasks[first].scenario)
        end++;
    return end;
}

static bool suite_prepare(struct suite *suite, struct errors *errors) {
    size_t count = 0;

    for (size_t p = 0; p < suite->probes_count; p++)
        count += scenario_set_cases(suite_set(suite, p));
    suite->tasks = calloc(count + 1, sizeof *suite->tasks);
    suite->tasks_first = calloc(suite->probes_count + 1, sizeof *suite->tasks_first);
    suite->examples = calloc(suite->probes_count, sizeof *suite->examples);
    suite->sites = calloc(suite->probes_count, sizeof *suite->sites);
    suite->sites_counts = calloc(suite->probes_count, sizeof *suite->sites_counts);
    suite->signs = calloc(suite->probes_count, sizeof *suite->signs);
    suite->chosen = calloc(suite->probes_count, sizeof *suite->chosen);
    suite->left_out = calloc(suite->probes_count, sizeof *suite->left_out);
    if (suite->options->wants_cells && suite->probes_count == 1)
        suite->cells = suite_cells_new(suite_set(suite, 0)->count);
    if (!suite->tasks || !suite->tasks_first || !suite->examples || !suite->sites ||
        !suite->sites_counts || !suite->signs || !suite->chosen || !suite->left_out ||
        (suite->options->wants_cells && suite->probes_count == 1 && !suite->cells))
        return errors_add(errors, NULL, 0, 0, "out of memory");
    for (size_t p = 0; p < suite->probes_count; p++) {
        if (!suite_is_unstarted(suite, p) &&
            !suite_choose(suite->probes[p], suite_set(suite, p), suite->options, &suite->chosen[p],
                          errors))
            return false;
    }
    suite_list_tasks(suite);
    if (suite->tasks_count == 0)
        return errors_add(errors, NULL, 0, 0, "no case to run");
    return true;
}

/* --- Running. --- */

bool suite_start(struct suite *suite, struct errors *errors) {
    struct pool_work work = suite_work(suite, suite->options->workers);

    suite->pool = pool_start(&work, errors);
    return suite->pool != NULL;
}

static bool suite_is_stopped(const struct suite *suite) {
    return suite->options->stop && *suite->options->stop;
}

void suite_await(struct suite *suite, size_t first, size_t count) {
    for (size_t i = first; i < first + count; i++) {
        while (!suite->tasks[i].done && !suite_is_stopped(suite) && pool_step(suite->pool, 250)) {
            if (suite->options->progress)
                suite->options->progress(suite->options->progress_context, suite->tasks_done,
                                         suite->tasks_count);
        }
    }
}

bool suite_run_by(struct suite *suite,
                  bool (*execute)(struct suite *, struct report *, struct errors *),
                  struct report *report, struct errors *errors) {
    bool done = suite_prepare(suite, errors) && execute(suite, report, errors);

    if (done && suite_is_stopped(suite))
        done = errors_add(errors, NULL, 0, 0, "interrupted: what was judged until then is lost");
    if (done && (suite->lost || (!report->probes && !suite_fill_report(suite, report))))
        done = errors_add(errors, NULL, 0, 0, "out of memory");
    suite_free(suite);
    return done;
}

static bool suite_execute_plain(struct suite *suite, struct report *report, struct errors *errors) {
    (void)report;
    if (!suite_start(suite, errors))
        return false;
    suite_await(suite, 0, suite->tasks_count);
    return true;
}

bool suite_run_plain(struct probe *const *probes, size_t probes_count,
                     const struct scenario_set *set, const struct suite_options *options,
                     struct report *report, struct errors *errors) {
    struct suite suite = {
        .probes = probes, .probes_count = probes_count, .set = set, .options = options};

    return suite_run_by(&suite, suite_execute_plain, report, errors);
}
