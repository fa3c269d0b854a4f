/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "emulator/decode/disassembly.h"
#include "emulator/image/tests/hand_image.h"

/* The signature "KVMKVMKVM\0\0\0" in EBX, ECX, EDX */
#define KVM_1 0x4b4d564bu
#define KVM_2 0x564b4d56u
#define KVM_3 0x0000004du
#define KVM_BYTES "4b 56 4d 4b 56 4d 4b 56 4d 00 00 00"

static struct hand_image hand;

/* Walks from HAND_CODE and compares with a list that ends in 0. */
static void expect(const uint32_t *expected, size_t limit) {
    struct disassembly *disassembly = disassembly_open(hand.image.mode);
    uint64_t entry = HAND_CODE;
    uint32_t out[32] = {0};
    size_t count;

    CU_ASSERT_PTR_NOT_NULL_FATAL(disassembly);
    count =
        disassembly_constants(disassembly, &hand.image, &entry, 1, DISASSEMBLY_NAMED, out, limit);
    for (size_t i = 0; i < 32; i++) {
        CU_ASSERT_EQUAL(out[i], expected[i]);
        if (expected[i] == 0) {
            CU_ASSERT_EQUAL(count, i);
            break;
        }
    }
    disassembly_close(disassembly);
}

static void make(enum image_mode mode, const char *hex) {
    hand_image_make(&hand, mode, NULL, 0);
    hand_bytes(hand.code, 0, hex);
}

static void test_three_immediates(void) {
    static const uint32_t expected[] = {0x40000000, KVM_1, KVM_2, KVM_3, 0};

    /* mov eax, BASE; cpuid; cmp ebx; jne; cmp ecx; jne; cmp edx, 0x4d (one byte); ret */
    static const char code[] = "b8 00 00 00 40 0f a2 81 fb 4b 56 4d 4b 75 20 81 f9 56 4d 4b 56 "
                               "75 18 83 fa 4d c3";

    make(IMAGE_64, code);
    expect(expected, 32);
    make(IMAGE_32, code);
    expect(expected, 32);
}

static void test_equality_goes_first(void) {
    static const uint32_t expected[] = {KVM_1, KVM_2, KVM_3, 0x55, 0};

    /* 1000: cmp ebx; je 0x100c   1008: cmp eax, 0x55; ret
     * 100c: cmp ecx; jne 0x1008   1014: cmp edx; ret */
    make(IMAGE_64, "81 fb 4b 56 4d 4b 74 04 83 f8 55 c3 81 f9 56 4d 4b 56 75 f4 83 fa 4d c3");
    expect(expected, 32);
    /* 1000: cmp ebx; sete al; cmp ecx; sete dl; test dl, al; je 0x101a   1016: cmp edx; ret
     * 101a: cmp eax, 0x55; ret */
    make(IMAGE_64, "81 fb 4b 56 4d 4b 0f 94 c0 81 f9 56 4d 4b 56 0f 94 c2 84 c2 74 04 "
                   "83 fa 4d c3 83 f8 55 c3");
    expect(expected, 32);
}

static void test_string_in_data(void) {
    static const uint32_t expected[] = {KVM_1, KVM_2, KVM_3, 0x12345678, 0};

    /* lea rsi, [rip + 0x1ff9] (0x1007 + 0x1ff9 = 0x3000); ret */
    make(IMAGE_64, "48 8d 35 f9 1f 00 00 c3");
    hand_bytes(hand.data, 0, KVM_BYTES " 78 56 34 12 99 99 99 99");
    expect(expected, 32);
    /* mov esi, 0x3000; ret: the address is an immediate too */
    static const uint32_t absolute[] = {0x3000, KVM_1, KVM_2, KVM_3, 0x12345678, 0};
    make(IMAGE_32, "be 00 30 00 00 c3");
    hand_bytes(hand.data, 0, KVM_BYTES " 78 56 34 12 99 99 99 99");
    expect(absolute, 32);
}

static void test_string_at_offset_table(void) {
    static const uint32_t expected[] = {0x1ffb, KVM_1, KVM_2, KVM_3, 0x12345678, 0};

    /* 1000: call 0x1010   1005: add ebx, 0x1ffb (makes 0x3000)   100b: lea esi, [ebx + 8]; ret
     * 1010: mov ebx, [esp]; ret */
    make(IMAGE_32, "e8 0b 00 00 00 81 c3 fb 1f 00 00 8d 73 08 c3 f4 8b 1c 24 c3");
    hand_bytes(hand.data, 8, KVM_BYTES " 78 56 34 12");
    expect(expected, 32);
    /* 1000: call 0x1005   1005: pop ebx   1006: add ebx, 0x1ffb (makes 0x3000 of what was popped)
     */
    make(IMAGE_32, "e8 00 00 00 00 5b 81 c3 fb 1f 00 00 8d 73 08 c3");
    hand_bytes(hand.data, 8, KVM_BYTES " 78 56 34 12");
    expect(expected, 32);
}

