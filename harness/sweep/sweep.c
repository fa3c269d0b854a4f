/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/sweep/internal.h"

#include "harness/suite/suite.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SWEEP_CHECKPOINT_SECONDS 1
#define SWEEP_TASKS_WANTED 256u /* of an axis, at least, when there are enough values */
#define SWEEP_STEP_MILLISECONDS 200

struct sweep_chunk {
    struct sweep_chunk *next;
    size_t task;
    struct sweep_axis_result result;
};

/* --- Ranges of failing values. --- */

static void sweep_ranges_append(struct sweep_ranges *ranges, uint32_t first, uint32_t last,
                                uint32_t stride) {
    bool joins = ranges->count > 0 && first == (uint64_t)ranges->last + stride;

    if (!joins) {
        if (ranges->count < SWEEP_RANGES_MAX)
            ranges->kept[ranges->count].first = first;
        ranges->count++;
    }
    if (ranges->count <= SWEEP_RANGES_MAX)
        ranges->kept[ranges->count - 1].last = last;
    ranges->last = last;
}

void sweep_ranges_add(struct sweep_ranges *ranges, uint32_t first, uint32_t last, uint64_t values,
                      uint32_t stride) {
    sweep_ranges_append(ranges, first, last, stride);
    ranges->values += values;
}

/* What the later part did not keep, this one does not either: it has no room left by then. */
void sweep_ranges_join(struct sweep_ranges *ranges, const struct sweep_ranges *later,
                       uint32_t stride) {
    for (uint64_t i = 0; i < later->count && i < SWEEP_RANGES_MAX; i++)
        sweep_ranges_append(ranges, later->kept[i].first, later->kept[i].last, stride);
    if (later->count > SWEEP_RANGES_MAX) {
        ranges->count += later->count - SWEEP_RANGES_MAX;
        ranges->last = later->last;
    }
    ranges->values += later->values;
}

/* --- Tasks. --- */

uint64_t sweep_values(const struct sweep_options *options) {
    return ((uint64_t)options->to - options->from) / options->stride + 1;
}

/* Whole batches. */
static uint64_t sweep_task_size(const struct sweep_options *options) {
    uint64_t size = sweep_values(options) / SWEEP_TASKS_WANTED / SWEEP_BATCH * SWEEP_BATCH;

    return size > SWEEP_TASK_VALUES ? SWEEP_TASK_VALUES : size < SWEEP_BATCH ? SWEEP_BATCH : size;
}

size_t sweep_tasks_per_axis(const struct sweep_options *options) {
    uint64_t size = sweep_task_size(options);

    return (size_t)((sweep_values(options) + size - 1) / size);
}

uint64_t sweep_task_values(const struct sweep *sweep, size_t task, uint32_t *first) {
    uint64_t size = sweep_task_size(sweep->options);
    uint64_t start = (uint64_t)(task % sweep->tasks_per_axis) * size;
    uint64_t left = sweep_values(sweep->options) - start;

    *first = sweep->options->from + (uint32_t)(start * sweep->options->stride);
    return left < size ? left : size;
}

void sweep_axis_join(struct sweep_axis_result *axis, const struct sweep_axis_result *later,
                     uint32_t stride) {
    if (axis->unjudged == 0 && later->unjudged > 0) {
        axis->unjudged_first = later->unjudged_first;
        memcpy(axis->failure, later->failure, sizeof axis->failure);
    }
    axis->unjudged += later->unjudged;
    axis->values += later->values;
    for (unsigned rule = 0; rule < RULES; rule++) {
        axis->findings[rule].runs += later->findings[rule].runs;
        axis->findings[rule].unanswered += later->findings[rule].unanswered;
        sweep_ranges_join(&axis->findings[rule].broken, &later->findings[rule].broken, stride);
    }
}

static void sweep_take(struct sweep *sweep, const struct sweep_chunk *chunk) {
    sweep_axis_join(&sweep->result->axes[chunk->task / sweep->tasks_per_axis], &chunk->result,
                    sweep->options->stride);
    sweep->result->next = chunk->task + 1;
}

/* Files a result, and takes in all that now stand in order. Owns the chunk. */
static void sweep_file(struct sweep *sweep, struct sweep_chunk *chunk) {
    struct sweep_chunk **at = &sweep->waiting;

    while (*at && (*at)->task < chunk->task)
        at = &(*at)->next;
    chunk->next = *at;
    *at = chunk;
    while (sweep->waiting && sweep->waiting->task == sweep->result->next) {
        chunk = sweep->waiting;
        sweep->waiting = chunk->next;
        sweep_take(sweep, chunk);
        free(chunk);
    }
}

