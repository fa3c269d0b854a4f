/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/decode/disassembly.h"
#include "harness/symbolic/step.h"

#include <string.h>

/*
 * Instructions that are not lifted: those that a setup permits, and some that every processor of
 * the last decade has.
 */
#define SPECIAL_CR0_PROTECTED 0x1u
#define SPECIAL_XCR0 0x3u /* the x87's and SSE's registers are saved: no ABI goes without */

struct special_work {
    struct machine *machine;
    struct machine_state *state;
    const uint8_t *bytes;
    size_t size;
    unsigned length;
};

static void special_skip(struct special_work *work) {
    work->state->pc += work->length;
    work->state->steps++;
}

/* As a write of so many bytes changes a register. */
static void special_set(struct special_work *work, unsigned reg, unsigned width, term_id value) {
    struct machine *machine = work->machine;

    value = width == 4 ? term_zero_extend(machine->terms, value, machine->word) : value;
    machine_write_registers(machine, work->state, machine->layout->general[reg], value);
}

/* --- What is permitted. --- */

static void special_answer(struct special_work *work, const struct guest_permit *permit) {
    struct guest_permit_read reads[2];
    size_t count = guest_permit_reads(work->machine->options.image->mode, permit, work->bytes,
                                      work->length, reads);

    for (size_t i = 0; i < count; i++)
        special_set(work, reads[i].reg, reads[i].width,
                    term_number(work->machine->terms, 8 * reads[i].width, reads[i].value));
    special_skip(work);
}

/* A control or debug register is read: what is in it is not known, but for protected mode. */
static void special_read(struct special_work *work, const struct guest_permit *permit) {
    struct machine *machine = work->machine;
    struct guest_permit_read read[2];
    term_id value = machine_garbage(machine, machine->word);

    if (guest_permit_reads(machine->options.image->mode, permit, work->bytes, work->length, read) !=
        1) {
        machine_end_at(work->state, MACHINE_OPEN, "changes a register of the system");
        return;
    }
    if (strcmp(permit->name, "cr") == 0 && (work->bytes[work->length - 1] >> 3 & 7) == 0 &&
        work->length == 3)
        value = term_or(machine->terms, value,
                        term_number(machine->terms, machine->word, SPECIAL_CR0_PROTECTED));
    machine_write_registers(machine, work->state, machine->layout->general[read[0].reg], value);
    special_skip(work);
}

static void special_allow(struct special_work *work, const struct guest_permit *permit) {
    if (!guest_permit_changes(permit)) {
        special_skip(work);
    } else if (strcmp(permit->name, "cli") == 0 || strcmp(permit->name, "sti") == 0) {
        work->state->is_uninterrupted = strcmp(permit->name, "cli") == 0;
        special_skip(work);
    } else if (strcmp(permit->name, "cr") == 0 || strcmp(permit->name, "dr") == 0) {
        special_read(work, permit);
    } else if (strcmp(permit->name, "iret") == 0) {
        machine_end_at(work->state, MACHINE_OPEN, "returns from an interrupt");
    } else {
        machine_end_at(work->state, MACHINE_OPEN, "changes a register of the system");
    }
}

/* True: it was one that the setup permits. */
static bool special_permitted(struct special_work *work, struct disassembly *disassembly) {
    const struct guest_setup *setup = work->machine->options.setup;
    const struct guest_permit *permit;
    uint64_t address = work->state->pc;

    if (disassembly_classify(disassembly, work->bytes, work->size, address, &work->length) !=
        DISASSEMBLY_FORBIDDEN)
        return false;
    permit =
        guest_permit_of(setup, disassembly_mnemonic(disassembly, work->bytes, work->size, address),
                        work->bytes, work->size);
    if (!permit)
        return false;
    if (permit->permission == GUEST_IGNORES)
        special_skip(work);
    else if (permit->permission == GUEST_ANSWERS)
        special_answer(work, permit);
    else
        special_allow(work, permit);
    return true;
}

/* --- What is not lifted. --- */

static void special_turn(struct special_work *work, const struct disassembly_missing *missing) {
    struct machine *machine = work->machine;
    struct terms *terms = machine->terms;
    term_id address = machine_operand_address(machine, work->state, missing), turned = 0;
    term_id value = missing->stores
                        ? machine_register(machine, work->state, missing->reg, 0, missing->width)
                        : machine_load(machine, work->state, address, missing->width);

    if (!value)
        return;
    for (unsigned i = 0; i < missing->width; i++) {
        term_id byte = term_extract(terms, value, 8 * i, 8);

        turned = turned ? term_binary(terms, TERM_JOIN, turned, byte) : byte;
    }
    if (missing->stores)
        machine_store(machine, work->state, address, turned);
    else
        special_set(work, missing->reg, missing->width, turned);
    if (work->state->end == MACHINE_RUNS)
        special_skip(work);
}

static void special_saved(struct special_work *work) {
    struct machine *machine = work->machine;
    struct terms *terms = machine->terms;
    uint64_t which;

    if (!term_is_number(terms, machine_register(machine, work->state, 1, 0, 4), &which) ||
        which != 0) {
        machine_end_at(work->state, MACHINE_OPEN,
                       "reads an extended register that is not modelled");
        return;
    }
    special_set(work, 0, 4,
                term_or(terms, machine_garbage(machine, 32), term_number(terms, 32, SPECIAL_XCR0)));
    special_set(work, 2, 4, machine_garbage(machine, 32));
    special_skip(work);
}

static bool special_missing(struct special_work *work, struct disassembly *disassembly) {
    struct disassembly_missing missing;

    if (!disassembly_plain(disassembly, work->bytes, work->size, work->state->pc, &missing))
        return false;
    work->length = missing.size;
    switch (missing.kind) {
    case DISASSEMBLY_MOVBE:
        special_turn(work, &missing);
        return true;
    case DISASSEMBLY_XGETBV:
        special_saved(work);
        return true;
    default:
        return machine_extended(work->machine, work->state, &missing);
    }
}

bool machine_special(struct machine *machine, struct machine_state *state, bool is_lifted) {
    struct special_work work = {.machine = machine, .state = state};

    if (is_lifted && machine->options.setup->permits_count == 0)
        return false;
    work.bytes = machine_code(machine, state->pc, &work.size);
    if (!work.bytes)
        return false;
    if (!machine->disassembly)
        machine->disassembly = disassembly_open(machine->options.image->mode);
    if (!machine->disassembly) {
        machine->failed = true;
        return false;
    }
    return (machine->options.setup->permits_count > 0 &&
            special_permitted(&work, machine->disassembly)) ||
           (!is_lifted && special_missing(&work, machine->disassembly));
}

void machine_special_free(struct machine *machine) {
    if (machine->disassembly)
        disassembly_close(machine->disassembly);
}
