/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/prove/kept.h"

#include <stdlib.h>
#include <string.h>

/* Which bytes outlive a question, and what a first one leaves in each. */
struct kept_byte *induct_find(struct induction *induction, enum machine_space space,
                              int64_t offset) {
    for (size_t i = 0; i < induction->count; i++) {
        if (induction->bytes[i].offset == offset && induction->bytes[i].space == space)
            return &induction->bytes[i];
    }
    return NULL;
}

static struct kept_byte *induct_add(struct induction *induction, enum machine_space space,
                                    int64_t offset) {
    struct kept_byte *byte;

    if (induction->count == induction->capacity) {
        size_t capacity = induction->capacity ? 2 * induction->capacity : 64;
        struct kept_byte *bytes = realloc(induction->bytes, capacity * sizeof *bytes);

        if (!bytes)
            return NULL;
        induction->bytes = bytes;
        induction->capacity = capacity;
    }
    byte = &induction->bytes[induction->count++];
    *byte = (struct kept_byte){.space = space, .offset = offset, .unit = INDUCT_JOINT};
    byte->before = machine_bytes(induction->prover->machine, induction->boot, space, offset, 1);
    return byte;
}

/* Whether a byte is found by later questions: no results of resolvers, nor what no code may write,
 * nor what a question has taken from the heap, since whatever says where that is is kept, too. */
static bool induct_outlives(const struct induction *induction, enum machine_space space,
                            int64_t offset) {
    if (space == MACHINE_THREAD)
        return offset < 0 ||
               (offset >= (int64_t)GUEST_THREAD_KNOWN && offset < (int64_t)GUEST_THREAD_SIZE);
    return space != MACHINE_HEAP || machine_piece_at(offset) < induction->prover->pieces;
}

bool induct_each(struct induction *induction, const struct machine_state *state,
                 bool (*visit)(struct induction *induction, enum machine_space space,
                               int64_t offset, term_id value)) {
    for (unsigned space = 0; space < MACHINE_SPACES; space++) {
        const struct machine_memory *memory = &state->spaces[space];

        for (size_t i = 0; machine_outlives(space) && i < memory->capacity; i++) {
            term_id value;

            if (!memory->cells[i].value || !induct_outlives(induction, space, memory->offsets[i]))
                continue;
            value = machine_bytes(induction->prover->machine, state, space, memory->offsets[i], 1);
            if (value && !visit(induction, space, memory->offsets[i], value))
                return false;
        }
    }
    return true;
}

/* The only set of targets on which it hangs what a term is; none, or several. */
struct induct_sets {
    struct terms *terms;
    size_t target; /* an unknown */
    uint64_t *values;
    uint8_t *seen;
    struct kept_targets set;
    unsigned count;
};

static bool induct_is_other(void *context, size_t unknown) {
    return unknown != *(const size_t *)context;
}

static bool induct_is_target(void *context, size_t unknown) {
    return unknown == *(const size_t *)context;
}

/* For which targets it holds that hangs on nothing else. */
static struct kept_targets induct_set_of(struct induct_sets *sets, term_id id) {
    struct kept_targets set = {{0}};

    for (unsigned target = 0; target < 256; target++) {
        sets->values[sets->target] = target;
        if (term_evaluate(sets->terms, id, sets->values, sets->target + 1))
            set.bits[target / 64] |= 1ull << target % 64;
    }
    return set;
}

static void induct_sets_of(struct induct_sets *sets, term_id id) {
    const struct term term = *term_get(sets->terms, id);
    struct kept_targets set;

    if (id == 0 || term.op == TERM_NUMBER || sets->seen[id])
        return;
    sets->seen[id] = 1;
    if (term.op == TERM_EQ && !term_mentions(sets->terms, id, induct_is_other, &sets->target) &&
        term_mentions(sets->terms, id, induct_is_target, &sets->target)) {
        set = induct_set_of(sets, id);
        sets->count += sets->count == 0 || memcmp(&set, &sets->set, sizeof set) != 0;
        sets->set = set;
        return;
    }
    induct_sets_of(sets, term.a);
    induct_sets_of(sets, term.b);
    induct_sets_of(sets, term.c);
}

/* The unit of what a set of targets has in common; of a single one, its own. */
static unsigned induct_unit_of(struct induction *induction, const struct kept_targets *set) {
    unsigned members = 0, last = 0;

    for (unsigned target = 0; target < 256; target++) {
        if (set->bits[target / 64] >> target % 64 & 1) {
            members++;
            last = target;
        }
    }
    if (members == 1 && last != 0)
        return last;
    for (unsigned i = 0; i < induction->shares_count; i++) {
        if (memcmp(&induction->shares[i], set, sizeof *set) == 0)
            return INDUCT_JOINT + 1 + i;
    }
    if (induction->shares_count == INDUCT_SHARES)
        return INDUCT_JOINT;
    induction->shares[induction->shares_count++] = *set;
    return INDUCT_JOINT + induction->shares_count;
}

static unsigned induct_unit(struct induction *induction, term_id value) {
    struct induct_sets sets = {.terms = machine_terms_of(induction->prover->machine),
                               .target = induction->target};
    unsigned unit = INDUCT_JOINT;

    if (induction->is_fixed)
        return unit;
    sets.seen = calloc((size_t)value + 1, 1);
    sets.values = calloc(sets.target + 1, sizeof *sets.values);
    if (sets.seen && sets.values) {
        induct_sets_of(&sets, value);
        if (sets.count == 1)
            unit = induct_unit_of(induction, &sets.set);
    }
    free(sets.seen);
    free(sets.values);
    return unit;
}

static bool induct_is_garbage(void *context, size_t unknown) {
    return machine_is_garbage(context, unknown);
}

bool induct_note(struct induction *induction, enum machine_space space, int64_t offset,
                 term_id value) {
    struct machine *machine = induction->prover->machine;
    struct kept_byte *byte = induct_add(induction, space, offset);

    if (!byte || !byte->before || !value)
        return false;
    byte->first = value;
    byte->unit = induct_unit(induction, value);
    byte->is_any = term_mentions(machine_terms_of(machine), value, induct_is_garbage, machine);
    return true;
}

bool induct_note_first(struct induction *induction, enum machine_space space, int64_t offset,
                       term_id value) {
    return value == machine_bytes(induction->prover->machine, induction->boot, space, offset, 1) ||
           induct_note(induction, space, offset, value);
}
