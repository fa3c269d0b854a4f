/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/decode/engine.h"

#include <string.h>

/*
 * What a function does with its registers, and with what its caller pushed, ahead of its first call
 * or jump without a condition, and how it returns: enough to tell by which convention it wants to
 * be called. For hints only.
 */
#define ENTRY_INSTRUCTIONS 64u
#define ENTRY_BYTES_MAX 65536u

struct entry_walk {
    struct disassembly_entry *out;
    unsigned written; /* registers, a bit each */
    unsigned word;    /* bytes */
    int64_t pushed;   /* bytes below the way back that the stack pointer is... */
    int64_t frame;    /* ...and the frame pointer, where has_frame */
    bool lost;        /* where the stack pointer is */
    bool has_frame;
};

enum { ENTRY_SP = 4, ENTRY_BP = 5 };

static void entry_read(struct entry_walk *walk, x86_reg reg, unsigned width) {
    int number = disassembly_register_number(reg);

    if (number < 0 || walk->written & 1u << number)
        return;
    walk->out->read |= 1u << number;
    if (width == 8)
        walk->out->read_wide |= 1u << number;
}

static void entry_write(struct entry_walk *walk, x86_reg reg) {
    int number = disassembly_register_number(reg);

    if (number >= 0)
        walk->written |= 1u << number;
}

/* A word of the caller's, above the way back. */
static void entry_read_stack(struct entry_walk *walk, const x86_op_mem *at) {
    int base = disassembly_register_number(at->base);
    int64_t offset = at->disp - (int64_t)walk->word, below;

    if (at->index != X86_REG_INVALID || (base == ENTRY_SP && walk->lost) ||
        (base == ENTRY_BP && !walk->has_frame) || (base != ENTRY_SP && base != ENTRY_BP))
        return;
    below = base == ENTRY_SP ? walk->pushed : walk->frame;
    offset -= below;
    if (offset >= 0 && offset < 32 * (int64_t)walk->word)
        walk->out->words |= 1u << offset / walk->word;
}

/* Follows the stack pointer, as long as it is moved by numbers. */
static void entry_move_stack(struct entry_walk *walk, const cs_insn *insn) {
    const cs_x86_op *operands = insn->detail->x86.operands;
    bool has_two = insn->detail->x86.op_count == 2 && operands[0].type == X86_OP_REG;
    int target = has_two ? disassembly_register_number(operands[0].reg) : -1;

    if (insn->id == X86_INS_PUSH) {
        walk->pushed += walk->word;
    } else if (insn->id == X86_INS_POP) {
        walk->pushed -= walk->word;
    } else if (target == ENTRY_BP) {
        walk->has_frame = insn->id == X86_INS_MOV && operands[1].type == X86_OP_REG &&
                          disassembly_register_number(operands[1].reg) == ENTRY_SP && !walk->lost;
        walk->frame = walk->pushed;
    } else if (target == ENTRY_SP && operands[1].type == X86_OP_IMM &&
               (insn->id == X86_INS_SUB || insn->id == X86_INS_ADD)) {
        walk->pushed += insn->id == X86_INS_SUB ? operands[1].imm : -operands[1].imm;
    } else if (target == ENTRY_SP) {
        walk->lost = true;
    }
}

/* Whether the first operand is written without being read. */
static bool entry_only_writes(const cs_insn *insn) {
    const cs_x86 *x86 = &insn->detail->x86;

    switch (insn->id) {
    case X86_INS_MOV:
    case X86_INS_MOVABS:
    case X86_INS_MOVZX:
    case X86_INS_MOVSX:
    case X86_INS_MOVSXD:
    case X86_INS_LEA:
    case X86_INS_POP:
        return true;
    case X86_INS_XOR:
    case X86_INS_SUB:
        return x86->op_count == 2 && x86->operands[0].type == X86_OP_REG &&
               x86->operands[1].type == X86_OP_REG && x86->operands[0].reg == x86->operands[1].reg;
    default:
        return false;
    }
}

