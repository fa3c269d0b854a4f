/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/memory.h"

#include <signal.h>
#include <string.h>
#include <ucontext.h>

/* The host's faults in the memory of processes are the processes' own business: a first write, or
 * an access that the process may not do. */
#define MEMORY_PROCESSES 8u

static struct memory *memory_processes[MEMORY_PROCESSES];
static struct sigaction memory_before; /* what handles other faults */
static bool memory_handles;

static bool memory_host_writes(const void *context) {
#if defined(__x86_64__)
    return (((const ucontext_t *)context)->uc_mcontext.gregs[REG_ERR] & 2) != 0;
#else
    (void)context;
    return false;
#endif
}

static void memory_on_signal(int number, siginfo_t *info, void *context) {
    for (size_t i = 0; i < MEMORY_PROCESSES; i++) {
        if (memory_processes[i] &&
            memory_fault(memory_processes[i], (uint64_t)(uintptr_t)info->si_addr,
                         memory_host_writes(context)))
            return;
    }
    /* Somebody else's: the access is tried again, and meets the handler that was there before. */
    sigaction(number, &memory_before, NULL);
}

bool memory_start(struct memory *memory) {
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_sigaction = memory_on_signal;
    action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
    for (size_t i = 0; i < MEMORY_PROCESSES; i++) {
        if (memory_processes[i])
            continue;
        if (!memory_handles && sigaction(SIGSEGV, &action, &memory_before) != 0)
            return false;
        memory_handles = true;
        memory_processes[i] = memory;
        return true;
    }
    return false;
}

void memory_free(struct memory *memory) {
    for (size_t i = 0; i < MEMORY_PROCESSES; i++) {
        if (memory_processes[i] == memory)
            memory_processes[i] = NULL;
    }
    memory_close(memory);
}
