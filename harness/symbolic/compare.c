/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/term_internal.h"

/* Comparisons, simplified until what was compared ahead of flags and bytes comes out. */
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

/* Two sums of one term and numbers that differ, such as two steps of a walk over leaves. */
static bool compare_apart(const struct terms *terms, term_id a, term_id b) {
    const struct term *x = term_get(terms, a), *y = term_get(terms, b);
    uint64_t of_a = 0, of_b = 0;
    term_id base_a = x->op == TERM_ADD && term_is_number(terms, x->b, &of_a) ? x->a : a;
    term_id base_b = y->op == TERM_ADD && term_is_number(terms, y->b, &of_b) ? y->a : b;

    return base_a == base_b && of_a != of_b;
}

term_id term_equal(struct terms *terms, term_id a, term_id b) {
    struct term x = *term_get(terms, a), y = *term_get(terms, b);
    unsigned border;

    if (x.op == TERM_NUMBER && y.op == TERM_NUMBER)
        return term_number(terms, 1, term_compute(TERM_EQ, x.width, x.number, y.number));
    if (a == b)
        return term_true(terms);
    if (term_most(&x) < term_least(&y) || term_most(&y) < term_least(&x))
        return term_false(terms);
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
    if (compare_apart(terms, a, b))
        return term_false(terms);
    if (a > b)
        return term_make(terms, TERM_EQ, 1, b, a, 0, 0);
    return term_make(terms, TERM_EQ, 1, a, b, 0, 0);
}

term_id term_less(struct terms *terms, enum term_op op, term_id a, term_id b) {
    struct term x = *term_get(terms, a), y = *term_get(terms, b);
    bool or_equal = op == TERM_LE_UNSIGNED || op == TERM_LE_SIGNED;
    const uint64_t least_a = term_least(&x), most_a = term_most(&x);
    const uint64_t least_b = term_least(&y), most_b = term_most(&y);
    unsigned border;

    if (a == b)
        return term_number(terms, 1, or_equal);
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
            return term_binary(terms, op, x.b, term_number(terms, border, y.number));
        if (y.op == TERM_JOIN && x.op == TERM_NUMBER &&
            term_is(terms, y.a, x.number >> (border = term_width(terms, y.b))))
            return term_binary(terms, op, term_number(terms, border, x.number), y.b);
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
