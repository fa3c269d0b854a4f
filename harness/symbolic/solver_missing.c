/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/solver.h"

/* Instead of the solver where Z3 was not there when this program was built. */

struct solver *solver_new(struct terms *terms) {
    (void)terms;
    return NULL;
}

void solver_free(struct solver *solver) {
    (void)solver;
}

void solver_set_limit(struct solver *solver, unsigned milliseconds) {
    (void)solver;
    (void)milliseconds;
}

void solver_set_effort(struct solver *solver, uint64_t effort) {
    (void)solver;
    (void)effort;
}

void solver_set_start(struct solver *solver, const uint64_t *values, size_t count) {
    (void)solver;
    (void)values;
    (void)count;
}

bool solver_is_spent(const struct solver *solver) {
    (void)solver;
    return false;
}

enum solver_answer solver_check(struct solver *solver, const term_id *conditions, size_t count,
                                uint64_t *values, size_t values_count) {
    (void)solver;
    (void)conditions;
    (void)count;
    (void)values;
    (void)values_count;
    return SOLVER_UNKNOWN;
}

enum solver_answer solver_check_alone(struct solver *solver, const term_id *conditions,
                                      size_t count, uint64_t *values, size_t values_count) {
    return solver_check(solver, conditions, count, values, values_count);
}

size_t solver_queries(const struct solver *solver) {
    (void)solver;
    return 0;
}

const char *solver_version(void) {
    return NULL;
}
