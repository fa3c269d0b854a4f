/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_DECODE_DISASSEMBLY_H
#define HVSPEC_EMULATOR_DECODE_DISASSEMBLY_H

#include "emulator/image/image.h"

/*
 * Machine code as text and as facts (Capstone): instructions, the CPUID sites of an image, the
 * constants in the code that an entry reaches.
 */
struct disassembly;

#define DISASSEMBLY_TEXT_SIZE 96
#define DISASSEMBLY_INSTRUCTION_MAX 15 /* bytes in the longest x86 instruction */

enum disassembly_class {
    DISASSEMBLY_NORMAL,
    DISASSEMBLY_CPUID,
    DISASSEMBLY_CLOCK,     /* RDTSC, RDTSCP, RDRAND, RDSEED */
    DISASSEMBLY_MACHINE,   /* SIDT, SGDT, SLDT, STR, SMSW: what they give is the machine's, where it
                              gives it at all (UMIP) */
    DISASSEMBLY_FORBIDDEN, /* privileged, I/O, system call, interrupt, hypercall, HLT, UD2 is not */
    DISASSEMBLY_SYSTEM,    /* allowed, but changes state beyond the general registers and flags that
                              a fresh boot must put back: segment registers, FS/GS base, MXCSR,
                              x87 and vector registers */
    DISASSEMBLY_REPAIRED,  /* the emulator gets it wrong; disassembly_missing says how it goes */
    DISASSEMBLY_MISTAKEN, /* the emulator runs another instruction in its place, or gets it wrong */
    DISASSEMBLY_UNDEFINED, /* the processor refuses it though the emulator runs it, as with a LOCK
                              prefix where none may be */
    DISASSEMBLY_UNKNOWN    /* Capstone does not know it */
};

/* What an instruction may write to memory. An upper bound: what is not known for certain to write
 * less writes anywhere. */
enum disassembly_writes {
    DISASSEMBLY_WRITES_NOTHING, /* nor does it change the stack pointer, but by popping */
    DISASSEMBLY_WRITES_PUSH,    /* at most eight bytes, right below the stack pointer, which goes
                                   down by as much */
    DISASSEMBLY_WRITES_ANYWHERE
};

struct disassembly_effect {
    enum disassembly_class class;
    enum disassembly_writes writes;
    bool wants_alignment; /* see disassembly_aligned_access */
    unsigned size;        /* bytes; 1 where Capstone does not know it */
};

/* The memory that an instruction accesses, at base + index * scale + displacement. */
struct disassembly_access {
    unsigned alignment; /* bytes; a power of two */
    int base, index;    /* general registers in the order of their encoding; -1: none */
    unsigned scale;
    uint64_t displacement;
};

/* Where a memory operand's segment begins: elsewhere than at 0 for some. */
enum disassembly_segment { DISASSEMBLY_FLAT, DISASSEMBLY_FS, DISASSEMBLY_GS };

/* Instructions that every processor of the last decade has and some version of the emulator lacks,
 * or gets wrong (DISASSEMBLY_REPAIRED; the comparison with a processor in emulator/compare finds
 * those). */
enum disassembly_missing_kind {
    DISASSEMBLY_POPCNT,
    DISASSEMBLY_MOVBE,
    DISASSEMBLY_XGETBV,
    DISASSEMBLY_SHL, /* this one and the next five: of memory */
    DISASSEMBLY_SHR,
    DISASSEMBLY_SAR,
    DISASSEMBLY_SHLD,
    DISASSEMBLY_SHRD,
    DISASSEMBLY_NEG,
    DISASSEMBLY_BZHI,
    DISASSEMBLY_BLSI,
    DISASSEMBLY_BEXTR,
    DISASSEMBLY_PEXT,
    DISASSEMBLY_PDEP,
    DISASSEMBLY_LAHF,
    DISASSEMBLY_SAHF,
    DISASSEMBLY_LZCNT, /* this one and the next ones: of disassembly_plain alone */
    DISASSEMBLY_TZCNT,
    DISASSEMBLY_CRC32,
    DISASSEMBLY_ANDN,
    DISASSEMBLY_BLSR,
    DISASSEMBLY_BLSMSK,
    DISASSEMBLY_SHLX,
    DISASSEMBLY_SHRX,
    DISASSEMBLY_SARX,
    DISASSEMBLY_RORX,
    DISASSEMBLY_MULX
};
struct disassembly_missing {
    enum disassembly_missing_kind kind;
    unsigned size;         /* bytes of the instruction */
    unsigned width;        /* bytes of its operands: 1, 2, 4 or 8 */
    unsigned source_width; /* bytes of what is read: another than its operands' in CRC32 alone */
    unsigned reg;          /* the register that is written, or MOVBE's that is stored */
    int from;              /* the register that is read; -1: memory is */
    int second;            /* the further register that is read; -1: none */
    int also;              /* the further register that is written; -1: none */
    int count;             /* what a shift shifts by; -1: CL */
    bool stores;           /* memory is written */
    enum disassembly_segment segment;
    struct disassembly_access access;
};

struct disassembly_instruction {
    uint64_t address;
    unsigned size; /* bytes; 1 where Capstone does not know it */
    enum disassembly_class class;
    char text[DISASSEMBLY_TEXT_SIZE]; /* "cmp eax, edi"; ".byte 0x0f" when unknown */
};

/* NULL: Capstone could not be started. One per process or thread. Freed by disassembly_close. */
struct disassembly *disassembly_open(enum image_mode mode);
void disassembly_close(struct disassembly *disassembly);

/* Decodes one instruction; `size` > 0 bytes are readable at `bytes`. Never fails (UNKNOWN). */
void disassembly_decode(struct disassembly *disassembly, const uint8_t *bytes, size_t size,
                        uint64_t address, struct disassembly_instruction *out);

