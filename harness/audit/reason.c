/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/audit/audit.h"

#include <string.h>

/*
 * Why a mutant that the search could not tell from its original is the same program. The search is
 * one half of what shows it, a row here the other: what no row covers counts as survived.
 */
struct place {
    const struct audit *audit;
    const struct mutant *mutant;
    const struct audit_result *result;
    const struct disassembly_parts *parts; /* the original */
    const struct disassembly_parts *ahead; /* of it, straight on; NULL: none */
    bool idle; /* the search found no difference when the instruction was removed */
};

static bool starts_with(const char *text, const char *word) {
    return strncmp(text, word, strlen(word)) == 0;
}

static bool is_one_of(const struct disassembly_parts *parts, const char *const *words) {
    for (; parts && *words; words++) {
        if (starts_with(parts->text, *words))
            return true;
    }
    return false;
}

static bool is_kind(const struct place *place, const char *name) {
    return strcmp(mutations[place->mutant->kind].name, name) == 0;
}

static bool is_condition_kind(const struct place *place) {
    return starts_with(mutations[place->mutant->kind].name, "condition");
}

/* MOV or XCHG of a register with itself has an effect only on 32 bits of 64. */
static bool is_self_move(const struct place *place) {
    const struct disassembly_parts *parts = place->parts;
    uint8_t opcode = parts->bytes[parts->opcode_at], modrm, rex;
    bool moves = opcode == 0x87 || opcode == 0x89 || opcode == 0x8b;

    if (!moves || parts->modrm_at == 0)
        return false;
    modrm = parts->bytes[parts->modrm_at];
    rex = parts->opcode_at > 0 ? parts->bytes[parts->opcode_at - 1] : 0;
    return modrm >> 6 == 3 && (modrm >> 3 & 7) == (modrm & 7) &&
           (place->audit->source.mode != IMAGE_64 || rex == 0x48 || rex == 0x4d);
}

static bool does_nothing(const struct place *place) {
    static const char *const words[] = {"nop", "endbr", NULL};

    return is_kind(place, "removed") && (is_one_of(place->parts, words) || is_self_move(place));
}

/* TEST and AND leave the carry and overflow flags clear: equal conditions in pairs. */
static bool has_no_carry(const struct place *place) {
    static const char *const setters[] = {"test ", "and ", "or ", "xor ", NULL};
    static const struct {
        uint8_t a, b;
    } pairs[] = {{0x4, 0x6}, {0x5, 0x7}, {0x8, 0xc}, {0x9, 0xd}};
    const struct disassembly_parts *parts = place->parts;
    unsigned offset = parts->opcode_at + (parts->bytes[parts->opcode_at] == 0x0f);
    uint8_t from = parts->bytes[offset] & 0x0f, to = place->mutant->bytes[offset] & 0x0f;

    if (!is_condition_kind(place) || !is_one_of(place->ahead, setters))
        return false;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if ((pairs[i].a == from && pairs[i].b == to) || (pairs[i].b == from && pairs[i].a == to))
            return true;
    }
    return false;
}

static bool changes_flow(const struct place *place) {
    static const char *const words[] = {"cmp", "test", "cpuid", "j", "call",
                                        "ret", "set",  "cmov",  NULL};

    return place->parts->is_branch || is_one_of(place->parts, words);
}

static bool is_unused(const struct place *place) {
    return !changes_flow(place) && place->idle;
}

static bool is_constant(const struct place *place) {
    static const char *const words[] = {"mov", "push ", NULL};

    return place->parts->immediate_size > 0 &&
           (is_kind(place, "immediate") || is_kind(place, "removed")) &&
           is_one_of(place->parts, words);
}

static bool is_stack_room(const struct place *place) {
    static const char *const words[] = {"sub rsp", "sub esp", "add rsp", "add esp",
                                        "and rsp", "and esp", NULL};

    return is_one_of(place->parts, words);
}

/* Position-independent i386 code asks a function for its own address: MOV from where ESP points,
 * and a return. What the mutant goes without is read by nothing, or the search would have shown it.
 */
