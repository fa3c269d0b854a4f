/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/internal.h"

#include <stdlib.h>
#include <string.h>

/* The start of a call: what is in registers, on the stack and in the buffers that are handed over.
 */

term_id machine_base(struct machine *machine, unsigned zeros) {
    return term_binary(machine->terms, TERM_JOIN, machine_garbage(machine, machine->word - zeros),
                       term_number(machine->terms, zeros, 0));
}

static void machine_fill_registers(struct machine *machine, struct machine_state *state) {
    const struct lift_layout *layout = machine->layout;
    struct terms *terms = machine->terms;
    unsigned step = layout->word;

    for (unsigned at = 0; at < layout->size; at += step)
        machine_write_registers(machine, state, at, machine_garbage(machine, machine->word));
    /* What the ABI fixes: the flags are known as such, copying goes upwards. */
    machine_write_registers(machine, state, layout->thunk[0], term_number(terms, machine->word, 0));
    machine_write_registers(machine, state, layout->thunk[2], term_number(terms, machine->word, 0));
    machine_write_registers(machine, state, layout->thunk[3], term_number(terms, machine->word, 0));
    machine_write_registers(machine, state, layout->direction,
                            term_number(terms, machine->word, 1));
    machine_write_registers(machine, state, layout->identity,
                            term_zero_extend(terms, machine_garbage(machine, 1), machine->word));
    machine_write_registers(machine, state, layout->alignment,
                            term_number(terms, machine->word, 0));
    if (layout->word == 8) {
        machine_write_registers(machine, state, layout->thread,
                                machine_segment_base(machine, false));
        machine_write_registers(machine, state, layout->processor,
                                machine_segment_base(machine, true));
    } else {
        for (unsigned i = 0; i < 6; i++) /* CS, DS, ES, FS, GS, SS */
            machine_write_registers(
                machine, state, layout->thread - 8 + 2 * i,
                term_number(terms, 16, i == 3 ? MACHINE_SELECTOR_FS : MACHINE_SELECTOR_GS));
    }
}

/* What Go's code finds at each call: R14 is the goroutine, X15 is zero. */
static void machine_fill_go(struct machine *machine, struct machine_state *state) {
    const struct lift_layout *layout = machine->layout;
    const unsigned x15 = layout->vectors + 15 * layout->vector_size;
    struct terms *terms = machine->terms;

    machine_write_registers(machine, state, layout->general[14], machine_goroutine(machine));
    machine_write_registers(machine, state, x15, term_number(terms, 64, 0));
    machine_write_registers(machine, state, x15 + 8, term_number(terms, 64, 0));
}

/* What an argument is, as a word. */
static term_id machine_argument(struct machine *machine, size_t index, term_id target) {
    const struct guest_setup *setup = machine->options.setup;
    const struct guest_argument *argument = &setup->arguments[index];
    struct terms *terms = machine->terms;

    switch (argument->kind) {
    case GUEST_ARGUMENT_TARGET:
        if (machine->word == 64 && !argument->is_wide && setup->abi != GUEST_REGISTERS)
            return term_binary(terms, TERM_JOIN, machine_garbage(machine, 32), target);
        return term_zero_extend(terms, target, machine->word);
    case GUEST_ARGUMENT_OUT:
    case GUEST_ARGUMENT_RESULT:
        return term_binary(terms, TERM_ADD, machine->bases[MACHINE_OUT],
                           term_number(terms, machine->word, argument->number));
    case GUEST_ARGUMENT_STRING:
        return term_binary(terms, TERM_ADD, machine->bases[MACHINE_STRINGS],
                           term_number(terms, machine->word, index * (GUEST_STRING_MAX + 1)));
    case GUEST_ARGUMENT_CONTEXT:
        return machine->bases[MACHINE_CONTEXT];
    case GUEST_ARGUMENT_CALLBACK:
        return machine->callback;
    default:
        return term_number(terms, machine->word, argument->number);
    }
}

static void machine_place_argument(struct machine *machine, struct machine_state *state,
                                   const struct guest_place *place, term_id value) {
    unsigned offset = machine->layout->general[place->reg % GUEST_HIGH_BYTE];

    if (place->width == 4 && machine->word == 64)
        value = term_zero_extend(machine->terms, term_extract(machine->terms, value, 0, 32), 64);
    else if (place->width < machine->word / 8)
        value = term_extract(machine->terms, value, 0, 8 * place->width);
    machine_write_registers(machine, state, offset + (place->reg & GUEST_HIGH_BYTE ? 1 : 0), value);
}

