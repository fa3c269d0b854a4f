/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_BOUND_H
#define HVSPEC_HARNESS_BOUND_H

#include "harness/symbolic/term.h"

/*
 * Where a value lies: one of `from`, from + 1, ..., from + span, around the end of its width; and
 * what a comparison says of where a term lies. What bound.c, bounds.c and tighten.c share.
 */
struct bound {
    uint64_t from, span;
    bool is_empty;
};

/* What one comparison says: the bound of `a`, or with `b` of a - b. A number that is added to a
 * term has moved its bound. */
struct bound_fact {
    term_id a, b; /* b 0: none; else a < b, as one order is enough */
    unsigned width;
    struct bound bound;
};

bool bound_is_within(struct bound inner, struct bound outer, unsigned width);
/* That it does not go around the end, nor is empty. */
bool bound_is_straight(struct bound bound, unsigned width);
/* What lies in both. False: that is two pieces, and `meet` has more than they. */
bool bound_meet(struct bound a, struct bound b, unsigned width, struct bound *meet);
/* What lies in either, where that is one piece. False: it is not. */
bool bound_join(struct bound a, struct bound b, unsigned width, struct bound *join);

/* A term without the number that is added to it. */
term_id bound_base(const struct terms *terms, term_id id, uint64_t *added);
/* What a condition says when it holds, or does not. False: it is no comparison that sets a bound.
 */
bool bound_fact_of(const struct terms *terms, term_id condition, bool holds,
                   struct bound_fact *fact);

#endif