static bool is_own_address(const struct place *place) {
    const struct mutation_source *source = &place->audit->source;
    const struct disassembly_parts *call = place->parts;
    uint64_t target = call->address + call->size;

    if (source->mode != IMAGE_32 || !is_kind(place, "removed") || call->bytes[0] != 0xe8)
        return false;
    for (unsigned i = 0; i < 4; i++)
        target += (uint64_t)call->bytes[1 + i] << 8 * i;
    for (size_t i = 0; i + 1 < source->count; i++) {
        const struct disassembly_parts *parts = &source->code[i];

        if (parts->address == (target & 0xffffffff))
            return starts_with(parts->text, "mov e") && strstr(parts->text, ", dword ptr [esp]") &&
                   parts[1].bytes[0] == 0xc3;
    }
    return false;
}

/* A shift by an immediate that differs only above the bits that the processor looks at. */
static bool is_same_shift(const struct place *place) {
    const struct disassembly_parts *parts = place->parts;
    uint8_t opcode = parts->bytes[parts->opcode_at], mask = 31;
    bool is_wide = place->audit->source.mode == IMAGE_64 && parts->opcode_at > 0 &&
                   (parts->bytes[parts->opcode_at - 1] & 0xf8) == 0x48;

    if ((opcode != 0xc0 && opcode != 0xc1) || !is_kind(place, "immediate"))
        return false;
    if (is_wide)
        mask = 63;
    return ((parts->bytes[parts->immediate_at] ^ place->mutant->bytes[parts->immediate_at]) &
            mask) == 0;
}

static bool conforms_too(const struct place *place) {
    return place->result->conforms;
}

static bool is_proven(const struct place *place) {
    return place->result->proven;
}

static const struct {
    bool (*holds)(const struct place *place);
    const char *reason;
} audit_reasons[] = {
    {conforms_too,
     "another program that conforms: the same outcomes and leaves everywhere, read more "
     "than once or told by another number of the same meaning"},
    {does_nothing, "the instruction does nothing"},
    {has_no_carry, "carry and overflow are clear behind TEST, AND, OR and XOR, so both conditions "
                   "are the same"},
    {is_unused, "nothing uses what the instruction leaves: without it all runs are the same too"},
    {is_constant, "a constant whose readers take both numbers alike"},
    {is_stack_room, "room on the stack that is not needed, or not looked at"},
    {is_own_address, "the address that position-independent code asks for is not used"},
    {is_same_shift, "the processor takes a shift's count modulo the operand's width"},
    {is_proven, "keeps every rule that may kill for every table, as the original does"}, /* behind all that says more */
};
#define AUDIT_REASONS (sizeof audit_reasons / sizeof audit_reasons[0])

/* What audit_state_compare shows, behind those above. */
static const char *const state_reasons[] = {
    [AUDIT_STATE_SAME] = "leaves the same registers and flags behind for all of the few things "
                         "that the instruction is ever given",
    [AUDIT_STATE_UNUSED] = "leaves other bits behind only where random ones change nothing either",
    [AUDIT_STATE_MEETS] =
        "goes another way, for some of the few things that it is ever given, to the "
        "same CPUID in the same state, where the code's own data and what else "
        "differs may be random",
};

unsigned audit_reason(const struct audit *audit, size_t index, const struct audit_result *result,
                      bool idle) {
    const struct mutant *mutant = &audit->mutants.mutants[index];
    const struct disassembly_parts *parts = &audit->code[mutant->at];
    struct place place = {
        .audit = audit, .mutant = mutant, .result = result, .parts = parts, .idle = idle};

    if (mutant->at > 0 && parts[-1].address + parts[-1].size == parts->address)
        place.ahead = &parts[-1];
    for (unsigned i = 0; i < AUDIT_REASONS; i++) {
        if (audit_reasons[i].holds(&place))
            return i + 1;
    }
    return 0;
}

unsigned audit_reason_state(enum audit_state state) {
    return state == AUDIT_STATE_UNKNOWN ? 0 : (unsigned)AUDIT_REASONS + state;
}

const char *audit_reason_text(unsigned reason) {
    if (reason == 0)
        return NULL;
    return reason <= AUDIT_REASONS ? audit_reasons[reason - 1].reason
                                   : state_reasons[reason - AUDIT_REASONS];
}
