/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/internal.h"

#include <string.h>

/*
 * What undefined symbols do that the guest provides. A result of which C promises the sign alone is
 * unknown but for that, and registers that an ABI lets a function change are unknown afterwards.
 */
#define IMPORT_BYTES_MAX 4096u
#define IMPORT_STRING_MAX 256u

struct import_call {
    struct machine *machine;
    struct machine_state *state;
    const char *name;
};

struct import_row {
    const char *name;
    void (*run)(struct import_call *call);
};

static term_id import_argument(struct import_call *call, unsigned index) {
    struct machine *machine = call->machine;
    enum guest_abi abi = machine->options.setup->abi;
    const struct guest_convention *convention;
    term_id place;

    if (!guest_abi_is_c(abi))
        abi = machine->word == 64 ? GUEST_SYSV64 : GUEST_CDECL32;
    convention = guest_convention(abi);
    if (index < convention->registers_count)
        return machine_register(machine, call->state, convention->registers[index], 0,
                                machine->layout->word);
    index -= convention->registers_count;
    place = term_binary(machine->terms, TERM_ADD,
                        machine_register(machine, call->state, 4, 0, machine->layout->word),
                        term_number(machine->terms, machine->word,
                                    machine->layout->word * (1 + index) + convention->shadow));
    return machine_load(machine, call->state, place, machine->layout->word);
}

/* The call is over: back to where it came from, with a result. */
static void import_return(struct machine *machine, struct machine_state *state, term_id result) {
    const struct lift_layout *layout = machine->layout;
    const struct guest_convention *convention =
        guest_convention(guest_abi_is_c(machine->options.setup->abi)
                             ? machine->options.setup->abi
                         : machine->word == 64 ? GUEST_SYSV64
                                               : GUEST_CDECL32);
    term_id stack = machine_register(machine, state, 4, 0, layout->word);
    term_id back = machine_load(machine, state, stack, layout->word);
    uint64_t address;

    if (!back)
        return;
    for (unsigned reg = 0; reg < layout->general_count; reg++) {
        bool kept = reg == 4;

        for (size_t i = 0; i < convention->kept_count; i++)
            kept |= convention->kept[i].reg == reg;
        if (!kept)
            machine_write_registers(machine, state, layout->general[reg],
                                    machine_garbage(machine, machine->word));
    }
    for (unsigned i = 0; i < 4; i++)
        machine_write_registers(machine, state, layout->thunk[i],
                                i == 1 ? machine_garbage(machine, machine->word)
                                       : term_number(machine->terms, machine->word, 0));
    for (unsigned i = 0; i < layout->vectors_count * layout->vector_size / layout->word; i++)
        machine_write_registers(machine, state, layout->vectors + i * layout->word,
                                machine_garbage(machine, machine->word));
    machine_write_registers(machine, state, layout->general[0], result);
    machine_write_registers(machine, state, layout->general[4],
                            term_binary(machine->terms, TERM_ADD, stack,
                                        term_number(machine->terms, machine->word, layout->word)));
    if (state->frames_count > 1)
        state->frames_count--;
    if (back == machine->back) {
        state->end = MACHINE_RETURNED;
    } else if (term_is_number(machine->terms, back, &address)) {
        state->pc = address;
    } else {
        machine_end_at(state, MACHINE_OPEN, "returns from a function to an address not known");
    }
}

void machine_callback(struct machine *machine, struct machine_state *state) {
    const struct guest_setup *setup = machine->options.setup;
    const struct guest_place *places[2] = {&setup->answer, &setup->value};
    struct import_call call = {machine, state, "the callback"};

    if (guest_convention(setup->abi)->pops) {
        machine_end_at(state, MACHINE_OPEN,
                       "calls the callback, which may have another convention than its own");
        return;
    }
    for (unsigned i = 0; i < 2; i++) {
        term_id value;

        if (places[i]->kind != GUEST_CALLBACK)
            continue;
        value = import_argument(&call, places[i]->offset);
        if (!value)
            return;
        if (places[i]->width < machine->layout->word)
            value = term_extract(machine->terms, value, 0, 8 * places[i]->width);
        state->callback[i] = term_zero_extend(machine->terms, value, 64);
    }
    state->answered = term_true(machine->terms);
    import_return(machine, state, term_number(machine->terms, machine->word, 0));
}

