/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/decode/disassembly.h"
#include "harness/symbolic/step.h"

/*
 * Instructions on general registers that processors got behind SSE2: they count, gather and mix
 * bits (POPCNT, LZCNT, CRC32, BMI). libVEX has them in 64-bit code alone, or none of them; here
 * they are the same in both modes. Results and flags are those of Intel's Software Developer's
 * Manual, volume 2; flags that it leaves undefined are unknown.
 */
#define EXTENDED_CARRY 0x1u
#define EXTENDED_PARITY 0x4u
#define EXTENDED_ADJUST 0x10u
#define EXTENDED_ZERO 0x40u
#define EXTENDED_SIGN 0x80u
#define EXTENDED_OVERFLOW 0x800u
#define EXTENDED_POLYNOMIAL 0x82f63b78u /* CRC32's, its highest power lowest */

/* What goes in, and what comes out. Terms of one bit for flags; 0: clear. */
struct extended_work {
    struct terms *terms;
    struct machine *machine;
    enum disassembly_missing_kind kind;
    unsigned width;              /* bits of operands and of the result */
    term_id value, second, mask; /* mask: PEXT's and PDEP's */
    unsigned count;
    term_id result, carry, zero, sign;
};

static term_id extended_number(const struct extended_work *work, uint64_t number) {
    return term_number(work->terms, work->width, number & term_mask(work->width));
}

static term_id extended_is_zero(const struct extended_work *work, term_id id) {
    return term_eq(work->terms, id, extended_number(work, 0));
}

/* All bits from one on, which may be beyond the last one. */
static term_id extended_from(const struct extended_work *work, term_id bit) {
    return term_binary(work->terms, TERM_SHL, extended_number(work, UINT64_MAX), bit);
}

/* A byte of a register as a number of bits. */
static term_id extended_byte(const struct extended_work *work, unsigned low) {
    return term_zero_extend(work->terms, term_extract(work->terms, work->second, low, 8),
                            work->width);
}

static void extended_zero_and_sign(struct extended_work *work) {
    work->zero = extended_is_zero(work, work->result);
    work->sign = term_extract(work->terms, work->result, work->width - 1, 1);
}

static void extended_popcnt(struct extended_work *work) {
    work->result = extended_number(work, 0);
    for (unsigned bit = 0; bit < work->width; bit++)
        work->result = term_binary(work->terms, TERM_ADD, work->result,
                                   term_zero_extend(work->terms,
                                                    term_extract(work->terms, work->value, bit, 1),
                                                    work->width));
    work->zero = extended_is_zero(work, work->value);
}

static void extended_zeros(struct extended_work *work) {
    work->result = machine_zeros(work->machine, work->kind == DISASSEMBLY_LZCNT, work->value);
    work->carry = extended_is_zero(work, work->value);
    work->zero = extended_is_zero(work, work->result);
}

/* Shifts bit after bit out, as a circuit does: so a solver finds its way back step by step. */
static void extended_crc32(struct extended_work *work) {
    struct terms *terms = work->terms;
    unsigned bits = term_width(terms, work->value);
    term_id crc = term_extract(terms, work->second, 0, 32);

    for (unsigned from = 0; from < bits; from += 32) {
        unsigned part = bits - from < 32 ? bits - from : 32;

        crc =
            term_binary(terms, TERM_XOR, crc,
                        term_zero_extend(terms, term_extract(terms, work->value, from, part), 32));
        for (unsigned i = 0; i < part; i++)
            crc = term_binary(
                terms, TERM_XOR, term_binary(terms, TERM_SHR, crc, term_number(terms, 32, 1)),
                term_and(terms, term_sign_extend(terms, term_extract(terms, crc, 0, 1), 32),
                         term_number(terms, 32, EXTENDED_POLYNOMIAL)));
    }
    work->result = term_zero_extend(terms, crc, work->width);
}

static void extended_andn(struct extended_work *work) {
    work->result = term_and(work->terms, term_not(work->terms, work->second), work->value);
    extended_zero_and_sign(work);
}

static void extended_lowest(struct extended_work *work) {
    struct terms *terms = work->terms;
    term_id below = term_binary(terms, TERM_SUB, work->value, extended_number(work, 1));

    work->carry = extended_is_zero(work, work->value);
    if (work->kind == DISASSEMBLY_BLSR) {
        work->result = term_and(terms, work->value, below);
    } else if (work->kind == DISASSEMBLY_BLSMSK) {
        work->result = term_binary(terms, TERM_XOR, work->value, below);
    } else {
        work->result = term_and(terms, work->value, term_not(terms, below));
        work->carry = term_not(terms, work->carry);
    }
    extended_zero_and_sign(work);
    if (work->kind == DISASSEMBLY_BLSMSK)
        work->zero = 0;
}

