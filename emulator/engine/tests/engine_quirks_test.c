/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/tests/guest_fixture.h"

#include <stdlib.h>

/*
 * What every version of the engine has to do alike. Each row fails on some version without its cure
 * (quirks.c), and none may on any.
 */
static struct observation run(enum image_mode mode, const char *hex) {
    struct machine machine;
    struct observation seen = {.end = OBSERVATION_HARNESS_FAILURE};

    machine_make(&machine, mode, hex);
    if (machine_start(&machine)) {
        seen = machine_ask(&machine, MACHINE_CODE);
        CU_ASSERT_TRUE(machine_is_as_new(&machine));
    }
    machine_stop(&machine);
    return seen;
}

/* mov rax, ADDRESS (of the pattern, which "%s" stands for), then an access: the page at 0x3000 is
 * data, and the address differs from one there in the upper bits alone. */
static void test_addresses_keep_all_bits(void) {
    static const char *const high[] = {"00 00 00 00 80", "00 00 00 10 00", "00 00 00 80 00",
                                       "ff ff ff f0 ff", "00 00 80 00 00", "ff ff ff ff ff",
                                       "00 80 ff ff ff"};
    static const struct {
        const char *access;
        enum observation_end end;
    } rows[] = {
        {"48 8b 08 c3", OBSERVATION_READ_FAULT},             /* mov rcx, [rax] */
        {"8a 48 05 c3", OBSERVATION_READ_FAULT},             /* mov cl, [rax + 5] */
        {"48 89 08 c3", OBSERVATION_FOREIGN_WRITE},          /* mov [rax], rcx */
        {"0f b1 08 c3", OBSERVATION_READ_FAULT},             /* cmpxchg [rax], ecx */
        {"ff e0", OBSERVATION_FETCH_FAULT},                  /* jmp rax */
        {"48 8b 48 fd 48 8b 08 c3", OBSERVATION_READ_FAULT}, /* mov rcx, [rax - 3] */
    };

    for (size_t i = 0; i < sizeof high / sizeof high[0]; i++) {
        uint64_t address = 0x3010;
        const char *at = high[i];

        for (unsigned byte = 3; byte < 8; byte++, at += 3)
            address |= strtoull(at, NULL, 16) << (8 * byte);
        for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
            uint64_t offset = k == 1 ? 5 : k == 5 ? (uint64_t)-3 : 0;
            struct observation seen;
            char hex[96];

            snprintf(hex, sizeof hex, "48 b8 10 30 00 %s %s", high[i], rows[k].access);
            seen = run(IMAGE_64, hex);
            CU_ASSERT_EQUAL(seen.end, rows[k].end);
            CU_ASSERT_EQUAL(seen.fault_address, address + offset);
        }
    }
}

/* Pages of several such addresses are told apart, also when they are used again. */
static void test_addresses_are_told_apart(void) {
    struct machine machine;

    machine_make(&machine, IMAGE_64, "");
    for (unsigned i = 0; i < 3; i++) {
        char hex[64]; /* mov rax, [moffs] */

        snprintf(hex, sizeof hex, "48 a1 %02x 30 00 00 00 00 00 8%x c3", 0x10 + i, i);
        machine_put(&machine, MACHINE_CODE + 0x20 * i, hex);
    }
    if (machine_start(&machine)) {
        for (unsigned again = 0; again < 400; again++) {
            unsigned i = again % 3;
            struct observation seen = machine_ask(&machine, MACHINE_CODE + 0x20 * i);

            CU_ASSERT_EQUAL(seen.end, OBSERVATION_READ_FAULT);
            CU_ASSERT_EQUAL(seen.fault_address, 0x8000000000003010ull + ((uint64_t)i << 56) + i);
        }
    }
    machine_stop(&machine);
}

