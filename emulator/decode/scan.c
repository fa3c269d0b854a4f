/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/decode/engine.h"

#include <stdlib.h>
#include <string.h>

/* Decoding starts at most so many bytes ahead of what is looked for: in code without symbols, x86
 * instructions fall into step long before that, and a large segment must not cost seconds. */
#define DISASSEMBLY_LEAD_MAX 65536u

static const struct image_segment *disassembly_segment_at(const struct image *image,
                                                          uint64_t address) {
    for (size_t i = 0; i < image->segments_count; i++) {
        const struct image_segment *segment = &image->segments[i];

        if (address >= segment->address && address - segment->address < segment->size)
            return segment;
    }
    return NULL;
}

/* A stretch of one segment, as offsets in it. */
struct disassembly_stretch {
    const struct image_segment *segment;
    size_t first, at, end;
};

/* Around the address, from the function's start (or a lead) to its end, as far as known. */
static struct disassembly_stretch disassembly_stretch_of(const struct image *image,
                                                         const struct image_segment *segment,
                                                         uint64_t address) {
    const struct image_symbol *symbol = image_symbol_at(image, address);
    struct disassembly_stretch stretch = {segment, 0, (size_t)(address - segment->address),
                                          segment->size};

    if (symbol && symbol->address >= segment->address && symbol->address <= address) {
        uint64_t left = segment->size - (symbol->address - segment->address);

        stretch.first = (size_t)(symbol->address - segment->address);
        if (address - symbol->address < symbol->size && symbol->size < left)
            stretch.end = stretch.first + (size_t)symbol->size;
    }
    if (stretch.at - stretch.first > DISASSEMBLY_LEAD_MAX)
        stretch.first = stretch.at - DISASSEMBLY_LEAD_MAX;
    return stretch;
}

static void disassembly_decode_at(struct disassembly *disassembly,
                                  const struct disassembly_stretch *stretch, size_t offset,
                                  struct disassembly_instruction *out) {
    disassembly_decode(disassembly, stretch->segment->bytes + offset, stretch->end - offset,
                       stretch->segment->address + offset, out);
}

/* The last `before` instructions that end at or ahead of stretch->at; how many. */
static size_t disassembly_lead(struct disassembly *disassembly,
                               const struct disassembly_stretch *stretch, unsigned before,
                               struct disassembly_instruction *out) {
    size_t count = 0, offset = stretch->first;

    while (before > 0 && offset < stretch->at) {
        struct disassembly_instruction instruction;

        disassembly_decode_at(disassembly, stretch, offset, &instruction);
        offset += instruction.size;
        if (offset > stretch->at)
            break;
        if (count == before)
            memmove(out, out + 1, --count * sizeof *out);
        out[count++] = instruction;
    }
    return count;
}

size_t disassembly_around(struct disassembly *disassembly, const struct image *image,
                          uint64_t address, unsigned before, unsigned after,
                          struct disassembly_instruction *out) {
    const struct image_segment *segment = disassembly_segment_at(image, address);
    struct disassembly_stretch stretch;
    size_t count, offset;

    if (!segment)
        return 0;
    stretch = disassembly_stretch_of(image, segment, address);
    count = disassembly_lead(disassembly, &stretch, before, out);
    offset = stretch.at;
    for (unsigned i = 0; i <= after && offset < stretch.end; i++) {
        disassembly_decode_at(disassembly, &stretch, offset, &out[count]);
        offset += out[count++].size;
    }
    return count;
}

struct disassembly_sites {
    uint64_t *addresses;
    size_t count, room;
};

static bool disassembly_sites_add(struct disassembly_sites *sites, uint64_t address) {
    if (sites->count == sites->room) {
        size_t room = sites->room ? 2 * sites->room : 16;
        uint64_t *grown = realloc(sites->addresses, room * sizeof *grown);

        if (!grown)
            return false;
        sites->addresses = grown;
        sites->room = room;
    }
    sites->addresses[sites->count++] = address;
    return true;
}

/* Where in the segment the last function starts that is not behind `offset`; `start` when none was
 * passed. *symbol is the first symbol not looked at, so that offsets must ascend. */
static size_t disassembly_pass_symbols(const struct image *image,
                                       const struct image_segment *segment, size_t offset,
                                       size_t start, size_t *symbol) {
    for (; *symbol < image->symbols_count; ++*symbol) {
        const struct image_symbol *passed = &image->symbols[*symbol];

        if (passed->address > segment->address + offset)
            break;
        if (passed->is_function && passed->address >= segment->address)
            start = (size_t)(passed->address - segment->address);
    }
    return start;
}

/* Decodes only towards the bytes 0F A2, because every CPUID ends in them and few others have them;
 * whether they are a CPUID is for the instruction that decoding lands on. */
static bool disassembly_segment_sites(struct disassembly *disassembly, const struct image *image,
                                      const struct image_segment *segment,
                                      struct disassembly_sites *sites) {
    size_t at = 0, symbol = 0, offset = 0;
    const uint8_t *pair;

    while ((pair = memmem(segment->bytes + offset, segment->size - offset, "\x0f\xa2", 2))) {
        offset = (size_t)(pair - segment->bytes);
        at = disassembly_pass_symbols(image, segment, offset, at, &symbol);
        if (at < offset && offset - at > DISASSEMBLY_LEAD_MAX)
            at = offset - DISASSEMBLY_LEAD_MAX;
        while (at <= offset) {
            struct disassembly_fetched fetched = disassembly_fetch(
                disassembly, segment->bytes + at, segment->size - at, segment->address + at);

            if (fetched.class == DISASSEMBLY_CPUID &&
                !disassembly_sites_add(sites, segment->address + at))
                return false;
            at += fetched.size;
        }
        offset++;
    }
    return true;
}

bool disassembly_cpuid_sites(struct disassembly *disassembly, const struct image *image,
                             uint64_t **sites, size_t *count) {
    struct disassembly_sites found = {0};

    *sites = NULL;
    *count = 0;
    for (size_t i = 0; i < image->segments_count; i++) {
        const struct image_segment *segment = &image->segments[i];

        if ((segment->permissions & IMAGE_EXECUTE) &&
            !disassembly_segment_sites(disassembly, image, segment, &found)) {
            free(found.addresses);
            return false;
        }
    }
    *sites = found.addresses;
    *count = found.count;
    return true;
}
