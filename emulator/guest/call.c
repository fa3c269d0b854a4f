/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/internal.h"

#include <string.h>

static const enum engine_register guest_ids_64[GUEST_REGISTERS_MAX] = {
    ENGINE_RAX, ENGINE_RCX, ENGINE_RDX, ENGINE_RBX, ENGINE_RSP, ENGINE_RBP, ENGINE_RSI, ENGINE_RDI,
    ENGINE_R8,  ENGINE_R9,  ENGINE_R10, ENGINE_R11, ENGINE_R12, ENGINE_R13, ENGINE_R14, ENGINE_R15,
};
static const enum engine_register guest_ids_32[GUEST_REGISTERS_MAX] = {
    ENGINE_EAX, ENGINE_ECX, ENGINE_EDX, ENGINE_EBX, ENGINE_ESP, ENGINE_EBP, ENGINE_ESI, ENGINE_EDI,
};

uint64_t guest_register(struct guest *guest, enum engine_register id) {
    uint64_t value = 0;

    engine_read(guest->engine, id, &value);
    return value;
}

const enum engine_register *guest_register_ids(const struct guest *guest) {
    return guest->image->mode == IMAGE_64 ? guest_ids_64 : guest_ids_32;
}

enum engine_register guest_register_id(enum image_mode mode, unsigned reg) {
    return (mode == IMAGE_64 ? guest_ids_64 : guest_ids_32)[reg];
}

unsigned guest_register_count(const struct guest *guest) {
    return guest->image->mode == IMAGE_64 ? 16 : 8;
}

/* What lies above a 32-bit argument in its register or its place on the stack is undefined (System
 * V psABI for AMD64, 3.2.3; Microsoft's x64 convention: "the upper bits ... must be ignored"). */
static uint64_t guest_upper_half(const struct guest *guest, const struct guest_argument *argument,
                                 unsigned garbage) {
    bool undefined = guest_abi_is_c(guest->setup->abi) && guest->word == 8 && !argument->is_wide;

    /* None for the first: a call as most callers make it. */
    return undefined && garbage > 0 ? guest_garbage(guest, garbage, 0x300) << 32 : 0;
}

uint64_t guest_out_address(const struct guest *guest) {
    return guest->layout.out + IMAGE_PAGE - GUEST_OUT_SIZE;
}

static uint64_t guest_argument_value(const struct guest *guest, size_t index,
                                     const struct guest_job *job) {
    const struct guest_argument *argument = &guest->setup->arguments[index];

    switch (argument->kind) {
    case GUEST_ARGUMENT_TARGET:
        return job->target | guest_upper_half(guest, argument, job->garbage);
    case GUEST_ARGUMENT_OUT:
    case GUEST_ARGUMENT_RESULT:
        return guest_out_address(guest) + argument->number - guest->layout.code_base;
    case GUEST_ARGUMENT_CONTEXT:
        return guest->layout.context;
    case GUEST_ARGUMENT_CALLBACK:
        return guest_callback_address(guest) - guest->layout.code_base;
    case GUEST_ARGUMENT_STRING:
        return guest->strings[index] - guest->layout.code_base;
    case GUEST_ARGUMENT_NUMBER:
        break;
    }
    return argument->number;
}

static void guest_call_register(struct guest *guest, const struct guest_place *place,
                                uint64_t value) {
    uint64_t mask = place->width >= 8 ? UINT64_MAX : (1ull << place->width * 8) - 1;
    uint64_t *reg = &guest->registers.entry[place->reg % GUEST_HIGH_BYTE];
    unsigned shift = place->reg & GUEST_HIGH_BYTE ? 8 : 0;

    /* A 32-bit register's write clears the upper half, as hardware does. */
    if (place->width == 4)
        *reg = 0;
    *reg = (*reg & ~(mask << shift)) | (value & mask) << shift;
}

/* Where the call's arguments went so far. */
struct guest_passed {
    unsigned registers;
    uint64_t stacked[2 * GUEST_ARGUMENTS_MAX];
    size_t on_stack; /* words */
};

