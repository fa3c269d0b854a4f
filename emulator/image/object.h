/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_IMAGE_OBJECT_H
#define HVSPEC_EMULATOR_IMAGE_OBJECT_H

#include "emulator/image/dynamic.h"

/*
 * Relocatable objects, and shared ones among them, while they are being linked. object.c lays
 * sections out, link_symbols.c gives symbols their addresses, link_places.c makes what they need
 * beside the sections, link.c applies the relocations; linked.c does all that for shared objects.
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
    uint64_t common;          /* a COMMON symbol's address */
    uint64_t got[IMAGE_GOTS]; /* its GOT entries; 1 while it only needs one */
    uint64_t stub, slot;      /* an indirect function's stub, and the word that it jumps through */
    bool is_called, is_referenced; /* by relocations */
};

struct image_object {
    struct image_file *file;
    struct image_link *link; /* that it is part of */
    uint64_t *addresses;     /* owned; by section; 0: not in memory */
    struct image_symbol_table symbols;
    struct image_place *places;    /* owned; by symbol; NULL: no symbols */
    struct image_dynamic *dynamic; /* owned; of a shared object; NULL: it is relocatable */
    uint64_t tls_offset;           /* of a shared object's part of the TLS image, from its start */
};

/* A symbol that objects see of each other. */
struct image_global {
    const char *name; /* in its file */
    size_t object, symbol;
    unsigned rank; /* the lowest one of a name is the one that counts */
};

/* All objects of a link; the first one is the one that was asked for. */
struct image_link {
    struct image_object *objects; /* owned */
    size_t count;
    struct image_global *globals; /* owned; by name and rank */
    size_t globals_count;
    uint64_t cursor;            /* next free address while the groups are laid out */
    uint64_t got;               /* where the global offset table starts */
    struct image_range *ranges; /* owned */
    size_t ranges_count;
};

/* Reserves memory at the cursor, `alignment` being a power of two or 0, and gives its address. */
bool image_reserve(struct image_link *link, uint64_t size, uint64_t alignment, uint64_t *address);

/* Appends a range of memory to be provided. */
bool image_link_add_range(struct image_link *link, struct image_range range);

/* Opens the symbol tables and finds out which symbols need stubs and GOT entries. */
bool image_link_open(struct image_link *link);

/* Lists symbols and imports, fills stubs and the GOT, relocates: when the segments are there. */
bool image_link(struct image_link *link);

/* link_symbols.c */

/* An indirect function, defined in its object. */
bool image_link_is_indirect(const struct image_entry *entry);

/* Of a COMMON symbol; those of the medium code model (-mcmodel=medium) that are large are marked as
 * such. */
bool image_link_is_common(const struct image_entry *entry);

/* Whether the symbol is the one that counts among those of its name. */
bool image_link_counts(const struct image_object *object, size_t index);

/* Lists what an object leaves undefined, and what it defines. */
bool image_link_import(const struct image_object *object);
bool image_link_list(const struct image_object *object);

/* What the symbol at `index` of an object stands for, in all objects. */
bool image_link_target(const struct image_object *object, size_t index, enum image_use use,
                       struct image_target *target);

/* link_places.c */

/* Reserves what follows the sections of a group. */
bool image_link_reserve_code(struct image_link *link);
bool image_link_reserve_data(struct image_link *link);

/* Fills the stubs and the GOT of an object, when the segments are there. */
bool image_link_fill(const struct image_object *object);

/* linked.c: the same steps for a shared object. */
bool image_linked_open(struct image_object *object);
bool image_linked_mark(struct image_object *object);
bool image_linked_place(struct image_object *object);
bool image_linked_place_tls(struct image_object *object);
bool image_linked_fill(const struct image_object *object);
bool image_linked_relocate(struct image_object *object);

/* globals.c */

/* Lists what objects see of each other; there is nothing to see for a single one. */
bool image_globals_open(struct image_link *link);

/* The symbol of that name that counts; NULL: no object defines it. */
const struct image_global *image_globals_find(const struct image_link *link, const char *name);

#endif
