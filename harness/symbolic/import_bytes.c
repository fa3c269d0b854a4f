/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/import.h"

/* <string.h> over bytes that need not be known. */
enum {
    BYTES_RETURNS_END = 1u << 0, /* mempcpy */
    BYTES_SWAPPED = 1u << 1,     /* bcopy: source first, and no result */
    BYTES_LIMITED = 1u << 2,
    BYTES_OF_STRING = 1u << 3
};

static void import_copy(struct import_call *call) {
    bool swapped = call->row->form & BYTES_SWAPPED;
    term_id to = import_argument(call, swapped ? 1 : 0),
            from = import_argument(call, swapped ? 0 : 1);
    term_id bytes[IMPORT_BYTES_MAX];
    uint64_t size;

    if (!to || !from || !import_size(call, 2, &size) || !import_fits(call, size))
        return;
    for (uint64_t i = 0; i < size; i++) {
        bytes[i] = import_byte(call, from, i);
        if (!bytes[i])
            return;
    }
    for (uint64_t i = 0; i < size && call->state->end == MACHINE_RUNS; i++)
        machine_store(call->machine, call->state, import_at(call, to, i), bytes[i]);
    if (call->state->end != MACHINE_RUNS)
        return;
    if (swapped)
        import_return_nothing(call);
    else
        import_return(call, call->row->form & BYTES_RETURNS_END ? import_at(call, to, size) : to);
}

static void import_fill(struct import_call *call, term_id to, term_id with, uint64_t size) {
    for (uint64_t i = 0; i < size && call->state->end == MACHINE_RUNS; i++)
        machine_store(call->machine, call->state, import_at(call, to, i), with);
}

static void import_set(struct import_call *call) {
    term_id to = import_argument(call, 0), with = import_argument(call, 1);
    uint64_t size;

    if (!to || !with || !import_size(call, 2, &size) || !import_fits(call, size))
        return;
    import_fill(call, to, term_extract(call->machine->terms, with, 0, 8), size);
    if (call->state->end == MACHINE_RUNS)
        import_return(call, to);
}

static void import_zero(struct import_call *call) {
    term_id to = import_argument(call, 0);
    uint64_t size;

    if (!to || !import_size(call, 1, &size) || !import_fits(call, size))
        return;
    import_fill(call, to, term_number(call->machine->terms, 8, 0), size);
    if (call->state->end == MACHINE_RUNS)
        import_return_nothing(call);
}

/* A result of which only the sign is promised: `equal` and `less` say which. */
static term_id import_sign(struct machine *machine, term_id equal, term_id less) {
    struct terms *terms = machine->terms;
    term_id any = machine_garbage(machine, 30);
    term_id below = term_binary(terms, TERM_JOIN, term_number(terms, 2, 2), any);
    term_id above = term_binary(terms, TERM_JOIN, term_number(terms, 1, 0),
                                term_binary(terms, TERM_JOIN, any, term_number(terms, 1, 1)));
    term_id result = term_choose(terms, equal, term_number(terms, 32, 0),
                                 term_choose(terms, less, below, above));

    return machine->word == 64 ? term_binary(terms, TERM_JOIN, machine_garbage(machine, 32), result)
                               : result;
}

static void import_compare(struct import_call *call) {
    struct machine *machine = call->machine;
    struct terms *terms = machine->terms;
    term_id a = import_argument(call, 0), b = import_argument(call, 1);
    term_id equal = term_true(terms), less = term_false(terms);
    uint64_t size;

    if (!a || !b || !import_size(call, 2, &size))
        return;
    for (uint64_t i = size; i-- > 0;) {
        term_id x = import_byte(call, a, i), y = x ? import_byte(call, b, i) : 0, same;

        if (!y)
            return;
        same = term_eq(terms, x, y);
        less = term_choose(terms, same, less, term_binary(terms, TERM_LT_UNSIGNED, x, y));
        equal = term_and(terms, equal, same);
    }
    import_return(call, import_sign(machine, equal, less));
}

static void import_too_long(struct import_call *call) {
    machine_end_at(call->state, MACHINE_OPEN, "hands a function a string that may not end");
}

