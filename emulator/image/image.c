/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/sha256.h"
#include "emulator/image/internal.h"

#include <stdlib.h>
#include <string.h>

#define IMAGE_16_END 0x100000u /* 1 MiB: what real mode reaches */
#define IMAGE_32_END (UINT64_C(1) << 32)

void image_free(struct image *image) {
    if (!image)
        return;
    for (size_t i = 0; i < image->segments_count; i++)
        free(image->segments[i].bytes);
    for (size_t i = 0; i < image->symbols_count; i++)
        free(image->symbols[i].name);
    for (size_t i = 0; i < image->imports_count; i++)
        free(image->imports[i].name);
    for (size_t i = 0; i < image->tls_outside_count; i++)
        free(image->tls_outside_names[i]);
    free(image->tls_outside_names);
    free(image->rewritten);
    free(image->path);
    free(image->member);
    free(image->segments);
    free(image->symbols);
    free(image->imports);
    free(image->stated);
    free(image->indirects);
    free(image->constructors);
    free(image->sections);
    free(image);
}

uint64_t image_helper(const struct image *image, enum image_helper helper) {
    return image->helpers + (uint64_t)helper * IMAGE_IMPORT_SIZE;
}

uint64_t image_written_address(const struct image *image, uint64_t address) {
    size_t available;

    return image->start > 0 && image_bytes(image, image->start + address, &available)
               ? image->start + address
               : image->bias + address;
}

/* A global symbol wins over local ones of the same name, a function over data. */
const struct image_symbol *image_find_symbol(const struct image *image, const char *name) {
    const struct image_symbol *best = NULL;

    for (size_t i = 0; i < image->symbols_count; i++) {
        const struct image_symbol *symbol = &image->symbols[i];

        if (strcmp(symbol->name, name) != 0)
            continue;
        if (!best || (symbol->is_global && !best->is_global) ||
            (symbol->is_global == best->is_global && symbol->is_function && !best->is_function))
            best = symbol;
    }
    return best;
}

static bool image_symbol_covers(const struct image_symbol *symbol, uint64_t address) {
    return address - symbol->address < symbol->size;
}

/* Whether `symbol` says more about the address than `best`: a function that covers it rather than a
 * label inside, else the nearer one, else a resolver's own name rather than that of the function
 * that it chooses, else the global one of two names of the same place. */
static bool image_symbol_is_nearer(const struct image_symbol *best,
                                   const struct image_symbol *symbol, uint64_t address) {
    bool covers = image_symbol_covers(symbol, address);

    if (covers != image_symbol_covers(best, address))
        return covers;
    if (symbol->address != best->address)
        return symbol->address > best->address;
    if (symbol->is_indirect != best->is_indirect)
        return best->is_indirect;
    return symbol->is_global && !best->is_global;
}

const struct image_symbol *image_symbol_at(const struct image *image, uint64_t address) {
    const struct image_segment *segment = image_memory_segment(image, address);
    const struct image_symbol *best = NULL;

    for (size_t i = 0; segment && i < image->symbols_count; i++) {
        const struct image_symbol *symbol = &image->symbols[i];

        if (symbol->address > address)
            break;
        if (symbol->is_function && symbol->address >= segment->address &&
            (!best || image_symbol_is_nearer(best, symbol, address)))
            best = symbol;
    }
    return best;
}

const uint8_t *image_bytes(const struct image *image, uint64_t address, size_t *available) {
    const struct image_segment *segment = image_memory_segment(image, address);

    *available = segment ? segment->size - (size_t)(address - segment->address) : 0;
    return segment ? segment->bytes + (address - segment->address) : NULL;
}

/* The first address that the mode can't reach; 0: all 64 bits are reached. */
static uint64_t image_mode_end(enum image_mode mode) {
    return mode == IMAGE_16 ? IMAGE_16_END : mode == IMAGE_32 ? IMAGE_32_END : 0;
}

static bool image_flat_fits(const struct image_file *file, uint64_t address) {
    uint64_t end = image_mode_end(file->image->mode);

    if (file->size == 0)
        return image_fail(file, "the file is empty; a flat binary has at least one byte");
    if (file->size > IMAGE_SIZE_MAX)
        return image_fail(file, "the file has %zu bytes; at most %u are loaded", file->size,
                          IMAGE_SIZE_MAX);
    if (address > UINT64_MAX - IMAGE_PAGE - file->size ||
        (end && (address >= end || file->size > end - address)))
        return image_fail(file,
                          "%zu bytes at %#llx reach beyond what %u-bit code can address; give a "
                          "lower address",
                          file->size, (unsigned long long)address, (unsigned)file->image->mode);
    return true;
}

static bool image_fill_flat(const struct image_file *file, uint64_t address) {
    struct image_range range = {address, address + file->size - 1,
                                IMAGE_READ | IMAGE_WRITE | IMAGE_EXECUTE};
    struct image_entry start = {.name = "start",
                                .symbol = {.st_info = GELF_ST_INFO(STB_GLOBAL, STT_FUNC)}};

    if (!image_memory_build(file, &range, 1))
        return false;
    image_memory_write(file->image, address, file->bytes, file->size);
    return image_symbols_add(file, &start, address, true) && image_imports_place(file);
}

struct image *image_load_flat(const char *path, enum image_mode mode, uint64_t address,
                              struct errors *errors) {
    struct image_file file = {.path = path, .errors = errors};
    bool ok;

    file.bytes = image_read_file(path, &file.size, errors);
    if (!file.bytes)
        return NULL;
    file.image = calloc(1, sizeof *file.image);
    if (!file.image || !(file.image->path = strdup(path))) {
        image_fail(&file, "out of memory");
        ok = false;
    } else {
        file.image->mode = mode;
        file.image->is_flat = true;
        sha256_text(file.bytes, file.size, file.image->sha256);
        ok = image_flat_fits(&file, address) && image_fill_flat(&file, address);
    }
    free(file.bytes);
    if (ok)
        return file.image;
    image_free(file.image);
    return NULL;
}
