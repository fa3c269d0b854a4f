/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/term_internal.h"

/*
 * Where a term's value lies, from where that of its parts does. What that decides of comparisons,
 * such as a count of bits with 0, the solver need not be asked about. A range may go around the end
 * of the width, so that sums and differences keep theirs wherever a number is added.
 */
static void range_set(struct term *term, uint64_t least, uint64_t most) {
    term->from = least;
    term->span = most - least;
}

/* One that begins at `from` and is as long as two others together. */
static void range_slide(struct term *term, uint64_t from, const struct term *a,
                        const struct term *b) {
    const uint64_t mask = term_mask(term->width);

    if (a->span <= mask - b->span) {
        term->from = from & mask;
        term->span = a->span + b->span;
    }
}

static void range_product(struct term *term, const struct term *a, const struct term *b) {
    uint64_t most;

    if (!__builtin_mul_overflow(term_most(a), term_most(b), &most) &&
        most <= term_mask(term->width))
        range_set(term, term_least(a) * term_least(b), most);
}

/* All bits up to the highest that either may have. */
static uint64_t range_bits(const struct term *a, const struct term *b) {
    uint64_t any = term_most(a) | term_most(b);

    return any == 0 ? 0 : UINT64_MAX >> __builtin_clzll(any);
}

static uint64_t range_smaller(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static uint64_t range_larger(uint64_t a, uint64_t b) {
    return a > b ? a : b;
}

static void range_quotient(struct term *term, const struct term *a, const struct term *b) {
    if (term_least(b) > 0)
        range_set(term, term_least(a) / term_most(b), term_most(a) / term_least(b));
}

static void range_remainder(struct term *term, const struct term *a, const struct term *b) {
    range_set(term, 0,
              term_least(b) > 0 ? range_smaller(term_most(b) - 1, term_most(a)) : term_most(a));
}

static void range_extract(struct term *term, const struct term *a) {
    if (term_most(a) >> term->number <= term_mask(term->width))
        range_set(term, term_least(a) >> term->number, term_most(a) >> term->number);
}

static void range_join(struct term *term, const struct term *a, const struct term *b) {
    range_set(term, term_least(a) << b->width | term_least(b),
              term_most(a) << b->width | term_most(b));
}

void term_bound(const struct terms *terms, struct term *term) {
    const struct term *a = term_get(terms, term->a), *b = term_get(terms, term->b);
    const struct term *c = term_get(terms, term->c);

    range_set(term, 0, term_mask(term->width));
    switch (term->op) {
    case TERM_NUMBER:
        range_set(term, term->number, term->number);
        break;
    case TERM_ADD:
        range_slide(term, a->from + b->from, a, b);
        break;
    case TERM_SUB:
        range_slide(term, a->from - (b->from + b->span), a, b);
        break;
    case TERM_NOT:
        range_slide(term, ~(a->from + a->span), a, term_get(terms, 0));
        break;
    case TERM_MUL:
        range_product(term, a, b);
        break;
    case TERM_DIV_UNSIGNED:
        range_quotient(term, a, b);
        break;
    case TERM_REM_UNSIGNED:
        range_remainder(term, a, b);
        break;
    case TERM_AND:
        range_set(term, 0, range_smaller(term_most(a), term_most(b)));
        break;
    case TERM_OR:
        range_set(term, range_larger(term_least(a), term_least(b)), range_bits(a, b));
        break;
    case TERM_XOR:
        range_set(term, 0, range_bits(a, b));
        break;
    case TERM_SHR:
        if (b->op == TERM_NUMBER && b->number < term->width)
            range_set(term, term_least(a) >> b->number, term_most(a) >> b->number);
        else
            range_set(term, 0, term_most(a));
        break;
    case TERM_CHOOSE:
        range_set(term, range_smaller(term_least(b), term_least(c)),
                  range_larger(term_most(b), term_most(c)));
        break;
    case TERM_JOIN:
        range_join(term, a, b);
        break;
    case TERM_EXTRACT:
        range_extract(term, a);
        break;
    case TERM_SIGN:
        if (term_most(a) >> (a->width - 1) == 0)
            range_set(term, term_least(a), term_most(a));
        break;
    default:
        break;
    }
}

bool term_is_range(const struct terms *terms, term_id id, term_id *what, uint64_t *least,
                   uint64_t *most) {
    const struct term *term = term_get(terms, id), *a = term_get(terms, term->a);
    const struct term *b = term_get(terms, term->b);
    const bool is_less = term->op == TERM_LT_UNSIGNED;

    if (term->op != TERM_EQ && !is_less && term->op != TERM_LE_UNSIGNED)
        return false;
    if (b->op == TERM_NUMBER) {
        *what = term->a;
        *least = term->op == TERM_EQ ? b->number : 0;
        *most = b->number - is_less;
        return true;
    }
    if (a->op == TERM_NUMBER) {
        *what = term->b;
        *least = a->number + is_less;
        *most = term->op == TERM_EQ ? a->number : term_mask(b->width);
        return true;
    }
    return false;
}

static term_id range_both(struct terms *terms, enum term_op op, term_id a, term_id b) {
    uint64_t least_a, most_a, least_b, most_b;
    term_id what, other;

    if (!term_is_range(terms, a, &what, &least_a, &most_a) ||
        !term_is_range(terms, b, &other, &least_b, &most_b) || what != other)
        return 0;
    if (least_a >= least_b && most_a <= most_b)
        return op == TERM_AND ? a : b;
    if (least_b >= least_a && most_b <= most_a)
        return op == TERM_AND ? b : a;
    if (op == TERM_AND)
        return most_a < least_b || most_b < least_a ? term_false(terms) : 0;
    /* One from 0 on, the other to the end, and nothing between. */
    return range_smaller(least_a, least_b) == 0 &&
                   range_larger(most_a, most_b) == term_mask(term_width(terms, what)) &&
                   range_larger(least_a, least_b) - 1 <= range_smaller(most_a, most_b)
               ? term_true(terms)
               : 0;
}

/* (p and q) or (p and r), and the like, where q and r are one comparison. */
static term_id range_within(struct terms *terms, enum term_op op, const struct term *x,
                            const struct term *y) {
    const term_id in_x[2] = {x->a, x->b}, in_y[2] = {y->a, y->b};
    term_id made;

    for (unsigned i = 0; i < 4; i++) {
        if (in_x[i / 2] != in_y[i % 2])
            continue;
        made = range_both(terms, op, in_x[1 - i / 2], in_y[1 - i % 2]);
        if (made)
            return term_binary(terms, (enum term_op)x->op, in_x[i / 2], made);
    }
    return 0;
}

term_id term_ranges(struct terms *terms, enum term_op op, term_id a, term_id b, unsigned depth) {
    const struct term x = *term_get(terms, a), y = *term_get(terms, b);
    term_id made;

    if (x.op == y.op && x.op != op && (x.op == TERM_AND || x.op == TERM_OR))
        return range_within(terms, op, &x, &y);
    if (x.op != op && y.op == op)
        return term_ranges(terms, op, b, a, depth);
    if (x.op != op)
        return range_both(terms, op, a, b);
    if (y.op == op || depth == 0)
        return 0;
    made = term_ranges(terms, op, x.b, b, depth - 1);
    if (made)
        return term_binary(terms, op, x.a, made);
    made = term_ranges(terms, op, x.a, b, depth - 1);
    return made ? term_binary(terms, op, made, x.b) : 0;
}
