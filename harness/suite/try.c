/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/suite/internal.h"

#include <string.h>

/* Which probes do not start, whatever the case: a library that is missing, a loader that is not
 * there. What is the same for all cases is told once, and nothing is searched for in it. */
struct trial {
    struct probe *const *probes;
    size_t count;
    const struct suite_options *options;
    bool *unstarted;
};

static void *trial_start(void *context) {
    const struct trial *trial = context;

    examine_confine((const struct probe *const *)trial->probes, trial->count);
    return NULL;
}

static void trial_run(void *context, void *state, size_t task, struct pool_message *message) {
    const struct trial *trial = context;
    const struct probe *probe = trial->probes[task];
    struct errors errors = {0};
    struct examiner *examiner = NULL;
    bool fails = false;

    (void)state;
    if (probe->setup.process) {
        examiner = examiner_new(probe, trial->options->seed, &errors);
        fails = examiner == NULL;
    }
    examiner_free(examiner);
    errors_clear(&errors);
    pool_message_add(message, &fails, sizeof fails);
}

static void trial_done(void *context, size_t task, const char *bytes, size_t size) {
    const struct trial *trial = context;

    if (size == sizeof *trial->unstarted)
        memcpy(&trial->unstarted[task], bytes, size);
}

/* What crashes the emulator may do so in one case only. */
static void trial_lost(void *context, size_t task, const char *why) {
    (void)context;
    (void)task;
    (void)why;
}

bool suite_try(struct probe *const *probes, size_t count, const struct suite_options *options,
               bool *unstarted, struct errors *errors) {
    struct trial trial = {
        .probes = probes, .count = count, .options = options, .unstarted = unstarted};
    const struct pool_work work = {.context = &trial,
                                   .count = count,
                                   .workers = options->workers,
                                   .start = trial_start,
                                   .run = trial_run,
                                   .done = trial_done,
                                   .lost = trial_lost};
    struct pool *pool;
    bool any = false;

    for (size_t i = 0; i < count; i++)
        any |= probes[i]->setup.process != NULL;
    if (!any)
        return true;
    pool = pool_start(&work, errors);
    while (pool && !(options->stop && *options->stop) && pool_step(pool, 250))
        ;
    pool_free(pool);
    return pool != NULL;
}
