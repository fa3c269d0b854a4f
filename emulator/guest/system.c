/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/internal.h"

/*
 * Registers that belong to the system: no ABI lets a function return with another one. Hardly any
 * probe touches them, so they are only looked at when the boot executed an instruction that may
 * change them (guest->changed_system); a fresh boot puts them back.
 */
static const int guest_system_ids[GUEST_SYSTEM_MAX] = {
    UC_X86_REG_CS,  UC_X86_REG_SS,  UC_X86_REG_DS,      UC_X86_REG_ES,
    UC_X86_REG_FS,  UC_X86_REG_GS,  UC_X86_REG_FS_BASE, UC_X86_REG_GS_BASE,
    UC_X86_REG_CR0, UC_X86_REG_CR3, UC_X86_REG_CR4,     UC_X86_REG_DR0,
    UC_X86_REG_DR1, UC_X86_REG_DR2, UC_X86_REG_DR3,     UC_X86_REG_DR7,
};

void guest_system_read(struct guest *guest, struct guest_system *system) {
    for (size_t i = 0; i < GUEST_SYSTEM_MAX; i++) {
        system->values[i] = 0;
        uc_reg_read(guest->uc, guest_system_ids[i], &system->values[i]);
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
