/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/decode/engine.h"

/*
 * Memory that a processor wants aligned where the emulator does not: sixteen bytes of a vector
 * instruction of the older encoding, but for those below (Intel's Software Developer's Manual,
 * volume 2, exceptions of types 1, 2 and 4). FXSAVE and CMPXCHG16B the emulator checks.
 */
#define ALIGNED_SIZE 16u

static bool aligned_is_exempt(unsigned id) {
    switch (id) {
    case X86_INS_MOVUPS:
    case X86_INS_MOVUPD:
    case X86_INS_MOVDQU:
    case X86_INS_LDDQU:
    case X86_INS_PCMPESTRI:
    case X86_INS_PCMPESTRM:
    case X86_INS_PCMPISTRI:
    case X86_INS_PCMPISTRM:
    case X86_INS_COMISS: /* four and eight bytes, whatever Capstone says */
    case X86_INS_COMISD:
        return true;
    default:
        return false;
    }
}

/* SSSE3 on MMX registers, without 0x66: with REX.W Capstone takes it for the other form. */
static bool aligned_is_mmx(const cs_x86 *x86) {
    const uint8_t *opcode = x86->opcode;

    return x86->prefix[2] == 0 && opcode[0] == 0x0f &&
           ((opcode[1] == 0x38 && opcode[2] < 0x20) || (opcode[1] == 0x3a && opcode[2] == 0x0f));
}

static bool aligned_is_vector(const cs_x86 *x86) {
    for (unsigned i = 0; i < x86->op_count; i++) {
        x86_reg reg = x86->operands[i].reg;

        if (x86->operands[i].type == X86_OP_REG && ((reg >= X86_REG_XMM0 && reg <= X86_REG_XMM15) ||
                                                    (reg >= X86_REG_MM0 && reg <= X86_REG_MM7)))
            return true;
    }
    return false;
}

static const cs_x86_op *aligned_operand(const struct disassembly_fetched *fetched) {
    const cs_insn *insn = fetched->insn;
    const cs_x86 *x86 = insn ? &insn->detail->x86 : NULL;

    if (!insn || fetched->class != DISASSEMBLY_SYSTEM || aligned_is_exempt(insn->id) ||
        !aligned_is_vector(x86) || aligned_is_mmx(x86))
        return NULL;
    for (unsigned i = 0; i < x86->op_count; i++) {
        if (x86->operands[i].type == X86_OP_MEM && x86->operands[i].size == ALIGNED_SIZE)
            return &x86->operands[i];
    }
    return NULL;
}

bool disassembly_wants_alignment(const struct disassembly_fetched *fetched) {
    return aligned_operand(fetched) != NULL;
}

bool disassembly_aligned_access(struct disassembly *disassembly, const uint8_t *bytes, size_t size,
                                uint64_t address, struct disassembly_access *access) {
    struct disassembly_fetched fetched = disassembly_fetch(disassembly, bytes, size, address);
    const cs_x86_op *operand = aligned_operand(&fetched);

    if (!operand)
        return false;
    *access = disassembly_access_of(operand, address + fetched.size);
    access->alignment = ALIGNED_SIZE;
    return true;
}
