/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/term_internal.h"

/* Parts of a term, and terms made of parts: what was taken apart into bytes comes out whole again.
 */
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

static term_id term_extract_new(struct terms *terms, term_id a, unsigned low, unsigned width) {
    struct term term = *term_get(terms, a);
    term_id made;

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

/* A part of a sum is a sum of parts, and so on: what was taken before is not worked out again, which
 * in a sum of sums would take twice as long with each. */
term_id term_extract(struct terms *terms, term_id a, unsigned low, unsigned width) {
    uint64_t hash = ((uint64_t)a << 16 ^ low << 8 ^ width) * 0x9e3779b97f4a7c15u;
    struct term_part *part = &terms->parts[hash >> 50];

    if (low == 0 && width == term_width(terms, a))
        return a;
    if (part->of != a || part->low != low || part->width != width) {
        term_id made = term_extract_new(terms, a, low, width);

        *part = (struct term_part){a, made, (uint8_t)low, (uint8_t)width};
    }
    return part->made;
}

/* Whether two parts, one above the other, are one part of the same whole, or one number. */
static bool term_fits_on(const struct terms *terms, term_id a, term_id b) {
    const struct term *high = term_get(terms, a), *low = term_get(terms, b);

    return (high->op == TERM_NUMBER && low->op == TERM_NUMBER) ||
           (high->op == TERM_EXTRACT && low->op == TERM_EXTRACT && high->a == low->a &&
            high->number == low->number + low->width);
}

/* The same of two choices by one condition. */
static bool term_choices_fit(const struct terms *terms, term_id a, term_id b) {
    const struct term *high = term_get(terms, a), *low = term_get(terms, b);

    return high->op == TERM_CHOOSE && low->op == TERM_CHOOSE && high->a == low->a &&
           term_fits_on(terms, high->b, low->b) && term_fits_on(terms, high->c, low->c);
}

static term_id term_join_choices(struct terms *terms, term_id a, term_id b) {
    const struct term high = *term_get(terms, a), low = *term_get(terms, b);

    return term_choose(terms, high.a, term_join(terms, high.b, low.b),
                       term_join(terms, high.c, low.c));
}

term_id term_join(struct terms *terms, term_id a, term_id b) {
    struct term high = *term_get(terms, a), low = *term_get(terms, b);
    unsigned width = high.width + low.width;
    struct term inner;
    uint64_t offset;

    if (high.op == TERM_NUMBER && low.op == TERM_NUMBER)
        return term_number(terms, width, high.number << low.width | low.number);
    /* One above the other of the same whole. */
    if (term_fits_on(terms, a, b))
        return term_extract(terms, high.a, (unsigned)low.number, width);
    if (term_choices_fit(terms, a, b))
        return term_join_choices(terms, a, b);
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
        if (term_choices_fit(terms, a, low.a))
            return term_join(terms, term_join_choices(terms, a, low.a), low.b);
        if (term_fits_on(terms, a, low.a))
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
