/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_PROCESS_H
#define HVSPEC_EMULATOR_PROCESS_H

#include "base/errors.h"
#include "emulator/cpuid/observation.h"
#include "emulator/guest/guest.h"
#include "emulator/image/image.h"

/*
 * A whole Linux process inside the emulator: a program as its users start it, with its dynamic
 * loader and C library, under a scripted CPUID. It runs in ring 3; its system calls are answered by
 * a table (system.c) and none of them reaches the host, but for opens of files on a read-only list.
 *
 * A process starts once. Where it first asks for a hypervisor leaf, its state is kept, and whatever
 * is run under the same earlier answers goes on from there. One process must stay in the host
 * process that made it.
 */
#define PROCESS_BUDGET_DEFAULT 30000000u  /* instructions from the first hypervisor leaf on */
#define PROCESS_BUDGET_START 1000000000u /* the same ahead of it */
#define PROCESS_OUTPUT_MAX 65536u        /* bytes of output that are kept; the rest is dropped */
#define PROCESS_CALL_ARGUMENTS 6u        /* of a library's function: those in registers */
#define PROCESS_ARGUMENTS_MAX 32u
#define PROCESS_TARGET "$target"
#define PROCESS_VALUE "{value}"

/* A file that the process may read although it lies elsewhere. Borrowed texts. */
struct process_file {
    const char *path; /* as the process names it, absolute */
    const char *host; /* where it lies */
};

/* How a process is started. Everything pointed to is borrowed and outlives the process. */
struct process_start {
    const char *path;             /* the file with the code, on the host */
    bool is_library;              /* its function is called, as the setup says, by a stub */
    const char *sysroot;          /* where its loader and libraries are; NULL: this system */
    const char *const *arguments; /* argv; "$target" in them becomes the leaf, 0x40000010 */
    size_t arguments_count;
    const struct process_file *files;
    size_t files_count;
    const char *output; /* a line of the output that answers, "leaf {value}"; NULL: none */
    bool by_output;     /* the output says whether the feature is there, not the exit status */
};

struct process;

/* NULL with errors noted: the engine failed, or the program cannot be started. `image` is the
 * program's, for the addresses of its symbols, which are the same in the process. Freed by
 * process_free. */
struct process *process_new(const struct image *image, const struct guest_setup *setup,
                            struct errors *errors);
void process_free(struct process *process);

/* As guest_run does: at least 1 of count > 0. Each job is a process of its own. The traces live
 * until the next process_run. */
size_t process_run(struct process *process, const struct guest_job *jobs, size_t count,
                   struct observation *observations);

/* As guest_cover does. */
void process_cover(struct process *process, struct guest_coverage *coverage);

/* As guest_note_callers does. None are known of main, and of what runs ahead of it. */
void process_note_callers(struct process *process, struct guest_callers *callers);

/* As guest_note_comparisons does, of jobs that are no further questions. False: out of memory. */
bool process_note_comparisons(struct process *process, struct guest_compared *compared);

/* What the process wrote to its standard output in the run before; ends with a zero byte. */
const char *process_output(const struct process *process);

/* What all runs have cost, in the observation's unit: next to nothing for those that were not made.
 */
uint64_t process_cost(const struct process *process);

/* Runs that were not made, since CPUID's answers were those of an earlier one. */
uint64_t process_known(const struct process *process);

/* What the run before took from its start on, kept state included. */
struct process_use {
    uint64_t instructions; /* about: blocks are counted by their bytes */
    unsigned calls, kinds; /* system calls, and how many different ones */
    unsigned cpuids;       /* of which the C library's own are left out of traces */
};
struct process_use process_use(const struct process *process);

/* Has the files of all these, which are borrowed and outlive this host process, be read by another
 * one that is forked here. False: it could not be. */
bool process_serve_files(const struct process_start *const *starts, size_t count);

/* Has every run start at the beginning, for a comparison. */
void process_set_fresh(struct process *process, bool fresh);

#endif
