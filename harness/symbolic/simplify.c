/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/term_internal.h"

/*
 * Simplifications: enough that addresses come out as a base and an offset, that what was taken
 * apart into bytes comes out whole again, and that comparisons of flags come out as comparisons.
 */
static uint64_t term_high(uint64_t a, uint64_t b, unsigned width, bool is_signed) {
    __extension__ typedef unsigned __int128 wide;
    __extension__ typedef __int128 signed_wide;

    if (is_signed)
        return (uint64_t)((signed_wide)(int64_t)term_signed(a, width) *
                              (signed_wide)(int64_t)term_signed(b, width) >>
                          width);
    return (uint64_t)((wide)a * b >> width);
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

static term_id term_make(struct terms *terms, enum term_op op, unsigned width, term_id a, term_id b,
                         term_id c, uint64_t number) {
    return term_intern(
        terms,
        (struct term){
            .op = (uint8_t)op, .width = (uint8_t)width, .a = a, .b = b, .c = c, .number = number});
}

static bool term_is(const struct terms *terms, term_id id, uint64_t number) {
    const struct term *term = term_get(terms, id);

    return term->op == TERM_NUMBER && term->number == number;
}

/* --- One operand. --- */

term_id term_unary(struct terms *terms, enum term_op op, term_id a) {
    struct term term = *term_get(terms, a);

    if (term.op == TERM_NUMBER)
        return term_number(terms, term.width, term_compute(op, term.width, term.number, 0));
    if (term.op == TERM_NOT)
        return term.a;
    /* not a < b is b <= a */
    if (term.op == TERM_LT_UNSIGNED || term.op == TERM_LT_SIGNED)
        return term_binary(terms, term.op + 1, term.b, term.a);
    if (term.op == TERM_LE_UNSIGNED || term.op == TERM_LE_SIGNED)
        return term_binary(terms, term.op - 1, term.b, term.a);
    return term_make(terms, op, term.width, a, 0, 0, 0);
}

term_id term_zero_extend(struct terms *terms, term_id a, unsigned width) {
    unsigned narrow = term_width(terms, a);

    return narrow >= width
               ? a
               : term_binary(terms, TERM_JOIN, term_number(terms, width - narrow, 0), a);
}

term_id term_sign_extend(struct terms *terms, term_id a, unsigned width) {
    struct term term = *term_get(terms, a);
    uint64_t top;

    if (term.width >= width)
        return a;
    if (term.op == TERM_NUMBER)
        return term_number(terms, width, term_signed(term.number, term.width));
    if (term.op == TERM_SIGN)
        return term_sign_extend(terms, term.a, width);
    if (term.op == TERM_JOIN && term_is_number(terms, term.a, &top)) {
        unsigned high = term_width(terms, term.a);

        if (high < 64 - (width - term.width) + 1)
            return term_binary(
                terms, TERM_JOIN,
                term_number(terms, high + width - term.width, term_signed(top, high)), term.b);
    }
    if (term.op == TERM_CHOOSE && term_get(terms, term.b)->op == TERM_NUMBER &&
        term_get(terms, term.c)->op == TERM_NUMBER)
        return term_choose(terms, term.a, term_sign_extend(terms, term.b, width),
                           term_sign_extend(terms, term.c, width));
    return term_make(terms, TERM_SIGN, width, a, 0, 0, 0);
}

/* --- Parts. --- */

/* How many of the low bits are known to be 0. */
static unsigned term_low_zeros(const struct terms *terms, term_id id) {
    const struct term *term = term_get(terms, id);

    if (term->op == TERM_NUMBER)
        return term->number == 0 ? term->width : (unsigned)__builtin_ctzll(term->number);
    if (term->op == TERM_JOIN) {
        unsigned low = term_low_zeros(terms, term->b);

        return low < term_width(terms, term->b) ? low : low + term_low_zeros(terms, term->a);
    }
    return 0;
}

/* Bits of a sum whose other operand has only zeros below them: no carry comes from there. */
static term_id term_extract_sum(struct terms *terms, const struct term *sum, unsigned low,
                                unsigned width) {
    if (term_low_zeros(terms, sum->a) < low && term_low_zeros(terms, sum->b) < low)
        return 0;
    return term_binary(terms, sum->op, term_extract(terms, sum->a, low, width),
                       term_extract(terms, sum->b, low, width));
}

static term_id term_extract_join(struct terms *terms, const struct term *join, unsigned low,
                                 unsigned width) {
    unsigned border = term_width(terms, join->b);

    if (low >= border)
        return term_extract(terms, join->a, low - border, width);
    if (low + width <= border)
        return term_extract(terms, join->b, low, width);
    return term_binary(terms, TERM_JOIN, term_extract(terms, join->a, 0, low + width - border),
                       term_extract(terms, join->b, low, border - low));
}

term_id term_extract(struct terms *terms, term_id a, unsigned low, unsigned width) {
    struct term term = *term_get(terms, a);
    term_id made;

    if (low == 0 && width == term.width)
        return a;
    switch (term.op) {
    case TERM_NUMBER:
        return term_number(terms, width, term.number >> low);
    case TERM_EXTRACT:
        return term_extract(terms, term.a, (unsigned)term.number + low, width);
    case TERM_JOIN:
        return term_extract_join(terms, &term, low, width);
    case TERM_SIGN:
        if (low + width <= term_width(terms, term.a))
            return term_extract(terms, term.a, low, width);
        if (low == 0)
            return term_sign_extend(terms, term.a, width);
        break;
    case TERM_AND:
    case TERM_OR:
    case TERM_XOR:
        return term_binary(terms, term.op, term_extract(terms, term.a, low, width),
                           term_extract(terms, term.b, low, width));
    case TERM_NOT:
        return term_unary(terms, TERM_NOT, term_extract(terms, term.a, low, width));
    case TERM_ADD:
    case TERM_SUB:
        if (low > 0 && term.op == TERM_SUB && term_low_zeros(terms, term.b) < low)
            break;
        made = term_extract_sum(terms, &term, low, width);
        if (made)
            return made;
        if (low > 0)
            break;
        return term_binary(terms, term.op, term_extract(terms, term.a, 0, width),
                           term_extract(terms, term.b, 0, width));
    case TERM_MUL:
        if (low > 0)
            break;
        return term_binary(terms, term.op, term_extract(terms, term.a, 0, width),
                           term_extract(terms, term.b, 0, width));
    case TERM_CHOOSE:
        if (term_get(terms, term.b)->op != TERM_NUMBER &&
            term_get(terms, term.c)->op != TERM_NUMBER &&
            term_get(terms, term.b)->op != TERM_JOIN && term_get(terms, term.c)->op != TERM_JOIN)
            break;
        return term_choose(terms, term.a, term_extract(terms, term.b, low, width),
                           term_extract(terms, term.c, low, width));
    default:
        break;
    }
    return term_make(terms, TERM_EXTRACT, width, a, 0, 0, low);
}

static term_id term_join(struct terms *terms, term_id a, term_id b) {
    struct term high = *term_get(terms, a), low = *term_get(terms, b);
    unsigned width = high.width + low.width;
    struct term inner;
    uint64_t offset;

    if (high.op == TERM_NUMBER && low.op == TERM_NUMBER)
        return term_number(terms, width, high.number << low.width | low.number);
    /* One above the other of the same whole. */
    if (high.op == TERM_EXTRACT && low.op == TERM_EXTRACT && high.a == low.a &&
        high.number == low.number + low.width)
        return term_extract(terms, high.a, (unsigned)low.number, width);
    /* To the right: a (b c). */
    if (high.op == TERM_JOIN)
        return term_join(terms, high.a, term_join(terms, high.b, b));
    if (low.op == TERM_JOIN) {
        inner = *term_get(terms, low.a);
        if (high.op == TERM_NUMBER && inner.op == TERM_NUMBER)
            return term_join(terms,
                             term_number(terms, high.width + inner.width,
                                         high.number << inner.width | inner.number),
                             low.b);
        if (high.op == TERM_EXTRACT && inner.op == TERM_EXTRACT && high.a == inner.a &&
            high.number == inner.number + inner.width)
            return term_join(
                terms,
                term_extract(terms, high.a, (unsigned)inner.number, high.width + inner.width),
                low.b);
    }
    /* (x + n) above bits that are known is x above zeros, plus a number: a base and an offset. */
    if (high.op == TERM_ADD && low.op == TERM_NUMBER && term_is_number(terms, high.b, &offset))
        return term_binary(terms, TERM_ADD,
                           term_join(terms, high.a, term_number(terms, low.width, 0)),
                           term_number(terms, width, offset << low.width | low.number));
    /* x above a number: the base is x above zeros. */
    if (high.op == TERM_UNKNOWN && low.op == TERM_NUMBER && low.number != 0)
        return term_binary(terms, TERM_ADD, term_join(terms, a, term_number(terms, low.width, 0)),
                           term_number(terms, width, low.number));
    return term_make(terms, TERM_JOIN, width, a, b, 0, 0);
}

/* --- Sums. --- */

static term_id term_add(struct terms *terms, term_id a, term_id b) {
    struct term x = *term_get(terms, a), y = *term_get(terms, b);
    uint64_t number;

    if (x.op == TERM_NUMBER && y.op == TERM_NUMBER)
        return term_number(terms, x.width, term_compute(TERM_ADD, x.width, x.number, y.number));
    if (x.op == TERM_NUMBER)
        return term_add(terms, b, a);
    if (y.op == TERM_NUMBER && y.number == 0)
        return a;
    if (y.op == TERM_NUMBER && x.op == TERM_ADD && term_is_number(terms, x.b, &number))
        return term_add(terms, x.a, term_number(terms, x.width, number + y.number));
    if (y.op == TERM_ADD && term_is_number(terms, y.b, &number))
        return term_add(terms, term_add(terms, a, y.a), y.b);
    if (y.op != TERM_NUMBER && x.op == TERM_ADD && term_is_number(terms, x.b, &number))
        return term_add(terms, term_add(terms, x.a, b), x.b);
    if (y.op == TERM_NUMBER && x.op == TERM_CHOOSE &&
        (term_get(terms, x.b)->op == TERM_NUMBER && term_get(terms, x.c)->op == TERM_NUMBER))
        return term_choose(terms, x.a, term_add(terms, x.b, b), term_add(terms, x.c, b));
    if (x.op == TERM_SUB && x.b == b)
        return x.a;
    if (y.op == TERM_SUB && y.b == a)
        return y.a;
    if (y.op != TERM_NUMBER && a > b)
        return term_make(terms, TERM_ADD, x.width, b, a, 0, 0);
    return term_make(terms, TERM_ADD, x.width, a, b, 0, 0);
}

static term_id term_sub(struct terms *terms, term_id a, term_id b) {
    struct term x = *term_get(terms, a), y = *term_get(terms, b);
    uint64_t number;

    if (x.op == TERM_NUMBER && y.op == TERM_NUMBER)
        return term_number(terms, x.width, term_compute(TERM_SUB, x.width, x.number, y.number));
    if (a == b)
        return term_number(terms, x.width, 0);
    if (y.op == TERM_NUMBER)
        return term_add(terms, a, term_number(terms, x.width, 0 - y.number));
    if (y.op == TERM_ADD && term_is_number(terms, y.b, &number))
        return term_add(terms, term_sub(terms, a, y.a), term_number(terms, x.width, 0 - number));
    if (x.op == TERM_ADD && term_is_number(terms, x.b, &number))
        return term_add(terms, term_sub(terms, x.a, b), x.b);
    if (x.op == TERM_ADD && (x.a == b || x.b == b))
        return x.a == b ? x.b : x.a;
    return term_make(terms, TERM_SUB, x.width, a, b, 0, 0);
}

/* --- Bits. --- */

/* A mask of one run of ones picks bits. */
static term_id term_mask_bits(struct terms *terms, term_id a, uint64_t mask, unsigned width) {
    unsigned low = (unsigned)__builtin_ctzll(mask), high = 64 - (unsigned)__builtin_clzll(mask);
    term_id bits;

    if ((mask >> low) != term_mask(high - low))
        return 0;
    bits = term_extract(terms, a, low, high - low);
    if (low > 0)
        bits = term_join(terms, bits, term_number(terms, low, 0));
    return term_zero_extend(terms, bits, width);
}

static bool term_are_opposite(const struct terms *terms, term_id a, term_id b) {
    const struct term *x = term_get(terms, a), *y = term_get(terms, b);

    if ((x->op == TERM_NOT && x->a == b) || (y->op == TERM_NOT && y->a == a))
        return true;
    /* a < b and b <= a */
    return ((x->op == TERM_LT_UNSIGNED && y->op == TERM_LE_UNSIGNED) ||
            (x->op == TERM_LE_UNSIGNED && y->op == TERM_LT_UNSIGNED) ||
            (x->op == TERM_LT_SIGNED && y->op == TERM_LE_SIGNED) ||
            (x->op == TERM_LE_SIGNED && y->op == TERM_LT_SIGNED)) &&
           x->a == y->b && x->b == y->a;
}

/* Bit by bit where one of them is made of parts that are known. */
static term_id term_bits_of_join(struct terms *terms, enum term_op op, term_id a, term_id b) {
    const struct term join = *term_get(terms, a);
    unsigned border = term_width(terms, join.b);
    unsigned width = join.width;

    return term_join(terms,
                     term_binary(terms, op, join.a, term_extract(terms, b, border, width - border)),
                     term_binary(terms, op, join.b, term_extract(terms, b, 0, border)));
}

static term_id term_bits(struct terms *terms, enum term_op op, term_id a, term_id b) {
    struct term x = *term_get(terms, a), y = *term_get(terms, b);
    uint64_t mask = term_mask(x.width);
    term_id made;

    if (x.op == TERM_NUMBER && y.op == TERM_NUMBER)
        return term_number(terms, x.width, term_compute(op, x.width, x.number, y.number));
    if (x.op == TERM_NUMBER)
        return term_bits(terms, op, b, a);
    if (a == b)
        return op == TERM_XOR ? term_number(terms, x.width, 0) : a;
    if (y.op == TERM_NUMBER) {
        if (y.number == 0)
            return op == TERM_AND ? b : a;
        if (y.number == mask)
            return op == TERM_AND ? a : op == TERM_OR ? b : term_unary(terms, TERM_NOT, a);
        if (op == TERM_AND && (made = term_mask_bits(terms, a, y.number, x.width)) != 0)
            return made;
    }
    if (term_are_opposite(terms, a, b))
        return term_number(terms, x.width, op == TERM_AND ? 0 : mask);
    if (x.width > 1 && x.op == TERM_JOIN &&
        (y.op == TERM_NUMBER || y.op == TERM_JOIN || term_get(terms, x.a)->op == TERM_NUMBER ||
         term_get(terms, x.b)->op == TERM_NUMBER))
        return term_bits_of_join(terms, op, a, b);
    if (x.width > 1 && y.op == TERM_JOIN &&
        (term_get(terms, y.a)->op == TERM_NUMBER || term_get(terms, y.b)->op == TERM_NUMBER))
        return term_bits_of_join(terms, op, b, a);
    if (y.op == TERM_NUMBER && x.op == op && term_get(terms, x.b)->op == TERM_NUMBER)
        return term_bits(terms, op, x.a, term_bits(terms, op, x.b, b));
    if (y.op != TERM_NUMBER && a > b)
        return term_make(terms, op, x.width, b, a, 0, 0);
    return term_make(terms, op, x.width, a, b, 0, 0);
}

static term_id term_shift(struct terms *terms, enum term_op op, term_id a, term_id b) {
    struct term x = *term_get(terms, a);
    uint64_t count;
    unsigned width = x.width;

    if (!term_is_number(terms, b, &count))
        return term_make(terms, op, width, a, b, 0, 0);
    if (count == 0)
        return a;
    if (count >= width) {
        if (op != TERM_SAR)
            return term_number(terms, width, 0);
        count = width - 1;
    }
    if (op == TERM_SHL)
        return term_join(terms, term_extract(terms, a, 0, width - (unsigned)count),
                         term_number(terms, (unsigned)count, 0));
    a = term_extract(terms, a, (unsigned)count, width - (unsigned)count);
    return op == TERM_SHR ? term_zero_extend(terms, a, width) : term_sign_extend(terms, a, width);
}

/* --- Comparisons. --- */

static term_id term_equal_number(struct terms *terms, term_id a, uint64_t number) {
    struct term x = *term_get(terms, a);
    uint64_t other, third;
    unsigned border;

    switch (x.op) {
    case TERM_ADD:
        if (term_is_number(terms, x.b, &other))
            return term_eq(terms, x.a, term_number(terms, x.width, number - other));
        break;
    case TERM_SUB:
        if (number == 0)
            return term_eq(terms, x.a, x.b);
        break;
    case TERM_XOR:
        if (term_is_number(terms, x.b, &other))
            return term_eq(terms, x.a, term_number(terms, x.width, number ^ other));
        if (number == 0)
            return term_eq(terms, x.a, x.b);
        break;
    case TERM_NOT:
        if (x.width > 1)
            return term_eq(terms, x.a, term_number(terms, x.width, ~number));
        break;
    case TERM_JOIN:
        border = term_width(terms, x.b);
        return term_and(terms,
                        term_eq(terms, x.a, term_number(terms, x.width - border, number >> border)),
                        term_eq(terms, x.b, term_number(terms, border, number)));
    case TERM_SIGN:
        border = term_width(terms, x.a);
        if ((term_signed(number & term_mask(border), border) & term_mask(x.width)) != number)
            return term_false(terms);
        return term_eq(terms, x.a, term_number(terms, border, number));
    case TERM_CHOOSE:
        if (term_is_number(terms, x.b, &other) || term_is_number(terms, x.c, &third))
            return term_choose(terms, x.a, term_eq(terms, x.b, term_number(terms, x.width, number)),
                               term_eq(terms, x.c, term_number(terms, x.width, number)));
        break;
    default:
        break;
    }
    return term_make(terms, TERM_EQ, 1, a, term_number(terms, x.width, number), 0, 0);
}

static term_id term_equal(struct terms *terms, term_id a, term_id b) {
    struct term x = *term_get(terms, a), y = *term_get(terms, b);
    unsigned border;

    if (x.op == TERM_NUMBER && y.op == TERM_NUMBER)
        return term_number(terms, 1, term_compute(TERM_EQ, x.width, x.number, y.number));
    if (a == b)
        return term_true(terms);
    if (x.op == TERM_NUMBER)
        return term_equal(terms, b, a);
    if (x.width == 1 && y.op == TERM_NUMBER)
        return y.number ? a : term_not(terms, a);
    if (y.op == TERM_NUMBER)
        return term_equal_number(terms, a, y.number);
    if (x.op == TERM_JOIN && y.op == TERM_JOIN &&
        (border = term_width(terms, x.b)) == term_width(terms, y.b))
        return term_and(terms, term_eq(terms, x.a, y.a), term_eq(terms, x.b, y.b));
    if (x.op == TERM_ADD && y.op == TERM_ADD && x.b == y.b)
        return term_equal(terms, x.a, y.a);
    if (a > b)
        return term_make(terms, TERM_EQ, 1, b, a, 0, 0);
    return term_make(terms, TERM_EQ, 1, a, b, 0, 0);
}

/* The values between which an unsigned term lies, as far as is easily seen. */
static void term_bounds(const struct terms *terms, term_id id, uint64_t *least, uint64_t *most) {
    const struct term *term = term_get(terms, id);
    uint64_t least_b, most_b;
    unsigned border;

    *least = 0;
    *most = term_mask(term->width);
    switch (term->op) {
    case TERM_NUMBER:
        *least = *most = term->number;
        break;
    case TERM_JOIN:
        border = term_width(terms, term->b);
        term_bounds(terms, term->a, least, most);
        term_bounds(terms, term->b, &least_b, &most_b);
        *least = *least << border | least_b;
        *most = *most << border | most_b;
        break;
    case TERM_CHOOSE:
        if (term_get(terms, term->b)->op == TERM_CHOOSE &&
            term_get(terms, term->c)->op == TERM_CHOOSE)
            break; /* deep: not easily */
        term_bounds(terms, term->b, least, most);
        term_bounds(terms, term->c, &least_b, &most_b);
        *least = least_b < *least ? least_b : *least;
        *most = most_b > *most ? most_b : *most;
        break;
    default:
        break;
    }
}

static term_id term_less(struct terms *terms, enum term_op op, term_id a, term_id b) {
    struct term x = *term_get(terms, a), y = *term_get(terms, b);
    bool or_equal = op == TERM_LE_UNSIGNED || op == TERM_LE_SIGNED;
    uint64_t least_a, most_a, least_b, most_b, border;

    if (a == b)
        return term_number(terms, 1, or_equal);
    term_bounds(terms, a, &least_a, &most_a);
    term_bounds(terms, b, &least_b, &most_b);
    if (op == TERM_LT_UNSIGNED || op == TERM_LE_UNSIGNED) {
        if (or_equal ? most_a <= least_b : most_a < least_b)
            return term_true(terms);
        if (or_equal ? least_a > most_b : least_a >= most_b)
            return term_false(terms);
        if (op == TERM_LT_UNSIGNED && term_is(terms, b, 1))
            return term_eq(terms, a, term_number(terms, x.width, 0));
        if (op == TERM_LT_UNSIGNED && term_is(terms, a, 0))
            return term_not(terms, term_eq(terms, b, a));
        if (op == TERM_LE_UNSIGNED && term_is(terms, b, 0))
            return term_eq(terms, a, b);
        /* The same number above both. */
        if (x.op == TERM_JOIN && y.op == TERM_JOIN && x.a == y.a &&
            term_width(terms, x.b) == term_width(terms, y.b))
            return term_binary(terms, op, x.b, y.b);
        if (x.op == TERM_JOIN && y.op == TERM_NUMBER &&
            term_is(terms, x.a, y.number >> (border = term_width(terms, x.b))))
            return term_binary(terms, op, x.b, term_number(terms, (unsigned)border, y.number));
        if (y.op == TERM_JOIN && x.op == TERM_NUMBER &&
            term_is(terms, y.a, x.number >> (border = term_width(terms, y.b))))
            return term_binary(terms, op, term_number(terms, (unsigned)border, x.number), y.b);
    } else if (most_a >> (x.width - 1) == least_a >> (x.width - 1) &&
               most_b >> (x.width - 1) == least_b >> (x.width - 1)) {
        /* Both signs are known. */
        if (most_a >> (x.width - 1) == most_b >> (x.width - 1))
            return term_binary(terms, op == TERM_LT_SIGNED ? TERM_LT_UNSIGNED : TERM_LE_UNSIGNED, a,
                               b);
        return term_number(terms, 1, most_a >> (x.width - 1));
    }
    return term_make(terms, op, 1, a, b, 0, 0);
}

/* --- Two operands, and choices. --- */

term_id term_binary(struct terms *terms, enum term_op op, term_id a, term_id b) {
    struct term x = *term_get(terms, a), y = *term_get(terms, b);

    if (op == TERM_JOIN)
        return term_join(terms, a, b);
    if (x.op == TERM_NUMBER && y.op == TERM_NUMBER)
        return term_number(terms, op >= TERM_EQ && op <= TERM_LE_SIGNED ? 1 : x.width,
                           term_compute(op, x.width, x.number, y.number));
    switch (op) {
    case TERM_ADD:
        return term_add(terms, a, b);
    case TERM_SUB:
        return term_sub(terms, a, b);
    case TERM_MUL:
        if (x.op == TERM_NUMBER)
            return term_binary(terms, op, b, a);
        if (y.op == TERM_NUMBER && y.number == 0)
            return b;
        if (y.op == TERM_NUMBER && (y.number & (y.number - 1)) == 0)
            return term_shift(terms, TERM_SHL, a,
                              term_number(terms, x.width, (unsigned)__builtin_ctzll(y.number)));
        break;
    case TERM_AND:
    case TERM_OR:
    case TERM_XOR:
        return term_bits(terms, op, a, b);
    case TERM_SHL:
    case TERM_SHR:
    case TERM_SAR:
        return term_shift(terms, op, a, b);
    case TERM_EQ:
        return term_equal(terms, a, b);
    case TERM_LT_UNSIGNED:
    case TERM_LE_UNSIGNED:
    case TERM_LT_SIGNED:
    case TERM_LE_SIGNED:
        return term_less(terms, op, a, b);
    default:
        break;
    }
    return term_make(terms, op, x.width, a, b, 0, 0);
}

term_id term_choose(struct terms *terms, term_id condition, term_id a, term_id b) {
    struct term test = *term_get(terms, condition);
    struct term x = *term_get(terms, a), y = *term_get(terms, b);

    if (test.op == TERM_NUMBER)
        return test.number ? a : b;
    if (a == b)
        return a;
    if (test.op == TERM_NOT)
        return term_choose(terms, test.a, b, a);
    if (x.op == TERM_CHOOSE && x.a == condition)
        return term_choose(terms, condition, x.b, b);
    if (y.op == TERM_CHOOSE && y.a == condition)
        return term_choose(terms, condition, a, y.c);
    if (x.width == 1) {
        if (x.op == TERM_NUMBER)
            return x.number ? term_or(terms, condition, b)
                            : term_and(terms, term_not(terms, condition), b);
        if (y.op == TERM_NUMBER)
            return y.number ? term_or(terms, term_not(terms, condition), a)
                            : term_and(terms, condition, a);
    }
    /* The same number above both. */
    if (x.op == TERM_JOIN && y.op == TERM_JOIN && x.a == y.a &&
        term_width(terms, x.b) == term_width(terms, y.b))
        return term_join(terms, x.a, term_choose(terms, condition, x.b, y.b));
    return term_make(terms, TERM_CHOOSE, x.width, condition, a, b, 0);
}
