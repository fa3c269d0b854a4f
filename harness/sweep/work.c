/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/sweep/internal.h"

#include "emulator/runner/runner.h"
#include "harness/judge/judge.h"
#include "harness/suite/suite.h"

#include <stdlib.h>
#include <string.h>

/* Runs one after the other, a stride apart, that showed the same facts. */
struct sweep_streak {
    struct facts facts;
    struct finding findings[RULES]; /* what the judges make of them */
    bool is_error;
    const char *end_name; /* of the first, for an error */
    uint32_t first, last;
    uint64_t count;
};

/* What a worker keeps between tasks. Everything that a run needs is here: no allocation, no
 * formatting. */
struct sweep_worker {
    struct runner *runner;
    struct judge_probe kind;
    char failure[160];             /* why there is no runner*/
    const struct sweep_axis *axis; /* what the tables are made for; NULL: none are */
    struct cpuid_table tables[SWEEP_BATCH];
    uint32_t *swept[SWEEP_BATCH]; /* where each table has the register that is swept */
    struct guest_job jobs[SWEEP_BATCH];
    struct observation observations[SWEEP_BATCH];
    struct sweep_streak streak;
    struct sweep_axis_result result; /* of the task in hand */
};

const char *sweep_what_text(enum sweep_what what) {
    return what == SWEEP_MAX ? "max" : "eax";
}

bool sweep_table(const struct sweep_options *options, const struct sweep_axis *axis, uint32_t value,
                 struct cpuid_table *table) {
    bool is_max = axis->what == SWEEP_MAX;

    *table = (struct cpuid_table){.base = options->signature,
                                  .present = true,
                                  .beyond.fill = options->beyond,
                                  .junk_seed = 1,
                                  .pins = options->pins};
    table->base.eax = is_max ? value : CPUID_BLOCK_LAST;
    return cpuid_table_add(
        table, (struct cpuid_leaf){axis->target, 0, true, {is_max ? 1 : value, 0, 0, 0}});
}

static void sweep_tables_clear(struct sweep_worker *worker) {
    for (size_t i = 0; i < SWEEP_BATCH; i++)
        cpuid_table_clear(&worker->tables[i]);
    worker->axis = NULL;
}

/* Tables of its own for each run of a batch, so that a run costs one store. False: out of memory.
 */
static bool sweep_tables_make(const struct sweep *sweep, struct sweep_worker *worker,
                              const struct sweep_axis *axis) {
    if (worker->axis == axis)
        return true;
    sweep_tables_clear(worker);
    for (size_t i = 0; i < SWEEP_BATCH; i++) {
        struct cpuid_table *table = &worker->tables[i];

        if (!sweep_table(sweep->options, axis, 0, table))
            return false;
        worker->swept[i] =
            axis->what == SWEEP_MAX ? &table->base.eax : &table->leaves[0].values.eax;
        worker->jobs[i] = (struct guest_job){.table = table, .target = axis->target};
    }
    worker->axis = axis;
    return true;
}

void sweep_work_stop(void *context, void *state) {
    struct sweep_worker *worker = state;

    (void)context;
    if (!worker)
        return;
    runner_free(worker->runner);
    sweep_tables_clear(worker);
    free(worker);
}

void *sweep_work_start(void *context) {
    const struct sweep *sweep = context;
    const struct probe *probe = sweep->probe;
    struct sweep_worker *worker = calloc(1, sizeof *worker);
    struct errors errors = {0};

    if (!worker)
        return NULL;
    worker->kind = (struct judge_probe){.names_outcome = probe_names_outcome(probe),
                                        .reports_value = probe_reports_value(probe),
                                        .has_abi = probe->has_abi,
                                        .any_target = probe->targets_count == 0,
                                        .form = probe->form};
    suite_judged(probe, NULL, NULL, worker->kind.judged);
    worker->runner = runner_new(probe->image, &probe->setup, &errors);
    if (!worker->runner)
        snprintf(worker->failure, sizeof worker->failure, "%s",
                 errors.count > 0 ? errors.entries[0].message : "out of memory");
    errors_clear(&errors);
    return worker;
}