static void test_memory_operands(void) {
    static const uint32_t plain[] = {KVM_1, KVM_2, KVM_3, 0};
    static const uint32_t indexed[] = {KVM_1, KVM_2, KVM_3, 0x12345678, 0};

    /* mov rax, [rip + 0x1ff9]; cmp edx, [rip + 0x1ffb] (0x100d + 0x1ffb = 0x3008); ret */
    make(IMAGE_64, "48 8b 05 f9 1f 00 00 3b 15 fb 1f 00 00 c3");
    hand_bytes(hand.data, 0, KVM_BYTES " 78 56 34 12");
    expect(plain, 32);
    /* movzx eax, byte ptr [ecx + 0x3000]: a base register, so the displacement is the constant */
    static const uint32_t displacement[] = {0x3000, 0};
    make(IMAGE_32, "0f b6 81 00 30 00 00 c3");
    expect(displacement, 32);
    /* mov eax, [ecx*4 + 0x3000]: a table */
    make(IMAGE_32, "8b 04 8d 00 30 00 00 c3");
    hand_bytes(hand.data, 0, KVM_BYTES " 78 56 34 12");
    expect(indexed, 32);
}

static void test_data_ends(void) {
    static const uint32_t expected[] = {KVM_1, 0};

    /* lea rsi, [rip + 0x2ff5] (0x1007 + 0x2ff5 = 0x3ffc), the last dword; ret */
    make(IMAGE_64, "48 8d 35 f5 2f 00 00 c3");
    hand_bytes(hand.data, IMAGE_PAGE - 4, "4b 56 4d 4b");
    expect(expected, 32);
    /* lea rsi, [rip + 0x2ff7]: two bytes are no dword */
    static const uint32_t none[] = {0};
    make(IMAGE_64, "48 8d 35 f7 2f 00 00 c3");
    hand_bytes(hand.data, IMAGE_PAGE - 4, "4b 56 4d 4b");
    expect(none, 32);
}

static void test_64_bit_immediate(void) {
    static const uint32_t expected[] = {KVM_1, KVM_2, KVM_3, 0};

    /* movabs rax, "KVMKVMKV"; cmp rcx, 0x4d; ret */
    make(IMAGE_64, "48 b8 4b 56 4d 4b 56 4d 4b 56 48 83 f9 4d c3");
    expect(expected, 32);
}

static void test_widths(void) {
    static const uint32_t expected[] = {0xfe, 0xfffe, 0xfffffffe, 0x80000000, 0};

    /* cmp al, 0xfe; cmp ax, -2; cmp eax, -2; cmp rax, -2 (again); cmp rax, -0x80000000; ret */
    make(IMAGE_64, "3c fe 66 83 f8 fe 83 f8 fe 48 83 f8 fe 48 3d 00 00 00 80 c3");
    expect(expected, 32);
}

static void test_left_out(void) {
    static const uint32_t expected[] = {0x20, 0x40000010, 0x11111, 0};

    /* cmp eax, 0; cmp eax, 1; cmp eax, -1; mov eax, [rsp + 8]; mov eax, [rbp - 8];
     * lea edx, [rdi + 0x20]; lea edx, [rdi + 0x40000010]; cmp eax, 0x20 (again);
     * nop word ptr [rax + rax + 0x100]; lea eax, [rbp + 0x11111]; ret */
    make(IMAGE_64, "83 f8 00 83 f8 01 83 f8 ff 8b 44 24 08 8b 45 f8 8d 57 20 8d 97 10 00 00 40 "
                   "83 f8 20 66 0f 1f 84 00 00 01 00 00 8d 85 11 11 01 00 c3");
    expect(expected, 32);
}

static void test_branches_and_calls(void) {
    static const uint32_t expected[] = {0x11, 0x44, 0x22, 0x33, 0x55, 0};

    /* 1000: cmp eax, 0x11   1003: je 0x1010   1005: call 0x1020   100a: cmp eax, 0x22
     * 100d: jmp 0x1030      1010: cmp eax, 0x44; ret   1020: cmp eax, 0x55; ret
     * 1030: cmp eax, 0x33; loop to 0x1000 */
    make(IMAGE_64, "83 f8 11 74 0b e8 16 00 00 00 83 f8 22 eb 21 f4 83 f8 44 c3");
    hand_bytes(hand.code, 0x20, "83 f8 55 c3");
    hand_bytes(hand.code, 0x30, "83 f8 33 eb cb");
    expect(expected, 32);
}

