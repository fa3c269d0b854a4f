/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/internal.h"

#include <string.h>

/*
 * The calls of a library's function in its process, by the System V ABI of its machine: `before` in
 * order, then the question, then the next one of the same boot.
 */
#define CALL_FRAME 64u /* bytes of the caller's frame that have to stay as they are */
#define CALL_WORDS_MAX (1 + 2 * PROCESS_CALL_ARGUMENTS + CALL_FRAME / 4)

struct call_convention {
    struct {
        enum engine_register id;
        unsigned state;
    } kept[6];
    size_t kept_count;
    /* Those that a function may change. The first of them carry arguments; where none does, the
     * stack does. */
    enum engine_register scratch[PROCESS_CALL_ARGUMENTS];
    size_t scratch_count;
    bool in_registers;
};

static const struct call_convention call_wide = {
    .kept = {{ENGINE_RBX, OBSERVATION_BX_CHANGED},
             {ENGINE_RBP, OBSERVATION_BP_CHANGED},
             {ENGINE_R12, OBSERVATION_R12_CHANGED},
             {ENGINE_R13, OBSERVATION_R13_CHANGED},
             {ENGINE_R14, OBSERVATION_R14_CHANGED},
             {ENGINE_R15, OBSERVATION_R15_CHANGED}},
    .kept_count = 6,
    .scratch = {ENGINE_RDI, ENGINE_RSI, ENGINE_RDX, ENGINE_RCX, ENGINE_R8, ENGINE_R9},
    .scratch_count = PROCESS_CALL_ARGUMENTS,
    .in_registers = true};
static const struct call_convention call_narrow = {.kept = {{ENGINE_RBX, OBSERVATION_BX_CHANGED},
                                                            {ENGINE_RBP, OBSERVATION_BP_CHANGED},
                                                            {ENGINE_RSI, OBSERVATION_SI_CHANGED},
                                                            {ENGINE_RDI, OBSERVATION_DI_CHANGED}},
                                                   .kept_count = 4,
                                                   .scratch = {ENGINE_RCX, ENGINE_RDX},
                                                   .scratch_count = 2};

static const struct call_convention *call_convention(const struct process *process) {
    return process->machine->mode == IMAGE_32 ? &call_narrow : &call_wide;
}

/* As much as a register of the machine holds. */
static uint64_t call_cut(const struct process *process, uint64_t value) {
    return process->machine->word == 4 ? (uint32_t)value : value;
}

static uint64_t call_register(struct process *process, enum engine_register id) {
    return call_cut(process, process_register(process, id));
}

static void call_register_set(struct process *process, enum engine_register id, uint64_t value) {
    process_register_set(process, id, call_cut(process, value));
}

static uint64_t call_garbage(const struct process *process, uint64_t index) {
    uint64_t hash =
        (index + 1) * 0x9e3779b97f4a7c15u + process->state.call.garbage * 0xd1b54a32d192ed03u;

    return hash ^ hash >> 29;
}

/* The out buffer ends where its page ends; texts lie in the page behind the next, which nobody may
 * touch. */
static uint64_t call_out(const struct process *process) {
    return process->call_area + MEMORY_PAGE - GUEST_OUT_SIZE;
}

bool process_call_area(struct process *process) {
    uint64_t strings;

    process->call_area = process->state.map_next - 4 * MEMORY_PAGE;
    process->state.map_next = process->call_area - MEMORY_PAGE;
    memory_map(&process->memory, process->call_area, MEMORY_PAGE, MEMORY_READ | MEMORY_WRITE, NULL,
               0);
    strings = process->call_area + 2 * MEMORY_PAGE;
    memory_map(&process->memory, strings, MEMORY_PAGE, MEMORY_READ, NULL, 0);
    for (size_t i = 0; i < process->setup->arguments_count; i++) {
        const struct guest_argument *argument = &process->setup->arguments[i];

        if (argument->kind == GUEST_ARGUMENT_STRING)
            memory_put(&process->memory, strings + i * 512, argument->string,
                       strlen(argument->string) + 1);
    }
    return process->setup->arguments_count <= PROCESS_CALL_ARGUMENTS;
}

