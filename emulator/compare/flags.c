/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/compare/compare.h"

#include <string.h>

/*
 * What the manuals leave undefined (Intel's Software Developer's Manual, volume 1, appendix A, and
 * each instruction's page in volume 2). AF is not compared at all.
 */
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define FLAGS_ALL COMPARE_FLAGS

static const struct {
    const char *name;
    uint64_t flags;
} flags_undefined[] = {
    {"mul", COMPARE_SF | COMPARE_ZF | COMPARE_PF},
    {"imul", COMPARE_SF | COMPARE_ZF | COMPARE_PF},
    {"div", FLAGS_ALL},
    {"idiv", FLAGS_ALL},
    {"bt", COMPARE_OF | COMPARE_SF | COMPARE_PF},
    {"bts", COMPARE_OF | COMPARE_SF | COMPARE_PF},
    {"btr", COMPARE_OF | COMPARE_SF | COMPARE_PF},
    {"btc", COMPARE_OF | COMPARE_SF | COMPARE_PF},
    {"bsf", COMPARE_CF | COMPARE_OF | COMPARE_SF | COMPARE_PF},
    {"bsr", COMPARE_CF | COMPARE_OF | COMPARE_SF | COMPARE_PF},
    {"tzcnt", COMPARE_OF | COMPARE_SF | COMPARE_PF},
    {"lzcnt", COMPARE_OF | COMPARE_SF | COMPARE_PF},
    {"andn", COMPARE_PF},
    {"bextr", COMPARE_SF | COMPARE_PF},
    {"bzhi", COMPARE_PF},
    {"blsi", COMPARE_PF},
    {"blsr", COMPARE_PF},
    {"blsmsk", COMPARE_PF},
    {"aaa", COMPARE_OF | COMPARE_SF | COMPARE_ZF | COMPARE_PF},
    {"aas", COMPARE_OF | COMPARE_SF | COMPARE_ZF | COMPARE_PF},
    {"aam", COMPARE_CF | COMPARE_OF},
    {"aad", COMPARE_CF | COMPARE_OF},
    {"daa", COMPARE_OF},
    {"das", COMPARE_OF},
};

/* Shifts and rotations, by the count: OF where it is not 1, and CF of those that lose all bits. */
static const struct {
    const char *name;
    bool loses_carry;
} flags_shifts[] = {
    {"shl", true},  {"shr", true},  {"sal", true},  {"sar", false}, {"rol", false},
    {"ror", false}, {"rcl", false}, {"rcr", false}, {"shld", true}, {"shrd", true},
};

static unsigned flags_opcode_at(const struct compare_instruction *instruction) {
    unsigned at = 0;

    while (at + 1 < instruction->size &&
           (instruction->bytes[at] == 0x66 || instruction->bytes[at] == 0x67 ||
            instruction->bytes[at] >= 0xf0 ||
            (compare_mode() == IMAGE_64 && (instruction->bytes[at] & 0xf0) == 0x40)))
        at++;
    return at;
}

/* D0 and D1 shift by one; D2, D3, 0FA5 and 0FAD by CL; the others by their last byte. */
static unsigned flags_count(const struct compare_instruction *instruction,
                            const struct compare_state *before) {
    unsigned at = flags_opcode_at(instruction);
    uint8_t opcode = instruction->bytes[at];
    uint8_t count = instruction->bytes[instruction->size - 1];

    if (opcode == 0xd0 || opcode == 0xd1)
        return 1;
    if (opcode == 0x0f)
        opcode = instruction->bytes[at + 1];
    if (opcode == 0xd2 || opcode == 0xd3 || opcode == 0xa5 || opcode == 0xad)
        count = (uint8_t)before->registers[1];
    return count & (instruction->bytes[at > 0 ? at - 1 : 0] >> 3 == 9 ? 63 : 31);
}

static unsigned flags_width_prefixed(const struct compare_instruction *instruction) {
    unsigned at = flags_opcode_at(instruction);

    if (at > 0 && (instruction->bytes[at - 1] & 0xf8) == 0x48)
        return 64;
    return memchr(instruction->bytes, 0x66, at) ? 16 : 32;
}

static unsigned flags_width(const struct compare_instruction *instruction) {
    unsigned at = flags_opcode_at(instruction);
    uint8_t opcode = instruction->bytes[at];

    return opcode != 0x0f && !(opcode & 1) ? 8 : flags_width_prefixed(instruction);
}

/* Nothing is defined: BSWAP of 16 bits, and SHLD and SHRD by more than there are. */
static bool flags_are_all(const struct compare_instruction *instruction, const char *name,
                          const struct compare_state *before) {
    if (strcmp(name, "bswap") == 0)
        return flags_width_prefixed(instruction) == 16;
    return (strcmp(name, "shld") == 0 || strcmp(name, "shrd") == 0) &&
           flags_width_prefixed(instruction) == 16 && flags_count(instruction, before) > 16;
}

uint64_t compare_undefined(const struct compare_instruction *instruction,
                           const struct compare_state *before) {
    const char *name = compare_name(instruction);

    if (flags_are_all(instruction, name, before))
        return UINT64_MAX;
    for (size_t i = 0; i < LENGTH(flags_undefined); i++) {
        if (strcmp(name, flags_undefined[i].name) == 0)
            return flags_undefined[i].flags;
    }
    for (size_t i = 0; i < LENGTH(flags_shifts); i++) {
        unsigned count;

        if (strcmp(name, flags_shifts[i].name) != 0)
            continue;
        count = flags_count(instruction, before);
        if (flags_shifts[i].loses_carry && count >= flags_width(instruction))
            return FLAGS_ALL;
        return count > 1 ? COMPARE_OF : 0;
    }
    return 0;
}
