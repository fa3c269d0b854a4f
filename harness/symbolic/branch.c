/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/internal.h"

#include <stdlib.h>
#include <string.h>

/* --- What the path alone says. --- */

bool machine_is_assumed(const struct machine_state *state, term_id condition) {
    for (size_t i = state->path.count; i-- > 0;) {
        if (state->path.ids[i] == condition)
            return true;
    }
    return false;
}

/* Whether the values that the state has at hand make a condition hold: -1 when there are none. */
static int machine_known(struct machine *machine, const struct machine_state *state,
                         term_id condition) {
    if (state->values_count == 0)
        return -1;
    return (int)term_evaluate(machine->terms, condition, state->values, state->values_count);
}

void machine_assume(struct machine *machine, struct machine_state *state, term_id condition) {
    const struct term term = *term_get(machine->terms, condition);

    if (term.op == TERM_NUMBER)
        return;
    if (term.op == TERM_AND) {
        machine_assume(machine, state, term.a);
        machine_assume(machine, state, term.b);
        return;
    }
    if (machine_is_assumed(state, condition))
        return;
    if (machine_tighten(machine, state, condition))
        return;
    if (!machine_push_term(&state->path, condition))
        machine->failed = true;
}

bool machine_push_condition(struct machine *machine, struct machine_state *state,
                            term_id condition) {
    machine_assume(machine, state, condition);
    return !machine->failed;
}

/* Whether the path and a condition can hold; when they can, `state` is to have values that show it,
 * which `values` then gets (allocated; NULL: the state's own do). */
static enum solver_answer machine_possible(struct machine *machine, struct machine_state *state,
                                           term_id condition, uint64_t **values, size_t *count) {
    enum solver_answer answer;

    *values = NULL;
    *count = terms_unknowns(machine->terms);
    if (machine_known(machine, state, condition) == 1)
        return SOLVER_YES;
    *values = malloc((*count + 1) * sizeof **values);
    if (!*values) {
        machine->failed = true;
        return SOLVER_UNKNOWN;
    }
    answer = machine_ask_beside(machine, state, condition, *values, *count);
    if (answer != SOLVER_YES) {
        free(*values);
        *values = NULL;
        *count = 0;
    }
    return answer;
}

static void machine_set_values(struct machine_state *state, uint64_t *values, size_t count) {
    free(state->values);
    state->values = values;
    state->values_count = values ? count : 0;
}

/* One side of a split: `answer` says whether it is possible. Condition 0: it holds anyway. */
static void machine_take(struct machine *machine, struct machine_state *state, term_id condition,
                         enum solver_answer answer, uint64_t *values, size_t count) {
    if (condition)
        machine_assume(machine, state, condition);
    if (answer == SOLVER_UNKNOWN) {
        state->notes |= MACHINE_GUESSED; /* as if it were: what is proven then holds all the more */
        machine_set_values(state, NULL, 0);
    } else if (values) {
        machine_set_values(state, values, count);
    }
}

struct machine_state *machine_split(struct machine *machine, struct machine_state *state,
                                    term_id condition, bool *never) {
    term_id contrary = term_not(machine->terms, condition);
    struct machine_state *taken = NULL;
    enum solver_answer yes, no;
    uint64_t number, *yes_values = NULL, *no_values = NULL;
    size_t yes_count = 0, no_count = 0;
    int decided;

    *never = false;
    if (term_is_number(machine->terms, condition, &number))
        decided = (int)number;
    else if (machine_is_assumed(state, condition))
        decided = 1;
    else if (machine_is_assumed(state, contrary))
        decided = 0;
    else
        decided = machine_decide(machine, state, condition);
    if (decided == 0)
        return NULL;
    if (decided == 1) {
        taken = machine_copy(machine, state);
        machine->failed |= !taken;
        *never = true;
        return taken;
    }
    yes = machine_possible(machine, state, condition, &yes_values, &yes_count);
    no = machine_possible(machine, state, contrary, &no_values, &no_count);
    if (yes != SOLVER_NO) {
        taken = machine_copy(machine, state);
        if (taken)
            machine_take(machine, taken, no == SOLVER_NO ? 0 : condition, yes, yes_values,
                         yes_count);
        else
            machine->failed = true;
    }
    if (no == SOLVER_NO)
        *never = true;
    else
        machine_take(machine, state, yes == SOLVER_NO ? 0 : contrary, no, no_values, no_count);
    return taken;
}

