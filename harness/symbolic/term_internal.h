/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_TERM_INTERNAL_H
#define HVSPEC_HARNESS_TERM_INTERNAL_H

/* What term*.c share. */
#include "harness/symbolic/term.h"

/* A part that was taken of a term, and what that came to. */
struct term_part {
    term_id of, made;
    uint8_t low, width;
};
#define TERM_PARTS 16384u /* a power of two */

struct terms {
    struct term *entries;
    term_id count;
    size_t capacity;
    term_id *slots; /* open addressing; a power of two, twice the capacity */
    size_t slots_count;
    term_id *unknowns;
    size_t unknowns_count, unknowns_capacity;
    uint64_t *memo; /* of the walk in hand, where memo_stamp is `stamp` */
    uint32_t *memo_stamp, stamp;
    size_t memo_capacity;
    struct term_part parts[TERM_PARTS]; /* the last ones, by hash */
    bool exhausted;
};

/* The term as it is; a number where it can only be that one. */
term_id term_intern(struct terms *terms, struct term term);

/* The same from its parts; those that it has not are 0. */
static inline term_id term_make(struct terms *terms, enum term_op op, unsigned width, term_id a,
                                term_id b, term_id c, uint64_t number) {
    return term_intern(
        terms,
        (struct term){
            .op = (uint8_t)op, .width = (uint8_t)width, .a = a, .b = b, .c = c, .number = number});
}

/* Whether a term is that number. */
static inline bool term_is(const struct terms *terms, term_id id, uint64_t number) {
    const struct term *term = term_get(terms, id);

    return term->op == TERM_NUMBER && term->number == number;
}

/* range.c: sets `from` and `span` by the other fields. */
void term_bound(const struct terms *terms, struct term *term);

/* Two comparisons of one term with numbers, both (TERM_AND) or either (TERM_OR), as one, also where
 * one of them is among up to `depth` that are joined so already. 0: they are none that can be. */
term_id term_ranges(struct terms *terms, enum term_op op, term_id a, term_id b, unsigned depth);

/* parts.c: a above b. */
term_id term_join(struct terms *terms, term_id a, term_id b);

/* compare.c: a == b, and one of the orders. */
term_id term_equal(struct terms *terms, term_id a, term_id b);
term_id term_less(struct terms *terms, enum term_op op, term_id a, term_id b);

/* A number of `width` bits, sign-extended to 64. */
static inline uint64_t term_signed(uint64_t number, unsigned width) {
    return (uint64_t)((int64_t)(number << (64 - width)) >> (64 - width));
}

#endif
