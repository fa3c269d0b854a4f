/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/missing.h"

#include "emulator/guest/internal.h"

#include <string.h>

#define MISSING_LOW 0xd5u /* the flags that AH holds: CF, PF, AF, ZF, SF */
#define MISSING_XCR0 3u   /* what the engine executes: the x87 and SSE, no AVX */

static enum engine_register missing_register(const struct missing_machine *machine, unsigned reg) {
    return guest_register_id(machine->is_wide ? IMAGE_64 : IMAGE_32, reg);
}

static uint64_t missing_get(const struct missing_machine *machine, unsigned reg) {
    uint64_t value = 0;

    engine_read(machine->engine, missing_register(machine, reg), &value);
    return value;
}

/* As the processor writes a register: 32 bits clear the upper half, 16 leave the rest. */
static void missing_set(const struct missing_machine *machine, unsigned reg, unsigned width,
                        uint64_t value) {
    if (width == 2)
        value = (missing_get(machine, reg) & ~0xffffull) | (value & 0xffff);
    else if (width == 4)
        value = (uint32_t)value;
    engine_write(machine->engine, missing_register(machine, reg), &value);
}

static uint64_t missing_segment(const struct missing_machine *machine,
                                enum disassembly_segment segment) {
    uint64_t base = 0;

    if (segment == DISASSEMBLY_FLAT)
        return 0;
    if (!machine->is_wide)
        return machine->thread;
    engine_read(machine->engine, segment == DISASSEMBLY_FS ? ENGINE_FS_BASE : ENGINE_GS_BASE,
                &base);
    return base;
}

static uint8_t *missing_memory(const struct missing_machine *machine,
                               const struct disassembly_missing *missing, bool write) {
    const struct disassembly_access *access = &missing->access;
    uint64_t at = access->displacement;

    if (access->base >= 0)
        at += missing_get(machine, (unsigned)access->base);
    if (access->index >= 0)
        at += missing_get(machine, (unsigned)access->index) * access->scale;
    at += missing_segment(machine, missing->segment);
    return machine->memory(machine->context, machine->is_wide ? at : (uint32_t)at, missing->width,
                           write);
}

static uint64_t missing_cut(uint64_t value, unsigned width) {
    return width == 8 ? value : value & ((1ull << 8 * width) - 1);
}

static bool missing_read(const struct missing_machine *machine,
                         const struct disassembly_missing *missing, uint64_t *value) {
    const uint8_t *memory;

    *value = 0;
    if (missing->from >= 0) {
        *value = missing_cut(missing_get(machine, (unsigned)missing->from), missing->width);
        return true;
    }
    memory = missing_memory(machine, missing, false);
    if (memory)
        memcpy(value, memory, missing->width);
    return memory != NULL;
}

static void missing_set_flags(const struct missing_machine *machine, uint64_t defined,
                              uint64_t flags) {
    uint64_t all = 0;

    engine_read(machine->engine, ENGINE_EFLAGS, &all);
    all = (all & ~defined) | (flags & defined);
    engine_write(machine->engine, ENGINE_EFLAGS, &all);
}

static bool missing_compute_on(const struct missing_machine *machine,
                               const struct disassembly_missing *missing) {
    struct missing_operands operands = {.kind = missing->kind, .width = missing->width};
    struct missing_outcome outcome;
    uint8_t *memory = NULL;

    /* What changes memory reads it first. */
    if (!missing_read(machine, missing, &operands.value) ||
        (missing->stores && !(memory = missing_memory(machine, missing, true))))
        return false;
    if (missing->second >= 0)
        operands.second =
            missing_cut(missing_get(machine, (unsigned)missing->second), missing->width);
    operands.count = missing->count >= 0 ? (unsigned)missing->count
                                         : (unsigned)missing_get(machine, GUEST_CX) & 0xff;
    outcome = missing_compute(&operands);
    missing_set_flags(machine, outcome.defined, outcome.flags);
    if (memory)
        memcpy(memory, &outcome.value, missing->width);
    else
        missing_set(machine, missing->reg, missing->width, outcome.value);
    return true;
}

static uint64_t missing_swapped(uint64_t value, unsigned width) {
    return __builtin_bswap64(value) >> (64 - 8 * width);
}

static bool missing_movbe(const struct missing_machine *machine,
                          const struct disassembly_missing *missing) {
    uint64_t value;
    uint8_t *memory;

    if (!missing->stores) {
        if (!missing_read(machine, missing, &value))
            return false;
        missing_set(machine, missing->reg, missing->width, missing_swapped(value, missing->width));
        return true;
    }
    memory = missing_memory(machine, missing, true);
    value = missing_swapped(missing_get(machine, missing->reg), missing->width);
    if (memory)
        memcpy(memory, &value, missing->width);
    return memory != NULL;
}

/* XCR0, and with an index of 1 what of it is in use; of others there are none. */
static bool missing_xgetbv(const struct missing_machine *machine) {
    if ((uint32_t)missing_get(machine, GUEST_CX) > 1)
        return false;
    missing_set(machine, GUEST_AX, 4, MISSING_XCR0);
    missing_set(machine, GUEST_DX, 4, 0);
    return true;
}

/* AH, whatever prefix there is. */
static bool missing_lahf(const struct missing_machine *machine) {
    uint64_t flags = 0;

    engine_read(machine->engine, ENGINE_EFLAGS, &flags);
    missing_set(machine, GUEST_AX, 8,
                (missing_get(machine, GUEST_AX) & ~0xff00ull) | ((flags & MISSING_LOW) | 2) << 8);
    return true;
}

static bool missing_sahf(const struct missing_machine *machine) {
    missing_set_flags(machine, MISSING_LOW, missing_get(machine, GUEST_AX) >> 8);
    return true;
}

bool missing_execute(const struct missing_machine *machine,
                     const struct disassembly_missing *missing) {
    switch (missing->kind) {
    case DISASSEMBLY_MOVBE:
        return missing_movbe(machine, missing);
    case DISASSEMBLY_XGETBV:
        return missing_xgetbv(machine);
    case DISASSEMBLY_LAHF:
        return missing_lahf(machine);
    case DISASSEMBLY_SAHF:
        return missing_sahf(machine);
    default:
        return missing_compute_on(machine, missing);
    }
}

static uint8_t *missing_guest_memory(void *context, uint64_t address, size_t size, bool write) {
    return guest_memory_access(context, address, size, write);
}

static bool guest_do_missing(struct guest *guest, uint64_t address, uint64_t *start) {
    const struct missing_machine machine = {guest->engine, guest->word == 8, guest->layout.thread,
                                            missing_guest_memory, guest};
    uint8_t bytes[DISASSEMBLY_INSTRUCTION_MAX];
    size_t available = guest_memory_code(guest, address, bytes);
    struct disassembly_missing missing;

    if (available == 0 ||
        !disassembly_missing(guest->disassembly, bytes, available, address, &missing))
        return false;
    guest->code.instruction = address;
    *start = address + missing.size;
    if (missing_execute(&machine, &missing))
        return true;
    guest->seen.end_address = address;
    return false;
}

bool guest_missing(struct guest *guest, enum engine_end ended, uint64_t *start) {
    return ended == ENGINE_INVALID && guest->batch.in_call &&
           guest->seen.end == OBSERVATION_RETURNED && guest->word != 2 &&
           guest_do_missing(guest, guest_program_counter(guest), start);
}

bool guest_repair(struct guest *guest, uint64_t *start) {
    bool repairs = guest->again.repairs;

    guest->again.repairs = false;
    return !repairs || guest_do_missing(guest, guest->again.address, start);
}
