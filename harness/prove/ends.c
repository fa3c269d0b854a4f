/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/hunt/processor.h"
#include "harness/prove/internal.h"

#include <stdlib.h>

/*
 * The end of a path: each claim is put to the solver, and what came back goes on as one state.
 */
/* That leaf 0, where the path speaks of it, names a vendor that there is. 0: it does not. */
static term_id prove_known_vendor(struct prover *prover, const struct machine_state *state) {
    struct terms *terms = machine_terms_of(prover->machine);
    struct cpuid_values vendor;
    term_id known = 0;

    for (size_t i = 0; i < state->leaves_count; i++) {
        const struct machine_leaf *leaf = machine_leaf_at(prover->machine, state->leaves[i]);
        term_id any = term_false(terms);

        if (leaf->leaf != term_number(terms, 32, 0))
            continue;
        for (size_t k = 0; hunt_processor_vendor(k, &vendor); k++) {
            term_id is = term_eq(terms, leaf->values[1], term_number(terms, 32, vendor.ebx));

            is = term_and(terms, is,
                          term_eq(terms, leaf->values[2], term_number(terms, 32, vendor.ecx)));
            any = term_or(
                terms, any,
                term_and(terms, is,
                         term_eq(terms, leaf->values[3], term_number(terms, 32, vendor.edx))));
        }
        known = known ? term_and(terms, known, any) : any;
    }
    return known;
}

/* One claim against a path: refuted, open, or nothing where it holds. */
static void prove_judge_claim(struct prover *prover, const struct machine_state *state,
                              const struct claim *claim) {
    struct terms *terms = machine_terms_of(prover->machine);
    size_t count = terms_unknowns(terms);
    enum solver_answer answer;
    term_id known;
    uint64_t *values;

    if (prover->result->rules[claim->rule].verdict != PROVE_PROVEN)
        return;
    values = calloc(count + 1, sizeof *values);
    known = prove_known_vendor(prover, state);
    answer = SOLVER_UNKNOWN;
    /* Shown with such a vendor, if it may be: the emulator can be given no half of one. */
    if (values && known &&
        machine_ask(prover->machine, state, term_and(terms, claim->violated, known), values,
                    count) == SOLVER_YES &&
        prove_confirm(prover, state, claim->rule, values, count)) {
        free(values);
        return;
    }
    if (values)
        answer = machine_ask(prover->machine, state, claim->violated, values, count);
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
                     (struct machine_cell){function, (uint8_t)i});
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

/* Where paths may be followed as one, it is not tried for long to follow each. */
static bool prove_is_many(struct prover *prover) {
    prover->is_many |= prover->paths_max > 0 && ++prover->call_paths > prover->paths_max;
    return prover->is_many;
}

bool prove_ended(void *context, struct machine_state *state) {
    struct prover *prover = context;

    prover->result->paths++;
    if (prover->tables && prove_has_enough(prover)) {
        machine_state_free(state);
        return false;
    }
    if (prove_is_many(prover)) {
        prove_note_all_open(prover, "too many paths", 0);
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
