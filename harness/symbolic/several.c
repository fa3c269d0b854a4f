/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/memory.h"

#include <stdlib.h>

/*
 * Memory at an address that has several values: what is read is chosen by the address, and what is
 * written goes to each place under the condition that it is the one.
 */
/* What a term adds to a base; 0: it is no sum of it. */
static term_id machine_above_base(struct machine *machine, term_id id, term_id base) {
    const struct term term = *term_get(machine->terms, id);
    term_id a, b;

    if (id == base)
        return term_number(machine->terms, machine->word, 0);
    switch (term.op) {
    case TERM_ADD:
        a = machine_above_base(machine, term.a, base);
        b = a ? 0 : machine_above_base(machine, term.b, base);
        return a   ? term_binary(machine->terms, TERM_ADD, a, term.b)
               : b ? term_binary(machine->terms, TERM_ADD, term.a, b)
                   : 0;
    case TERM_SUB:
        a = machine_above_base(machine, term.a, base);
        return a ? term_binary(machine->terms, TERM_SUB, a, term.b) : 0;
    case TERM_CHOOSE:
        a = machine_above_base(machine, term.b, base);
        b = a ? machine_above_base(machine, term.c, base) : 0;
        return b ? term_choose(machine->terms, term.a, a, b) : 0;
    default:
        return 0;
    }
}

/* An address as a space and an offset that has several values. */
static void machine_split_address(struct machine *machine, term_id address,
                                  enum machine_space *space, size_t *piece, term_id *offset) {
    for (unsigned i = MACHINE_STATIC + 1; i < MACHINE_SPACES; i++) {
        *offset = machine->bases[i] ? machine_above_base(machine, address, machine->bases[i]) : 0;
        *space = i;
        if (*offset)
            return;
    }
    *space = MACHINE_HEAP;
    for (*piece = 0; *piece < machine->pieces_count; ++*piece) {
        *offset = machine_above_base(machine, address, machine->pieces[*piece].base);
        if (*offset)
            return;
    }
    *space = MACHINE_STATIC;
    *offset = address;
}

/* One of the values of an address as an offset, and its space. `piece` counts for the heap alone.
 */
static int64_t machine_offset(const struct machine *machine, enum machine_space *space,
                              size_t piece, uint64_t number) {
    int64_t within = machine_signed(machine, number);

    if (*space == MACHINE_STATIC)
        return (int64_t)number;
    machine_see_image(machine, space, &within);
    return *space == MACHINE_HEAP ? machine_heap_offset(piece, within) : within;
}

/* One of the values of an address may not be used. True: that ends the path, as it can come to it;
 * the others are then of no interest. */
static bool machine_refuse(struct machine *machine, struct machine_state *state,
                           enum machine_space space, const char *why, term_id condition) {
    enum solver_answer answer = machine_ask(machine, state, condition, NULL, 0);

    if (answer == SOLVER_NO)
        return false;
    machine_end_at(state,
                   answer == SOLVER_YES && space != MACHINE_STACK ? MACHINE_FAULTED : MACHINE_OPEN,
                   why);
    machine_assume(machine, state, condition);
    state->values_count = 0; /* which may be values for which it does not hold */
    return true;
}

static bool machine_is_stack(void *context, size_t unknown) {
    const struct machine *machine = context;
    const struct term *base = term_get(machine->terms, machine->bases[MACHINE_STACK]);

    return term_get(machine->terms, base->a)->number == unknown;
}

/* An address that may be too many: where the stack is aligned further than the ABI does, it is
 * fewer when more is known of where that lies. */
static void machine_too_many(struct machine *machine, struct machine_state *state, term_id address,
                             const char *why) {
    machine->misaligned |= term_mentions(machine->terms, address, machine_is_stack, machine);
    machine_end_at(state, MACHINE_OPEN, why);
}

/* What was loaded for one of the values of an address. */
struct machine_loaded {
    uint64_t number;
    term_id value;
};

