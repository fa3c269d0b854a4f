/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/internal.h"

#include "emulator/guest/comparison.h"

#include <stdlib.h>
#include <string.h>

/*
 * What a program compares with what, once it was asked: as of a guest (emulator/guest/compared.c).
 * Hooks only take effect in code that is translated after them, and the engine must not forget code
 * while it runs: so the blocks that a run meets for the first time get theirs behind it, and the
 * run is made again.
 */
#define COMPARED_BLOCKS 8192u /* that are known; a power of two */
#define COMPARED_FRESH 1024u  /* that one run adds at most: the next one goes on */
#define COMPARED_PLACES 4096u

struct process_compared {
    struct guest_compared *into;
    uint64_t known[COMPARED_BLOCKS]; /* hashed; 0: free */
    size_t known_count;
    struct compared_block {
        uint64_t address;
        uint32_t size;
    } fresh[COMPARED_FRESH];
    size_t fresh_count;
    struct compared_place {
        struct process *process;
        struct disassembly_comparison comparison;
    } places[COMPARED_PLACES];
    size_t places_count;
};

bool process_note_comparisons(struct process *process, struct guest_compared *compared) {
    process->compared = calloc(1, sizeof *process->compared);
    if (process->compared)
        process->compared->into = compared;
    return process->compared != NULL;
}

void process_compared_close(struct process *process) {
    free(process->compared);
}

/* False: it is known, or there is no room. */
static bool compared_is_fresh(struct process_compared *compared, uint64_t address) {
    size_t at = (size_t)(address * 0x9e3779b97f4a7c15u >> 40) % COMPARED_BLOCKS;

    while (compared->known[at] != 0 && compared->known[at] != address)
        at = (at + 1) % COMPARED_BLOCKS;
    if (compared->known[at] == address || compared->known_count == COMPARED_BLOCKS / 2)
        return false;
    compared->known[at] = address;
    compared->known_count++;
    return true;
}

void process_compared_block(struct process *process, uint64_t address, uint32_t size) {
    struct process_compared *compared = process->compared;

    if (compared && process->state.asked && compared->fresh_count < COMPARED_FRESH &&
        compared_is_fresh(compared, address))
        compared->fresh[compared->fresh_count++] = (struct compared_block){address, size};
}

static uint64_t compared_register(void *context, unsigned reg) {
    struct process *process = context;

    return process_register(process, guest_register_id(process->machine->mode, reg));
}

static bool compared_memory(void *context, uint64_t address, void *bytes, size_t size) {
    struct process *process = context;
    const uint8_t *at = memory_readable(&process->memory, address, size);

    if (at)
        memcpy(bytes, at, size);
    return at != NULL;
}

static void process_on_comparison(void *data, uint64_t address, uint32_t size) {
    const struct compared_place *place = data;
    struct process *process = place->process;
    const struct guest_compared_reader reader = {process, process->machine->word, compared_register,
                                                 compared_memory};

    (void)size;
    if (process->state.asked && !process->ended && !process->stops)
        guest_compared_add(process->compared->into, address, &place->comparison, &reader);
}

/* Whether the block has a comparison, which has a hook now. */
static bool compared_hook(struct process *process, const struct compared_block *block) {
    struct process_compared *compared = process->compared;
    const uint8_t *bytes = memory_readable(&process->memory, block->address, block->size);
    bool hooked = false;

    for (uint32_t at = 0; bytes && at < block->size;) {
        struct compared_place *place = &compared->places[compared->places_count];
        const uint64_t address = block->address + at;
        const struct disassembly_effect effect =
            disassembly_effect(process->disassembly, bytes + at, block->size - at, address);

        if (effect.class == DISASSEMBLY_UNKNOWN || compared->places_count == COMPARED_PLACES)
            break;
        if (disassembly_compares(process->disassembly, bytes + at, block->size - at, address,
                                 &place->comparison) &&
            engine_hook_code(process->engine, process_on_comparison, place, address, address)) {
            place->process = process;
            compared->places_count++;
            hooked = true;
        }
        at += effect.size;
    }
    if (hooked)
        engine_forget(process->engine, block->address, block->address + block->size);
    return hooked;
}

bool process_compared_again(struct process *process) {
    struct process_compared *compared = process->compared;
    bool hooked = false;

    for (size_t i = 0; compared && i < compared->fresh_count; i++)
        hooked |= compared_hook(process, &compared->fresh[i]);
    if (compared)
        compared->fresh_count = 0;
    if (hooked)
        guest_compared_clear(compared->into);
    return hooked;
}
