/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/decode/engine.h"

/* How an instruction can get at memory for writing. What is not named below may write anywhere:
 * a list of what is harmless errs on the safe side, and Capstone's own notes on which operands are
 * written are incomplete. */
enum writes_by {
    WRITES_UNKNOWN,
    WRITES_FIRST, /* to its first operand alone */
    WRITES_BOTH,  /* to its first two operands */
    WRITES_NEVER, /* not to memory, even where an operand is memory */
    WRITES_PUSH   /* one word, pushed; its operand is read */
};

static const uint8_t disassembly_writes_by[X86_INS_ENDING] = {
    [X86_INS_MOV] = WRITES_FIRST,       [X86_INS_MOVABS] = WRITES_FIRST,
    [X86_INS_MOVZX] = WRITES_FIRST,     [X86_INS_MOVSX] = WRITES_FIRST,
    [X86_INS_MOVSXD] = WRITES_FIRST,    [X86_INS_LEA] = WRITES_FIRST,
    [X86_INS_ADD] = WRITES_FIRST,       [X86_INS_ADC] = WRITES_FIRST,
    [X86_INS_SUB] = WRITES_FIRST,       [X86_INS_SBB] = WRITES_FIRST,
    [X86_INS_AND] = WRITES_FIRST,       [X86_INS_OR] = WRITES_FIRST,
    [X86_INS_XOR] = WRITES_FIRST,       [X86_INS_NOT] = WRITES_FIRST,
    [X86_INS_NEG] = WRITES_FIRST,       [X86_INS_INC] = WRITES_FIRST,
    [X86_INS_DEC] = WRITES_FIRST,       [X86_INS_IMUL] = WRITES_FIRST,
    [X86_INS_SHL] = WRITES_FIRST,       [X86_INS_SHR] = WRITES_FIRST,
    [X86_INS_SAR] = WRITES_FIRST,       [X86_INS_ROL] = WRITES_FIRST,
    [X86_INS_ROR] = WRITES_FIRST,       [X86_INS_BSWAP] = WRITES_FIRST,
    [X86_INS_POP] = WRITES_FIRST,       [X86_INS_SETA] = WRITES_FIRST,
    [X86_INS_SETAE] = WRITES_FIRST,     [X86_INS_SETB] = WRITES_FIRST,
    [X86_INS_SETBE] = WRITES_FIRST,     [X86_INS_SETE] = WRITES_FIRST,
    [X86_INS_SETNE] = WRITES_FIRST,     [X86_INS_SETG] = WRITES_FIRST,
    [X86_INS_SETGE] = WRITES_FIRST,     [X86_INS_SETL] = WRITES_FIRST,
    [X86_INS_SETLE] = WRITES_FIRST,     [X86_INS_SETS] = WRITES_FIRST,
    [X86_INS_SETNS] = WRITES_FIRST,     [X86_INS_CMOVA] = WRITES_FIRST,
    [X86_INS_CMOVAE] = WRITES_FIRST,    [X86_INS_CMOVB] = WRITES_FIRST,
    [X86_INS_CMOVBE] = WRITES_FIRST,    [X86_INS_CMOVE] = WRITES_FIRST,
    [X86_INS_CMOVNE] = WRITES_FIRST,    [X86_INS_CMOVG] = WRITES_FIRST,
    [X86_INS_CMOVGE] = WRITES_FIRST,    [X86_INS_CMOVL] = WRITES_FIRST,
    [X86_INS_CMOVLE] = WRITES_FIRST,    [X86_INS_CMOVS] = WRITES_FIRST,
    [X86_INS_CMOVNS] = WRITES_FIRST,

    [X86_INS_XCHG] = WRITES_BOTH,

    [X86_INS_CMP] = WRITES_NEVER,       [X86_INS_TEST] = WRITES_NEVER,
    [X86_INS_BT] = WRITES_NEVER,        [X86_INS_NOP] = WRITES_NEVER,
    [X86_INS_CPUID] = WRITES_NEVER,     [X86_INS_RET] = WRITES_NEVER,
    [X86_INS_JMP] = WRITES_NEVER,       [X86_INS_JA] = WRITES_NEVER,
    [X86_INS_JAE] = WRITES_NEVER,       [X86_INS_JB] = WRITES_NEVER,
    [X86_INS_JBE] = WRITES_NEVER,       [X86_INS_JE] = WRITES_NEVER,
    [X86_INS_JNE] = WRITES_NEVER,       [X86_INS_JG] = WRITES_NEVER,
    [X86_INS_JGE] = WRITES_NEVER,       [X86_INS_JL] = WRITES_NEVER,
    [X86_INS_JLE] = WRITES_NEVER,       [X86_INS_JS] = WRITES_NEVER,
    [X86_INS_JNS] = WRITES_NEVER,       [X86_INS_JO] = WRITES_NEVER,
    [X86_INS_JNO] = WRITES_NEVER,       [X86_INS_CDQ] = WRITES_NEVER,
    [X86_INS_CDQE] = WRITES_NEVER,      [X86_INS_CQO] = WRITES_NEVER,
    [X86_INS_CWDE] = WRITES_NEVER,      [X86_INS_CLC] = WRITES_NEVER,
    [X86_INS_STC] = WRITES_NEVER,       [X86_INS_CMC] = WRITES_NEVER,
    [X86_INS_PAUSE] = WRITES_NEVER,

    [X86_INS_PUSH] = WRITES_PUSH,       [X86_INS_CALL] = WRITES_PUSH,
};

/* A register other than the stack pointer, whose every change but by a push or a pop would leave it
 * open where pushes go. */
static bool disassembly_is_harmless(const cs_x86 *x86, unsigned operand) {
    const cs_x86_op *op = &x86->operands[operand];

    return operand < x86->op_count && op->type == X86_OP_REG && op->reg != X86_REG_RSP &&
           op->reg != X86_REG_ESP && op->reg != X86_REG_SP && op->reg != X86_REG_SPL;
}

enum disassembly_writes disassembly_writes_of(const cs_insn *insn) {
    const cs_x86 *x86 = &insn->detail->x86;
    bool harmless = false;

    if (disassembly_is_far(insn)) /* more than eight bytes */
        return DISASSEMBLY_WRITES_ANYWHERE;
    switch (insn->id < X86_INS_ENDING ? disassembly_writes_by[insn->id] : WRITES_UNKNOWN) {
    case WRITES_PUSH:
        return DISASSEMBLY_WRITES_PUSH;
    case WRITES_NEVER:
        harmless = true;
        break;
    case WRITES_FIRST:
        harmless = disassembly_is_harmless(x86, 0);
        break;
    case WRITES_BOTH:
        harmless = disassembly_is_harmless(x86, 0) && disassembly_is_harmless(x86, 1);
        break;
    default:
        break;
    }
    return harmless ? DISASSEMBLY_WRITES_NOTHING : DISASSEMBLY_WRITES_ANYWHERE;
}
