/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/internal.h"

#include <string.h>

/*
 * Loops without an end, told before the budget is spent: where code comes by the same place with
 * the same registers and flags, and all that it ran in between wrote no memory and asked nothing,
 * it comes by there for ever. A panic that spins is the most frequent of them, and its every run
 * would cost as much as hundreds of others.
 */
#define ENDLESS_FIRST 2048 /* instructions of a call ahead of the first look, and between two */
#define ENDLESS_BLOCKS 32u /* that may lie within the loop */

void guest_endless_begin(struct guest *guest) {
    guest->endless.address = 0;
    guest->endless.look = guest->budget - ENDLESS_FIRST;
}

static void endless_read(const struct guest *guest, uint64_t state[GUEST_REGISTERS_MAX + 1]) {
    const enum engine_register *ids = guest_register_ids(guest);
    const size_t count = guest->word == 8 ? GUEST_REGISTERS_MAX : 8;
    enum engine_register all[GUEST_REGISTERS_MAX + 1];
    void *pointers[GUEST_REGISTERS_MAX + 1];

    memset(state, 0, (GUEST_REGISTERS_MAX + 1) * sizeof *state);
    for (size_t i = 0; i < count; i++) {
        all[i] = ids[i];
        pointers[i] = &state[i];
    }
    all[count] = ENGINE_EFLAGS;
    pointers[count] = &state[count];
    engine_read_all(guest->engine, all, pointers, count + 1);
}

bool guest_endless_look(struct guest *guest, const struct guest_block *block) {
    struct guest_endless *endless = &guest->endless;
    uint64_t state[GUEST_REGISTERS_MAX + 1];

    if (!block || !block->steady || guest->watch) {
        guest_endless_begin(guest);
        return false;
    }
    if (endless->address == 0) {
        endless->address = block->address;
        endless->blocks = 0;
        endless_read(guest, endless->state);
        return false;
    }
    if (block->address == endless->address) {
        endless_read(guest, state);
        if (memcmp(state, endless->state, sizeof state) == 0)
            return true;
    }
    if (++endless->blocks == ENDLESS_BLOCKS)
        guest_endless_begin(guest);
    return false;
}
