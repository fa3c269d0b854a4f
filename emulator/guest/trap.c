/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/internal.h"

#include <string.h>

/*
 * The page that every call returns to, with one entry for each kind of garbage:
 *
 *     cpuid               the way into the harness, which sets up the next call
 *     mov REG, GARBAGE    each register that no argument uses; from beside the slots in the entry
 *                         whose garbage may be another in each call
 *     cld; cmp eax, eax   the same flags each time,
 *     stc or such         but for what the garbage makes of them
 *     jmp [SLOT]          the function, or where a batch ends
 *
 * The registers are loaded by the guest itself, since each one that the harness writes costs a call
 * into the engine. Where the next call's garbage is another, the jump goes behind its CPUID first.
 * At the end of the page is the callback that $callback points to.
 */
#define TRAP_SIZE (IMAGE_PAGE / GUEST_GARBAGES) /* bytes of one entry */
#define TRAP_LOADS 2u                           /* behind the CPUID */

#define TRAP_VARIED 64u /* in the slots' page: what differs from call to call */

/* Behind the last entry: cpuid; ret. */
#define TRAP_CALLBACK (IMAGE_PAGE - 16u)

struct trap_code {
    uint8_t *at;
    enum image_mode mode;
};

static void trap_put(struct trap_code *code, uint64_t value, unsigned size) {
    memcpy(code->at, &value, size);
    code->at += size;
}

static void trap_put_load(struct trap_code *code, unsigned reg, uint64_t value) {
    if (code->mode == IMAGE_64)
        trap_put(code, 0x48 | reg >> 3, 1); /* REX.W, and B for R8 to R15 */
    if (code->mode == IMAGE_16)
        trap_put(code, 0x66, 1);
    trap_put(code, 0xb8 | (reg & 7), 1);
    trap_put(code, value, code->mode == IMAGE_64 ? 8 : 4);
}

/* mov REG, [slot], which is relative to the next instruction in 64-bit mode. */
static void trap_put_load_varied(struct trap_code *code, unsigned reg, uint64_t slot,
                                 uint64_t address) {
    const uint8_t *start = code->at;
    const bool is_16 = code->mode == IMAGE_16;

    if (code->mode == IMAGE_64)
        trap_put(code, 0x48 | reg >> 3 << 2, 1); /* REX.W, and R for R8 to R15 */
    else
        trap_put(code, 0x2e, 1); /* CS, see below */
    if (is_16)
        trap_put(code, 0x66, 1);
    trap_put(code, 0x8b, 1);
    trap_put(code, (reg & 7) << 3 | (is_16 ? 6 : 5), 1);
    if (code->mode == IMAGE_64)
        slot -= address + (uint64_t)(code->at - start) + 4;
    trap_put(code, slot, is_16 ? 2 : 4);
}

/* `slot` is an address counted from CS; CS, because the call may have loaded DS. */
static void trap_put_jump(struct trap_code *code, uint64_t slot, uint64_t next) {
    if (code->mode != IMAGE_64)
        trap_put(code, 0x2e, 1);
    trap_put(code, 0xff, 1);
    trap_put(code, code->mode == IMAGE_16 ? 0x26 : 0x25, 1);
    trap_put(code, code->mode == IMAGE_64 ? slot - next : slot, code->mode == IMAGE_16 ? 2 : 4);
}