static int machine_compare_loaded(const void *a, const void *b) {
    const struct machine_loaded *left = a, *right = b;

    return (left->number > right->number) - (left->number < right->number);
}

/* By halves, as the address is one of these: long chains of choices take the solver long. */
static term_id machine_choose_loaded(struct machine *machine, term_id address,
                                     const struct machine_loaded *loaded, size_t count) {
    struct terms *terms = machine->terms;
    size_t half = count / 2;
    term_id low, high;

    if (count == 1)
        return loaded->value;
    low = machine_choose_loaded(machine, address, loaded, half);
    high = machine_choose_loaded(machine, address, loaded + half, count - half);
    return low == high ? low
                       : term_choose(terms,
                                     term_binary(terms, TERM_LT_UNSIGNED, address,
                                                 term_number(terms, term_width(terms, address),
                                                             loaded[half].number)),
                                     low, high);
}

static term_id machine_load_several(struct machine *machine, struct machine_state *state,
                                    term_id address, unsigned bytes) {
    struct machine_value values[MACHINE_VALUES_MAX];
    struct machine_loaded loaded[MACHINE_VALUES_MAX];
    size_t found = 0;
    enum machine_space space;
    term_id offset;
    const char *why = NULL;
    size_t piece = 0;
    int count;

    machine_split_address(machine, address, &space, &piece, &offset);
    count = machine_values(machine, state, offset, values, MACHINE_VALUES_MAX);
    if (count <= 0) {
        machine_too_many(machine, state, offset, "reads at an address that may be too many");
        return 0;
    }
    for (int i = 0; i < count; i++) {
        enum machine_space where = space;
        int64_t at = machine_offset(machine, &where, piece, values[i].number);

        loaded[found].number = values[i].number;
        loaded[found].value = machine_load_at(machine, state, where, at, bytes, &why);
        if (loaded[found].value)
            found++;
        else if (machine_refuse(machine, state, where, why, values[i].condition))
            return 0;
    }
    if (found == 0) {
        machine_end_at(state, MACHINE_OPEN, "reads at an address that nothing leads to");
        return 0;
    }
    qsort(loaded, found, sizeof *loaded, machine_compare_loaded);
    return machine_choose_loaded(machine, offset, loaded, found);
}

term_id machine_load(struct machine *machine, struct machine_state *state, term_id address,
                     unsigned bytes) {
    enum machine_space space;
    const char *why = NULL;
    int64_t offset;
    term_id loaded;

    if (!machine_locate(machine, address, &space, &offset))
        return machine_load_several(machine, state, address, bytes);
    loaded = machine_load_at(machine, state, space, offset, bytes, &why);
    if (!loaded && !machine_refuse(machine, state, space, why, term_true(machine->terms)))
        machine_end_at(state, MACHINE_OPEN, why); /* a path that nothing takes */
    return loaded;
}

void machine_store(struct machine *machine, struct machine_state *state, term_id address,
                   term_id value) {
    struct machine_value values[MACHINE_VALUES_MAX];
    enum machine_space space;
    const char *why = NULL;
    size_t piece = 0;
    int64_t offset;
    term_id several;
    int count;

    if (machine_locate(machine, address, &space, &offset)) {
        why = machine_store_at(machine, state, space, offset, value, 0);
        if (why)
            machine_refuse(machine, state, space, why, term_true(machine->terms));
        return;
    }
    machine_split_address(machine, address, &space, &piece, &several);
    count = machine_values(machine, state, several, values, MACHINE_VALUES_MAX);
    if (count <= 0) {
        machine_too_many(machine, state, several, "writes at an address that may be too many");
        return;
    }
    for (int i = 0; i < count; i++) {
        enum machine_space where = space;
        int64_t at = machine_offset(machine, &where, piece, values[i].number);

        why = machine_store_at(machine, state, where, at, value, values[i].condition);
        if (why && machine_refuse(machine, state, where, why, values[i].condition))
            return;
    }
}
