/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image/tests/image_fixture.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
    struct image *image = fixture_load(path);
    uint64_t functions, inside;

    if (!image)
        return;
    check_layout(image);
    CU_ASSERT_EQUAL(image->mode, word * 8);
    CU_ASSERT_EQUAL(strlen(image->sha256), 64);
    functions = fixture_symbol(image, "hv_functions");
    CU_ASSERT_EQUAL(fixture_word(image, functions, word),
                    fixture_symbol(image, "hv_feature_available"));
    CU_ASSERT_EQUAL(fixture_word(image, functions + word, word),
                    fixture_symbol(image, "hv_second"));
    inside = fixture_word(image, fixture_symbol(image, "hv_inside"), word);
    CU_ASSERT_EQUAL(inside, fixture_symbol(image, "hv_zeros") + 12);
    CU_ASSERT_EQUAL(fixture_word(image, fixture_symbol(image, "hv_counter"), 4), 0x11223344);
    CU_ASSERT_EQUAL(fixture_word(image, inside, 4), 0);
    /* optional_hook is weak, so it is none; the stack protector brings a third. */
    CU_ASSERT_EQUAL(image->imports_count, strstr(path, "hardened") ? 3 : 2);
    CU_ASSERT_EQUAL(fixture_import(image, "strlen") - fixture_import(image, "memcmp"),
                    IMAGE_IMPORT_SIZE);
    CU_ASSERT_EQUAL(image->constructors_count, 1);
    if (image->constructors_count == 1)
        CU_ASSERT_EQUAL(image->constructors[0], fixture_symbol(image, "hv_start"));
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
    PROBE("packed64.so", 8);
    PROBE("packed32.so", 4);
}

static void test_relocatable_objects(void) {
    PROBE("probe64.o", 8);
    PROBE("pic64.o", 8);
    PROBE("kernel64.o", 8);
    PROBE("probe32.o", 4);
    PROBE("pic32.o", 4);
}

static void check_plain(const char *path, unsigned word) {
    struct image *image = fixture_load(path);

    if (!image)
        return;
    check_layout(image);
    CU_ASSERT_EQUAL(image->bias, 0);
    CU_ASSERT_EQUAL(image->imports_count, 0);
    CU_ASSERT_EQUAL(fixture_word(image, fixture_symbol(image, "hv_functions"), word),
                    fixture_symbol(image, "hv_feature_available"));
    image_free(image);
}

static void test_executables(void) {
    check_plain(FIXTURE("plain64"), 8);
    check_plain(FIXTURE("plain32"), 4);
}

/* Linked for pages of 16 bytes: several segments of the file share a page of memory, and what one
 * of them may is allowed there. */
static void test_segments_that_share_a_page(void) {
    struct image *image = fixture_load(FIXTURE("dense64.so"));
    unsigned permissions = 0;

    check_probe(FIXTURE("dense64.so"), 8);
    if (!image)
        return;
    for (size_t i = 0; i < image->segments_count; i++) {
        const struct image_segment *segment = &image->segments[i];

        if (segment->permissions == (IMAGE_READ | IMAGE_WRITE | IMAGE_EXECUTE)) {
            permissions = segment->permissions;
            CU_ASSERT_EQUAL(segment->size, IMAGE_PAGE);
        }
    }
    CU_ASSERT_NOT_EQUAL(permissions, 0);
    CU_ASSERT_TRUE(fixture_permissions(image, fixture_symbol(image, "hv_second")) & IMAGE_EXECUTE);
    CU_ASSERT_TRUE(fixture_permissions(image, fixture_symbol(image, "hv_counter")) & IMAGE_WRITE);
    CU_ASSERT_TRUE(fixture_permissions(image, fixture_symbol(image, "hv_signature")) & IMAGE_READ);
    image_free(image);
}

/* RELRO: the table of pointers is constant once it is relocated, the counter is not. */
static void test_relro(void) {
    struct image *image = fixture_load(FIXTURE("hardened64.so"));

    if (!image)
        return;
    CU_ASSERT_EQUAL(fixture_permissions(image, fixture_symbol(image, "hv_functions")), IMAGE_READ);
    CU_ASSERT_EQUAL(fixture_permissions(image, fixture_symbol(image, "hv_counter")),
                    IMAGE_READ | IMAGE_WRITE);
    CU_ASSERT_EQUAL(fixture_permissions(image, fixture_symbol(image, "hv_second")),
                    IMAGE_READ | IMAGE_EXECUTE);
    image_free(image);
}

/* Reports name code by the resolver's own name, not by the function's that it chooses; and who
 * reads the code finds the resolver where the function's address is to go. */
