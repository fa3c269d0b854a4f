/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image/internal.h"

#include <stdlib.h>
#include <string.h>

static uint64_t image_page(uint64_t address) {
    return address & ~(uint64_t)(IMAGE_PAGE - 1);
}

static int image_compare_ranges(const void *a, const void *b) {
    const struct image_range *left = a, *right = b;

    return (left->first > right->first) - (left->first < right->first);
}

static bool image_check_ranges(const struct image_file *file, const struct image_range *ranges,
                               size_t count) {
    uint64_t limit = file->image->mode == IMAGE_64 ? UINT64_MAX - IMAGE_PAGE : UINT32_MAX;
    uint64_t total = 0;

    for (size_t i = 0; i < count; i++) {
        if (ranges[i].last > limit)
            return image_fail(file, "a segment reaches %#llx, beyond the address space",
                              (unsigned long long)ranges[i].last);
        if (i && ranges[i].first <= ranges[i - 1].last)
            return image_fail(file, "two segments overlap at %#llx",
                              (unsigned long long)ranges[i].first);
        total += image_page(ranges[i].last) - image_page(ranges[i].first) + IMAGE_PAGE;
        if (ranges[i].last - ranges[i].first >= IMAGE_SIZE_MAX || total > IMAGE_SIZE_MAX)
            return image_fail(file, "the segments need more than %u MiB of memory",
                              IMAGE_SIZE_MAX >> 20);
    }
    return true;
}

/* The pages from `first` to the page of range->last, as the last segment. */
static void image_append_segment(struct image *image, uint64_t first, struct image_range range) {
    struct image_segment *segment = &image->segments[image->segments_count++];

    *segment = (struct image_segment){
        .address = first,
        .size = (size_t)(image_page(range.last) - first) + IMAGE_PAGE,
        .permissions = range.permissions,
        .own_first = range.first,
        .own_last = range.last,
    };
}

/* The last segment's last page is `page`, which `range` begins on too: the page becomes a segment
 * of its own with the permissions of both. Returns what is left of the range; `first` above `last`
 * when nothing is. */
static struct image_range image_share_page(struct image *image, uint64_t page,
                                           struct image_range range) {
    struct image_segment *before = &image->segments[image->segments_count - 1];
    uint64_t page_last = page + IMAGE_PAGE - 1;
    uint64_t shared_last = range.last < page_last ? range.last : page_last;

    if (before->address < page) {
        struct image_range shared = {page, shared_last, before->permissions | range.permissions};

        before->size = (size_t)(page - before->address);
        before->own_last = page - 1;
        image_append_segment(image, page, shared);
    } else {
        before->permissions |= range.permissions;
        before->own_last = shared_last;
    }
    range.first = page_last + 1;
    return range;
}

bool image_memory_build(const struct image_file *file, struct image_range *ranges, size_t count) {
    struct image *image = file->image;

    if (count)
        qsort(ranges, count, sizeof *ranges, image_compare_ranges);
    if (!image_check_ranges(file, ranges, count))
        return false;
    /* Each range adds its own segment and at most one that it shares. */
    image->segments = calloc(2 * count + 1, sizeof *image->segments);
    if (!image->segments)
        return image_fail(file, "out of memory");
    for (size_t i = 0; i < count; i++) {
        struct image_range range = ranges[i];
        uint64_t page = image_page(range.first);

        if (i && image_page(ranges[i - 1].last) == page)
            range = image_share_page(image, page, range);
        if (range.first <= range.last)
            image_append_segment(image, image_page(range.first), range);
    }
    for (size_t i = 0; i < image->segments_count; i++) {
        image->segments[i].bytes = calloc(1, image->segments[i].size);
        if (!image->segments[i].bytes)
            return image_fail(file, "out of memory");
    }
    return true;
}

struct image_segment *image_memory_segment(const struct image *image, uint64_t address) {
    size_t low = 0, high = image->segments_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct image_segment *segment = &image->segments[middle];

        if (address < segment->address)
            high = middle;
        else if (address - segment->address >= segment->size)
            low = middle + 1;
        else
            return segment;
    }
    return NULL;
}

/* The bytes at `address`, and in *size how many of the wanted ones the segment holds. */
static uint8_t *image_memory_run(const struct image *image, uint64_t address, size_t *size) {
    struct image_segment *segment = image_memory_segment(image, address);
    size_t offset;

    if (!segment)
        return NULL;
    offset = (size_t)(address - segment->address);
    if (*size > segment->size - offset)
        *size = segment->size - offset;
    return segment->bytes + offset;
}

bool image_memory_read(const struct image *image, uint64_t address, void *bytes, size_t size) {
    uint8_t *to = bytes;

    while (size) {
        size_t run = size;
        const uint8_t *from = image_memory_run(image, address, &run);

        if (!from)
            return false;
        memcpy(to, from, run);
        to += run;
        address += run;
        size -= run;
    }
    return true;
}

bool image_memory_write(struct image *image, uint64_t address, const void *bytes, size_t size) {
    const uint8_t *from = bytes;

    while (size) {
        size_t run = size;
        uint8_t *to = image_memory_run(image, address, &run);

        if (!to)
            return false;
        memcpy(to, from, run);
        from += run;
        address += run;
        size -= run;
    }
    return true;
}

bool image_memory_get(const struct image *image, uint64_t address, unsigned width,
                      uint64_t *value) {
    uint8_t bytes[8];

    *value = 0;
    if (!image_memory_read(image, address, bytes, width))
        return false;
    for (unsigned i = 0; i < width; i++)
        *value |= (uint64_t)bytes[i] << 8 * i;
    return true;
}

bool image_memory_put(struct image *image, uint64_t address, unsigned width, uint64_t value) {
    uint8_t bytes[8];

    for (unsigned i = 0; i < width; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
    return image_memory_write(image, address, bytes, width);
}

/* Makes `address`, page-aligned and inside a segment, the start of a segment. */
static bool image_split(struct image *image, uint64_t address) {
    struct image_segment *segment, *grown;
    size_t index, head;
    uint8_t *tail;

    grown = reallocarray(image->segments, image->segments_count + 1, sizeof *grown);
    if (!grown)
        return false;
    image->segments = grown;
    segment = image_memory_segment(image, address);
    if (!segment || segment->address == address)
        return true;
    index = (size_t)(segment - grown);
    head = (size_t)(address - segment->address);
    tail = malloc(segment->size - head);
    if (!tail)
        return false;
    memcpy(tail, segment->bytes + head, segment->size - head);
    memmove(segment + 1, segment, (image->segments_count - index) * sizeof *segment);
    image->segments_count++;
    segment[1].address = address;
    segment[1].bytes = tail;
    segment[1].size -= head;
    segment[1].own_first = address > segment->own_first ? address : segment->own_first;
    segment->size = head;
    segment->own_last = address - 1;
    return true;
}

bool image_memory_protect(const struct image_file *file, uint64_t first, uint64_t end) {
    struct image *image = file->image;

    if (first >= end)
        return true;
    if (!image_split(image, first) || !image_split(image, end))
        return image_fail(file, "out of memory");
    for (size_t i = 0; i < image->segments_count; i++) {
        if (image->segments[i].address >= first && image->segments[i].address < end)
            image->segments[i].permissions &= ~(unsigned)IMAGE_WRITE;
    }
    return true;
}

bool image_put(struct image *image, uint64_t address, unsigned width, uint64_t value) {
    return image_memory_put(image, address, width, value);
}
