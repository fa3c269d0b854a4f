/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/suite/internal.h"

#include "harness/spec/found.h"
#include "harness/suite/choose.h"
#include "harness/suite/sharp.h"

#include <stdlib.h>
#include <string.h>

/*
 * Whether all cases of a probe fit the budget, and which are chosen where they do not: some cases,
 * spread over all, are examined as a whole; only if these say that all are too much, every case is
 * called once, for what it costs beside the others and for the code that it runs.
 */
#define MEASURING_SAMPLE 32u /* cases that are examined as a whole, and one with long boots */

/* Cases of two kinds, that are counted apart. */
enum measuring_kind { MEASURING_USUAL, MEASURING_LONG, MEASURING_KINDS };

struct measuring {
    const struct probe *probe;
    const struct suite_options *options;
    const struct scenario_case **cases; /* that the probe would run on */
    size_t *scenarios;                  /* theirs: indices */
    size_t count;
    size_t *tasks; /* the cases that are measured: indices */
    size_t tasks_count;
    bool whole;               /* they are examined; else called once */
    struct measure *measures; /* by case; of examinations without a path */
};

static enum measuring_kind measuring_kind(const struct measuring *measuring, size_t index) {
    return examine_is_long(measuring->cases[index]) ? MEASURING_LONG : MEASURING_USUAL;
}

static void *measuring_start(void *context) {
    const struct measuring *measuring = context;
    struct errors errors = {0};
    struct examiner *examiner;

    examine_confine(&measuring->probe, 1);
    examiner = examiner_new(measuring->probe, measuring->options->seed, &errors);
    errors_clear(&errors); /* the suite's own workers will tell */
    return examiner;
}

static void measuring_stop(void *context, void *state) {
    (void)context;
    examiner_free(state);
}

static struct measure measuring_examine(struct examiner *examiner,
                                        const struct scenario_case *test) {
    static struct examination examination;
    uint64_t before = examiner_cost(examiner);

    examine_case(examiner, test, &examination);
    return (struct measure){.cost = examiner_cost(examiner) - before};
}

static void measuring_run(void *context, void *state, size_t task, struct pool_message *message) {
    const struct measuring *measuring = context;
    const struct scenario_case *test = measuring->cases[measuring->tasks[task]];
    struct measure measure = {0};

    if (state)
        measure = measuring->whole ? measuring_examine(state, test) : examine_measure(state, test);
    pool_message_add(message, &measure, sizeof measure);
}

static void measuring_done(void *context, size_t task, const char *bytes, size_t size) {
    const struct measuring *measuring = context;

    if (size == sizeof *measuring->measures)
        memcpy(&measuring->measures[measuring->tasks[task]], bytes, size);
}

/* What crashes the emulator costs nothing here: the suite tells it. */
static void measuring_lost(void *context, size_t task, const char *why) {
    (void)context;
    (void)task;
    (void)why;
}

/* What a process costs hangs on what it ran before, so one worker does it all. */
static bool measuring_perform(struct measuring *measuring, struct errors *errors) {
    const struct pool_work work = {
        .context = measuring,
        .count = measuring->tasks_count,
        .workers = measuring->probe->setup.process ? 1 : measuring->options->workers,
        .start = measuring_start,
        .run = measuring_run,
        .stop = measuring_stop,
        .done = measuring_done,
        .lost = measuring_lost};
    struct pool *pool = pool_start(&work, errors);
    const volatile sig_atomic_t *stop = measuring->options->stop;

    while (pool && !(stop && *stop) && pool_step(pool, 250))
        ;
    pool_free(pool);
    return pool != NULL;
}

/* False: out of memory. */
static bool measuring_open(struct measuring *measuring, const struct scenario_set *set) {
    size_t count = scenario_set_cases(set);

    measuring->cases = calloc(count + 1, sizeof *measuring->cases);
    measuring->scenarios = calloc(count + 1, sizeof *measuring->scenarios);
    measuring->tasks = calloc(count + 1, sizeof *measuring->tasks);
    measuring->measures = calloc(count + 1, sizeof *measuring->measures);
    if (!measuring->cases || !measuring->scenarios || !measuring->tasks || !measuring->measures)
        return false;
    for (size_t i = 0; i < set->count; i++) {
        for (size_t k = 0; suite_takes(measuring->options, &set->scenarios[i]) &&
                           k < set->scenarios[i].cases_count;
             k++) {
            measuring->scenarios[measuring->count] = i;
            measuring->cases[measuring->count++] = &set->scenarios[i].cases[k];
        }
    }
    return true;
}

static void measuring_close(struct measuring *measuring) {
    free(measuring->cases);
    free(measuring->scenarios);
    free(measuring->tasks);
    free(measuring->measures);
}

/* --- Choosing. --- */

/* The sample: as many cases as are wanted, and the first with long boots. How many of each kind
 * there are goes to `all`, and in the sample to `sampled`. */
