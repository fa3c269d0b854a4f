/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/internal.h"

#include "emulator/guest/missing.h"

#include <stdlib.h>
#include <string.h>

/* Instructions that are done in the engine's place: reads of the clock, those that it lacks, and
 * those that it computes wrongly. The first and the last are found in code that is mapped. */

/* Ahead of a read of the clock, and right behind it. */
static void process_on_clock(void *data, uint64_t address, uint32_t size) {
    struct process *process = data;

    process->clock_hook = address + size;
}

static void process_on_clock_read(void *data, uint64_t address, uint32_t size) {
    struct process *process = data;
    uint64_t counter;

    (void)size;
    if (process->clock_hook != address)
        return;
    process->clock_hook = 0;
    counter = process_counter(process);
    process_register_set(process, ENGINE_RAX, (uint32_t)counter);
    process_register_set(process, ENGINE_RDX, counter >> 32);
}

/* Ahead of what may be an instruction that the engine gets wrong: it leaves, and process_repair
 * goes on. */
static void process_on_wrong(void *data, uint64_t address, uint32_t size) {
    struct process *process = data;
    const uint8_t *code = NULL;
    size_t available = DISASSEMBLY_INSTRUCTION_MAX;
    unsigned length;

    (void)size;
    if (process->ended || process->stops)
        return;
    while (available > 0 && !(code = memory_readable(&process->memory, address, available)))
        available--;
    if (available == 0 || disassembly_classify(process->disassembly, code, available, address,
                                               &length) != DISASSEMBLY_REPAIRED)
        return;
    process->repairs = true;
    process->pc = address;
    process_stop(process);
}

/* --- Finding them. --- */

static bool process_hook_at(struct process *process, uint64_t address, engine_on_code *call) {

    return engine_hook_code(process->engine, call, process, address, address) != NULL;
}

/* Notes that an address is hooked; false: it is already, or out of memory. */
static bool process_note_special(struct process *process, uint64_t address) {
    uint64_t *grown;

    for (size_t i = 0; i < process->specials_count; i++) {
        if (process->specials[i] == address)
            return false;
    }
    grown = realloc(process->specials, (process->specials_count + 1) * sizeof *grown);
    if (!grown)
        return false;
    process->specials = grown;
    grown[process->specials_count++] = address;
    return true;
}

static void process_hook_clock(struct process *process, uint64_t address, unsigned size) {
    if (process_note_special(process, address)) {
        process_hook_at(process, address, process_on_clock);
        process_hook_at(process, address + size, process_on_clock_read);
    }
}

/* RDTSC and RDTSCP. */
static void process_scan_clocks(struct process *process, uint64_t address, const uint8_t *bytes,
                                uint64_t size) {
    for (uint64_t i = 0; i + 2 < size; i++) {
        const uint8_t *at = memchr(bytes + i, 0x0f, size - i - 2);

        if (!at)
            return;
        i = (uint64_t)(at - bytes);
        if (at[1] == 0x31)
            process_hook_clock(process, address + i, 2);
        else if (at[1] == 0x01 && at[2] == 0xf9)
            process_hook_clock(process, address + i, 3);
    }
}

static bool special_is_prefix(uint8_t byte) {
    return memchr("\x26\x2e\x36\x3e\x64\x65\x66\x67\xf0\xf2\xf3", byte, 11) != NULL;
}

static bool special_is_rex(uint8_t byte) {
    return (byte & 0xf0) == 0x40;
}

/* Which instructions the engine may get wrong, as far as their bytes tell; whether it is one is
 * seen when it runs. `at` has the byte that is looked for, and `before` and `behind` bytes around
 * it. */

/* Bit manipulation with VEX: BLSI among 0xf3, BZHI, PEXT and PDEP at 0xf5, BEXTR at 0xf7. */
static bool special_is_vex(const uint8_t *at, uint64_t before, uint64_t behind) {
    (void)before;
    return behind >= 4 && (at[1] & 0x1f) == 2 && (at[2] & 4) == 0 &&
           (at[3] == 0xf3 || at[3] == 0xf5 || at[3] == 0xf7);
}

