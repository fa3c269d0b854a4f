/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/system.h"

#include <stdio.h>
#include <string.h>

/* What is refused, by name where a program is likely to try it. The rest is named by number. */
static const struct {
    unsigned number;
    const char *name;
} refused[] = {
    {26, "msync"},
    {29, "shmget"},
    {40, "sendfile"},
    {41, "socket"},
    {53, "socketpair"},
    {57, "fork"},
    {58, "vfork"},
    {59, "execve"},
    {61, "wait4"},
    {76, "truncate"},
    {77, "ftruncate"},
    {82, "rename"},
    {83, "mkdir"},
    {87, "unlink"},
    {90, "chmod"},
    {101, "ptrace"},
    {105, "setuid"},
    {155, "pivot_root"},
    {161, "chroot"},
    {165, "mount"},
    {175, "init_module"},
    {187, "readahead"},
    {222, "timer_create"},
    {246, "kexec_load"},
    {248, "add_key"},
    {250, "keyctl"},
    {272, "unshare"},
    {275, "splice"},
    {282, "signalfd"},
    {283, "timerfd_create"},
    {289, "signalfd4"},
    {294, "inotify_init1"},
    {298, "perf_event_open"},
    {310, "process_vm_readv"},
    {311, "process_vm_writev"},
    {317, "seccomp"},
    {319, "memfd_create"},
    {326, "copy_file_range"},
    {321, "bpf"},
    {322, "execveat"},
    {323, "userfaultfd"},
    {425, "io_uring_setup"},
    {449, "futex_waitv"},
};

static const struct {
    const struct system_call *calls;
    const size_t *count;
} families[] = {
    {system_files, &system_files_count},     {system_stats, &system_stats_count},
    {system_memory, &system_memory_count},   {system_threads, &system_threads_count},
    {system_times, &system_times_count},     {system_identity, &system_identity_count},
    {system_events, &system_events_count},   {system_waits, &system_waits_count},
    {system_signals, &system_signals_count},
};

static const struct system_call *system_find(uint64_t number) {
    static const struct system_call *table[SYSTEM_NUMBERS];
    static bool filled;

    for (size_t i = 0; !filled && i < sizeof families / sizeof families[0]; i++) {
        for (size_t j = 0; j < *families[i].count; j++)
            table[families[i].calls[j].number] = &families[i].calls[j];
    }
    filled = true;
    return number < SYSTEM_NUMBERS ? table[number] : NULL;
}

const char *process_system_name(unsigned number, char *text, size_t size) {
    const struct system_call *call = system_find(number);
    const char *name = call ? call->name : NULL;

    for (size_t i = 0; !name && i < sizeof refused / sizeof refused[0]; i++)
        name = refused[i].number == number ? refused[i].name : NULL;
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

void process_system_call(struct process *process) {
    static const int ids[] = {UC_X86_REG_RAX, UC_X86_REG_RDI, UC_X86_REG_RSI,
                              UC_X86_REG_RDX, UC_X86_REG_R10, UC_X86_REG_R8,
                              UC_X86_REG_R9,  UC_X86_REG_RIP, UC_X86_REG_EFLAGS};
    uint64_t values[9] = {0};
    void *places[9];
    const struct system_call *call;
    int64_t result = -ENOSYS;

    for (size_t i = 0; i < 9; i++)
        places[i] = &values[i];
    uc_reg_read_batch(process->uc, (int *)ids, places, 9);
    process_event(process, values[7], process_call_asks(process, values[7]));
    process->state.instructions += 100;
    if (process_call(process, values[7]))
        return;
    process->pc = values[7] + 2;
    process_register_set(process, UC_X86_REG_RCX, process->pc);
    process_register_set(process, UC_X86_REG_R11, values[8]);
    call = system_find(values[0]);
    process->state.calls++;
    if (values[0] < SYSTEM_NUMBERS)
        process->state.kinds[values[0] / 64] |= 1ull << values[0] % 64;
    if (process->state.events > PROCESS_EVENTS_MAX) {
        process->end_address = values[7];
        process_end(process, OBSERVATION_OUT_OF_BUDGET, "system calls");
        return;
    }
    if (call)
        result = call->handler ? call->handler(process, values + 1) : call->result;
    else if (process->state.refused == 0 && values[0] < UINT32_MAX)
        process->state.refused = (unsigned)values[0] + 1;
    if (result == SYSTEM_AGAIN && !process->ended) {
        struct process_thread *thread = &process->state.threads[process->state.current];

        process->pc = values[7];
        thread->state = THREAD_EVENT;
        thread->wake = thread->deadline;
        process->reschedules = true;
        process_stop(process);
        return;
    }
    process->state.threads[process->state.current].deadline = 0;
    /* rt_sigreturn has restored all registers, this one included. */
    if (values[0] != 15 && !process->ended)
        process_register_set(process, UC_X86_REG_RAX, (uint64_t)result);
    if (process_signals_waiting(process) && !process->ended)
        process_stop(process);
}
