/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/internal.h"

#include <string.h>

/*
 * Who called, without frame pointers or debug information: a block that is entered elsewhere than
 * behind the one before, with the address behind that one on top of the stack, was called. A call
 * is over once the stack pointer is above the place of its return address.
 */

void guest_note_callers(struct guest *guest, struct guest_callers *callers) {
    guest->nested.into = guest->word == 2 ? NULL : callers;
}

void guest_callers_begin(struct guest *guest) {
    guest->nested.count = 0;
    guest->nested.end = 0;
}

static uint64_t callers_stack(struct guest *guest) {
    uint64_t stack = 0;

    uc_reg_read(guest->uc, guest->word == 8 ? UC_X86_REG_RSP : UC_X86_REG_ESP, &stack);
    return stack;
}

/* Drops the calls that are over. Returns the stack pointer. */
static uint64_t callers_drop(struct guest *guest) {
    struct guest_calls *calls = &guest->nested;
    uint64_t stack = callers_stack(guest);

    while (calls->count > 0 && calls->open[calls->count - 1].slot < stack)
        calls->count--;
    return stack;
}

void guest_callers_block(struct guest *guest, uint64_t address, uint32_t size) {
    struct guest_calls *calls = &guest->nested;
    uint64_t stack = callers_drop(guest), top = 0;

    /* Word by word, so that nothing is read but what the call itself wrote. */
    if (calls->end != 0 && calls->count < GUEST_CALLS_MAX &&
        uc_mem_read(guest->uc, stack, &top, guest->word) == UC_ERR_OK && top == calls->end &&
        (calls->count == 0 || calls->open[calls->count - 1].slot != stack)) {
        calls->open[calls->count].slot = stack;
        calls->open[calls->count++].comes_back = top;
    }
    calls->end = address + size;
}

/* The number of the chain that is open now, from 1; 0: there is no room, or no call is open. */
static uint8_t callers_chain(const struct guest_calls *calls) {
    struct guest_callers *into = calls->into;
    struct guest_chain chain = {.count = 0};

    for (size_t i = calls->count; i > 0 && chain.count < GUEST_CALLERS_MAX; i--)
        chain.returns[chain.count++] = calls->open[i - 1].comes_back;
    if (chain.count == 0)
        return 0;
    for (uint8_t i = 0; i < into->chains_count; i++) {
        if (memcmp(&into->chains[i], &chain, sizeof chain) == 0)
            return i + 1;
    }
    if (into->chains_count == GUEST_CHAINS_MAX)
        return 0;
    into->chains[into->chains_count] = chain;
    return ++into->chains_count;
}

void guest_callers_cpuid(struct guest *guest, size_t index) {
    callers_drop(guest);
    if (index < GUEST_CALLED_MAX)
        guest->nested.into->of[index] = callers_chain(&guest->nested);
}

void guest_callers_end(struct guest *guest) {
    guest->nested.into->last = callers_chain(&guest->nested);
}
