/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/prove/internal.h"

#include <stdlib.h>

/*
 * The end of a path: each claim is put to the solver, and what came back goes on as one state.
 */
/* One claim against a path: refuted, open, or nothing where it holds. */
static void prove_judge_claim(struct prover *prover, const struct machine_state *state,
                              const struct claim *claim) {
    size_t count = terms_unknowns(machine_terms_of(prover->machine));
    enum solver_answer answer;
    uint64_t *values;

    if (prover->result->rules[claim->rule].verdict != PROVE_PROVEN)
        return;
    values = calloc(count + 1, sizeof *values);
    answer = values ? machine_ask(prover->machine, state, claim->violated, values, count)
                    : SOLVER_UNKNOWN;
    if (answer == SOLVER_UNKNOWN)
        prove_note_open(prover, claim->rule, "the solver gives up, or the time is up", state->at);
    else if (answer == SOLVER_YES && !prove_confirm(prover, state, claim->rule, values, count))
        prove_note_open(prover, claim->rule,
                        "the judges do not put the solver's counterexample down to this rule",
                        state->at);
    free(values);
}

/* A table that leads to the end of the path. */
static void prove_show(struct prover *prover, const struct machine_state *state) {
    size_t count = terms_unknowns(machine_terms_of(prover->machine));
    uint64_t *values = calloc(count + 1, sizeof *values);

    if (values && machine_ask(prover->machine, state, term_true(machine_terms_of(prover->machine)),
                              values, count) == SOLVER_YES)
        prove_offer(prover, state, values, count);
    free(values);
}

static void prove_judge_returned(struct prover *prover, const struct machine_state *state) {
    struct terms *terms = machine_terms_of(prover->machine);
    struct claim claims[CLAIMS_MAX];
    const char *why;
    size_t count = claims_of(prover->probe, prover->machine, state,
                             &prover->questions[prover->question], claims, &why);
    term_id any = term_false(terms);

    if (count == 0) {
        prover->lost = true;
        prove_note_all_open(prover, why, 0);
        return;
    }
    ways_note(prover, state);
    if (prover->tables && !prover->only_asks)
        prove_show(prover, state);
    prove_differ(prover, state);
    for (size_t i = 0; i < count; i++) {
        if (prover->result->rules[claims[i].rule].verdict == PROVE_PROVEN)
            any = term_or(terms, any, claims[i].violated);
    }
    /* All at once, as nearly always none is broken. */
    if (machine_ask(prover->machine, state, any, NULL, 0) == SOLVER_NO)
        return;
    if (prover->only_asks) {
        prover->lost = true;
        return;
    }
    for (size_t i = 0; i < count; i++)
        prove_judge_claim(prover, state, &claims[i]);
}

/* A path that does not come back, or cannot be followed. */
static void prove_judge_lost(struct prover *prover, const struct machine_state *state) {
    size_t count = terms_unknowns(machine_terms_of(prover->machine));
    uint64_t *values = calloc(count + 1, sizeof *values);
    enum solver_answer answer =
        values ? machine_ask(prover->machine, state, term_true(machine_terms_of(prover->machine)),
                             values, count)
               : SOLVER_UNKNOWN;

    prover->lost |= answer != SOLVER_NO;
    if (answer == SOLVER_YES && prover->question > 0 && !prover->only_asks)
        prove_confirm(prover, state, RULES, values, count);
    if (answer != SOLVER_NO && !prover->only_asks)
        prove_note_all_open(prover, state->reason, state->at);
    free(values);
}

/* A resolver has come back: what it returns is called from now on. */
static void prove_bind(struct prover *prover, struct machine_state *state) {
    struct machine *machine = prover->machine;
    unsigned bytes = machine_layout(machine)->word;
    term_id function = machine_register(machine, state, 0, 0, bytes);

    for (unsigned i = 0; i < bytes; i++)
        machine_poke(machine, state, prover->bind_space, prover->bind_at + i,
                     term_extract(machine_terms_of(machine), function, 8 * i, 8));
}

/* Paths become one pair by pair, so that what they differ in is chosen in few steps. */
static void prove_join_ends(struct prover *prover) {
    unsigned last = --prover->ends_count;

    machine_merge(prover->machine, prover->ends[last - 1], prover->ends[last], true);
    prover->ends_ranks[last - 1]++;
}

static void prove_add_end(struct prover *prover, struct machine_state *state) {
    prover->ends[prover->ends_count] = state;
    prover->ends_ranks[prover->ends_count++] = 0;
    while (prover->ends_count > 1 &&
           prover->ends_ranks[prover->ends_count - 1] == prover->ends_ranks[prover->ends_count - 2])
        prove_join_ends(prover);
}

void prove_take_ends(struct prover *prover) {
    while (prover->ends_count > 1)
        prove_join_ends(prover);
    prover->ended = prover->ends_count > 0 ? prover->ends[--prover->ends_count] : NULL;
}

bool prove_ended(void *context, struct machine_state *state) {
    struct prover *prover = context;

    prover->result->paths++;
    if (prover->tables && prove_has_enough(prover)) {
        machine_state_free(state);
        return false;
    }
    if (state->end != MACHINE_RETURNED) {
        prove_judge_lost(prover, state);
        machine_state_free(state);
        return prove_count(prover->result, PROVE_PROVEN) > 0 &&
               !(prover->only_asks && prover->lost);
    }
    if (prover->binds)
        prove_bind(prover, state);
    if (prover->question > 0)
        prove_judge_returned(prover, state);
    if (prover->only_asks && prover->lost) {
        machine_state_free(state);
        return false;
    }
    prover->stored |= (state->notes & MACHINE_STORED) != 0;
    prove_add_end(prover, state);
    return true;
}