/* What all versions execute, and what leaf 1 of the scripted processor promises. */
static void test_common_instructions(void) {
    static const struct {
        const char *what, *hex;
    } rows[] = {
        {"SSE3", "f2 0f 7c c1 c3"},
        {"SSSE3", "66 0f 38 00 c1 c3"},
        {"SSE4.1", "66 0f 38 17 c1 c3"},
        {"SSE4.2", "66 0f 38 37 c1 c3"},
        {"pcmpistri", "66 0f 3a 63 c1 00 c3"},
        {"crc32", "f2 0f 38 f1 c1 c3"},
        {"AES", "66 0f 38 dc c1 c3"},
        {"andn", "c4 e2 70 f2 c2 c3"},
        {"rorx", "c4 e3 7b f0 c2 07 c3"},
        {"adcx", "66 0f 38 f6 c1 c3"},
        {"lzcnt", "f3 0f bd c1 c3"},
        {"tzcnt", "f3 0f bc c1 c3"},
        {"lahf", "9f c3"},
        {"cmpxchg16b", "48 0f c7 0c 25 00 30 00 00 c3"},
        {"rdtscp", "0f 01 f9 c3"},
        {"clflush", "0f ae 3c 25 00 30 00 00 c3"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct observation seen = run(IMAGE_64, rows[i].hex);

        if (seen.end != OBSERVATION_RETURNED)
            printf("\n    %s: %s", rows[i].what, observation_end_text(seen.end));
        CU_ASSERT_EQUAL(seen.end, OBSERVATION_RETURNED);
    }
}

/* What no version executes so far is never a fault of the probe. */
static void test_lacking_instructions(void) {
    struct observation seen = run(IMAGE_64, "f3 0f c7 f8 c3"); /* rdpid */

    CU_ASSERT_TRUE(seen.end == OBSERVATION_RETURNED || seen.end == OBSERVATION_UNSUPPORTED);
}

/* What only some versions execute gives the same on all. */
static void test_missing_instructions(void) {
    static const struct {
        enum image_mode mode;
        const char *what, *hex;
        uint64_t answer;
    } rows[] = {
        /* mov ecx, 0x80010003 */
        {IMAGE_64, "popcnt eax, ecx", "b9 03 00 01 80 f3 0f b8 c1 c3", 4},
        {IMAGE_32, "popcnt eax, ecx", "b9 03 00 01 80 f3 0f b8 c1 c3", 4},
        {IMAGE_64, "popcnt ax, cx", "b8 ff ff 77 00 b9 03 00 01 80 66 f3 0f b8 c1 c3", 0x770002},
        /* mov r9, -1 */
        {IMAGE_64, "popcnt rax, r9", "49 c7 c1 ff ff ff ff f3 49 0f b8 c1 c3", 64},
        /* xor ecx, ecx; stc; popcnt; sete al; setc ah */
        {IMAGE_64, "flags of popcnt 0", "31 c9 f9 f3 0f b8 c1 0f 94 c0 0f 92 c4 0f b7 c0 c3", 1},
        {IMAGE_64, "flags of popcnt 1", "31 c9 ff c1 39 c0 f3 0f b8 c1 0f 94 c0 0f b6 c0 c3", 0},
        /* push 0x12345678 */
        {IMAGE_64, "popcnt eax, [rsp]", "68 78 56 34 12 f3 0f b8 04 24 59 c3", 13},
        {IMAGE_64, "popcnt eax, [rsp + rcx * 4 - 8]",
         "68 78 56 34 12 b9 02 00 00 00 f3 0f b8 44 8c f8 59 c3", 13},
        {IMAGE_32, "popcnt eax, [esp]", "68 78 56 34 12 f3 0f b8 04 24 59 c3", 13},
        {IMAGE_64, "movbe eax, [rsp]", "68 78 56 34 12 0f 38 f0 04 24 59 c3", 0x78563412},
        {IMAGE_64, "movbe ax, [rsp]", "31 c0 68 78 56 34 12 66 0f 38 f0 04 24 59 c3", 0x7856},
        {IMAGE_64, "movbe rax, [rsp]; bswap rax", "68 78 56 34 12 48 0f 38 f0 04 24 48 0f c8 59 c3",
         0x12345678},
        {IMAGE_32, "movbe [esp], ecx; pop eax", "b9 78 56 34 12 50 0f 38 f1 0c 24 58 c3",
         0x78563412},
        /* with the block's own address at fs:0 */
        {IMAGE_64, "movbe rax, fs:[0]; bswap; sub fs:[0]",
         "64 48 0f 38 f0 04 25 00 00 00 00 48 0f c8 64 48 2b 04 25 00 00 00 00 c3", 0},
        {IMAGE_64, "xgetbv", "31 c9 0f 01 d0 83 e0 03 09 d0 c3", 3},
        {IMAGE_32, "xgetbv", "31 c9 0f 01 d0 83 e0 03 09 d0 c3", 3},

        /* What none of them executes, or some execute, as a processor does. First of memory: push
         * 0x80000001, a count in CL, then the flags CF and OF (setc al; seto ah) and the result. */
        {IMAGE_64, "shl [rsp], cl: CF",
         "68 01 00 00 80 b9 01 00 00 00 d3 24 24 0f 92 c0 0f b6 c0 59 c3", 1},
        {IMAGE_64, "shl [rsp], cl: OF",
         "68 01 00 00 80 b9 01 00 00 00 d3 24 24 0f 90 c0 0f b6 c0 59 c3", 1},
        {IMAGE_64, "shl [rsp], cl", "68 01 00 00 80 b9 1f 00 00 00 d3 24 24 8b 04 24 59 c3",
         0x80000000},
        {IMAGE_32, "shr [esp], cl: CF",
         "68 08 00 00 00 b9 04 00 00 00 d3 2c 24 0f 92 c0 0f b6 c0 59 c3", 1},
        {IMAGE_64, "sar byte [rsp], cl: CF of the sign, beyond the width",
         "68 80 00 00 00 b9 0c 00 00 00 d2 3c 24 0f 92 c0 0f b6 c0 59 c3", 1},
        {IMAGE_64, "sar byte [rsp], cl", "68 80 00 00 00 b9 03 00 00 00 d2 3c 24 8b 04 24 59 c3",
         0xf0},
        {IMAGE_64, "shr [rsp], cl of 0 leaves the flags",
         "68 01 00 00 00 31 c9 f9 d3 2c 24 0f 92 c0 0f b6 c0 59 c3", 1},
        {IMAGE_64, "shld [rsp], eax, 4", "68 21 43 65 78 b8 00 00 00 a0 0f a4 04 24 04 58 c3",
         0x8654321a},
        {IMAGE_64, "shld word [rsp], ax, 16",
         "68 21 43 65 78 b8 34 12 00 00 66 0f a4 04 24 10 58 c3", 0x78651234},
        {IMAGE_64, "shld [rsp], eax, 4: CF",
         "68 00 00 00 10 31 c0 0f a4 04 24 04 0f 92 c0 0f b6 c0 59 c3", 1},
        {IMAGE_64, "shrd [rsp], eax, cl: CF",
         "68 00 80 00 00 31 c0 b9 10 00 00 00 0f ad 04 24 0f 92 c0 0f b6 c0 59 c3", 1},
        {IMAGE_64, "lock neg byte [rsp]: SF", "68 01 00 00 00 f0 f6 1c 24 0f 98 c0 0f b6 c0 59 c3",
         1},
        {IMAGE_64, "lock neg byte [rsp]: CF of 0",
         "68 00 00 00 00 f9 f0 f6 1c 24 0f 92 c0 0f b6 c0 59 c3", 0},
        {IMAGE_64, "lock neg dword [rsp]", "68 05 00 00 00 f0 f7 1c 24 58 c3", 0xfffffffb},
        {IMAGE_64, "stc; REX lahf; mov al, ah", "31 c0 39 c0 f9 48 9f 88 e0 0f b6 c0 c3", 0x47},
        {IMAGE_64, "REX sahf; setc", "b8 00 01 00 00 48 9e 0f 92 c0 0f b6 c0 c3", 1},
        /* mov edx, VALUE; mov ecx, INDEX; bzhi eax, edx, ecx */
        {IMAGE_64, "bzhi by 4", "ba ff 00 00 80 b9 04 00 00 00 c4 e2 70 f5 c2 c3", 0xf},
        {IMAGE_64, "bzhi by the width", "ba ff 00 00 80 b9 20 00 00 00 c4 e2 70 f5 c2 c3",
         0x800000ff},
        {IMAGE_64, "bzhi by the width: CF",
         "ba ff 00 00 80 b9 20 00 00 00 c4 e2 70 f5 c2 0f 92 c0 0f b6 c0 c3", 1},
        /* mov rdx, -256; mov ecx, CONTROL; bextr eax, edx, ecx: bits 28 to 35, of which four are
         * there, and more than there are */
        {IMAGE_64, "bextr across the width",
         "48 c7 c2 00 ff ff ff b9 1c 08 00 00 c4 e2 70 f7 c2 c3", 0xf},
        {IMAGE_64, "bextr of all",
         "48 c7 c2 00 ff ff ff b9 00 ff 00 00 c4 e2 70 f7 c2 c3", 0xffffff00},
        {IMAGE_64, "bextr beyond the width: ZF",
         "48 c7 c2 00 ff ff ff b9 20 08 00 00 c4 e2 70 f7 c2 0f 94 c0 0f b6 c0 c3", 1},
        {IMAGE_64, "blsi", "ba 28 00 00 00 c4 e2 78 f3 da c3", 8},
        {IMAGE_64, "blsi: CF", "ba 28 00 00 00 c4 e2 78 f3 da 0f 92 c0 0f b6 c0 c3", 1},
        {IMAGE_64, "blsi: CF of 0", "31 d2 f9 c4 e2 78 f3 da 0f 92 c0 0f b6 c0 c3", 0},
        {IMAGE_64, "pext of 0x12345678 by 0xff00f",
         "b9 78 56 34 12 ba 0f f0 0f 00 c4 e2 72 f5 c2 c3", 0x458},
        {IMAGE_64, "pdep of 0x458 by 0xff00f", "b9 58 04 00 00 ba 0f f0 0f 00 c4 e2 73 f5 c2 c3",
         0x45008},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct observation seen = run(rows[i].mode, rows[i].hex);

        if (seen.end != OBSERVATION_RETURNED || seen.answer != rows[i].answer)
            printf("\n    %s: %s, %#llx", rows[i].what, observation_end_text(seen.end),
                   (unsigned long long)seen.answer);
        CU_ASSERT_EQUAL(seen.end, OBSERVATION_RETURNED);
        CU_ASSERT_EQUAL(seen.answer, rows[i].answer);
    }
}

/* cmp eax, eax leaves ZF set for the engine to compute; rdrand clears it, and sets CF. */
static void test_flags_after_a_comparison(void) {
    static const struct {
        enum image_mode mode;
        const char *hex;
    } rows[] = {
        {IMAGE_64, "31 d2 39 c0 0f c7 f1 0f 94 c2 72 03 80 ca 02 89 d0 c3"},
        {IMAGE_32, "31 d2 39 c0 0f c7 f1 0f 94 c2 72 03 80 ca 02 89 d0 c3"},
        /* add al, 0x80 twice: overflow, zero and carry, then rdrand; seto, setz */
        {IMAGE_64, "31 c0 31 d2 04 80 04 80 0f c7 f1 0f 90 c2 0f 94 c0 08 c2 0f b6 c2 c3"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct observation seen = run(rows[i].mode, rows[i].hex);

        CU_ASSERT_EQUAL(seen.end, OBSERVATION_RETURNED);
        CU_ASSERT_EQUAL(seen.answer, 0);
    }
}

static const struct unit_test tests[] = {
    {"addresses keep all their bits", test_addresses_keep_all_bits},
    {"addresses are told apart", test_addresses_are_told_apart},
    {"what every version executes", test_common_instructions},
    {"what some version lacks is no fault", test_lacking_instructions},
    {"what some versions lack gives the same on all", test_missing_instructions},
    {"flags are set after a comparison", test_flags_after_a_comparison},
};

int main(void) {
    return UNIT_RUN(tests);
}
