/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/runner/runner.h"

#include "base/sandbox.h"
#include "emulator/process/process.h"

#include <stdlib.h>

#define RUNNER_RUN 350u /* in the observation's unit, whatever is run */

struct runner {
    struct guest *guest; /* one of both */
    struct process *process;
    uint64_t cost;
};

struct runner *runner_new(const struct image *image, const struct guest_setup *setup,
                          struct errors *errors) {
    struct runner *runner = calloc(1, sizeof *runner);

    if (!runner) {
        errors_add(errors, NULL, 0, 0, "out of memory");
        return NULL;
    }
    if (setup->process)
        runner->process = process_new(image, setup, errors);
    else
        runner->guest = guest_new(image, setup, errors);
    if (runner->process || runner->guest)
        return runner;
    free(runner);
    return NULL;
}

void runner_confine(const struct guest_setup *const *setups, size_t count) {
    const struct process_start **starts =
        calloc(count + 1, sizeof *starts); /* kept: its server reads it */
    size_t processes = 0;

    for (size_t i = 0; starts && i < count; i++) {
        if (setups[i]->process)
            starts[processes++] = setups[i]->process;
    }
    if (starts && (processes == 0 || process_serve_files(starts, processes)))
        sandbox_enter();
    if (processes == 0)
        free(starts);
}

void runner_free(struct runner *runner) {
    if (!runner)
        return;
    process_free(runner->process);
    guest_free(runner->guest);
    free(runner);
}

size_t runner_run(struct runner *runner, const struct guest_job *jobs, size_t count,
                  struct observation *observations) {
    size_t done;

    if (runner->process)
        return process_run(runner->process, jobs, count, observations);
    done = guest_run(runner->guest, jobs, count, observations);
    for (size_t i = 0; i < done; i++)
        runner->cost += RUNNER_RUN + observations[i].cost + observations[i].extra;
    return done;
}

uint64_t runner_cost(const struct runner *runner) {
    return runner->process ? process_cost(runner->process) : runner->cost;
}

void runner_reset(struct runner *runner) {
    if (runner->guest)
        guest_reset(runner->guest);
}

void runner_cover(struct runner *runner, struct guest_coverage *coverage) {
    if (runner->process)
        process_cover(runner->process, coverage);
    else
        guest_cover(runner->guest, coverage);
}

void runner_note_callers(struct runner *runner, struct guest_callers *callers) {
    if (runner->process)
        process_note_callers(runner->process, callers);
    else
        guest_note_callers(runner->guest, callers);
}

bool runner_note_comparisons(struct runner *runner, struct guest_compared *compared) {
    if (runner->process)
        return process_note_comparisons(runner->process, compared);
    guest_note_comparisons(runner->guest, compared);
    return true;
}

bool runner_watch(struct runner *runner, const struct guest_watch *watch) {
    return runner->guest && guest_watch(runner->guest, watch);
}

bool runner_mark(struct runner *runner, unsigned number) {
    return runner->guest && guest_mark(runner->guest, number);
}

bool runner_has_heap(const struct runner *runner) {
    return runner->guest && guest_has_heap(runner->guest);
}

bool runner_keeps(const struct runner *runner) {
    return !runner->guest || guest_keeps(runner->guest);
}

size_t runner_assumed(const struct runner *runner, const uint64_t **addresses) {
    *addresses = NULL;
    return runner->guest ? guest_assumed(runner->guest, addresses) : 0;
}
