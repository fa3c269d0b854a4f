/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/clock.h"
#include "harness/symbolic/internal.h"
#include "harness/symbolic/split.h"

#include <stdlib.h>
#include <string.h>

/*
 * Whether what a path says, and one condition more, can hold. Of the axioms, which a walk over
 * leaves has hundreds of, a query that holds does not need most: it is asked without them, and once
 * more with those that the values break which it found.
 */
#define ASK_AXIOMS_FEW 32u /* are asked about at once */
#define ASK_GATES_FEW 16384u
#define ASK_FIRST 0.4 /* seconds, before a large one is asked case by case */
#define ASK_ROUNDS 6u /* with some of them, before all are asked about */

struct ask {
    struct machine *machine;
    const struct machine_state *state;
    term_id *all; /* the axioms, the path, the condition; and room for as many axioms again */
    size_t axioms_count, count;
    uint64_t *values; /* of all unknowns */
    size_t values_count;
    double end;            /* in seconds of clock_seconds */
    unsigned milliseconds; /* of one query, at most */
};

/* Leaves out what does not bear on the condition. */
static void ask_less(struct ask *ask) {
    size_t count = 0, axioms_count = 0;
    bool *taken = malloc(ask->count * sizeof *taken);

    if (!taken ||
        !machine_slice(ask->machine, ask->all[ask->count - 1], ask->all, ask->count - 1, taken)) {
        free(taken);
        ask->machine->failed = true;
        return;
    }
    for (size_t i = 0; i < ask->count; i++) {
        if (i < ask->count - 1 && !taken[i])
            continue;
        axioms_count += i < ask->axioms_count;
        ask->all[count++] = ask->all[i];
    }
    ask->axioms_count = axioms_count;
    ask->count = count;
    free(taken);
}

static enum solver_answer ask_solver(struct ask *ask, const term_id *conditions, size_t count) {
    const struct machine_state *state = ask->state;
    const double left = (ask->end - clock_seconds()) * 1000;
    enum solver_answer answer;

    if (left <= 0)
        return SOLVER_UNKNOWN;
    solver_set_limit(ask->machine->solver,
                     left < ask->milliseconds ? (unsigned)left + 1 : ask->milliseconds);
    solver_set_start(ask->machine->solver, state->values, state->values_count);
    answer = solver_check(ask->machine->solver, conditions, count, ask->values, ask->values_count);
    solver_set_start(ask->machine->solver, NULL, 0);
    return answer;
}

/* Moves the axioms that the values break from those that are left to behind `count` conditions.
 * Returns how many. */
static size_t ask_broken(struct ask *ask, size_t *left, term_id *conditions, size_t count) {
    size_t broken = 0, at = *left;

    while ((at = term_last_broken(ask->machine->terms, ask->all, at, ask->values,
                                  ask->values_count)) > 0) {
        const term_id axiom = ask->all[--at];

        conditions[count + broken++] = axiom;
        ask->all[at] = ask->all[--*left];
        ask->all[*left] = axiom; /* all stay there, for who asks again */
    }
    return broken;
}

/* "No" without some axioms is "no" with them; "yes" is one where all of them hold. */
static enum solver_answer ask_lazily(struct ask *ask) {
    const size_t others = ask->count - ask->axioms_count;
    size_t left = ask->axioms_count, count = others;
    term_id *conditions = ask->all + ask->count;

    memcpy(conditions, ask->all + ask->axioms_count, others * sizeof *conditions);
    for (unsigned round = 0; round < ASK_ROUNDS; round++) {
        enum solver_answer answer = ask_solver(ask, conditions, count);
        size_t broken;

        if (answer == SOLVER_NO)
            return SOLVER_NO;
        if (answer == SOLVER_UNKNOWN)
            break;
        broken = ask_broken(ask, &left, conditions, count);
        if (broken == 0)
            return SOLVER_YES;
        count += broken;
    }
    if (left > 0)
        memcpy(conditions + count, ask->all, left * sizeof *conditions);
    return ask_solver(ask, conditions, count + left);
}

static enum solver_answer ask_at_once(struct ask *ask) {
    return ask->axioms_count <= ASK_AXIOMS_FEW ? ask_solver(ask, ask->all, ask->count)
                                               : ask_lazily(ask);
}

/* Where a query is large, it is soon asked case by case. */
static enum solver_answer ask_within(struct ask *ask) {
    const struct split_query query = {
        ask->all, ask->count, ask->axioms_count, ask->values, ask->values_count, ask->end, 0};
    const bool splits = ask->machine->options.effort == 0 &&
                        term_gates(ask->machine->terms, ask->all, ask->count) > ASK_GATES_FEW;
    const double end = ask->end, first = clock_seconds() + ASK_FIRST;
    enum solver_answer answer;

    ask->milliseconds = ask->machine->options.query_limit;
    ask->end = splits && first < end ? first : end;
    answer = ask_at_once(ask);
    ask->end = end;
    if (!splits || answer != SOLVER_UNKNOWN)
        return answer;
    answer = split_ask(ask->machine->terms, ask->machine->solver, &query);
    return answer == SOLVER_UNKNOWN ? ask_at_once(ask) : answer;
}

static enum solver_answer ask_some(struct machine *machine, const struct machine_state *state,
                                   term_id condition, bool less, uint64_t *values, size_t count) {
    struct ask ask = {.machine = machine,
                      .state = state,
                      .axioms_count = state->axioms.count,
                      .end = machine->options.deadline};
    enum solver_answer answer = SOLVER_UNKNOWN;

    ask.count = state->axioms.count + state->path.count + 1;
    ask.values_count = terms_unknowns(machine->terms);
    ask.all = malloc(2 * ask.count * sizeof *ask.all);
    ask.values = calloc(ask.values_count + 1, sizeof *ask.values);
    if (ask.all && ask.values && clock_seconds() < ask.end) {
        if (state->axioms.count > 0)
            memcpy(ask.all, state->axioms.ids, state->axioms.count * sizeof *ask.all);
        if (state->path.count > 0)
            memcpy(ask.all + state->axioms.count, state->path.ids,
                   state->path.count * sizeof *ask.all);
        ask.all[ask.count - 1] = condition;
        if (less)
            ask_less(&ask);
        answer = ask_within(&ask);
        for (size_t i = 0; answer == SOLVER_YES && values && i < count; i++)
            values[i] = i < ask.values_count ? ask.values[i] : 0;
    }
    free(ask.values);
    free(ask.all);
    return answer;
}

/* Without values, what does not bear on the condition is not asked: it holds for some values, as
 * paths that nothing takes are not followed. Where one is all the same, since the solver did not
 * know, a "yes" may be wrong, and proves nothing. */
enum solver_answer machine_ask(struct machine *machine, const struct machine_state *state,
                               term_id condition, uint64_t *values, size_t count) {
    return ask_some(machine, state, condition, !values, values, count);
}

enum solver_answer machine_ask_beside(struct machine *machine, const struct machine_state *state,
                                      term_id condition, uint64_t *values, size_t count) {
    enum solver_answer answer;

    if (state->values_count == 0)
        return machine_ask(machine, state, condition, values, count);
    answer = ask_some(machine, state, condition, true, values, count);
    for (size_t i = 0; answer == SOLVER_YES && i < count; i++) {
        if (!machine_slice_has(machine, i))
            values[i] = i < state->values_count ? state->values[i] : 0;
    }
    return answer;
}
