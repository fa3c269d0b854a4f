/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/decode/engine.h"

/*
 * What the bytes say ahead of Capstone: encodings that the emulator runs though the processor
 * refuses them, or runs as another instruction. The emulator takes LOCK ahead of anything, REX
 * ahead of another prefix as if it were the last one, XOP for POP, and most of what VEX encodes for
 * the instruction without VEX (CPUID, WRMSR, SETcc in place of KMOV). Opcodes and rules from
 * Intel's Software Developer's Manual, volume 2, and AMD's Architecture Programmer's Manual,
 * volume 3.
 */
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define ENCODING_ANY 0xffu /* the ModR/M byte's register field is part of no opcode */

/* A bit for each value of the register field of the ModR/M byte. */
struct encoding_lockable {
    bool two_bytes; /* behind 0x0f */
    uint8_t opcode;
    uint8_t fields;
};

/* Those that LOCK may stand ahead of, where what they change is memory. */
static const struct encoding_lockable encoding_lockable[] = {
    {false, 0x00, ENCODING_ANY}, {false, 0x01, ENCODING_ANY}, /* ADD */
    {false, 0x08, ENCODING_ANY}, {false, 0x09, ENCODING_ANY}, /* OR */
    {false, 0x10, ENCODING_ANY}, {false, 0x11, ENCODING_ANY}, /* ADC */
    {false, 0x18, ENCODING_ANY}, {false, 0x19, ENCODING_ANY}, /* SBB */
    {false, 0x20, ENCODING_ANY}, {false, 0x21, ENCODING_ANY}, /* AND */
    {false, 0x28, ENCODING_ANY}, {false, 0x29, ENCODING_ANY}, /* SUB */
    {false, 0x30, ENCODING_ANY}, {false, 0x31, ENCODING_ANY}, /* XOR */
    {false, 0x80, 0x7f},         {false, 0x81, 0x7f},         /* all of those, but not CMP */
    {false, 0x82, 0x7f},         {false, 0x83, 0x7f},         /**/
    {false, 0x86, ENCODING_ANY}, {false, 0x87, ENCODING_ANY}, /* XCHG */
    {false, 0xf6, 0x0c},         {false, 0xf7, 0x0c},         /* NOT, NEG */
    {false, 0xfe, 0x03},         {false, 0xff, 0x03},         /* INC, DEC */
    {true, 0xab, ENCODING_ANY},  {true, 0xb3, ENCODING_ANY},  /* BTS, BTR */
    {true, 0xbb, ENCODING_ANY},  {true, 0xba, 0xe0},          /* BTC; all three */
    {true, 0xb0, ENCODING_ANY},  {true, 0xb1, ENCODING_ANY},  /* CMPXCHG */
    {true, 0xc0, ENCODING_ANY},  {true, 0xc1, ENCODING_ANY},  /* XADD */
    {true, 0xc7, 0x02},                                       /* CMPXCHG8B, CMPXCHG16B */
};

/* Opcodes of one byte that 64-bit mode has no more. */
static const uint8_t encoding_gone[] = {0x06, 0x07, 0x0e, 0x16, 0x17, 0x1e, 0x1f, 0x27, 0x2f, 0x37,
                                        0x3f, 0x60, 0x61, 0x82, 0x9a, 0xce, 0xd4, 0xd5, 0xd6, 0xea};

/* Instructions of general registers that VEX encodes and the emulator runs, if not all as the
 * processor does: missing.c. */
static const struct encoding_vex {
    uint8_t map;      /* 2: behind 0x0f 0x38; 3: behind 0x0f 0x3a */
    uint8_t opcode;   /* */
    uint8_t prefixes; /* a bit for each: none, 0x66, 0xf3, 0xf2 */
    uint8_t fields;   /* as in struct encoding_lockable */
} encoding_vex[] = {
    {2, 0xf2, 1 << 0, ENCODING_ANY},                            /* ANDN */
    {2, 0xf3, 1 << 0, 1 << 1 | 1 << 2 | 1 << 3},                /* BLSR, BLSMSK, BLSI */
    {2, 0xf5, 1 << 0 | 1 << 2 | 1 << 3, ENCODING_ANY},          /* BZHI, PEXT, PDEP */
    {2, 0xf6, 1 << 3, ENCODING_ANY},                            /* MULX */
    {2, 0xf7, 1 << 0 | 1 << 1 | 1 << 2 | 1 << 3, ENCODING_ANY}, /* BEXTR, SHLX, SARX, SHRX */
    {3, 0xf0, 1 << 3, ENCODING_ANY},                            /* RORX */
};

