/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/system.h"

#include <string.h>

/* What lies on the stack of a signal's handler, and what comes back from there. */
#define SIGNAL_RED_ZONE 128u
#define SIGNAL_FLAG_ONSTACK 0x08000000u

/* Only what a process may change. */
static uint64_t signal_flags(uint64_t flags) {
    return (flags & 0xcd5) | 0x202;
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

static const enum engine_register signal_registers[18] = {
    ENGINE_R8,  ENGINE_R9,  ENGINE_R10, ENGINE_R11, ENGINE_R12, ENGINE_R13,
    ENGINE_R14, ENGINE_R15, ENGINE_RDI, ENGINE_RSI, ENGINE_RBP, ENGINE_RBX,
    ENGINE_RDX, ENGINE_RAX, ENGINE_RCX, ENGINE_RSP, ENGINE_RIP, ENGINE_EFLAGS,
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
    engine_read(process->engine, ENGINE_FPCW, &vectors->control);
    engine_read(process->engine, ENGINE_MXCSR, &vectors->mxcsr);
    for (int i = 0; i < 16; i++)
        engine_read(process->engine, ENGINE_XMM0 + i, vectors->xmm[i]);
}

static void signal_restore_vectors(struct process *process, const struct signal_vectors *vectors) {
    engine_write(process->engine, ENGINE_FPCW, &vectors->control);
    engine_write(process->engine, ENGINE_MXCSR, &vectors->mxcsr);
    for (int i = 0; i < 16; i++)
        engine_write(process->engine, ENGINE_XMM0 + i, vectors->xmm[i]);
}

/* Where a handler's frame begins, from above. */
static uint64_t signal_stack(struct process *process, int number, unsigned red_zone) {
    const struct process_thread *thread = &process->state.threads[process->state.current];
    const uint64_t stack = process_register(process, ENGINE_RSP);

    if ((process->state.actions[number].flags & SIGNAL_FLAG_ONSTACK) && thread->stack_size &&
        stack - thread->stack >= thread->stack_size)
        return thread->stack + thread->stack_size;
    return stack - red_zone;
}

bool process_signal_push_wide(struct process *process, int number, int code, uint64_t address) {
    const struct process_thread *thread = &process->state.threads[process->state.current];
    const struct process_action *action = &process->state.actions[number];
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
    uint64_t stack = signal_stack(process, number, SIGNAL_RED_ZONE);

    for (size_t i = 0; i < 18; i++)
        frame.registers[i] = process_register(process, signal_registers[i]);
    frame.registers[SIGNAL_REGISTER_PC] = process->pc;
    stack = (stack - sizeof vectors) & ~63ull;
    signal_save_vectors(process, &vectors);
    frame.vectors = stack;
    if (!system_copy_out(process, stack, &vectors, sizeof vectors))
        return false;
    stack = ((stack - sizeof frame) & ~15ull) - 8;
    if (!system_copy_out(process, stack, &frame, sizeof frame))
        return false;
    process_register_set(process, ENGINE_RSP, stack);
    process_register_set(process, ENGINE_RDI, (uint64_t)number);
    process_register_set(process, ENGINE_RSI, stack + offsetof(struct signal_frame, number));
    process_register_set(process, ENGINE_RDX, stack + offsetof(struct signal_frame, flags));
    process_register_set(process, ENGINE_RAX, 0);
    return true;
}

bool process_signal_return_wide(struct process *process) {
    struct process_thread *thread = &process->state.threads[process->state.current];
    struct signal_frame frame;
    struct signal_vectors vectors;

    if (!system_copy_in(process, process_register(process, ENGINE_RSP) - 8, &frame, sizeof frame) ||
        !system_copy_in(process, frame.vectors, &vectors, sizeof vectors))
        return false;
    signal_restore_vectors(process, &vectors);
    for (size_t i = 0; i < 18; i++) {
        uint64_t value = frame.registers[i];

        if (i == SIGNAL_REGISTER_PC)
            continue;
        if (i == SIGNAL_REGISTER_FLAGS)
            value = signal_flags(value);
        process_register_set(process, signal_registers[i], value);
    }
    thread->mask = frame.mask;
    process->pc = frame.registers[SIGNAL_REGISTER_PC];
    return true;
}

/* --- i386. --- */

/* The frame of a handler that takes a siginfo, which serves others too: what they find of it is the
 * same. */
struct signal_frame_narrow {
    uint32_t restorer, signal, information, context;
    uint32_t number, no_error, code, fault_address, rest[28]; /* siginfo */
    uint32_t flags, link, stack, stack_flags, stack_size;
    uint32_t segments[4], registers[8], trap, error, pc, code_segment, eflags, stack_at_signal,
        stack_segment, vectors, old_mask, address;
    uint64_t mask;
} __attribute__((packed));

static const enum engine_register signal_registers_narrow[8] = {
    ENGINE_RDI, ENGINE_RSI, ENGINE_RBP, ENGINE_RSP, ENGINE_RBX, ENGINE_RDX, ENGINE_RCX, ENGINE_RAX,
};
static const enum engine_register signal_segments_narrow[4] = {ENGINE_GS, ENGINE_FS, ENGINE_ES,
                                                               ENGINE_DS};
#define SIGNAL_VECTORS_AT 112u /* behind FSAVE's area, which says with zeros that it is there */

bool process_signal_push_narrow(struct process *process, int number, int code, uint64_t address) {
    const struct process_thread *thread = &process->state.threads[process->state.current];
    const struct process_action *action = &process->state.actions[number];
    const uint64_t vectors_at =
        (signal_stack(process, number, 0) - SIGNAL_VECTORS_AT - sizeof(struct signal_vectors)) &
        ~63ull;
    const uint64_t stack = ((vectors_at - sizeof(struct signal_frame_narrow) + 4) & ~15ull) - 4;
    const uint64_t information = stack + offsetof(struct signal_frame_narrow, number);
    const uint64_t context = stack + offsetof(struct signal_frame_narrow, flags);
    struct signal_frame_narrow frame = {
        .restorer = (uint32_t)action->restorer,
        .signal = (uint32_t)number,
        .information = (uint32_t)information,
        .context = (uint32_t)context,
        .number = (uint32_t)number,
        .code = (uint32_t)code,
        .fault_address = (uint32_t)address,
        .stack = (uint32_t)thread->stack,
        .stack_size = (uint32_t)thread->stack_size,
        .stack_flags = thread->stack_size ? 0 : 2,
        .pc = (uint32_t)process->pc,
        .code_segment = process->machine->code_selector,
        .eflags = (uint32_t)process_register(process, ENGINE_EFLAGS),
        .stack_segment = (uint32_t)process_register(process, ENGINE_SS),
        .vectors = (uint32_t)vectors_at,
        .address = (uint32_t)address,
        .mask = thread->suspended ? thread->suspended_mask : thread->mask,
    };
    static const uint8_t before[SIGNAL_VECTORS_AT];
    struct signal_vectors vectors;

    for (size_t i = 0; i < 8; i++)
        frame.registers[i] = (uint32_t)process_register(process, signal_registers_narrow[i]);
    for (size_t i = 0; i < 4; i++)
        frame.segments[i] = process_register(process, signal_segments_narrow[i]) & 0xffff;
    frame.stack_at_signal = frame.registers[3];
    frame.old_mask = (uint32_t)frame.mask;
    signal_save_vectors(process, &vectors);
    if (!system_copy_out(process, vectors_at, before, sizeof before) ||
        !system_copy_out(process, vectors_at + SIGNAL_VECTORS_AT, &vectors, sizeof vectors) ||
        !system_copy_out(process, stack, &frame, sizeof frame))
        return false;
    process_register_set(process, ENGINE_RSP, stack);
    process_register_set(process, ENGINE_RAX, (uint64_t)number); /* for who takes it in registers */
    process_register_set(process, ENGINE_RDX, information);
    process_register_set(process, ENGINE_RCX, context);
    return true;
}

/* The restorer of a handler without a siginfo has taken another word off the stack. */
bool process_signal_return_narrow(struct process *process) {
    enum { SIGRETURN = 119 };
    struct process_thread *thread = &process->state.threads[process->state.current];
    const bool is_short = (process_register(process, ENGINE_RAX) & 0xffff) == SIGRETURN;
    struct signal_frame_narrow frame;
    struct signal_vectors vectors;

    if (!system_copy_in(process, process_register(process, ENGINE_RSP) - (is_short ? 8 : 4), &frame,
                        sizeof frame) ||
        !system_copy_in(process, frame.vectors + (uint64_t)SIGNAL_VECTORS_AT, &vectors,
                        sizeof vectors))
        return false;
    signal_restore_vectors(process, &vectors);
    for (size_t i = 0; i < 8; i++)
        process_register_set(process, signal_registers_narrow[i], frame.registers[i]);
    process_register_set(process, ENGINE_EFLAGS, signal_flags(frame.eflags));
    thread->mask = frame.mask;
    process->pc = frame.pc;
    return true;
}
