/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "emulator/decode/disassembly.h"
#include "emulator/image/tests/hand_image.h"

#include <stdio.h>

enum { AX = 1, CX = 2, DX = 4, BX = 8, SP = 16, BP = 32, SI = 64, DI = 128, R8 = 256 };

/* Of a function that consists of these bytes. */
static struct disassembly_entry entry_of(enum image_mode mode, const char *hex) {
    struct disassembly *disassembly = disassembly_open(mode);
    struct image_symbol function = {
        .name = (char *)"f", .address = HAND_CODE, .size = 16, .is_function = true};
    struct disassembly_entry entry;
    struct hand_image hand;

    hand_image_make(&hand, mode, &function, 1);
    hand_bytes(hand.code, 0, hex);
    CU_ASSERT_PTR_NOT_NULL_FATAL(disassembly);
    disassembly_entry(disassembly, &hand.image, HAND_CODE, &entry);
    disassembly_close(disassembly);
    return entry;
}

/* What is read before it is written, and what RET takes off the stack. */
static void test_entries(void) {
    static const struct {
        enum image_mode mode;
        const char *what, *hex;
        unsigned read, read_wide, popped;
    } rows[] = {
        {IMAGE_64, "mov eax, edi", "89 f8 c3", DI, 0, 0},
        {IMAGE_64, "mov rax, rdi", "48 89 f8 c3", DI, DI, 0},
        {IMAGE_64, "mov edi, 1; mov eax, edi", "bf 01 00 00 00 89 f8 c3", 0, 0, 0},
        {IMAGE_64, "xor ecx, ecx; mov eax, ecx", "31 c9 89 c8 c3", 0, 0, 0},
        {IMAGE_64, "sub ecx, edx", "29 d1 c3", CX | DX, 0, 0},
        {IMAGE_64, "push rbx; pop rbx", "53 5b c3", 0, 0, 0},
        {IMAGE_64, "cmp eax, [rsi + r8 * 4]", "42 3b 04 86 c3", AX | SI | R8, 0, 0},
        {IMAGE_64, "cpuid; mov edx, eax; mov eax, edi", "0f a2 89 c2 89 f8 c3", DI, 0, 0},
        {IMAGE_64, "test ecx, ecx; jz; mov eax, edx", "85 c9 74 02 89 d0 c3", CX | DX, 0, 0},
        {IMAGE_64, "call; mov eax, edi", "e8 00 00 00 00 89 f8 c3", 0, 0, 0},
        {IMAGE_32, "mov [esp + 4], eax", "89 44 24 04 c3", AX | SP, 0, 0},
        {IMAGE_32, "ret 8", "31 c0 c2 08 00", 0, 0, 8},
        /* call f; mov eax, edx; ret; f: mov ebx, [esp]; ret */
        {IMAGE_32, "past a thunk", "e8 03 00 00 00 89 d0 c3 8b 1c 24 c3", DX, 0, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct disassembly_entry entry = entry_of(rows[i].mode, rows[i].hex);

        if (entry.read != rows[i].read || entry.popped != rows[i].popped)
            printf("\n    %s: %#x, %#x, %u", rows[i].what, entry.read, entry.read_wide,
                   entry.popped);
        CU_ASSERT_EQUAL(entry.read, rows[i].read);
        CU_ASSERT_EQUAL(entry.read_wide, rows[i].read_wide);
        CU_ASSERT_EQUAL(entry.popped, rows[i].popped);
    }
}

/* Which words of its caller's a function reads, wherever its stack pointer is meanwhile. */
static void test_words(void) {
    static const struct {
        enum image_mode mode;
        const char *what, *hex;
        unsigned words;
    } rows[] = {
        {IMAGE_32, "mov eax, [esp + 4]", "8b 44 24 04 c3", 1},
        {IMAGE_32, "mov edx, [esp + 8]; test edx, edx", "8b 54 24 08 85 d2 c3", 2},
        {IMAGE_32, "push ebx; cmp dword [esp + 12], 0", "53 83 7c 24 0c 00 5b c3", 2},
        {IMAGE_32, "push ebp; mov ebp, esp; sub esp, 8; mov eax, [ebp + 12]",
         "55 89 e5 83 ec 08 8b 45 0c c9 c3", 2},
        {IMAGE_32, "sub esp, 12; mov eax, [esp + 16]; mov ecx, [esp + 20]; add esp, 12",
         "83 ec 0c 8b 44 24 10 8b 4c 24 14 83 c4 0c c3", 3},
        {IMAGE_32, "mov [esp + 8], eax", "89 44 24 08 c3", 0},
        {IMAGE_32, "lea eax, [esp + 8]", "8d 44 24 08 c3", 0},
        {IMAGE_32, "its own: sub esp, 8; mov eax, [esp + 4]", "83 ec 08 8b 44 24 04 c3", 0},
        {IMAGE_32, "and esp, -16; mov eax, [esp + 8]", "83 e4 f0 8b 44 24 08 c3", 0},
        {IMAGE_32, "mov eax, [ebp + 12], whosever", "8b 45 0c c3", 0},
        {IMAGE_64, "mov rax, [rsp + 8]", "48 8b 44 24 08 c3", 1},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct disassembly_entry entry = entry_of(rows[i].mode, rows[i].hex);

        if (entry.words != rows[i].words)
            printf("\n    %s: %#x", rows[i].what, entry.words);
        CU_ASSERT_EQUAL(entry.words, rows[i].words);
    }
}

/* By a decoder of 16-bit code; the same function as 32-bit code is none. */
static void test_real_mode(void) {
    static const struct {
        const char *what, *hex;
        unsigned size;
        bool expected;
    } rows[] = {
        /* mov eax, [esp + 4]; add eax, 1; ret */
        {"for real mode", "67 66 8b 44 24 04 66 83 c0 01 66 c3", 12, true},
        {"for 32 bits", "8b 44 24 04 83 c0 01 c3", 8, false},
        {"16-bit code that returns with 16 bits", "67 66 8b 44 24 04 66 83 c0 01 c3", 11, false},
        /* movdqa xmm0, xmm1; pxor xmm0, xmm0; ret */
        {"operands of 16 bytes in 32-bit code", "66 0f 6f c1 66 0f ef c0 c3", 9, false},
        {"an instruction that ends behind it", "67 66 8b 44 24 04 66 c3 66", 9, false},
        {"of unknown size", "67 66 8b 44 24 04 66 c3", 0, false},
    };
    struct disassembly *disassembly = disassembly_open(IMAGE_16);

    CU_ASSERT_PTR_NOT_NULL_FATAL(disassembly);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct image_symbol function = {
            .name = (char *)"f", .address = HAND_CODE, .size = rows[i].size, .is_function = true};
        struct hand_image hand;
        bool is_real_mode;

        hand_image_make(&hand, IMAGE_32, &function, 1);
        hand_bytes(hand.code, 0, rows[i].hex);
        is_real_mode = disassembly_is_real_mode(disassembly, &hand.image, HAND_CODE);
        if (is_real_mode != rows[i].expected)
            printf("\n    %s: %d", rows[i].what, is_real_mode);
        CU_ASSERT_EQUAL(is_real_mode, rows[i].expected);
    }
    disassembly_close(disassembly);
}

static const struct unit_test tests[] = {
    {"registers at a function's entry", test_entries},
    {"words of the caller's that are read", test_words},
    {"code for real mode", test_real_mode},
};

int main(void) {
    return UNIT_RUN(tests);
}
