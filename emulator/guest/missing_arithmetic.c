/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/missing.h"

/* Results and flags from Intel's Software Developer's Manual, volume 2. */
enum compute_flag {
    COMPUTE_CF = 0x1,
    COMPUTE_PF = 0x4,
    COMPUTE_AF = 0x10,
    COMPUTE_ZF = 0x40,
    COMPUTE_SF = 0x80,
    COMPUTE_OF = 0x800,
    COMPUTE_ALL = 0x8d5
};

static uint64_t compute_cut(uint64_t value, unsigned bits) {
    return bits == 64 ? value : value & ((1ull << bits) - 1);
}

static bool compute_top(uint64_t value, unsigned bits) {
    return value >> (bits - 1) & 1;
}

/* All arithmetic flags: zero, sign and parity go by the result. */
static struct missing_outcome compute_outcome(uint64_t value, unsigned bits, bool carry,
                                              bool overflow) {
    uint64_t flags = (carry ? COMPUTE_CF : 0) | (overflow ? COMPUTE_OF : 0);

    value = compute_cut(value, bits);
    flags |= value == 0 ? COMPUTE_ZF : 0;
    flags |= compute_top(value, bits) ? COMPUTE_SF : 0;
    flags |= __builtin_parity((unsigned)(value & 0xff)) ? 0 : COMPUTE_PF;
    return (struct missing_outcome){value, flags, COMPUTE_ALL};
}

/* Where zero and carry say all, the other flags are clear. */
static struct missing_outcome compute_bare(uint64_t value, unsigned bits, bool carry) {
    struct missing_outcome outcome = compute_outcome(value, bits, carry, false);

    outcome.flags &= ~(uint64_t)COMPUTE_PF;
    return outcome;
}

/* A bit of a value that a shift pushes out; beyond the value there are none. */
static bool compute_bit(uint64_t value, unsigned bit) {
    return bit < 64 && value >> bit & 1;
}

static struct missing_outcome compute_left(uint64_t value, uint64_t filler, unsigned bits,
                                           unsigned count) {
    uint64_t result = count < bits ? value << count | (filler >> 1) >> (bits - 1 - count) : filler;
    bool carry = compute_bit(value, bits - count);

    return compute_outcome(result, bits, carry, compute_top(result, bits) != carry);
}

static struct missing_outcome compute_right(uint64_t value, uint64_t filler, unsigned bits,
                                            unsigned count) {
    uint64_t result = count < bits ? value >> count | (filler << 1) << (bits - 1 - count) : filler;

    return compute_outcome(result, bits, compute_bit(value, count - 1),
                           compute_top(result, bits) != compute_top(value, bits));
}

/* The sign goes on beyond the width. */
static struct missing_outcome compute_signed(uint64_t value, unsigned bits, unsigned count) {
    int64_t wide = (int64_t)(value << (64 - bits)) >> (64 - bits);

    return compute_outcome((uint64_t)(wide >> count), bits, (wide >> (count - 1)) & 1, false);
}

static struct missing_outcome compute_shift(const struct missing_operands *operands) {
    unsigned bits = 8 * operands->width;
    unsigned count = operands->count & (bits == 64 ? 63 : 31);

    if (count == 0)
        return (struct missing_outcome){operands->value, 0, 0};
    switch (operands->kind) {
    case DISASSEMBLY_SHL:
        return compute_left(operands->value, 0, bits, count);
    case DISASSEMBLY_SHLD:
        return compute_left(operands->value, operands->second, bits, count);
    case DISASSEMBLY_SAR:
        return compute_signed(operands->value, bits, count);
    default:
        return compute_right(operands->value,
                             operands->kind == DISASSEMBLY_SHRD ? operands->second : 0, bits,
                             count);
    }
}

static struct missing_outcome compute_neg(uint64_t value, unsigned bits) {
    struct missing_outcome outcome =
        compute_outcome(-value, bits, value != 0, value == 1ull << (bits - 1));

    outcome.flags |= value & 0xf ? COMPUTE_AF : 0;
    return outcome;
}

static struct missing_outcome compute_bzhi(uint64_t value, uint64_t index, unsigned bits) {
    unsigned from = (unsigned)(index & 0xff);

    return compute_bare(from < bits ? compute_cut(value, from) : value, bits, from >= bits);
}

/* As many bits as the second byte says, from the one that the first byte says. */
static struct missing_outcome compute_bextr(uint64_t value, uint64_t control, unsigned bits) {
    unsigned start = (unsigned)(control & 0xff), count = (unsigned)(control >> 8 & 0xff);
    uint64_t result = start < bits ? value >> start : 0;
    struct missing_outcome outcome =
        compute_bare(count < 64 ? compute_cut(result, count) : result, bits, false);

    outcome.flags &= ~(uint64_t)COMPUTE_SF;
    return outcome;
}

/* Moves the bits of `value` that `mask` names to its lowest bits, or the other way round. */
static uint64_t compute_gather(uint64_t value, uint64_t mask, bool spreads) {
    uint64_t result = 0;
    unsigned low = 0;

    for (unsigned bit = 0; bit < 64; bit++) {
        if (!(mask >> bit & 1))
            continue;
        result |= (value >> (spreads ? low : bit) & 1) << (spreads ? bit : low);
        low++;
    }
    return result;
}

struct missing_outcome missing_compute(const struct missing_operands *operands) {
    unsigned bits = 8 * operands->width;
    uint64_t value = operands->value;

    switch (operands->kind) {
    case DISASSEMBLY_POPCNT:
        return (struct missing_outcome){(uint64_t)__builtin_popcountll(value),
                                        value == 0 ? COMPUTE_ZF : 0, COMPUTE_ALL};
    case DISASSEMBLY_NEG:
        return compute_neg(value, bits);
    case DISASSEMBLY_BZHI:
        return compute_bzhi(value, operands->second, bits);
    case DISASSEMBLY_BEXTR:
        return compute_bextr(value, operands->second, bits);
    case DISASSEMBLY_BLSI:
        return compute_bare(value & -value, bits, value != 0);
    case DISASSEMBLY_PEXT:
    case DISASSEMBLY_PDEP:
        return (struct missing_outcome){
            compute_gather(operands->second, value, operands->kind == DISASSEMBLY_PDEP), 0, 0};
    default:
        return compute_shift(operands);
    }
}
