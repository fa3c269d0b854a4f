/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_IMAGE_OBJECT_H
#define HVSPEC_EMULATOR_IMAGE_OBJECT_H

#include "emulator/image/internal.h"

/*
 * A relocatable object while it is being linked. image_object.c lays its sections out,
 * image_link.c gives symbols their addresses and applies the relocations.
 */
enum {
    IMAGE_GROUP_CODE,
    IMAGE_GROUP_CONSTANTS,
    IMAGE_GROUP_DATA,
    IMAGE_GROUP_MIXED, /* writable and executable */
    IMAGE_GROUPS
};

/* What was made for one symbol; 0: nothing of the kind. */
struct image_place {
    uint64_t common;       /* a COMMON symbol's address */
    uint64_t got[IMAGE_GOTS]; /* its GOT entries; 1 while it only needs one */
    uint64_t stub, slot;   /* an indirect function's stub, and the word that it jumps through */
    bool is_called, is_referenced; /* by relocations */
};

struct image_object {
    const struct image_file *file;
    uint64_t *addresses; /* owned; by section; 0: not in memory */
    struct image_symbol_table symbols;
    struct image_place *places; /* owned; by symbol; NULL: no symbols */
    uint64_t cursor;            /* next free address while the groups are laid out */
    uint64_t got;               /* where the global offset table starts */
    struct image_range ranges[IMAGE_GROUPS];
    size_t ranges_count;
};

/* Reserves memory at the cursor, `alignment` being a power of two or 0, and gives its address. */
bool image_reserve(struct image_object *object, uint64_t size, uint64_t alignment,
                   uint64_t *address);

/* Opens the symbol table and finds out which symbols need stubs and GOT entries. */
bool image_link_open(struct image_object *object);

/* Reserves what follows the sections of a group. */
bool image_link_reserve_code(struct image_object *object);
bool image_link_reserve_data(struct image_object *object);

/* Lists symbols and imports, fills stubs and the GOT, relocates: when the segments are there. */
bool image_link(struct image_object *object);

#endif