/* What it does, without formatting: for the guest's block check. */
struct disassembly_effect disassembly_effect(struct disassembly *disassembly, const uint8_t *bytes,
                                             size_t size, uint64_t address);

/* Where it accesses memory that the processor wants aligned, and raises an exception otherwise,
 * though the emulator does not (MOVAPS and its like). False: it does not. */
bool disassembly_aligned_access(struct disassembly *disassembly, const uint8_t *bytes, size_t size,
                                uint64_t address, struct disassembly_access *access);

/* Whether it is one of those that an emulator may lack or get wrong. Not in 16-bit code. */
bool disassembly_missing(struct disassembly *disassembly, const uint8_t *bytes, size_t size,
                         uint64_t address, struct disassembly_missing *missing);

/* The same of an instruction that the emulator may well get right, for who reasons about code:
 * those that processors got behind SSE2. False also for what such a list of operands cannot say. */
bool disassembly_plain(struct disassembly *disassembly, const uint8_t *bytes, size_t size,
                       uint64_t address, struct disassembly_missing *missing);

/* A comparison of two numbers, or one that is subtracted from or XORed with another, which code
 * does to see whether they are the same; or bits that are looked at. */
struct disassembly_operand {
    enum { DISASSEMBLY_IMMEDIATE, DISASSEMBLY_REGISTER, DISASSEMBLY_MEMORY } kind;
    unsigned reg;        /* by its encoding */
    bool is_second_byte; /* AH, CH, DH, BH */
    uint64_t immediate;
    enum disassembly_segment segment;
    struct disassembly_access access; /* alignment 0 */
};
struct disassembly_comparison {
    unsigned width; /* bytes of the operands: 1, 2, 4 or 8 */
    bool is_test;   /* the second operand says which bits of the first are looked at... */
    bool is_bit;    /* ...by the number of one */
    struct disassembly_operand operands[2];
};

/* Whether it is one whose operands can be said. Not in 16-bit code, nor of vectors. */
bool disassembly_compares(struct disassembly *disassembly, const uint8_t *bytes, size_t size,
                          uint64_t address, struct disassembly_comparison *comparison);

/* How a function begins and ends, for hints: general registers by their encoding, a bit each. */
struct disassembly_entry {
    unsigned read;      /* before they are written; what is pushed is no more than saved */
    unsigned read_wide; /* of those, in all 64 bits */
    unsigned words;  /* on the stack above the way back that are read: bit 0 the first, up to 32 */
    unsigned popped; /* bytes that its first RET takes off the stack besides the way back */
};
void disassembly_entry(struct disassembly *disassembly, const struct image *image, uint64_t entry,
                       struct disassembly_entry *out);

/* Whether a function of a 32-bit image looks like what a compiler makes of C for real mode
 * (`gcc -m16`), by a decoder of 16-bit code: most instructions say that their operands or addresses
 * have 32 bits, and so does a return. For hints only. */
bool disassembly_is_real_mode(struct disassembly *disassembly, const struct image *image,
                              uint64_t function);

/* Just the class and the length in bytes. */
enum disassembly_class disassembly_classify(struct disassembly *disassembly, const uint8_t *bytes,
                                            size_t size, uint64_t address, unsigned *length);

/* The mnemonic's text for messages ("syscall"); lives as long as `disassembly`'s process. */
const char *disassembly_mnemonic(struct disassembly *disassembly, const uint8_t *bytes, size_t size,
                                 uint64_t address);

/* Up to `before` instructions ahead of `address`, the one at it, and `after` behind it, within the
 * function's symbol (or the segment), decoded from the symbol's start so that boundaries are right.
 * Returns how many were written to `out` (room for before + 1 + after). */
size_t disassembly_around(struct disassembly *disassembly, const struct image *image,
                          uint64_t address, unsigned before, unsigned after,
                          struct disassembly_instruction *out);

/* Addresses of every CPUID instruction in the executable segments, ascending: found by decoding
 * from symbols, cross-checked against the bytes 0F A2 (those in code reached by no symbol count
 * when a linear sweep from the segment's start lands on them). The caller frees *sites. False: out
 * of memory. */
bool disassembly_cpuid_sites(struct disassembly *disassembly, const struct image *image,
                             uint64_t **sites, size_t *count);

#define DISASSEMBLY_NAMED 4u /* dwords: the longest signature and more */

/* The 32-bit constants in the code reached from `entries` by direct calls and jumps, by jumps
 * through the linkage table, and by addresses of functions in operands; in code order (where a
 * comparison branches, what follows equality comes first), without duplicates, at most `limit`:
 * immediates of every instruction (64-bit ones as two halves), displacements of LEA and of memory
 * operands that are no stack slots, and the dwords (up to `named`; beyond DISASSEMBLY_NAMED no more
 * than a symbol has) that a RIP-relative, absolute or GOT-relative operand, or the immediate of a
 * MOV or PUSH, names in the image's data. Returns how many were written. 0, 1 and 0xffffffff are
 * left out: every twin set has them. */
size_t disassembly_constants(struct disassembly *disassembly, const struct image *image,
                             const uint64_t *entries, size_t entries_count, unsigned named,
                             uint32_t *out, size_t limit);

/* Sets reached[i] for each undefined symbol image->imports[i] that code reached from `entries`, as
 * above, calls. `reached` has image->imports_count entries, which are otherwise left as they are.
 */
void disassembly_imports(struct disassembly *disassembly, const struct image *image,
                         const uint64_t *entries, size_t entries_count, bool *reached);

/* Capstone's version, "4.0". */
const char *disassembly_engine_version(void);

#endif
