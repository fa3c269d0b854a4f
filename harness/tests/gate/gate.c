/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/tests/gate/gate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    GATE_JUMP = 5,     /* bytes at the end of the code: jmp rel32 */
    GATE_THUNK = 1024, /* where in its page there is a jump through a slot, and the slot */
    GATE_SLOT = 1032
};

static uint64_t behind_all(const struct image *image) {
    uint64_t end = image->import_area + image->import_area_size;

    for (size_t i = 0; i < image->segments_count; i++) {
        const struct image_segment *segment = &image->segments[i];

        if (segment->address + segment->size > end)
            end = segment->address + segment->size;
    }
    /* A page between them, as between any two objects of a process. */
    return (end + IMAGE_PAGE - 1) / IMAGE_PAGE * IMAGE_PAGE + IMAGE_PAGE;
}

/* The code as a segment; its size in *size, 0: it cannot be read. */
static struct image_segment *add_segment(struct image *image, const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    struct image_segment *segment =
        reallocarray(image->segments, image->segments_count + 1, sizeof *segment);
    uint8_t *bytes = calloc(1, IMAGE_PAGE);

    *size = file && bytes ? fread(bytes, 1, IMAGE_PAGE, file) : 0;
    if (file)
        fclose(file);
    if (segment)
        image->segments = segment;
    if (!segment || *size <= GATE_JUMP || *size > GATE_THUNK) {
        free(bytes);
        return NULL;
    }
    segment += image->segments_count;
    *segment = (struct image_segment){.address = behind_all(image),
                                      .size = IMAGE_PAGE,
                                      .permissions = IMAGE_READ | IMAGE_WRITE | IMAGE_EXECUTE,
                                      .bytes = bytes};
    segment->own_first = segment->address;
    segment->own_last = segment->address + IMAGE_PAGE - 1;
    image->segments_count++;
    return segment;
}

/* Code that jumps where a resolver says at the start of each boot; 0: out of memory. */
static uint64_t add_thunk(struct probe *probe, struct image_segment *segment) {
    struct image *image = probe->image;
    struct image_indirect *grown =
        reallocarray(image->indirects, image->indirects_count + 1, sizeof *grown);
    const uint64_t slot = segment->address + GATE_SLOT, thunk = segment->address + GATE_THUNK;

    if (!grown)
        return 0;
    image->indirects = grown;
    grown[image->indirects_count++] = (struct image_indirect){slot, probe->setup.entry};
    probe->setup.resolvers_count = 0;
    /* jmp *slot: by its distance in 64-bit code, by its address in 32-bit code. */
    image_put(image, thunk, 2, 0x25ff);
    image_put(image, thunk + 2, 4, image->mode == IMAGE_64 ? slot - (thunk + 6) : slot);
    image_put(image, slot, (unsigned)image->mode / 8, probe->setup.entry);
    return thunk;
}

bool gate_put(struct probe *probe, const char *folder, struct errors *errors) {
    char path[1024];
    struct image_segment *segment;
    uint64_t next = probe->setup.entry, end;
    size_t size;

    snprintf(path, sizeof path, "%s/%d.bin", folder, (int)probe->image->mode);
    segment = add_segment(probe->image, path, &size);
    if (!segment)
        return errors_add(errors, path, 0, 0, "no gate's code");
    end = segment->address + size;
    if (probe->setup.resolvers_count > 0)
        next = add_thunk(probe, segment);
    if (next == 0 || !image_put(probe->image, end - 4, 4, (uint32_t)(next - end)))
        return errors_add(errors, path, 0, 0, "the gate leads nowhere");
    probe->setup.entry = segment->address;
    return true;
}
