/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/decode/engine.h"

/* Instructions that compare two numbers, or take one from the other to see whether it is zero. */
static bool compares_is_one(unsigned id, bool *is_test) {
    *is_test = id == X86_INS_TEST || id == X86_INS_AND || id == X86_INS_BT;
    return *is_test || id == X86_INS_CMP || id == X86_INS_SUB || id == X86_INS_XOR;
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
        number = from->size == 1 ? disassembly_byte_number(from->reg)
                                 : disassembly_register_number(from->reg);
        *to = (struct disassembly_operand){.kind = DISASSEMBLY_REGISTER,
                                           .reg = (unsigned)number % 16,
                                           .is_second_byte = number >= 16};
        return number >= 0;
    case X86_OP_MEM:
        *to = (struct disassembly_operand){.kind = DISASSEMBLY_MEMORY,
                                           .segment = disassembly_segment_of(from),
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
    /* What is compared with itself, as TEST EAX, EAX is, is compared with no number. */
    if (x86->operands[0].type == X86_OP_REG && x86->operands[1].type == X86_OP_REG &&
        x86->operands[0].reg == x86->operands[1].reg)
        return false;
    /* A bit of a string of them, which may lie in another word. */
    if (fetched.insn->id == X86_INS_BT && x86->operands[0].type == X86_OP_MEM &&
        x86->operands[1].type == X86_OP_REG)
        return false;
    comparison->is_bit = fetched.insn->id == X86_INS_BT;
    comparison->width = x86->operands[0].size;
    return compares_take(disassembly, x86, &x86->operands[0], next, &comparison->operands[0]) &&
           compares_take(disassembly, x86, &x86->operands[1], next, &comparison->operands[1]);
}
