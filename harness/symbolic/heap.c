/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/internal.h"

#include <stdlib.h>

/*
 * Memory that is taken and given back. Each piece has a base of its own, so that nothing is known
 * of where one lies beside another.
 */
#define HEAP_PIECES_MAX 64u
#define HEAP_REACH                                                                                 \
    ((int64_t)1 << 24) /* of offsets that belong to a piece; half of them below it                 \
                        */
#define HEAP_ZEROS 4u  /* low bits of an address */

size_t machine_pieces(const struct machine *machine) {
    return machine->pieces_count;
}

size_t machine_piece_at(int64_t offset) {
    return (size_t)((offset + HEAP_REACH / 2) / HEAP_REACH - 1);
}

int64_t machine_heap_offset(size_t piece, int64_t within) {
    /* Offset 0 is in no piece. */
    return within >= -HEAP_REACH / 2 && within < HEAP_REACH / 2
               ? (int64_t)(piece + 1) * HEAP_REACH + within
               : 0;
}

size_t machine_heap_find(const struct machine *machine, term_id base) {
    for (size_t i = 0; i < machine->pieces_count; i++) {
        if (machine->pieces[i].base == base)
            return i;
    }
    return SIZE_MAX;
}

static bool heap_is_freed(const struct machine_state *state, size_t piece) {
    for (size_t i = 0; i < state->freed.count; i++) {
        if (state->freed.ids[i] == piece)
            return true;
    }
    return false;
}

bool machine_heap_has(const struct machine *machine, const struct machine_state *state,
                      int64_t offset) {
    size_t piece = machine_piece_at(offset);
    int64_t within = offset - machine_heap_offset(piece, 0);

    return offset >= HEAP_REACH / 2 && piece < machine->pieces_count && within >= 0 &&
           (uint64_t)within < machine->pieces[piece].size && !heap_is_freed(state, piece);
}

/* A new piece. False: out of memory. */
static bool heap_add(struct machine *machine, uint64_t size) {
    if (machine->pieces_count == machine->pieces_capacity) {
        size_t capacity = machine->pieces_capacity ? 2 * machine->pieces_capacity : 8;
        struct machine_piece *pieces = realloc(machine->pieces, capacity * sizeof *pieces);

        if (!pieces)
            return false;
        machine->pieces = pieces;
        machine->pieces_capacity = capacity;
    }
    machine->pieces[machine->pieces_count++] = (struct machine_piece){
        .base = term_binary(machine->terms, TERM_JOIN,
                            machine_garbage(machine, machine->word - HEAP_ZEROS),
                            term_number(machine->terms, HEAP_ZEROS, 0)),
        .size = size};
    return true;
}

term_id machine_heap_take(struct machine *machine, struct machine_state *state, uint64_t size) {
    struct terms *terms = machine->terms;
    term_id base, least, most;

    if (size == 0 || machine->pieces_count == HEAP_PIECES_MAX) {
        machine_end_at(state, MACHINE_OPEN,
                       size == 0 ? "takes memory of no size" : "takes memory too often");
        return 0;
    }
    if (!heap_add(machine, size)) {
        machine->failed = true;
        return 0;
    }
    base = machine->pieces[machine->pieces_count - 1].base;
    least = term_number(terms, machine->word, IMAGE_PAGE);
    most = term_number(terms, machine->word, term_mask(machine->word) - size);
    machine_axiom(machine, state, term_binary(terms, TERM_LE_UNSIGNED, least, base));
    machine_axiom(machine, state, term_binary(terms, TERM_LE_UNSIGNED, base, most));
    return base;
}

uint64_t machine_heap_size(const struct machine *machine, const struct machine_state *state,
                           term_id address) {
    size_t piece = machine_heap_find(machine, address);

    return piece != SIZE_MAX && !heap_is_freed(state, piece) ? machine->pieces[piece].size : 0;
}

bool machine_heap_give(struct machine *machine, struct machine_state *state, term_id address) {
    size_t piece = machine_heap_find(machine, address);
    enum machine_space space;
    uint64_t number;
    int64_t offset;

    if (term_is_number(machine->terms, address, &number) && number == 0)
        return true;
    if (piece != SIZE_MAX && piece < machine->pieces_before) {
        /* The next question of the boot would find it gone. */
        machine_end_at(state, MACHINE_OPEN, "gives memory back that an earlier call has taken");
        return false;
    }
    if (piece != SIZE_MAX && !heap_is_freed(state, piece)) {
        machine->failed |= !machine_push_term(&state->freed, (term_id)piece);
        return !machine->failed;
    }
    if (machine_locate(machine, address, &space, &offset))
        machine_end_at(state, MACHINE_FAULTED, "gives memory back that it has not taken");
    else
        machine_end_at(state, MACHINE_OPEN, "gives memory back at an address that is not known");
    return false;
}