static void test_function_addresses(void) {
    struct image_symbol symbols[] = {
        {.name = (char[]){"callback"}, .address = 0x1040, .size = 4, .is_function = true},
        {.name = (char[]){"callback_alias"}, .address = 0x1040, .size = 4, .is_function = true}};
    static const uint32_t expected[] = {0x66, 0};
    static const uint32_t immediate[] = {0x1040, 0x66, 0};

    /* lea rdi, [rip + 0x39] (0x1007 + 0x39 = 0x1040); ret */
    hand_image_make(&hand, IMAGE_64, symbols, 2);
    hand_bytes(hand.code, 0, "48 8d 3d 39 00 00 00 c3");
    hand_bytes(hand.code, 0x40, "83 f8 66 c3");
    expect(expected, 32);
    /* push 0x1040; ret */
    hand_image_make(&hand, IMAGE_32, symbols, 2);
    hand_bytes(hand.code, 0, "68 40 10 00 00 c3");
    hand_bytes(hand.code, 0x40, "83 f8 66 c3");
    expect(immediate, 32);
    /* mov rax, [rip + 0x1ff9] (0x1007 + 0x1ff9 = 0x3000); ret */
    hand_image_make(&hand, IMAGE_64, symbols, 2);
    hand_bytes(hand.code, 0, "48 8b 05 f9 1f 00 00 c3");
    hand_bytes(hand.code, 0x40, "83 f8 66 c3");
    hand_bytes(hand.data, 0, "40 10 00 00 00 00 00 00");
    expect(immediate, 32);
    /* mov eax, [0x3000]; ret */
    hand_image_make(&hand, IMAGE_32, symbols, 2);
    hand_bytes(hand.code, 0, "a1 00 30 00 00 c3");
    hand_bytes(hand.code, 0x40, "83 f8 66 c3");
    hand_bytes(hand.data, 0, "40 10 00 00");
    expect(immediate, 32);
}

static void test_linkage_table(void) {
    static const uint32_t expected[] = {0x77, 0};

    /* call 0x1010; ret   1010: jmp [rip + 0x1fea] (0x1016 + 0x1fea = 0x3000) -> 0x1050 */
    make(IMAGE_64, "e8 0b 00 00 00 c3");
    hand_bytes(hand.code, 0x10, "ff 25 ea 1f 00 00");
    hand_bytes(hand.code, 0x50, "83 f8 77 c3");
    hand_bytes(hand.data, 0, "50 10 00 00 00 00 00 00");
    expect(expected, 32);
    /* The same in 32 bits: jmp [0x3000] */
    make(IMAGE_32, "e8 0b 00 00 00 c3");
    hand_bytes(hand.code, 0x10, "ff 25 00 30 00 00");
    hand_bytes(hand.code, 0x50, "83 f8 77 c3");
    hand_bytes(hand.data, 0, "50 10 00 00");
    expect(expected, 32);
}

static void test_16_bit_code_above_64_kib(void) {
    static const uint32_t expected[] = {0x1234, 0x40000000, 0};
    struct disassembly *disassembly = disassembly_open(IMAGE_16);
    uint64_t entry = 0x17000;
    uint32_t out[4];

    CU_ASSERT_PTR_NOT_NULL_FATAL(disassembly);
    /* call 0x17010; cmp ax, 0x1234; ret   17010: mov eax, 0x40000000; ret */
    make(IMAGE_16, "e8 0d 00 3d 34 12 c3");
    hand_bytes(hand.code, 0x10, "66 b8 00 00 00 40 c3");
    hand.segments[0].address = 0x17000;
    hand.image.segments_count = 1;
    CU_ASSERT_EQUAL(
        disassembly_constants(disassembly, &hand.image, &entry, 1, DISASSEMBLY_NAMED, out, 4), 2);
    CU_ASSERT_EQUAL(out[0], expected[0]);
    CU_ASSERT_EQUAL(out[1], expected[1]);
    disassembly_close(disassembly);
}