static void test_indirect(void) {
    static const char *const paths[] = {FIXTURE("ifunc64.so"), FIXTURE("ifunc32.so"),
                                        FIXTURE("ifunc64.o"), FIXTURE("ifunc32.o")};

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct image *image = fixture_load(paths[i]);
        const struct image_symbol *chosen, *resolver;

        CU_ASSERT_PTR_NOT_NULL_FATAL(image);
        chosen = image_find_symbol(image, "by_cpuid");
        resolver = image_find_symbol(image, "choose_by_cpuid");
        CU_ASSERT_PTR_NOT_NULL_FATAL(chosen);
        CU_ASSERT_PTR_NOT_NULL_FATAL(resolver);
        CU_ASSERT_EQUAL(chosen->is_indirect, i < 2);
        CU_ASSERT_EQUAL(chosen->is_stub, i >= 2);
        CU_ASSERT_FALSE(resolver->is_indirect || resolver->is_stub);
        CU_ASSERT_PTR_EQUAL(image_symbol_at(image, resolver->address + 1), resolver);
        CU_ASSERT_TRUE(image->indirects_count > 0);
        for (size_t k = 0; k < image->indirects_count; k++)
            CU_ASSERT_EQUAL(
                fixture_word(image, image->indirects[k].slot, image->mode == IMAGE_64 ? 8 : 4),
                image->indirects[k].resolver);
        image_free(image);
    }
}

static void test_static_libc(void) {
    struct image *image = fixture_load(FIXTURE("static64"));
    bool found = false;

    if (!image)
        return;
    check_layout(image);
    CU_ASSERT_EQUAL(fixture_word(image, fixture_symbol(image, "hv_pointer"), 8),
                    fixture_symbol(image, "hv_feature_available"));
    CU_ASSERT_TRUE(image_find_symbol(image, "strlen")->is_indirect);
    for (size_t i = 0; i < image->indirects_count; i++) {
        CU_ASSERT_TRUE(fixture_permissions(image, image->indirects[i].slot) & IMAGE_READ);
        CU_ASSERT_TRUE(fixture_permissions(image, image->indirects[i].resolver) & IMAGE_EXECUTE);
        found |= image->indirects[i].resolver == fixture_symbol(image, "strlen");
    }
    CU_ASSERT_TRUE(found);
    CU_ASSERT_EQUAL(image->imports_count, 0);
    /* hv_thread is the program's only initialised thread-local variable of its own. */
    CU_ASSERT_TRUE(image->tls_file_size >= 4 && image->tls_memory_size > image->tls_file_size);
    CU_ASSERT_EQUAL(fixture_word(image, image->tls_start, 4), 7);
    image_free(image);
}

static void test_position_independent_executable(void) {
    struct image *image = fixture_load(FIXTURE("pie64"));

    if (!image)
        return;
    check_layout(image);
    CU_ASSERT_EQUAL(image->bias, 0x100000000);
    CU_ASSERT_EQUAL(fixture_word(image, fixture_symbol(image, "hv_pointer"), 8),
                    fixture_symbol(image, "hv_feature_available"));
    /* strlen and the start-up code's __libc_start_main; weak ones like __gmon_start__ are none. */
    CU_ASSERT_EQUAL(image->imports_count, 2);
    CU_ASSERT_TRUE(fixture_import(image, "strlen") > fixture_import(image, "__libc_start_main"));
    CU_ASSERT_EQUAL(image->tls_memory_size, 4);
    image_free(image);
}

static void test_symbol_at_an_address(void) {
    struct image *image = fixture_load(FIXTURE("probe64.so"));
    const struct image_symbol *second;
    const struct image_symbol *found;

    if (!image)
        return;
    second = image_find_symbol(image, "hv_second");
    found = image_symbol_at(image, second->address);
    CU_ASSERT_PTR_EQUAL(found, second);
    found = image_symbol_at(image, second->address + second->size - 1);
    CU_ASSERT_PTR_EQUAL(found, second);
    found = image_symbol_at(image, fixture_symbol(image, "hv_counter"));
    CU_ASSERT_PTR_NULL(found);
    CU_ASSERT_PTR_NULL(image_symbol_at(image, 0));
    CU_ASSERT_PTR_NULL(image_symbol_at(image, image->import_area));
    image_free(image);
}

/* fixtures/relocations64.s: "label" is inside what follows "calls", and neither has a size; "code"
 * has the size 1, so the byte behind it is not its own. */
static void test_symbols_without_a_size(void) {
    struct image *image = fixture_load(FIXTURE("relocations64.o"));
    uint64_t code, calls;

    if (!image)
        return;
    code = fixture_symbol(image, "code");
    calls = fixture_symbol(image, "calls");
    CU_ASSERT_STRING_EQUAL(image_symbol_at(image, code)->name, "code");
    CU_ASSERT_STRING_EQUAL(image_symbol_at(image, code + 1)->name, "code");
    CU_ASSERT_STRING_EQUAL(image_symbol_at(image, calls + 3)->name, "calls");
    CU_ASSERT_STRING_EQUAL(image_symbol_at(image, fixture_symbol(image, "label"))->name, "label");
    image_free(image);
}

static void test_bytes(void) {
    struct image *image = fixture_load(FIXTURE("plain64"));
    const struct image_segment *last;
    size_t available = 1;

    if (!image)
        return;
    last = &image->segments[image->segments_count - 1];
    CU_ASSERT_PTR_EQUAL(image_bytes(image, last->address + last->size - 1, &available),
                        last->bytes + last->size - 1);
    CU_ASSERT_EQUAL(available, 1);
    CU_ASSERT_PTR_NULL(image_bytes(image, last->address + last->size, &available));
    CU_ASSERT_EQUAL(available, 0);
    CU_ASSERT_PTR_NULL(image_bytes(image, 0, &available));
    image_free(image);
}

