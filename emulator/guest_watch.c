/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest_internal.h"

static void guest_on_watched(uc_engine *uc, uint64_t address, uint32_t size, void *data) {
    struct guest *guest = data;
    const int *ids = guest_register_ids(guest);
    int all[GUEST_REGISTERS_MAX + 1];
    struct guest_passing passing = {.address = address};
    void *pointers[GUEST_REGISTERS_MAX + 1];
    int count = guest->word == 8 ? GUEST_REGISTERS_MAX : 8;

    (void)size;
    for (int i = 0; i < count; i++) {
        all[i] = ids[i];
        pointers[i] = &passing.registers[i];
    }
    all[count] = UC_X86_REG_EFLAGS;
    pointers[count] = &passing.flags;
    uc_reg_read_batch(uc, all, pointers, count + 1);
    passing.flags &= GUEST_WATCHED_FLAGS;
    if (guest->watch->pass(guest->watch->context, &passing))
        uc_reg_write_batch(uc, all, pointers, count);
}

bool guest_watch(struct guest *guest, const struct guest_watch *watch) {
    guest->watch = watch;
    for (size_t i = 0; i < watch->addresses_count; i++) {
        uc_hook hook;

        if (uc_hook_add(guest->uc, &hook, UC_HOOK_CODE, (void *)guest_on_watched, guest,
                        watch->addresses[i], watch->addresses[i]) != UC_ERR_OK)
            return false;
    }
    return true;
}
