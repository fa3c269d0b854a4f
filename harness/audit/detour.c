/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/audit/detour.h"

#include <string.h>

#define DETOUR_JUMP 5u /* bytes of a jump with a long distance */

static struct image_segment *detour_segment(struct image *image, uint64_t address) {
    for (size_t i = 0; i < image->segments_count; i++) {
        struct image_segment *segment = &image->segments[i];

        if (address >= segment->address && address - segment->address < segment->size)
            return segment;
    }
    return NULL;
}

static void detour_write(struct detour *detour, struct image_segment *segment, uint64_t address,
                         const uint8_t *bytes, size_t size) {
    struct detour_patch *patch = &detour->patches[detour->count++];

    patch->place = segment->bytes + (address - segment->address);
    patch->size = size;
    memcpy(patch->saved, patch->place, size);
    memcpy(patch->place, bytes, size);
}

void detour_undo(struct detour *detour) {
    while (detour->count > 0) {
        struct detour_patch *patch = &detour->patches[--detour->count];

        memcpy(patch->place, patch->saved, patch->size);
    }
    if (detour->segment)
        detour->segment->own_last = detour->own_last;
    detour->segment = NULL;
}

/* --- Moving code. --- */

/* Bytes that are put together at an address. */
struct detour_code {
    uint64_t address;
    uint8_t bytes[DETOUR_BYTES_MAX];
    size_t size;
};

static bool detour_add(struct detour_code *code, const uint8_t *bytes, size_t size) {
    if (code->size + size > sizeof code->bytes)
        return false;
    memcpy(code->bytes + code->size, bytes, size);
    code->size += size;
    return true;
}

