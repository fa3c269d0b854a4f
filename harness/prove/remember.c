/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/prove/kept.h"

#include <stdlib.h>
#include <string.h>

/* The memory that any number of questions leaves, made of what a first one does. */

/* --- The first question's terms, of another target. --- */

/* Whether the first question read 0x40000000, with unknowns replaced. */
term_id induct_read_base(struct induction *induction, const struct machine_state *state,
                         const term_id *with, size_t count) {
    struct terms *terms = machine_terms_of(induction->prover->machine);
    term_id base = term_number(terms, 32, CPUID_BASE), read = term_false(terms);

    for (size_t i = 0; i < state->reads_count; i++) {
        term_id guard = state->reads[i].guard;

        if (state->reads[i].leaf == base)
            read = term_or(terms, read, with ? term_substitute(terms, guard, with, count) : guard);
    }
    return read;
}

/* Whether an unknown is the first question's target, or comes from a leaf that hangs on it. */
static bool induct_hangs_on_target(void *context, size_t unknown) {
    const struct induction *induction = context;
    struct machine *machine = induction->prover->machine;
    struct terms *terms = machine_terms_of(machine);

    if (unknown == induction->target)
        return true;
    for (size_t i = 0; i < induction->after->leaves_count; i++) {
        const struct machine_leaf *leaf = machine_leaf_at(machine, induction->after->leaves[i]);
        bool is_other = leaf->leaf == term_number(terms, 32, CPUID_BASE);

        for (unsigned r = 0; r < 4 && !is_other; r++) {
            if (term_get(terms, leaf->values[r])->number == unknown)
                return true;
        }
    }
    return false;
}

/* Whether a unit's bytes, or whether they came with a read of 0x40000000, hang on the target. */
static bool induct_unit_hangs(struct induction *induction, unsigned unit) {
    struct terms *terms = machine_terms_of(induction->prover->machine);
    bool hangs = term_mentions(terms, induct_read_base(induction, induction->after, NULL, 0),
                               induct_hangs_on_target, induction);

    for (size_t i = 0; i < induction->count && !hangs; i++) {
        const struct kept_byte *byte = &induction->bytes[i];

        hangs = byte->unit == unit && !byte->is_any &&
                term_mentions(terms, byte->first, induct_hangs_on_target, induction);
    }
    return hangs && !induction->is_fixed;
}

/* What replaces the first question's unknowns when its target is `target` (8 bits). The leaves that
 * hang on the target are those of the other one then. NULL: out of memory. */
term_id *induct_replacing(struct induction *induction, struct machine_state *state, unsigned unit,
                          term_id target, size_t *count) {
    struct machine *machine = induction->prover->machine;
    struct terms *terms = machine_terms_of(machine);
    term_id *with;

    *count = terms_unknowns(terms);
    with = calloc(*count + 1, sizeof *with);
    if (!with || !induct_unit_hangs(induction, unit))
        return with; /* the same for every target */
    with[induction->target] = target;
    for (size_t i = 0; i < induction->after->leaves_count; i++) {
        const struct machine_leaf leaf = *machine_leaf_at(machine, induction->after->leaves[i]);
        term_id other = term_substitute(terms, leaf.leaf, with, *count);
        term_id sub = leaf.subleaf ? term_substitute(terms, leaf.subleaf, with, *count) : 0;
        unsigned index;

        if (other == leaf.leaf && sub == leaf.subleaf)
            continue;
        if (!machine_leaf_of(machine, state, other, sub, &index)) {
            free(with);
            return NULL;
        }
        for (unsigned r = 0; r < 4; r++)
            with[term_get(terms, leaf.values[r])->number] =
                machine_leaf_at(machine, index)->values[r];
    }
    return with;
}

/* --- The memory that is taken for any. --- */

/* A number of several bytes that a first question leaves is one here, too, where the byte is its
 * lowest: taken apart, a count of many bits says little. */
