/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/internal.h"

#include <string.h>

/*
 * What code compares with what: each comparison gets a hook as its block is decoded, so that who
 * does not ask pays nothing, and who asks pays for comparisons alone.
 */

void guest_compared_clear(struct guest_compared *compared) {
    compared->count = 0;
    memset(compared->turns, 0, sizeof compared->turns);
}

void guest_note_comparisons(struct guest *guest, struct guest_compared *compared) {
    guest->compared = compared;
}

bool guest_compared_wants(struct guest *guest, uint64_t address, const uint8_t *bytes,
                          size_t size) {
    struct disassembly_comparison comparison;

    return disassembly_compares(guest->disassembly, bytes, size, address, &comparison) &&
           guest_special_compare(guest, address, &comparison);
}

static uint64_t compared_register(struct guest *guest, unsigned reg) {
    return guest_register(guest, guest_register_ids(guest)[reg]);
}

/* False: memory that is not the guest's to read, or lies in a segment of its own. */
static bool compared_take(struct guest *guest, const struct disassembly_operand *operand,
                          unsigned width, uint64_t *value) {
    const struct guest_region *region;
    uint64_t at;

    switch (operand->kind) {
    case DISASSEMBLY_IMMEDIATE:
        *value = operand->immediate;
        break;
    case DISASSEMBLY_REGISTER:
        *value = compared_register(guest, operand->reg) >> (operand->is_second_byte ? 8 : 0);
        break;
    case DISASSEMBLY_MEMORY:
        at = guest_access_address(guest, &operand->access);
        region = guest_memory_region(guest, at);
        if (operand->segment != DISASSEMBLY_FLAT || !region ||
            region->address + region->size - at < width)
            return false;
        *value = 0;
        memcpy(value, region->host + (at - region->address), width);
        break;
    }
    if (width < 8)
        *value &= (1ull << 8 * width) - 1;
    return true;
}

void guest_compared_note(struct guest *guest, uint64_t address,
                         const struct disassembly_comparison *comparison) {
    struct guest_compared *compared = guest->compared;
    uint8_t *turn =
        &compared->turns[(address * 0x9e3779b97f4a7c15u >> 32) % sizeof compared->turns];
    struct guest_comparison *noted = &compared->comparisons[compared->count];

    if (*turn == GUEST_COMPARED_TURNS || compared->count == GUEST_COMPARED_MAX)
        return;
    *noted = (struct guest_comparison){.address = address,
                                       .width = comparison->width,
                                       .turn = *turn,
                                       .is_test = comparison->is_test};
    for (unsigned i = 0; i < 2; i++) {
        if (!compared_take(guest, &comparison->operands[i], comparison->width, &noted->operands[i]))
            return;
    }
    if (comparison->is_bit)
        noted->operands[1] = 1ull << noted->operands[1] % (8 * comparison->width);
    ++*turn;
    compared->count++;
}
