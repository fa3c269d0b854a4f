/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/bound.h"
#include "harness/symbolic/internal.h"

/*
 * Where a term lies on a path, by what the path says of it: a loop over leaves compares one number
 * with a hundred others, one after the other, and each answer moves a bound. What bounds decide,
 * the solver is not asked.
 */
#define BOUNDS_DEPTH 3u

struct bounds {
    struct terms *terms;
    const struct machine_state *state;
};

static struct bound bound_of(const struct bounds *bounds, term_id id, unsigned depth);
static int bound_decide(const struct bounds *bounds, term_id condition, unsigned depth);

/* What the path's comparisons with numbers say of a term, or of a difference. */
static struct bound bound_by_path(const struct bounds *bounds, term_id a, term_id b,
                                  struct bound known, unsigned width) {
    struct bound_fact fact;

    for (size_t i = 0; i < bounds->state->path.count; i++) {
        if (bound_fact_of(bounds->terms, bounds->state->path.ids[i], true, &fact) && fact.a == a &&
            fact.b == b)
            bound_meet(known, fact.bound, width, &known);
    }
    return known;
}

/* One side of a choice, under the condition under which it is taken. */
static struct bound bound_of_side(const struct bounds *bounds, term_id condition, bool holds,
                                  term_id id, unsigned depth) {
    struct bound bound = bound_of(bounds, id, depth);
    struct bound_fact fact;
    uint64_t added;

    if (bound_fact_of(bounds->terms, condition, holds, &fact) && fact.b == 0 &&
        fact.a == bound_base(bounds->terms, id, &added)) {
        fact.bound.from = (fact.bound.from + added) & term_mask(fact.width);
        bound_meet(bound, fact.bound, fact.width, &bound);
    }
    return bound;
}

static struct bound bound_of_choice(const struct bounds *bounds, const struct term *term,
                                    unsigned depth) {
    int decided = bound_decide(bounds, term->a, depth);
    struct bound yes = {.is_empty = true}, no = {.is_empty = true}, both;

    if (decided != 0)
        yes = bound_of_side(bounds, term->a, true, term->b, depth);
    if (decided != 1)
        no = bound_of_side(bounds, term->a, false, term->c, depth);
    if (bound_join(yes, no, term->width, &both))
        return both;
    if (!bound_is_straight(yes, term->width) || !bound_is_straight(no, term->width))
        return (struct bound){.from = 0, .span = term_mask(term->width)};
    both.is_empty = false;
    both.from = yes.from < no.from ? yes.from : no.from;
    both.span =
        (yes.from + yes.span > no.from + no.span ? yes.from + yes.span : no.from + no.span) -
        both.from;
    return both;
}

static struct bound bound_of(const struct bounds *bounds, term_id id, unsigned depth) {
    const struct term term = *term_get(bounds->terms, id);
    struct bound known = {.from = term.from, .span = term.span}, inner;
    uint64_t number;

    if (term.op == TERM_NUMBER || depth == 0)
        return known;
    if (term.op == TERM_ADD && term_is_number(bounds->terms, term.b, &number)) {
        inner = bound_of(bounds, term.a, depth);
        inner.from = (inner.from + number) & term_mask(term.width);
        bound_meet(known, inner, term.width, &known);
        return known; /* what the path says of it, it says of what the number is added to */
    }
    if (term.op == TERM_CHOOSE) {
        bound_meet(known, bound_of_choice(bounds, &term, depth - 1), term.width, &known);
    } else if (term.op == TERM_JOIN && term_is_number(bounds->terms, term.a, &number)) {
        unsigned low = term_width(bounds->terms, term.b);

        inner = bound_of(bounds, term.b, depth - 1);
        if (bound_is_straight(inner, low)) {
            inner.from |= number << low;
            bound_meet(known, inner, term.width, &known);
        }
    }
    return bound_by_path(bounds, id, 0, known, term.width);
}

