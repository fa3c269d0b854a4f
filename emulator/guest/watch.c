/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/hash.h"
#include "emulator/guest/internal.h"

#define WATCH_RED_ZONE 128u

static uint64_t guest_watch_stack(const struct guest *guest, uint64_t pointer) {
    uint64_t address = pointer + guest->layout.code_base;

    address = address - guest->stack->first < WATCH_RED_ZONE ? guest->stack->first
                                                             : address - WATCH_RED_ZONE;
    if (address < guest->stack->first || address >= guest->frame_end)
        return 0;
    return hash_bytes(HASH_START, guest->stack->host + (address - guest->stack->first),
                      (size_t)(guest->frame_end - address));
}

/* Half of the bytes are 0 and a quarter small, so that words are often as small as code's own are.
 */
static uint8_t guest_watch_byte(uint64_t random) {
    return (uint8_t)(random & 1 ? 0 : random & 2 ? random >> 8 & 3 : random >> 32);
}

static void guest_watch_disturb(struct guest *guest) {
    for (size_t i = 0; i < guest->regions_count; i++) {
        const struct guest_region *region = &guest->regions[i];

        if (!region->is_image || !region->pristine || (region->permissions & ENGINE_MAY_EXECUTE) ||
            region->own_last < region->own_first)
            continue;
        for (uint64_t at = region->own_first; at <= region->own_last; at++) {
            guest->watch_noise ^= guest->watch_noise << 13;
            guest->watch_noise ^= guest->watch_noise >> 7;
            guest->watch_noise ^= guest->watch_noise << 17;
            region->host[at - region->address] = guest_watch_byte(guest->watch_noise);
        }
        guest_memory_wrote(guest, region->own_first,
                           (size_t)(region->own_last - region->own_first + 1));
    }
}

static void guest_on_watched(void *data, uint64_t address, uint32_t size) {
    struct guest *guest = data;
    const enum engine_register *ids = guest_register_ids(guest);
    enum engine_register all[GUEST_REGISTERS_MAX + 1];
    struct guest_passing passing = {.address = address};
    void *pointers[GUEST_REGISTERS_MAX + 1];
    size_t count = guest->word == 8 ? GUEST_REGISTERS_MAX : 8;

    (void)size;
    for (size_t i = 0; i < count; i++) {
        all[i] = ids[i];
        pointers[i] = &passing.registers[i];
    }
    all[count] = ENGINE_EFLAGS;
    pointers[count] = &passing.flags;
    engine_read_all(guest->engine, all, pointers, count + 1);
    passing.flags &= GUEST_WATCHED_FLAGS;
    passing.stack = guest_watch_stack(guest, passing.registers[GUEST_SP]);
    if (guest->watch_noise != 0)
        guest_watch_disturb(guest);
    if (guest->watch->pass(guest->watch->context, &passing))
        engine_write_all(guest->engine, all, pointers, count);
}

bool guest_watch(struct guest *guest, const struct guest_watch *watch) {
    guest->watch = watch;
    guest->watch_noise = watch->noise;
    for (size_t i = 0; i < watch->addresses_count; i++) {

        if (!engine_hook_code(guest->engine, guest_on_watched, guest, watch->addresses[i],
                              watch->addresses[i]))
            return false;
    }
    return true;
}
