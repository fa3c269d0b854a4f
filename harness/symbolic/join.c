/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/internal.h"

#include <stdlib.h>
#include <string.h>

/*
 * Paths that part and meet again, as one path from there on: a loop over 255 leaves that ends where
 * a table says has 255 ways out, and one after it. So that they meet, whoever is deepest in calls
 * goes first, then whoever is at the lowest address, as compilers lay out what comes later further
 * down. That is only an order: paths that never meet are followed apart.
 */
/* Whether `a` is to go ahead of `b`. */
static bool join_is_before(const struct machine_state *a, const struct machine_state *b) {
    return a->frames_count != b->frames_count ? a->frames_count > b->frames_count : a->pc < b->pc;
}

static bool join_is_level(const struct machine_state *a, const struct machine_state *b) {
    if (a->pc != b->pc || a->frames_count != b->frames_count ||
        a->is_uninterrupted != b->is_uninterrupted || a->question != b->question)
        return false;
    for (size_t i = 0; i < a->frames_count; i++) {
        if (a->frames[i].function != b->frames[i].function)
            return false;
    }
    return true;
}

/* A pointer that is one of two places in different spaces is none that can be followed. */
static bool join_may_choose(const struct machine *machine, term_id a, term_id b) {
    enum machine_space left, right;
    int64_t offset;

    if (a == b || !machine_locate(machine, a, &left, &offset) ||
        !machine_locate(machine, b, &right, &offset))
        return true;
    return left == right;
}

static bool join_registers_fit(struct machine *machine, const struct machine_state *a,
                               const struct machine_state *b) {
    const struct lift_layout *layout = machine->layout;

    for (unsigned i = 0; i < layout->general_count; i++) {
        term_id left = machine_register(machine, a, i, 0, layout->word);
        term_id right = machine_register(machine, b, i, 0, layout->word);

        if (i == 4 ? left != right : !join_may_choose(machine, left, right))
            return false;
    }
    return true;
}

static bool join_may_meet(struct machine *machine, const struct machine_state *a,
                          const struct machine_state *b) {
    return join_is_level(a, b) && join_registers_fit(machine, a, b);
}

bool machine_is_ahead(struct machine *machine, const struct machine_state *state) {
    for (size_t i = 0; i < machine->pending_count; i++) {
        const struct machine_state *other = machine->pending[i];

        if (join_is_before(other, state) ||
            (other->pc == state->pc && join_may_meet(machine, other, state)))
            return true;
    }
    return false;
}

static struct machine_state *join_remove(struct machine *machine, size_t index) {
    struct machine_state *state = machine->pending[index];

    machine->pending_count--;
    memmove(&machine->pending[index], &machine->pending[index + 1],
            (machine->pending_count - index) * sizeof *machine->pending);
    return state;
}

/* Takes all that may go on with the state at an index out of those that wait. Returns how many. */
static size_t join_gather(struct machine *machine, size_t first, struct machine_state **gathered) {
    size_t count = 0;

    gathered[count++] = join_remove(machine, first);
    for (size_t i = first; i < machine->pending_count;) {
        if (join_may_meet(machine, gathered[0], machine->pending[i]))
            gathered[count++] = join_remove(machine, i);
        else
            i++;
    }
    return count;
}

/* Neighbours become one, and then these, so that what they differ in is chosen in few steps. */
static struct machine_state *join_all(struct machine *machine, struct machine_state **states,
                                      size_t count) {
    while (count > 1) {
        size_t left = 0;

        for (size_t i = 0; i < count; i += 2) {
            if (i + 1 < count && join_may_meet(machine, states[i], states[i + 1]))
                machine_merge(machine, states[i], states[i + 1], false);
            else if (i + 1 < count)
                machine_add_pending(machine, states[i + 1]);
            states[left++] = states[i];
        }
        count = left;
    }
    return states[0];
}

struct machine_state *machine_take_first(struct machine *machine) {
    struct machine_state *state, **gathered = malloc(machine->pending_count * sizeof(*gathered));
    size_t first = 0;

    for (size_t i = 1; i < machine->pending_count; i++) {
        if (join_is_before(machine->pending[i], machine->pending[first]))
            first = i;
    }
    if (!gathered) {
        machine->failed = true;
        return join_remove(machine, first);
    }
    state = join_all(machine, gathered, join_gather(machine, first, gathered));
    free(gathered);
    return state;
}