#define FLAT_PATH HVSPEC_TEST_BINARY "/flat.bin"

static void write_flat(size_t size) {
    FILE *stream;

    remove(FLAT_PATH);
    stream = fopen(FLAT_PATH, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    for (size_t i = 0; i < size; i++)
        putc((int)(i & 0x7f), stream);
    CU_ASSERT_EQUAL(fclose(stream), 0);
}

static void test_flat_binaries(void) {
    struct errors errors = {0};
    struct image *image;

    write_flat(5000);
    image = image_load_flat(FLAT_PATH, IMAGE_16, 0x7c10, &errors);
    CU_ASSERT_PTR_NOT_NULL_FATAL(image);
    CU_ASSERT_TRUE(errors_none(&errors));
    check_layout(image);
    CU_ASSERT_EQUAL(image->segments_count, 1);
    CU_ASSERT_EQUAL(image->segments[0].address, 0x7000);
    CU_ASSERT_EQUAL(image->segments[0].size, 2 * IMAGE_PAGE);
    CU_ASSERT_EQUAL(image->segments[0].own_first, 0x7c10);
    CU_ASSERT_EQUAL(image->segments[0].own_last, 0x7c10 + 4999);
    CU_ASSERT_EQUAL(image->segments[0].permissions, IMAGE_READ | IMAGE_WRITE | IMAGE_EXECUTE);
    CU_ASSERT_EQUAL(fixture_word(image, 0x7c10, 4), 0x03020100);
    CU_ASSERT_EQUAL(fixture_word(image, 0x7c0f, 1), 0);
    CU_ASSERT_EQUAL(fixture_symbol(image, "start"), 0x7c10);
    CU_ASSERT_TRUE(image_find_symbol(image, "start")->is_function);
    image_free(image);
}

/* The digest of one zero byte, as coreutils' sha256sum gives it. */
static void test_digest_of_the_file(void) {
    struct errors errors = {0};
    struct image *image;

    write_flat(1);
    image = image_load_flat(FLAT_PATH, IMAGE_64, 0x1000, &errors);
    CU_ASSERT_PTR_NOT_NULL_FATAL(image);
    CU_ASSERT_STRING_EQUAL(image->sha256,
                           "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    CU_ASSERT_STRING_EQUAL(image->path, FLAT_PATH);
    image_free(image);
}

static void test_flat_binaries_out_of_reach(void) {
    static const struct {
        size_t size;
        enum image_mode mode;
        uint64_t address;
        bool fits;
    } rows[] = {
        {0, IMAGE_64, 0x1000, false},
        {16, IMAGE_16, 0xffff0, true},
        {17, IMAGE_16, 0xffff0, false},
        {1, IMAGE_16, 0x100000, false},
        {16, IMAGE_32, 0xfffffff0, true},
        {17, IMAGE_32, 0xfffffff0, false},
        {1, IMAGE_32, UINT64_C(0x100000000), false},
        {16, IMAGE_64, UINT64_C(0xffffffff81000000), true},
        {16, IMAGE_64, UINT64_C(0xfffffffffffffff8), false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct errors errors = {0};
        struct image *image;

        write_flat(rows[i].size);
        image = image_load_flat(FLAT_PATH, rows[i].mode, rows[i].address, &errors);
        CU_ASSERT_EQUAL(image != NULL, rows[i].fits);
        CU_ASSERT_EQUAL(errors.count, rows[i].fits ? 0 : 1);
        image_free(image);
        errors_clear(&errors);
    }
}

/* Code that is position-independent, but laid out for the last 2 GiB, as a kernel may be. */
static void test_high_addresses(void) {
    struct image *image = fixture_load(FIXTURE("high64.so"));

    if (!image)
        return;
    check_layout(image);
    CU_ASSERT_EQUAL(image->bias, 0x10000000);
    CU_ASSERT_EQUAL(fixture_symbol(image, "hv_second") >> 28, 0xffffffff9);
    image_free(image);
}

static const struct unit_test tests[] = {
    {"shared objects", test_shared_objects},
    {"relocatable objects", test_relocatable_objects},
    {"executables", test_executables},
    {"segments that share a page", test_segments_that_share_a_page},
    {"memory that is constant after relocation", test_relro},
    {"Indirect functions", test_indirect},
    {"a static executable with libc", test_static_libc},
    {"a position-independent executable", test_position_independent_executable},
    {"code for the highest addresses", test_high_addresses},
    {"the symbol at an address", test_symbol_at_an_address},
    {"symbols without a size", test_symbols_without_a_size},
    {"bytes", test_bytes},
    {"flat binaries", test_flat_binaries},
    {"the digest of the file", test_digest_of_the_file},
    {"flat binaries out of reach", test_flat_binaries_out_of_reach},
};

int main(void) {
    return UNIT_RUN(tests);
}
