/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/compare/compare.h"
#include "emulator/decode/disassembly.h"

#include <stdlib.h>
#include <string.h>

/*
 * Every form: each opcode of each map under each prefix, with each value of the ModR/M byte's
 * register field, on a register and on memory. A position counts them, the innermost digit first.
 */
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

struct encoding_lead {
    uint8_t bytes[4];
    unsigned size;
};

static const struct encoding_lead encoding_prefixes[] = {
    {{0}, 0},          {{0x66}, 1},       {{0xf3}, 1},       {{0xf2}, 1},       {{0xf0}, 1},
    {{0x67}, 1},       {{0x48}, 1},       {{0x66, 0x48}, 2}, {{0xf3, 0x48}, 2}, {{0xf2, 0x48}, 2},
    {{0xf0, 0x48}, 2}, {{0x67, 0x48}, 2}, {{0x45}, 1},       {{0x4d}, 1},       {{0x40}, 1},
};
#define ENCODING_PREFIXES_32 6u /* the others are REX prefixes, or have one */

/* The maps, and with VEX (W0, then W1; a second source in ECX) each map's four prefixes. */
static const struct encoding_lead encoding_maps[] = {
    {{0}, 0},
    {{0x0f}, 1},
    {{0x0f, 0x38}, 2},
    {{0x0f, 0x3a}, 2},
    {{0xc4, 0xe1, 0x70}, 3},
    {{0xc4, 0xe1, 0x71}, 3},
    {{0xc4, 0xe1, 0x72}, 3},
    {{0xc4, 0xe1, 0x73}, 3},
    {{0xc4, 0xe1, 0xf0}, 3},
    {{0xc4, 0xe1, 0xf1}, 3},
    {{0xc4, 0xe1, 0xf2}, 3},
    {{0xc4, 0xe1, 0xf3}, 3},
    {{0xc4, 0xe2, 0x70}, 3},
    {{0xc4, 0xe2, 0x71}, 3},
    {{0xc4, 0xe2, 0x72}, 3},
    {{0xc4, 0xe2, 0x73}, 3},
    {{0xc4, 0xe2, 0xf0}, 3},
    {{0xc4, 0xe2, 0xf1}, 3},
    {{0xc4, 0xe2, 0xf2}, 3},
    {{0xc4, 0xe2, 0xf3}, 3},
    {{0xc4, 0xe3, 0x70}, 3},
    {{0xc4, 0xe3, 0x71}, 3},
    {{0xc4, 0xe3, 0x72}, 3},
    {{0xc4, 0xe3, 0x73}, 3},
    {{0xc4, 0xe3, 0xf0}, 3},
    {{0xc4, 0xe3, 0xf1}, 3},
    {{0xc4, 0xe3, 0xf2}, 3},
    {{0xc4, 0xe3, 0xf3}, 3},
};

/* ModR/M bytes: the second operand in EDX or at [RSI]; the register field comes from the position.
 */
static const uint8_t encoding_operands[] = {0xc2, 0x06};
#define ENCODING_FIELDS 8u

/* Control flow goes elsewhere than the next instruction, the segments are the kernel's to set, and
 * what these approximate differs from one processor to the next. */
static const char *const encoding_skipped[] = {
    "call",       "ret",    "retf",     "retfq",   "loop",      "loope",    "loopne",   "lcall",
    "ljmp",       "iret",   "popf",     "popfq",   "enter",     "wrfsbase", "wrgsbase", "rdfsbase",
    "rdgsbase",   "xrstor", "xrstor64", "fxrstor", "fxrstor64", "xsave",    "xsave64",  "xsaveopt",
    "xsaveopt64", "xsavec", "xsavec64", "fxsave",  "fxsave64",  "rcpps",    "rcpss",    "rsqrtps",
    "rsqrtss",    "lsl",    "lar",      "verr",    "verw",      "sldt",     "str",      "smsw",
    "sidt",       "sgdt",   "xgetbv",   "rdpkru",  "wrpkru",    "rdpid",    "rdssp",
};

static enum image_mode encoding_mode = IMAGE_64;

void compare_set_mode(enum image_mode mode) {
    encoding_mode = mode;
}

enum image_mode compare_mode(void) {
    return encoding_mode;
}

static struct disassembly *encoding_disassembly(void) {
    static struct disassembly *disassembly;

    if (!disassembly)
        disassembly = disassembly_open(encoding_mode);
    return disassembly;
}

/* Selectors are the system's. */
static bool encoding_names_segment(const struct disassembly_instruction *decoded,
                                   const char *name) {
    static const char *const by_name[] = {"lfs", "lgs", "lss", "lds", "les"};
    static const char *const segments[] = {"cs", "ds", "es", "fs", "gs", "ss"};
    const char *operands = strchr(decoded->text, ' ');

    for (size_t i = 0; i < LENGTH(by_name); i++) {
        if (strcmp(name, by_name[i]) == 0)
            return true;
    }
    for (size_t i = 0; operands && i < LENGTH(segments); i++) {
        const char *at = strstr(operands, segments[i]);

        if (at && (at[2] == ',' || at[2] == '\0'))
            return true;
    }
    return false;
}

