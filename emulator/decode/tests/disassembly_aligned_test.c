/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/decode/disassembly.h"
#include "emulator/image/tests/hand_image.h"
#include "base/tests/unit.h"

#include <stdio.h>

#define AT 0x1000u
#define NONE -1
enum { AX, CX, DX, BX, SP, BP, SI, DI, R12 = 12, R13 };

/* What must be aligned is by the processor's manual, exceptions of types 1 to 5. */
static const struct {
    enum image_mode mode;
    const char *what, *hex;
    bool aligned;
    int base, index;
    unsigned scale;
    uint64_t displacement;
} rows[] = {
    {IMAGE_64, "movaps xmm0, [rsp]", "0f 28 04 24", true, SP, NONE, 1, 0},
    {IMAGE_64, "movaps [rsp - 0x18], xmm0", "0f 29 44 24 e8", true, SP, NONE, 1, -0x18ull},
    {IMAGE_64, "movapd xmm0, [rdi]", "66 0f 28 07", true, DI, NONE, 1, 0},
    {IMAGE_64, "movdqa xmm1, [rdi + rcx * 4 + 3]", "66 0f 6f 4c 8f 03", true, DI, CX, 4, 3},
    {IMAGE_64, "movaps xmm0, [r13 + r12 * 8 + 8]", "43 0f 28 44 e5 08", true, R13, R12, 8, 8},
    {IMAGE_64, "movaps xmm0, [ebx]", "67 0f 28 03", true, BX, NONE, 1, 0},
    {IMAGE_64, "pxor xmm0, [rip + 4]", "66 0f ef 05 04 00 00 00", true, NONE, NONE, 1, AT + 12},
    {IMAGE_64, "movaps xmm0, [0x3001]", "0f 28 04 25 01 30 00 00", true, NONE, NONE, 1, 0x3001},
    {IMAGE_64, "movaps xmm0, fs:[0x10]", "64 0f 28 04 25 10 00 00 00", true, NONE, NONE, 1, 0x10},
    {IMAGE_64, "movntdq [rdi], xmm0", "66 0f e7 07", true, DI, NONE, 1, 0},
    {IMAGE_64, "addps xmm0, [rdi]", "0f 58 07", true, DI, NONE, 1, 0},
    {IMAGE_64, "pshufd xmm0, [rdi], 0", "66 0f 70 07 00", true, DI, NONE, 1, 0},
    {IMAGE_64, "unpcklps xmm0, [rdi]", "0f 14 07", true, DI, NONE, 1, 0},
    {IMAGE_64, "pshufb xmm0, [rdi]", "66 0f 38 00 07", true, DI, NONE, 1, 0},
    {IMAGE_64, "ptest xmm0, [rdi]", "66 0f 38 17 07", true, DI, NONE, 1, 0},
    {IMAGE_64, "cvtpd2pi mm0, [rdi]", "66 0f 2d 07", true, DI, NONE, 1, 0},
    {IMAGE_32, "movaps xmm0, [esp + 4]", "0f 28 44 24 04", true, SP, NONE, 1, 4},
    {IMAGE_32, "movaps xmm0, [0x3001]", "0f 28 05 01 30 00 00", true, NONE, NONE, 1, 0x3001},
    {IMAGE_16, "movaps xmm0, [bx + si]", "0f 28 00", true, BX, SI, 1, 0},
    {IMAGE_16, "movaps xmm0, [bp + di + 2]", "0f 28 43 02", true, BP, DI, 1, 2},

    {IMAGE_64, "movaps xmm1, xmm0", "0f 28 c8", false, 0, 0, 0, 0},
    {IMAGE_64, "movups xmm0, [rdi]", "0f 10 07", false, 0, 0, 0, 0},
    {IMAGE_64, "movupd [rdi], xmm0", "66 0f 11 07", false, 0, 0, 0, 0},
    {IMAGE_64, "movdqu xmm0, [rdi]", "f3 0f 6f 07", false, 0, 0, 0, 0},
    {IMAGE_64, "lddqu xmm0, [rdi]", "f2 0f f0 07", false, 0, 0, 0, 0},
    {IMAGE_64, "movlps xmm0, [rdi]", "0f 12 07", false, 0, 0, 0, 0},
    {IMAGE_64, "movhps xmm0, [rdi]", "0f 16 07", false, 0, 0, 0, 0},
    {IMAGE_64, "movss xmm0, [rdi]", "f3 0f 10 07", false, 0, 0, 0, 0},
    {IMAGE_64, "movd xmm0, [rdi]", "66 0f 6e 07", false, 0, 0, 0, 0},
    {IMAGE_64, "addss xmm0, [rdi]", "f3 0f 58 07", false, 0, 0, 0, 0},
    {IMAGE_64, "addsd xmm0, [rdi]", "f2 0f 58 07", false, 0, 0, 0, 0},
    {IMAGE_64, "comiss xmm0, [rdi]", "0f 2f 07", false, 0, 0, 0, 0},
    {IMAGE_64, "comisd xmm0, [rdi]", "66 0f 2f 07", false, 0, 0, 0, 0},
    {IMAGE_64, "ucomiss xmm0, [rdi]", "0f 2e 07", false, 0, 0, 0, 0},
    {IMAGE_64, "ucomisd xmm0, [rdi]", "66 0f 2e 07", false, 0, 0, 0, 0},
    {IMAGE_64, "cvtps2pd xmm0, [rdi]", "0f 5a 07", false, 0, 0, 0, 0},
    {IMAGE_64, "cvtdq2pd xmm0, [rdi]", "f3 0f e6 07", false, 0, 0, 0, 0},
    {IMAGE_64, "cvtps2pi mm0, [rdi]", "0f 2d 07", false, 0, 0, 0, 0},
    {IMAGE_64, "movddup xmm0, [rdi]", "f2 0f 12 07", false, 0, 0, 0, 0},
    {IMAGE_64, "pmovzxbw xmm0, [rdi]", "66 0f 38 30 07", false, 0, 0, 0, 0},
    {IMAGE_64, "pinsrw xmm0, [rdi], 1", "66 0f c4 07 01", false, 0, 0, 0, 0},
    {IMAGE_64, "insertps xmm0, [rdi], 0", "66 0f 3a 21 07 00", false, 0, 0, 0, 0},
    {IMAGE_64, "roundss xmm0, [rdi], 0", "66 0f 3a 0a 07 00", false, 0, 0, 0, 0},
    {IMAGE_64, "pcmpistri xmm0, [rdi], 0", "66 0f 3a 63 07 00", false, 0, 0, 0, 0},
    {IMAGE_64, "pcmpestrm xmm0, [rdi], 0", "66 0f 3a 60 07 00", false, 0, 0, 0, 0},
    {IMAGE_64, "paddd mm0, [rdi]", "0f fe 07", false, 0, 0, 0, 0},
    {IMAGE_64, "punpckldq mm0, [rdi]", "0f 62 07", false, 0, 0, 0, 0},
    {IMAGE_64, "vmovaps xmm0, [rdi]", "c5 f8 28 07", false, 0, 0, 0, 0}, /* lacking anyway */
    {IMAGE_64, "mov rax, [rdi]", "48 8b 07", false, 0, 0, 0, 0},
    {IMAGE_64, "fld [rdi]", "db 2f", false, 0, 0, 0, 0},
    {IMAGE_64, "lgdt [rdi]", "0f 01 17", false, 0, 0, 0, 0},
    {IMAGE_64, "no instruction", "06", false, 0, 0, 0, 0},
};

