/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/guest.h"

#include "base/pool.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

/* What the engine asks of the host for its translations when it starts. It ends the process where
 * it does not get that, so that somebody has to ask first. */
static size_t room_size(void) {
    return sizeof(void *) == 8 ? (size_t)1 << 30 : (size_t)32 << 20;
}

static void *room_take(void) {
    return mmap(NULL, room_size(), PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
                -1, 0);
}

bool guest_room(struct errors *errors) {
    void *room = room_take();

    if (room == MAP_FAILED)
        return errors_fail(
            errors,
            "the engine needs %zu MiB of address space for each worker, of memory that is "
            "writable and executable, and gets none: %s (see ulimit -v, and what the "
            "system forbids)",
            room_size() >> 20, strerror(errno));
    munmap(room, room_size());
    return true;
}

unsigned guest_room_for(unsigned workers) {
    void *rooms[POOL_WORKERS_MAX];
    unsigned count = 0;

    if (workers > POOL_WORKERS_MAX)
        workers = POOL_WORKERS_MAX;
    while (count < workers && (rooms[count] = room_take()) != MAP_FAILED)
        count++;
    for (unsigned i = 0; i < count; i++)
        munmap(rooms[i], room_size());
    return count > 0 ? count : 1;
}
