/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_SOURCE_BORDERS_H
#define HVSPEC_EMULATOR_SOURCE_BORDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Address ranges that lie within each other, and the value of the innermost at an address. Ranges
 * that only overlap are no error: the one that begins last is the innermost.
 */
struct source_range {
    uint64_t first, end; /* end is not part of it */
    uint64_t value;
    size_t order; /* of two that are the same, the later one lies within the other */
};

struct source_border {
    uint64_t first; /* from here on... */
    uint64_t value; /* ...this; 0: none */
};

struct source_borders {
    struct source_range *ranges;
    struct source_border *list;
    size_t ranges_count, count;
};

#define SOURCE_BORDERS_MAX (1024u * 1024) /* ranges */

/* Room for one more in a list: doubles at powers of two. NULL: out of memory, the list is as it
 * was. */
void *source_borders_grow(void *list, size_t count, size_t size);

bool source_borders_full(const struct source_borders *borders);

/* An empty range, or one more than the most, is left out. False: out of memory. */
bool source_borders_add(struct source_borders *borders, uint64_t first, uint64_t end,
                        uint64_t value);

/* To be called once, behind the last range. False: out of memory, and nothing is found. */
bool source_borders_draw(struct source_borders *borders);

/* The innermost range's value; 0: the address is in none. */
uint64_t source_borders_find(const struct source_borders *borders, uint64_t address);

void source_borders_clear(struct source_borders *borders);

#endif
