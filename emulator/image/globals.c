/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image/object.h"

#include <stdlib.h>
#include <string.h>

/* What objects that are linked together see of each other: of several definitions of a name the
 * first strong one counts, then the first COMMON one, then the first weak one. */
enum { RANK_STRONG, RANK_COMMON, RANK_WEAK };

static int image_compare_globals(const void *a, const void *b) {
    const struct image_global *left = a, *right = b;
    int names = strcmp(left->name, right->name);

    if (names != 0)
        return names;
    if (left->rank != right->rank)
        return left->rank < right->rank ? -1 : 1;
    return (left->object > right->object) - (left->object < right->object);
}

static bool image_globals_add(struct image_link *link, size_t object, size_t symbol,
                              const struct image_entry *entry) {
    unsigned bind = GELF_ST_BIND(entry->symbol.st_info);

    if (bind == STB_LOCAL || entry->section == SHN_UNDEF || !entry->name[0])
        return true;
    if (!image_grow((void **)&link->globals, link->globals_count, sizeof *link->globals))
        return image_fail(link->objects[object].file, "out of memory");
    link->globals[link->globals_count++] =
        (struct image_global){entry->name, object, symbol,
                              bind == STB_WEAK                                 ? RANK_WEAK
                              : entry->is_special && entry->section != SHN_ABS ? RANK_COMMON
                                                                               : RANK_STRONG};
    return true;
}

bool image_globals_open(struct image_link *link) {
    if (link->count < 2)
        return true;
    for (size_t k = 0; k < link->count; k++) {
        const struct image_object *object = &link->objects[k];

        for (size_t i = 1; i < object->symbols.count; i++) {
            struct image_entry entry;

            if (!image_symbols_get(object->file, &object->symbols, i, &entry) ||
                !image_globals_add(link, k, i, &entry))
                return false;
        }
    }
    if (link->globals_count)
        qsort(link->globals, link->globals_count, sizeof *link->globals, image_compare_globals);
    return true;
}

const struct image_global *image_globals_find(const struct image_link *link, const char *name) {
    size_t low = 0, high = link->globals_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(link->globals[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < link->globals_count && strcmp(link->globals[low].name, name) == 0
               ? &link->globals[low]
               : NULL;
}
