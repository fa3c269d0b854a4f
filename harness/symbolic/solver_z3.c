/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/clock.h"
#include "harness/symbolic/guess.h"
#include "harness/symbolic/solver_internal.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Queries, and what they may take. */

#define SOLVER_HARD_SHARE 2u     /* of the effort that is left: what one query may take... */
#define SOLVER_USUAL_SHARE 32u   /* ...and in the usual way */
#define SOLVER_QUERY_COST 16384u /* what preparing one takes, which the solver does not count */
/* The solver's count goes on as fast whatever it handles; the machine does not: each so many gates
 * of a query make a step of the count take as long again... */
#define SOLVER_GATES 16384u
/* ...and more than this take seconds before the count begins. */
#define SOLVER_GATES_MAX 32768u
#define SOLVER_GUESS_STEPS (1ull << 30) /* of guesses, in all: some seconds */
#define SOLVER_SOON 100u /* milliseconds by the solver's own count, before its clock is used... */
#define SOLVER_GATES_SMALL 32768u /* ...for queries of so few gates */
#define SOLVER_MILLISECOND 1500u  /* ...in steps of that count... */
#define SOLVER_CLOCK 50u          /* ...if so many are left, which that takes */
#define SOLVER_QUICK 300u         /* milliseconds: what a query in the usual way may take */

static void solver_on_error(Z3_context z3, Z3_error_code code) {
    (void)z3;
    (void)code; /* asked for with Z3_get_error_code */
}

static Z3_solver solver_of_tactics(Z3_context z3) {
    static const char *const names[] = {"simplify", "propagate-values", "solve-eqs", "bit-blast",
                                        "sat"};
    Z3_tactic all = Z3_mk_tactic(z3, names[0]);
    Z3_solver solver;

    Z3_tactic_inc_ref(z3, all);
    for (size_t i = 1; i < sizeof names / sizeof names[0]; i++) {
        Z3_tactic next = Z3_mk_tactic(z3, names[i]), both;

        Z3_tactic_inc_ref(z3, next);
        both = Z3_tactic_and_then(z3, all, next);
        Z3_tactic_inc_ref(z3, both);
        Z3_tactic_dec_ref(z3, all);
        Z3_tactic_dec_ref(z3, next);
        all = both;
    }
    solver = Z3_mk_solver_from_tactic(z3, all);
    Z3_solver_inc_ref(z3, solver);
    Z3_tactic_dec_ref(z3, all);
    return solver;
}

struct solver *solver_new(struct terms *terms) {
    struct solver *solver = calloc(1, sizeof *solver);
    Z3_config config;

    if (!solver)
        return NULL;
    solver->terms = terms;
    solver->limit = 10000;
    solver->guess_steps = SOLVER_GUESS_STEPS;
    config = Z3_mk_config();
    Z3_set_param_value(config, "model", "true");
    solver->z3 = Z3_mk_context(config); /* keeps all expressions until it goes itself */
    Z3_del_config(config);
    Z3_set_error_handler(solver->z3, solver_on_error);
    solver->usual = Z3_mk_simple_solver(solver->z3);
    Z3_solver_inc_ref(solver->z3, solver->usual);
    solver->alone = Z3_mk_simple_solver(solver->z3);
    Z3_solver_inc_ref(solver->z3, solver->alone);
    solver->hard = solver_of_tactics(solver->z3);
    return solver;
}

void solver_free(struct solver *solver) {
    if (!solver)
        return;
    Z3_solver_dec_ref(solver->z3, solver->usual);
    Z3_solver_dec_ref(solver->z3, solver->alone);
    Z3_solver_dec_ref(solver->z3, solver->hard);
    Z3_del_context(solver->z3);
    free(solver->numbers);
    free(solver->truths);
    free(solver->unknowns);
    free(solver->asserted);
    free(solver);
}

void solver_set_limit(struct solver *solver, unsigned milliseconds) {
    solver->limit = milliseconds > 0 ? milliseconds : 1;
}

