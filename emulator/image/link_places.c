/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image/object.h"

/* What is made for symbols beside the sections: memory of COMMON ones, entries of the global offset
 * table, and stubs of indirect functions. */
#define IMAGE_STUB_SIZE 16u /* bytes: jmp *slot, padded to the usual alignment of functions */
#define IMAGE_STUB_JUMP 6u  /* bytes: FF 25 and 32 bits, relative to RIP in 64-bit code */

static bool image_link_reserve_stubs(struct image_object *object) {
    for (size_t i = 1; i < object->symbols.count; i++) {
        struct image_entry entry;

        if (!image_symbols_get(object->file, &object->symbols, i, &entry))
            return false;
        if (image_link_is_indirect(&entry) &&
            !image_reserve(object->link, IMAGE_STUB_SIZE, IMAGE_STUB_SIZE, &object->places[i].stub))
            return false;
    }
    return true;
}

bool image_link_reserve_code(struct image_link *link) {
    for (size_t i = 0; i < link->count; i++) {
        if (!link->objects[i].dynamic && !image_link_reserve_stubs(&link->objects[i]))
            return false;
    }
    return true;
}

static bool image_link_reserve_common(struct image_object *object) {
    for (size_t i = 1; i < object->symbols.count; i++) {
        struct image_entry entry;

        if (!image_symbols_get(object->file, &object->symbols, i, &entry))
            return false;
        /* A COMMON symbol's value is its alignment. */
        if (entry.is_special && image_link_is_common(&entry) && image_link_counts(object, i) &&
            !image_reserve(object->link, entry.symbol.st_size, entry.symbol.st_value,
                           &object->places[i].common))
            return false;
    }
    return true;
}

static bool image_link_reserve_got(struct image_object *object) {
    unsigned word = object->file->word;

    for (size_t i = 0; i < object->symbols.count; i++) {
        struct image_place *place = &object->places[i];

        for (unsigned got = IMAGE_GOT_ADDRESS; got < IMAGE_GOTS; got++) {
            unsigned words = got < IMAGE_GOT_TLS_INDEX ? 1 : 2;

            if (place->got[got] &&
                !image_reserve(object->link, words * word, word, &place->got[got]))
                return false;
        }
        if (place->stub && !image_reserve(object->link, word, word, &place->slot))
            return false;
    }
    return true;
}

bool image_link_reserve_data(struct image_link *link) {
    for (size_t i = 0; i < link->count; i++) {
        if (!image_link_reserve_common(&link->objects[i]))
            return false;
    }
    if (!image_reserve(link, 0, link->objects[0].file->word, &link->got))
        return false;
    for (size_t i = 0; i < link->count; i++) {
        if (!image_link_reserve_got(&link->objects[i]))
            return false;
    }
    return true;
}

/* jmp *slot, relative to the next instruction in 64-bit code. */
static bool image_link_fill_stub(const struct image_object *object, const struct image_place *place,
                                 const struct image_entry *entry) {
    struct image *image = object->file->image;
    uint64_t operand =
        object->file->word == 8 ? place->slot - place->stub - IMAGE_STUB_JUMP : place->slot;

    image_memory_put(image, place->stub, 2, 0x25ff);
    image_memory_put(image, place->stub + 2, 4, operand);
    return image_indirects_add(object->file, place->slot,
                               object->addresses[entry->section] + entry->symbol.st_value);
}

/* The GOT entries of a symbol. There is one module, and it has the number 1. */
static bool image_link_fill_got(const struct image_object *object, const struct image_place *place,
                                const struct image_target *target) {
    struct image *image = object->file->image;
    unsigned word = object->file->word;
    uint64_t offset = image_tls_from_thread_pointer(image, target->tls_offset);
    const uint64_t *got = place->got;

    if ((got[IMAGE_GOT_TLS] || got[IMAGE_GOT_TLS_INDEX] || got[IMAGE_GOT_TLS_DESC]) &&
        !target->is_tls)
        return image_fail(object->file,
                          "the variable '%s' is used as a thread-local one, and is none",
                          target->name);
    if (got[IMAGE_GOT_ADDRESS])
        image_memory_put(image, got[IMAGE_GOT_ADDRESS], word, target->address);
    if (got[IMAGE_GOT_TLS])
        image_memory_put(image, got[IMAGE_GOT_TLS], word, offset);
    if (got[IMAGE_GOT_TLS_INDEX]) {
        image_memory_put(image, got[IMAGE_GOT_TLS_INDEX], word, 1);
        image_memory_put(image, got[IMAGE_GOT_TLS_INDEX] + word, word, target->tls_offset);
    }
    if (got[IMAGE_GOT_TLS_MODULE])
        image_memory_put(image, got[IMAGE_GOT_TLS_MODULE], word, 1);
    if (got[IMAGE_GOT_TLS_DESC]) {
        image_memory_put(image, got[IMAGE_GOT_TLS_DESC], word,
                         image_helper(image, IMAGE_HELPER_TLS));
        image_memory_put(image, got[IMAGE_GOT_TLS_DESC] + word, word, offset);
    }
    return true;
}

bool image_link_fill(const struct image_object *object) {
    for (size_t i = 1; i < object->symbols.count; i++) {
        const struct image_place *place = &object->places[i];
        struct image_target target;
        struct image_entry entry;

        if (!image_symbols_get(object->file, &object->symbols, i, &entry) ||
            !image_link_target(object, i, IMAGE_USE_REFERENCE, &target) ||
            (place->stub && !image_link_fill_stub(object, place, &entry)))
            return false;
        if (!image_link_fill_got(object, place, &target))
            return false;
    }
    return true;
}
