/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_IMAGE_TESTS_IMAGE_FIXTURE_H
#define HVSPEC_EMULATOR_IMAGE_TESTS_IMAGE_FIXTURE_H

#include "emulator/image/image.h"
#include "base/tests/unit.h"

#include <string.h>

/* What the image tests share: loading one of the files that fixtures/ makes, and looking into it.
 */
#define FIXTURE(name) HVSPEC_TEST_FIXTURES "/" name

/* Loads a file that must load; errors are shown, as they say why it did not. */
static inline struct image *fixture_load(const char *path) {
    struct errors errors = {0};
    struct image *image = image_load_elf(path, &errors);

    errors_print(&errors, "\n    ", stdout);
    CU_ASSERT_PTR_NOT_NULL(image);
    CU_ASSERT_TRUE(errors_none(&errors));
    errors_clear(&errors);
    return image;
}

static inline uint64_t fixture_symbol(const struct image *image, const char *name) {
    const struct image_symbol *symbol = image_find_symbol(image, name);

    CU_ASSERT_PTR_NOT_NULL(symbol);
    return symbol ? symbol->address : 0;
}

static inline uint64_t fixture_import(const struct image *image, const char *name) {
    for (size_t i = 0; i < image->imports_count; i++) {
        if (strcmp(image->imports[i].name, name) == 0)
            return image->imports[i].address;
    }
    CU_FAIL("no such import");
    return 0;
}

/* Where references to an undefined symbol that are no calls lead. */
static inline uint64_t fixture_undefined(const struct image *image, const char *name) {
    for (size_t i = 0; i < image->imports_count; i++) {
        if (strcmp(image->imports[i].name, name) == 0)
            return image->imports[i].data;
    }
    CU_FAIL("no such import");
    return 0;
}

/* The little-endian integer of `width` bytes at an address. */
static inline uint64_t fixture_word(const struct image *image, uint64_t address, unsigned width) {
    size_t available;
    const uint8_t *bytes = image_bytes(image, address, &available);
    uint64_t value = 0;

    CU_ASSERT_TRUE(bytes && available >= width);
    for (unsigned i = 0; bytes && available >= width && i < width; i++)
        value |= (uint64_t)bytes[i] << 8 * i;
    return value;
}

/* The permissions of the segment that holds an address. */
static inline unsigned fixture_permissions(const struct image *image, uint64_t address) {
    for (size_t i = 0; i < image->segments_count; i++) {
        if (address >= image->segments[i].address &&
            address - image->segments[i].address < image->segments[i].size)
            return image->segments[i].permissions;
    }
    return 0;
}

#endif