/* Passes an argument of one or two words. */
static void guest_call_pass(struct guest *guest, struct guest_passed *passed, uint64_t value,
                            bool is_pair) {
    const struct guest_convention *abi = guest_convention(guest->setup->abi);
    unsigned words = is_pair ? 2 : 1;

    /* What finds no room in registers goes on the stack, with all that follows: GCC and Clang. */
    if (is_pair && (!abi->wide_in_registers || passed->registers + 2 > abi->registers_count))
        passed->registers = abi->registers_count;
    for (unsigned i = 0; i < words; i++, value >>= 32) {
        uint64_t word = is_pair ? (uint32_t)value : value;

        if (passed->registers >= abi->registers_count)
            passed->stacked[passed->on_stack++] = word;
        else
            guest->registers.entry[abi->registers[passed->registers++]] = word;
    }
}

static void guest_call_arguments(struct guest *guest, const struct guest_job *job,
                                 struct guest_passed *passed) {
    bool is_c = guest_abi_is_c(guest->setup->abi);

    for (size_t i = 0; i < guest->setup->arguments_count; i++) {
        const struct guest_argument *argument = &guest->setup->arguments[i];
        uint64_t value = guest_argument_value(guest, i, job);

        if (is_c)
            guest_call_pass(guest, passed, value, argument->is_wide && guest->word < 8);
        else
            guest_call_register(guest, &argument->place, value);
    }
}

/* Whether the call in hand is of a function of `before` that is given the context. */
static bool guest_call_hands_context(const struct guest *guest) {
    return guest->uses_context && guest->batch.call < guest->calls_count &&
           guest->batch.call + guest->setup->before_count >= guest->calls_count;
}

/* Whether the call in hand is of a constructor, which loaders give what `main` is given. */
static bool guest_call_constructs(const struct guest *guest) {
    return guest->batch.call >= guest->resolving_count &&
           guest->batch.call + guest->setup->before_count < guest->calls_count;
}

static void guest_call_pass_start(struct guest *guest, struct guest_passed *passed) {
    const uint64_t values[GUEST_START_ARGUMENTS] = {1, guest->layout.start,
                                                    guest->layout.start + GUEST_START_ENVIRONMENT};

    for (size_t i = 0; i < GUEST_START_ARGUMENTS; i++)
        guest_call_pass(guest, passed, values[i], false);
}

void guest_call_list_set(struct guest *guest) {
    const struct guest_convention *abi = guest_convention(guest->setup->abi);
    size_t words = guest->setup->arguments_count;

    guest->registers.written = 1u << GUEST_SP | (abi->is_go ? 1u << GUEST_R14 : 0);
    for (size_t i = 0; i < guest->setup->arguments_count; i++) {
        if (!guest_abi_is_c(guest->setup->abi))
            guest->registers.written |= 1u
                                        << (guest->setup->arguments[i].place.reg % GUEST_HIGH_BYTE);
        words += guest->setup->arguments[i].is_wide ||
                 guest->setup->arguments[i].kind == GUEST_ARGUMENT_CONTEXT;
    }
    if (guest->setup->constructors && words < GUEST_START_ARGUMENTS)
        words = GUEST_START_ARGUMENTS;
    for (size_t i = 0; i < words && i < abi->registers_count; i++)
        guest->registers.written |= 1u << abi->registers[i];
    for (unsigned reg = 0; reg < guest_register_count(guest); reg++) {
        if (!(guest->registers.written & 1u << reg))
            continue;
        guest->registers.set_ids[guest->registers.set_count] = guest_register_ids(guest)[reg];
        guest->registers.set_pointers[guest->registers.set_count++] = &guest->registers.entry[reg];
    }
}

/* The return address, and in real mode its segment. */
static uint64_t guest_call_back(const struct guest *guest, unsigned garbage) {
    uint64_t back = guest_trap_address(guest, garbage) - guest->layout.code_base;

    return guest->setup->abi == GUEST_FAR16 ? back | guest->layout.code_base >> 4 << 16 : back;
}

/* Puts the frame on the stack: arguments, what the convention leaves room for, and the way back. */
static void guest_call_push(struct guest *guest, const struct guest_passed *passed,
                            unsigned garbage) {
    const struct guest_convention *abi = guest_convention(guest->setup->abi);
    size_t word = abi->word ? abi->word : guest->word, taken = passed->on_stack * word;
    uint64_t back = guest_call_back(guest, garbage), above;
    size_t spilled = abi->is_go ? passed->registers * word : 0;

    guest->stack_pointer = guest_stack_enter(guest, abi->shadow + taken + spilled);
    above = guest->stack_pointer + guest->back_size + abi->shadow;
    guest->frame_end = above + taken + spilled;
    guest->popped = guest->back_size + (abi->pops ? taken : 0);
    for (size_t i = 0; i < passed->on_stack; i++)
        guest_stack_put(guest, above + i * word, &passed->stacked[i], word);
    guest_stack_put(guest, guest->stack_pointer, &back, guest->back_size);
    guest->registers.entry[GUEST_SP] = guest->stack_pointer - guest->layout.code_base;
}

