/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/step.h"

#include <stdlib.h>

/* One instruction. */
struct step_work {
    struct machine *machine;
    struct machine_state *state;
    const struct lift_instruction *instruction;
    struct machine_wide *temporaries;
};

static struct machine_wide step_operand(struct step_work *work,
                                        const struct lift_operand *operand) {
    struct terms *terms = work->machine->terms;

    if (!operand->is_number)
        return work->temporaries[operand->index];
    if (operand->width == 128)
        return (struct machine_wide){term_number(terms, 64, operand->number[0]),
                                     term_number(terms, 64, operand->number[1])};
    if (operand->width == 0)
        return (struct machine_wide){0};
    return (struct machine_wide){term_number(terms, operand->width, operand->number[0]), 0};
}

static void step_get(struct step_work *work, const struct lift_step *step) {
    struct machine_wide *result = &work->temporaries[step->result];
    unsigned bytes = step->width / 8;

    if (bytes > 8) {
        result->low = machine_read_registers(work->machine, work->state, step->offset, 8);
        result->high = machine_read_registers(work->machine, work->state, step->offset + 8, 8);
    } else {
        *result = (struct machine_wide){
            machine_read_registers(work->machine, work->state, step->offset, bytes), 0};
    }
}

static void step_put(struct step_work *work, const struct lift_step *step) {
    struct machine_wide value = step_operand(work, &step->operands[0]);

    machine_write_registers(work->machine, work->state, step->offset, value.low);
    if (value.high)
        machine_write_registers(work->machine, work->state, step->offset + 8, value.high);
}

static term_id step_above(struct step_work *work, term_id address) {
    return term_binary(work->machine->terms, TERM_ADD, address,
                       term_number(work->machine->terms, work->machine->word, 8));
}

static void step_load(struct step_work *work, const struct lift_step *step) {
    term_id address = step_operand(work, &step->operands[0]).low;
    struct machine_wide value = {0};

    value.low =
        machine_load(work->machine, work->state, address, step->width > 64 ? 8 : step->width / 8);
    if (step->width > 64 && value.low)
        value.high = machine_load(work->machine, work->state, step_above(work, address), 8);
    work->temporaries[step->result] = value;
}

static void step_store(struct step_work *work, const struct lift_step *step) {
    term_id address = step_operand(work, &step->operands[0]).low;
    struct machine_wide value = step_operand(work, &step->operands[1]);

    machine_store(work->machine, work->state, address, value.low);
    if (value.high && work->state->end == MACHINE_RUNS)
        machine_store(work->machine, work->state, step_above(work, address), value.high);
}

/* One processor: nothing comes between the load and the store. */
static void step_swap(struct step_work *work, const struct lift_step *step) {
    struct terms *terms = work->machine->terms;
    term_id address = step_operand(work, &step->operands[0]).low;
    term_id expected = step_operand(work, &step->operands[1]).low;
    term_id fresh = step_operand(work, &step->operands[2]).low;
    term_id old = machine_load(work->machine, work->state, address, step->width / 8);

    if (!old)
        return;
    machine_store(work->machine, work->state, address,
                  term_choose(terms, term_eq(terms, old, expected), fresh, old));
    work->temporaries[step->result] = (struct machine_wide){old, 0};
}

static void step_choose(struct step_work *work, const struct lift_step *step) {
    struct terms *terms = work->machine->terms;
    term_id condition = step_operand(work, &step->operands[0]).low;
    struct machine_wide a = step_operand(work, &step->operands[1]);
    struct machine_wide b = step_operand(work, &step->operands[2]);

    work->temporaries[step->result] =
        (struct machine_wide){term_choose(terms, condition, a.low, b.low),
                              a.high ? term_choose(terms, condition, a.high, b.high) : 0};
}

static void step_flags(struct step_work *work, const struct lift_step *step) {
    term_id thunk[4], value;

    for (unsigned i = 0; i < 4; i++)
        thunk[i] = step_operand(work, &step->operands[i + 1]).low;
    value = machine_flags(work->machine, step->flags, step_operand(work, &step->operands[0]).low,
                          thunk);
    if (!value)
        machine_end_at(work->state, MACHINE_OPEN, "asks for flags of an operation not modelled");
    else
        work->temporaries[step->result] = (struct machine_wide){value, 0};
}

term_id machine_segment_base(struct machine *machine, bool is_gs) {
    uint64_t start = machine->options.setup->segment;

    return start != 0 && is_gs == (machine->word == 64)
               ? term_number(machine->terms, machine->word, start)
               : machine->bases[MACHINE_THREAD];
}

/* In 32-bit code the selectors of fs and gs, each its own: the result has the address below, and 0
 * above for "the segment is there". */