static bool encoding_has_field(uint8_t fields, uint8_t modrm) {
    return fields & 1u << (modrm >> 3 & 7);
}

/* `bytes` begin behind the prefixes. */
static bool encoding_may_lock(const uint8_t *bytes, size_t size) {
    bool two_bytes = size > 0 && bytes[0] == 0x0f;
    size_t opcode = two_bytes ? 1 : 0;

    if (size < opcode + 2 || bytes[opcode + 1] >= 0xc0)
        return false;
    for (size_t i = 0; i < LENGTH(encoding_lockable); i++) {
        const struct encoding_lockable *row = &encoding_lockable[i];

        if (row->two_bytes == two_bytes && row->opcode == bytes[opcode] &&
            encoding_has_field(row->fields, bytes[opcode + 1]))
            return true;
    }
    return false;
}

/* LES, LDS and BOUND, which have memory, keep those bytes outside 64-bit mode; real mode has
 * nothing else of them. */
static bool encoding_is_vector(enum image_mode mode, const uint8_t *bytes, size_t size) {
    bool is_vector = bytes[0] == 0xc4 || bytes[0] == 0xc5 || bytes[0] == 0x62;

    return is_vector && (mode == IMAGE_64 || (size > 1 && bytes[1] >= 0xc0));
}

/* The prefix of three bytes, the opcode and the ModR/M byte. */
static bool encoding_is_vex_known(const uint8_t *bytes, size_t size) {
    if (size < 5 || bytes[0] != 0xc4 || bytes[2] & 4) /* L: vectors of 256 bits */
        return false;
    for (size_t i = 0; i < LENGTH(encoding_vex); i++) {
        const struct encoding_vex *row = &encoding_vex[i];

        if (row->map == (bytes[1] & 0x1f) && row->opcode == bytes[3] &&
            row->prefixes & 1u << (bytes[2] & 3) && encoding_has_field(row->fields, bytes[4]))
            return true;
    }
    return false;
}

/* What the emulator runs and no processor does: an instruction of 0x0f with a prefix that makes it
 * none. */
static const struct encoding_refused {
    uint8_t map;    /* 0x0f itself: behind that alone; 0x38: behind 0x0f 0x38 */
    uint8_t opcode; /* */
    uint8_t prefix; /* 0x66, 0xf2 or 0xf3 */
    uint8_t fields; /* as in struct encoding_lockable */
    bool of_memory, of_registers;
} encoding_refused[] = {
    {0x0f, 0x12, 0x66, ENCODING_ANY, false, true},    /* MOVLPD between registers */
    {0x0f, 0x16, 0x66, ENCODING_ANY, false, true},    /* MOVHPD */
    {0x0f, 0xc3, 0x66, ENCODING_ANY, true, true},     /* MOVNTI */
    {0x0f, 0xc3, 0xf2, ENCODING_ANY, true, true},     /**/
    {0x0f, 0xc3, 0xf3, ENCODING_ANY, true, true},     /**/
    {0x0f, 0xae, 0x66, 1 << 2 | 1 << 3, true, false}, /* LDMXCSR, STMXCSR */
    {0x0f, 0xae, 0xf2, 1 << 2 | 1 << 3, true, false}, /**/
    {0x0f, 0xae, 0xf3, 1 << 2 | 1 << 3, true, false}, /**/
    {0x38, 0xf0, 0xf3, ENCODING_ANY, true, true},     /* MOVBE */
    {0x38, 0xf1, 0xf3, ENCODING_ANY, true, true},     /**/
};