static void trap_write_entry(struct guest *guest, unsigned garbage) {
    /* nop; nop. stc; nop. test esp, esp. cmp al, 1: so that zero, carry and sign are each set in
     * some and clear in others. */
    static const uint16_t flags[GUEST_GARBAGES] = {0x9090, 0x90f9, 0xe485, 0x013c};
    uint8_t *start = guest->trap + garbage * TRAP_SIZE;
    struct trap_code code = {start, guest->image->mode};
    uint64_t address = guest->layout.trap - guest->layout.code_base + garbage * TRAP_SIZE;
    uint64_t slot = guest->layout.slot - guest->layout.code_base + garbage * guest->word;
    uint64_t varied = guest->layout.slot - guest->layout.code_base + TRAP_VARIED;

    trap_put(&code, 0xa20f, 2); /* cpuid */
    for (unsigned reg = 0; reg < guest_register_count(guest); reg++) {
        if (guest->registers.written & 1u << reg)
            continue;
        if (garbage == GUEST_LITTERED)
            trap_put_load_varied(&code, reg, varied + reg * 8,
                                 address + (uint64_t)(code.at - start));
        else
            trap_put_load(&code, reg, guest->registers.fills[garbage][reg]);
    }
    trap_put(&code, 0xfc, 1);   /* cld */
    trap_put(&code, 0xc039, 2); /* cmp eax, eax */
    trap_put(&code, flags[garbage], 2);
    trap_put_jump(&code, slot, address + (uint64_t)(code.at - start) + 6);
}

void guest_trap_write(struct guest *guest) {
    memset(guest->trap, 0xcc, IMAGE_PAGE);
    for (unsigned garbage = 0; garbage < GUEST_GARBAGES; garbage++)
        trap_write_entry(guest, garbage);
    if (guest->uses_callback)
        memcpy(guest->trap + TRAP_CALLBACK, "\x0f\xa2\xc3", 3);
}

uint64_t guest_callback_address(const struct guest *guest) {
    return guest->layout.trap + TRAP_CALLBACK;
}

static uint64_t callback_value(struct guest *guest, const struct guest_place *place) {
    uint64_t value;

    if (place->kind != GUEST_CALLBACK)
        return 0;
    value = guest_call_argument(guest, place->offset);
    return place->width >= 8 ? value : value & ((1ull << place->width * 8) - 1);
}

void guest_callback_called(struct guest *guest) {
    uint64_t nothing = 0;

    guest->at_callback = false;
    guest->answer_written = true;
    guest->callback_values[0] = callback_value(guest, &guest->setup->answer);
    guest->callback_values[1] = callback_value(guest, &guest->setup->value);
    engine_write(guest->engine, guest_register_ids(guest)[GUEST_AX], &nothing);
}

uint64_t guest_trap_address(const struct guest *guest, unsigned garbage) {
    return guest->layout.trap + garbage * TRAP_SIZE;
}

static void trap_set_slot(struct guest *guest, unsigned garbage, uint64_t address) {
    address -= guest->layout.code_base;
    memcpy(guest->slot + garbage * guest->word, &address, guest->word);
}

void guest_trap_load(struct guest *guest, unsigned garbage) {
    if (garbage == GUEST_LITTERED)
        memcpy(guest->slot + TRAP_VARIED, guest->registers.entry, sizeof guest->registers.entry);
}

void guest_trap_leave(struct guest *guest, unsigned garbage, uint64_t address) {
    trap_set_slot(guest, garbage, address);
    if (garbage != guest->trap_entered)
        trap_set_slot(guest, guest->trap_entered, guest_trap_address(guest, garbage) + TRAP_LOADS);
    guest->trap_crossed = garbage != guest->trap_entered;
}

bool guest_trap_enter(struct guest *guest, uint64_t address) {
    uint64_t offset = address - guest->layout.trap;
    unsigned garbage = (unsigned)(offset / TRAP_SIZE);

    guest->at_trap = false;
    if (offset == TRAP_CALLBACK && guest->uses_callback && guest->batch.in_call) {
        guest->at_callback = true;
        return true;
    }
    switch (offset % TRAP_SIZE) {
    case 0:
        if (guest->batch.in_call && garbage != guest->batch.jobs[guest->batch.job].garbage)
            return false;
        guest->trap_entered = garbage;
        guest->at_trap = true;
        return true;
    case TRAP_LOADS:
        if (!guest->trap_crossed)
            return false;
        guest->trap_crossed = false;
        return true;
    default:
        return false;
    }
}