static void induct_fill_whole(struct induction *induction, const struct kept_byte *lowest,
                              const term_id *with, size_t count) {
    struct machine *machine = induction->prover->machine;
    struct terms *terms = machine_terms_of(machine);
    struct machine_cell first = machine_cell_at(induction->after, lowest->space, lowest->offset);
    unsigned bytes = first.value && first.byte == 0 ? term_width(terms, first.value) / 8 : 0;
    struct kept_byte *parts[8];
    term_id before, whole;

    for (unsigned i = 0; i < bytes; i++) {
        struct machine_cell cell =
            machine_cell_at(induction->after, lowest->space, lowest->offset + i);

        parts[i] = induct_find(induction, lowest->space, lowest->offset + i);
        if (cell.value != first.value || cell.byte != i ||
            (parts[i] && (parts[i]->unit != lowest->unit || parts[i]->is_any)))
            return; /* one that is not kept is as it was */
    }
    before = bytes > 1
                 ? machine_bytes(machine, induction->boot, lowest->space, lowest->offset, bytes)
                 : 0;
    if (!before)
        return;
    whole = term_choose(terms, induction->filled[lowest->unit],
                        term_substitute(terms, first.value, with, count), before);
    for (unsigned i = 0; i < bytes; i++) {
        if (!parts[i])
            continue;
        parts[i]->cell = (struct machine_cell){whole, (uint8_t)i};
        parts[i]->now = term_extract(terms, whole, 8 * i, 8);
    }
}

static void induct_set_any(struct induction *induction, struct kept_byte *byte) {
    byte->now = term_unknown(machine_terms_of(induction->prover->machine), 8);
    byte->cell = (struct machine_cell){byte->now, 0};
}

/* As a first question about the unit's target leaves it, or about some target. */
static bool induct_fill_unit(struct induction *induction, struct machine_state *state,
                             unsigned unit) {
    struct machine *machine = induction->prover->machine;
    struct terms *terms = machine_terms_of(machine);
    term_id target = term_number(terms, 8, unit & 0xff), read, *with;
    size_t count;

    if (unit >= INDUCT_JOINT && !prove_target(induction->prover, state, &target))
        return false;
    with = induct_replacing(induction, state, unit, target, &count);
    if (!with)
        return false;
    induction->filled[unit] = term_unknown(terms, 1);
    for (size_t i = 0; i < induction->count; i++) {
        struct kept_byte *byte = &induction->bytes[i];

        if (byte->unit != unit || byte->is_any)
            continue;
        byte->now = term_choose(terms, induction->filled[unit],
                                term_substitute(terms, byte->first, with, count), byte->before);
        byte->cell = (struct machine_cell){byte->now, 0};
    }
    for (size_t i = 0; i < induction->count; i++) {
        if (induction->bytes[i].unit == unit && !induction->bytes[i].is_any)
            induct_fill_whole(induction, &induction->bytes[i], with, count);
    }
    read = term_and(terms, induction->filled[unit],
                    induct_read_base(induction, induction->after, with, count));
    free(with);
    return machine_note_read(machine, state, term_number(terms, 32, CPUID_BASE), read);
}

/* A state in which any number of questions were asked. NULL: out of memory. */
struct machine_state *induct_any(struct induction *induction) {
    struct prover *prover = induction->prover;
    struct machine *machine = prover->machine;
    struct machine_state *state = machine_copy(machine, induction->boot);
    bool used[INDUCT_UNITS] = {false}, made = state != NULL;

    /* Whether an answer was written in any of them is not kept apart by what was written. */
    if (made)
        state->answered = term_or(machine_terms_of(machine), state->answered,
                                  term_unknown(machine_terms_of(machine), 1));
    memset(induction->filled, 0, sizeof induction->filled);
    for (size_t i = 0; i < induction->count; i++) {
        if (!induction->bytes[i].is_any)
            used[induction->bytes[i].unit] = true;
        else
            induct_set_any(induction, &induction->bytes[i]);
    }
    for (unsigned unit = 0; unit < INDUCT_UNITS && made; unit++) {
        if (used[unit])
            made = induct_fill_unit(induction, state, unit);
    }
    for (size_t i = 0; i < induction->count && made; i++)
        made = machine_poke(machine, state, induction->bytes[i].space, induction->bytes[i].offset,
                            induction->bytes[i].cell);
    if (made)
        return state;
    machine_state_free(state);
    return NULL;
}