/* NEG of memory, behind LOCK, maybe further prefixes and REX. */
static bool special_is_neg(const uint8_t *at, uint64_t before, uint64_t behind) {
    uint64_t i = 1;

    (void)before;
    if (behind > DISASSEMBLY_INSTRUCTION_MAX)
        behind =
            DISASSEMBLY_INSTRUCTION_MAX; /* or a file of prefixes would take its size squared */
    while (i < behind && (special_is_prefix(at[i]) || special_is_rex(at[i])))
        i++;
    return i + 1 < behind && (at[i] & 0xfe) == 0xf6 && (at[i + 1] >> 3 & 7) == 3 &&
           at[i + 1] >> 6 != 3;
}

/* LAHF and SAHF, behind REX. */
static bool special_has_rex(const uint8_t *at, uint64_t before, uint64_t behind) {
    (void)behind;
    return before > 0 && special_is_rex(at[-1]);
}

/* All these begin with `byte`, or with one byte more; and with prefixes ahead of that. */
static const struct special_form {
    uint8_t byte;
    unsigned begins; /* bytes ahead of it */
    bool (*is)(const uint8_t *at, uint64_t before, uint64_t behind);
} special_forms[] = {{0xc4, 0, special_is_vex},
                     {0xf0, 0, special_is_neg},
                     {0x9f, 1, special_has_rex},
                     {0x9e, 1, special_has_rex}};

/* An instruction that may begin with the byte at `i` or with a prefix ahead of it. */
static void process_hook_wrong(struct process *process, uint64_t address, const uint8_t *bytes,
                               uint64_t i) {
    for (unsigned length = 0; length < DISASSEMBLY_INSTRUCTION_MAX; length++) {
        if (process_note_special(process, address + i))
            process_hook_at(process, address + i, process_on_wrong);
        if (i == 0 || !special_is_prefix(bytes[i - 1]))
            return;
        i--;
    }
}

static void process_scan_wrong(struct process *process, uint64_t address, const uint8_t *bytes,
                               uint64_t size, const struct special_form *form) {
    for (uint64_t i = 0; i < size; i++) {
        const uint8_t *at = memchr(bytes + i, form->byte, size - i);

        if (!at)
            return;
        i = (uint64_t)(at - bytes);
        if (form->is(at, i, size - i))
            process_hook_wrong(process, address, bytes, i - form->begins);
    }
}

void process_code_scan(struct process *process, uint64_t address, const uint8_t *bytes,
                       uint64_t size) {
    process_scan_clocks(process, address, bytes, size);
    for (size_t i = 0; i < sizeof special_forms / sizeof special_forms[0]; i++)
        process_scan_wrong(process, address, bytes, size, &special_forms[i]);
}

/* --- Doing them. --- */

static uint8_t *process_missing_memory(void *context, uint64_t address, size_t size, bool write) {
    struct memory *memory = context;

    return write ? memory_writable(memory, address, size)
                 : (uint8_t *)memory_readable(memory, address, size);
}

bool process_missing(struct process *process) {
    const bool is_wide = process->machine->mode == IMAGE_64;
    const struct missing_machine machine = {process->engine, is_wide,
                                            is_wide ? 0 : process_register(process, ENGINE_GS_BASE),
                                            process_missing_memory, &process->memory};
    uint64_t address = process_register(process, ENGINE_RIP);
    size_t size = DISASSEMBLY_INSTRUCTION_MAX;
    struct disassembly_missing missing;
    const uint8_t *code = NULL;

    if (process->memory.faulted || process->memory.full)
        return false;
    while (size > 0 && !(code = memory_readable(&process->memory, address, size)))
        size--;
    if (size == 0 || !disassembly_missing(process->disassembly, code, size, address, &missing) ||
        !missing_execute(&machine, &missing))
        return false;
    process->pc = address + missing.size;
    return true;
}

bool process_repair(struct process *process) {
    if (!process->repairs)
        return false;
    process->repairs = process->stops = false;
    if (!process_missing(process)) {
        process->end_address = process->pc;
        process->fault_address = process->pc;
        process->end = OBSERVATION_READ_FAULT; /* its memory is not to be read */
        process_signal(process, 11, 1, process->pc);
        process->stops = false;
        process_signals_deliver(process);
    }
    return true;
}
