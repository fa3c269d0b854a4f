/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/decode/disassembly.h"
#include "emulator/image/tests/hand_image.h"
#include "base/tests/unit.h"

static struct hand_image hand;
static struct disassembly *disassembly;

static void open_with(struct image_symbol *symbols, size_t count, const char *hex) {
    hand_image_make(&hand, IMAGE_64, symbols, count);
    hand_bytes(hand.code, 0, hex);
    disassembly = disassembly_open(IMAGE_64);
    CU_ASSERT_PTR_NOT_NULL_FATAL(disassembly);
}

/* Two bytes of data that would swallow the function's first instructions; then
 * 1002: push rbx   1003: mov eax, 0x40000000   1008: cpuid   100a: pop rbx   100b: ret */
#define FUNCTION "48 b8 53 b8 00 00 00 40 0f a2 5b c3"

static void test_around_in_function(void) {
    struct image_symbol symbols[] = {
        {.name = (char[]){"probe"}, .address = 0x1002, .size = 10, .is_function = true}};
    struct disassembly_instruction out[8];

    open_with(symbols, 1, FUNCTION);
    CU_ASSERT_EQUAL_FATAL(disassembly_around(disassembly, &hand.image, 0x1008, 1, 1, out), 3);
    CU_ASSERT_STRING_EQUAL(out[0].text, "mov eax, 0x40000000");
    CU_ASSERT_EQUAL(out[0].address, 0x1003);
    CU_ASSERT_STRING_EQUAL(out[1].text, "cpuid");
    CU_ASSERT_EQUAL(out[1].address, 0x1008);
    CU_ASSERT_STRING_EQUAL(out[2].text, "pop rbx");
    /* Neither ahead of the function nor behind it. */
    CU_ASSERT_EQUAL_FATAL(disassembly_around(disassembly, &hand.image, 0x1008, 4, 3, out), 5);
    CU_ASSERT_STRING_EQUAL(out[0].text, "push rbx");
    CU_ASSERT_STRING_EQUAL(out[4].text, "ret");
    CU_ASSERT_EQUAL_FATAL(disassembly_around(disassembly, &hand.image, 0x1008, 0, 0, out), 1);
    CU_ASSERT_STRING_EQUAL(out[0].text, "cpuid");
    disassembly_close(disassembly);
}

static void test_around_without_symbols(void) {
    struct disassembly_instruction out[8];

    open_with(NULL, 0, "90 0f a2 c3");
    CU_ASSERT_EQUAL_FATAL(disassembly_around(disassembly, &hand.image, 0x1001, 2, 2, out), 4);
    CU_ASSERT_STRING_EQUAL(out[0].text, "nop");
    CU_ASSERT_STRING_EQUAL(out[1].text, "cpuid");
    CU_ASSERT_STRING_EQUAL(out[3].text, "hlt");
    /* The segment's last byte, and addresses outside. */
    CU_ASSERT_EQUAL(disassembly_around(disassembly, &hand.image, 0x1fff, 0, 3, out), 1);
    CU_ASSERT_EQUAL(disassembly_around(disassembly, &hand.image, 0x2000, 1, 1, out), 0);
    CU_ASSERT_EQUAL(disassembly_around(disassembly, &hand.image, 0, 1, 1, out), 0);
    disassembly_close(disassembly);
}

static void test_around_out_of_step(void) {
    struct disassembly_instruction out[8];

    /* 1000: nop   1001: mov eax, 0xc3a20f00 - with a CPUID inside, at 0x1003 */
    open_with(NULL, 0, "90 b8 00 0f a2 c3");
    CU_ASSERT_EQUAL_FATAL(disassembly_around(disassembly, &hand.image, 0x1003, 2, 1, out), 3);
    CU_ASSERT_STRING_EQUAL(out[0].text, "nop");
    CU_ASSERT_STRING_EQUAL(out[1].text, "cpuid");
    CU_ASSERT_STRING_EQUAL(out[2].text, "ret");
    disassembly_close(disassembly);
}

static void test_symbol_of_hostile_size(void) {
    struct image_symbol symbols[] = {
        {.name = (char[]){"probe"}, .address = 0x1000, .size = UINT64_MAX, .is_function = true}};
    struct disassembly_instruction out[8];

    open_with(symbols, 1, "90 0f a2 c3");
    CU_ASSERT_EQUAL(disassembly_around(disassembly, &hand.image, 0x1ffe, 0, 6, out), 2);
    disassembly_close(disassembly);
}

static void expect_sites(const uint64_t *expected, size_t expected_count) {
    uint64_t *sites;
    size_t count;

    CU_ASSERT_TRUE_FATAL(disassembly_cpuid_sites(disassembly, &hand.image, &sites, &count));
    CU_ASSERT_EQUAL(count, expected_count);
    for (size_t i = 0; i < count && i < expected_count; i++)
        CU_ASSERT_EQUAL(sites[i], expected[i]);
    free(sites);
    disassembly_close(disassembly);
}

static void test_sites(void) {
    static const uint64_t expected[] = {0x1000, 0x1007, 0x100b};

    /* cpuid; mov eax, 0xa20f (no CPUID); 66 cpuid; hlt; cpuid; and at the very end half of one */
    open_with(NULL, 0, "0f a2 b8 0f a2 00 00 66 0f a2 f4 0f a2");
    hand.code[IMAGE_PAGE - 1] = 0x0f;
    hand_bytes(hand.data, 0, "0f a2"); /* data is no code */
    expect_sites(expected, 3);
}

static void test_sites_start_at_symbols(void) {
    static const uint64_t expected[] = {0x1008};
    struct image_symbol symbols[] = {
        {.name = (char[]){"data"}, .address = 0x1001, .is_function = false},
        {.name = (char[]){"probe"}, .address = 0x1002, .is_function = true},
        {.name = (char[]){"later"}, .address = 0x1100, .is_function = true}};

    open_with(symbols, 3, FUNCTION);
    expect_sites(expected, 1);
}

static void test_sites_at_segment_end(void) {
    static const uint64_t expected[] = {0x1ffe};

    open_with(NULL, 0, "f4");
    hand_bytes(hand.code, IMAGE_PAGE - 2, "0f a2");
    expect_sites(expected, 1);
}

static void test_no_sites(void) {
    open_with(NULL, 0, "90 c3");
    expect_sites(NULL, 0);
}

static const struct unit_test tests[] = {
    {"around an address, within its function", test_around_in_function},
    {"around an address without symbols", test_around_without_symbols},
    {"an address inside an instruction is decoded from there", test_around_out_of_step},
    {"a symbol larger than memory ends with its segment", test_symbol_of_hostile_size},
    {"CPUID sites are instructions, not bytes", test_sites},
    {"decoding falls into step at each function", test_sites_start_at_symbols},
    {"a CPUID that ends the segment", test_sites_at_segment_end},
    {"code without CPUID", test_no_sites},
};

int main(void) {
    return UNIT_RUN(tests);
}
