/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/import.h"

#include <string.h>

static const struct guest_convention *import_convention(const struct machine *machine) {
    enum guest_abi abi = machine->options.setup->abi;

    if (!guest_abi_is_c(abi) || guest_convention(abi)->is_go)
        abi = machine->word == 64 ? GUEST_SYSV64 : GUEST_CDECL32;
    return guest_convention(abi);
}

term_id import_argument(struct import_call *call, unsigned index) {
    struct machine *machine = call->machine;
    const struct guest_convention *convention = import_convention(machine);
    term_id place;

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

/* --- The way back. --- */

static void import_forget(struct machine *machine, struct machine_state *state) {
    const struct guest_convention *convention = import_convention(machine);
    const struct lift_layout *layout = machine->layout;

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
}

void import_return(struct import_call *call, term_id result) {
    struct machine *machine = call->machine;
    struct machine_state *state = call->state;
    const struct lift_layout *layout = machine->layout;
    term_id stack = machine_register(machine, state, 4, 0, layout->word);
    term_id back = machine_load(machine, state, stack, layout->word);
    uint64_t address;

    if (!back)
        return;
    import_forget(machine, state);
    machine_write_registers(machine, state, layout->general[0], result);
    machine_write_registers(machine, state, layout->general[4],
                            import_at(call, stack, layout->word));
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

void import_return_nothing(struct import_call *call) {
    import_return(call, machine_garbage(call->machine, call->machine->word));
}

bool import_returns_when(struct import_call *call, term_id condition, term_id result) {
    bool never;
    struct machine_state *done = machine_split(call->machine, call->state, condition, &never);

    if (done) {
        struct import_call other = {call->machine, done, call->row};

        import_return(&other, result);
        machine_add_pending(call->machine, done);
    }
    call->state->is_gone |= never;
    return never;
}

/* --- Arguments and memory. --- */

term_id import_word(struct import_call *call, uint64_t number) {
    return term_number(call->machine->terms, call->machine->word, number);
}

term_id import_at(struct import_call *call, term_id address, uint64_t offset) {
    return term_binary(call->machine->terms, TERM_ADD, address, import_word(call, offset));
}

term_id import_byte(struct import_call *call, term_id address, uint64_t offset) {
    return machine_load(call->machine, call->state, import_at(call, address, offset), 1);
}

bool import_number(struct import_call *call, unsigned index, uint64_t *number) {
    term_id argument = import_argument(call, index);
    struct machine_value value[1];

    if (argument && machine_values(call->machine, call->state, argument, value, 1) == 1) {
        *number = value[0].number;
        return true;
    }
    machine_end_at(call->state, MACHINE_OPEN, "hands a function a number that is not known");
    return false;
}

bool import_size(struct import_call *call, unsigned index, uint64_t *size) {
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

bool import_fits(struct import_call *call, uint64_t size) {
    uint64_t room;

    if (call->row->bound == 0)
        return true;
    if (!import_number(call, call->row->bound - 1, &room))
        return false;
    if (size <= room)
        return true;
    import_smashed(call);
    return false;
}

void import_smashed(struct import_call *call) {
    machine_end_at(call->state, MACHINE_FAULTED, "its stack protector fires, or it gives up");
}

/* --- Calls. --- */

void machine_callback(struct machine *machine, struct machine_state *state) {
    const struct guest_setup *setup = machine->options.setup;
    const struct guest_place *places[2] = {&setup->answer, &setup->value};
    struct import_call call = {machine, state, NULL};

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
    import_return(&call, import_word(&call, 0));
}

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

uint64_t machine_function_at(const struct machine *machine, uint64_t address) {
    const struct image *image = machine->options.image;
    const struct image_import *import = image->undefined_last != 0 &&
                                                address >= image->undefined_first &&
                                                address <= image->undefined_last
                                            ? image_undefined_at(image, address)
                                            : NULL;

    return import && import->data == address ? import->address : address;
}

static const struct import_row *import_row_of(const char *name) {
    static const struct import_row *const tables[] = {import_bytes_rows, import_text_rows,
                                                      import_runtime_rows, import_heap_rows,
                                                      import_arithmetic_rows};

    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        for (const struct import_row *row = tables[i]; row->name; row++) {
            if (strcmp(row->name, name) == 0)
                return row;
        }
    }
    return NULL;
}

void machine_import(struct machine *machine, struct machine_state *state) {
    const struct image_import *import;
    const struct guest_setup *setup = machine->options.setup;
    struct import_call call = {machine, state, NULL};
    size_t available;

    state->pc = machine_function_at(machine, state->pc);
    import = import_find_at(machine, state->pc);

    if (guest_code_at(machine->options.image, setup, state->pc, &available)) {
        machine_step(machine, state);
        return;
    }
    state->steps++;
    if (guest_convention(setup->abi)->pops) {
        machine_end_at(
            state, MACHINE_OPEN,
            "calls an undefined function, which may have another convention than its own");
        return;
    }
    for (size_t i = 0; import && i < setup->stubs_count; i++) {
        if (strcmp(setup->stubs[i].name, import->name) == 0) {
            import_return(&call, import_word(&call, setup->stubs[i].value));
            return;
        }
    }
    call.row = import ? import_row_of(import->name) : NULL;
    if (call.row)
        call.row->run(&call);
    else
        machine_end_at(state, MACHINE_OPEN, "calls an undefined function that is not modelled");
}
