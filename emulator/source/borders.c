/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/source/borders.h"

#include <stdlib.h>

void *source_borders_grow(void *list, size_t count, size_t size) {
    return count & (count - 1) ? list : reallocarray(list, count ? 2 * count : 1, size);
}

bool source_borders_full(const struct source_borders *borders) {
    return borders->ranges_count == SOURCE_BORDERS_MAX;
}

bool source_borders_add(struct source_borders *borders, uint64_t first, uint64_t end,
                        uint64_t value) {
    struct source_range *grown;

    if (first >= end || source_borders_full(borders))
        return true;
    grown = source_borders_grow(borders->ranges, borders->ranges_count, sizeof *grown);
    if (!grown)
        return false;
    borders->ranges = grown;
    grown[borders->ranges_count] = (struct source_range){first, end, value, borders->ranges_count};
    borders->ranges_count++;
    return true;
}

static int borders_order(const void *a, const void *b) {
    const struct source_range *left = a, *right = b;

    if (left->first != right->first)
        return left->first < right->first ? -1 : 1;
    if (left->end != right->end)
        return left->end > right->end ? -1 : 1;
    return (left->order > right->order) - (left->order < right->order);
}

static void borders_put(struct source_borders *borders, uint64_t first, uint64_t value) {
    if (borders->count > 0 && borders->list[borders->count - 1].first == first)
        borders->count--;
    borders->list[borders->count++] = (struct source_border){first, value};
}

/* Ends the open ranges that end up to an address; returns how many are open still. */
static size_t borders_close(struct source_borders *borders, const struct source_range **open,
                            size_t count, uint64_t upto) {
    while (count > 0 && open[count - 1]->end <= upto) {
        uint64_t end = open[count - 1]->end;

        while (count > 0 && open[count - 1]->end <= end)
            count--;
        borders_put(borders, end, count > 0 ? open[count - 1]->value : 0);
    }
    return count;
}

bool source_borders_draw(struct source_borders *borders) {
    const struct source_range **open = calloc(borders->ranges_count + 1, sizeof *open);
    size_t count = 0;

    borders->list = calloc(2 * borders->ranges_count + 1, sizeof *borders->list);
    if (!open || !borders->list) {
        free(open);
        return false;
    }
    if (borders->ranges_count > 0)
        qsort(borders->ranges, borders->ranges_count, sizeof *borders->ranges, borders_order);
    for (size_t i = 0; i < borders->ranges_count; i++) {
        const struct source_range *range = &borders->ranges[i];

        count = borders_close(borders, open, count, range->first);
        open[count++] = range;
        borders_put(borders, range->first, range->value);
    }
    borders_close(borders, open, count, UINT64_MAX);
    free(open);
    return true;
}

uint64_t source_borders_find(const struct source_borders *borders, uint64_t address) {
    size_t low = 0, high = borders->list ? borders->count : 0;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (borders->list[middle].first <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 ? borders->list[low - 1].value : 0;
}

void source_borders_clear(struct source_borders *borders) {
    free(borders->ranges);
    free(borders->list);
    *borders = (struct source_borders){0};
}