static bool encoding_is_wanted(const struct disassembly_instruction *decoded, const char *name) {
    if ((decoded->class != DISASSEMBLY_NORMAL && decoded->class != DISASSEMBLY_SYSTEM &&
         decoded->class != DISASSEMBLY_REPAIRED) ||
        name[0] == 'j' || encoding_names_segment(decoded, name))
        return false;
    for (size_t i = 0; i < LENGTH(encoding_skipped); i++) {
        if (strcmp(name, encoding_skipped[i]) == 0)
            return false;
    }
    return true;
}

static void encoding_append(struct compare_instruction *instruction, const uint8_t *bytes,
                            unsigned size) {
    memcpy(instruction->bytes + instruction->size, bytes, size);
    instruction->size += size;
}

/* Immediates differ from form to form, by its position; those of one byte are often small. */
static void encoding_write(uint64_t position, struct compare_instruction *instruction) {
    uint64_t immediate = position * 0x9e3779b97f4a7c15ull;
    uint8_t modrm = encoding_operands[position % LENGTH(encoding_operands)];

    position /= LENGTH(encoding_operands);
    modrm |= (uint8_t)(position % ENCODING_FIELDS << 3);
    position /= ENCODING_FIELDS;
    *instruction = (struct compare_instruction){.size = 0};
    encoding_append(instruction, encoding_prefixes[position / 256 / LENGTH(encoding_maps)].bytes,
                    encoding_prefixes[position / 256 / LENGTH(encoding_maps)].size);
    encoding_append(instruction, encoding_maps[position / 256 % LENGTH(encoding_maps)].bytes,
                    encoding_maps[position / 256 % LENGTH(encoding_maps)].size);
    encoding_append(instruction, &(uint8_t){(uint8_t)position}, 1);
    encoding_append(instruction, &modrm, 1);
    immediate = immediate >> 32 & ((position & 1) ? 0xffffff1full : 0xffffffffull);
    encoding_append(instruction, (const uint8_t *)&immediate, 8);
}

/* Prefixes are not opcodes: those that count are in the table, and segments begin elsewhere here.
 */
static bool encoding_is_prefix(uint64_t position) {
    static const uint8_t prefixes[] = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65,
                                       0x66, 0x67, 0xf0, 0xf2, 0xf3};
    uint64_t opcode = position / LENGTH(encoding_operands) / ENCODING_FIELDS;

    return opcode / 256 % LENGTH(encoding_maps) == 0 &&
           ((encoding_mode == IMAGE_64 && (opcode & 0xf0) == 0x40) ||
            memchr(prefixes, opcode & 0xff, sizeof prefixes));
}

/* The immediate is no part of what makes a form. */
static bool encoding_is_same(const struct compare_instruction *a,
                             const struct compare_instruction *b, unsigned operands) {
    return a->size == b->size && memcmp(a->bytes, b->bytes, operands) == 0;
}

size_t compare_encodings(uint64_t *position, struct compare_instruction *instructions) {
    const uint64_t prefixes =
        encoding_mode == IMAGE_64 ? LENGTH(encoding_prefixes) : ENCODING_PREFIXES_32;
    const uint64_t total =
        LENGTH(encoding_operands) * ENCODING_FIELDS * 256 * LENGTH(encoding_maps) * prefixes;
    struct disassembly *disassembly = encoding_disassembly();
    size_t count = 0;

    while (disassembly && *position < total && count < COMPARE_SLOTS) {
        struct compare_instruction *instruction = &instructions[count];
        struct disassembly_instruction decoded;
        unsigned operands;

        encoding_write((*position)++, instruction);
        if (encoding_is_prefix(*position - 1))
            continue;
        operands = instruction->size - 8;
        if (instruction->size > DISASSEMBLY_INSTRUCTION_MAX)
            instruction->size = DISASSEMBLY_INSTRUCTION_MAX;
        disassembly_decode(disassembly, instruction->bytes, instruction->size, COMPARE_CODE,
                           &decoded);
        instruction->size = decoded.size;
        if (decoded.size < operands)
            operands = decoded.size;
        if (encoding_is_wanted(&decoded, compare_name(instruction)) &&
            (count == 0 || !encoding_is_same(instruction - 1, instruction, operands)))
            count++;
    }
    return count;
}

const char *compare_name(const struct compare_instruction *instruction) {
    return disassembly_mnemonic(encoding_disassembly(), instruction->bytes, instruction->size,
                                COMPARE_CODE);
}

const char *compare_text(const struct compare_instruction *instruction) {
    static struct disassembly_instruction decoded;

    disassembly_decode(encoding_disassembly(), instruction->bytes, instruction->size, COMPARE_CODE,
                       &decoded);
    return decoded.text;
}