/* What an order of two terms says of their difference, where both lie ahead of the end. */
static struct bound bound_by_orders(const struct bounds *bounds, term_id a, term_id b,
                                    struct bound of_a, struct bound of_b, struct bound known,
                                    unsigned width) {
    const uint64_t mask = term_mask(width);

    for (size_t i = 0; i < bounds->state->path.count; i++) {
        const struct term *term = term_get(bounds->terms, bounds->state->path.ids[i]);
        uint64_t apart = term->op == TERM_LT_UNSIGNED;
        struct bound says = {.from = apart};

        if (term->op != TERM_LT_UNSIGNED && term->op != TERM_LE_UNSIGNED)
            continue;
        if (term->a == b && term->b == a && of_a.from + of_a.span >= of_b.from + apart)
            says.span = of_a.from + of_a.span - of_b.from - apart;
        else if (term->a == a && term->b == b && of_b.from + of_b.span >= of_a.from + apart)
            says.span = of_b.from + of_b.span - of_a.from - apart;
        else
            continue;
        if (term->a == a)
            says.from = (0 - says.from - says.span) & mask;
        bound_meet(known, says, width, &known);
    }
    return known;
}

static struct bound bound_of_difference(const struct bounds *bounds, term_id a, term_id b,
                                        unsigned width, unsigned depth) {
    const uint64_t mask = term_mask(width);
    struct bound of_a = bound_of(bounds, a, depth), of_b = bound_of(bounds, b, depth);
    struct bound known = {.from = 0, .span = mask};

    if (of_a.is_empty || of_b.is_empty)
        return (struct bound){.is_empty = true};
    if (of_a.span <= mask - of_b.span)
        known = (struct bound){.from = (of_a.from - of_b.from - of_b.span) & mask,
                               .span = of_a.span + of_b.span};
    if (bound_is_straight(of_a, width) && bound_is_straight(of_b, width))
        known = bound_by_orders(bounds, a, b, of_a, of_b, known, width);
    return bound_by_path(bounds, a, b, known, width);
}

/* --- Deciding. --- */

/* a < b, or a <= b. */
static int bound_decide_order(const struct bounds *bounds, const struct term *term,
                              unsigned depth) {
    const unsigned width = term_width(bounds->terms, term->a);
    struct bound a = bound_of(bounds, term->a, depth), b = bound_of(bounds, term->b, depth);
    bool or_equal = term->op == TERM_LE_UNSIGNED;

    if (!bound_is_straight(a, width) || !bound_is_straight(b, width))
        return -1;
    if (or_equal ? a.from + a.span <= b.from : a.from + a.span < b.from)
        return 1;
    if (or_equal ? a.from > b.from + b.span : a.from >= b.from + b.span)
        return 0;
    return -1;
}

static int bound_decide_fact(const struct bounds *bounds, const struct bound_fact *fact,
                             unsigned depth) {
    struct bound is = fact->b ? bound_of_difference(bounds, fact->a, fact->b, fact->width, depth)
                              : bound_of(bounds, fact->a, depth);
    struct bound both;

    if (is.is_empty)
        return -1; /* no input takes this path: the solver is to say so */
    if (bound_is_within(is, fact->bound, fact->width))
        return 1;
    return bound_meet(is, fact->bound, fact->width, &both) && both.is_empty ? 0 : -1;
}

static int bound_decide(const struct bounds *bounds, term_id condition, unsigned depth) {
    const struct term term = *term_get(bounds->terms, condition);
    struct bound_fact fact;
    int a, b;

    if (term.op == TERM_NUMBER)
        return (int)term.number;
    if (term.width != 1 || depth == 0)
        return -1;
    switch (term.op) {
    case TERM_NOT:
        a = bound_decide(bounds, term.a, depth);
        return a < 0 ? a : !a;
    case TERM_AND:
    case TERM_OR:
        a = bound_decide(bounds, term.a, depth - 1);
        if (a == (term.op == TERM_OR))
            return a;
        b = bound_decide(bounds, term.b, depth - 1);
        return b == (term.op == TERM_OR) || a == b ? b : -1;
    case TERM_LT_UNSIGNED:
    case TERM_LE_UNSIGNED:
        a = bound_decide_order(bounds, &term, depth);
        if (a >= 0)
            return a;
        break;
    default:
        break;
    }
    return bound_fact_of(bounds->terms, condition, true, &fact)
               ? bound_decide_fact(bounds, &fact, depth)
               : -1;
}

int machine_decide(const struct machine *machine, const struct machine_state *state,
                   term_id condition) {
    const struct bounds bounds = {machine->terms, state};

    return bound_decide(&bounds, condition, BOUNDS_DEPTH);
}
