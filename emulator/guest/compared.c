/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/comparison.h"
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

/* Where an operand in memory lies, without its segment's base. */
static uint64_t compared_address(const struct guest_compared_reader *reader,
                                 const struct disassembly_access *access) {
    uint64_t at = access->displacement;

    if (access->base >= 0)
        at += reader->read_register(reader->context, (unsigned)access->base);
    if (access->index >= 0)
        at += reader->read_register(reader->context, (unsigned)access->index) * access->scale;
    return reader->word == 8 ? at : (uint32_t)at;
}

/* False: memory that is not the guest's to read, or lies in a segment of its own. */
static bool compared_take(const struct guest_compared_reader *reader,
                          const struct disassembly_operand *operand, unsigned width,
                          uint64_t *value) {
    switch (operand->kind) {
    case DISASSEMBLY_IMMEDIATE:
        *value = operand->immediate;
        break;
    case DISASSEMBLY_REGISTER:
        *value = reader->read_register(reader->context, operand->reg) >>
                 (operand->is_second_byte ? 8 : 0);
        break;
    case DISASSEMBLY_MEMORY:
        *value = 0;
        if (operand->segment != DISASSEMBLY_FLAT ||
            !reader->read_memory(reader->context, compared_address(reader, &operand->access), value,
                                 width))
            return false;
        break;
    }
    if (width < 8)
        *value &= (1ull << 8 * width) - 1;
    return true;
}

void guest_compared_add(struct guest_compared *compared, uint64_t address,
                        const struct disassembly_comparison *comparison,
                        const struct guest_compared_reader *reader) {
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
        if (!compared_take(reader, &comparison->operands[i], comparison->width,
                           &noted->operands[i]))
            return;
    }
    if (comparison->is_bit)
        noted->operands[1] = 1ull << noted->operands[1] % (8 * comparison->width);
    ++*turn;
    compared->count++;
}

static uint64_t compared_register(void *context, unsigned reg) {
    struct guest *guest = context;

    return guest_register(guest, guest_register_ids(guest)[reg]);
}

static bool compared_memory(void *context, uint64_t address, void *bytes, size_t size) {
    const struct guest_region *region = guest_memory_region(context, address);

    if (!region || region->address + region->size - address < size)
        return false;
    memcpy(bytes, region->host + (address - region->address), size);
    return true;
}

static struct guest_compared_reader compared_reader(struct guest *guest) {
    return (struct guest_compared_reader){guest, guest->word, compared_register, compared_memory};
}

uint64_t guest_access_address(struct guest *guest, const struct disassembly_access *access) {
    const struct guest_compared_reader reader = compared_reader(guest);

    return compared_address(&reader, access);
}

void guest_compared_note(struct guest *guest, uint64_t address,
                         const struct disassembly_comparison *comparison) {
    const struct guest_compared_reader reader = compared_reader(guest);

    guest_compared_add(guest->compared, address, comparison, &reader);
}
