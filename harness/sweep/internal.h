/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_SWEEP_INTERNAL_H
#define HVSPEC_HARNESS_SWEEP_INTERNAL_H

/* What the files of the sweep share. */
#include "base/pool.h"
#include "harness/sweep/sweep.h"

#define SWEEP_BATCH 64u /* runs in one start of the engine */

struct sweep_chunk; /* a task's result that waits for those ahead of it */

struct sweep {
    const struct probe *probe;
    const struct sweep_options *options;
    struct sweep_result *result;
    size_t tasks_per_axis, tasks;
    size_t base;                 /* the first task of this run: the pool counts from 0 */
    struct sweep_chunk *waiting; /* sorted by task */
    bool lost;                   /* memory ran out while results came in */
};

/* How many tasks an axis has. It hangs on the values alone, like where they are cut, so that a
 * checkpoint does for any number of workers; a small sample is cut small, for a probe that is slow
 * enough to need one. */
size_t sweep_tasks_per_axis(const struct sweep_options *options);

/* The values of a task: *first and how many, a stride apart. */
uint64_t sweep_task_values(const struct sweep *sweep, size_t task, uint32_t *first);

/* Notes `values` failing values from `first` to `last`, which follow all noted before. */
void sweep_ranges_add(struct sweep_ranges *ranges, uint32_t first, uint32_t last, uint64_t values,
                      uint32_t stride);

/* Adds a later part's ranges. */
void sweep_ranges_join(struct sweep_ranges *ranges, const struct sweep_ranges *later,
                       uint32_t stride);

/* work.c: the worker's side. A message is a struct sweep_axis_result. */
void *sweep_work_start(void *context);
void sweep_work_run(void *context, void *state, size_t task, struct pool_message *message);
void sweep_work_stop(void *context, void *state);

/* sweep_checkpoint.c. A file that is not there is no mistake. */
bool sweep_checkpoint_read(struct sweep *sweep, struct errors *errors);
bool sweep_checkpoint_write(const struct sweep *sweep, struct errors *errors);

/* lock.c: keeps other processes away from a checkpoint (NULL: none) from before it is read
 * until after its last write. False with an error noted: one is at work with it. Where the file
 * system has no locks a line on standard error says so. To be freed either way. */
struct sweep_lock {
    char *path;
    int file; /* -1: nothing is locked */
};
bool sweep_lock_take(struct sweep_lock *lock, const char *checkpoint, struct errors *errors);
void sweep_lock_free(struct sweep_lock *lock);

#endif
