/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/internal.h"

/*
 * Registers that belong to the system: no ABI lets a function return with another one. Hardly any
 * probe touches them, so they are only looked at when the boot executed an instruction that may
 * change them (guest->changed_system); a fresh boot puts them back.
 */
static const enum engine_register guest_system_ids[GUEST_SYSTEM_MAX] = {
    ENGINE_CS,      ENGINE_SS,      ENGINE_DS,  ENGINE_ES,  ENGINE_FS,  ENGINE_GS,
    ENGINE_FS_BASE, ENGINE_GS_BASE, ENGINE_CR0, ENGINE_CR3, ENGINE_CR4, ENGINE_DR0,
    ENGINE_DR1,     ENGINE_DR2,     ENGINE_DR3, ENGINE_DR7,
};

void guest_system_read(struct guest *guest, struct guest_system *system) {
    for (size_t i = 0; i < GUEST_SYSTEM_MAX; i++) {
        system->values[i] = 0;
        engine_read(guest->engine, guest_system_ids[i], &system->values[i]);
    }
}

unsigned guest_system_state(struct guest *guest) {
    struct guest_system now;
    unsigned state = 0;

    if (!guest_abi_is_c(guest->setup->abi))
        return 0;
    guest_system_read(guest, &now);
    for (size_t i = 0; i < GUEST_SYSTEM_MAX; i++) {
        if (now.values[i] != guest->system.values[i])
            state |= i < GUEST_SYSTEM_SEGMENTS ? OBSERVATION_SEGMENTS_CHANGED
                                               : OBSERVATION_CONTROL_CHANGED;
    }
    return state;
}