void machine_add_pending(struct machine *machine, struct machine_state *state) {
    if (machine->pending_count == machine->pending_capacity) {
        size_t capacity = machine->pending_capacity ? 2 * machine->pending_capacity : 64;
        struct machine_state **pending = realloc(machine->pending, capacity * sizeof *pending);

        if (!pending) {
            machine->failed = true;
            machine_state_free(state);
            return;
        }
        machine->pending = pending;
        machine->pending_capacity = capacity;
    }
    machine->pending[machine->pending_count++] = state;
}

/* --- All values of a term. --- */

struct machine_only {
    size_t unknown; /* the one that was found */
    bool found, several;
};

static bool machine_note_unknown(void *context, size_t unknown) {
    struct machine_only *only = context;

    only->several |= only->found && only->unknown != unknown;
    only->found = true;
    only->unknown = unknown;
    return only->several;
}

/* The one unknown that a term speaks of; false: none, or several. */
static bool machine_only_unknown(struct machine *machine, term_id id, size_t *unknown) {
    struct machine_only only = {0};

    term_mentions(machine->terms, id, machine_note_unknown, &only);
    *unknown = only.unknown;
    return only.found && !only.several;
}

static void machine_note_value(struct machine *machine, struct machine_value *values, int *count,
                               size_t limit, term_id id, uint64_t number) {
    for (int i = 0; i < *count; i++) {
        if (values[i].number == number)
            return;
    }
    if ((size_t)*count == limit) {
        *count = -1;
        return;
    }
    values[(*count)++] = (struct machine_value){
        number, term_eq(machine->terms, id,
                        term_number(machine->terms, term_width(machine->terms, id), number))};
}

/* A term of one small unknown: every value of that is tried, as far as the conditions on it alone
 * allow. */
static int machine_try_all(struct machine *machine, const struct machine_state *state, term_id id,
                           size_t unknown, struct machine_value *values, size_t limit) {
    unsigned width = term_width(machine->terms, terms_unknown_at(machine->terms, unknown));
    uint64_t *given = calloc(unknown + 1, sizeof *given);
    term_id *conditions = malloc((state->path.count + 1) * sizeof *conditions);
    size_t conditions_count = 0, other;
    int count = 0;

    if (!given || !conditions) {
        machine->failed = true;
        free(given);
        free(conditions);
        return -1;
    }
    for (size_t i = 0; i < state->path.count; i++) {
        if (machine_only_unknown(machine, state->path.ids[i], &other) && other == unknown)
            conditions[conditions_count++] = state->path.ids[i];
    }
    for (uint64_t value = 0; value <= term_mask(width) && count >= 0; value++) {
        bool allowed = true;

        given[unknown] = value;
        for (size_t i = 0; i < conditions_count && allowed; i++)
            allowed = term_evaluate(machine->terms, conditions[i], given, unknown + 1) != 0;
        if (allowed)
            machine_note_value(machine, values, &count, limit, id,
                               term_evaluate(machine->terms, id, given, unknown + 1));
    }
    free(given);
    free(conditions);
    return count;
}

/* The solver is asked for one after the other. */
static int machine_ask_all(struct machine *machine, const struct machine_state *state, term_id id,
                           struct machine_value *values, size_t limit) {
    struct terms *terms = machine->terms;
    size_t unknowns = terms_unknowns(terms);
    uint64_t *given = malloc((unknowns + 1) * sizeof *given);
    term_id others = term_true(terms);
    int count = 0;

    while (given && count >= 0) {
        enum solver_answer answer = machine_ask(machine, state, others, given, unknowns);

        if (answer == SOLVER_NO)
            break;
        if (answer == SOLVER_UNKNOWN) {
            count = -1;
            break;
        }
        machine_note_value(machine, values, &count, limit, id,
                           term_evaluate(terms, id, given, unknowns));
        if (count > 0)
            others = term_and(terms, others, term_not(terms, values[count - 1].condition));
    }
    if (!given)
        count = -1;
    free(given);
    return count;
}

int machine_values(struct machine *machine, struct machine_state *state, term_id id,
                   struct machine_value *values, size_t limit) {
    uint64_t number;
    size_t unknown;

    if (term_is_number(machine->terms, id, &number)) {
        values[0] = (struct machine_value){number, term_true(machine->terms)};
        return 1;
    }
    if (machine_only_unknown(machine, id, &unknown) &&
        term_width(machine->terms, terms_unknown_at(machine->terms, unknown)) <= 8)
        return machine_try_all(machine, state, id, unknown, values, limit);
    return machine_ask_all(machine, state, id, values, limit > 64 ? 64 : limit);
}
