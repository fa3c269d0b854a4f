/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/internal.h"

#include "base/number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In the observation's unit: of starting from a snapshot; of looking a known end up. What a run
 * costs the host is more than its observation says: programs store much, and stores are dear. */
#define PROCESS_COST 12000u
#define PROCESS_COST_SEEN 4000u /* as the observation has it: what decides about twins */
#define PROCESS_COST_KNOWN 300u
#define PROCESS_COST_INSTRUCTION 12u

/* Starts it once, under a hypervisor with next to nothing: what cannot be started so is said now,
 * rather than by every job. Where it can, the beginning of the others is known. */
static void process_try(struct process *process, struct errors *errors) {
    const struct cpuid_table table = {.present = true, .base = {CPUID_BASE, 0, 0, 0}};
    const struct guest_job job = {.table = &table, .target = CPUID_BASE + 1};
    struct observation seen;

    process_run(process, &job, 1, &seen);
    if (seen.end == OBSERVATION_NOT_STARTED)
        errors_add(errors, process->start->path, 0, 0, "%s: %s", observation_end_text(seen.end),
                   seen.end_name);
    process->cost = 0;
}

struct process *process_new(const struct image *image, const struct guest_setup *setup,
                            struct errors *errors) {
    struct process *process = calloc(1, sizeof *process);

    if (!process) {
        errors_add(errors, NULL, 0, 0, "out of memory for a process");
        return NULL;
    }
    process->image = image;
    process->setup = setup;
    process->start = setup->process;
    process->trace = malloc(PROCESS_TRACE_MAX * sizeof *process->trace);
    process->state.threads[0] = (struct process_thread){.state = THREAD_READY, .id = 1000};
    process->state.threads_alive = 1;
    process->state.last_id = 1000;
    process->state.quantum = PROCESS_QUANTUM;
    process->state.descriptors[0].kind = DESCRIPTOR_INPUT;
    process->state.descriptors[1].kind = DESCRIPTOR_OUTPUT;
    process->state.descriptors[2].kind = DESCRIPTOR_ERROR;
    process->state.random = 0x243f6a8885a308d3u;
    if (!process->trace || !files_open(&process->files, process->start))
        errors_add(errors, process->start->path, 0, 0, "no process can be made of it: %s",
                   process->start->sysroot ? process->start->sysroot : "out of memory");
    else if (process_load(process, errors) && !process_snapshots_open(process))
        errors_add(errors, NULL, 0, 0, "out of memory for a process");
    if (errors_none(errors))
        process_try(process, errors);
    if (errors_none(errors))
        return process;
    process_free(process);
    return NULL;
}

void process_free(struct process *process) {
    if (!process)
        return;
    process_snapshots_close(process);
    process_engine_close(process);
    process_compared_close(process);
    memory_free(&process->memory);
    files_close(&process->files);
    free(process->stub_bytes);
    free(process->trace);
    free(process->names);
    free(process);
}

void process_cover(struct process *process, struct guest_coverage *coverage) {
    process->coverage = coverage;
}

void process_set_fresh(struct process *process, bool fresh) {
    process->fresh = fresh;
}

struct process_use process_use(const struct process *process) {
    const struct process_state *state = &process->state;
    struct process_use use = {.instructions = state->instructions,
                              .calls = state->calls,
                              .cpuids = state->events - state->calls};

    for (unsigned i = 0; i < SYSTEM_NUMBERS; i++)
        use.kinds += state->kinds[i / 64] >> i % 64 & 1;
    return use;
}

bool process_serve_files(const struct process_start *const *starts, size_t count) {
    return files_serve(starts, count);
}

uint64_t process_cost(const struct process *process) {
    return process->cost;
}

const char *process_output(const struct process *process) {
    ((struct process *)process)->output[process->state.output_size] = '\0';
    return process->output;
}

/* --- The answer. --- */

static bool number_at(const char *text, const char **end, uint64_t *number) {
    *end = number_read(text, number, NULL);
    return *end != NULL;
}

/* Whether a line is as the pattern says; "{value}" in it is a number. */
static bool line_matches(const char *line, size_t length, const char *pattern, uint64_t *value) {
    const char *end = line + length;

    while (*pattern) {
        if (strncmp(pattern, PROCESS_VALUE, strlen(PROCESS_VALUE)) == 0) {
            if (line >= end || !number_at(line, &line, value) || line > end)
                return false;
            pattern += strlen(PROCESS_VALUE);
        } else if (line < end && *line == *pattern) {
            line++;
            pattern++;
        } else {
            return false;
        }
    }
    return line == end;
}

static bool output_matches(const struct process *process, uint64_t *value) {
    const char *line = process_output(process);

    while (*line) {
        size_t length = strcspn(line, "\n");

        if (line_matches(line, length, process->start->output, value))
            return true;
        line += length + (line[length] == '\n');
    }
    return false;
}

static void process_answer(struct process *process, struct observation *observation) {
    bool matches;

    observation->answer = process->status;
    if (!process->start->output)
        return;
    matches = output_matches(process, &observation->value);
    if (process->start->by_output)
        observation->answer = matches;
}

/* The executions of basic leaves ahead of the program's own code are the C library's business. */
static size_t process_own_trace(struct process *process, struct cpuid_execution *trace) {
    struct process_state *state = &process->state;
    size_t own = state->began ? state->trace_own : state->trace_count, kept = 0;

    for (size_t i = 0; i < own; i++) {
        if (cpuid_is_hypervisor_leaf(trace[i].leaf))
            trace[kept++] = trace[i];
    }
    memmove(trace + kept, trace + own, (state->trace_count - own) * sizeof *trace);
    state->trace_count -= own - kept;
    return kept;
}