static uint64_t call_argument(const struct process *process, size_t index) {
    const struct guest_argument *argument = &process->setup->arguments[index];
    bool undefined =
        process->state.call.garbage > 0 && !argument->is_wide && process->machine->word == 8;
    uint64_t upper = undefined ? call_garbage(process, 77) << 32 : 0;

    switch (argument->kind) {
    case GUEST_ARGUMENT_TARGET:
        return process->target | upper;
    case GUEST_ARGUMENT_OUT:
    case GUEST_ARGUMENT_RESULT:
        return call_out(process) + argument->number;
    case GUEST_ARGUMENT_STRING:
        return process->call_area + 2 * MEMORY_PAGE + index * 512;
    default:
        return argument->number;
    }
}

static bool call_is_resolver(const struct process *process, uint64_t function) {
    for (size_t i = 0; i < process->setup->resolvers_count; i++) {
        if (process->setup->resolvers[i] == function)
            return true;
    }
    return false;
}

/* What is to be called next: a `before` function, or the entry. */
static uint64_t call_function(const struct process *process) {
    size_t index = process->state.call.index;

    return index < process->setup->before_count ? process->setup->before[index]
                                                : process->setup->entry;
}

bool process_call_is_question(const struct process *process) {
    return process->state.call.index >= process->setup->before_count;
}

/* What the buffer holds ahead of the call: garbage, but for what the caller puts there. *filled
 * tells where that is. */
static void call_out_bytes(const struct process *process, uint8_t bytes[GUEST_OUT_SIZE],
                           bool filled[GUEST_OUT_SIZE]) {
    const struct guest_setup *setup = process->setup;
    const uint64_t target = process->target;

    memset(filled, 0, GUEST_OUT_SIZE * sizeof *filled);
    for (size_t i = 0; i < GUEST_OUT_SIZE; i++)
        bytes[i] = (uint8_t)(call_garbage(process, 500 + i / 8) >> (i % 8 * 8));
    for (size_t i = 0; i < setup->out_bytes_count; i++) {
        bytes[setup->out_bytes[i].offset] = setup->out_bytes[i].value;
        filled[setup->out_bytes[i].offset] = true;
    }
    for (size_t i = 0; i < setup->out_targets_count; i++) {
        const struct guest_out_target *to = &setup->out_targets[i];

        memcpy(bytes + to->offset, &target, to->width);
        memset(filled + to->offset, true, to->width);
    }
}

static void call_fill_out(struct process *process) {
    uint8_t bytes[GUEST_OUT_SIZE];
    bool filled[GUEST_OUT_SIZE];

    call_out_bytes(process, bytes, filled);
    memory_put(&process->memory, call_out(process), bytes, sizeof bytes);
}

/* The words of the arguments that the call in hand is passed on its stack. */
static size_t call_stack_arguments(const struct process *process, uint64_t *words) {
    const struct guest_setup *setup = process->setup;
    size_t count = 0;

    if (call_convention(process)->in_registers || process->state.call.resolves ||
        !process_call_is_question(process))
        return 0;
    for (size_t i = 0; i < setup->arguments_count; i++) {
        const uint64_t value = call_argument(process, i);

        words[count++] = (uint32_t)value;
        if (setup->arguments[i].is_wide)
            words[count++] = value >> 32;
    }
    return count;
}

/* A place that is returned through memory is taken off the stack by the function. */
static uint64_t call_popped(const struct process *process) {
    const struct guest_setup *setup = process->setup;
    uint64_t popped = 0;

    for (size_t i = 0; i < setup->arguments_count && process_call_is_question(process) &&
                       !call_convention(process)->in_registers;
         i++)
        popped += setup->arguments[i].kind == GUEST_ARGUMENT_RESULT ? process->machine->word : 0;
    return popped;
}