static void step_segment(struct step_work *work, const struct lift_step *step) {
    struct terms *terms = work->machine->terms;
    term_id address = step_operand(work, &step->operands[1]).low;
    term_id selector = step_operand(work, &step->operands[0]).low;
    uint64_t number;

    if (!term_is_number(terms, selector, &number) ||
        (number != MACHINE_SELECTOR_FS && number != MACHINE_SELECTOR_GS)) {
        machine_end_at(work->state, MACHINE_OPEN, "uses a segment that is not known");
        return;
    }
    address =
        term_binary(terms, TERM_ADD,
                    machine_segment_base(work->machine, number == MACHINE_SELECTOR_GS), address);
    work->temporaries[step->result] =
        (struct machine_wide){term_zero_extend(terms, address, 64), 0};
}

/* True: the instruction is over. */
static bool step_exit(struct step_work *work, const struct lift_step *step) {
    struct machine *machine = work->machine;
    struct machine_state *state = work->state, *taken;
    term_id condition = step_operand(work, &step->operands[0]).low;
    bool never;

    taken = machine_split(machine, state, condition, &never);
    if (taken) {
        if (step->end == LIFT_FAULTS)
            machine_end_at(taken, MACHINE_FAULTED, "memory that has to be aligned is not");
        else if (step->end != LIFT_GOES_ON)
            machine_end_at(taken, MACHINE_OPEN, "executes what is not modelled");
        taken->pc = step->address;
        machine_write_registers(machine, taken, machine->layout->pointer,
                                term_number(machine->terms, machine->word, step->address));
        machine_add_pending(machine, taken);
    }
    if (never)
        state->is_gone = true;
    return never;
}

/* False: the rest is not executed. */
static bool step_run(struct step_work *work, const struct lift_step *step) {
    struct machine_wide in[2];

    switch (step->kind) {
    case LIFT_GET:
        step_get(work, step);
        break;
    case LIFT_PUT:
        step_put(work, step);
        break;
    case LIFT_LOAD:
        step_load(work, step);
        break;
    case LIFT_STORE:
        step_store(work, step);
        break;
    case LIFT_SWAP:
        step_swap(work, step);
        break;
    case LIFT_COPY:
        work->temporaries[step->result] = step_operand(work, &step->operands[0]);
        break;
    case LIFT_OPERATE:
        in[0] = step_operand(work, &step->operands[0]);
        in[1] = step_operand(work, &step->operands[1]);
        work->temporaries[step->result] = machine_operate(work->machine, work->state, step, in);
        if (!work->temporaries[step->result].low)
            machine_end_at(work->state, MACHINE_OPEN, "an operation that is not modelled");
        break;
    case LIFT_CHOOSE:
        step_choose(work, step);
        break;
    case LIFT_FLAGS:
        step_flags(work, step);
        break;
    case LIFT_SEGMENT:
        step_segment(work, step);
        break;
    case LIFT_UNDEFINED:
        work->temporaries[step->result] = (struct machine_wide){
            machine_garbage(work->machine, step->width > 64 ? 64 : step->width),
            step->width > 64 ? machine_garbage(work->machine, 64) : 0};
        break;
    case LIFT_CPUID:
        machine_cpuid(work->machine, work->state);
        break;
    case LIFT_EXIT:
        return !step_exit(work, step);
    case LIFT_ALIEN:
        machine_end_at(work->state, MACHINE_OPEN, step->name);
        break;
    }
    return work->state->end == MACHINE_RUNS;
}

/* Flags that processors leave undefined become unknown. */
static void step_undefine(struct step_work *work, unsigned flags) {
    struct machine *machine = work->machine;
    struct terms *terms = machine->terms;
    unsigned bytes = machine->word / 8;
    term_id thunk[4], all, mask = term_number(terms, machine->word, flags);

    for (unsigned i = 0; i < 4; i++)
        thunk[i] = machine_read_registers(machine, work->state, machine->layout->thunk[i], bytes);
    all = machine_flags(machine, LIFT_FLAGS_ALL, 0, thunk);
    if (!all) {
        machine_end_at(work->state, MACHINE_OPEN, "flags of an operation not modelled");
        return;
    }
    all = term_and(terms, all, term_not(terms, mask));
    all = term_or(terms, all, term_and(terms, machine_garbage(machine, machine->word), mask));
    for (unsigned i = 0; i < 4; i++)
        machine_write_registers(machine, work->state, machine->layout->thunk[i],
                                i == 1 ? all : term_number(terms, machine->word, 0));
}

/* --- Where it goes on. --- */

static void step_call(struct machine *machine, struct machine_state *state, uint64_t function) {
    if (state->frames_count == state->frames_capacity) {
        size_t capacity = state->frames_capacity ? 2 * state->frames_capacity : 16;
        struct machine_frame *frames = realloc(state->frames, capacity * sizeof *frames);

        if (!frames) {
            machine->failed = true;
            return;
        }
        state->frames = frames;
        state->frames_capacity = capacity;
    }
    state->frames[state->frames_count++] =
        (struct machine_frame){.function = function};
}

static void step_to(struct machine *machine, struct machine_state *state, uint64_t address,
                    enum lift_end end) {
    if (end == LIFT_CALL)
        step_call(machine, state, address);
    else if (end == LIFT_RETURN && state->frames_count > 1)
        state->frames_count--;
    state->pc = address;
}

