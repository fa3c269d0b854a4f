/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/internal.h"

#include <stdio.h>
#include <string.h>

#define SIGNAL_RED_ZONE 128u
#define SIGNAL_FLAG_NODEFER 0x40000000u
#define SIGNAL_FLAG_ONSTACK 0x08000000u
#define SIGNAL_FLAG_RESETHAND 0x80000000u
#define SIGNAL_FLAG_RESTORER 0x04000000u

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

/* What Linux lays on the stack of a handler. */
struct signal_frame {
    uint64_t restorer;
    uint64_t flags, link, stack, stack_flags, stack_size;
    uint64_t registers[18];
    uint64_t segments, error, trap, old_mask, address, vectors, reserved[8];
    uint64_t mask;
    uint32_t number, no_error, code, padding;
    uint64_t fault_address, rest[13];
};

static const int signal_registers[18] = {
    UC_X86_REG_R8,  UC_X86_REG_R9,  UC_X86_REG_R10,    UC_X86_REG_R11, UC_X86_REG_R12,
    UC_X86_REG_R13, UC_X86_REG_R14, UC_X86_REG_R15,    UC_X86_REG_RDI, UC_X86_REG_RSI,
    UC_X86_REG_RBP, UC_X86_REG_RBX, UC_X86_REG_RDX,    UC_X86_REG_RAX, UC_X86_REG_RCX,
    UC_X86_REG_RSP, UC_X86_REG_RIP, UC_X86_REG_EFLAGS,
};
#define SIGNAL_REGISTER_STACK 15u
#define SIGNAL_REGISTER_PC 16u
#define SIGNAL_REGISTER_FLAGS 17u

/* The part of FXSAVE's area that is used. */
struct signal_vectors {
    uint16_t control, unused[11];
    uint32_t mxcsr, mask;
    uint8_t x87[128], xmm[16][16], rest[96];
};

static void signal_save_vectors(struct process *process, struct signal_vectors *vectors) {
    memset(vectors, 0, sizeof *vectors);
    uc_reg_read(process->uc, UC_X86_REG_FPCW, &vectors->control);
    uc_reg_read(process->uc, UC_X86_REG_MXCSR, &vectors->mxcsr);
    for (int i = 0; i < 16; i++)
        uc_reg_read(process->uc, UC_X86_REG_XMM0 + i, vectors->xmm[i]);
}

static void signal_restore_vectors(struct process *process, const struct signal_vectors *vectors) {
    uc_reg_write(process->uc, UC_X86_REG_FPCW, &vectors->control);
    uc_reg_write(process->uc, UC_X86_REG_MXCSR, &vectors->mxcsr);
    for (int i = 0; i < 16; i++)
        uc_reg_write(process->uc, UC_X86_REG_XMM0 + i, vectors->xmm[i]);
}

/* Has the thread in hand run its handler next, from process->pc on. False: its stack is no good. */
static bool signal_push(struct process *process, int number, int code, uint64_t address) {
    struct process_thread *thread = &process->state.threads[process->state.current];
    struct process_action *action = &process->state.actions[number];
    struct signal_frame frame = {.restorer = action->restorer,
                                 .stack = thread->stack,
                                 .stack_size = thread->stack_size,
                                 .stack_flags = thread->stack_size ? 0 : 2,
                                 .segments = 0x33 | (uint64_t)0x2b << 48,
                                 .mask = thread->suspended ? thread->suspended_mask : thread->mask,
                                 .address = address,
                                 .number = (uint32_t)number,
                                 .code = (uint32_t)code,
                                 .fault_address = address};
    struct signal_vectors vectors;
    uint64_t stack = process_register(process, UC_X86_REG_RSP);
    uint8_t *at;

    for (size_t i = 0; i < 18; i++)
        frame.registers[i] = process_register(process, signal_registers[i]);
    frame.registers[SIGNAL_REGISTER_PC] = process->pc;
    if ((action->flags & SIGNAL_FLAG_ONSTACK) && thread->stack_size &&
        stack - thread->stack >= thread->stack_size)
        stack = thread->stack + thread->stack_size;
    else
        stack -= SIGNAL_RED_ZONE;
    stack = (stack - sizeof vectors) & ~63ull;
    signal_save_vectors(process, &vectors);
    frame.vectors = stack;
    at = memory_writable(&process->memory, stack, sizeof vectors);
    if (!at)
        return false;
    memcpy(at, &vectors, sizeof vectors);
    stack = ((stack - sizeof frame) & ~15ull) - 8;
    at = memory_writable(&process->memory, stack, sizeof frame);
    if (!at)
        return false;
    memcpy(at, &frame, sizeof frame);
    process_register_set(process, UC_X86_REG_RSP, stack);
    process_register_set(process, UC_X86_REG_RDI, (uint64_t)number);
    process_register_set(process, UC_X86_REG_RSI, stack + offsetof(struct signal_frame, number));
    process_register_set(process, UC_X86_REG_RDX, stack + offsetof(struct signal_frame, flags));
    process_register_set(process, UC_X86_REG_RAX, 0);
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
    uint64_t stack = process_register(process, UC_X86_REG_RSP) - 8;
    const uint8_t *at = memory_readable(&process->memory, stack, sizeof(struct signal_frame));
    struct signal_frame frame;
    struct signal_vectors vectors;

    if (at)
        memcpy(&frame, at, sizeof frame);
    at = at ? memory_readable(&process->memory, frame.vectors, sizeof vectors) : NULL;
    if (!at) {
        process->signal = 11;
        process->end_address = process->pc;
        process_end(process, OBSERVATION_READ_FAULT, process_signal_name(11));
        return;
    }
    memcpy(&vectors, at, sizeof vectors);
    signal_restore_vectors(process, &vectors);
    for (size_t i = 0; i < 18; i++) {
        uint64_t value = frame.registers[i];

        if (i == SIGNAL_REGISTER_PC)
            continue;
        if (i == SIGNAL_REGISTER_FLAGS) /* only what a process may change */
            value = (value & 0xcd5) | 0x202;
        process_register_set(process, signal_registers[i], value);
    }
    thread->mask = frame.mask & ~(1ull << 8 | 1ull << 18);
    process->pc = frame.registers[SIGNAL_REGISTER_PC];
    process_stop(process);
}
