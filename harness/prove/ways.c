/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/prove/internal.h"

#include <stdlib.h>
#include <string.h>

/*
 * The leaves that are read must hang neither on what no caller defines nor on who the vendor is. A
 * way is a list of leaves, with the condition under which it is taken. Where that speaks of neither
 * all is well; else each input is held against one that differs in nothing else, and has to take
 * the same way.
 */
struct way {
    term_id *reads; /* guards and leaves, by turns, of hypervisor leaves */
    size_t count;
    term_id condition;
};

static bool way_is_garbage(void *context, size_t unknown) {
    return machine_is_garbage(context, unknown);
}

struct way_signature {
    const struct machine_leaf *base;
    struct terms *terms;
};

static bool way_is_signature(void *context, size_t unknown) {
    const struct way_signature *signature = context;

    for (unsigned i = 1; i < 4; i++) {
        if (term_get(signature->terms, signature->base->values[i])->number == unknown)
            return true;
    }
    return false;
}

static struct way_signature way_signature_of(struct prover *prover) {
    return (struct way_signature){
        machine_leaf_at(prover->machine, prover->questions[prover->question].base),
        machine_terms_of(prover->machine)};
}

/* --- A path's way. --- */

/* The list of what it reads; NULL: out of memory. */
static term_id *way_reads(struct prover *prover, const struct machine_state *state, size_t *count) {
    term_id *reads = malloc((2 * state->reads_count + 1) * sizeof *reads);

    *count = 0;
    for (size_t i = state->reads_before; reads && i < state->reads_count; i++) {
        if (machine_leaf_at(prover->machine, state->reads[i].index)->subleaf)
            continue;
        reads[(*count)++] = state->reads[i].guard;
        reads[(*count)++] = state->reads[i].leaf;
    }
    return reads;
}

static struct way *way_find(struct prover *prover, const term_id *reads, size_t count) {
    for (size_t i = 0; i < prover->ways_count; i++) {
        if (prover->ways[i].count == count &&
            memcmp(prover->ways[i].reads, reads, count * sizeof *reads) == 0)
            return &prover->ways[i];
    }
    return NULL;
}

static void way_add(struct prover *prover, term_id *reads, size_t count, term_id condition) {
    struct way *way = way_find(prover, reads, count);

    if (way) {
        way->condition = term_or(machine_terms_of(prover->machine), way->condition, condition);
        free(reads);
        return;
    }
    if (prover->ways_count == prover->ways_capacity) {
        size_t capacity = prover->ways_capacity ? 2 * prover->ways_capacity : 16;
        struct way *ways = realloc(prover->ways, capacity * sizeof *ways);

        if (!ways) {
            free(reads);
            prover->ways_hang_on_garbage = prover->ways_hang_on_signature = true;
            return;
        }
        prover->ways = ways;
        prover->ways_capacity = capacity;
    }
    prover->ways[prover->ways_count++] = (struct way){reads, count, condition};
}

void ways_note(struct prover *prover, const struct machine_state *state) {
    struct machine *machine = prover->machine;
    struct terms *terms = machine_terms_of(machine);
    struct way_signature signature = way_signature_of(prover);
    term_id condition = term_true(terms), *reads;
    size_t count;

    prover->ways_hang_on_garbage |= claims_way_mentions(machine, state, way_is_garbage, machine);
    prover->ways_hang_on_signature |=
        prover->present && claims_way_mentions(machine, state, way_is_signature, &signature);
    for (size_t i = state->path_before; i < state->path.count; i++)
        condition = term_and(terms, condition, state->path.ids[i]);
    reads = way_reads(prover, state, &count);
    if (reads)
        way_add(prover, reads, count, condition);
    else
        prover->ways_hang_on_garbage = prover->ways_hang_on_signature = true;
}

void ways_clear(struct prover *prover) {
    for (size_t i = 0; i < prover->ways_count; i++)
        free(prover->ways[i].reads);
    free(prover->ways);
    prover->ways = NULL;
    prover->ways_count = prover->ways_capacity = 0;
    prover->ways_hang_on_garbage = prover->ways_hang_on_signature = false;
}

/* --- Two inputs. --- */

/* Other unknowns in place of those that are meant. NULL: out of memory. */
static term_id *way_other(struct terms *terms, bool (*is_meant)(void *context, size_t unknown),
                          void *context, size_t *count) {
    term_id *with;

    *count = terms_unknowns(terms);
    with = calloc(*count + 1, sizeof *with);
    for (size_t i = 0; with && i < *count; i++) {
        if (is_meant(context, i))
            with[i] = term_unknown(terms, term_width(terms, terms_unknown_at(terms, i)));
    }
    return with;
}

/* Whether some input and one that differs in nothing but what is meant take different ways. */
static bool ways_differ(struct prover *prover, const struct machine_state *ended,
                        bool (*is_meant)(void *context, size_t unknown), void *context) {
    struct machine *machine = prover->machine;
    struct terms *terms = machine_terms_of(machine);
    term_id both = term_true(terms), differ = term_false(terms);
    size_t count;
    term_id *with = way_other(terms, is_meant, context, &count);
    bool same;

    if (!with)
        return true;
    for (size_t i = 0; i < ended->axioms.count; i++)
        both = term_and(terms, both, term_substitute(terms, ended->axioms.ids[i], with, count));
    for (size_t i = 0; i < ended->path.count; i++)
        both = term_and(terms, both, term_substitute(terms, ended->path.ids[i], with, count));
    for (size_t i = 0; i < prover->ways_count; i++) {
        const struct way *way = &prover->ways[i];

        differ =
            term_or(terms, differ,
                    term_and(terms, way->condition,
                             term_not(terms, term_substitute(terms, way->condition, with, count))));
        for (size_t k = 0; k < way->count; k++) /* on the same way, other leaves */
            differ = term_or(terms, differ,
                             term_and(terms, way->condition,
                                      term_not(terms, term_eq(terms, way->reads[k],
                                                              term_substitute(terms, way->reads[k],
                                                                              with, count)))));
    }
    free(with);
    same = machine_ask(machine, ended, term_and(terms, both, differ), NULL, 0) == SOLVER_NO;
    return !same;
}

static void ways_found(struct prover *prover, enum rule_id rule, const char *reason) {
    if (prover->only_asks)
        prover->lost = true;
    else
        prove_note_open(prover, rule, reason, 0);
}

void ways_judge(struct prover *prover, const struct machine_state *ended) {
    struct way_signature signature = way_signature_of(prover);

    if (prover->ways_hang_on_garbage && ways_differ(prover, ended, way_is_garbage, prover->machine))
        ways_found(prover, RULE_PLATFORM_DETERMINISTIC,
                   "the leaves that are read may hang on what no caller defines");
    if (prover->ways_hang_on_signature && ways_differ(prover, ended, way_is_signature, &signature))
        ways_found(prover, RULE_GENERIC_SIGNATURE_IGNORED,
                   "the leaves that are read may hang on the signature");
}
