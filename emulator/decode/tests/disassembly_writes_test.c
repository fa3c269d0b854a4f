/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/decode/disassembly.h"
#include "emulator/image/tests/hand_image.h"
#include "base/tests/unit.h"

#include <stdio.h>

#define NOTHING DISASSEMBLY_WRITES_NOTHING
#define PUSH DISASSEMBLY_WRITES_PUSH
#define ANYWHERE DISASSEMBLY_WRITES_ANYWHERE

/* One instruction a row; what it writes is by the processor's manual. */
static const struct {
    enum image_mode mode;
    const char *what, *hex;
    enum disassembly_writes writes;
} rows[] = {
    {IMAGE_64, "mov eax, 1", "b8 01 00 00 00", NOTHING},
    {IMAGE_64, "mov eax, [rdi]", "8b 07", NOTHING},
    {IMAGE_64, "mov rbx, [rip]", "48 8b 1d 00 00 00 00", NOTHING},
    {IMAGE_64, "movabs rax, imm64", "48 b8 01 00 00 00 00 00 00 00", NOTHING},
    {IMAGE_64, "xchg rbx, rsi", "48 87 de", NOTHING},
    {IMAGE_64, "cpuid", "0f a2", NOTHING},
    {IMAGE_64, "cmp [rdi], eax", "39 07", NOTHING},
    {IMAGE_64, "test [rdi], eax", "85 07", NOTHING},
    {IMAGE_64, "bt [rdi], 3", "0f ba 27 03", NOTHING},
    {IMAGE_64, "nop [rax + rax]", "0f 1f 44 00 00", NOTHING},
    {IMAGE_64, "jmp [rip]", "ff 25 00 00 00 00", NOTHING},
    {IMAGE_64, "jae", "73 00", NOTHING},
    {IMAGE_64, "sete al", "0f 94 c0", NOTHING},
    {IMAGE_64, "cmovb eax, [rdi]", "0f 42 07", NOTHING},
    {IMAGE_64, "pop rbx", "5b", NOTHING},
    {IMAGE_64, "ret", "c3", NOTHING},
    {IMAGE_64, "ret 8", "c2 08 00", NOTHING},
    {IMAGE_64, "imul eax, [rdi], 3", "6b 07 03", NOTHING},
    {IMAGE_32, "mov eax, [0x3000]", "a1 00 30 00 00", NOTHING},
    {IMAGE_16, "mov eax, 0x40000000", "66 b8 00 00 00 40", NOTHING},

    {IMAGE_64, "push rbx", "53", PUSH},
    {IMAGE_64, "push [rdi]", "ff 37", PUSH},
    {IMAGE_64, "push 1", "6a 01", PUSH},
    {IMAGE_64, "call near", "e8 00 00 00 00", PUSH},
    {IMAGE_64, "call [rip]", "ff 15 00 00 00 00", PUSH},
    {IMAGE_16, "push eax", "66 50", PUSH},

    {IMAGE_64, "mov [rdi], eax", "89 07", ANYWHERE},
    {IMAGE_64, "mov [rsp - 8], eax", "89 44 24 f8", ANYWHERE},
    {IMAGE_32, "mov [0x3000], eax", "a3 00 30 00 00", ANYWHERE},
    {IMAGE_64, "add [rdi], eax", "01 07", ANYWHERE},
    {IMAGE_64, "inc dword [rdi]", "ff 07", ANYWHERE},
    {IMAGE_64, "not dword [rdi]", "f7 17", ANYWHERE},
    {IMAGE_64, "shl dword [rdi], 1", "d1 27", ANYWHERE},
    {IMAGE_64, "sete [rdi]", "0f 94 07", ANYWHERE},
    {IMAGE_64, "xchg [rdi], eax", "87 07", ANYWHERE},
    {IMAGE_64, "lock inc", "f0 ff 07", ANYWHERE},
    {IMAGE_64, "bts [rdi], 3", "0f ba 2f 03", ANYWHERE},
    {IMAGE_64, "pop [rdi]", "8f 07", ANYWHERE},
    {IMAGE_64, "xadd [rdi], eax", "0f c1 07", ANYWHERE},
    {IMAGE_64, "cmpxchg [rdi], ecx", "0f b1 0f", ANYWHERE},
    {IMAGE_64, "cmpxchg16b [rdi]", "48 0f c7 0f", ANYWHERE},
    {IMAGE_64, "stosd", "ab", ANYWHERE},
    {IMAGE_64, "rep movsb", "f3 a4", ANYWHERE},
    {IMAGE_64, "movups [rdi], xmm0", "0f 11 07", ANYWHERE},
    {IMAGE_64, "movnti [rdi], eax", "0f c3 07", ANYWHERE},
    {IMAGE_64, "fxsave [rdi]", "0f ae 07", ANYWHERE},
    {IMAGE_64, "fnstcw [rdi]", "d9 3f", ANYWHERE},
    {IMAGE_64, "stmxcsr [rdi]", "0f ae 1f", ANYWHERE},
    {IMAGE_64, "sgdt [rdi]", "0f 01 07", ANYWHERE},
    {IMAGE_64, "sidt [rdi]", "0f 01 0f", ANYWHERE},
    {IMAGE_64, "sldt [rdi]", "0f 00 07", ANYWHERE},
    {IMAGE_64, "pushfq", "9c", ANYWHERE},
    {IMAGE_64, "enter", "c8 10 00 00", ANYWHERE},
    {IMAGE_32, "pushad", "60", ANYWHERE},
    {IMAGE_32, "call far", "9a 00 11 00 00 08 00", ANYWHERE},
    {IMAGE_64, "unknown to Capstone", "0f ff", ANYWHERE},

    /* What moves the stack pointer moves where pushes go. */
    {IMAGE_64, "mov rsp, rcx", "48 89 cc", ANYWHERE},
    {IMAGE_64, "mov esp, imm", "bc 04 31 00 00", ANYWHERE},
    {IMAGE_64, "sub rsp, 8", "48 83 ec 08", ANYWHERE},
    {IMAGE_64, "lea rsp, [rax]", "48 8d 20", ANYWHERE},
    {IMAGE_64, "xchg rax, rsp", "48 94", ANYWHERE},
    {IMAGE_64, "xchg rsp, rcx", "48 87 cc", ANYWHERE},
    {IMAGE_64, "pop rsp", "5c", ANYWHERE},
    {IMAGE_64, "leave", "c9", ANYWHERE},
    {IMAGE_64, "inc spl", "40 fe c4", ANYWHERE},
    {IMAGE_32, "dec esp", "4c", ANYWHERE},
    {IMAGE_16, "mov sp, ax", "89 c4", ANYWHERE},
    {IMAGE_64, "cmova rsp, rax", "48 0f 47 e0", ANYWHERE},
};

static void test_writes(void) {
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct disassembly *disassembly = disassembly_open(rows[i].mode);
        uint8_t bytes[DISASSEMBLY_INSTRUCTION_MAX] = {0};
        struct disassembly_effect effect;

        CU_ASSERT_PTR_NOT_NULL_FATAL(disassembly);
        hand_bytes(bytes, 0, rows[i].hex);
        effect = disassembly_effect(disassembly, bytes, sizeof bytes, 0x1000);
        if (effect.writes != rows[i].writes)
            printf("\n    %s: %d", rows[i].what, (int)effect.writes);
        CU_ASSERT_EQUAL(effect.writes, rows[i].writes);
        disassembly_close(disassembly);
    }
}

static const struct unit_test tests[] = {
    {"What instructions may write", test_writes},
};

int main(void) {
    return UNIT_RUN(tests);
}
