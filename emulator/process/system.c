/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/system.h"

#include <stdio.h>
#include <string.h>

/* What is refused, by name where a program is likely to try it. The rest is named by number. */
static const struct {
    unsigned number;
    const char *name;
    unsigned number_i386;
} refused[] = {
    {26, "msync", 144},
    {29, "shmget", 395},
    {40, "sendfile", 187},
    {41, "socket", 359},
    {53, "socketpair", 360},
    {57, "fork", 2},
    {58, "vfork", 190},
    {59, "execve", 11},
    {61, "wait4", 114},
    {76, "truncate", 92},
    {77, "ftruncate", 93},
    {82, "rename", 38},
    {83, "mkdir", 39},
    {87, "unlink", 10},
    {90, "chmod", 15},
    {101, "ptrace", 26},
    {105, "setuid", 213},
    {155, "pivot_root", 217},
    {161, "chroot", 61},
    {165, "mount", 21},
    {175, "init_module", 128},
    {187, "readahead", 225},
    {222, "timer_create", 259},
    {246, "kexec_load", 283},
    {248, "add_key", 286},
    {250, "keyctl", 288},
    {272, "unshare", 310},
    {275, "splice", 313},
    {282, "signalfd", 321},
    {283, "timerfd_create", 322},
    {289, "signalfd4", 327},
    {294, "inotify_init1", 332},
    {298, "perf_event_open", 336},
    {310, "process_vm_readv", 347},
    {311, "process_vm_writev", 348},
    {317, "seccomp", 354},
    {319, "memfd_create", 356},
    {326, "copy_file_range", 377},
    {321, "bpf", 357},
    {322, "execveat", 358},
    {323, "userfaultfd", 374},
    {425, "io_uring_setup", 425},
    {449, "futex_waitv", 449},
    {SYSTEM_NONE, "socketcall", 102},
    {SYSTEM_NONE, "truncate64", 193},
    {SYSTEM_NONE, "ftruncate64", 194},
};

static const struct {
    const struct system_call *calls;
    const size_t *count;
} families[] = {
    {system_files, &system_files_count},     {system_stats, &system_stats_count},
    {system_memory, &system_memory_count},   {system_threads, &system_threads_count},
    {system_times, &system_times_count},     {system_identity, &system_identity_count},
    {system_events, &system_events_count},   {system_waits, &system_waits_count},
    {system_signals, &system_signals_count}, {system_segments, &system_segments_count},
};

static const struct system_call *system_find(enum image_mode mode, uint64_t number) {
    static const struct system_call *tables[2][SYSTEM_NUMBERS];
    static bool filled;

    for (size_t i = 0; !filled && i < sizeof families / sizeof families[0]; i++) {
        for (size_t j = 0; j < *families[i].count; j++) {
            const struct system_call *call = &families[i].calls[j];

            if (call->number != SYSTEM_NONE)
                tables[0][call->number] = call;
            if (call->number_i386 != 0)
                tables[1][call->number_i386] = call;
        }
    }
    filled = true;
    return number < SYSTEM_NUMBERS ? tables[mode == IMAGE_32][number] : NULL;
}

const char *process_system_name(const struct process *process, unsigned number, char *text,
                                size_t size) {
    const enum image_mode mode = process->machine->mode;
    const struct system_call *call = system_find(mode, number);
    const char *name = call ? call->name : NULL;

    for (size_t i = 0; !name && i < sizeof refused / sizeof refused[0]; i++) {
        if ((mode == IMAGE_32 ? refused[i].number_i386 : refused[i].number) == number)
            name = refused[i].name;
    }
    if (name)
        snprintf(text, size, "%s (%u)", name, number);
    else
        snprintf(text, size, "number %u", number);
    return text;
}

bool system_copy_in(struct process *process, uint64_t address, void *bytes, uint64_t size) {
    const uint8_t *from = memory_readable(&process->memory, address, size);

    if (from)
        memcpy(bytes, from, size);
    return from != NULL;
}

bool system_copy_out(struct process *process, uint64_t address, const void *bytes, uint64_t size) {
    uint8_t *to = memory_writable(&process->memory, address, size);

    if (to)
        memcpy(to, bytes, size);
    return to != NULL;
}

