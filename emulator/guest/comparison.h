/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_GUEST_COMPARISON_H
#define HVSPEC_EMULATOR_GUEST_COMPARISON_H

#include "emulator/decode/disassembly.h"
#include "emulator/engine/engine.h"
#include "emulator/guest/guest.h"

/* The engine's number of a general register, by its encoding. */
enum engine_register guest_register_id(enum image_mode mode, unsigned reg);

/* Reads what an instruction is about to compare, of whatever runs it. */
struct guest_compared_reader {
    void *context;
    unsigned word; /* bytes of an address */
    uint64_t (*read_register)(void *context, unsigned reg); /* by its encoding */
    bool (*read_memory)(void *context, uint64_t address, void *bytes, size_t size);
};

/* Adds what code at an address is about to compare, as far as there is room and its operands can be
 * read. */
void guest_compared_add(struct guest_compared *compared, uint64_t address,
                        const struct disassembly_comparison *comparison,
                        const struct guest_compared_reader *reader);

#endif
