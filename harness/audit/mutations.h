/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_AUDIT_MUTATIONS_H
#define HVSPEC_HARNESS_AUDIT_MUTATIONS_H

#include "emulator/decode/parts.h"

/*
 * One-change mutants of machine code, for the audit: every kind of change is a row of a table.
 * Pure: bytes in, bytes out.
 */
#define MUTATION_SIZE_MAX 24u /* bytes of a mutated place */
#define MUTATION_NOP 0x90u
#define MUTATIONS_MAX 16u /* kinds of changes */

struct mutant {
    size_t kind; /* index of mutations */
    size_t at;   /* index of the instruction changed */
    uint8_t bytes[MUTATION_SIZE_MAX];
    unsigned size; /* at least the instruction's; more: it needs a detour (see detour.h) */
};

struct mutant_list {
    struct mutant *mutants; /* owned */
    size_t count, capacity;
    bool lost; /* memory ran out */
};

/* The code that mutants are made of: instructions in ascending order. */
struct mutation_source {
    const struct disassembly_parts *code;
    size_t count;
    enum image_mode mode;
};

struct mutation {
    const char *name; /* "condition inverted" */
    const char *what; /* one sentence for the report */
    void (*make)(const struct mutation_source *source, size_t at, size_t kind,
                 struct mutant_list *list);
};
#define MUTATION_REMOVED 0u /* the first kind: the instruction replaced by NOPs */
extern const struct mutation mutations[];
extern const size_t mutations_count;

/* The condition of a Jcc, SETcc or CMOVcc as its encoding's low nibble; -1: it is none of them. */
int mutations_condition(const struct disassembly_parts *parts);

/* All mutants of all instructions, by instruction, then kind; none whose bytes are the original's
 * or another mutant's. False: out of memory. Free with mutant_list_clear. */
bool mutations_make(const struct mutation_source *source, struct mutant_list *list);

void mutant_list_clear(struct mutant_list *list);

#endif
