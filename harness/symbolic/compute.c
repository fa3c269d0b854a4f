/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/term_internal.h"

/* What operations make of numbers. */

/* The upper half of a product of two numbers of `width` bits. By halves of 32 bits, as hosts of 32
 * bits have no wider type; a signed one is the unsigned one less what the signs' weights added. */
static uint64_t term_high(uint64_t a, uint64_t b, unsigned width, bool is_signed) {
    uint64_t a_high = a >> 32, a_low = a & 0xffffffff, b_high = b >> 32, b_low = b & 0xffffffff;
    uint64_t low = a_low * b_low, first = a_high * b_low, second = a_low * b_high;
    uint64_t middle = (low >> 32) + (first & 0xffffffff) + (second & 0xffffffff);
    uint64_t upper = a_high * b_high + (first >> 32) + (second >> 32) + (middle >> 32);
    uint64_t high = width == 64 ? upper : upper << (64 - width) | (a * b) >> width;
    uint64_t sign = 1ull << (width - 1);

    if (is_signed && (a & sign))
        high -= b;
    if (is_signed && (b & sign))
        high -= a;
    return high;
}

/* As SMT-LIB has it: the signs are taken off, and put on again. */
static uint64_t term_divide(enum term_op op, unsigned width, uint64_t a, uint64_t b) {
    uint64_t mask = term_mask(width), sign = 1ull << (width - 1);
    bool negative_a = (a & sign) != 0, negative_b = (b & sign) != 0;
    uint64_t x = a, y = b, quotient, remainder;

    if (op == TERM_DIV_SIGNED || op == TERM_REM_SIGNED) {
        x = negative_a ? (0 - a) & mask : a;
        y = negative_b ? (0 - b) & mask : b;
    } else {
        negative_a = negative_b = false;
    }
    quotient = y == 0 ? mask : x / y;
    remainder = y == 0 ? x : x % y;
    if (op == TERM_DIV_UNSIGNED || op == TERM_DIV_SIGNED)
        return negative_a != negative_b ? 0 - quotient : quotient;
    return negative_a ? 0 - remainder : remainder;
}

uint64_t term_compute(enum term_op op, unsigned width, uint64_t a, uint64_t b) {
    int64_t signed_a = (int64_t)term_signed(a, width), signed_b = (int64_t)term_signed(b, width);
    uint64_t mask = term_mask(width);

    switch (op) {
    case TERM_ADD:
        return (a + b) & mask;
    case TERM_SUB:
        return (a - b) & mask;
    case TERM_MUL:
        return a * b & mask;
    case TERM_HIGH_UNSIGNED:
        return term_high(a, b, width, false) & mask;
    case TERM_HIGH_SIGNED:
        return term_high(a, b, width, true) & mask;
    case TERM_DIV_UNSIGNED:
    case TERM_REM_UNSIGNED:
    case TERM_DIV_SIGNED:
    case TERM_REM_SIGNED:
        return term_divide(op, width, a, b) & mask;
    case TERM_AND:
        return a & b;
    case TERM_OR:
        return a | b;
    case TERM_XOR:
        return a ^ b;
    case TERM_NOT:
        return ~a & mask;
    case TERM_SHL:
        return b >= width ? 0 : a << b & mask;
    case TERM_SHR:
        return b >= width ? 0 : a >> b;
    case TERM_SAR:
        return (uint64_t)(signed_a >> (b >= width ? width - 1 : b)) & mask;
    case TERM_EQ:
        return a == b;
    case TERM_LT_UNSIGNED:
        return a < b;
    case TERM_LE_UNSIGNED:
        return a <= b;
    case TERM_LT_SIGNED:
        return signed_a < signed_b;
    case TERM_LE_SIGNED:
        return signed_a <= signed_b;
    default:
        return 0;
    }
}
