/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Undefined data: it reads as zero until it is written, and what was read so is noted, since the
 * verdict then hangs on it. A function whose address was taken is called through that memory, and a
 * pointer found there leads nowhere.
 */
#define UNDEFINED_NULL_END 0x10000u /* what an access through a null pointer reaches */

static bool guest_is_undefined(const struct guest *guest, uint64_t address) {
    const struct image *image = guest->image;

    return image->undefined_last != 0 && address >= image->undefined_first &&
           address <= image->undefined_last;
}

static uint8_t *guest_written_bits(const struct guest *guest, uint64_t address, uint8_t *bit) {
    uint64_t index = address - guest->image->undefined_first;

    *bit = (uint8_t)(1u << index % 8);
    return &guest->undefined.written[index / 8];
}

static bool guest_was_written(const struct guest *guest, uint64_t address) {
    uint8_t bit;

    return *guest_written_bits(guest, address, &bit) & bit;
}

void guest_undefined_wrote(struct guest *guest, uint64_t address, size_t size) {
    if (!guest->undefined.written)
        return;
    for (size_t i = 0; i < size; i++) {
        uint8_t bit, *bits;

        if (!guest_is_undefined(guest, address + i))
            continue;
        bits = guest_written_bits(guest, address + i, &bit);
        *bits |= bit;
        guest->undefined.is_written = true;
    }
}

void guest_assume(struct guest *guest, uint64_t address) {
    struct guest_undefined *undefined = &guest->undefined;

    for (size_t i = 0; i < undefined->reads_count; i++) {
        if (undefined->reads[i] == address)
            return;
    }
    if (undefined->reads_count < GUEST_ASSUMED_MAX)
        undefined->reads[undefined->reads_count++] = address;
}

void guest_undefined_read(struct guest *guest, uint64_t address, size_t size) {
    struct guest_undefined *undefined = &guest->undefined;

    if (!undefined->written || !guest_is_undefined(guest, address) ||
        guest_was_written(guest, address))
        return;
    if (size == guest->word)
        undefined->pointer = address;
    for (size_t i = 0; i < undefined->reads_count; i++) {
        if (undefined->reads[i] == address)
            return;
    }
    if (image_is_known_at(guest->image, address))
        undefined->pointer = 0;
    else
        guest_assume(guest, address);
}

static void guest_on_undefined(void *data, uint64_t address, uint32_t size) {
    guest_undefined_read(data, address, size);
}

void guest_undefined_boot(struct guest *guest) {
    if (guest->undefined.is_written)
        memset(guest->undefined.written, 0, guest->undefined.written_size);
    guest->undefined.is_written = false;
}

bool guest_undefined_open(struct guest *guest, struct errors *errors) {
    const struct image *image = guest->image;

    if (image->undefined_last == 0)
        return true;
    guest->undefined.written_size =
        (size_t)((image->undefined_last - image->undefined_first) / 8 + 1);
    guest->undefined.written = calloc(1, guest->undefined.written_size);
    if (!guest->undefined.written)
        return errors_add(errors, NULL, 0, 0, "out of memory for the guest");
    if (!engine_hook_memory(guest->engine, ENGINE_READS, guest_on_undefined, guest,
                            image->undefined_first, image->undefined_last))
        return errors_add(errors, NULL, 0, 0, "the engine refuses a hook");
    return true;
}

void guest_undefined_close(struct guest *guest) {
    for (size_t i = 0; i < guest->undefined.names_count; i++)
        free(guest->undefined.names[i]);
    free(guest->undefined.written);
}

uint64_t guest_undefined_function(const struct guest *guest, uint64_t address) {
    const struct image_import *import = image_undefined_at(guest->image, address);

    return import && import->data == address ? import->address : 0;
}

/* "NAME+0x24", the same text each time. */
static const char *guest_undefined_name(struct guest *guest, uint64_t address) {
    struct guest_undefined *undefined = &guest->undefined;
    const struct image_import *import = image_undefined_at(guest->image, address);
    char *name;

    if (!import)
        return NULL;
    if (address == import->data ||
        asprintf(&name, "%s+%#llx", import->name, (unsigned long long)(address - import->data)) < 0)
        return import->name;
    for (size_t i = 0; i < undefined->names_count; i++) {
        if (strcmp(undefined->names[i], name) == 0) {
            free(name);
            return undefined->names[i];
        }
    }
    if (undefined->names_count == GUEST_ASSUMED_MAX) {
        free(name);
        return import->name;
    }
    return undefined->names[undefined->names_count++] = name;
}

bool guest_undefined_explains(struct guest *guest, uint64_t fault) {
    if (guest->undefined.pointer == 0 || fault >= UNDEFINED_NULL_END)
        return false;
    guest->seen.end_name = guest_undefined_name(guest, guest->undefined.pointer);
    return guest->seen.end_name != NULL;
}

size_t guest_assumed(const struct guest *guest, const uint64_t **addresses) {
    *addresses = guest->undefined.reads;
    return guest->undefined.reads_count;
}
