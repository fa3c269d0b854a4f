/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/internal.h"

/*
 * Data that code reaches through a segment register by its symbol, as kernels reach what belongs to
 * the processor (%gs:current_task, in 32 bits %fs). The segment's base is the thread's block, where
 * compilers look for the canary, so such data are seen at base + SYMBOL as well as at SYMBOL.
 * Nearly no probe does that: the second view is made when it is first looked at.
 */
static uint64_t segment_to_image(const struct guest *guest, uint64_t address) {
    address -= guest->layout.thread;
    return guest->word == 8 ? address : (uint32_t)address;
}

static uint64_t segment_from_image(const struct guest *guest, uint64_t address) {
    address += guest->layout.thread;
    return guest->word == 8 ? address : (uint32_t)address;
}

static void segment_on_write(void *data, uint64_t address, uint32_t size) {
    struct guest *guest = data;

    address = segment_to_image(guest, address);
    guest_memory_wrote(guest, address, size);
    guest_answer_wrote(guest, address, size);
}

static void segment_on_read(void *data, uint64_t address, uint32_t size) {
    guest_undefined_read(data, segment_to_image(data, address), size);
}

/* Undefined data is watched from the start, and so is all that can be written: the code that was
 * translated until then calls hooks that are added. */
static bool segment_watch(struct guest *guest, const struct guest_region *region, uint64_t first) {
    uint64_t last = first + region->size - 1;

    return engine_hook_memory(guest->engine, ENGINE_WRITES, segment_on_write, guest, first, last) &&
           (!guest->undefined.written ||
            engine_hook_memory(guest->engine, ENGINE_READS, segment_on_read, guest, first, last));
}

bool guest_segment_opens(struct guest *guest, uint64_t address) {
    const struct guest_region *region =
        guest_memory_region(guest, segment_to_image(guest, address));
    uint64_t first;

    if (guest->layout.thread == 0 || guest_memory_region(guest, address) || !region ||
        !region->is_image || (region->permissions & ENGINE_MAY_EXECUTE))
        return false;
    first = segment_from_image(guest, region->address);
    /* Beside the harness's own pages a write that goes too far must end the call. */
    if (first < guest->layout.end && first + region->size > guest->layout.stacks)
        return false;
    return engine_map(guest->engine, first, region->size, region->permissions, region->host) &&
           segment_watch(guest, region, first);
}
