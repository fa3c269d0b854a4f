/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/lift/internal.h"

/*
 * What processors leave undefined, by the instruction's opcode (Intel SDM, volume 2, "Flags
 * Affected"). libVEX decides it, and a proof must not lean on that.
 */
#define CARRY 0x1u
#define PARITY 0x4u
#define ADJUST 0x10u
#define ZERO 0x40u
#define SIGN 0x80u
#define OVERFLOW 0x800u
#define ALL (CARRY | PARITY | ADJUST | ZERO | SIGN | OVERFLOW)

/* Rows: the opcode (0x0fXX: of two bytes), and those values of the ModRM byte's middle that are
 * meant, a bit each. */
struct lift_undefined_row {
    unsigned first, last, middles, flags;
    bool undefined_zero;
};
#define ANY 0xffu
static const struct lift_undefined_row lift_undefined_rows[] = {
    {0xf6, 0xf7, 1u << 4 | 1u << 5, PARITY | ADJUST | ZERO | SIGN, false}, /* mul, imul */
    {0xf6, 0xf7, 1u << 6 | 1u << 7, ALL, false},                           /* div, idiv */
    {0x69, 0x69, ANY, PARITY | ADJUST | ZERO | SIGN, false},
    {0x6b, 0x6b, ANY, PARITY | ADJUST | ZERO | SIGN, false},
    {0x0faf, 0x0faf, ANY, PARITY | ADJUST | ZERO | SIGN, false},
    {0x0fbc, 0x0fbd, ANY, ALL & ~ZERO, true},                        /* bsf, bsr */
    {0x0fa3, 0x0fa3, ANY, PARITY | ADJUST | SIGN | OVERFLOW, false}, /* bt and its kin */
    {0x0fab, 0x0fab, ANY, PARITY | ADJUST | SIGN | OVERFLOW, false},
    {0x0fb3, 0x0fb3, ANY, PARITY | ADJUST | SIGN | OVERFLOW, false},
    {0x0fba, 0x0fbb, ANY, PARITY | ADJUST | SIGN | OVERFLOW, false},
    {0x0fa4, 0x0fa5, ANY, ADJUST | OVERFLOW, false}, /* shld, shrd */
    {0x0fac, 0x0fad, ANY, ADJUST | OVERFLOW, false},
    {0xd0, 0xd1, 0xf0, ADJUST, false},                    /* shifts by one */
    {0xc0, 0xc0, 0xf0, ADJUST | OVERFLOW | CARRY, false}, /* of bytes: the count may be too large */
    {0xd2, 0xd2, 0xf0, ADJUST | OVERFLOW | CARRY, false},
    {0xc1, 0xc1, 0xf0, ADJUST | OVERFLOW, false},
    {0xd3, 0xd3, 0xf0, ADJUST | OVERFLOW, false},
    {0xc0, 0xc1, 0x0f, OVERFLOW, false}, /* rotates by more than one */
    {0xd2, 0xd3, 0x0f, OVERFLOW, false},
};

static bool lift_is_prefix(uint8_t byte, bool is_64) {
    static const uint8_t prefixes[] = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0};

    for (size_t i = 0; i < sizeof prefixes; i++) {
        if (byte == prefixes[i])
            return true;
    }
    return is_64 && (byte & 0xf0) == 0x40;
}

/* Reads a segment's selector, or what stands for it: the caller's environment, of which nothing is
 * known. libVEX takes selectors for constants. */
static bool lift_reads_selector(unsigned opcode, bool is_64) {
    return opcode == 0x8c || opcode == 0x0fa0 || opcode == 0x0fa8 || /* mov, push fs, push gs */
           opcode == 0x0f00 || opcode == 0x0f01 || opcode == 0x0f02 || opcode == 0x0f03 ||
           (!is_64 && (opcode == 0x06 || opcode == 0x0e || opcode == 0x16 || opcode == 0x1e));
}

struct lift_doubt lift_doubt_of(const uint8_t *bytes, size_t size, bool is_64) {
    struct lift_doubt doubt = {0};
    bool repeats = false, others = false, is_16 = false;
    unsigned opcode, middle;
    size_t at = 0;

    while (at < size &&
           (lift_is_prefix(bytes[at], is_64) || bytes[at] == 0xf2 || bytes[at] == 0xf3)) {
        repeats |= bytes[at] == 0xf3;
        others |= bytes[at] == 0xf2;
        is_16 |= bytes[at] == 0x66;
        at++;
    }
    if (at + 2 >= size)
        return doubt;
    opcode = bytes[at++];
    if (opcode == 0x0f)
        opcode = 0x0f00u | bytes[at++];
    middle = at < size ? bytes[at] >> 3 & 7u : 0;
    if (lift_reads_selector(opcode, is_64))
        doubt.refused = "it reads what a segment or system register holds";
    if (repeats && (opcode == 0x0fbc || opcode == 0x0fbd))
        doubt.refused = "tzcnt or lzcnt, which libVEX takes for bsf and bsr";
    if (others && opcode == 0x0f38)
        doubt.refused = "an instruction that is not modelled";
    if (middle >= 6 && (opcode == 0xf6 || (opcode == 0xf7 && is_16)))
        doubt.refused = "a division of 8 or 16 bits, which faults where libVEX does not say so";
    if (is_16 && (opcode == 0x0fa4 || opcode == 0x0fa5 || opcode == 0x0fac || opcode == 0x0fad))
        doubt.refused = "a double shift of 16 bits, undefined for some counts";
    for (size_t i = 0; i < sizeof lift_undefined_rows / sizeof lift_undefined_rows[0]; i++) {
        const struct lift_undefined_row *row = &lift_undefined_rows[i];

        if (opcode < row->first || opcode > row->last || !(row->middles & 1u << middle))
            continue;
        doubt.flags |= row->flags;
        doubt.undefined_zero |= row->undefined_zero;
        if (is_16 && (opcode == 0xc1 || opcode == 0xd3))
            doubt.flags |= CARRY;
    }
    return doubt;
}
