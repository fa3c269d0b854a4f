/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/import.h"

/*
 * malloc and its relatives. Each piece lies apart from all others, anywhere; what is in a fresh one
 * is unknown. Taken for granted: there is always more. Reaching beyond a piece, or into one that
 * was given back, ends the path.
 */
enum {
    TAKE_COUNTED = 1u << 0, /* (count, size) */
    TAKE_ZEROED = 1u << 1
};

static void heap_zero(struct import_call *call, term_id address, uint64_t size) {
    for (uint64_t i = 0; i < size && call->state->end == MACHINE_RUNS; i++)
        machine_store(call->machine, call->state, import_at(call, address, i),
                      term_number(call->machine->terms, 8, 0));
}

static bool heap_size(struct import_call *call, unsigned first, uint64_t *size) {
    uint64_t count;

    if (!import_size(call, first, size))
        return false;
    if (!(call->row->form & TAKE_COUNTED))
        return true;
    if (!import_size(call, first + 1, &count))
        return false;
    *size *= count;
    if (*size <= IMPORT_BYTES_MAX)
        return true;
    machine_end_at(call->state, MACHINE_OPEN, "takes memory of a size that is large");
    return false;
}

static void heap_take(struct import_call *call) {
    term_id address;
    uint64_t size;

    if (!heap_size(call, 0, &size))
        return;
    address = machine_heap_take(call->machine, call->state, size);
    if (!address)
        return;
    if (call->row->form & TAKE_ZEROED)
        heap_zero(call, address, size);
    if (call->state->end == MACHINE_RUNS)
        import_return(call, address);
}

static void heap_give(struct import_call *call) {
    term_id address = import_argument(call, 0);

    if (address && machine_heap_give(call->machine, call->state, address))
        import_return_nothing(call);
}

/* realloc(old, size), reallocarray(old, count, size): always elsewhere */
static void heap_take_again(struct import_call *call) {
    term_id old = import_argument(call, 0), address, bytes[IMPORT_BYTES_MAX];
    uint64_t size, old_size;

    if (!old || !heap_size(call, 1, &size))
        return;
    address = machine_heap_take(call->machine, call->state, size);
    if (!address)
        return;
    old_size = machine_heap_size(call->machine, call->state, old);
    for (uint64_t i = 0; i < size && i < old_size; i++) {
        bytes[i] = import_byte(call, old, i);
        if (!bytes[i])
            return;
    }
    for (uint64_t i = 0; i < size && i < old_size && call->state->end == MACHINE_RUNS; i++)
        machine_store(call->machine, call->state, import_at(call, address, i), bytes[i]);
    if (call->state->end == MACHINE_RUNS && machine_heap_give(call->machine, call->state, old))
        import_return(call, address);
}

const struct import_row import_heap_rows[] = {
    {"malloc", heap_take, 0, 0},
    {"calloc", heap_take, TAKE_COUNTED | TAKE_ZEROED, 0},
    {"realloc", heap_take_again, 0, 0},
    {"reallocarray", heap_take_again, TAKE_COUNTED, 0},
    {"free", heap_give, 0, 0},
    {"_Znwm", heap_take, 0, 0},
    {"_Znam", heap_take, 0, 0},
    {"_Znwj", heap_take, 0, 0},
    {"_Znaj", heap_take, 0, 0},
    {"_ZnwmRKSt9nothrow_t", heap_take, 0, 0},
    {"_ZnamRKSt9nothrow_t", heap_take, 0, 0},
    {"_ZnwjRKSt9nothrow_t", heap_take, 0, 0},
    {"_ZnajRKSt9nothrow_t", heap_take, 0, 0},
    {"_ZdlPv", heap_give, 0, 0},
    {"_ZdaPv", heap_give, 0, 0},
    {"_ZdlPvm", heap_give, 0, 0},
    {"_ZdaPvm", heap_give, 0, 0},
    {"_ZdlPvj", heap_give, 0, 0},
    {"_ZdaPvj", heap_give, 0, 0},
    {"_ZdlPvRKSt9nothrow_t", heap_give, 0, 0},
    {"_ZdaPvRKSt9nothrow_t", heap_give, 0, 0},
    {NULL, NULL, 0, 0},
};