static void machine_put_stack(struct machine *machine, struct machine_state *state, int64_t offset,
                              term_id word) {
    for (unsigned i = 0; i < machine->word / 8; i++)
        machine_set_cell(machine, &state->spaces[MACHINE_STACK], offset + i,
                         (struct machine_cell){word, (uint8_t)i});
}

/* Where the call's arguments went so far. */
struct machine_passed {
    unsigned registers;
    int64_t above; /* stack offset of the next one there */
};

/* Passes a word; what finds no room in registers goes on the stack. */
static void machine_pass(struct machine *machine, struct machine_state *state,
                         struct machine_passed *passed, term_id word) {
    const struct guest_convention *abi = guest_convention(machine->options.setup->abi);

    if (passed->registers < abi->registers_count) {
        machine_write_registers(
            machine, state, machine->layout->general[abi->registers[passed->registers++]], word);
        return;
    }
    machine_put_stack(machine, state, passed->above, word);
    passed->above += machine->word / 8;
}

/* In 32-bit code an argument of 64 bits is two words; both in registers, or both on the stack, with
 * all that follows. */
static void machine_pass_argument(struct machine *machine, struct machine_state *state,
                                  struct machine_passed *passed, size_t index, term_id target) {
    const struct guest_argument *argument = &machine->options.setup->arguments[index];
    const struct guest_convention *abi = guest_convention(machine->options.setup->abi);
    bool is_pair = argument->is_wide && machine->word == 32;
    bool is_number = argument->kind == GUEST_ARGUMENT_NUMBER;

    if (is_pair && (!abi->wide_in_registers || passed->registers + 2 > abi->registers_count))
        passed->registers = abi->registers_count;
    machine_pass(machine, state, passed, machine_argument(machine, index, target));
    if (is_pair)
        machine_pass(machine, state, passed,
                     term_number(machine->terms, 32, is_number ? argument->number >> 32 : 0));
}

static void machine_put_question(struct machine *machine, struct machine_state *state,
                                 struct machine_passed *passed, term_id target) {
    const struct guest_setup *setup = machine->options.setup;

    for (size_t i = 0; i < setup->arguments_count; i++) {
        const struct guest_argument *argument = &setup->arguments[i];

        if (setup->abi == GUEST_REGISTERS)
            machine_place_argument(machine, state, &argument->place,
                                   machine_argument(machine, i, target));
        else
            machine_pass_argument(machine, state, passed, i, target);
        /* The psABI for i386 has a function take the address of its result off the stack. */
        if (argument->kind == GUEST_ARGUMENT_RESULT && setup->abi == GUEST_CDECL32)
            machine->popped += machine->word / 8;
    }
}

/* argc, argv, envp */
static void machine_put_start(struct machine *machine, struct machine_state *state,
                              struct machine_passed *passed) {
    struct terms *terms = machine->terms;
    term_id start = machine->bases[MACHINE_START];

    machine_pass(machine, state, passed, term_number(terms, machine->word, 1));
    machine_pass(machine, state, passed, start);
    machine_pass(machine, state, passed,
                 term_binary(terms, TERM_ADD, start,
                             term_number(terms, machine->word, GUEST_START_ENVIRONMENT)));
}

static bool machine_has_context(const struct machine *machine) {
    const struct guest_setup *setup = machine->options.setup;

    for (size_t i = 0; i < setup->arguments_count; i++) {
        if (setup->arguments[i].kind == GUEST_ARGUMENT_CONTEXT)
            return true;
    }
    return false;
}

static void machine_put_arguments(struct machine *machine, struct machine_state *state,
                                  enum machine_call kind, term_id target) {
    const struct guest_convention *abi = guest_convention(machine->options.setup->abi);
    int64_t first = (int64_t)machine->options.stack_low + abi->shadow;
    struct machine_passed passed = {.above = first};

    machine->popped = 0;
    if (kind == MACHINE_CALLS_QUESTION)
        machine_put_question(machine, state, &passed, target);
    else if (kind == MACHINE_CALLS_CONSTRUCTOR)
        machine_put_start(machine, state, &passed);
    else if (kind == MACHINE_CALLS_BEFORE && machine_has_context(machine))
        machine_pass(machine, state, &passed, machine->bases[MACHINE_CONTEXT]);
    if (abi->pops)
        machine->popped += passed.above - first;
    machine->frame_end =
        passed.above; /* and in Go's code a place for each argument in a register */
    if (abi->is_go)
        machine->frame_end += passed.registers * (machine->word / 8);
}