void solver_set_effort(struct solver *solver, uint64_t effort) {
    solver->effort = effort;
    solver->guess_steps = SOLVER_GUESS_STEPS / 4;
}

size_t solver_queries(const struct solver *solver) {
    return solver->queries;
}

const char *solver_version(void) {
    static char text[48];
    unsigned major, minor, build, revision;

    Z3_get_version(&major, &minor, &build, &revision);
    snprintf(text, sizeof text, "%u.%u.%u", major, minor, build);
    return text;
}

/* --- Queries. --- */

/* 0: no limit. */
static void solver_bound(struct solver *solver, Z3_solver which, unsigned milliseconds,
                         uint64_t effort) {
    Z3_params params = Z3_mk_params(solver->z3);

    Z3_params_inc_ref(solver->z3, params);
    Z3_params_set_uint(solver->z3, params, Z3_mk_string_symbol(solver->z3, "timeout"),
                       milliseconds > 0 ? milliseconds : UINT_MAX);
    Z3_params_set_uint(solver->z3, params, Z3_mk_string_symbol(solver->z3, "rlimit"),
                       effort < UINT32_MAX ? (unsigned)effort : UINT32_MAX);
    Z3_solver_set_params(solver->z3, which, params);
    Z3_params_dec_ref(solver->z3, params);
}

/* The solver's own count of all queries so far. */
static uint64_t solver_counted(struct solver *solver) {
    Z3_stats stats = Z3_solver_get_statistics(solver->z3, solver->usual);
    uint64_t spent = 0;

    Z3_stats_inc_ref(solver->z3, stats);
    for (unsigned i = 0; i < Z3_stats_size(solver->z3, stats); i++) {
        if (strcmp(Z3_stats_get_key(solver->z3, stats, i), "rlimit count") == 0)
            spent = Z3_stats_get_uint_value(solver->z3, stats, i);
    }
    Z3_stats_dec_ref(solver->z3, stats);
    return spent;
}

/* What all queries so far have cost. */
static uint64_t solver_spent(struct solver *solver) {
    return solver_counted(solver) + solver->beside + SOLVER_QUERY_COST * solver->queries;
}

static uint64_t solver_gates(struct solver *solver) {
    return term_gates(solver->terms, solver->asserted, solver->asserted_count);
}

/* What the next query may take of the effort that is left. False: nothing is left. */
static bool solver_ration(struct solver *solver, Z3_solver which, unsigned share) {
    const uint64_t spent = solver_spent(solver);
    const uint64_t weight = 1 + solver_gates(solver) / SOLVER_GATES;

    if (spent + share * weight < solver->effort)
        solver_bound(solver, which, 0, (solver->effort - spent) / share / weight);
    else
        solver->spent = true;
    return !solver->spent;
}

static Z3_lbool solver_ask_with_effort(struct solver *solver, Z3_solver which, unsigned share) {
    uint64_t before;
    Z3_lbool answer;

    if (!solver_ration(solver, which, share))
        return Z3_L_UNDEF;
    before = solver_counted(solver);
    answer = Z3_solver_check(solver->z3, which);
    solver->beside += (solver_counted(solver) - before) * (solver_gates(solver) / SOLVER_GATES);
    return answer;
}

/* The solver's own clock is a thread that it waits for after each query, which on a busy machine
 * takes many times what most queries do: small ones are asked without, at first. A step of its
 * count takes no longer than that clock would notice there; of a large query one may take minutes.
 */
static Z3_lbool solver_ask_soon(struct solver *solver, Z3_solver which, double milliseconds) {
    const double soon = milliseconds < SOLVER_SOON ? milliseconds : SOLVER_SOON;

    solver_bound(solver, which, 0, 1 + (uint64_t)(soon * SOLVER_MILLISECOND));
    return Z3_solver_check(solver->z3, which);
}

