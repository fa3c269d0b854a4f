/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/internal.h"

#include <stdio.h>
#include <string.h>

/* What a loader misses may be there all the same: hvspec provides it, or nobody ever calls it. */

bool process_missing_symbol(const char *words, char *symbol, size_t size) {
    static const char glibc[] = "undefined symbol: ", musl[] = ": symbol not found";
    const char *at = strstr(words, glibc), *end = strstr(words, musl);

    if (at) {
        at += sizeof glibc - 1;
        end = at + strcspn(at, " ,");
    } else if (end) {
        for (at = end; at > words && at[-1] != ' '; at--)
            ;
    } else {
        return false;
    }
    return snprintf(symbol, size, "%.*s", (int)(end - at), at) < (int)size;
}

/* Its loader binds functions when they are called, if at all. False: so it did. */
static bool remedy_bind_late(struct process *process) {
    if (process->bind_now == 0)
        return false;
    process_amend(process, process->bind_now, "", 1);
    process->bind_now = 0;
    return true;
}

bool process_remedy(struct process *process, const struct observation *observation) {
    char symbol[PROCESS_NAME_MAX];
    uint64_t first;
    size_t size;

    if (observation->end != OBSERVATION_NOT_STARTED || !observation->end_name ||
        !process_missing_symbol(observation->end_name, symbol, sizeof symbol))
        return false;
    if (process->stub_bytes &&
        process_stub_provide(process->machine, process->stub_bytes, symbol, &first, &size)) {
        process_amend(process, process_stub_base(process->stub) + first,
                      process->stub_bytes + first, size);
        return true;
    }
    return remedy_bind_late(process);
}