/* The way back, arguments, and the caller's frame. */
static void call_put_frame(struct process *process) {
    const unsigned word = process->machine->word;
    struct process_call *call = &process->state.call;
    uint64_t words[CALL_WORDS_MAX] = {process->stub + 2};
    size_t passed = call_stack_arguments(process, words + 1), count = 1 + passed;
    const uint64_t room = (CALL_FRAME + passed * word + 15) & ~15ull;
    uint8_t *at;

    for (size_t i = 0; i < CALL_FRAME / word; i++)
        words[count++] = call_garbage(process, 101 + i);
    call->passed = (unsigned)passed * word;
    call->stack = (call->stub_stack & ~15ull) - 256 - 64 * call->garbage - room - word;
    at = memory_writable(&process->memory, call->stack, count * word);
    for (size_t i = 0; at && i < count; i++) /* little-endian, as x86 is */
        memcpy(at + i * word, &words[i], word);
}

/* Registers, stack and the return address, as a call finds them. `resolved` is what an indirect
 * function's resolver returned; 0: none has run. */
static void call_begin(struct process *process, uint64_t resolved) {
    const struct call_convention *convention = call_convention(process);
    uint64_t function = resolved ? resolved : call_function(process);
    bool is_question = process_call_is_question(process);
    struct process_call *call = &process->state.call;

    call->resolves = !resolved && call_is_resolver(process, function);
    call->garbage = is_question ? process->garbage : 0;
    process_callers_begin(process);
    if (call->stub_stack == 0)
        call->stub_stack = call_register(process, ENGINE_RSP);
    call_put_frame(process);
    for (size_t i = 0; i < convention->kept_count; i++)
        call_register_set(process, convention->kept[i].id, call_garbage(process, 10 + i));
    for (size_t i = 0; i < convention->scratch_count; i++) {
        bool passed = convention->in_registers && is_question && !call->resolves &&
                      i < process->setup->arguments_count;

        call_register_set(process, convention->scratch[i],
                          passed ? call_argument(process, i) : call_garbage(process, 20 + i));
    }
    call_register_set(process, ENGINE_RAX, call_garbage(process, 30) & ~0xffull);
    process_register_set(process, ENGINE_R10, call_garbage(process, 31));
    process_register_set(process, ENGINE_R11, call_garbage(process, 32));
    process_register_set(process, ENGINE_RSP, call->stack);
    process_register_set(process, ENGINE_EFLAGS, 0x202);
    engine_read(process->engine, ENGINE_FPCW, &call->control);
    engine_read(process->engine, ENGINE_MXCSR, &call->vectors);
    if (is_question) {
        call_fill_out(process);
        if (!resolved)
            process->state.trace_call = process->state.trace_count;
    }
    process->pc = function;
    process_stop(process);
}

/* What the call that just returned did to the machine. Its arguments are its own. */
static unsigned call_state(struct process *process) {
    const struct call_convention *convention = call_convention(process);
    const struct process_call *call = &process->state.call;
    const unsigned word = process->machine->word;
    const uint8_t *frame =
        memory_readable(&process->memory, call->stack + word + call->passed, CALL_FRAME);
    unsigned state = 0;
    uint16_t control = 0;
    uint32_t vectors = 0;

    for (size_t i = 0; i < convention->kept_count; i++) {
        if (call_register(process, convention->kept[i].id) !=
            call_cut(process, call_garbage(process, 10 + i)))
            state |= convention->kept[i].state;
    }
    if (call_register(process, ENGINE_RSP) != call->stack + word + call_popped(process))
        state |= OBSERVATION_STACK_MOVED;
    if (process_register(process, ENGINE_EFLAGS) & 0x400)
        state |= OBSERVATION_DIRECTION_SET;
    engine_read(process->engine, ENGINE_FPCW, &control);
    engine_read(process->engine, ENGINE_MXCSR, &vectors);
    if ((control ^ call->control) & GUEST_X87_KEPT)
        state |= OBSERVATION_X87_CHANGED;
    if ((vectors ^ call->vectors) & GUEST_MXCSR_KEPT)
        state |= OBSERVATION_MXCSR_CHANGED;
    for (size_t i = 0; frame && i < CALL_FRAME / word; i++) {
        uint64_t found = 0;

        memcpy(&found, frame + word * i, word);
        if (found != call_cut(process, call_garbage(process, 101 + i)))
            state |= OBSERVATION_FRAME_CHANGED;
    }
    return state;
}

