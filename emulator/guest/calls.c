/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/calls.h"

#include <string.h>

static void calls_remove(struct guest_calls *calls, size_t index) {
    calls->count--;
    memmove(&calls->open[index], &calls->open[index + 1],
            (calls->count - index) * sizeof *calls->open);
}

void guest_calls_drop(struct guest_calls *calls, unsigned thread, uint64_t stack) {
    for (size_t i = calls->count; i-- > 0;) {
        if (calls->open[i].thread != thread)
            continue;
        if (calls->open[i].slot >= stack)
            break;
        calls_remove(calls, i);
    }
}

void guest_calls_add(struct guest_calls *calls, unsigned thread, uint64_t stack,
                     uint64_t comes_back) {
    for (size_t i = calls->count; i-- > 0;) {
        if (calls->open[i].thread != thread)
            continue;
        if (calls->open[i].slot == stack)
            return;
        break;
    }
    if (calls->count == GUEST_CALLS_MAX)
        calls_remove(calls, 0);
    calls->open[calls->count++] = (struct guest_call_open){stack, comes_back, thread};
}

uint8_t guest_calls_chain(const struct guest_calls *calls, unsigned thread,
                          struct guest_callers *into) {
    struct guest_chain chain = {.count = 0};

    for (size_t i = calls->count; i-- > 0 && chain.count < GUEST_CALLERS_MAX;) {
        if (calls->open[i].thread == thread)
            chain.returns[chain.count++] = calls->open[i].comes_back;
    }
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