static void sweep_note_unjudged(struct sweep_axis_result *result, uint32_t value, uint64_t count,
                                const char *why, const char *name) {
    if (result->unjudged == 0) {
        result->unjudged_first = value;
        snprintf(result->failure, sizeof result->failure, "%.60s%s%.80s", why, name ? ": " : "",
                 name ? name : "");
    }
    result->unjudged += count;
}

/* Notes a streak that is over. */
static void sweep_streak_end(struct sweep_worker *worker, uint32_t stride) {
    struct sweep_streak *streak = &worker->streak;

    if (streak->count > 0 && streak->is_error)
        sweep_note_unjudged(&worker->result, streak->first, streak->count,
                            observation_end_text(streak->facts.end), streak->end_name);
    for (unsigned rule = 0; streak->count > 0 && !streak->is_error && rule < RULES; rule++) {
        struct sweep_finding *finding = &worker->result.findings[rule];
        unsigned state = streak->findings[rule].state;

        if (!worker->kind.judged[rule])
            continue;
        finding->runs += state & FINDING_EXERCISED ? streak->count : 0;
        finding->unanswered += state & FINDING_UNANSWERED ? streak->count : 0;
        if (state & FINDING_VIOLATED)
            sweep_ranges_add(&finding->broken, streak->first, streak->last, streak->count, stride);
    }
    streak->count = 0;
}

/* Every run's facts are made and compared. The judges are pure, so equal facts have equal findings,
 * and only those that differ from the last run's are judged. */
static void sweep_judge(const struct sweep *sweep, struct sweep_worker *worker, size_t run) {
    const struct observation *observation = &worker->observations[run];
    struct cpuid_view view = cpuid_view(worker->jobs[run].table, NULL, 0);
    struct sweep_streak *streak = &worker->streak;
    uint32_t value = *worker->swept[run];
    struct facts facts = judge_facts(&sweep->probe->form, observation, &view, worker->axis->target,
                                     probe_outcome(sweep->probe, observation));

    if (streak->count == 0 || !judge_facts_equal(&facts, &streak->facts)) {
        sweep_streak_end(worker, sweep->options->stride);
        *streak = (struct sweep_streak){.facts = facts,
                                        .is_error = judge_is_error(&facts),
                                        .end_name = observation->end_name,
                                        .first = value};
        if (!streak->is_error)
            judge_question(&worker->kind, &facts, NULL, 0, true, streak->findings);
    }
    streak->last = value;
    streak->count++;
}

static void sweep_run_batch(const struct sweep *sweep, struct sweep_worker *worker, uint32_t first,
                            size_t count) {
    size_t done = 0;

    for (size_t i = 0; i < count; i++)
        *worker->swept[i] = first + (uint32_t)i * sweep->options->stride;
    while (done < count) {
        size_t ran = runner_run(worker->runner, worker->jobs + done, count - done,
                                worker->observations + done);

        for (size_t i = done; i < done + ran; i++)
            sweep_judge(sweep, worker, i);
        done += ran;
    }
}

void sweep_work_run(void *context, void *state, size_t task, struct pool_message *message) {
    const struct sweep *sweep = context;
    struct sweep_worker *worker = state;
    uint32_t first;
    uint64_t count = sweep_task_values(sweep, sweep->base + task, &first);
    const struct sweep_axis *axis =
        &sweep->options->axes[(sweep->base + task) / sweep->tasks_per_axis];

    if (!worker || !sweep_tables_make(sweep, worker, axis))
        return; /* an empty message: out of memory */
    memset(&worker->result, 0, sizeof worker->result);
    worker->result.values = count;
    if (!worker->runner)
        sweep_note_unjudged(&worker->result, first, count, worker->failure, NULL);
    for (uint64_t done = 0; worker->runner && done < count; done += SWEEP_BATCH)
        sweep_run_batch(sweep, worker, first + (uint32_t)done * sweep->options->stride,
                        count - done < SWEEP_BATCH ? (size_t)(count - done) : SWEEP_BATCH);
    sweep_streak_end(worker, sweep->options->stride);
    pool_message_add(message, &worker->result, sizeof worker->result);
}