/* The word at a place. False: it is in memory that the call did not write. */
static bool call_read(struct process *process, const struct guest_place *place, uint64_t *value) {
    const uint8_t *out = memory_readable(&process->memory, call_out(process), GUEST_OUT_SIZE);
    uint64_t registers[GUEST_WATCHED_REGISTERS], vector[2] = {0, 0};
    uint8_t bytes[GUEST_OUT_SIZE];
    bool filled[GUEST_OUT_SIZE], changed = false;

    *value = 0;
    if (place->kind == GUEST_FLOAT_XMM) {
        engine_read(process->engine, ENGINE_XMM0, vector);
        *value = guest_float_take(vector, place->width);
        return true;
    }
    if (place->kind != GUEST_OUT) {
        for (size_t i = 0; i < GUEST_WATCHED_REGISTERS; i++)
            registers[i] = call_register(process, ENGINE_RAX + i);
        *value = guest_place_take(place, registers, process_register(process, ENGINE_EFLAGS));
        return true;
    }
    memcpy(value, out + place->offset, place->width);
    call_out_bytes(process, bytes, filled);
    for (unsigned i = place->offset; i < place->offset + place->width; i++)
        changed |= filled[i] || out[i] != bytes[i]; /* what the caller put there is an answer too */
    return changed;
}

static void call_return(struct process *process) {
    process->call_state = call_state(process);
    if (!process_call_is_question(process)) {
        process->state.call.boot_state |= process->call_state;
        process->state.call.index++;
        call_begin(process, 0);
        return;
    }
    process->call_state |= process->state.call.boot_state;
    process->state.call.boot_state = 0;
    if (!call_read(process, &process->setup->answer, &process->status))
        process->call_state |= OBSERVATION_ANSWER_MISSING;
    if (process->setup->value.kind != GUEST_NOWHERE)
        call_read(process, &process->setup->value, &process->call_value);
    process_end(process, OBSERVATION_RETURNED, NULL);
}

static bool call_is_stub(const struct process *process, uint64_t address) {
    return process->stub != 0 && (address == process->stub || address == process->stub + 2);
}

/* Whether the system call at an address begins the question. */
bool process_call_asks(const struct process *process, uint64_t address) {
    const struct process_call *call = &process->state.call;

    if (!call_is_stub(process, address))
        return false;
    if (address == process->stub)
        return process->setup->before_count == 0;
    return !call->resolves && call->index + 1 == process->setup->before_count;
}

bool process_call(struct process *process, uint64_t address) {
    struct process_state *state = &process->state;

    if (!call_is_stub(process, address))
        return false;
    if (!state->began) {
        state->began = true;
        state->trace_own = state->trace_count;
    }
    if (address == process->stub)
        call_begin(process, 0);
    else if (state->call.resolves)
        call_begin(process, call_register(process, ENGINE_RAX));
    else
        call_return(process);
    return true;
}

void process_call_again(struct process *process) {
    call_begin(process, 0);
    process->stops = false;
}

void process_call_record(const struct process *process, struct observation *observation) {
    observation->state = process->call_state | process->state.call.boot_state;
    if (observation->end == OBSERVATION_RETURNED) {
        observation->answer = process->status;
        observation->value = process->call_value;
    }
    if (!process->state.began || !process_call_is_question(process))
        observation->state |= OBSERVATION_IN_BOOT;
}