static void entry_step(struct entry_walk *walk, const cs_insn *insn) {
    const cs_x86 *x86 = &insn->detail->x86;
    bool only_writes = entry_only_writes(insn), same = only_writes && insn->id != X86_INS_POP;

    for (unsigned i = 0; i < x86->op_count && insn->id != X86_INS_LEA; i++) {
        if (x86->operands[i].type == X86_OP_MEM && (i > 0 || !only_writes))
            entry_read_stack(walk, &x86->operands[i].mem);
    }
    entry_move_stack(walk, insn);
    if (insn->id == X86_INS_PUSH) /* saved, for all that is known */
        return;
    if (insn->id == X86_INS_CPUID)
        walk->written |= 0xf; /* EAX to EBX */
    same = same && (insn->id == X86_INS_XOR || insn->id == X86_INS_SUB);
    for (unsigned i = 0; i < x86->op_count && !same; i++) {
        const cs_x86_op *operand = &x86->operands[i];

        if (operand->type == X86_OP_MEM) {
            entry_read(walk, operand->mem.base, 0);
            entry_read(walk, operand->mem.index, 0);
        } else if (operand->type == X86_OP_REG && (i > 0 || !only_writes)) {
            entry_read(walk, operand->reg, operand->size);
        }
    }
    if (x86->op_count > 0 && x86->operands[0].type == X86_OP_REG && insn->id != X86_INS_CMP &&
        insn->id != X86_INS_TEST)
        entry_write(walk, x86->operands[0].reg);
}

/* A call of what only tells where it is: mov (%esp), %reg; ret. */
static bool entry_is_thunk(const struct image *image, const cs_insn *insn) {
    const cs_x86_op *operand = &insn->detail->x86.operands[0];
    const uint8_t *bytes;
    size_t available;

    if (insn->id != X86_INS_CALL || operand->type != X86_OP_IMM)
        return false;
    bytes = image_bytes(image, (uint64_t)operand->imm, &available);
    return available >= 4 && bytes[0] == 0x8b && bytes[2] == 0x24 && bytes[3] == 0xc3;
}

static bool entry_ends(const cs_insn *insn) {
    return insn->id == X86_INS_CALL || insn->id == X86_INS_JMP || insn->id == X86_INS_RET;
}

/* The first return that takes something off the stack, in what its symbol covers. */
static unsigned entry_popped(struct disassembly *disassembly, const uint8_t *bytes, size_t size,
                             uint64_t address) {
    for (size_t at = 0; at < size;) {
        struct disassembly_fetched fetched =
            disassembly_fetch(disassembly, bytes + at, size - at, address + at);

        if (fetched.insn && fetched.insn->id == X86_INS_RET)
            return fetched.insn->detail->x86.op_count > 0
                       ? (unsigned)fetched.insn->detail->x86.operands[0].imm
                       : 0;
        at += fetched.size;
    }
    return 0;
}

void disassembly_entry(struct disassembly *disassembly, const struct image *image, uint64_t entry,
                       struct disassembly_entry *out) {
    const struct image_symbol *symbol = image_symbol_at(image, entry);
    struct entry_walk walk = {.out = out, .word = (unsigned)image->mode / 8};
    size_t available = 0, at = 0, size;
    const uint8_t *bytes = image_bytes(image, entry, &available);

    *out = (struct disassembly_entry){0};
    for (unsigned i = 0; i < ENTRY_INSTRUCTIONS && at < available; i++) {
        struct disassembly_fetched fetched =
            disassembly_fetch(disassembly, bytes + at, available - at, entry + at);

        if (!fetched.insn || (entry_ends(fetched.insn) && !entry_is_thunk(image, fetched.insn)))
            break;
        if (fetched.insn->id != X86_INS_CALL)
            entry_step(&walk, fetched.insn);
        at += fetched.size;
    }
    size = symbol && symbol->address == entry && symbol->size < ENTRY_BYTES_MAX
               ? (size_t)symbol->size
               : 0;
    out->popped = entry_popped(disassembly, bytes, size < available ? size : available, entry);
}