/* A table is as long as its symbol says, where there is one, and as was asked for. */
static void test_tables(void) {
    struct image_symbol symbol = {.name = (char[]){"table"}, .address = HAND_DATA, .size = 24};
    static const struct {
        unsigned named;
        size_t symbols, count;
    } rows[] = {
        {DISASSEMBLY_NAMED, 0, 4}, {DISASSEMBLY_NAMED, 1, 4}, {32, 1, 6}, {7, 0, 7}, {32, 0, 9}};
    struct disassembly *disassembly = disassembly_open(IMAGE_64);
    const uint64_t entry = HAND_CODE;

    CU_ASSERT_PTR_NOT_NULL_FATAL(disassembly);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t out[32];

        /* lea rsi, [rip + 0x1ff9] (0x1007 + 0x1ff9 = 0x3000); ret */
        hand_image_make(&hand, IMAGE_64, &symbol, rows[i].symbols);
        hand_bytes(hand.code, 0, "48 8d 35 f9 1f 00 00 c3");
        hand_bytes(hand.data, 0,
                   "11 00 00 00 12 00 00 00 13 00 00 00 14 00 00 00 15 00 00 00 "
                   "16 00 00 00 17 00 00 00 18 00 00 00 19 00 00 00");
        CU_ASSERT_EQUAL(
            disassembly_constants(disassembly, &hand.image, &entry, 1, rows[i].named, out, 32),
            rows[i].count);
        CU_ASSERT_EQUAL(out[3], 0x14);
    }
    disassembly_close(disassembly);
}

static void test_limits(void) {
    static const uint32_t two[] = {0x11, 0x22, 0};
    static const uint32_t none[] = {0};
    struct disassembly *disassembly = disassembly_open(IMAGE_64);
    uint64_t outside[] = {0, 0x2000, HAND_DATA, UINT64_MAX};
    uint32_t out[4];

    CU_ASSERT_PTR_NOT_NULL_FATAL(disassembly);
    make(IMAGE_64, "83 f8 11 83 f8 22 83 f8 33 c3");
    expect(two, 2);
    expect(none, 0);
    CU_ASSERT_EQUAL(
        disassembly_constants(disassembly, &hand.image, outside, 4, DISASSEMBLY_NAMED, out, 4), 0);
    CU_ASSERT_EQUAL(
        disassembly_constants(disassembly, &hand.image, NULL, 0, DISASSEMBLY_NAMED, out, 4), 0);
    disassembly_close(disassembly);
}

static void test_hostile_code(void) {
    uint64_t entries[] = {HAND_CODE, HAND_CODE + 1, HAND_CODE + 2000};
    uint64_t state = 88172645463325252u;
    uint32_t out[64];

    /* Random bytes with many branches, in every mode: the walk ends. */
    for (unsigned round = 0; round < 300; round++) {
        static const enum image_mode modes[] = {IMAGE_16, IMAGE_32, IMAGE_64};
        struct disassembly *disassembly = disassembly_open(modes[round % 3]);

        CU_ASSERT_PTR_NOT_NULL_FATAL(disassembly);
        hand_image_make(&hand, modes[round % 3], NULL, 0);
        for (size_t i = 0; i < IMAGE_PAGE; i++) {
            state ^= state << 13, state ^= state >> 7, state ^= state << 17;
            hand.code[i] =
                state % 4 == 0 ? (uint8_t)(0x70 + (state >> 60)) : (uint8_t)(state >> 32);
        }
        CU_ASSERT_TRUE(disassembly_constants(disassembly, &hand.image, entries, 3,
                                             DISASSEMBLY_NAMED, out, 64) <= 64);
        disassembly_close(disassembly);
    }
}

static const struct unit_test tests[] = {
    {"a signature in three immediates is three constants in a row", test_three_immediates},
    {"what follows equality comes before what follows difference", test_equality_goes_first},
    {"data at a distance from the global offset table", test_string_at_offset_table},
    {"a signature in data is three constants in a row", test_string_in_data},
    {"memory operands name data as wide as they are", test_memory_operands},
    {"data ends with its segment", test_data_ends},
    {"a 64-bit immediate is two constants", test_64_bit_immediate},
    {"immediates are as wide as their operand", test_widths},
    {"0, 1, -1, stack slots, padding and repetitions are left out", test_left_out},
    {"both sides of branches, jumps, calls and loops", test_branches_and_calls},
    {"addresses of functions are followed", test_function_addresses},
    {"calls through the linkage table are followed", test_linkage_table},
    {"16-bit code above the first 64 KiB", test_16_bit_code_above_64_kib},
    {"A table's length", test_tables},
    {"no more than the limit, nothing outside the code", test_limits},
    {"hostile code ends the walk", test_hostile_code},
};

int main(void) {
    return UNIT_RUN(tests);
}
