/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/hash.h"
#include "emulator/guest/internal.h"

#include <string.h>

/* The question is only whether code that may write itself is still what was decoded. */
static uint64_t guest_block_hash(const uint8_t *bytes, size_t size) {
    return hash_bytes(HASH_START, bytes, size) | 1;
}

/* Loops that wait would take the engine, which stops at each PAUSE, far longer than others. */
static uint32_t guest_block_weight(const uint8_t *bytes, unsigned size) {
    bool is_pause = size == 2 && bytes[0] == 0xf3 && bytes[1] == 0x90;

    return is_pause ? GUEST_PAUSE_INSTRUCTIONS : 1;
}

/* Whether the block has to be translated again because of an instruction that wants its memory
 * aligned. One whose address is known, and right, needs no look; one that may be overwritten is
 * decoded each time. */
static bool guest_block_aligns(struct guest *guest, const struct guest_block *block,
                               const uint8_t *bytes, size_t size, uint64_t address) {
    struct disassembly_access access;

    if (block->can_change)
        return guest_special_add(guest, address, address);
    return disassembly_aligned_access(guest->disassembly, bytes, size, address, &access) &&
           (access.base >= 0 || access.index >= 0 || access.displacement % access.alignment != 0) &&
           guest_special_align(guest, address, &access);
}

static bool guest_block_needs_hook(enum disassembly_class class) {
    return class == DISASSEMBLY_FORBIDDEN || class == DISASSEMBLY_CLOCK ||
           class == DISASSEMBLY_MISTAKEN || class == DISASSEMBLY_UNDEFINED ||
           class == DISASSEMBLY_REPAIRED;
}

/* Decodes the block once. An instruction that needs a hook of its own has it translated again,
 * because hooks only take effect in code that is translated after them. In a block with something
 * that Capstone does not know, that the engine ends elsewhere, or that the region ends in, every
 * instruction gets one: only the engine knows where they begin. */
static void guest_block_decode(struct guest *guest, const uint8_t *bytes, uint32_t readable,
                               struct guest_block *block) {
    unsigned cpuids = 0;
    uint32_t at = 0;

    block->steady = !block->can_change;
    while (at < readable) {
        uint64_t address = block->address + at;
        struct disassembly_effect effect =
            disassembly_effect(guest->disassembly, bytes + at, readable - at, address);

        if (effect.class == DISASSEMBLY_UNKNOWN)
            break;
        block->instructions += guest_block_weight(bytes + at, effect.size);
        block->changes_system |= effect.class == DISASSEMBLY_SYSTEM;
        block->steady &=
            effect.class == DISASSEMBLY_NORMAL && effect.writes == DISASSEMBLY_WRITES_NOTHING;
        if (effect.class == DISASSEMBLY_CPUID)
            block->cpuid = ++cpuids == 1 && !block->can_change ? address : 0;
        block->pushes += effect.writes == DISASSEMBLY_WRITES_PUSH;
        block->stores += effect.writes != DISASSEMBLY_WRITES_NOTHING;
        block->writes |= effect.writes == DISASSEMBLY_WRITES_ANYWHERE ||
                         effect.class == DISASSEMBLY_SYSTEM; /* the stack's segment, say */
        if (effect.class == DISASSEMBLY_MACHINE)
            guest_assume(guest, address);
        if (guest_block_needs_hook(effect.class) && guest_special_add(guest, address, address))
            guest->again.retranslates = true;
        if (effect.wants_alignment &&
            guest_block_aligns(guest, block, bytes + at, readable - at, address))
            guest->again.retranslates = true;
        if (guest->compared && guest_compared_wants(guest, address, bytes + at, readable - at))
            guest->again.retranslates = true;
        at += effect.size;
    }
    if (at < block->size) {
        block->instructions++;
        block->changes_system = block->writes = true;
        block->steady = false;
        if (guest_special_add(guest, block->address, block->address + block->size - 1))
            guest->again.retranslates = true;
    }
}

static struct guest_block *guest_block_slot(struct guest *guest, uint64_t address) {
    size_t at = (size_t)((address ^ address >> 13) * 0x9e3779b97f4a7c15u >> 40) % GUEST_BLOCKS;

    while (guest->code.blocks[at].address != 0 && guest->code.blocks[at].address != address)
        at = (at + 1) % GUEST_BLOCKS;
    return &guest->code.blocks[at];
}

/* Whether the block is what it was when it was decoded. */
static bool guest_block_is_same(struct guest *guest, struct guest_block *block) {
    const struct guest_region *region;

    if (!block->can_change || block->version == guest->code.version)
        return true;
    region = guest_memory_region(guest, block->address);
    block->version = guest->code.version;
    return region && block->size <= region->address + region->size - block->address &&
           guest_block_hash(region->host + (block->address - region->address), block->size) ==
               block->hash;
}

const struct guest_block *guest_block_find(struct guest *guest, uint64_t address, uint32_t size) {
    struct guest_block *block = guest_block_slot(guest, address);
    const struct guest_region *region;
    const uint8_t *bytes;
    uint32_t readable = size;

    if (block->address == address && block->size == size && guest_block_is_same(guest, block))
        return block;
    region = guest_memory_region(guest, address);
    if (!region)
        return NULL;
    if (block->address == 0 && ++guest->code.blocks_count > GUEST_BLOCKS / 2) {
        /* Code with thousands of blocks: start over rather than grow. */
        memset(guest->code.blocks, 0, GUEST_BLOCKS * sizeof *guest->code.blocks);
        guest->code.blocks_count = 1;
        block = guest_block_slot(guest, address);
    }
    if (readable > region->address + region->size - address)
        readable = (uint32_t)(region->address + region->size - address);
    bytes = region->host + (address - region->address);
    *block = (struct guest_block){.address = address,
                                  .size = size,
                                  .version = guest->code.version,
                                  .can_change = region->permissions & ENGINE_MAY_WRITE};
    if (block->can_change)
        block->hash = guest_block_hash(bytes, readable);
    guest_block_decode(guest, bytes, readable, block);
    return block;
}