static Z3_lbool solver_ask_in_time(struct solver *solver, Z3_solver which, double end,
                                   bool is_small) {
    double left = (end - clock_seconds()) * 1000;
    Z3_lbool answer = left > 0 && is_small ? solver_ask_soon(solver, which, left) : Z3_L_UNDEF;

    left = (end - clock_seconds()) * 1000;
    if (answer != Z3_L_UNDEF || left <= (is_small ? SOLVER_CLOCK : 0))
        return answer;
    solver_bound(solver, which, (unsigned)left + 1, 0);
    return Z3_solver_check(solver->z3, which);
}

/* `end`: in seconds; `share`: of the effort that is left. */
static Z3_lbool solver_ask(struct solver *solver, Z3_solver which, double end, bool is_small,
                           unsigned share) {
    return solver->effort > 0 ? solver_ask_with_effort(solver, which, share)
                              : solver_ask_in_time(solver, which, end, is_small);
}

bool solver_is_spent(const struct solver *solver) {
    return solver->spent;
}

/* Has exactly these conditions asserted: what is the same as before stays. */
static bool solver_assert(struct solver *solver, const term_id *conditions, size_t count) {
    size_t same = 0;

    while (same < count && same < solver->asserted_count &&
           solver->asserted[same] == conditions[same])
        same++;
    if (same < solver->asserted_count)
        Z3_solver_pop(solver->z3, solver->usual, (unsigned)(solver->asserted_count - same));
    solver->asserted_count = same;
    if (count > solver->asserted_capacity) {
        term_id *asserted = realloc(solver->asserted, 2 * count * sizeof *asserted);

        if (!asserted)
            return false;
        solver->asserted = asserted;
        solver->asserted_capacity = 2 * count;
    }
    for (size_t i = same; i < count; i++) {
        /* Its own limit is for the search alone, not for what it makes of conditions before that.
         */
        if ((solver->effort == 0 && clock_seconds() > solver->end) ||
            !solver_reserve(solver, conditions[i]))
            return false;
        Z3_solver_push(solver->z3, solver->usual);
        Z3_solver_assert(solver->z3, solver->usual, solver_truth(solver, conditions[i]));
        solver->asserted[solver->asserted_count++] = conditions[i];
    }
    return true;
}

static bool solver_model(struct solver *solver, Z3_solver which, uint64_t *values, size_t count) {
    Z3_model model = Z3_solver_get_model(solver->z3, which);
    bool done = model != NULL;

    if (!model)
        return false;
    Z3_model_inc_ref(solver->z3, model);
    memset(values, 0, count * sizeof *values);
    for (size_t i = 0; i < solver->unknowns_count; i++) {
        term_id id = solver->unknowns[i];
        size_t index = (size_t)term_get(solver->terms, id)->number;
        Z3_ast value = NULL;

        if (index < count &&
            (!Z3_model_eval(solver->z3, model, solver->numbers[id], true, &value) ||
             !Z3_get_numeral_uint64(solver->z3, value, &values[index])))
            done = false;
    }
    Z3_model_dec_ref(solver->z3, model);
    return done;
}

static bool solver_is_small(const struct solver *solver, const term_id *conditions, size_t count) {
    return solver->effort == 0 &&
           term_gates(solver->terms, conditions, count) <= SOLVER_GATES_SMALL;
}

/* When the usual way is given up. */
static double solver_quick_end(const struct solver *solver) {
    const double end = clock_seconds() + SOLVER_QUICK / 1000.0;

    return end < solver->end ? end : solver->end;
}

/* With nothing kept of queries before. */
static enum solver_answer solver_ask_fresh(struct solver *solver, Z3_solver which,
                                           const term_id *conditions, size_t count,
                                           uint64_t *values, size_t values_count) {
    const double end = which == solver->alone ? solver_quick_end(solver) : solver->end;
    Z3_lbool answer;
    bool given = true;

    Z3_solver_push(solver->z3, which);
    for (size_t i = 0; i < count; i++)
        Z3_solver_assert(solver->z3, which, solver_truth(solver, conditions[i]));
    answer = solver_ask(solver, which, end, solver_is_small(solver, conditions, count),
                        SOLVER_HARD_SHARE);
    if (answer == Z3_L_TRUE && values)
        given = solver_model(solver, which, values, values_count);
    Z3_solver_pop(solver->z3, which, 1);
    if (answer == Z3_L_FALSE)
        return SOLVER_NO;
    return answer == Z3_L_TRUE && given ? SOLVER_YES : SOLVER_UNKNOWN;
}

