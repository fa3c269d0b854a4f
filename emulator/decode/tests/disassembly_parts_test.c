/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/decode/parts.h"

#include "base/tests/unit.h"

#include <stdlib.h>
#include <string.h>

#define CODE 0x1000u

static void test_parts(void) {
    static const uint8_t compare[] = {0x66, 0x41, 0x81, 0xf8, 0x34, 0x12}; /* cmp r8w, 0x1234 */
    static const uint8_t jump[] = {0x0f, 0x82, 0x01, 0x00, 0x00, 0x00};    /* jb +1 */
    static const uint8_t unknown[] = {0x06};                               /* none in 64-bit mode */
    struct disassembly *disassembly = disassembly_open(IMAGE_64);
    struct disassembly_parts parts;

    CU_ASSERT_PTR_NOT_NULL_FATAL(disassembly);
    CU_ASSERT_TRUE(disassembly_take_apart(disassembly, compare, sizeof compare, CODE, &parts));
    CU_ASSERT_EQUAL(parts.size, 6);
    CU_ASSERT_EQUAL(parts.opcode_at, 2);
    CU_ASSERT_EQUAL(parts.modrm_at, 3);
    CU_ASSERT_EQUAL(parts.immediate_at, 4);
    CU_ASSERT_EQUAL(parts.immediate_size, 2);
    CU_ASSERT_FALSE(parts.is_branch);
    CU_ASSERT_TRUE(disassembly_take_apart(disassembly, jump, sizeof jump, CODE, &parts));
    CU_ASSERT_TRUE(parts.is_branch);
    CU_ASSERT_EQUAL(parts.immediate_size, 0); /* a distance */
    CU_ASSERT_FALSE(disassembly_take_apart(disassembly, unknown, sizeof unknown, CODE, &parts));
    disassembly_close(disassembly);
}

static void test_writes(void) {
    static const struct {
        uint8_t bytes[8];
        unsigned size;
        bool writes;
    } rows[] = {
        {{0x83, 0x7d, 0xe8, 0x00}, 4, false}, /* cmp [rbp - 0x18], 0 */
        {{0x8b, 0x45, 0xe8}, 3, false},       /* mov eax, [rbp - 0x18] */
        {{0x03, 0x45, 0xe8}, 3, false},       /* add eax, [rbp - 0x18] */
        {{0x8d, 0x45, 0xe8}, 3, false},       /* lea eax, [rbp - 0x18] */
        {{0x0f, 0x94, 0xc0}, 3, false},       /* sete al */
        {{0x0f, 0x94, 0x45, 0xe8}, 4, true},  /* sete [rbp - 0x18] */
        {{0x89, 0x45, 0xe8}, 3, true},        /* mov [rbp - 0x18], eax */
        {{0x01, 0x45, 0xe8}, 3, true},        /* add [rbp - 0x18], eax */
        {{0x87, 0x45, 0xe8}, 3, true},        /* xchg [rbp - 0x18], eax */
        {{0x53}, 1, true},                    /* push rbx */
        {{0xe8, 0, 0, 0, 0}, 5, true},        /* call */
        {{0xaa}, 1, true},                    /* stosb */
    };
    struct disassembly *disassembly = disassembly_open(IMAGE_64);

    CU_ASSERT_PTR_NOT_NULL_FATAL(disassembly);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct disassembly_parts parts;

        CU_ASSERT_TRUE(
            disassembly_take_apart(disassembly, rows[i].bytes, rows[i].size, CODE, &parts));
        CU_ASSERT_EQUAL(parts.writes_memory, rows[i].writes);
    }
    disassembly_close(disassembly);
}

/* i386, through the linkage table: ESP is put right behind a call, which is no way to the global
 * offset table. */
static void test_reached(void) {
    static uint8_t page[IMAGE_PAGE] = {
        0xe8,          0x1b, 0x00, 0x00, 0x00,       /* 1000: call 1020 */
        0x81,          0xc3, 0x7b, 0x00, 0x00, 0x00, /* 1005: add ebx, 0x7b: 0x1080 */
        0xe8,          0x20, 0x00, 0x00, 0x00,       /* 100b: call 1030 */
        0x83,          0xc4, 0x10,                   /* 1010: add esp, 16 */
        0xc3,                                        /* 1013: ret */
        [0x20] = 0xc3,                               /* 1020: ret */
        [0x30] = 0xff, 0xa3, 0x0c, 0x00, 0x00, 0,    /* 1030: jmp [ebx + 12] */
        [0x40] = 0xc3,                               /* 1040: ret */
        [0x8c] = 0x40, 0x10,                         /* 108c: 1040 */
    };
    static const uint64_t expected[] = {0x1000, 0x1005, 0x100b, 0x1010,
                                        0x1013, 0x1020, 0x1030, 0x1040};
    struct image_segment segment = {.address = CODE,
                                    .size = IMAGE_PAGE,
                                    .permissions = IMAGE_READ | IMAGE_EXECUTE,
                                    .bytes = page,
                                    .own_first = CODE,
                                    .own_last = CODE + 0x8f};
    struct image image = {.mode = IMAGE_32, .segments = &segment, .segments_count = 1};
    struct disassembly *disassembly = disassembly_open(IMAGE_32);
    uint64_t entry = CODE, *addresses = NULL;
    size_t count = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(disassembly);
    CU_ASSERT_TRUE(disassembly_reached(disassembly, &image, &entry, 1, &addresses, &count));
    CU_ASSERT_EQUAL_FATAL(count, sizeof expected / sizeof expected[0]);
    CU_ASSERT_EQUAL(memcmp(addresses, expected, sizeof expected), 0);
    free(addresses);
    disassembly_close(disassembly);
}

static const struct unit_test tests[] = {
    {"the parts of instructions", test_parts},
    {"which instructions may write to memory", test_writes},
    {"what an entry reaches through the linkage table", test_reached},
};

int main(void) {
    return UNIT_RUN(tests);
}
