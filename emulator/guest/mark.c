/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/internal.h"

#include <string.h>

#define PAGE IMAGE_PAGE

/* What a boot has written, kept so that another one goes on from there at the cost of copying it.
 */
static bool guest_can_mark(const struct guest *guest) {
    return !guest->thread_open && !guest_has_heap(guest) && !guest->changed_system &&
           !guest->undefined.is_written && guest->dirty.count <= GUEST_MARK_PAGES;
}

bool guest_mark(struct guest *guest, unsigned number) {
    struct guest_mark *mark = &guest->marks[number - 1];

    if (!guest_can_mark(guest))
        return false;
    for (size_t i = 0; i < guest->dirty.count; i++) {
        uint64_t page = guest->dirty.pages[i];
        const struct guest_region *region = guest_memory_region(guest, page);

        if (region->permissions & ENGINE_MAY_EXECUTE)
            return false; /* what was translated from it would have to be forgotten each time */
        mark->pages[i] = page;
        memcpy(mark->bytes[i], region->host + (page - region->address), PAGE);
    }
    mark->pages_count = guest->dirty.count;
    mark->token = guest->token;
    mark->clock_ticks = guest->clock_ticks;
    mark->answer_written = guest->answer_written;
    return true;
}

void guest_mark_restore(struct guest *guest, unsigned number) {
    const struct guest_mark *mark = &guest->marks[number - 1];

    for (size_t i = 0; i < mark->pages_count; i++) {
        const struct guest_region *region = guest_memory_region(guest, mark->pages[i]);

        memcpy(region->host + (mark->pages[i] - region->address), mark->bytes[i], PAGE);
        guest_memory_dirty(guest, region, mark->pages[i]);
    }
    guest->token = mark->token;
    guest->clock_ticks = mark->clock_ticks;
    guest->answer_written = mark->answer_written;
    guest->batch.call = guest->calls_count;
}