static int32_t detour_read_distance(const uint8_t *bytes) {
    return (int32_t)((uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
                     (uint32_t)bytes[3] << 24);
}

static void detour_put_distance(uint8_t *bytes, uint64_t distance) {
    for (unsigned i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(distance >> 8 * i);
}

/* A jump, conditional when `condition` is a long form's second byte, to a target. */
static bool detour_add_jump(struct detour_code *code, uint8_t condition, uint64_t target) {
    uint8_t jump[6] = {0x0f, condition};
    size_t size = condition ? 6 : DETOUR_JUMP;

    if (!condition)
        jump[0] = 0xe9;
    detour_put_distance(jump + size - 4, target - (code->address + code->size + size));
    return detour_add(code, jump, size);
}

/* Where a direct jump with no prefix goes; false: it is none. `condition` as above. */
static bool detour_jump_target(const struct disassembly_parts *parts, uint64_t *target,
                               uint8_t *condition) {
    uint64_t next = parts->address + parts->size;
    const uint8_t *bytes = parts->bytes;

    *condition = 0;
    if (parts->size == 2 && ((bytes[0] & 0xf0) == 0x70 || bytes[0] == 0xeb)) {
        if (bytes[0] != 0xeb)
            *condition = (uint8_t)(0x80 | (bytes[0] & 0x0f));
        *target = next + (uint64_t)(int64_t)(int8_t)bytes[1];
        return true;
    }
    if (parts->size == 6 && bytes[0] == 0x0f && (bytes[1] & 0xf0) == 0x80) {
        *condition = bytes[1];
        *target = next + (uint64_t)(int64_t)detour_read_distance(bytes + 2);
        return true;
    }
    if (parts->size == DETOUR_JUMP && bytes[0] == 0xe9) {
        *target = next + (uint64_t)(int64_t)detour_read_distance(bytes + 1);
        return true;
    }
    return false;
}

/* Adds an instruction of the original. False: it cannot be moved. */
static bool detour_move(struct detour_code *code, enum image_mode mode,
                        const struct disassembly_parts *parts) {
    bool is_return = parts->bytes[parts->opcode_at] == 0xc3;
    uint8_t bytes[DISASSEMBLY_INSTRUCTION_MAX], condition;
    uint64_t target;

    if (detour_jump_target(parts, &target, &condition))
        return detour_add_jump(code, condition, target);
    if (parts->is_branch && !is_return)
        return false;
    memcpy(bytes, parts->bytes, sizeof bytes);
    if (mode == IMAGE_64 && parts->modrm_at > 0 && (bytes[parts->modrm_at] & 0xc7) == 0x05) {
        uint8_t *distance = bytes + parts->modrm_at + 1;
        uint64_t moved = parts->address - (code->address + code->size);

        detour_put_distance(distance, (uint64_t)(int64_t)detour_read_distance(distance) + moved);
    }
    return detour_add(code, bytes, parts->size);
}

/* Whether some direct jump lands between two instructions that the detour replaces. Functions start
 * behind a jump or return, and those end what a detour replaces. */
static bool detour_is_entered(const struct mutation_source *source, size_t first, size_t last) {
    for (size_t i = 0; i < source->count; i++) {
        uint8_t condition;
        uint64_t target;

        if (detour_jump_target(&source->code[i], &target, &condition) &&
            target > source->code[first].address && target <= source->code[last].address)
            return true;
    }
    return false;
}

/* Whether code goes straight on from an instruction to the next of the source. */
static bool detour_goes_on(const struct mutation_source *source, size_t at) {
    const struct disassembly_parts *parts = &source->code[at];
    uint8_t opcode = parts->bytes[parts->opcode_at];

    return at + 1 < source->count && parts->address + parts->size == parts[1].address &&
           opcode != 0xc3 && opcode != 0xe9 && opcode != 0xeb;
}

/* Takes instructions behind and ahead of the mutant's until there is room for a jump; those ahead
 * first when that is asked for. */
static bool detour_take_room(const struct mutation_source *source, size_t at, bool ahead,
                             size_t *first, size_t *last) {
    const struct disassembly_parts *code = source->code;
    size_t room = code[at].size;

    *first = *last = at;
    while (room < DETOUR_JUMP) {
        bool behind_goes = detour_goes_on(source, *last);
        bool ahead_goes = *first > 0 && detour_goes_on(source, *first - 1);

        if (behind_goes && !(ahead && ahead_goes))
            room += code[++*last].size;
        else if (ahead_goes)
            room += code[--*first].size;
        else
            return false;
    }
    return !detour_is_entered(source, *first, *last);
}

static bool detour_find_room(const struct mutation_source *source, size_t at, size_t *first,
                             size_t *last) {
    return detour_take_room(source, at, false, first, last) ||
           detour_take_room(source, at, true, first, last);
}

/* What stands in the detour. A comparison's RIP-relative operand is as far as its original's. */
static bool detour_fill(struct detour_code *code, const struct mutation_source *source,
                        const struct mutant *mutant, size_t first, size_t last) {
    const struct disassembly_parts *end = &source->code[last];
    uint8_t modrm = source->code[mutant->at].bytes[source->code[mutant->at].modrm_at];

    if (source->mode == IMAGE_64 && source->code[mutant->at].modrm_at > 0 && (modrm & 0xc7) == 5)
        return false;
    for (size_t i = first; i <= last; i++) {
        if (i == mutant->at ? !detour_add(code, mutant->bytes, mutant->size)
                            : !detour_move(code, source->mode, &source->code[i]))
            return false;
    }
    return detour_add_jump(code, 0, end->address + end->size);
}

static bool detour_take(struct detour *detour, struct image_segment *segment,
                        const struct mutation_source *source, const struct mutant *mutant) {
    uint64_t end = segment->address + segment->size;
    struct detour_code code = {.address = (segment->own_last + 16) & ~(uint64_t)15};
    struct detour_code jump = {0};

    if (source->mode == IMAGE_16 || code.address + sizeof code.bytes > end ||
        !detour_find_room(source, mutant->at, &detour->first, &detour->last) ||
        !detour_fill(&code, source, mutant, detour->first, detour->last))
        return false;
    jump.address = source->code[detour->first].address;
    if (!detour_add_jump(&jump, 0, code.address))
        return false;
    detour_write(detour, segment, code.address, code.bytes, code.size);
    detour_write(detour, segment, jump.address, jump.bytes, jump.size);
    detour->segment = segment;
    detour->own_last = segment->own_last;
    segment->own_last = code.address + code.size - 1;
    return true;
}

bool detour_apply(struct detour *detour, struct image *image, const struct mutation_source *source,
                  const struct mutant *mutant) {
    const struct disassembly_parts *original = &source->code[mutant->at];
    struct image_segment *segment = detour_segment(image, original->address);

    *detour = (struct detour){.first = mutant->at, .last = mutant->at};
    if (!segment || segment->address + segment->size - original->address < original->size)
        return false;
    if (mutant->size > original->size)
        return detour_take(detour, segment, source, mutant);
    detour_write(detour, segment, original->address, mutant->bytes, mutant->size);
    return true;
}

/* A direct call comes back, to what follows. */
static bool detour_is_call(const struct disassembly_parts *parts) {
    return parts->bytes[0] == 0xe8;
}

size_t detour_exits(const struct detour *detour, const struct mutation_source *source,
                    uint64_t *exits, size_t limit) {
    const struct disassembly_parts *last = &source->code[detour->last];
    size_t count = 0;

    for (size_t i = detour->first; i <= detour->last; i++) {
        uint8_t condition;

        if (!source->code[i].is_branch || detour_is_call(&source->code[i]))
            continue;
        if (count == limit || !detour_jump_target(&source->code[i], &exits[count], &condition))
            return 0;
        count++;
    }
    if (count == limit)
        return 0;
    exits[count++] = last->address + last->size;
    return count;
}