static term_id import_at(struct import_call *call, term_id address, uint64_t offset) {
    return term_binary(call->machine->terms, TERM_ADD, address,
                       term_number(call->machine->terms, call->machine->word, offset));
}

static term_id import_byte(struct import_call *call, term_id address, uint64_t offset) {
    return machine_load(call->machine, call->state, import_at(call, address, offset), 1);
}

/* A size that is known, or the one that the path leaves. False: the path is over. */
static bool import_size(struct import_call *call, unsigned index, uint64_t *size) {
    term_id argument = import_argument(call, index);
    struct machine_value value[1];

    if (argument && machine_values(call->machine, call->state, argument, value, 1) == 1 &&
        value[0].number <= IMPORT_BYTES_MAX) {
        *size = value[0].number;
        return true;
    }
    machine_end_at(call->state, MACHINE_OPEN,
                   "hands a function a size that is not known, or large");
    return false;
}

static void import_copy(struct import_call *call) {
    term_id to = import_argument(call, 0), from = import_argument(call, 1);
    term_id bytes[IMPORT_BYTES_MAX];
    uint64_t size;

    if (!to || !from || !import_size(call, 2, &size))
        return;
    for (uint64_t i = 0; i < size; i++) {
        bytes[i] = import_byte(call, from, i);
        if (!bytes[i])
            return;
    }
    for (uint64_t i = 0; i < size && call->state->end == MACHINE_RUNS; i++)
        machine_store(call->machine, call->state, import_at(call, to, i), bytes[i]);
    if (call->state->end == MACHINE_RUNS)
        import_return(call->machine, call->state, to);
}

static void import_set(struct import_call *call) {
    term_id to = import_argument(call, 0), with = import_argument(call, 1);
    uint64_t size;

    if (!to || !with || !import_size(call, 2, &size))
        return;
    with = term_extract(call->machine->terms, with, 0, 8);
    for (uint64_t i = 0; i < size && call->state->end == MACHINE_RUNS; i++)
        machine_store(call->machine, call->state, import_at(call, to, i), with);
    if (call->state->end == MACHINE_RUNS)
        import_return(call->machine, call->state, to);
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
    import_return(machine, call->state, import_sign(machine, equal, less));
}

/* Goes on where a condition does not hold, and has the other side return a result. True: nobody
 * goes on. */
static bool import_returns_when(struct import_call *call, term_id condition, term_id result) {
    bool never;
    struct machine_state *done = machine_split(call->machine, call->state, condition, &never);

    if (done) {
        import_return(call->machine, done, result);
        machine_add_pending(call->machine, done);
    }
    call->state->is_gone |= never;
    return never;
}

static void import_too_long(struct import_call *call) {
    machine_end_at(call->state, MACHINE_OPEN, "hands a function a string that may not end");
}

/* strlen and strnlen */
static void import_length(struct import_call *call) {
    struct terms *terms = call->machine->terms;
    term_id address = import_argument(call, 0);
    uint64_t limit = IMPORT_STRING_MAX;
    bool limited = call->name[3] == 'n';

    if (!address || (limited && !import_size(call, 1, &limit)))
        return;
    for (uint64_t i = 0; i < limit; i++) {
        term_id byte = import_byte(call, address, i);

        if (!byte || import_returns_when(call, term_eq(terms, byte, term_number(terms, 8, 0)),
                                         term_number(terms, call->machine->word, i)))
            return;
    }
    if (limited)
        import_return(call->machine, call->state, term_number(terms, call->machine->word, limit));
    else
        import_too_long(call);
}