static void sweep_done(void *context, size_t task, const char *bytes, size_t size) {
    struct sweep *sweep = context;
    struct sweep_chunk *chunk = malloc(sizeof *chunk);

    if (!chunk || size != sizeof chunk->result) {
        free(chunk);
        sweep->lost = true;
        return;
    }
    chunk->task = sweep->base + task;
    memcpy(&chunk->result, bytes, size);
    sweep_file(sweep, chunk);
}

static void sweep_lost(void *context, size_t task, const char *why) {
    struct sweep *sweep = context;
    struct sweep_chunk *chunk = calloc(1, sizeof *chunk);

    if (sweep->options->stop && *sweep->options->stop) {
        free(chunk); /* the workers were interrupted too */
        return;
    }
    if (!chunk) {
        sweep->lost = true;
        return;
    }
    chunk->task = sweep->base + task;
    chunk->result.values = chunk->result.unjudged =
        sweep_task_values(sweep, chunk->task, &chunk->result.unjudged_first);
    snprintf(chunk->result.failure, sizeof chunk->result.failure, "%s", why);
    sweep_file(sweep, chunk);
}

/* --- The run. --- */

static uint64_t sweep_known(const struct sweep *sweep) {
    uint64_t known = 0;

    for (size_t i = 0; i < sweep->options->axes_count; i++)
        known += sweep->result->axes[i].values;
    return known;
}

static bool sweep_is_stopped(const struct sweep *sweep) {
    return sweep->lost || (sweep->options->stop && *sweep->options->stop);
}

static bool sweep_attend(struct sweep *sweep, struct pool *pool, struct errors *errors) {
    uint64_t all = sweep_values(sweep->options) * sweep->options->axes_count;
    time_t saved = time(NULL);
    bool good = true;

    while (good && !sweep_is_stopped(sweep) && pool_step(pool, SWEEP_STEP_MILLISECONDS)) {
        if (sweep->options->progress)
            sweep->options->progress(sweep->options->progress_context, sweep_known(sweep), all);
        if (time(NULL) - saved < SWEEP_CHECKPOINT_SECONDS)
            continue;
        good = sweep_checkpoint_write(sweep, errors);
        saved = time(NULL);
    }
    return good;
}

/* A process of its own is shut off; whoever measures this work in his own is not. */
static void *sweep_start_worker(void *context) {
    const struct sweep *sweep = context;

    examine_confine(&sweep->probe, 1);
    return sweep_work_start(context);
}

static bool sweep_execute(struct sweep *sweep, struct errors *errors) {
    const struct pool_work work = {.context = sweep,
                                   .count = sweep->tasks - sweep->base,
                                   .workers = sweep->options->workers,
                                   .start = sweep_start_worker,
                                   .run = sweep_work_run,
                                   .stop = sweep_work_stop,
                                   .done = sweep_done,
                                   .lost = sweep_lost};
    struct pool *pool;
    bool good;

    if (work.count == 0)
        return true;
    pool = pool_start(&work, errors);
    good = pool && sweep_attend(sweep, pool, errors);
    pool_free(pool);
    if (good && sweep->lost)
        good = errors_add(errors, NULL, 0, 0, "out of memory");
    return good && sweep_checkpoint_write(sweep, errors);
}

bool sweep_run(const struct probe *probe, const struct sweep_options *options,
               struct sweep_result *result, struct errors *errors) {
    struct sweep sweep = {.probe = probe, .options = options, .result = result};
    struct sweep_lock lock;
    bool good;

    sweep.tasks_per_axis = sweep_tasks_per_axis(options);
    sweep.tasks = sweep.tasks_per_axis * options->axes_count;
    result->axes = calloc(options->axes_count + 1, sizeof *result->axes);
    if (!result->axes)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    good = sweep_lock_take(&lock, options->checkpoint, errors) &&
           sweep_checkpoint_read(&sweep, errors);
    sweep.base = result->next;
    result->resumed = sweep_known(&sweep);
    good = good && sweep_execute(&sweep, errors);
    sweep_lock_free(&lock);
    result->partial = result->next < sweep.tasks;
    while (sweep.waiting) {
        struct sweep_chunk *chunk = sweep.waiting;

        sweep.waiting = chunk->next;
        free(chunk);
    }
    return good;
}

void sweep_result_clear(struct sweep_result *result) {
    free(result->axes);
    *result = (struct sweep_result){0};
}
