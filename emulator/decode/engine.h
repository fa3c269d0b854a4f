/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_DECODE_ENGINE_H
#define HVSPEC_EMULATOR_DECODE_ENGINE_H

#include "emulator/decode/disassembly.h"

#include <capstone.h>

/* Capstone 4 has gas's old name for it. */
#if CS_API_MAJOR < 5
#define X86_INS_UD1 X86_INS_UD2B
#endif

/* What the disassembly's own files share. Nobody else includes this. */
struct disassembly {
    csh handle;
    cs_insn *instruction; /* owned; the last one fetched */
    enum image_mode mode;
};

/* One fetched instruction. */
struct disassembly_fetched {
    enum disassembly_class class;
    enum disassembly_writes writes;
    unsigned size;       /* bytes, prefixes included; 1 when unknown */
    const char *name;    /* the mnemonic, static; NULL: unknown */
    const cs_insn *insn; /* what Capstone decoded, till the next fetch; NULL: not from Capstone */
};

/* Decodes and classifies; `size` > 0 bytes are readable at `bytes`. */
struct disassembly_fetched disassembly_fetch(struct disassembly *disassembly, const uint8_t *bytes,
                                             size_t size, uint64_t address);

/* The prefixes that an instruction begins with. */
struct disassembly_prefixes {
    unsigned count; /* bytes, up to DISASSEMBLY_INSTRUCTION_MAX */
    bool lock;      /* 0xf0 */
    uint8_t repeat; /* the last of 0xf2 and 0xf3; 0: neither */
    bool operand;   /* 0x66 */
    bool rex;
    bool rex_lost; /* another prefix stands behind it: the processor ignores it */
};

struct disassembly_prefixes disassembly_scan_prefixes(enum image_mode mode, const uint8_t *bytes,
                                                      size_t size);

/* An instruction that some version of Capstone lacks, takes for another or has a further name for.
 */
struct disassembly_lacking {
    uint8_t opcode;     /* behind 0x0f */
    uint8_t mask, bits; /* the ModR/M byte's bits that must be so; mask 0: it has no such byte */
    uint8_t prefix;     /* 0x66, 0xf2 or 0xf3 that must be there; 0: whichever */
    enum disassembly_class class;
    const char *name;
};

/* The row for what follows the prefixes; NULL: Capstone is to be asked. A row's instruction is
 * three bytes long behind its prefixes, or two without a ModR/M byte. */
const struct disassembly_lacking *
disassembly_find_lacking(const struct disassembly_prefixes *prefixes, const uint8_t *bytes,
                         size_t size);

/* What the bytes alone say of an encoding. */
struct disassembly_encoding {
    enum disassembly_class class; /* DISASSEMBLY_NORMAL: nothing, Capstone is to be asked */
    const char *name;             /* for messages; NULL when normal */
    bool is_vector;               /* Capstone's name says more, if it has one */
};

/* `size` > 0 bytes are readable at `bytes`, which begin with the prefixes. */
struct disassembly_encoding disassembly_encoding_of(enum image_mode mode,
                                                    const struct disassembly_prefixes *prefixes,
                                                    const uint8_t *bytes, size_t size);

unsigned disassembly_lacking_size(const struct disassembly_lacking *lacking);

/* The class of what Capstone decoded. */
enum disassembly_class disassembly_class_of(const cs_insn *insn);

/* A call or jump by way of a far pointer in memory, whatever Capstone's version calls it. */
bool disassembly_is_far(const cs_insn *insn);

/* What it may write to memory. */
enum disassembly_writes disassembly_writes_of(const cs_insn *insn);

/* Whether the emulator gets it wrong, and it is done in its place. */
bool disassembly_is_repaired(enum image_mode mode, const struct disassembly_prefixes *prefixes,
                             const cs_insn *insn);

/* Whether it has memory that must be aligned: see disassembly_aligned_access. */
bool disassembly_wants_alignment(const struct disassembly_fetched *fetched);

/* The general register in the order of their encoding, however much of it is named but for single
 * bytes; -1: none. */
int disassembly_register_number(x86_reg reg);

/* Of a register of one byte; 16 to 19: AH, CH, DH, BH; -1: it is another. */
int disassembly_byte_number(x86_reg reg);

/* Of the segments only those that begin elsewhere in flat code. */
enum disassembly_segment disassembly_segment_of(const cs_x86_op *operand);

/* Where a memory operand lies, of an instruction that ends at `next`; alignment 0. */
struct disassembly_access disassembly_access_of(const cs_x86_op *operand, uint64_t next);

#endif
