/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/random.h"
#include "harness/prove/internal.h"

#include <stdlib.h>

/*
 * The machine held against the emulator: tables are drawn, and each that leads down a path is run
 * there. The answer and the leaves that are read, in their order, have to be what the path says of
 * that table.
 */
#define DIFFER_PATHS                                                                               \
    32u /* of a proof: each run costs a fraction of a millisecond, each draw less */
#define DIFFER_DRAWS 64u
#define DIFFER_RUNS 16u/* of a path */

static uint64_t differ_evaluate(struct prover *prover, term_id id, const uint64_t *values,
                                size_t count) {
    return term_evaluate(machine_terms_of(prover->machine), id, values, count);
}

static void differ_set(struct prover *prover, term_id unknown, uint64_t value, uint64_t *values,
                       size_t count) {
    const struct term *term = term_get(machine_terms_of(prover->machine), unknown);

    if (term->op == TERM_UNKNOWN && term->number < count)
        values[term->number] = value & term_mask(term->width);
}

/* A register's value: often one about which code decides. */
static uint64_t differ_draw(uint64_t *random, uint64_t target) {
    uint64_t drawn = random_next(random);

    switch (drawn >> 60 & 7) {
    case 0:
    case 1:
        return 0;
    case 2:
        return CPUID_BLOCK_LAST;
    case 3:
        return target;
    case 4:
        return target - 1;
    case 5:
        return UINT32_MAX;
    default:
        return drawn & UINT32_MAX;
    }
}

/* Leaves in the order in which they were first read: what one is, may hang on those before it. The
 * same leaf has the same values wherever it stands. */
static void differ_fill(struct prover *prover, const struct machine_state *state, uint64_t seed,
                        uint64_t *values, size_t count) {
    struct terms *terms = machine_terms_of(prover->machine);
    uint64_t random = seed, target;

    for (size_t i = 0; i < count; i++)
        values[i] = random_next(&random) & term_mask(term_width(terms, terms_unknown_at(terms, i)));
    target = differ_evaluate(prover, prover->questions[prover->question].target, values, count);
    for (size_t i = 0; i < state->leaves_count; i++) {
        const struct machine_leaf *leaf = machine_leaf_at(prover->machine, state->leaves[i]);
        uint64_t number = differ_evaluate(prover, leaf->leaf, values, count);
        uint64_t sub = leaf->subleaf ? differ_evaluate(prover, leaf->subleaf, values, count) : 0;
        uint64_t of_leaf = random_mix(seed ^ random_mix(number << 32 | sub));

        for (unsigned r = 0; r < 4; r++) {
            uint64_t value = differ_draw(&of_leaf, target);

            if (number == 1 && r == 2)
                value = prover->present ? value | 0x80000000u : value & 0x7fffffffu;
            differ_set(prover, leaf->values[r], value, values, count);
        }
    }
}

static bool differ_holds(struct prover *prover, const struct machine_terms *conditions,
                         const uint64_t *values, size_t count) {
    for (size_t i = 0; i < conditions->count; i++) {
        if (!differ_evaluate(prover, conditions->ids[i], values, count))
            return false;
    }
    return true;
}

void prove_differ(struct prover *prover, const struct machine_state *state) {
    size_t count = terms_unknowns(machine_terms_of(prover->machine));
    uint64_t *values;

    if (prover->tables || prover->only_asks || prover->question != 1 ||
        prover->differed++ >= DIFFER_PATHS)
        return;
    values = calloc(count + 1, sizeof *values);
    for (size_t draw = 0, runs = 0; values && draw < DIFFER_DRAWS && runs < DIFFER_RUNS; draw++) {
        differ_fill(prover, state,
                    random_mix(prover->options->seed ^ prover->differed << 16 ^ draw), values,
                    count);
        if (!differ_holds(prover, &state->path, values, count) ||
            !differ_holds(prover, &state->axioms, values, count))
            continue;
        runs++;
        prove_compare(prover, state, values, count);
    }
    free(values);
}
