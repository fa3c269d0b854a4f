/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/decode/engine.h"

/*
 * What is done in the emulator's place: instructions that some version of it lacks, and those that
 * it gets wrong. Unicorn swaps the operands of PEXT and PDEP; computes BLSI's carry and BZHI beyond
 * the width wrongly, the flags of LOCK NEG, and with hooks on memory, up to 2.0, those of memory
 * that is shifted by CL or by SHLD and SHRD; takes SPL for AH where LAHF and SAHF have a REX
 * prefix; lets BEXTR of 32 bits in 64-bit code take bits from the register's upper half.
 */
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* What some version of the emulator does with it. */
enum missing_how { MISSING_REFUSED, MISSING_WRONG, MISSING_RIGHT };

static const struct missing_row {
    unsigned id; /* Capstone's */
    enum disassembly_missing_kind kind;
    /* What each operand is: `d` the destination, `s` the source that may be memory, `r` a further
     * register, `c` a count, `a` a further destination. */
    const char *operands;
    enum missing_how how;
} missing_rows[] = {
    {X86_INS_POPCNT, DISASSEMBLY_POPCNT, "ds", MISSING_REFUSED},
    {X86_INS_MOVBE, DISASSEMBLY_MOVBE, "ds", MISSING_REFUSED},
    {X86_INS_XGETBV, DISASSEMBLY_XGETBV, "", MISSING_REFUSED},
    {X86_INS_SHL, DISASSEMBLY_SHL, "dc", MISSING_WRONG},
    {X86_INS_SAL, DISASSEMBLY_SHL, "dc", MISSING_WRONG},
    {X86_INS_SHR, DISASSEMBLY_SHR, "dc", MISSING_WRONG},
    {X86_INS_SAR, DISASSEMBLY_SAR, "dc", MISSING_WRONG},
    {X86_INS_SHLD, DISASSEMBLY_SHLD, "drc", MISSING_WRONG},
    {X86_INS_SHRD, DISASSEMBLY_SHRD, "drc", MISSING_WRONG},
    {X86_INS_NEG, DISASSEMBLY_NEG, "d", MISSING_WRONG},
    {X86_INS_BZHI, DISASSEMBLY_BZHI, "dsr", MISSING_WRONG},
    {X86_INS_BLSI, DISASSEMBLY_BLSI, "ds", MISSING_WRONG},
    {X86_INS_PEXT, DISASSEMBLY_PEXT, "drs", MISSING_WRONG},
    {X86_INS_PDEP, DISASSEMBLY_PDEP, "drs", MISSING_WRONG},
    {X86_INS_LAHF, DISASSEMBLY_LAHF, "", MISSING_WRONG},
    {X86_INS_SAHF, DISASSEMBLY_SAHF, "", MISSING_WRONG},
    {X86_INS_LZCNT, DISASSEMBLY_LZCNT, "ds", MISSING_RIGHT},
    {X86_INS_TZCNT, DISASSEMBLY_TZCNT, "ds", MISSING_RIGHT},
    {X86_INS_CRC32, DISASSEMBLY_CRC32, "ds", MISSING_RIGHT},
    {X86_INS_ANDN, DISASSEMBLY_ANDN, "drs", MISSING_RIGHT},
    {X86_INS_BLSR, DISASSEMBLY_BLSR, "ds", MISSING_RIGHT},
    {X86_INS_BLSMSK, DISASSEMBLY_BLSMSK, "ds", MISSING_RIGHT},
    {X86_INS_BEXTR, DISASSEMBLY_BEXTR, "dsr", MISSING_WRONG},
    {X86_INS_SHLX, DISASSEMBLY_SHLX, "dsr", MISSING_RIGHT},
    {X86_INS_SHRX, DISASSEMBLY_SHRX, "dsr", MISSING_RIGHT},
    {X86_INS_SARX, DISASSEMBLY_SARX, "dsr", MISSING_RIGHT},
    {X86_INS_RORX, DISASSEMBLY_RORX, "dsc", MISSING_RIGHT},
    {X86_INS_MULX, DISASSEMBLY_MULX, "ads", MISSING_RIGHT},
};

static const struct missing_row *missing_row_of(const cs_insn *insn) {
    for (size_t i = 0; i < LENGTH(missing_rows); i++) {
        if (missing_rows[i].id == insn->id)
            return &missing_rows[i];
    }
    return NULL;
}

