/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_DECODE_PARTS_H
#define HVSPEC_EMULATOR_DECODE_PARTS_H

#include "emulator/decode/disassembly.h"

/*
 * An instruction as bytes and where its parts lie in them, for whoever changes machine code.
 * Offsets count from the instruction's first byte.
 */
struct disassembly_parts {
    uint64_t address;
    unsigned size; /* bytes */
    uint8_t bytes[DISASSEMBLY_INSTRUCTION_MAX];
    enum disassembly_class class;
    unsigned opcode_at;                    /* behind the prefixes, REX included */
    unsigned modrm_at;                     /* 0: there is none */
    unsigned immediate_at, immediate_size; /* size 0: there is none, or it is a distance to go */
    bool is_branch;                        /* a jump, call or return */
    bool is_cpuid;
    bool writes_memory; /* pushes and calls too */
    char text[DISASSEMBLY_TEXT_SIZE];
};

/* Takes an instruction apart; `size` > 0 bytes are readable at `bytes`. False: it is unknown, or
 * Capstone gives no parts of it. */
bool disassembly_take_apart(struct disassembly *disassembly, const uint8_t *bytes, size_t size,
                            uint64_t address, struct disassembly_parts *parts);

/* The addresses of the instructions that the entries reach, as disassembly_constants walks,
 * ascending. The caller frees *addresses. False: out of memory. */
bool disassembly_reached(struct disassembly *disassembly, const struct image *image,
                         const uint64_t *entries, size_t entries_count, uint64_t **addresses,
                         size_t *count);

#endif
