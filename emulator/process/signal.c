/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/internal.h"

#include <stdio.h>
#include <string.h>

#define SIGNAL_FLAG_NODEFER 0x40000000u
#define SIGNAL_FLAG_RESETHAND 0x80000000u

#define SIGNAL_FROM_THREAD (-6)              /* SI_TKILL */
#define SIGNAL_SENDER (1000ull << 32 | 1000) /* user and process, where a fault has its address */

static const char *const signal_names[PROCESS_SIGNALS] = {
    [1] = "SIGHUP",   [2] = "SIGINT",    [3] = "SIGQUIT",  [4] = "SIGILL",   [5] = "SIGTRAP",
    [6] = "SIGABRT",  [7] = "SIGBUS",    [8] = "SIGFPE",   [9] = "SIGKILL",  [10] = "SIGUSR1",
    [11] = "SIGSEGV", [12] = "SIGUSR2",  [13] = "SIGPIPE", [14] = "SIGALRM", [15] = "SIGTERM",
    [17] = "SIGCHLD", [18] = "SIGCONT",  [19] = "SIGSTOP", [23] = "SIGURG",  [26] = "SIGVTALRM",
    [27] = "SIGPROF", [28] = "SIGWINCH",
};

const char *process_signal_name(int number) {
    return number > 0 && number < (int)PROCESS_SIGNALS && signal_names[number]
               ? signal_names[number]
               : "a signal";
}

static bool signal_is_ignored_by_default(int number) {
    return number == 17 || number == 18 || number == 23 || number == 28;
}

/* Has the thread in hand run its handler next, from process->pc on. False: its stack is no good. */
static bool signal_push(struct process *process, int number, int code, uint64_t address) {
    struct process_thread *thread = &process->state.threads[process->state.current];
    struct process_action *action = &process->state.actions[number];

    if (!process->machine->signal_push(process, number, code, address))
        return false;
    thread->suspended = false;
    thread->mask |= action->mask;
    if (!(action->flags & SIGNAL_FLAG_NODEFER))
        thread->mask |= 1ull << (number - 1);
    process->pc = action->handler;
    if (action->flags & SIGNAL_FLAG_RESETHAND)
        action->handler = 0;
    return true;
}

/* What a signal does that has no handler. */
static void signal_default(struct process *process, int number) {
    enum observation_end end = process->end;

    process->signal = number;
    if (end == OBSERVATION_RETURNED)
        end = number == 6 ? OBSERVATION_STACK_SMASHED : OBSERVATION_UNDEFINED;
    process_end(process, end, process_signal_name(number));
}

bool process_signal_is_ignored(const struct process *process, int number) {
    uint64_t handler = process->state.actions[number].handler;

    return handler == 1 || (handler == 0 && signal_is_ignored_by_default(number));
}

static void signal_take(struct process *process, int number, int code, uint64_t address) {
    bool handled = process->state.actions[number].handler > 1;

    if (process_signal_is_ignored(process, number) && process->end == OBSERVATION_RETURNED)
        return;
    if (!handled || !signal_push(process, number, code, address)) {
        signal_default(process, handled ? 11 : number);
        return;
    }
    /* What the handler makes of it is what counts. */
    process->end = OBSERVATION_RETURNED;
    process->memory.faulted = false;
}

/* A fault of the thread in hand, at process->pc. One that is blocked ends the process. */
void process_signal(struct process *process, int number, int code, uint64_t address) {
    struct process_thread *thread = &process->state.threads[process->state.current];

    if (process->ended)
        return;
    if (process->end_address == 0)
        process->end_address = process->pc;
    if (thread->mask >> (number - 1) & 1)
        signal_default(process, number);
    else
        signal_take(process, number, code, address);
    if (!process->ended)
        process_stop(process);
}

void process_signal_send(struct process *process, struct process_thread *thread, int number) {
    uint64_t bit = 1ull << (number - 1);

    *(thread ? &thread->pending : &process->state.pending) |= bit;
    for (unsigned i = 0; i < PROCESS_THREADS; i++) {
        struct process_thread *taker = &process->state.threads[i];

        if (taker->state == THREAD_NONE || (thread && taker != thread) || (taker->mask & bit))
            continue;
        process_interrupt(process, taker, number);
        break;
    }
    process_wake_events(process); /* who waits for it to be pending */
}

uint64_t process_signals_waiting(const struct process *process) {
    const struct process_thread *thread = &process->state.threads[process->state.current];

    return (thread->pending | process->state.pending) & ~thread->mask;
}

void process_signals_deliver(struct process *process) {
    struct process_thread *thread = &process->state.threads[process->state.current];
    uint64_t deliverable = process_signals_waiting(process);

    for (int number = 1; deliverable && number < (int)PROCESS_SIGNALS && !process->ended;
         number++) {
        if (!(deliverable >> (number - 1) & 1))
            continue;
        thread->pending &= ~(1ull << (number - 1));
        process->state.pending &= ~(1ull << (number - 1));
        deliverable &= ~(1ull << (number - 1));
        signal_take(process, number, SIGNAL_FROM_THREAD, SIGNAL_SENDER);
    }
}

void process_signal_return(struct process *process) {
    struct process_thread *thread = &process->state.threads[process->state.current];

    if (!process->machine->signal_return(process)) {
        process->signal = 11;
        process->end_address = process->pc;
        process_end(process, OBSERVATION_READ_FAULT, process_signal_name(11));
        return;
    }
    thread->mask &= ~(1ull << 8 | 1ull << 18); /* SIGKILL, SIGSTOP */
    process_stop(process);
}
