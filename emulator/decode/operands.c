/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/decode/engine.h"

/* Operands as numbers. */
int disassembly_register_number(x86_reg reg) {
    static const x86_reg registers[][3] = {
        {X86_REG_RAX, X86_REG_EAX, X86_REG_AX},    {X86_REG_RCX, X86_REG_ECX, X86_REG_CX},
        {X86_REG_RDX, X86_REG_EDX, X86_REG_DX},    {X86_REG_RBX, X86_REG_EBX, X86_REG_BX},
        {X86_REG_RSP, X86_REG_ESP, X86_REG_SP},    {X86_REG_RBP, X86_REG_EBP, X86_REG_BP},
        {X86_REG_RSI, X86_REG_ESI, X86_REG_SI},    {X86_REG_RDI, X86_REG_EDI, X86_REG_DI},
        {X86_REG_R8, X86_REG_R8D, X86_REG_R8W},    {X86_REG_R9, X86_REG_R9D, X86_REG_R9W},
        {X86_REG_R10, X86_REG_R10D, X86_REG_R10W}, {X86_REG_R11, X86_REG_R11D, X86_REG_R11W},
        {X86_REG_R12, X86_REG_R12D, X86_REG_R12W}, {X86_REG_R13, X86_REG_R13D, X86_REG_R13W},
        {X86_REG_R14, X86_REG_R14D, X86_REG_R14W}, {X86_REG_R15, X86_REG_R15D, X86_REG_R15W},
    };

    for (int i = 0; reg != X86_REG_INVALID && i < 16; i++) {
        for (unsigned width = 0; width < 3; width++) {
            if (registers[i][width] == reg)
                return i;
        }
    }
    return -1;
}

struct disassembly_access disassembly_access_of(const cs_x86_op *operand, uint64_t next) {
    struct disassembly_access access = {.base = disassembly_register_number(operand->mem.base),
                                        .index = disassembly_register_number(operand->mem.index),
                                        .scale = (unsigned)operand->mem.scale,
                                        .displacement = (uint64_t)operand->mem.disp};

    if (operand->mem.base == X86_REG_RIP || operand->mem.base == X86_REG_EIP)
        access.displacement += next;
    return access;
}

/* Of the segments only those that begin elsewhere in flat code. */
static enum disassembly_segment operand_segment(const cs_x86_op *operand) {
    return operand->mem.segment == X86_REG_FS   ? DISASSEMBLY_FS
           : operand->mem.segment == X86_REG_GS ? DISASSEMBLY_GS
                                                : DISASSEMBLY_FLAT;
}

/* What it is, and how many operands it has; false: nothing that is missing. */
static bool missing_kind(unsigned id, enum disassembly_missing_kind *kind, unsigned *operands) {
    switch (id) {
    case X86_INS_POPCNT:
        *kind = DISASSEMBLY_POPCNT;
        break;
    case X86_INS_MOVBE:
        *kind = DISASSEMBLY_MOVBE;
        break;
    case X86_INS_XGETBV:
        *kind = DISASSEMBLY_XGETBV;
        *operands = 0;
        return true;
    default:
        return false;
    }
    *operands = 2;
    return true;
}

bool disassembly_missing(struct disassembly *disassembly, const uint8_t *bytes, size_t size,
                         uint64_t address, struct disassembly_missing *missing) {
    struct disassembly_fetched fetched = disassembly_fetch(disassembly, bytes, size, address);
    const cs_x86 *x86 = fetched.insn ? &fetched.insn->detail->x86 : NULL;
    unsigned operands;

    *missing = (struct disassembly_missing){.size = fetched.size, .from = -1};
    if (!x86 || fetched.class != DISASSEMBLY_NORMAL ||
        !missing_kind(fetched.insn->id, &missing->kind, &operands))
        return false;
    if (operands == 0)
        return true;
    for (unsigned i = 0; i < 2; i++) {
        const cs_x86_op *operand = &x86->operands[i];

        if (operand->type == X86_OP_MEM) {
            missing->stores = i == 0;
            missing->segment = operand_segment(operand);
            missing->access = disassembly_access_of(operand, address + fetched.size);
        } else if (i == 1 && !missing->stores) {
            missing->from = disassembly_register_number(operand->reg);
        } else {
            missing->reg = (unsigned)disassembly_register_number(operand->reg);
            missing->width = operand->size;
        }
    }
    return missing->width >= 2;
}
