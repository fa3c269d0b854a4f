/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/term_internal.h"

/*
 * Simplifications: enough that addresses come out as a base and an offset, that what was taken
 * apart into bytes comes out whole again, and that comparisons of flags come out as comparisons.
 */
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
    if (x.width == 1 && op != TERM_XOR && (made = term_ranges(terms, op, a, b, 4)) != 0)
        return made;
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

/* c ? (d ? e : v) : (f ? v : w), where c says more than f: the ways out of a loop that looks for
 * something are one chain then. 0: it is none such. */
static term_id term_choose_chain(struct terms *terms, term_id condition, term_id a, term_id b) {
    const struct term x = *term_get(terms, a), y = *term_get(terms, b);

    if (x.op != TERM_CHOOSE || y.op != TERM_CHOOSE || (x.b != y.b && x.c != y.b) ||
        term_and(terms, condition, y.a) != condition)
        return 0;
    return x.c == y.b
               ? term_choose(terms, term_and(terms, condition, x.a), x.b, b)
               : term_choose(terms, term_and(terms, condition, term_not(terms, x.a)), x.c, b);
}

term_id term_choose(struct terms *terms, term_id condition, term_id a, term_id b) {
    struct term test = *term_get(terms, condition);
    struct term x = *term_get(terms, a), y = *term_get(terms, b);
    term_id chain;

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
    /* One inside the other, of the same two. */
    if (x.op == TERM_CHOOSE && x.c == b)
        return term_choose(terms, term_and(terms, condition, x.a), x.b, b);
    if (x.op == TERM_CHOOSE && x.b == b)
        return term_choose(terms, term_and(terms, condition, term_not(terms, x.a)), x.c, b);
    if (y.op == TERM_CHOOSE && y.b == a)
        return term_choose(terms, term_or(terms, condition, y.a), a, y.c);
    if (y.op == TERM_CHOOSE && y.c == a)
        return term_choose(terms, term_or(terms, condition, term_not(terms, y.a)), a, y.b);
    chain = term_choose_chain(terms, condition, a, b);
    if (chain)
        return chain;
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
