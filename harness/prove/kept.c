/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/prove/kept.h"

#include <stdlib.h>

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

/* The only number that a term compares the target with; 0: none, or several. */
struct induct_numbers {
    const struct terms *terms;
    term_id target;
    uint8_t *seen;
    uint64_t number;
    bool several;
};

static void induct_numbers_of(struct induct_numbers *numbers, term_id id) {
    const struct term *term = term_get(numbers->terms, id);
    uint64_t number;

    if (id == 0 || term->op == TERM_NUMBER || numbers->seen[id])
        return;
    numbers->seen[id] = 1;
    if (term->op == TERM_EQ && term->a == numbers->target &&
        term_is_number(numbers->terms, term->b, &number)) {
        numbers->several |= numbers->number != 0 && numbers->number != number;
        numbers->number = number;
        return;
    }
    induct_numbers_of(numbers, term->a);
    induct_numbers_of(numbers, term->b);
    induct_numbers_of(numbers, term->c);
}

static unsigned induct_unit(struct induction *induction, term_id value) {
    struct terms *terms = machine_terms_of(induction->prover->machine);
    struct induct_numbers numbers = {
        .terms = terms,
        .target = induction->is_fixed ? 0 : terms_unknown_at(terms, induction->target)};

    numbers.seen = induction->is_fixed ? NULL : calloc((size_t)value + 1, 1);
    if (!numbers.seen)
        return INDUCT_JOINT;
    induct_numbers_of(&numbers, value);
    free(numbers.seen);
    return numbers.number != 0 && numbers.number < 256 && !numbers.several
               ? (unsigned)numbers.number
               : INDUCT_JOINT;
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
