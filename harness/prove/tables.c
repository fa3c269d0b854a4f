/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/prove/tables.h"

#include "base/clock.h"
#include "base/pool.h"
#include "harness/prove/internal.h"
#include "harness/prove/model.h"

#include <stdlib.h>
#include <string.h>

/* By the solver's count, after which it says what it has: some three seconds. Most code takes it a
 * tenth of one; what needs more is products, remainders and hashes of bytes. */
#define TABLES_EFFORT 8000000u
#define TABLES_QUESTIONS 3u /* of a boot: what hangs on the two before */

void prove_offer(struct prover *prover, const struct machine_state *state, const uint64_t *values,
                 size_t count) {
    struct prove_tables *tables = prover->tables;
    struct hunt_candidate candidate;

    if (tables->count == PROVE_TABLES_MAX ||
        !prove_candidate(prover, state, values, count, &candidate))
        return;
    for (size_t i = 0; i < tables->count; i++) {
        if (hunt_candidate_same(&tables->candidates[i], &candidate))
            return;
    }
    tables->candidates[tables->count++] = candidate;
}

bool prove_has_enough(const struct prover *prover) {
    return prover->tables->count == PROVE_TABLES_MAX ||
           solver_is_spent(machine_solver_of(prover->machine));
}

/* --- In a process of its own: the solver cannot always be ended from inside. --- */

struct tables_search {
    const struct probe *probe;
    const bool *judged;
    const char *profile;
    struct prove_tables *tables;
};

static void tables_run(void *context, void *state, size_t task, struct pool_message *message) {
    const struct tables_search *search = context;
    struct prove_options options = {.questions = TABLES_QUESTIONS, .profile = search->profile};
    struct prove_tables *tables = calloc(1, sizeof *tables);
    struct prove_result result = {0};
    struct errors errors = {0};
    struct prover prover = {.probe = search->probe,
                            .options = &options,
                            .result = &result,
                            .errors = &errors,
                            .tables = tables,
                            .effort = TABLES_EFFORT,
                            .deadline = PROVE_UNLIMITED};

    (void)state;
    (void)task;
    if (tables) {
        memcpy(options.selected, search->judged, sizeof options.selected);
        prove_select(&prover);
        prove_follow(&prover);
        pool_message_add(message, tables, sizeof *tables);
    }
    free(tables);
    prove_result_clear(&result);
    errors_clear(&errors);
}

static void tables_done(void *context, size_t task, const char *bytes, size_t size) {
    const struct tables_search *search = context;

    (void)task;
    if (size == sizeof *search->tables)
        memcpy(search->tables, bytes, size);
    search->tables->asked = size == sizeof *search->tables;
}

/* The solver has run out of memory or died: there are no tables. */
static void tables_lost(void *context, size_t task, const char *why) {
    (void)context;
    (void)task;
    (void)why;
}

bool prove_tables_can(const struct probe *probe) {
    return prove_is_there() && !model_lacks(probe);
}

bool prove_tables_find(const struct probe *probe, const bool judged[RULES], const char *profile,
                       double seconds, struct prove_tables *tables, struct errors *errors) {
    struct tables_search search = {probe, judged, profile, tables};
    const struct pool_work work = {.context = &search,
                                   .count = 1,
                                   .workers = 1,
                                   .run = tables_run,
                                   .done = tables_done,
                                   .lost = tables_lost};
    double deadline = clock_seconds() + seconds, left = seconds;
    struct pool *pool;

    if (!prove_tables_can(probe))
        return true;
    pool = pool_start(&work, errors);
    if (!pool)
        return false;
    while (left > 0 && pool_step(pool, (int)(1000 * left) + 1))
        left = deadline - clock_seconds();
    pool_free(pool);
    return true;
}