static void extended_bzhi(struct extended_work *work) {
    struct terms *terms = work->terms;
    term_id index = extended_byte(work, 0);

    work->result = term_and(terms, work->value, term_not(terms, extended_from(work, index)));
    work->carry = term_binary(terms, TERM_LE_UNSIGNED, extended_number(work, work->width), index);
    extended_zero_and_sign(work);
}

static void extended_bextr(struct extended_work *work) {
    struct terms *terms = work->terms;

    work->result =
        term_and(terms, term_binary(terms, TERM_SHR, work->value, extended_byte(work, 0)),
                 term_not(terms, extended_from(work, extended_byte(work, 8))));
    work->zero = extended_is_zero(work, work->result);
}

/* PEXT and PDEP: the n-th bit of the mask that is set belongs to bit n of the other operand. */
static void extended_gather(struct extended_work *work) {
    struct terms *terms = work->terms;
    term_id low = extended_number(work, 0), one;

    work->result = low;
    for (unsigned bit = 0; bit < work->width; bit++) {
        term_id is_meant = term_extract(terms, work->mask, bit, 1);

        if (work->kind == DISASSEMBLY_PEXT)
            one = term_binary(terms, TERM_SHL,
                              term_zero_extend(terms,
                                               term_and(terms, is_meant,
                                                        term_extract(terms, work->value, bit, 1)),
                                               work->width),
                              low);
        else
            one = term_binary(
                terms, TERM_SHL,
                term_zero_extend(
                    terms,
                    term_and(
                        terms, is_meant,
                        term_extract(terms, term_binary(terms, TERM_SHR, work->value, low), 0, 1)),
                    work->width),
                extended_number(work, bit));
        work->result = term_or(terms, work->result, one);
        low = term_binary(terms, TERM_ADD, low, term_zero_extend(terms, is_meant, work->width));
    }
}

static void extended_shift(struct extended_work *work) {
    enum term_op op = work->kind == DISASSEMBLY_SHLX   ? TERM_SHL
                      : work->kind == DISASSEMBLY_SHRX ? TERM_SHR
                                                       : TERM_SAR;

    work->result =
        term_binary(work->terms, op, work->value,
                    term_and(work->terms, work->second, extended_number(work, work->width - 1)));
}

static void extended_rorx(struct extended_work *work) {
    unsigned count = work->count & (work->width - 1);

    work->result =
        count == 0
            ? work->value
            : term_binary(work->terms, TERM_JOIN, term_extract(work->terms, work->value, 0, count),
                          term_extract(work->terms, work->value, count, work->width - count));
}

/* A kind, what it does, which flags change, and which of those nobody knows. */
#define EXTENDED_ALL                                                                               \
    (EXTENDED_CARRY | EXTENDED_PARITY | EXTENDED_ADJUST | EXTENDED_ZERO | EXTENDED_SIGN |          \
     EXTENDED_OVERFLOW)
static const struct extended_row {
    enum disassembly_missing_kind kind;
    void (*run)(struct extended_work *work);
    bool flags;
    unsigned undefined;
} extended_rows[] = {
    {DISASSEMBLY_POPCNT, extended_popcnt, true, 0},
    {DISASSEMBLY_LZCNT, extended_zeros, true, EXTENDED_ALL & ~(EXTENDED_CARRY | EXTENDED_ZERO)},
    {DISASSEMBLY_TZCNT, extended_zeros, true, EXTENDED_ALL & ~(EXTENDED_CARRY | EXTENDED_ZERO)},
    {DISASSEMBLY_CRC32, extended_crc32, false, 0},
    {DISASSEMBLY_ANDN, extended_andn, true, EXTENDED_ADJUST | EXTENDED_PARITY},
    {DISASSEMBLY_BLSR, extended_lowest, true, EXTENDED_ADJUST | EXTENDED_PARITY},
    {DISASSEMBLY_BLSMSK, extended_lowest, true, EXTENDED_ADJUST | EXTENDED_PARITY},
    {DISASSEMBLY_BLSI, extended_lowest, true, EXTENDED_ADJUST | EXTENDED_PARITY},
    {DISASSEMBLY_BZHI, extended_bzhi, true, EXTENDED_ADJUST | EXTENDED_PARITY},
    {DISASSEMBLY_BEXTR, extended_bextr, true, EXTENDED_ADJUST | EXTENDED_PARITY | EXTENDED_SIGN},
    {DISASSEMBLY_PEXT, extended_gather, false, 0},
    {DISASSEMBLY_PDEP, extended_gather, false, 0},
    {DISASSEMBLY_SHLX, extended_shift, false, 0},
    {DISASSEMBLY_SHRX, extended_shift, false, 0},
    {DISASSEMBLY_SARX, extended_shift, false, 0},
    {DISASSEMBLY_RORX, extended_rorx, false, 0},
    {DISASSEMBLY_MULX, NULL, false, 0},
};