/* strlen and strnlen */
static void import_length(struct import_call *call) {
    struct terms *terms = call->machine->terms;
    term_id address = import_argument(call, 0);
    uint64_t limit = IMPORT_STRING_MAX;
    bool limited = call->row->form & BYTES_LIMITED;

    if (!address || (limited && !import_size(call, 1, &limit)))
        return;
    for (uint64_t i = 0; i < limit; i++) {
        term_id byte = import_byte(call, address, i);

        if (!byte || import_returns_when(call, term_eq(terms, byte, term_number(terms, 8, 0)),
                                         import_word(call, i)))
            return;
    }
    if (limited)
        import_return(call, import_word(call, limit));
    else
        import_too_long(call);
}

/* strcmp and strncmp */
static void import_string_compare(struct import_call *call) {
    struct machine *machine = call->machine;
    struct terms *terms = machine->terms;
    term_id a = import_argument(call, 0), b = import_argument(call, 1);
    uint64_t limit = IMPORT_STRING_MAX;
    bool limited = call->row->form & BYTES_LIMITED;

    if (!a || !b || (limited && !import_size(call, 2, &limit)))
        return;
    for (uint64_t i = 0; i < limit; i++) {
        term_id x = import_byte(call, a, i), y = x ? import_byte(call, b, i) : 0;

        if (!y ||
            import_returns_when(call, term_not(terms, term_eq(terms, x, y)),
                                import_sign(machine, term_false(terms),
                                            term_binary(terms, TERM_LT_UNSIGNED, x, y))) ||
            import_returns_when(call, term_eq(terms, x, term_number(terms, 8, 0)),
                                import_word(call, 0)))
            return;
    }
    if (limited)
        import_return(call, import_word(call, 0));
    else
        import_too_long(call);
}

/* memchr and strchr */
static void import_find(struct import_call *call) {
    struct terms *terms = call->machine->terms;
    term_id address = import_argument(call, 0), wanted = import_argument(call, 1);
    bool is_string = call->row->form & BYTES_OF_STRING;
    uint64_t limit = IMPORT_STRING_MAX;

    if (!address || !wanted || (!is_string && !import_size(call, 2, &limit)))
        return;
    wanted = term_extract(terms, wanted, 0, 8);
    for (uint64_t i = 0; i < limit; i++) {
        term_id byte = import_byte(call, address, i);

        if (!byte ||
            import_returns_when(call, term_eq(terms, byte, wanted), import_at(call, address, i)))
            return;
        if (is_string && import_returns_when(call, term_eq(terms, byte, term_number(terms, 8, 0)),
                                             import_word(call, 0)))
            return;
    }
    if (is_string)
        import_too_long(call);
    else
        import_return(call, import_word(call, 0));
}

const struct import_row import_bytes_rows[] = {
    {"memcpy", import_copy, 0, 0},
    {"memmove", import_copy, 0, 0},
    {"mempcpy", import_copy, BYTES_RETURNS_END, 0},
    {"__mempcpy", import_copy, BYTES_RETURNS_END, 0},
    {"__memcpy_chk", import_copy, 0, 4},
    {"__memmove_chk", import_copy, 0, 4},
    {"__mempcpy_chk", import_copy, BYTES_RETURNS_END, 4},
    {"bcopy", import_copy, BYTES_SWAPPED, 0},
    {"memset", import_set, 0, 0},
    {"__memset_chk", import_set, 0, 4},
    {"memset_explicit", import_set, 0, 0},
    {"bzero", import_zero, 0, 0},
    {"explicit_bzero", import_zero, 0, 0},
    {"__explicit_bzero_chk", import_zero, 0, 3},
    {"memcmp", import_compare, 0, 0},
    {"bcmp", import_compare, 0, 0},
    {"strlen", import_length, 0, 0},
    {"strnlen", import_length, BYTES_LIMITED, 0},
    {"strcmp", import_string_compare, 0, 0},
    {"strncmp", import_string_compare, BYTES_LIMITED, 0},
    {"memchr", import_find, 0, 0},
    {"strchr", import_find, BYTES_OF_STRING, 0},
    {"index", import_find, BYTES_OF_STRING, 0},
    {NULL, NULL, 0, 0},
};