static void guest_call_fill_out(struct guest *guest, const struct guest_job *job) {
    unsigned garbage = job ? job->garbage : 0;
    uint64_t target = job ? job->target : 0;

    memcpy(guest->out, guest->out_fill[garbage], GUEST_OUT_SIZE);
    for (size_t i = 0; i < guest->setup->out_targets_count; i++) {
        const struct guest_out_target *to = &guest->setup->out_targets[i];

        memcpy(guest->out + to->offset, &target, to->width);
    }
}

void guest_call_prepare(struct guest *guest, uint64_t function, bool is_question) {
    const struct guest_job *job = guest->batch.jobs ? &guest->batch.jobs[guest->batch.job] : NULL;
    unsigned garbage = job ? job->garbage : 0;
    struct guest_passed passed = {.registers = 0};

    memcpy(guest->registers.entry, guest->registers.fills[garbage], sizeof guest->registers.entry);
    if (job && job->litter != 0)
        guest_litter_registers(guest, job);
    guest_trap_load(guest, garbage);
    if (guest_convention(guest->setup->abi)->is_go)
        guest->registers.entry[GUEST_R14] = guest_goroutine(guest);
    if (is_question)
        guest_call_arguments(guest, job, &passed);
    else if (guest_call_constructs(guest))
        guest_call_pass_start(guest, &passed);
    else if (guest_call_hands_context(guest))
        guest_call_pass(guest, &passed, guest->layout.context, false);
    if (guest->changed_system) /* no call leaves anything there for the next one */
        guest_vectors_fill(guest, guest->context);
    guest_stack_choose(guest, garbage);
    if (job)
        guest_stack_vary(guest, job);
    guest_call_push(guest, &passed, garbage);
    if (guest->pops_result && is_question)
        guest->popped += guest->word;
    guest_trap_leave(guest, garbage, function);
    if (is_question && guest->setup->answer.kind != GUEST_MEMORY &&
        guest->setup->answer.kind != GUEST_CONTEXT)
        guest->answer_written = false;
    if (guest->uses_out)
        guest_call_fill_out(guest, job);
    engine_write_all(guest->engine, guest->registers.set_ids, guest->registers.set_pointers,
                     guest->registers.set_count);
    guest->budget = guest_budget(guest);
    guest_endless_begin(guest);
    guest->seen.end = OBSERVATION_RETURNED;
    guest->seen.end_name = NULL;
    guest->seen.state = 0;
    guest->seen.pushed = 0;
    guest->seen.stores = guest->seen.storing = guest->seen.provided = 0;
    guest->seen.wrote = job && guest_litter_stack(guest, job); /* to be put back after the call */
    guest->seen.faulted = false;
    guest->undefined.pointer = 0;
    guest->covered = 0;
    guest_callers_begin(guest);
    guest->seen.fault_address = guest->seen.clock_address = guest->seen.end_address = 0;
    guest->dirty.before = guest->dirty.count;
    guest->trace.call = guest->trace.count;
    guest->trace.limit = (is_question ? guest->trace.call : guest->trace.boot) + GUEST_CPUIDS_MAX;
    guest->batch.in_call = true;
}

#define GUEST_FAULT_NEAR 256u  /* bytes behind a pointer: a member of what it points to */
#define GUEST_FAULT_STACKED 2u /* arguments on the stack that are looked at */

/* Whether code that took this number for a pointer came to where the call ended. */
static bool guest_call_led(const struct guest *guest, uint64_t pointer) {
    return pointer >= IMAGE_PAGE && guest->seen.fault_address - pointer < GUEST_FAULT_NEAR;
}