static void measuring_draw(struct measuring *measuring, size_t all[MEASURING_KINDS],
                           size_t sampled[MEASURING_KINDS]) {
    const size_t step = measuring->count / MEASURING_SAMPLE;

    measuring->tasks_count = 0;
    for (size_t i = 0; i < measuring->count; i++) {
        enum measuring_kind kind = measuring_kind(measuring, i);
        bool taken = kind == MEASURING_LONG ? sampled[kind] == 0 : all[kind] % step == 0;

        all[kind]++;
        sampled[kind] += taken;
        if (taken)
            measuring->tasks[measuring->tasks_count++] = i;
    }
}

/* What the cases of the sample cost. */
static void measuring_add_up(const struct measuring *measuring, double sums[MEASURING_KINDS]) {
    for (size_t i = 0; i < measuring->tasks_count; i++) {
        const size_t index = measuring->tasks[i];

        sums[measuring_kind(measuring, index)] += (double)measuring->measures[index].cost;
    }
}

/* Measures every case once. The estimates of a kind are scaled so that those of the sample, which
 * cost `sampled`, are right on the whole. NULL with errors noted. */
static struct choice_case *measuring_list(struct measuring *measuring,
                                          const double sampled[MEASURING_KINDS],
                                          struct errors *errors) {
    struct choice_case *list = calloc(measuring->count + 1, sizeof *list);
    bool *in_sample = calloc(measuring->count + 1, sizeof *in_sample);
    double estimated[MEASURING_KINDS] = {0};

    for (size_t i = 0; in_sample && i < measuring->tasks_count; i++)
        in_sample[measuring->tasks[i]] = true;
    for (size_t i = 0; i < measuring->count; i++)
        measuring->tasks[i] = i;
    measuring->tasks_count = measuring->count;
    measuring->whole = false;
    if (!list || !in_sample || !measuring_perform(measuring, errors)) {
        free(list);
        free(in_sample);
        return NULL;
    }
    for (size_t i = 0; i < measuring->count; i++) {
        const struct measure *measure = &measuring->measures[i];

        list[i] = (struct choice_case){.scenario = measuring->scenarios[i],
                                       .cost = examine_estimate(measuring->cases[i], measure),
                                       .path = measure->path,
                                       .sharp = sharp_kinds(measuring->cases[i]),
                                       .target = measuring->cases[i]->asks[0],
                                       .broken = measure->broken};
        if (in_sample[i])
            estimated[measuring_kind(measuring, i)] += (double)list[i].cost;
    }
    for (size_t i = 0; i < measuring->count; i++) {
        enum measuring_kind kind = measuring_kind(measuring, i);

        if (estimated[kind] > 0)
            list[i].cost = (uint64_t)((double)list[i].cost * (sampled[kind] / estimated[kind]));
    }
    free(in_sample);
    return list;
}

/* By case of the set, whether it is chosen. NULL: out of memory. */
static bool *measuring_choose(const struct measuring *measuring, const struct scenario_set *set,
                              struct choice_case *list) {
    bool *chosen = calloc(scenario_set_cases(set) + 1, sizeof *chosen);
    size_t number = 0, listed = 0;

    for (size_t i = 0; i < measuring->count; i++)
        list[i].must = strcmp(set->scenarios[list[i].scenario].id, SPEC_FOUND) == 0;
    if (!chosen || choose_cases(list, measuring->count, measuring->options->cost_max) == 0) {
        free(chosen);
        return NULL;
    }
    for (size_t i = 0; i < set->count; i++) {
        for (size_t k = 0; k < set->scenarios[i].cases_count; k++, number++) {
            if (suite_takes(measuring->options, &set->scenarios[i]))
                chosen[number] = list[listed++].chosen;
        }
    }
    return chosen;
}

bool suite_choose(const struct probe *probe, const struct scenario_set *set,
                  const struct suite_options *options, bool **chosen, struct errors *errors) {
    struct measuring measuring = {.probe = probe, .options = options, .whole = true};
    size_t all[MEASURING_KINDS] = {0}, drawn[MEASURING_KINDS] = {0};
    double sampled[MEASURING_KINDS] = {0}, sum = 0;
    struct choice_case *list = NULL;
    bool done;

    *chosen = NULL;
    if (options->cost_max == 0)
        return true;
    done = measuring_open(&measuring, set);
    if (done && measuring.count >= 2 * MEASURING_SAMPLE) {
        measuring_draw(&measuring, all, drawn);
        done = measuring_perform(&measuring, errors);
        measuring_add_up(&measuring, sampled);
        for (unsigned kind = 0; kind < MEASURING_KINDS; kind++)
            sum += drawn[kind] > 0 ? sampled[kind] * (double)all[kind] / (double)drawn[kind] : 0;
        if (done && sum > (double)options->cost_max)
            done = (list = measuring_list(&measuring, sampled, errors)) &&
                   (*chosen = measuring_choose(&measuring, set, list));
    }
    measuring_close(&measuring);
    free(list);
    return done || (errors_none(errors) && errors_add(errors, NULL, 0, 0, "out of memory"));
}
