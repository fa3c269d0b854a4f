/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/decode/engine.h"

/*
 * What is done in the emulator's place: instructions that some version of it lacks, and those that
 * it gets wrong. Unicorn swaps the operands of PEXT and PDEP; computes BLSI's carry and BZHI beyond
 * the width wrongly, the flags of LOCK NEG, and with hooks on memory, up to 2.0, those of memory
 * that is shifted by CL or by SHLD and SHRD; takes SPL for AH where LAHF and SAHF have a REX
 * prefix.
 */
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const struct missing_row {
    unsigned id; /* Capstone's */
    enum disassembly_missing_kind kind;
    /* What each operand is: `d` the destination, `s` the source that may be memory, `r` a further
     * register, `c` a count. */
    const char *operands;
} missing_rows[] = {
    {X86_INS_POPCNT, DISASSEMBLY_POPCNT, "ds"}, {X86_INS_MOVBE, DISASSEMBLY_MOVBE, "ds"},
    {X86_INS_XGETBV, DISASSEMBLY_XGETBV, ""},   {X86_INS_SHL, DISASSEMBLY_SHL, "dc"},
    {X86_INS_SAL, DISASSEMBLY_SHL, "dc"},       {X86_INS_SHR, DISASSEMBLY_SHR, "dc"},
    {X86_INS_SAR, DISASSEMBLY_SAR, "dc"},       {X86_INS_SHLD, DISASSEMBLY_SHLD, "drc"},
    {X86_INS_SHRD, DISASSEMBLY_SHRD, "drc"},    {X86_INS_NEG, DISASSEMBLY_NEG, "d"},
    {X86_INS_BZHI, DISASSEMBLY_BZHI, "dsr"},    {X86_INS_BLSI, DISASSEMBLY_BLSI, "ds"},
    {X86_INS_PEXT, DISASSEMBLY_PEXT, "drs"},    {X86_INS_PDEP, DISASSEMBLY_PDEP, "drs"},
    {X86_INS_LAHF, DISASSEMBLY_LAHF, ""},       {X86_INS_SAHF, DISASSEMBLY_SAHF, ""},
};

static const struct missing_row *missing_row_of(const cs_insn *insn) {
    for (size_t i = 0; i < LENGTH(missing_rows); i++) {
        if (missing_rows[i].id == insn->id)
            return &missing_rows[i];
    }
    return NULL;
}

/* Some version refuses them; those that do not get them right. */
static bool missing_is_lacking(enum disassembly_missing_kind kind) {
    return kind == DISASSEMBLY_POPCNT || kind == DISASSEMBLY_MOVBE || kind == DISASSEMBLY_XGETBV;
}

bool disassembly_is_repaired(enum image_mode mode, const struct disassembly_prefixes *prefixes,
                             const cs_insn *insn) {
    const struct missing_row *row = mode == IMAGE_16 ? NULL : missing_row_of(insn);
    const cs_x86 *x86 = &insn->detail->x86;
    bool changes_memory = x86->op_count > 0 && x86->operands[0].type == X86_OP_MEM;

    if (!row || missing_is_lacking(row->kind))
        return false;
    switch (row->kind) {
    case DISASSEMBLY_SHL:
    case DISASSEMBLY_SHR:
    case DISASSEMBLY_SAR:
        return changes_memory && (x86->opcode[0] == 0xd2 || x86->opcode[0] == 0xd3);
    case DISASSEMBLY_SHLD:
    case DISASSEMBLY_SHRD:
        return changes_memory;
    case DISASSEMBLY_NEG:
        return prefixes->lock;
    case DISASSEMBLY_LAHF:
    case DISASSEMBLY_SAHF:
        return prefixes->rex;
    default:
        return true;
    }
}

/* Of the segments only those that begin elsewhere in flat code. */
static enum disassembly_segment missing_segment(const cs_x86_op *operand) {
    return operand->mem.segment == X86_REG_FS   ? DISASSEMBLY_FS
           : operand->mem.segment == X86_REG_GS ? DISASSEMBLY_GS
                                                : DISASSEMBLY_FLAT;
}

static void missing_take_memory(struct disassembly_missing *missing, char role,
                                const cs_x86_op *operand, uint64_t next) {
    missing->stores = role == 'd';
    if (missing->stores)
        missing->width = operand->size;
    missing->segment = missing_segment(operand);
    missing->access = disassembly_access_of(operand, next);
}

static void missing_take_register(struct disassembly_missing *missing, char role,
                                  const cs_x86_op *operand) {
    int number = disassembly_register_number(operand->reg);

    if (role == 'd') {
        missing->reg = (unsigned)number;
        missing->width = operand->size;
    } else if (role == 'r') {
        missing->second = number;
    } else if (role == 's' && missing->stores) {
        missing->reg = (unsigned)number;
    } else if (role == 's') {
        missing->from = number;
    }
}

bool disassembly_missing(struct disassembly *disassembly, const uint8_t *bytes, size_t size,
                         uint64_t address, struct disassembly_missing *missing) {
    struct disassembly_fetched fetched = disassembly_fetch(disassembly, bytes, size, address);
    const struct missing_row *row = fetched.insn ? missing_row_of(fetched.insn) : NULL;

    if (!row || fetched.class !=
                    (missing_is_lacking(row->kind) ? DISASSEMBLY_NORMAL : DISASSEMBLY_REPAIRED))
        return false;
    *missing = (struct disassembly_missing){
        .kind = row->kind, .size = fetched.size, .width = 8, .from = -1, .second = -1, .count = -1};
    for (unsigned i = 0; row->operands[i] != '\0'; i++) {
        const cs_x86_op *operand = &fetched.insn->detail->x86.operands[i];

        if (operand->type == X86_OP_MEM)
            missing_take_memory(missing, row->operands[i], operand, address + fetched.size);
        else if (operand->type == X86_OP_IMM)
            missing->count = (int)(operand->imm & 0xff);
        else
            missing_take_register(missing, row->operands[i], operand);
    }
    return true;
}
