/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest_internal.h"

#include <string.h>

/* FNV-1a: the question is only whether code that may write itself is still what was decoded. */
static uint64_t guest_block_hash(const uint8_t *bytes, size_t size) {
    uint64_t hash = 0xcbf29ce484222325u;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3u;
    return hash | 1;
}

/* Decodes the block once. An instruction that needs a hook of its own is left in guest->special,
 * because hooks only take effect in code that is translated after them. */
static void guest_block_decode(struct guest *guest, const uint8_t *bytes,
                               struct guest_block *block) {
    unsigned length;

    block->instructions = 0;
    block->changes_system = false;
    for (uint32_t at = 0; at < block->size; at += length) {
        uint64_t address = block->address + at;
        enum disassembly_class class = disassembly_classify(guest->disassembly, bytes + at,
                                                            block->size - at, address, &length);

        block->instructions++;
        if (class == DISASSEMBLY_SYSTEM)
            block->changes_system = true;
        if ((class == DISASSEMBLY_FORBIDDEN || class == DISASSEMBLY_CLOCK) &&
            guest_hooks_add_special(guest, address))
            guest->special = block->address;
        if (length == 0)
            break;
    }
}

const struct guest_block *guest_block_find(struct guest *guest, uint64_t address, uint32_t size) {
    const struct guest_region *region = guest_memory_region(guest, address);
    size_t at = (size_t)((address ^ address >> 13) * 0x9e3779b97f4a7c15u >> 40) % GUEST_BLOCKS;
    struct guest_block *block;
    uint64_t hash = 0;

    if (!region || size > region->address + region->size - address)
        return NULL;
    if (region->permissions & UC_PROT_WRITE)
        hash = guest_block_hash(region->host + (address - region->address), size);
    while (guest->blocks[at].address != 0 && guest->blocks[at].address != address)
        at = (at + 1) % GUEST_BLOCKS;
    block = &guest->blocks[at];
    if (block->address == address && block->size == size && block->hash == hash)
        return block;
    if (block->address == 0 && ++guest->blocks_count > GUEST_BLOCKS / 2) {
        /* Code with thousands of blocks: start over rather than grow. */
        memset(guest->blocks, 0, GUEST_BLOCKS * sizeof *guest->blocks);
        guest->blocks_count = 1;
    }
    *block = (struct guest_block){.address = address, .hash = hash, .size = size};
    guest_block_decode(guest, region->host + (address - region->address), block);
    return block;
}
