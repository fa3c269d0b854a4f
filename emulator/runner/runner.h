/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_RUNNER_H
#define HVSPEC_EMULATOR_RUNNER_H

#include "emulator/guest/guest.h"

/*
 * Whatever runs a probe: a guest, which calls its function alone, or a process that it lives in, as
 * its setup says. Who judges does not see the difference. See guest.h for what each function does.
 */
struct runner;

struct runner *runner_new(const struct image *image, const struct guest_setup *setup,
                          struct errors *errors);
void runner_free(struct runner *runner);
size_t runner_run(struct runner *runner, const struct guest_job *jobs, size_t count,
                  struct observation *observations);
void runner_reset(struct runner *runner);
void runner_cover(struct runner *runner, struct guest_coverage *coverage);
void runner_note_callers(struct runner *runner, struct guest_callers *callers);

/* False: out of memory. */
bool runner_note_comparisons(struct runner *runner, struct guest_compared *compared);

/* Shuts this host process, a worker that does nothing else, off from the system (base/sandbox.h)
 * ahead of its first runner. What it runs are these, which have to be there as long as it is. Where
 * the wall cannot be had, all goes on without. */
void runner_confine(const struct guest_setup *const *setups, size_t count);

/* What all runs so far have cost, in the observation's unit: the same on any machine. */
uint64_t runner_cost(const struct runner *runner);

/* See guest_assumed; nothing of a process. */
size_t runner_assumed(const struct runner *runner, const uint64_t **addresses);

/* See guest_has_heap; false of a process, whose heap grows. */
bool runner_has_heap(const struct runner *runner);

/* See guest_keeps; true of a process, of which nobody knows. */
bool runner_keeps(const struct runner *runner);

/* See guest_mark; false of a process. */
bool runner_mark(struct runner *runner, unsigned number);

/* False also for a process: its code is not watched. */
bool runner_watch(struct runner *runner, const struct guest_watch *watch);

#endif
