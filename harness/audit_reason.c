/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/audit.h"

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

/* A comparison with a constant of what a function of the probe has just returned, or the condition
 * behind it. */
static bool is_of_result(const struct place *place) {
    const struct mutation_source *source = &place->audit->source;
    const struct disassembly_parts *parts = place->parts;

    if (place->ahead && starts_with(place->ahead->text, "cmp") && is_condition_kind(place) &&
        parts - source->code >= 2)
        parts = place->ahead;
    return starts_with(parts->text, "cmp") && parts->immediate_size > 0 && parts > source->code &&
           starts_with(parts[-1].text, "call");
}

static bool conforms_too(const struct place *place) {
    return place->result->conforms;
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
    {is_of_result, "compares one of the few constants that the probe's own function returns"},
};

unsigned audit_reason(const struct audit *audit, size_t index, const struct audit_result *result,
                      bool idle) {
    const struct mutant *mutant = &audit->mutants.mutants[index];
    const struct disassembly_parts *parts = &audit->code[mutant->at];
    struct place place = {
        .audit = audit, .mutant = mutant, .result = result, .parts = parts, .idle = idle};

    if (mutant->at > 0 && parts[-1].address + parts[-1].size == parts->address)
        place.ahead = &parts[-1];
    for (unsigned i = 0; i < sizeof audit_reasons / sizeof audit_reasons[0]; i++) {
        if (audit_reasons[i].holds(&place))
            return i + 1;
    }
    return 0;
}

const char *audit_reason_text(unsigned reason) {
    return reason > 0 ? audit_reasons[reason - 1].reason : NULL;
}
