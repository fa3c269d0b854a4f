/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/clock.h"
#include "harness/symbolic/internal.h"

#include <stdlib.h>
#include <string.h>

/* --- Opening. --- */

/* On numbers of its own, so that no unknowns of the test's are left. */
static bool machine_test_flags(struct machine *machine) {
    bool known;

    machine->terms = terms_new();
    if (!machine->terms)
        return false;
    known = machine_flags_are_known(machine);
    terms_free(machine->terms);
    machine->terms = NULL;
    free(machine->garbage);
    machine->garbage = NULL;
    machine->garbage_capacity = 0;
    return known;
}

static bool machine_open(struct machine *machine, const char **why) {
    machine->lift = lift_open((unsigned)machine->options.image->mode, why);
    if (!machine->lift)
        return false;
    if (!solver_version()) {
        *why = "this program was built without Z3 (Debian: libz3-dev)";
        return false;
    }
    machine->layout = lift_layout(machine->lift);
    machine->word = 8 * machine->layout->word;
    *why = "this version of libVEX keeps flags in a way that is not known";
    if (!machine_test_flags(machine))
        return false;
    *why = "out of memory";
    machine->terms = terms_new();
    machine->solver = machine->terms ? solver_new(machine->terms) : NULL;
    machine->entry_cells = calloc(machine->layout->size, sizeof *machine->entry_cells);
    if (!machine->solver || !machine->entry_cells)
        return false;
    if (machine->options.effort > 0)
        solver_set_effort(machine->solver, machine->options.effort);
    machine->canary = machine_garbage(machine, machine->word);
    machine->bases[MACHINE_THREAD] = machine_base(machine, 6);
    machine->bases[MACHINE_STRINGS] = machine_base(machine, 4);
    machine->bases[MACHINE_START] = machine_base(machine, 4);
    machine->bases[MACHINE_CONTEXT] = machine_base(machine, 4);
    machine->callback = machine_garbage(machine, machine->word);
    return !machine->failed;
}

struct machine *machine_new(const struct machine_options *options, const char **why) {
    struct machine *machine = calloc(1, sizeof *machine);

    *why = "out of memory";
    if (!machine)
        return NULL;
    machine->options = *options;
    if (!machine_open(machine, why)) {
        machine_free(machine);
        return NULL;
    }
    return machine;
}

void machine_free(struct machine *machine) {
    if (!machine)
        return;
    for (size_t i = 0; i < machine->pending_count; i++)
        machine_state_free(machine->pending[i]);
    free(machine->pending);
    solver_free(machine->solver);
    terms_free(machine->terms);
    lift_close(machine->lift);
    free(machine->leaves);
    free(machine->entry_cells);
    free(machine->garbage);
    free(machine->pieces);
    machine_slices_free(machine->slices);
    machine_special_free(machine);
    free(machine);
}

struct terms *machine_terms_of(struct machine *machine) {
    return machine->terms;
}

struct solver *machine_solver_of(struct machine *machine) {
    return machine->solver;
}

bool machine_is_misaligned(const struct machine *machine) {
    return machine->misaligned;
}

const struct lift_layout *machine_layout(const struct machine *machine) {
    return machine->layout;
}

struct machine_state *machine_start(struct machine *machine) {
    struct machine_state *state = calloc(1, sizeof *state);

    if (!state)
        return NULL;
    state->registers = calloc(machine->layout->size, sizeof *state->registers);
    if (!state->registers) {
        free(state);
        return NULL;
    }
    state->answered = term_false(machine->terms);
    return state;
}

/* --- Running. --- */

static uint64_t machine_budget(const struct machine *machine) {
    uint64_t budget = machine->options.setup->budget;

    return budget ? budget : GUEST_BUDGET_DEFAULT;
}

/* Until it ends, or splits, or another one is to go on. */
static void machine_follow(struct machine *machine, struct machine_state *state) {
    size_t pending = machine->pending_count;

    while (state->end == MACHINE_RUNS && !state->is_gone && machine->pending_count == pending &&
           !(machine->options.joins && machine_is_ahead(machine, state))) {
        if (machine->failed || terms_exhausted(machine->terms))
            machine_end_at(state, MACHINE_OPEN, "out of memory");
        else if (state->steps >= machine_budget(machine))
            machine_end_at(state, MACHINE_OPEN, "executes more instructions than a call may");
        else if (solver_is_spent(machine->solver))
            machine_end_at(state, MACHINE_OPEN, "the solver's effort is spent");
        else if ((state->steps & 0xf) == 0 && clock_seconds() > machine->options.deadline)
            machine_end_at(state, MACHINE_OPEN, "the time is up");
        else if (machine_is_import(machine, machine_function_at(machine, state->pc)))
            machine_import(machine, state);
        else
            machine_step(machine, state);
    }
}