static enum solver_answer solver_ask_hard(struct solver *solver, uint64_t *values, size_t count) {
    if (solver->effort > 0 && solver_gates(solver) > SOLVER_GATES_MAX)
        return SOLVER_UNKNOWN;
    return solver_ask_fresh(solver, solver->hard, solver->asserted, solver->asserted_count, values,
                            count);
}

void solver_set_start(struct solver *solver, const uint64_t *values, size_t count) {
    solver->start = values;
    solver->start_count = count;
}

/* Ahead of the hard way: values are tried. */
static bool solver_guess(struct solver *solver, const term_id *conditions, size_t count,
                         uint64_t *values, size_t values_count) {
    struct guess_query query = {.conditions = conditions,
                                .count = count,
                                .values_count = terms_unknowns(solver->terms),
                                .steps = solver->guess_steps,
                                .end = solver->effort > 0 ? 0 : solver->end};
    bool found;

    if (solver->start_count == 0 || query.steps == 0)
        return false;
    query.values = calloc(query.values_count + 1, sizeof *query.values);
    if (!query.values)
        return false;
    memcpy(query.values, solver->start,
           (solver->start_count < query.values_count ? solver->start_count : query.values_count) *
               sizeof *query.values);
    found = guess_values(solver->terms, &query);
    solver->guess_steps = query.steps;
    for (size_t i = 0; found && values && i < values_count; i++)
        values[i] = i < query.values_count ? query.values[i] : 0;
    free(query.values);
    return found;
}

enum solver_answer solver_check(struct solver *solver, const term_id *conditions, size_t count,
                                uint64_t *values, size_t values_count) {
    Z3_lbool answer;

    solver->end = clock_seconds() + solver->limit / 1000.0;
    if (terms_exhausted(solver->terms) || !solver_assert(solver, conditions, count) ||
        solver->failed || Z3_get_error_code(solver->z3) != Z3_OK)
        return SOLVER_UNKNOWN;
    answer = solver_ask(solver, solver->usual, solver_quick_end(solver),
                        solver_is_small(solver, conditions, count), SOLVER_USUAL_SHARE);
    if (solver->spent)
        return SOLVER_UNKNOWN;
    solver->queries++;
    if (answer == Z3_L_FALSE)
        return Z3_get_error_code(solver->z3) == Z3_OK ? SOLVER_NO : SOLVER_UNKNOWN;
    if (answer == Z3_L_TRUE &&
        (!values || solver_model(solver, solver->usual, values, values_count)))
        return SOLVER_YES;
    if (solver_guess(solver, conditions, count, values, values_count))
        return SOLVER_YES;
    return solver_ask_hard(solver, values, values_count);
}

enum solver_answer solver_check_alone(struct solver *solver, const term_id *conditions,
                                      size_t count, uint64_t *values, size_t values_count) {
    enum solver_answer answer;

    if (solver->effort > 0)
        return solver_check(solver, conditions, count, values, values_count);
    solver->end = clock_seconds() + solver->limit / 1000.0;
    for (size_t i = 0; i < count; i++) {
        if (!solver_reserve(solver, conditions[i]))
            return SOLVER_UNKNOWN;
    }
    if (terms_exhausted(solver->terms) || solver->failed || Z3_get_error_code(solver->z3) != Z3_OK)
        return SOLVER_UNKNOWN;
    solver->queries++;
    answer = solver_ask_fresh(solver, solver->alone, conditions, count, values, values_count);
    return answer == SOLVER_UNKNOWN
               ? solver_ask_fresh(solver, solver->hard, conditions, count, values, values_count)
               : answer;
}