static bool encoding_is_refused(const struct disassembly_prefixes *prefixes, const uint8_t *bytes,
                                size_t size) {
    size_t at = size > 1 && bytes[0] == 0x0f && bytes[1] == 0x38 ? 2 : 1;
    bool of_registers;

    if (size < at + 2 || bytes[0] != 0x0f)
        return false;
    of_registers = bytes[at + 1] >= 0xc0;
    for (size_t i = 0; i < LENGTH(encoding_refused); i++) {
        const struct encoding_refused *row = &encoding_refused[i];

        if (row->map == bytes[at - 1] && row->opcode == bytes[at] &&
            (row->prefix == 0x66 ? prefixes->operand : prefixes->repeat == row->prefix) &&
            encoding_has_field(row->fields, bytes[at + 1]) &&
            (of_registers ? row->of_registers : row->of_memory))
            return true;
    }
    return false;
}

/* SSSE3 on MMX registers, of which there are eight: with REX.R, or REX.B where no memory is named,
 * the emulator takes what lies behind them. */
static bool encoding_extends_mmx(const struct disassembly_prefixes *prefixes, const uint8_t *bytes,
                                 size_t size) {
    const uint8_t *behind = bytes + prefixes->count;
    bool is_ssse3 =
        size >= prefixes->count + 4u && behind[0] == 0x0f &&
        ((behind[1] == 0x38 && behind[2] < 0x20) || (behind[1] == 0x3a && behind[2] == 0x0f));
    uint8_t rex;

    if (!is_ssse3 || !prefixes->rex || prefixes->operand || prefixes->repeat)
        return false;
    rex = behind[-1];
    return rex & 4 || (rex & 1 && behind[3] >= 0xc0);
}

static bool encoding_is_gone(uint8_t opcode) {
    for (size_t i = 0; i < LENGTH(encoding_gone); i++) {
        if (encoding_gone[i] == opcode)
            return true;
    }
    return false;
}

#define ENCODING(class, name) ((struct disassembly_encoding){DISASSEMBLY_##class, name, false})

static struct disassembly_encoding encoding_of_vector(enum image_mode mode,
                                                      const struct disassembly_prefixes *prefixes,
                                                      const uint8_t *bytes, size_t size) {
    if (mode == IMAGE_16 || prefixes->lock || prefixes->repeat || prefixes->operand ||
        prefixes->rex)
        return ENCODING(UNDEFINED, "a vector prefix where none may be");
    if (encoding_is_vex_known(bytes, size))
        return ENCODING(NORMAL, NULL);
    return (struct disassembly_encoding){DISASSEMBLY_MISTAKEN,
                                         "an instruction with a vector prefix", true};
}

struct disassembly_encoding disassembly_encoding_of(enum image_mode mode,
                                                    const struct disassembly_prefixes *prefixes,
                                                    const uint8_t *bytes, size_t size) {
    const uint8_t *behind = bytes + prefixes->count;
    size_t left = size - prefixes->count;

    if (prefixes->count == DISASSEMBLY_INSTRUCTION_MAX)
        return ENCODING(UNDEFINED, "more than fifteen bytes");
    if (left == 0)
        return ENCODING(NORMAL, NULL);
    if (encoding_is_vector(mode, behind, left))
        return encoding_of_vector(mode, prefixes, behind, left);
    if (behind[0] == 0x8f && left > 1 && (behind[1] >> 3 & 7) != 0)
        return ENCODING(MISTAKEN, "an instruction with XOP");
    if (prefixes->lock && !encoding_may_lock(behind, left))
        return ENCODING(UNDEFINED, "lock where none may be");
    if (mode == IMAGE_64 && encoding_is_gone(behind[0]))
        return ENCODING(UNDEFINED, "an opcode that 64-bit mode has no more");
    if (encoding_is_refused(prefixes, behind, left))
        return ENCODING(UNDEFINED, "an instruction with a prefix that it must not have");
    if (behind[0] == 0x0f && left > 1 && (behind[1] == 0x0f || behind[1] == 0x0e))
        return ENCODING(MISTAKEN, "an instruction of 3DNow!");
    if (encoding_extends_mmx(prefixes, bytes, size))
        return ENCODING(MISTAKEN, "an MMX register beyond the eighth");
    return prefixes->rex_lost ? ENCODING(MISTAKEN, "rex ahead of another prefix")
                              : ENCODING(NORMAL, NULL);
}
