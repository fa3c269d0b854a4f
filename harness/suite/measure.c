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
#define MEASURING_SAMPLE 32u /* cases that are examined as a whole */

struct measuring {
    const struct probe *probe;
    const struct suite_options *options;
    const struct scenario_case **cases; /* that the probe would run on */
    size_t *scenarios;                  /* theirs: indices */
    size_t count, step;                 /* each step-th case is a task; 1: all, called once */
    struct measure *measures;           /* by case; of examinations without a path */
};

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
    const struct scenario_case *test = measuring->cases[task * measuring->step];
    struct measure measure = {0};

    if (state)
        measure =
            measuring->step > 1 ? measuring_examine(state, test) : examine_measure(state, test);
    pool_message_add(message, &measure, sizeof measure);
}

static void measuring_done(void *context, size_t task, const char *bytes, size_t size) {
    const struct measuring *measuring = context;

    if (size == sizeof *measuring->measures)
        memcpy(&measuring->measures[task * measuring->step], bytes, size);
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
        .count = (measuring->count + measuring->step - 1) / measuring->step,
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
    measuring->measures = calloc(count + 1, sizeof *measuring->measures);
    if (!measuring->cases || !measuring->scenarios || !measuring->measures)
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
    free(measuring->measures);
}

/* --- Choosing. --- */

/* The cost of the cases that were examined. */
static double measuring_sampled(const struct measuring *measuring) {
    double sum = 0;

    for (size_t i = 0; i < measuring->count; i += measuring->step)
        sum += (double)measuring->measures[i].cost;
    return sum;
}

/* Measures every case once. The estimates are scaled so that those of the sample, which cost
 * `sampled`, are right on the whole. NULL with errors noted. */
static struct choice_case *measuring_list(struct measuring *measuring, double sampled,
                                          struct errors *errors) {
    struct choice_case *list = calloc(measuring->count + 1, sizeof *list);
    const size_t step = measuring->step;
    double estimated = 0;

    measuring->step = 1;
    if (!list || !measuring_perform(measuring, errors)) {
        free(list);
        return NULL;
    }
    for (size_t i = 0; i < measuring->count; i++) {
        const struct measure *measure = &measuring->measures[i];

        list[i] = (struct choice_case){.scenario = measuring->scenarios[i],
                                       .cost = examine_estimate(measuring->cases[i], measure->cost),
                                       .path = measure->path,
                                       .sharp = sharp_kinds(measuring->cases[i]),
                                       .target = measuring->cases[i]->asks[0],
                                       .broken = measure->broken};
        if (i % step == 0)
            estimated += (double)list[i].cost;
    }
    for (size_t i = 0; estimated > 0 && i < measuring->count; i++)
        list[i].cost = (uint64_t)((double)list[i].cost * (sampled / estimated));
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
    struct measuring measuring = {.probe = probe, .options = options};
    struct choice_case *list = NULL;
    double sampled;
    bool done;

    *chosen = NULL;
    if (options->cost_max == 0)
        return true;
    done = measuring_open(&measuring, set);
    measuring.step = measuring.count / MEASURING_SAMPLE;
    if (done && measuring.step > 1 && (done = measuring_perform(&measuring, errors))) {
        sampled = measuring_sampled(&measuring);
        if (sampled * (double)measuring.step > (double)options->cost_max)
            done = (list = measuring_list(&measuring, sampled, errors)) &&
                   (*chosen = measuring_choose(&measuring, set, list));
    }
    measuring_close(&measuring);
    free(list);
    return done || (errors_none(errors) && errors_add(errors, NULL, 0, 0, "out of memory"));
}