unsigned guest_call_fault_argument(struct guest *guest) {
    const struct guest_setup *setup = guest->setup;
    size_t registers = guest_convention(setup->abi)->registers_count;

    if (guest->seen.fault_address == 0 || guest->batch.call != guest->calls_count ||
        !guest_abi_is_c(setup->abi))
        return 0;
    for (size_t i = 0; i < setup->arguments_count; i++) {
        if (setup->arguments[i].kind == GUEST_ARGUMENT_TARGET &&
            guest_call_led(guest, guest->batch.jobs[guest->batch.job].target))
            return (unsigned)i + 1;
    }
    for (size_t i = setup->arguments_count; i < registers; i++) {
        if (guest_call_led(guest,
                           guest->registers.entry[guest_convention(setup->abi)->registers[i]]))
            return (unsigned)i + 1;
    }
    for (size_t i = 0; registers == 0 && i < GUEST_FAULT_STACKED; i++) {
        const uint8_t *host =
            guest_memory_access(guest, guest->frame_end + i * guest->word, guest->word, false);
        uint64_t pointer = 0;

        if (host)
            memcpy(&pointer, host, guest->word);
        if (guest_call_led(guest, pointer) && setup->arguments_count + i < GUEST_ARGUMENTS_MAX)
            return (unsigned)(setup->arguments_count + i) + 1;
    }
    return 0;
}

uint64_t guest_call_argument(struct guest *guest, unsigned index) {
    enum guest_abi abi = guest_abi_of_imports(guest);
    uint64_t value = 0, stack = 0;
    const uint8_t *host;

    if (index < guest_convention(abi)->registers_count) {
        engine_read(guest->engine,
                    guest_register_ids(guest)[guest_convention(abi)->registers[index]], &value);
        return value;
    }
    index -= guest_convention(abi)->registers_count;
    engine_read(guest->engine, guest_register_ids(guest)[GUEST_SP], &stack);
    host = guest_memory_access(guest,
                               stack + guest->word * (1 + index) + guest_convention(abi)->shadow,
                               guest->word, false);
    if (host)
        memcpy(&value, host, guest->word);
    return value;
}

static uint64_t guest_place_value(struct guest *guest, const struct guest_place *place,
                                  const uint64_t *regs, uint64_t flags) {
    const struct guest_region *region;
    uint64_t value = 0;

    switch (place->kind) {
    case GUEST_NOWHERE:
        return 0;
    case GUEST_OUT:
        memcpy(&value, guest->out + place->offset, place->width);
        return value;
    case GUEST_MEMORY:
        region = guest_memory_region(guest, place->address);
        if (region && region->address + region->size - place->address >= place->width)
            memcpy(&value, region->host + (place->address - region->address), place->width);
        return value;
    case GUEST_CALLBACK:
        return guest->callback_values[place == &guest->setup->value];
    case GUEST_CONTEXT:
        region = guest_memory_region(guest, guest->layout.context);
        if (region)
            memcpy(&value, region->host + place->offset, place->width);
        return value;
    case GUEST_FLOAT_X87:
        return guest->has_x87_result ? guest->x87_result : 0;
    case GUEST_FLOAT_XMM:
        return guest_vectors_xmm(guest, place->width);
    case GUEST_CARRY:
    case GUEST_ZERO:
    case GUEST_REGISTER:
        break;
    }
    return guest_place_take(place, regs, flags);
}

static bool guest_place_untouched(const struct guest *guest, const struct guest_place *place) {
    unsigned garbage = guest->batch.jobs[guest->batch.job].garbage;

    if (place->kind == GUEST_FLOAT_X87)
        return !guest->has_x87_result;
    if (guest->setup->may_be_unwritten || place->kind == GUEST_CALLBACK)
        return !guest->answer_written;
    for (size_t i = 0; i < guest->setup->out_targets_count; i++) {
        const struct guest_out_target *target = &guest->setup->out_targets[i];

        if (target->offset < place->offset + place->width &&
            place->offset < target->offset + target->width)
            return false;
    }
    for (size_t i = 0; i < guest->setup->out_bytes_count; i++) {
        /* What the caller put there is an answer too. */
        if (guest->setup->out_bytes[i].offset - place->offset < place->width)
            return false;
    }
    return place->kind == GUEST_OUT &&
           memcmp(guest->out + place->offset, guest->out_fill[garbage] + place->offset,
                  place->width) == 0;
}

/* Real-mode code that comes back with another CS or SS has not come back to where it was called;
 * the next call could not even start. */
static bool guest_segments_moved(struct guest *guest) {
    static const enum engine_register ids[] = {ENGINE_CS, ENGINE_SS};
    uint16_t expected = (uint16_t)(guest->layout.code_base >> 4);
    bool moved = false;

    for (size_t i = 0; i < 2; i++) {
        uint16_t selector = expected;

        engine_read(guest->engine, ids[i], &selector);
        moved |= selector != expected;
        if (selector != expected)
            engine_write(guest->engine, ids[i], &expected);
    }
    return moved;
}