static void process_record(struct process *process, char *name, struct observation *observation) {
    struct process_state *state = &process->state;
    struct cpuid_execution *trace = process->trace + process->trace_first;
    bool returned = process->end == OBSERVATION_RETURNED;
    size_t dropped = state->trace_count, boot = process_own_trace(process, trace);

    process_callers_end(process, boot);
    process_callers_show(process, &state->nested.callers);
    dropped -= state->trace_count;
    if (process->stub_bytes && state->began)
        boot = state->trace_call > dropped ? state->trace_call - dropped : 0;
    state->trace_own = 0;
    state->trace_call = boot;
    process_name_end(process, name);
    *observation = (struct observation){
        .end = process->end,
        .end_address = returned ? 0 : process->end_address,
        .fault_address = process->fault_address,
        .end_name = name[0] ? name : NULL,
        .cost = PROCESS_COST_SEEN + state->instructions - state->cost_before,
        .boot_trace = trace,
        .boot_count = boot,
        .trace = trace + boot,
        .count = state->trace_count - boot,
    };
    if (process->stub_bytes) {
        process_call_record(process, observation);
    } else {
        if (returned)
            process_answer(process, observation);
        process_keep(process, observation);
    }
    process_memo_end(process, name, observation);
    process->cost +=
        PROCESS_COST + PROCESS_COST_INSTRUCTION * (state->instructions - state->cost_before);
    process->trace_used = process->trace_first + state->trace_count;
}

/* What a run in hand has come to so far is forgotten. */
static void process_prepare(struct process *process, const struct guest_job *job) {
    process->view = cpuid_view(job->table, job->changes, job->changes_count);
    process->target = job->target;
    process->garbage = job->garbage;
    process->ended = false;
    process->end = OBSERVATION_RETURNED;
    process->end_name[0] = '\0';
    process->signal = 0;
    process->end_address = process->fault_address = 0;
    process->clock_hook = process->covered = 0;
    process->call_state = 0;
    process->call_value = 0;
}

static void process_start_job(struct process *process, const struct guest_job *job, char *name,
                              struct observation *observation) {
    process->trace_first = process->trace_used;
    process_prepare(process, job);
    process->budget = PROCESS_BUDGET_START;
    if (!process_begin(process, observation)) {
        if (observation->end_name)
            observation->end_name = strcpy(name, observation->end_name);
        process->cost += PROCESS_COST_KNOWN;
        return;
    }
    process_engine_run(process);
    process_record(process, name, observation);
    if (process_remedy(process, observation) || process_compared_again(process)) {
        process->trace_used = process->trace_first;
        process_start_job(process, job, name, observation);
    }
}

/* Asks on in the same process, unless it is dead. */
static void process_continue_job(struct process *process, const struct guest_job *job, char *name,
                                 struct observation *observation) {
    struct process_state *state = &process->state;

    if (process->end != OBSERVATION_RETURNED) {
        *observation = process->dead;
        if (observation->end_name)
            observation->end_name = strcpy(name, process->dead_name);
        return;
    }
    process_prepare(process, job);
    process->budget = (int64_t)process_question_budget(process);
    state->cost_before = state->instructions;
    state->complaint_size = 0;
    process_call_again(process);
    process_engine_run(process);
    process_record(process, name, observation);
}

/* What those see that were to be asked in a process that has died. */
static void process_note_dead(struct process *process, const struct observation *observation) {
    process->dead = *observation;
    process->dead.state |= OBSERVATION_IN_BOOT;
    process->dead.boot_count += observation->count;
    process->dead.trace += observation->count;
    process->dead.count = 0;
    process->dead.cost = 0;
    if (observation->end_name)
        process->dead.end_name = strcpy(process->dead_name, observation->end_name);
}

/* Room for the names of the ends of a batch. False: out of memory. */
static bool process_make_names(struct process *process, size_t count) {
    void *grown;

    if (count <= process->names_count)
        return true;
    grown = realloc(process->names, count * sizeof *process->names);
    if (grown) {
        process->names = grown;
        process->names_count = count;
    }
    return grown != NULL;
}

size_t process_run(struct process *process, const struct guest_job *jobs, size_t count,
                   struct observation *observations) {
    size_t done = 0;

    process->trace_used = 0;
    if (!process_make_names(process, count)) {
        observations[0] =
            (struct observation){.end = OBSERVATION_HARNESS_FAILURE, .end_name = "out of memory"};
        return 1;
    }
    if (process->stub_bytes && jobs[0].continues) {
        process->trace_first = 0;
        process->state.trace_count = process->state.trace_own = process->state.trace_call = 0;
        memset(&process->state.nested.callers, 0, sizeof process->state.nested.callers);
    }
    while (done < count && process->trace_used + GUEST_CPUIDS_MAX <= PROCESS_TRACE_MAX) {
        process->job_ends = !process->stub_bytes || (done + 1 < count && !jobs[done + 1].continues);
        if (process->stub_bytes && jobs[done].continues)
            process_continue_job(process, &jobs[done], process->names[done], &observations[done]);
        else
            process_start_job(process, &jobs[done], process->names[done], &observations[done]);
        process_note_dead(process, &observations[done]);
        done++;
    }
    return done;
}

uint64_t process_question_budget(const struct process *process) {
    return process->setup->budget ? process->setup->budget : PROCESS_BUDGET_DEFAULT;
}
