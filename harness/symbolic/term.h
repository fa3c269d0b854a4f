/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_TERM_H
#define HVSPEC_HARNESS_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Expressions over numbers of 1 to 64 bits and unknowns: what a program computes while its input is
 * not known. Each is made once, so that equal ones have the same number, and made simpler where
 * that is easy: all simplifications hold for every value of the unknowns.
 */
typedef uint32_t term_id; /* 0: none */

enum term_op {
    TERM_NUMBER,
    TERM_UNKNOWN,
    TERM_ADD,
    TERM_SUB,
    TERM_MUL,
    TERM_HIGH_UNSIGNED, /* the upper half of a product twice as wide */
    TERM_HIGH_SIGNED,
    TERM_DIV_UNSIGNED, /* by 0: all ones, and the dividend as remainder (as SMT-LIB has it) */
    TERM_REM_UNSIGNED,
    TERM_DIV_SIGNED,
    TERM_REM_SIGNED,
    TERM_AND,
    TERM_OR,
    TERM_XOR,
    TERM_NOT,
    TERM_SHL, /* by the width or more: 0, or copies of the sign */
    TERM_SHR,
    TERM_SAR,
    TERM_EQ, /* comparisons have one bit */
    TERM_LT_UNSIGNED,
    TERM_LE_UNSIGNED,
    TERM_LT_SIGNED,
    TERM_LE_SIGNED,
    TERM_CHOOSE,  /* a ? b : c */
    TERM_JOIN,    /* a above b */
    TERM_EXTRACT, /* `width` bits of a from bit `number` on */
    TERM_SIGN,    /* a, sign-extended */
    TERM_OPS
};

struct term {
    uint8_t op, width;
    term_id a, b, c;
    uint64_t number; /* TERM_NUMBER: the value; TERM_UNKNOWN: which; TERM_EXTRACT: the lowest bit */
    uint64_t from,
        span; /* it is one of from, from + 1, ..., from + span, around the end of its width */
};

struct terms;

/* NULL: out of memory. */
struct terms *terms_new(void);
void terms_free(struct terms *terms);

/* True when there are too many, or memory ran out: what was made since may be wrong, and nothing
 * may be concluded from it. */
bool terms_exhausted(const struct terms *terms);

const struct term *term_get(const struct terms *terms, term_id id);
static inline bool term_is_number_of(const struct term *term) {
    return term->op == TERM_NUMBER;
}
bool term_is_number(const struct terms *terms, term_id id, uint64_t *number);
unsigned term_width(const struct terms *terms, term_id id);

term_id term_number(struct terms *terms, unsigned width, uint64_t number);
/* A new unknown. Its index is in `number` of its term; they are counted from 0. */
term_id term_unknown(struct terms *terms, unsigned width);
size_t terms_unknowns(const struct terms *terms);
term_id terms_unknown_at(const struct terms *terms, size_t index);

/* Simplified. Both operands have the same width, but for TERM_JOIN. */
term_id term_unary(struct terms *terms, enum term_op op, term_id a);
term_id term_binary(struct terms *terms, enum term_op op, term_id a, term_id b);
term_id term_choose(struct terms *terms, term_id condition, term_id a, term_id b);
term_id term_extract(struct terms *terms, term_id a, unsigned low, unsigned width);
term_id term_zero_extend(struct terms *terms, term_id a, unsigned width);
term_id term_sign_extend(struct terms *terms, term_id a, unsigned width);

static inline term_id term_eq(struct terms *terms, term_id a, term_id b) {
    return term_binary(terms, TERM_EQ, a, b);
}
static inline term_id term_not(struct terms *terms, term_id a) {
    return term_unary(terms, TERM_NOT, a);
}
static inline term_id term_and(struct terms *terms, term_id a, term_id b) {
    return term_binary(terms, TERM_AND, a, b);
}
static inline term_id term_or(struct terms *terms, term_id a, term_id b) {
    return term_binary(terms, TERM_OR, a, b);
}
static inline term_id term_true(struct terms *terms) {
    return term_number(terms, 1, 1);
}
static inline term_id term_false(struct terms *terms) {
    return term_number(terms, 1, 0);
}

/* The number below which a term's value has to be: `width` low bits set. */
static inline uint64_t term_mask(unsigned width) {
    return width >= 64 ? UINT64_MAX : (1ull << width) - 1;
}

/* The smallest and the largest number that a term may be, unsigned, as far as is easily seen. */
static inline uint64_t term_least(const struct term *term) {
    return term->span <= term_mask(term->width) - term->from ? term->from : 0;
}
static inline uint64_t term_most(const struct term *term) {
    return term->span <= term_mask(term->width) - term->from ? term->from + term->span
                                                             : term_mask(term->width);
}

/* Whether a term of one bit says that *what lies between two numbers, both included, unsigned. */
bool term_is_range(const struct terms *terms, term_id id, term_id *what, uint64_t *least,
                   uint64_t *most);

/* What an operation gives for numbers. */
uint64_t term_compute(enum term_op op, unsigned width, uint64_t a, uint64_t b);

/* A term's value when each unknown has the value at its index; unknowns from `count` on are 0. */
uint64_t term_evaluate(struct terms *terms, term_id id, const uint64_t *values, size_t count);

/* True when the term has an unknown for which `is_meant` says so. */
bool term_mentions(struct terms *terms, term_id id, bool (*is_meant)(void *context, size_t unknown),
                   void *context);

/* Where the last of some conditions is that does not hold for values, from 1; 0: all hold. What
 * they share is worked out once. */
size_t term_last_broken(struct terms *terms, const term_id *conditions, size_t count,
                        const uint64_t *values, size_t values_count);

/* Calls `visit`, which makes no terms, with each term that these have as a part, and themselves,
 * once. */
void term_walk(struct terms *terms, const term_id *ids, size_t count,
               void (*visit)(void *context, term_id id), void *context);

/* Puts terms in which each part from[i] is to[i] instead, of the same width, in the place of `ids`.
 * False: out of memory. */
bool term_replace_parts(struct terms *terms, term_id *ids, size_t count, const term_id *from,
                        const term_id *to, size_t parts);

/* How many there are. */
size_t terms_count(const struct terms *terms);

/* How many terms these come to with all their parts, each counted once. */
uint64_t term_count(struct terms *terms, const term_id *ids, size_t count);

/* How many bits the terms come to as gates, each counted once: about what turning them into bits
 * takes, and what a solver then handles. */
uint64_t term_gates(struct terms *terms, const term_id *ids, size_t count);

/* The term with unknowns replaced: `with` has for each unknown a term of its width, or 0 for
 * itself. */
term_id term_substitute(struct terms *terms, term_id id, const term_id *with, size_t count);

#endif