static const struct extended_row *extended_row_of(enum disassembly_missing_kind kind) {
    for (size_t i = 0; i < sizeof extended_rows / sizeof extended_rows[0]; i++) {
        if (extended_rows[i].kind == kind)
            return &extended_rows[i];
    }
    return NULL;
}

term_id machine_operand_address(struct machine *machine, struct machine_state *state,
                                const struct disassembly_missing *missing) {
    const struct disassembly_access *access = &missing->access;
    struct terms *terms = machine->terms;
    unsigned word = machine->layout->word;
    term_id address = term_number(terms, machine->word, access->displacement);

    if (access->base >= 0)
        address =
            term_binary(terms, TERM_ADD,
                        machine_register(machine, state, (unsigned)access->base, 0, word), address);
    if (access->index >= 0)
        address = term_binary(
            terms, TERM_ADD, address,
            term_binary(terms, TERM_MUL,
                        machine_register(machine, state, (unsigned)access->index, 0, word),
                        term_number(terms, machine->word, access->scale)));
    if (missing->segment != DISASSEMBLY_FLAT)
        address =
            term_binary(terms, TERM_ADD,
                        machine_segment_base(machine, missing->segment == DISASSEMBLY_GS), address);
    return address;
}

static term_id extended_source(struct machine *machine, struct machine_state *state,
                               const struct disassembly_missing *missing) {
    return missing->from >= 0
               ? machine_register(machine, state, (unsigned)missing->from, 0, missing->source_width)
               : machine_load(machine, state, machine_operand_address(machine, state, missing),
                              missing->source_width);
}

/* A register as a write of an operand's width leaves it: of 32 bits, the upper half is 0. */
static void extended_set(struct machine *machine, struct machine_state *state, unsigned reg,
                         term_id value) {
    if (term_width(machine->terms, value) == 32)
        value = term_zero_extend(machine->terms, value, machine->word);
    machine_write_registers(machine, state, machine->layout->general[reg], value);
}

static void extended_set_flags(const struct extended_work *work, struct machine_state *state,
                               unsigned undefined) {
    const struct {
        term_id flag;
        unsigned bit;
    } flags[] = {{work->carry, 0}, {work->zero, 6}, {work->sign, 7}};
    struct machine *machine = work->machine;
    struct terms *terms = work->terms;
    term_id all = term_and(terms, machine_garbage(machine, machine->word),
                           term_number(terms, machine->word, undefined));

    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (flags[i].flag)
            all = term_or(terms, all,
                          term_binary(terms, TERM_SHL,
                                      term_zero_extend(terms, flags[i].flag, machine->word),
                                      term_number(terms, machine->word, flags[i].bit)));
    }
    /* A thunk that is the flags themselves. */
    for (unsigned i = 0; i < 4; i++)
        machine_write_registers(machine, state, machine->layout->thunk[i],
                                i == 1 ? all : term_number(terms, machine->word, 0));
}

/* EDX times the source, whose upper half is written last. */
static void extended_mulx(struct extended_work *work, struct machine_state *state,
                          const struct disassembly_missing *missing) {
    term_id factor = machine_register(work->machine, state, 2, 0, missing->width);
    struct machine_wide product = machine_multiply(work->machine, false, factor, work->value);
    bool is_one = work->width < 64;

    extended_set(work->machine, state, missing->reg,
                 is_one ? term_extract(work->terms, product.low, 0, work->width) : product.low);
    extended_set(work->machine, state, (unsigned)missing->also,
                 is_one ? term_extract(work->terms, product.low, work->width, work->width)
                        : product.high);
}

bool machine_extended(struct machine *machine, struct machine_state *state,
                      const struct disassembly_missing *missing) {
    const struct extended_row *row = extended_row_of(missing->kind);
    struct extended_work work = {.terms = machine->terms,
                                 .machine = machine,
                                 .kind = missing->kind,
                                 .width = 8 * missing->width,
                                 .count = (unsigned)missing->count};

    if (!row)
        return false;
    work.value = extended_source(machine, state, missing);
    if (!work.value)
        return true;
    if (missing->second >= 0)
        work.second =
            machine_register(machine, state, (unsigned)missing->second, 0, missing->width);
    if (missing->kind == DISASSEMBLY_CRC32)
        work.second = machine_register(machine, state, missing->reg, 0, missing->width);
    if (missing->kind == DISASSEMBLY_PEXT || missing->kind == DISASSEMBLY_PDEP) {
        work.mask = work.value;
        work.value = work.second;
    }
    if (row->run) {
        row->run(&work);
        extended_set(machine, state, missing->reg, work.result);
    } else {
        extended_mulx(&work, state, missing);
    }
    if (row->flags)
        extended_set_flags(&work, state, row->undefined);
    state->pc += missing->size;
    state->steps++;
    return true;
}