bool disassembly_is_repaired(enum image_mode mode, const struct disassembly_prefixes *prefixes,
                             const cs_insn *insn) {
    const struct missing_row *row = mode == IMAGE_16 ? NULL : missing_row_of(insn);
    const cs_x86 *x86 = &insn->detail->x86;
    bool changes_memory = x86->op_count > 0 && x86->operands[0].type == X86_OP_MEM;

    if (!row || row->how != MISSING_WRONG)
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

static void missing_take_memory(struct disassembly_missing *missing, char role,
                                const cs_x86_op *operand, uint64_t next) {
    missing->stores = role == 'd';
    if (missing->stores)
        missing->width = operand->size;
    missing->source_width = operand->size;
    missing->segment = disassembly_segment_of(operand);
    missing->access = disassembly_access_of(operand, next);
}

/* A register of one byte that is the lowest of a whole one; -1: it is another. */
static int missing_low_byte(x86_reg reg) {
    const int number = disassembly_byte_number(reg);

    return number < 16 ? number : -1;
}

/* False: it is none that can be named here. */
static bool missing_take_register(struct disassembly_missing *missing, char role,
                                  const cs_x86_op *operand) {
    int number = operand->size == 1 ? missing_low_byte(operand->reg)
                                    : disassembly_register_number(operand->reg);

    if (role == 'd') {
        missing->reg = (unsigned)number;
        missing->width = operand->size;
    } else if (role == 'a') {
        missing->also = number;
    } else if (role == 'r') {
        missing->second = number;
    } else if (role == 's' && missing->stores) {
        missing->reg = (unsigned)number;
    } else if (role == 's') {
        missing->from = number;
        missing->source_width = operand->size;
    }
    return number >= 0;
}

/* Reads the operands that a row names; false: they cannot be said. */
static bool missing_take(const struct disassembly *disassembly,
                         const struct disassembly_fetched *fetched, const struct missing_row *row,
                         uint64_t address, struct disassembly_missing *missing) {
    const cs_x86 *x86 = &fetched->insn->detail->x86;
    unsigned word = disassembly->mode == IMAGE_64 ? 8 : 4;

    *missing = (struct disassembly_missing){.kind = row->kind,
                                            .size = fetched->size,
                                            .width = 8,
                                            .source_width = 8,
                                            .from = -1,
                                            .second = -1,
                                            .also = -1,
                                            .count = -1};
    for (unsigned i = 0; row->operands[i] != '\0'; i++) {
        const cs_x86_op *operand = &x86->operands[i];

        if (operand->type == X86_OP_IMM) {
            missing->count = (int)(operand->imm & 0xff);
        } else if (operand->type != X86_OP_MEM) {
            if (!missing_take_register(missing, row->operands[i], operand))
                return false;
        } else if (x86->addr_size == word) {
            missing_take_memory(missing, row->operands[i], operand, address + fetched->size);
        } else {
            return false;
        }
    }
    return true;
}

bool disassembly_missing(struct disassembly *disassembly, const uint8_t *bytes, size_t size,
                         uint64_t address, struct disassembly_missing *missing) {
    struct disassembly_fetched fetched = disassembly_fetch(disassembly, bytes, size, address);
    const struct missing_row *row = fetched.insn ? missing_row_of(fetched.insn) : NULL;

    return row && row->how != MISSING_RIGHT &&
           fetched.class ==
               (row->how == MISSING_REFUSED ? DISASSEMBLY_NORMAL : DISASSEMBLY_REPAIRED) &&
           missing_take(disassembly, &fetched, row, address, missing);
}

bool disassembly_plain(struct disassembly *disassembly, const uint8_t *bytes, size_t size,
                       uint64_t address, struct disassembly_missing *missing) {
    struct disassembly_fetched fetched = disassembly_fetch(disassembly, bytes, size, address);
    const struct missing_row *row =
        fetched.insn && disassembly->mode != IMAGE_16 ? missing_row_of(fetched.insn) : NULL;

    return row && (fetched.class == DISASSEMBLY_NORMAL || fetched.class == DISASSEMBLY_REPAIRED) &&
           missing_take(disassembly, &fetched, row, address, missing);
}
