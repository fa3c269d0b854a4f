/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/memory.h"

/*
 * Code on the stack, where the file asks for a stack that can be executed: what compilers write
 * there for a nested function whose address is taken, which is a register or two set, and a jump.
 * The instructions are read as they are when they run; any other one there is not followed.
 */
#define TRAMPOLINE_MAX 8u /* instructions */

enum trampoline_kind {
    TRAMPOLINE_NOTHING, /* endbr */
    TRAMPOLINE_SET,     /* a register to the number behind the opcode, zero-extended */
    TRAMPOLINE_JUMP,    /* to a register */
    TRAMPOLINE_JUMP_BY  /* the signed number behind the opcode, from the next instruction on */
};

static const struct trampoline_row {
    unsigned word; /* bytes of an address */
    uint8_t opcode[4], opcode_size;
    enum trampoline_kind kind;
    unsigned reg, number_size;
} trampoline_rows[] = {
    {8, {0xf3, 0x0f, 0x1e, 0xfa}, 4, TRAMPOLINE_NOTHING, 0, 0},
    {8, {0x41, 0xba}, 2, TRAMPOLINE_SET, 10, 4},
    {8, {0x41, 0xbb}, 2, TRAMPOLINE_SET, 11, 4},
    {8, {0x49, 0xba}, 2, TRAMPOLINE_SET, 10, 8},
    {8, {0x49, 0xbb}, 2, TRAMPOLINE_SET, 11, 8},
    {8, {0x49, 0xff, 0xe3}, 3, TRAMPOLINE_JUMP, 11, 0},
    {4, {0xf3, 0x0f, 0x1e, 0xfb}, 4, TRAMPOLINE_NOTHING, 0, 0},
    {4, {0xb8}, 1, TRAMPOLINE_SET, 0, 4},
    {4, {0xb9}, 1, TRAMPOLINE_SET, 1, 4},
    {4, {0xe9}, 1, TRAMPOLINE_JUMP_BY, 0, 4},
};

static bool trampoline_is(struct machine *machine, struct machine_state *state, int64_t at,
                          const struct trampoline_row *row) {
    const char *why;

    if (row->word != machine->layout->word)
        return false;
    for (unsigned i = 0; i < row->opcode_size; i++) {
        term_id byte = machine_load_at(machine, state, MACHINE_STACK, at + i, 1, &why);
        uint64_t number;

        if (!byte || !term_is_number(machine->terms, byte, &number) || number != row->opcode[i])
            return false;
    }
    return true;
}

static const struct trampoline_row *trampoline_find(struct machine *machine,
                                                    struct machine_state *state, int64_t at) {
    for (size_t i = 0; i < sizeof trampoline_rows / sizeof trampoline_rows[0]; i++) {
        if (trampoline_is(machine, state, at, &trampoline_rows[i]))
            return &trampoline_rows[i];
    }
    return NULL;
}

/* Executes one instruction; where it jumps to, or 0. */
static term_id trampoline_run(struct machine *machine, struct machine_state *state, int64_t *at,
                              const struct trampoline_row *row) {
    const char *why;
    term_id number = 0;

    *at += row->opcode_size;
    if (row->number_size > 0)
        number = machine_load_at(machine, state, MACHINE_STACK, *at, row->number_size, &why);
    if (row->number_size > 0 && !number) {
        machine_end_at(state, MACHINE_OPEN, why);
        return 0;
    }
    *at += row->number_size;
    state->steps++;
    switch (row->kind) {
    case TRAMPOLINE_SET:
        machine_write_registers(machine, state, machine->layout->general[row->reg],
                                term_zero_extend(machine->terms, number, machine->word));
        return 0;
    case TRAMPOLINE_JUMP:
        return machine_register(machine, state, row->reg, 0, machine->layout->word);
    case TRAMPOLINE_JUMP_BY:
        return term_binary(machine->terms, TERM_ADD, machine_frame_at(machine, *at), number);
    default:
        return 0;
    }
}

term_id machine_trampoline(struct machine *machine, struct machine_state *state, term_id next) {
    enum machine_space space;
    int64_t at;

    if (!machine->options.image->runs_stack || !machine_locate(machine, next, &space, &at) ||
        space != MACHINE_STACK)
        return next;
    for (unsigned i = 0; i < TRAMPOLINE_MAX && state->end == MACHINE_RUNS; i++) {
        const struct trampoline_row *row = trampoline_find(machine, state, at);
        term_id further = row ? trampoline_run(machine, state, &at, row) : 0;

        if (!row)
            break;
        if (further || row->kind >= TRAMPOLINE_JUMP)
            return further;
    }
    machine_end_at(state, MACHINE_OPEN, "runs code on the stack that is not modelled");
    return 0;
}