void machine_run(struct machine *machine, struct machine_state *state, machine_ended *ended,
                 void *context) {
    bool goes_on = true;

    machine_add_pending(machine, state);
    while (machine->pending_count > 0 && goes_on) {
        state = machine->options.joins ? machine_take_first(machine)
                                       : machine->pending[--machine->pending_count];
        if (machine->pending_count >= machine->options.states_max)
            machine_end_at(state, MACHINE_OPEN, "too many paths");
        machine_follow(machine, state);
        if (machine->failed)
            machine_end_at(state, MACHINE_OPEN, "out of memory");
        if (state->end != MACHINE_RUNS)
            goes_on = ended(context, state);
        else if (!state->is_gone)
            machine_add_pending(machine, state);
        else
            machine_state_free(state);
    }
    while (machine->pending_count > 0)
        machine_state_free(machine->pending[--machine->pending_count]);
}

/* --- What has to be left as it was found. --- */

static term_id machine_unchanged(struct machine *machine, const struct machine_state *state,
                                 unsigned offset, unsigned bytes) {
    term_id same = term_true(machine->terms);

    for (unsigned at = 0; at < bytes; at += 4) {
        unsigned count = bytes - at < 4 ? bytes - at : 4;

        same = term_and(
            machine->terms, same,
            term_eq(machine->terms,
                    machine_join_cells(machine, &state->registers[offset + at], count),
                    machine_join_cells(machine, &machine->entry_cells[offset + at], count)));
    }
    return same;
}

size_t machine_keeps(struct machine *machine, const struct machine_state *state,
                     struct machine_keep *keeps, size_t limit) {
    enum guest_abi abi = machine->options.setup->abi;
    const struct guest_convention *convention = guest_convention(abi);
    const struct lift_layout *layout = machine->layout;
    struct terms *terms = machine->terms;
    size_t count = 0;

    if (limit < 16)
        return 0;
    keeps[count++] = (struct machine_keep){
        term_eq(terms, machine_register(machine, state, 4, 0, layout->word),
                machine_frame_at(machine, (int64_t)machine->options.stack_low + machine->popped)),
        true};
    keeps[count++] =
        (struct machine_keep){term_number(terms, 1, !(state->notes & MACHINE_FRAME)), true};
    if (abi == GUEST_REGISTERS)
        return count;
    for (size_t i = 0; i < convention->kept_count; i++)
        keeps[count++] = (struct machine_keep){
            machine_unchanged(machine, state, layout->general[convention->kept[i].reg],
                              layout->word),
            false};
    keeps[count++] = (struct machine_keep){
        machine_unchanged(machine, state, layout->direction, layout->word), false};
    keeps[count++] = (struct machine_keep){
        machine_unchanged(machine, state, layout->alignment, layout->word), false};
    keeps[count++] = (struct machine_keep){
        machine_unchanged(machine, state, layout->rounding, layout->word), false};
    keeps[count++] = (struct machine_keep){
        machine_unchanged(machine, state, layout->x87, layout->x87_size), false};
    keeps[count++] = (struct machine_keep){term_number(terms, 1, !state->is_uninterrupted), false};
    if (abi == GUEST_MS64) {
        term_id same = term_true(terms);

        for (unsigned i = 6; i < layout->vectors_count; i++)
            same = term_and(
                terms, same,
                machine_unchanged(machine, state, layout->vectors + i * layout->vector_size, 16));
        keeps[count++] = (struct machine_keep){same, false};
    }
    return count;
}

/* Not modelled as arithmetic flags alone: 0 where the last operation is not. */
term_id machine_flags_all(struct machine *machine, const struct machine_state *state) {
    term_id thunk[4];

    for (unsigned i = 0; i < 4; i++)
        thunk[i] = machine_read_registers(machine, state, machine->layout->thunk[i],
                                          machine->layout->word);
    return machine_flags(machine, LIFT_FLAGS_ALL, 0, thunk);
}
