/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/bound.h"

/* Bounds, and comparisons as bounds. */
bool bound_is_within(struct bound inner, struct bound outer, unsigned width) {
    uint64_t start = (inner.from - outer.from) & term_mask(width);

    return inner.is_empty ||
           (!outer.is_empty && start <= outer.span && inner.span <= outer.span - start);
}

bool bound_meet(struct bound a, struct bound b, unsigned width, struct bound *meet) {
    const uint64_t mask = term_mask(width);
    uint64_t start = (b.from - a.from) & mask; /* seen from where `a` begins */
    bool around = b.span > mask - start;
    uint64_t end = (start + b.span) & mask;

    *meet = a.span <= b.span ? a : b;
    if (a.is_empty || b.is_empty) {
        *meet = (struct bound){.is_empty = true};
        return true;
    }
    if (bound_is_within(a, b, width) || bound_is_within(b, a, width)) {
        *meet = bound_is_within(a, b, width) ? a : b;
        return true;
    }
    if (start <= a.span && around)
        return false;
    if (start <= a.span) /* begins within `a`, and ends behind it */
        *meet = (struct bound){.from = b.from, .span = a.span - start};
    else if (around) /* begins ahead of `a`, and ends within it */
        *meet = (struct bound){.from = a.from, .span = end};
    else
        *meet = (struct bound){.is_empty = true};
    return true;
}

bool bound_join(struct bound a, struct bound b, unsigned width, struct bound *join) {
    const uint64_t mask = term_mask(width);
    struct bound other;

    for (unsigned i = 0; i < 2; i++) {
        uint64_t start = (b.from - a.from) & mask;

        if (a.is_empty || bound_is_within(a, b, width)) {
            *join = b;
            return true;
        }
        /* Begins within `a` or right behind it, and does not end ahead of it again. */
        if (!b.is_empty && start <= a.span + 1 && a.span < mask && b.span <= mask - start) {
            *join = (struct bound){.from = a.from,
                                   .span = start + b.span > a.span ? start + b.span : a.span};
            return true;
        }
        other = a;
        a = b;
        b = other;
    }
    return false;
}

static struct bound bound_contrary(struct bound bound, unsigned width) {
    const uint64_t mask = term_mask(width);

    if (bound.is_empty)
        return (struct bound){.from = 0, .span = mask};
    if (bound.span == mask)
        return (struct bound){.is_empty = true};
    return (struct bound){.from = (bound.from + bound.span + 1) & mask,
                          .span = mask - bound.span - 1};
}

bool bound_is_straight(struct bound bound, unsigned width) {
    return !bound.is_empty && bound.span <= term_mask(width) - bound.from;
}

/* --- What a comparison says. --- */

term_id bound_base(const struct terms *terms, term_id id, uint64_t *added) {
    const struct term *term = term_get(terms, id);

    *added = 0;
    return term->op == TERM_ADD && term_is_number(terms, term->b, added) ? term->a : id;
}

bool bound_fact_of(const struct terms *terms, term_id condition, bool holds,
                   struct bound_fact *fact) {
    const struct term *term = term_get(terms, condition);
    uint64_t least, most, added, other;
    term_id what;

    if (term->op == TERM_NOT && term->width == 1)
        return bound_fact_of(terms, term->a, !holds, fact);
    if (term_is_range(terms, condition, &what, &least, &most)) {
        fact->width = term_width(terms, what);
        fact->a = bound_base(terms, what, &added);
        fact->b = 0;
        fact->bound = (struct bound){.from = (least - added) & term_mask(fact->width),
                                     .span = most - least,
                                     .is_empty = least > most};
    } else if (term->op == TERM_EQ) {
        fact->width = term_width(terms, term->a);
        fact->a = bound_base(terms, term->a, &added);
        fact->b = bound_base(terms, term->b, &other);
        fact->bound = (struct bound){.from = (other - added) & term_mask(fact->width)};
    } else {
        return false;
    }
    if (fact->b == 0 && term_get(terms, fact->a)->op == TERM_SUB) {
        const struct term *difference = term_get(terms, fact->a);

        fact->b = difference->b;
        fact->a = difference->a;
    }
    if (!holds)
        fact->bound = bound_contrary(fact->bound, fact->width);
    if (fact->b && fact->a > fact->b) { /* one order for both */
        term_id a = fact->a;

        fact->a = fact->b;
        fact->b = a;
        fact->bound.from = (0 - fact->bound.from - fact->bound.span) & term_mask(fact->width);
    }
    return fact->width > 1;
}
