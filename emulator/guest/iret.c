/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/permit.h"

#include <string.h>

/*
 * IRET where a setup allows it: the way back from an interrupt that kernels also take on purpose,
 * to where they are (Linux's sync_core), or to set all flags at once. It is done here, since the
 * engine would follow it anywhere; back into another segment, mode or task it goes nowhere.
 */
#define IRET_TRAP (1u << 8)
#define IRET_NESTED (1u << 14)
#define IRET_VIRTUAL (1u << 17)
#define IRET_ALIGNED (1u << 18)
#define IRET_ID (1u << 21)
#define IRET_LOADED                                                                                \
    (GUEST_FLAGS_ARITHMETIC | GUEST_FLAGS_INTERRUPTS | GUEST_FLAGS_DIRECTION | IRET_ALIGNED |      \
     IRET_ID)
#define IRET_ELSEWHERE (IRET_TRAP | IRET_NESTED | IRET_VIRTUAL)

/* In the order in which they are popped; the last two in 64-bit code only. */
enum { IRET_PC, IRET_CS, IRET_FLAGS, IRET_SP, IRET_SS, IRET_WORDS };

/* False with the call's end set: the stack is not there. */
static bool iret_pop(struct guest *guest, unsigned width, uint64_t words[IRET_WORDS]) {
    size_t count = guest->word == 8 ? IRET_WORDS : IRET_SP;
    enum engine_register id = guest_register_ids(guest)[GUEST_SP];
    uint64_t pointer = guest_register(guest, id), at = pointer;
    const uint8_t *bytes;

    memset(words, 0, IRET_WORDS * sizeof *words);
    if (guest->word == 2)
        at = (pointer & 0xffff) + (guest_register(guest, ENGINE_SS) << 4);
    bytes = guest_memory_access(guest, at, count * width, false);
    if (!bytes) {
        engine_stop(guest->engine);
        return false;
    }
    for (size_t i = 0; i < count; i++)
        memcpy(&words[i], bytes + i * width, width);
    if (guest->word != 8)
        words[IRET_SP] = guest->word == 2 ? (pointer & ~0xffffull) | ((at + 3 * width) & 0xffff)
                                          : pointer + 3 * width;
    return true;
}

void guest_iret(struct guest *guest, uint64_t address, unsigned width) {
    uint64_t words[IRET_WORDS], base = 0, segment = guest_register(guest, ENGINE_CS);

    if (!iret_pop(guest, width, words))
        return;
    if ((words[IRET_CS] & 0xffff) != segment || words[IRET_FLAGS] & IRET_ELSEWHERE ||
        (guest->word == 8 && (words[IRET_SS] & 0xffff) != guest_register(guest, ENGINE_SS))) {
        guest->seen.end_address = address;
        guest_stop(guest, OBSERVATION_FORBIDDEN, "iret to another segment, mode or task");
        return;
    }
    if (guest->word == 2)
        base = segment << 4;
    engine_write(guest->engine, guest_register_ids(guest)[GUEST_SP], &words[IRET_SP]);
    guest->again.flags = (struct guest_flags){
        .mask = width == 2 ? IRET_LOADED & 0xffff : IRET_LOADED,
        .flags = words[IRET_FLAGS],
    };
    guest->changed_system = true;
    guest_go_on_at(guest, words[IRET_PC] + base);
}
