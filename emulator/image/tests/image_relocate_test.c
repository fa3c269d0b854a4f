/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image/tests/image_fixture.h"

#include <unistd.h>

/* Expected words follow from the formulas of the psABI and the offsets in fixtures/relocations*.s;
 * instructions are read at the operand, `calls` plus what the encodings before it take. */

/* The target of a 4-byte operand relative to the end of its instruction, which it ends. */
static uint64_t relative_target(const struct image *image, uint64_t operand) {
    return operand + 4 + (uint64_t)(int64_t)(int32_t)fixture_word(image, operand, 4);
}

static void check_data64(const struct image *image) {
    uint64_t data = fixture_symbol(image, "data"), code = fixture_symbol(image, "code");
    uint64_t shared = fixture_symbol(image, "shared");
    uint64_t got = data + 48 + fixture_word(image, data + 48, 8);

    CU_ASSERT_EQUAL(data % 64, 0);
    CU_ASSERT_EQUAL(shared % 32, 0);
    CU_ASSERT_EQUAL(code, 0x10000000);
    CU_ASSERT_EQUAL(fixture_word(image, data, 8), code + 5);
    CU_ASSERT_EQUAL(fixture_word(image, data + 8, 4), code);
    CU_ASSERT_EQUAL(fixture_word(image, data + 12, 4), (uint32_t)(code - (data + 12)));
    CU_ASSERT_EQUAL(fixture_word(image, data + 20, 4), shared);
    /* Called and pointed to: each leads to a place of its own, the latter with room for data. */
    CU_ASSERT_EQUAL(fixture_word(image, data + 24, 8), fixture_undefined(image, "outside"));
    CU_ASSERT_NOT_EQUAL(fixture_undefined(image, "outside"), 0);
    CU_ASSERT_PTR_EQUAL(image_undefined_at(image, image->imports[0].data + 4095), image->imports);
    CU_ASSERT_PTR_NULL(image_undefined_at(image, image->imports[0].data + 4096));
    CU_ASSERT_EQUAL(fixture_permissions(image, image->imports[0].data), IMAGE_READ | IMAGE_WRITE);
    CU_ASSERT_EQUAL(fixture_word(image, data + 32, 8), 0);
    CU_ASSERT_EQUAL(fixture_word(image, data + 40, 8), fixture_symbol(image, "chosen"));
    CU_ASSERT_EQUAL(fixture_word(image, data + 56, 8), data - got);
    /* data@GOTPCREL without an instruction: the entry's address minus the place's. */
    CU_ASSERT_EQUAL(fixture_word(image, relative_target(image, data + 16) - 4, 8), data);
    CU_ASSERT_EQUAL(image->imports_count, 1);
}

static void check_code64(const struct image *image) {
    uint64_t calls = fixture_symbol(image, "calls"), stub = fixture_symbol(image, "chosen");
    uint64_t entry;

    CU_ASSERT_EQUAL(relative_target(image, calls + 1), fixture_import(image, "outside"));
    CU_ASSERT_EQUAL(relative_target(image, calls + 6), stub);
    entry = relative_target(image, calls + 13); /* mov data@GOTPCREL(%rip), %rax */
    CU_ASSERT_EQUAL(fixture_word(image, entry, 8), fixture_symbol(image, "data"));
    /* The TLS image has 8 + 12 bytes, aligned to 16: 32. The variable is 4 bytes in: 4 - 32. */
    entry = relative_target(image, calls + 20); /* mov variable@gottpoff(%rip), %rax */
    CU_ASSERT_EQUAL(fixture_word(image, entry, 8), (uint64_t)-28);
    CU_ASSERT_EQUAL(fixture_word(image, calls + 28, 4), (uint32_t)-28);
    /* The stub of the indirect function jumps through the slot that the guest fills. */
    CU_ASSERT_EQUAL(image->indirects_count, 1);
    CU_ASSERT_EQUAL(fixture_word(image, stub, 2), 0x25ff);
    CU_ASSERT_EQUAL(relative_target(image, stub + 2), image->indirects[0].slot);
    CU_ASSERT_EQUAL(image->indirects[0].resolver, fixture_symbol(image, "code") + 1);
    CU_ASSERT_FALSE(image_find_symbol(image, "chosen")->is_indirect);
}