bool system_words_in(struct process *process, uint64_t address, uint64_t *words, size_t count) {
    uint32_t narrow[SYSTEM_WORDS_MAX];

    if (process->word == sizeof *words)
        return system_copy_in(process, address, words, count * sizeof *words);
    if (!system_copy_in(process, address, narrow, count * sizeof *narrow))
        return false;
    for (size_t i = 0; i < count; i++)
        words[i] = narrow[i];
    return true;
}

bool system_words_out(struct process *process, uint64_t address, const uint64_t *words,
                      size_t count) {
    uint32_t narrow[SYSTEM_WORDS_MAX];

    if (process->word == sizeof *words)
        return system_copy_out(process, address, words, count * sizeof *words);
    for (size_t i = 0; i < count; i++)
        narrow[i] = (uint32_t)words[i];
    return system_copy_out(process, address, narrow, count * sizeof *narrow);
}

int64_t system_signed(const struct process *process, uint64_t argument) {
    return process->machine->word == 4 ? (int32_t)argument : (int64_t)argument;
}

int system_path(struct process *process, uint64_t address, char path[SYSTEM_PATH_MAX]) {
    for (size_t i = 0; i < SYSTEM_PATH_MAX; i++) {
        const uint8_t *at = memory_readable(&process->memory, address + i, 1);

        if (!at)
            return -EFAULT;
        path[i] = (char)*at;
        if (!*at)
            return 0;
    }
    return -ENAMETOOLONG;
}

/* The number, and six arguments. */
static void system_read(struct process *process, uint64_t values[7]) {
    enum engine_register ids[7] = {ENGINE_RAX};
    void *places[7];

    memcpy(ids + 1, process->machine->arguments, 6 * sizeof *ids);
    for (size_t i = 0; i < 7; i++)
        places[i] = &values[i];
    engine_read_all(process->engine, ids, places, 7);
    for (size_t i = 0; i < 7 && process->machine->word == 4; i++)
        values[i] = (uint32_t)values[i];
}

static void system_put_result(struct process *process, int64_t result) {
    const uint64_t value = (uint64_t)result;

    process_register_set(process, ENGINE_RAX,
                         process->machine->word == 4 ? (uint32_t)value : value);
}

void process_system_call(struct process *process, uint64_t address) {
    uint64_t values[7] = {0};
    const struct system_call *call;
    int64_t result = -ENOSYS;

    system_read(process, values);
    process_event(process, address, process_call_asks(process, address));
    process->state.instructions += 100;
    if (process_call(process, address))
        return;
    process->pc = address + 2;
    if (process->machine->mode == IMAGE_64) { /* SYSCALL */
        process_register_set(process, ENGINE_RCX, process->pc);
        process_register_set(process, ENGINE_R11, process_register(process, ENGINE_EFLAGS));
    }
    call = system_find(process->machine->mode, values[0]);
    process->state.calls++;
    if (values[0] < SYSTEM_NUMBERS)
        process->state.kinds[values[0] / 64] |= 1ull << values[0] % 64;
    if (process->state.events > PROCESS_EVENTS_MAX) {
        process->end_address = address;
        process_end(process, OBSERVATION_OUT_OF_BUDGET, "system calls");
        return;
    }
    process->word = call && call->word ? call->word : process->machine->word;
    if (call)
        result = call->handler ? call->handler(process, values + 1) : call->result;
    /* One that is not there, or not in the way that it was called: clone, for another process. */
    if (result == -ENOSYS && (!call || call->handler) && process->state.refused == 0 &&
        values[0] < UINT32_MAX)
        process->state.refused = (unsigned)values[0] + 1;
    if (result == SYSTEM_AGAIN && !process->ended) {
        struct process_thread *thread = &process->state.threads[process->state.current];

        process->pc = address;
        thread->state = THREAD_EVENT;
        thread->wake = thread->deadline;
        process->reschedules = true;
        process_stop(process);
        return;
    }
    process->state.threads[process->state.current].deadline = 0;
    /* All registers have been restored, the result's included. */
    if (!(call && call->handler == system_signal_return) && !process->ended)
        system_put_result(process, result);
    if (process_signals_waiting(process) && !process->ended)
        process_stop(process);
}