/* strcmp and strncmp */
static void import_string_compare(struct import_call *call) {
    struct machine *machine = call->machine;
    struct terms *terms = machine->terms;
    term_id a = import_argument(call, 0), b = import_argument(call, 1);
    uint64_t limit = IMPORT_STRING_MAX;
    bool limited = call->name[3] == 'n';

    if (!a || !b || (limited && !import_size(call, 2, &limit)))
        return;
    for (uint64_t i = 0; i < limit; i++) {
        term_id x = import_byte(call, a, i), y = x ? import_byte(call, b, i) : 0;

        if (!y ||
            import_returns_when(call, term_not(terms, term_eq(terms, x, y)),
                                import_sign(machine, term_false(terms),
                                            term_binary(terms, TERM_LT_UNSIGNED, x, y))) ||
            import_returns_when(call, term_eq(terms, x, term_number(terms, 8, 0)),
                                term_number(terms, machine->word, 0)))
            return;
    }
    if (limited)
        import_return(machine, call->state, term_number(terms, machine->word, 0));
    else
        import_too_long(call);
}

/* memchr and strchr */
static void import_find(struct import_call *call) {
    struct terms *terms = call->machine->terms;
    term_id address = import_argument(call, 0), wanted = import_argument(call, 1);
    term_id nothing = term_number(terms, call->machine->word, 0);
    bool is_string = call->name[0] == 's';
    uint64_t limit = IMPORT_STRING_MAX;

    if (!address || !wanted || (!is_string && !import_size(call, 2, &limit)))
        return;
    wanted = term_extract(terms, wanted, 0, 8);
    for (uint64_t i = 0; i < limit; i++) {
        term_id byte = import_byte(call, address, i);

        if (!byte ||
            import_returns_when(call, term_eq(terms, byte, wanted), import_at(call, address, i)))
            return;
        if (is_string &&
            import_returns_when(call, term_eq(terms, byte, term_number(terms, 8, 0)), nothing))
            return;
    }
    if (is_string)
        import_too_long(call);
    else
        import_return(call->machine, call->state, nothing);
}

static void import_smashed(struct import_call *call) {
    machine_end_at(call->state, MACHINE_FAULTED, "its stack protector fires, or it gives up");
}

static const struct import_row import_rows[] = {
    {"memcpy", import_copy},
    {"memmove", import_copy},
    {"__memcpy_chk", import_copy},
    {"__memmove_chk", import_copy},
    {"memset", import_set},
    {"__memset_chk", import_set},
    {"memcmp", import_compare},
    {"bcmp", import_compare},
    {"strlen", import_length},
    {"strnlen", import_length},
    {"strcmp", import_string_compare},
    {"strncmp", import_string_compare},
    {"memchr", import_find},
    {"strchr", import_find},
    {"__stack_chk_fail", import_smashed},
    {"__stack_chk_fail_local", import_smashed},
    {"abort", import_smashed},
};

static const struct image_import *import_find_at(const struct machine *machine, uint64_t address) {
    const struct image *image = machine->options.image;

    for (size_t i = 0; i < image->imports_count; i++) {
        if (image->imports[i].address == address)
            return &image->imports[i];
    }
    return NULL;
}

bool machine_is_import(const struct machine *machine, uint64_t address) {
    return address - machine->options.image->import_area < machine->options.image->import_area_size;
}

void machine_import(struct machine *machine, struct machine_state *state) {
    const struct image_import *import = import_find_at(machine, state->pc);
    const struct guest_setup *setup = machine->options.setup;
    struct import_call call = {machine, state, import ? import->name : ""};
    size_t available;

    if (guest_code_at(machine->options.image, setup, state->pc, &available)) {
        machine_step(machine, state);
        return;
    }
    state->steps++;
    if (guest_convention(setup->abi)->pops) {
        machine_end_at(state, MACHINE_OPEN,
                       "calls an undefined function, which may have another convention than its own");
        return;
    }
    for (size_t i = 0; i < setup->stubs_count; i++) {
        if (strcmp(setup->stubs[i].name, call.name) == 0) {
            import_return(machine, state,
                          term_number(machine->terms, machine->word, setup->stubs[i].value));
            return;
        }
    }
    for (size_t i = 0; i < sizeof import_rows / sizeof import_rows[0]; i++) {
        if (strcmp(import_rows[i].name, call.name) == 0) {
            import_rows[i].run(&call);
            return;
        }
    }
    machine_end_at(state, MACHINE_OPEN, "calls an undefined function that is not modelled");
}
