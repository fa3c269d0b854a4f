/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_PROCESS_SYSTEM_H
#define HVSPEC_EMULATOR_PROCESS_SYSTEM_H

/* What the handlers of system calls share. Each gets its six arguments and returns what the kernel
 * would: a result, or a negative errno. Pointers and lengths are checked before they are used. */
#include "emulator/process/internal.h"

#include <errno.h>

#define SYSTEM_PATH_MAX 4096u

typedef int64_t (*system_handler)(struct process *process, const uint64_t *arguments);

#define SYSTEM_NONE SYSTEM_NUMBERS /* x86-64 has no such call */

struct system_call {
    unsigned number; /* on x86-64 */
    const char *name;
    system_handler handler; /* NULL: returns `result` */
    int64_t result;
    unsigned number_i386; /* 0: i386 has none, or nothing needs it */
    unsigned word;        /* bytes of a long in its structures; 0: as the program's */
};

/* Returns what was restored: no result is put anywhere. */
int64_t system_signal_return(struct process *process, const uint64_t *arguments);

/* One table for each family. */
extern const struct system_call system_files[], system_stats[], system_memory[], system_threads[],
    system_times[], system_identity[], system_events[], system_signals[], system_waits[],
    system_segments[];
extern const size_t system_files_count, system_stats_count, system_memory_count,
    system_threads_count, system_times_count, system_identity_count, system_events_count,
    system_waits_count, system_signals_count, system_segments_count;

/* Bytes to or from the process; false: EFAULT. */
bool system_copy_in(struct process *process, uint64_t address, void *bytes, uint64_t size);
bool system_copy_out(struct process *process, uint64_t address, const void *bytes, uint64_t size);
/* The same with `count` longs, as wide as the system call's structures have them. */
#define SYSTEM_WORDS_MAX 32u
bool system_words_in(struct process *process, uint64_t address, uint64_t *words, size_t count);
bool system_words_out(struct process *process, uint64_t address, const uint64_t *words,
                      size_t count);
/* An argument that is a signed long. */
int64_t system_signed(const struct process *process, uint64_t argument);
/* segment.c. As a struct user_desc says; `may_choose`: its number may be -1, and becomes one that
 * is free. */
int64_t system_segment_set(struct process *process, struct process_thread *thread, uint64_t address,
                           bool may_choose);
/* A path that ends with a zero byte; a negative errno or 0. */
int system_path(struct process *process, uint64_t address, char path[SYSTEM_PATH_MAX]);
/* The same, relative to the folder that a descriptor stands for, or to the one where the process
 * was started. */
#define SYSTEM_HERE ((uint64_t)(int64_t)-100)
int system_path_at(struct process *process, uint64_t folder, uint64_t address,
                   char path[SYSTEM_PATH_MAX]);
bool system_is_device(const char *path);

/* Opens the lowest number from `first` on; a negative errno. */
int64_t system_descriptor_new(struct process *process, struct process_descriptor descriptor,
                              uint64_t first);
/* NULL: none of that number is open. */
struct process_descriptor *system_descriptor(struct process *process, uint64_t number);

/* The thread in hand waits; `result` is what its system call returns when the time has passed. */
void system_wait(struct process *process, enum process_thread_state state, uint64_t wake,
                 int64_t result);
/* The system call in hand is made again when something has happened, or at a time of the clock;
 * UINT64_MAX: never. `restarts`: a signal may let it wait on. */
#define SYSTEM_AGAIN INT64_MIN
int64_t system_block(struct process *process, uint64_t deadline, bool restarts);
/* Whether the time has passed that the system call in hand waits to; *deadline is what it was when
 * the call was made first. */
bool system_is_late(struct process *process, uint64_t *deadline);

/* What a descriptor is ready for, bits of poll(2), and how often that has changed. */
enum {
    READY_IN = 0x1,
    READY_OUT = 0x4,
    READY_ERROR = 0x8,
    READY_HANG = 0x10,
    READY_INVALID = 0x20
};
unsigned system_ready(const struct process *process, const struct process_descriptor *descriptor);
unsigned system_changes(const struct process *process, const struct process_descriptor *descriptor);

/* Reads and writes of pipes and counts; what a handler returns. */
int64_t system_event_read(struct process *process, const struct process_descriptor *descriptor,
                          uint64_t address, uint64_t size);
int64_t system_event_write(struct process *process, const struct process_descriptor *descriptor,
                           const uint8_t *bytes, uint64_t size);

/* struct timespec in nanoseconds; false: not readable or not valid. */
bool system_time(struct process *process, uint64_t address, uint64_t *nanoseconds);

#endif