static unsigned guest_stack_state(struct guest *guest, uint64_t stack_pointer) {
    uint64_t expected = guest->stack_pointer + guest->popped - guest->layout.code_base;
    unsigned state = 0;

    if (guest->image->mode == IMAGE_16) {
        stack_pointer &= 0xffff;
        if (guest_segments_moved(guest))
            state |= OBSERVATION_STACK_MOVED;
    }
    if (stack_pointer != expected)
        state |= OBSERVATION_STACK_MOVED;
    if ((guest->seen.wrote || guest->seen.pushed > 0) && guest_stack_frame_changed(guest))
        state |= OBSERVATION_FRAME_CHANGED;
    return state;
}

/* Flags that calls may change; the rest must not outlive the boot. */
#define GUEST_FLAGS_KEPT 0x44200u /* AC, NT, IF */

/* Which registers to look at when a call comes back. */
void guest_call_watch(struct guest *guest) {
    const struct guest_place *places[] = {&guest->setup->answer, &guest->setup->value};
    const enum engine_register *ids = guest_register_ids(guest);
    size_t count = 0;

    guest->registers.after_ids[count] = ENGINE_EFLAGS;
    guest->registers.after_pointers[count++] = &guest->registers.after_flags;
    guest->registers.after_ids[count] = ids[GUEST_SP];
    guest->registers.after_pointers[count++] = &guest->registers.after[GUEST_SP];
    for (size_t i = 0; i < guest_convention(guest->setup->abi)->kept_count; i++) {
        unsigned reg = guest_convention(guest->setup->abi)->kept[i].reg;

        guest->registers.after_ids[count] = ids[reg];
        guest->registers.after_pointers[count++] = &guest->registers.after[reg];
    }
    for (size_t i = 0; i < 2; i++) {
        unsigned reg = places[i]->reg % GUEST_HIGH_BYTE;

        if (places[i]->kind != GUEST_REGISTER)
            continue;
        guest->registers.after_ids[count] = ids[reg];
        guest->registers.after_pointers[count++] = &guest->registers.after[reg];
        if (!(places[i]->reg & GUEST_PAIR))
            continue;
        guest->registers.after_ids[count] = ids[GUEST_DX];
        guest->registers.after_pointers[count++] = &guest->registers.after[GUEST_DX];
    }
    guest->registers.after_count = count;
}

unsigned guest_call_state(struct guest *guest) {
    enum guest_abi abi = guest->setup->abi;
    unsigned state = 0;

    engine_read_all(guest->engine, guest->registers.after_ids, guest->registers.after_pointers,
                    guest->registers.after_count);
    for (size_t i = 0; i < guest_convention(abi)->kept_count; i++) {
        unsigned reg = guest_convention(abi)->kept[i].reg;

        if (guest->registers.after[reg] != guest->registers.entry[reg])
            state |= guest_convention(abi)->kept[i].state;
    }
    if (guest->registers.after_flags & GUEST_FLAGS_DIRECTION)
        state |= OBSERVATION_DIRECTION_SET;
    if ((guest->registers.after_flags ^ guest->flags) & GUEST_FLAGS_KEPT)
        state |= OBSERVATION_FLAGS_CHANGED;
    if ((guest->registers.after_flags ^ guest->flags) &
        ~(GUEST_FLAGS_ARITHMETIC | GUEST_FLAGS_DIRECTION))
        guest->changed_system = true;
    if (guest->changed_system)
        state |= guest_vectors_state(guest) | guest_system_state(guest);
    return state | guest_stack_state(guest, guest->registers.after[GUEST_SP]);
}

void guest_call_answer(struct guest *guest, struct observation *observation) {
    const struct guest_place *answer = &guest->setup->answer, *value = &guest->setup->value;

    if (answer->kind == GUEST_FLOAT_X87 || value->kind == GUEST_FLOAT_X87)
        guest->has_x87_result = guest_vectors_x87(guest, &guest->x87_result);
    if (guest_place_untouched(guest, answer))
        observation->state |= OBSERVATION_ANSWER_MISSING;
    observation->answer =
        guest_place_value(guest, answer, guest->registers.after, guest->registers.after_flags);
    observation->value =
        guest_place_value(guest, value, guest->registers.after, guest->registers.after_flags);
}
