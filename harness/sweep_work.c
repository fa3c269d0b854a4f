/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/sweep_internal.h"

#include "harness/judge.h"
#include "harness/suite.h"

#include <stdlib.h>
#include <string.h>

#define SWEEP_BATCH 64u

/* What a worker keeps between tasks. Everything that a run needs is here: no allocation, no
 * formatting. */
struct sweep_worker {
    struct guest *guest;
    struct judge_probe kind;
    bool applies[RULES];
    char failure[160]; /* why there is no guest */
    struct cpuid_table tables[SWEEP_AXES_MAX];
    struct cpuid_change changes[SWEEP_BATCH];
    struct guest_job jobs[SWEEP_BATCH];
    struct observation observations[SWEEP_BATCH];
    struct facts judged;            /* the last facts that were judged, */
    struct finding findings[RULES]; /* and what came of them */
    bool is_error, has_judged;
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
                                  .junk_seed = 1};
    table->base.eax = is_max ? value : CPUID_BLOCK_LAST;
    return cpuid_table_add(
        table, (struct cpuid_leaf){axis->target, 0, true, {is_max ? 1 : value, 0, 0, 0}});
}

void sweep_work_stop(void *context, void *state) {
    const struct sweep *sweep = context;
    struct sweep_worker *worker = state;

    if (!worker)
        return;
    guest_free(worker->guest);
    for (size_t i = 0; i < sweep->options->axes_count; i++)
        cpuid_table_clear(&worker->tables[i]);
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
                                        .any_target = probe->targets_count == 0};
    for (unsigned rule = 0; rule < RULES; rule++) {
        const char *reason;

        worker->applies[rule] = suite_judges(probe, rule, NULL, &reason);
    }
    for (size_t i = 0; i < sweep->options->axes_count; i++) {
        if (!sweep_table(sweep->options, &sweep->options->axes[i], 0, &worker->tables[i]))
            errors_add(&errors, NULL, 0, 0, "out of memory");
    }
    if (errors_none(&errors))
        worker->guest = guest_new(probe->image, &probe->setup, &errors);
    if (!worker->guest)
        snprintf(worker->failure, sizeof worker->failure, "%s",
                 errors.count > 0 ? errors.entries[0].message : "out of memory");
    errors_clear(&errors);
    return worker;
}

/* The judges are pure, so equal facts have equal findings: what was judged last is kept. Padding
 * that differs only has the facts judged once more. */
static void sweep_judge(struct sweep_worker *worker, const struct guest_job *job,
                        const struct observation *observation, const struct probe *probe) {
    struct cpuid_view view = cpuid_view(job->table, job->changes, job->changes_count);
    struct facts facts =
        judge_facts(observation, &view, job->target, probe_outcome(probe, observation));

    if (worker->has_judged && memcmp(&facts, &worker->judged, sizeof facts) == 0)
        return;
    memset(worker->findings, 0, sizeof worker->findings);
    worker->is_error = judge_is_error(&facts);
    if (!worker->is_error)
        judge_question(&worker->kind, &facts, NULL, 0, true, worker->findings);
    memcpy(&worker->judged, &facts, sizeof facts);
    worker->has_judged = true;
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

static void sweep_note(struct sweep_worker *worker, uint32_t value, uint32_t stride,
                       const struct observation *observation) {
    if (worker->is_error) {
        sweep_note_unjudged(&worker->result, value, 1, observation_end_text(observation->end),
                            observation->end_name);
        return;
    }
    for (unsigned rule = 0; rule < RULES; rule++) {
        struct sweep_finding *finding = &worker->result.findings[rule];
        unsigned state = worker->findings[rule].state;

        if (!worker->applies[rule])
            continue;
        finding->runs += (state & FINDING_EXERCISED) != 0;
        if (state & FINDING_VIOLATED)
            sweep_ranges_add(&finding->broken, value, value, 1, stride);
    }
}

static void sweep_run_batch(const struct sweep *sweep, struct sweep_worker *worker,
                            const struct sweep_axis *axis, uint32_t first, size_t count) {
    uint32_t leaf = axis->what == SWEEP_MAX ? CPUID_BASE : axis->target;
    uint32_t stride = sweep->options->stride;
    size_t index = (size_t)(axis - sweep->options->axes), done = 0;

    for (size_t i = 0; i < count; i++) {
        worker->changes[i] = (struct cpuid_change){.kind = CPUID_CHANGE_SET,
                                                   .registers = CPUID_EAX,
                                                   .first = leaf,
                                                   .last = leaf,
                                                   .values.eax = first + (uint32_t)i * stride};
        worker->jobs[i] = (struct guest_job){.table = &worker->tables[index],
                                             .changes = &worker->changes[i],
                                             .changes_count = 1,
                                             .target = axis->target};
    }
    while (done < count) {
        size_t ran = guest_run(worker->guest, worker->jobs + done, count - done,
                               worker->observations + done);

        for (size_t i = done; i < done + ran; i++) {
            sweep_judge(worker, &worker->jobs[i], &worker->observations[i], sweep->probe);
            sweep_note(worker, worker->changes[i].values.eax, stride, &worker->observations[i]);
        }
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

    if (!worker)
        return; /* an empty message: out of memory */
    memset(&worker->result, 0, sizeof worker->result);
    worker->result.values = count;
    if (!worker->guest)
        sweep_note_unjudged(&worker->result, first, count, worker->failure, NULL);
    for (uint64_t done = 0; worker->guest && done < count; done += SWEEP_BATCH)
        sweep_run_batch(sweep, worker, axis, first + (uint32_t)done * sweep->options->stride,
                        count - done < SWEEP_BATCH ? (size_t)(count - done) : SWEEP_BATCH);
    pool_message_add(message, &worker->result, sizeof worker->result);
}
