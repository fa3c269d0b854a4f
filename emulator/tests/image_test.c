/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image.h"
#include "emulator/tests/unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIXTURE(name) HVSPEC_TEST_BINARY "/tests/fixtures/" name

/* Loads a fixture that must load; errors are shown, as they say why it did not. */
static struct image *loaded(const char *path) {
    struct errors errors = {0};
    struct image *image = image_load_elf(path, &errors);

    errors_print(&errors, "\n    ", stdout);
    CU_ASSERT_PTR_NOT_NULL(image);
    CU_ASSERT_TRUE(errors_none(&errors));
    errors_clear(&errors);
    return image;
}

static uint64_t address_of(const struct image *image, const char *name) {
    const struct image_symbol *symbol = image_find_symbol(image, name);

    CU_ASSERT_PTR_NOT_NULL(symbol);
    return symbol ? symbol->address : 0;
}

static uint64_t import_of(const struct image *image, const char *name) {
    for (size_t i = 0; i < image->imports_count; i++) {
        if (strcmp(image->imports[i].name, name) == 0)
            return image->imports[i].address;
    }
    CU_FAIL("no such import");
    return 0;
}

/* The little-endian integer at an address. */
static uint64_t word_at(const struct image *image, uint64_t address, unsigned width) {
    size_t available;
    const uint8_t *bytes = image_bytes(image, address, &available);
    uint64_t value = 0;

    CU_ASSERT_TRUE(bytes && available >= width);
    for (unsigned i = 0; bytes && available >= width && i < width; i++)
        value |= (uint64_t)bytes[i] << 8 * i;
    return value;
}

/* What holds for every image. */
static void check_layout(const struct image *image) {
    uint64_t end = 0;

    CU_ASSERT_TRUE(image->segments_count > 0);
    for (size_t i = 0; i < image->segments_count; i++) {
        const struct image_segment *segment = &image->segments[i];

        CU_ASSERT_EQUAL(segment->address % IMAGE_PAGE, 0);
        CU_ASSERT_EQUAL(segment->size % IMAGE_PAGE, 0);
        CU_ASSERT_TRUE(segment->size > 0);
        CU_ASSERT_TRUE(segment->address >= end);
        CU_ASSERT_TRUE(segment->own_first >= segment->address);
        CU_ASSERT_TRUE(segment->own_first <= segment->own_last);
        CU_ASSERT_TRUE(segment->own_last < segment->address + segment->size);
        end = segment->address + segment->size;
    }
    CU_ASSERT_TRUE(image->import_area >= end);
    CU_ASSERT_EQUAL(image->import_area % IMAGE_PAGE, 0);
    CU_ASSERT_TRUE(image->import_area_size >= image->imports_count * IMAGE_IMPORT_SIZE);
    for (size_t i = 0; i < image->imports_count; i++)
        CU_ASSERT_EQUAL(image->imports[i].address, image->import_area + i * IMAGE_IMPORT_SIZE);
}

/* fixtures/probe.c, however it was built: its pointer tables hold its symbols' addresses. */
static void check_probe(const char *path, unsigned word) {
    struct image *image = loaded(path);
    uint64_t functions, inside;

    if (!image)
        return;
    check_layout(image);
    CU_ASSERT_EQUAL(image->mode, word * 8);
    CU_ASSERT_EQUAL(strlen(image->sha256), 64);
    functions = address_of(image, "hv_functions");
    CU_ASSERT_EQUAL(word_at(image, functions, word), address_of(image, "hv_feature_available"));
    CU_ASSERT_EQUAL(word_at(image, functions + word, word), address_of(image, "hv_second"));
    inside = word_at(image, address_of(image, "hv_inside"), word);
    CU_ASSERT_EQUAL(inside, address_of(image, "hv_zeros") + 12);
    CU_ASSERT_EQUAL(word_at(image, address_of(image, "hv_counter"), 4), 0x11223344);
    CU_ASSERT_EQUAL(word_at(image, inside, 4), 0);
    /* optional_hook is weak, so it is none; the stack protector brings a third. */
    CU_ASSERT_EQUAL(image->imports_count, strstr(path, "hardened") ? 3 : 2);
    CU_ASSERT_EQUAL(import_of(image, "strlen") - import_of(image, "memcmp"), IMAGE_IMPORT_SIZE);
    CU_ASSERT_EQUAL(image->constructors_count, 1);
    if (image->constructors_count == 1)
        CU_ASSERT_EQUAL(image->constructors[0], address_of(image, "hv_start"));
    CU_ASSERT_TRUE(image_find_symbol(image, "hv_second")->is_function);
    CU_ASSERT_FALSE(image_find_symbol(image, "hv_counter")->is_function);
    CU_ASSERT_PTR_NULL(image_find_symbol(image, "hv_missing"));
    image_free(image);
}

static void check_probe_of_both_compilers(const char *gcc, const char *clang, unsigned word) {
    check_probe(gcc, word);
    if (access(clang, F_OK) == 0)
        check_probe(clang, word);
}

#define PROBE(name, word) check_probe_of_both_compilers(FIXTURE(name), FIXTURE("clang-" name), word)

static void test_shared_objects(void) {
    PROBE("probe64.so", 8);
    PROBE("probe32.so", 4);
    PROBE("hardened64.so", 8);
    PROBE("stripped64.so", 8);
}

static void test_relocatable_objects(void) {
    PROBE("probe64.o", 8);
    PROBE("pic64.o", 8);
    PROBE("kernel64.o", 8);
    PROBE("probe32.o", 4);
    PROBE("pic32.o", 4);
}

static void check_plain(const char *path, unsigned word) {
    struct image *image = loaded(path);

    if (!image)
        return;
    check_layout(image);
    CU_ASSERT_EQUAL(image->bias, 0);
    CU_ASSERT_EQUAL(image->imports_count, 0);
    CU_ASSERT_EQUAL(word_at(image, address_of(image, "hv_functions"), word),
                    address_of(image, "hv_feature_available"));
    image_free(image);
}

static void test_executables(void) {
    check_plain(FIXTURE("plain64"), 8);
    check_plain(FIXTURE("plain32"), 4);
}

static const struct unit_test tests[] = {
    {"shared objects", test_shared_objects},
    {"relocatable objects", test_relocatable_objects},
    {"executables", test_executables},
};

int main(void) {
    return UNIT_RUN(tests);
}
