/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/decode/engine.h"

/* Instructions that compare two numbers, or take one from the other to see whether it is zero. */
static bool compares_is_one(unsigned id, bool *is_test) {
    *is_test = id == X86_INS_TEST || id == X86_INS_AND || id == X86_INS_BT;
    return *is_test || id == X86_INS_CMP || id == X86_INS_SUB || id == X86_INS_XOR;
}

static enum disassembly_segment compares_segment(const cs_x86_op *operand) {
    return operand->mem.segment == X86_REG_FS   ? DISASSEMBLY_FS
           : operand->mem.segment == X86_REG_GS ? DISASSEMBLY_GS
                                                : DISASSEMBLY_FLAT;
}

/* A register of one byte by its encoding, the second byte of the first four as 16 on. */
static int compares_byte(x86_reg reg) {
    static const x86_reg registers[] = {
        X86_REG_AL,   X86_REG_CL,   X86_REG_DL,   X86_REG_BL,   X86_REG_SPL,
        X86_REG_BPL,  X86_REG_SIL,  X86_REG_DIL,  X86_REG_R8B,  X86_REG_R9B,
        X86_REG_R10B, X86_REG_R11B, X86_REG_R12B, X86_REG_R13B, X86_REG_R14B,
        X86_REG_R15B, X86_REG_AH,   X86_REG_CH,   X86_REG_DH,   X86_REG_BH,
    };

    for (int i = 0; i < (int)(sizeof registers / sizeof registers[0]); i++) {
        if (registers[i] == reg)
            return i;
    }
    return -1;
}

static bool compares_take(const struct disassembly *disassembly, const cs_x86 *x86,
                          const cs_x86_op *from, uint64_t next, struct disassembly_operand *to) {
    const unsigned word = disassembly->mode == IMAGE_64 ? 8 : 4;
    int number;

    switch (from->type) {
    case X86_OP_IMM:
        *to = (struct disassembly_operand){.kind = DISASSEMBLY_IMMEDIATE,
                                           .immediate = (uint64_t)from->imm};
        return true;
    case X86_OP_REG:
        number =
            from->size == 1 ? compares_byte(from->reg) : disassembly_register_number(from->reg);
        *to = (struct disassembly_operand){.kind = DISASSEMBLY_REGISTER,
                                           .reg = (unsigned)number % 16,
                                           .is_second_byte = number >= 16};
        return number >= 0;
    case X86_OP_MEM:
        *to = (struct disassembly_operand){.kind = DISASSEMBLY_MEMORY,
                                           .segment = compares_segment(from),
                                           .access = disassembly_access_of(from, next)};
        return x86->addr_size == word;
    default:
        return false;
    }
}

bool disassembly_compares(struct disassembly *disassembly, const uint8_t *bytes, size_t size,
                          uint64_t address, struct disassembly_comparison *comparison) {
    const struct disassembly_fetched fetched = disassembly_fetch(disassembly, bytes, size, address);
    const cs_x86 *x86 = fetched.insn ? &fetched.insn->detail->x86 : NULL;
    const uint64_t next = address + fetched.size;

    if (!x86 || disassembly->mode == IMAGE_16 ||
        !compares_is_one(fetched.insn->id, &comparison->is_test) || x86->op_count != 2 ||
        x86->operands[0].size > 8)
        return false;
    /* What is compared with itself is compared with nothing, but for what is looked at in whole. */
    if (x86->operands[0].type == X86_OP_REG && x86->operands[1].type == X86_OP_REG &&
        x86->operands[0].reg == x86->operands[1].reg)
        return false;
    comparison->is_bit = fetched.insn->id == X86_INS_BT;
    comparison->width = x86->operands[0].size;
    return compares_take(disassembly, x86, &x86->operands[0], next, &comparison->operands[0]) &&
           compares_take(disassembly, x86, &x86->operands[1], next, &comparison->operands[1]);
}
