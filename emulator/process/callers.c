/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/internal.h"

#include <string.h>

/*
 * Who called, as of a guest (emulator/guest/callers.c), from within main, or a library's function,
 * on. It is noted of every run, since runs go on from kept states, and known ones are not made
 * again.
 */

void process_note_callers(struct process *process, struct guest_callers *callers) {
    process->callers = callers;
}

void process_callers_block(struct process *process, uint64_t address, uint32_t size) {
    struct process_nested *nested = &process->state.nested;
    const uint64_t end = nested->end;
    const unsigned word = process->machine->word;
    const uint8_t *top;
    uint64_t stack;

    nested->end = address + size;
    if (address == end || !process->state.began)
        return;
    stack = process_register(process, ENGINE_RSP);
    guest_calls_drop(&nested->calls, process->state.current, stack);
    top = memory_readable(&process->memory, stack, word);
    if (top && memcmp(top, &end, word) == 0)
        guest_calls_add(&nested->calls, process->state.current, stack, end);
}

void process_callers_begin(struct process *process) {
    process->state.nested.calls.count = 0;
    process->state.nested.end = 0;
}

static uint8_t callers_chain(struct process *process) {
    struct process_nested *nested = &process->state.nested;
    const unsigned thread = process->state.current;

    guest_calls_drop(&nested->calls, thread, process_register(process, ENGINE_RSP));
    return guest_calls_chain(&nested->calls, thread, &nested->callers);
}

void process_callers_cpuid(struct process *process, size_t index) {
    if (process->state.began && index < GUEST_CALLED_MAX)
        process->state.nested.callers.of[index] = callers_chain(process);
}

void process_callers_end(struct process *process, size_t before) {
    struct guest_callers *callers = &process->state.nested.callers;

    if (before > GUEST_CALLED_MAX)
        before = GUEST_CALLED_MAX;
    memmove(callers->of + before, callers->of, GUEST_CALLED_MAX - before);
    memset(callers->of, 0, before);
    callers->last = process->state.began ? callers_chain(process) : 0;
}

void process_callers_show(struct process *process, const struct guest_callers *callers) {
    if (process->callers)
        *process->callers = *callers;
}
