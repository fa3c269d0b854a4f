/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/internal.h"

/*
 * A block that is entered with the address behind the one before on top of the stack was called. In
 * 16-bit code that is an offset in the segment of the caller, which a far call puts above it.
 */

void guest_note_callers(struct guest *guest, struct guest_callers *callers) {
    guest->nested.into = callers;
}

void guest_callers_begin(struct guest *guest) {
    guest->nested.calls.count = 0;
    guest->nested.end = 0;
}

/* The stack pointer as an address. */
static uint64_t callers_stack(struct guest *guest) {
    if (guest->word == 8)
        return guest_register(guest, ENGINE_RSP);
    if (guest->word == 4)
        return guest_register(guest, ENGINE_ESP);
    return (guest_register(guest, ENGINE_SS) << 4) + guest_register(guest, ENGINE_SP);
}

/* Word by word, so that nothing is read but what the call itself wrote. */
static uint64_t callers_word(struct guest *guest, uint64_t address) {
    uint64_t word = 0;

    return engine_memory_read(guest->engine, address, &word, guest->word) ? word : 0;
}

/* Whether what is on top of the stack leads behind the block that has run. */
static bool callers_is_called(struct guest *guest, uint64_t stack) {
    const uint64_t end = guest->nested.end, top = callers_word(guest, stack);

    if (guest->word != 2)
        return top == end;
    return top + (guest_register(guest, ENGINE_CS) << 4) == end ||
           top + (callers_word(guest, stack + 2) << 4) == end;
}

void guest_callers_block(struct guest *guest, uint64_t address, uint32_t size) {
    struct guest_nested *nested = &guest->nested;
    const uint64_t stack = callers_stack(guest);

    guest_calls_drop(&nested->calls, 0, stack);
    if (nested->end != 0 && callers_is_called(guest, stack))
        guest_calls_add(&nested->calls, 0, stack, nested->end);
    nested->end = address + size;
}

static uint8_t callers_chain(struct guest *guest) {
    return guest_calls_chain(&guest->nested.calls, 0, guest->nested.into);
}

void guest_callers_cpuid(struct guest *guest, size_t index) {
    guest_calls_drop(&guest->nested.calls, 0, callers_stack(guest));
    if (index < GUEST_CALLED_MAX)
        guest->nested.into->of[index] = callers_chain(guest);
}

void guest_callers_end(struct guest *guest) {
    guest->nested.into->last = callers_chain(guest);
}