/* Each place that a jump may lead to has a state of its own. */
static void step_to_several(struct step_work *work, term_id next, enum lift_end end) {
    struct machine *machine = work->machine;
    struct machine_value values[MACHINE_VALUES_MAX];
    int count = machine_values(machine, work->state, next, values, MACHINE_VALUES_MAX);
    bool never;

    if (count <= 0) {
        machine_end_at(work->state, MACHINE_OPEN, "jumps to an address that may be too many");
        return;
    }
    for (int i = 0; i < count; i++) {
        struct machine_state *taken;

        taken = machine_split(machine, work->state, values[i].condition, &never);
        if (taken) {
            step_to(machine, taken, values[i].number, end);
            machine_add_pending(machine, taken);
        }
        if (never)
            break;
    }
    work->state->is_gone = true; /* all ways were taken */
}

static void step_leave(struct step_work *work) {
    const struct lift_instruction *instruction = work->instruction;
    struct machine *machine = work->machine;
    term_id next = step_operand(work, &instruction->next).low;
    uint64_t address;

    if (instruction->end != LIFT_FAULTS && instruction->end != LIFT_UNKNOWN) {
        next = machine_trampoline(machine, work->state, next);
        if (!next)
            return;
    }
    if (instruction->end == LIFT_FAULTS) {
        machine_end_at(work->state, MACHINE_FAULTED, "executes an instruction that always faults");
    } else if (instruction->end == LIFT_UNKNOWN) {
        machine_end_at(work->state, MACHINE_OPEN, "executes what is not modelled");
    } else if (next == machine->back) {
        work->state->end = MACHINE_RETURNED;
    } else if (next == machine->callback) {
        if (instruction->end == LIFT_CALL)
            step_call(machine, work->state, 0);
        machine_callback(machine, work->state);
    } else if (term_is_number(machine->terms, next, &address)) {
        step_to(machine, work->state, address, instruction->end);
    } else {
        step_to_several(work, next, instruction->end);
    }
}

/* --- The instruction. --- */

/* Code that was written to since the image was loaded is not what would be lifted. */
static bool step_was_written(const struct machine *machine, const struct machine_state *state,
                             const struct lift_instruction *instruction) {
    if (!machine->options.image->is_flat)
        return false; /* where code is, nothing may be written */
    for (unsigned i = 0; i < instruction->size; i++) {
        if (machine_get_cell(&state->spaces[MACHINE_STATIC], (int64_t)(instruction->address + i))
                .value)
            return true;
    }
    return false;
}

const uint8_t *machine_code(const struct machine *machine, uint64_t address, size_t *available) {
    const struct image *image = machine->options.image;
    const uint8_t *bytes = NULL;

    *available = 0;
    for (size_t i = 0; i < image->segments_count; i++) {
        const struct image_segment *segment = &image->segments[i];

        if (address < segment->address || address - segment->address >= segment->size)
            continue;
        if (segment->permissions & IMAGE_EXECUTE)
            bytes = image_bytes(image, address, available);
        if (segment->permissions & IMAGE_WRITE && !image->is_flat)
            bytes = NULL;
    }
    return bytes ? bytes : guest_code_at(image, machine->options.setup, address, available);
}

const struct lift_instruction *machine_instruction(struct machine *machine, uint64_t address) {
    const struct lift_instruction *instruction;
    size_t available;
    const uint8_t *bytes = machine_code(machine, address, &available);

    if (!bytes)
        return NULL;
    instruction = lift_at(machine->lift, address, bytes, available);
    machine->failed |= !instruction;
    return instruction;
}

static const struct lift_instruction *step_fetch(struct machine *machine,
                                                 struct machine_state *state) {
    const struct lift_instruction *instruction = machine_instruction(machine, state->pc);

    if (instruction && machine_special(machine, state, !instruction->refused))
        return NULL;
    if (!instruction)
        machine_end_at(state, MACHINE_OPEN, "leaves its code, or runs code that can be written");
    else if (instruction->refused)
        machine_end_at(state, MACHINE_OPEN, instruction->refused);
    else if (step_was_written(machine, state, instruction))
        machine_end_at(state, MACHINE_OPEN, "runs code that it has written");
    else
        return instruction;
    return NULL;
}

void machine_step(struct machine *machine, struct machine_state *state) {
    const struct lift_instruction *instruction = step_fetch(machine, state);
    struct step_work work = {machine, state, instruction, NULL};
    bool goes_on = true;

    if (!instruction)
        return;
    work.temporaries = calloc(instruction->temporaries + 1, sizeof *work.temporaries);
    if (!work.temporaries) {
        machine->failed = true;
        return;
    }
    state->steps++;
    for (size_t i = 0; i < instruction->count && goes_on; i++)
        goes_on = step_run(&work, &instruction->steps[i]);
    if (goes_on && instruction->undefined)
        step_undefine(&work, instruction->undefined);
    if (goes_on && state->end == MACHINE_RUNS)
        step_leave(&work);
    free(work.temporaries);
}