/* What the caller has put into the buffer: the rest of it is unknown. */
static void machine_fill_out(struct machine *machine, struct machine_state *state, term_id target) {
    const struct guest_setup *setup = machine->options.setup;
    struct terms *terms = machine->terms;
    term_id word = target ? term_zero_extend(terms, target, 64) : 0;

    for (size_t i = 0; i < setup->out_bytes_count; i++)
        machine_set_cell(
            machine, &state->spaces[MACHINE_OUT], setup->out_bytes[i].offset,
            (struct machine_cell){term_number(terms, 8, setup->out_bytes[i].value), 0});
    for (size_t i = 0; target && i < setup->out_targets_count; i++) {
        for (unsigned k = 0; k < setup->out_targets[i].width; k++)
            machine_set_cell(machine, &state->spaces[MACHINE_OUT],
                             (int64_t)setup->out_targets[i].offset + k,
                             (struct machine_cell){word, (uint8_t)k});
    }
}

/* An address with room around it. */
static void machine_bound(struct machine *machine, struct machine_state *state, term_id base,
                          uint64_t room) {
    struct terms *terms = machine->terms;
    uint64_t last = term_mask(machine->word) - room;

    machine_assume(
        machine, state,
        term_binary(terms, TERM_LE_UNSIGNED, term_number(terms, machine->word, room), base));
    machine_assume(
        machine, state,
        term_binary(terms, TERM_LE_UNSIGNED, base, term_number(terms, machine->word, last)));
}

term_id machine_frame_at(struct machine *machine, int64_t offset) {
    return term_binary(machine->terms, TERM_ADD, machine->bases[MACHINE_STACK],
                       term_number(machine->terms, machine->word, (uint64_t)offset));
}

static void machine_clear_space(struct machine_memory *memory) {
    free(memory->offsets);
    free(memory->cells);
    *memory = (struct machine_memory){0};
}

bool machine_call(struct machine *machine, struct machine_state *state, enum machine_call kind,
                  uint64_t function, term_id target) {
    unsigned zeros = machine->options.stack_zeros > 4 ? machine->options.stack_zeros : 4;
    struct machine_frame *frames = realloc(state->frames, 16 * sizeof *frames);

    if (!frames)
        return false;
    state->frames = frames;
    state->frames_capacity = 16;
    state->frames[0] = (struct machine_frame){.function = function};
    state->frames_count = 1;
    /* Each call may run elsewhere, with another buffer. */
    machine->bases[MACHINE_STACK] = machine_base(machine, zeros);
    machine->bases[MACHINE_OUT] = machine_base(machine, 4);
    machine->back = machine_garbage(machine, machine->word);
    machine_clear_space(&state->spaces[MACHINE_STACK]);
    machine_clear_space(&state->spaces[MACHINE_OUT]);
    machine_fill_registers(machine, state);
    if (guest_convention(machine->options.setup->abi)->is_go)
        machine_fill_go(machine, state);
    machine_put_arguments(machine, state, kind, target);
    machine_fill_out(machine, state, target);
    machine_put_stack(machine, state, (int64_t)machine->options.stack_low - machine->layout->word,
                      machine->back);
    machine_write_registers(
        machine, state, machine->layout->general[4],
        machine_frame_at(machine, (int64_t)machine->options.stack_low - machine->layout->word));
    memcpy(machine->entry_cells, state->registers,
           machine->layout->size * sizeof *machine->entry_cells);
    state->values_count = 0;
    machine_bound(machine, state, machine->bases[MACHINE_STACK], 0x100000);
    machine_bound(machine, state, machine->bases[MACHINE_OUT], 0x1000);
    machine_bound(machine, state, machine->bases[MACHINE_THREAD], 0x10000);
    machine_bound(machine, state, machine->bases[MACHINE_START], 0x1000);
    machine_bound(machine, state, machine->bases[MACHINE_CONTEXT], 0x1000);
    machine_bound(machine, state, machine->callback, 0x1000);
    if (kind == MACHINE_CALLS_QUESTION && machine->options.setup->answer.kind != GUEST_MEMORY)
        state->answered = term_false(machine->terms);
    if (kind == MACHINE_CALLS_QUESTION)
        state->callback[0] = state->callback[1] = 0;
    machine->pieces_before = machine->pieces_count;
    state->path_before = state->path.count;
    state->notes = 0;
    state->is_uninterrupted = false;
    state->pc = function;
    state->end = MACHINE_RUNS;
    state->steps = 0;
    state->reads_before = state->reads_count;
    if (target)
        state->question++;
    return !machine->failed;
}