static void test_accesses(void) {
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct disassembly *disassembly = disassembly_open(rows[i].mode);
        uint8_t bytes[DISASSEMBLY_INSTRUCTION_MAX];
        size_t size = hand_bytes(bytes, 0, rows[i].hex);
        struct disassembly_access access = {0};
        bool aligned;

        CU_ASSERT_PTR_NOT_NULL_FATAL(disassembly);
        aligned = disassembly_aligned_access(disassembly, bytes, size, AT, &access);
        CU_ASSERT_EQUAL(disassembly_effect(disassembly, bytes, size, AT).wants_alignment, aligned);
        if (aligned != rows[i].aligned ||
            (aligned && (access.base != rows[i].base || access.index != rows[i].index ||
                         access.displacement != rows[i].displacement)))
            printf("\n    %s: %d, %d + %d * %u + %#llx", rows[i].what, aligned, access.base,
                   access.index, access.scale, (unsigned long long)access.displacement);
        CU_ASSERT_EQUAL(aligned, rows[i].aligned);
        if (aligned && rows[i].aligned) {
            CU_ASSERT_EQUAL(access.alignment, 16);
            CU_ASSERT_EQUAL(access.base, rows[i].base);
            CU_ASSERT_EQUAL(access.index, rows[i].index);
            CU_ASSERT_EQUAL(access.scale, rows[i].scale);
            CU_ASSERT_EQUAL(access.displacement, rows[i].displacement);
        }
        disassembly_close(disassembly);
    }
}

static const struct unit_test tests[] = {
    {"Memory that must be aligned", test_accesses},
};

int main(void) {
    return UNIT_RUN(tests);
}
