/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_SOLVER_INTERNAL_H
#define HVSPEC_HARNESS_SOLVER_INTERNAL_H

/* What solver_*.c share; nobody else includes this, or Z3. */
#include "harness/symbolic/solver.h"

#include <z3.h>

struct solver {
    struct terms *terms;
    Z3_context z3;
    Z3_solver usual;          /* keeps what it learnt while conditions stay */
    Z3_solver alone;          /* the same, for what shares nothing with other queries */
    Z3_solver hard;           /* turns everything into bits at once */
    Z3_ast *numbers, *truths; /* by term; NULL: not made yet */
    size_t capacity;
    term_id *unknowns; /* that it has heard of */
    size_t unknowns_count, unknowns_capacity;
    term_id *asserted;
    size_t asserted_count, asserted_capacity;
    unsigned limit;  /* milliseconds of a query, and of handing it over */
    double end;      /* of the query in hand, in seconds */
    const uint64_t *start; /* borrowed: where guesses begin */
    size_t start_count;
    uint64_t guess_steps; /* that are left */
    uint64_t effort; /* of all queries, by the solver's count; 0: times limit it */
    uint64_t beside; /* of the effort spent, what the solver does not count */
    size_t queries;
    bool spent; /* the effort */
    bool failed;
};

/* Room for notes on all terms up to `id`. False: out of memory. */
bool solver_reserve(struct solver *solver, term_id id);

/* A term of one bit as the solver's; room for notes on it is there. */
Z3_ast solver_truth(struct solver *solver, term_id id);

#endif
