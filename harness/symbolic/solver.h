/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_SOLVER_H
#define HVSPEC_HARNESS_SOLVER_H

#include "harness/symbolic/term.h"

/*
 * Whether conditions can hold all at once. The only module that knows Z3.
 */
enum solver_answer {
    SOLVER_NO,     /* for no values of the unknowns */
    SOLVER_YES,    /* for some, which are given */
    SOLVER_UNKNOWN /* it ran out of time or gave up: nothing is known */
};

struct solver;

/* NULL: out of memory, or built without Z3. `terms` is borrowed. */
struct solver *solver_new(struct terms *terms);
void solver_free(struct solver *solver);

/* Gives up on a query after so many milliseconds. */
void solver_set_limit(struct solver *solver, unsigned milliseconds);

/* Has all queries together take no more than so much, in a unit of the solver's own that is the
 * same on every machine, where times are not: then its answers hang on what it is asked alone. What
 * is over is unknown. */
void solver_set_effort(struct solver *solver, uint64_t effort);

/* Values of the first unknowns with which all conditions but the last of the next queries hold:
 * where the solver gives up, others are tried from there. Borrowed until it is set anew; count 0:
 * none. */
void solver_set_start(struct solver *solver, const uint64_t *values, size_t count);

bool solver_is_spent(const struct solver *solver);

/* Conditions are terms of one bit; many of them the same as in the query before is quick. On YES
 * `values` (may be NULL) gets a value for each of the `values_count` first unknowns. */
enum solver_answer solver_check(struct solver *solver, const term_id *conditions, size_t count,
                                uint64_t *values, size_t values_count);

/* The same, of conditions that share little with those of the query before or after: turned into
 * bits at once, and nothing of it is kept. */
enum solver_answer solver_check_alone(struct solver *solver, const term_id *conditions,
                                      size_t count, uint64_t *values, size_t values_count);

/* Queries that went to the solver so far. */
size_t solver_queries(const struct solver *solver);

/* "4.8.12"; NULL: built without. */
const char *solver_version(void);

#endif