static void check_object64(const char *path) {
    struct image *image = fixture_load(path);
    uint64_t second;

    if (!image)
        return;
    check_data64(image);
    check_code64(image);
    second = fixture_symbol(image, "second");
    CU_ASSERT_EQUAL(fixture_permissions(image, second), IMAGE_READ | IMAGE_EXECUTE);
    CU_ASSERT_EQUAL(image->constructors_count, 2);
    CU_ASSERT_EQUAL(image->constructors[0], second);
    CU_ASSERT_EQUAL(image->constructors[1], fixture_symbol(image, "code"));
    CU_ASSERT_EQUAL(image->tls_file_size, 8);
    CU_ASSERT_EQUAL(image->tls_memory_size, 20);
    CU_ASSERT_EQUAL(image->tls_alignment, 16);
    CU_ASSERT_EQUAL(fixture_word(image, image->tls_start + 4, 4), 2);
    CU_ASSERT_TRUE(image_find_symbol(image, "calls")->is_function);
    image_free(image);
}

static void test_x86_64(void) {
    check_object64(FIXTURE("relocations64.o"));
    if (access(FIXTURE("clang-relocations64.o"), F_OK) == 0)
        check_object64(FIXTURE("clang-relocations64.o"));
}

static void check_object32(const char *path) {
    struct image *image = fixture_load(path);
    uint64_t calls, code, data, got;

    if (!image)
        return;
    calls = fixture_symbol(image, "calls");
    code = fixture_symbol(image, "code");
    data = fixture_symbol(image, "data");
    CU_ASSERT_EQUAL(fixture_word(image, data, 4), code + 5);
    CU_ASSERT_EQUAL(fixture_word(image, data + 4, 4), (uint32_t)(code - (data + 4)));
    CU_ASSERT_EQUAL(fixture_word(image, data + 8, 4), fixture_undefined(image, "outside"));
    CU_ASSERT_EQUAL(relative_target(image, calls + 1), fixture_import(image, "outside"));
    /* add $_GLOBAL_OFFSET_TABLE_, %ebx adds the table's distance from the instruction itself. */
    got = calls + 17 + fixture_word(image, calls + 19, 4);
    CU_ASSERT_EQUAL(fixture_word(image, got + fixture_word(image, calls + 7, 4), 4), data);
    CU_ASSERT_EQUAL(fixture_word(image, fixture_word(image, calls + 13, 4), 4), data);
    CU_ASSERT_EQUAL(fixture_word(image, calls + 25, 4), (uint32_t)(data - got));
    /* 8 bytes of TLS, the variable 4 bytes in. */
    CU_ASSERT_EQUAL(fixture_word(image, calls + 31, 4), (uint32_t)-4);
    image_free(image);
}

static void test_i386(void) {
    check_object32(FIXTURE("relocations32.o"));
    if (access(FIXTURE("clang-relocations32.o"), F_OK) == 0)
        check_object32(FIXTURE("clang-relocations32.o"));
}

/* A thread-local variable of another file lies below the image's own, which are none here. */
static void test_outside(void) {
    struct image *image = fixture_load(FIXTURE("foreign64.o"));
    uint64_t code;

    if (!image)
        return;
    code = fixture_symbol(image, "code");
    CU_ASSERT_EQUAL(image->tls_outside, 64);
    CU_ASSERT_EQUAL(fixture_word(image, relative_target(image, code + 3), 8), (uint64_t)-64);
    image_free(image);
}

static const struct unit_test tests[] = {
    {"thread-local variables that are defined elsewhere", test_outside},
    {"x86-64", test_x86_64},
    {"i386", test_i386},
};

int main(void) {
    return UNIT_RUN(tests);
}
