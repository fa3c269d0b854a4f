/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/audit/mutations.h"

#include <stdlib.h>
#include <string.h>

#define MUTATION_READERS 16u /* instructions behind a CPUID that may read its results */
#define REX_W 0x48u
#define OPERAND_SIZE 0x66u

/* --- Mutants. --- */

static bool mutant_is_known(const struct mutant_list *list, const struct mutant *mutant) {
    for (size_t i = list->count; i > 0 && list->mutants[i - 1].at == mutant->at; i--) {
        const struct mutant *other = &list->mutants[i - 1];

        if (other->size == mutant->size && memcmp(other->bytes, mutant->bytes, mutant->size) == 0)
            return true;
    }
    return false;
}

/* Adds the instruction with other bytes; shorter ones are filled up with NOPs. */
static void mutant_add(const struct mutation_source *source, size_t at, size_t kind,
                       const uint8_t *bytes, unsigned size, struct mutant_list *list) {
    const struct disassembly_parts *original = &source->code[at];
    struct mutant mutant = {.kind = kind, .at = at, .size = size};

    memcpy(mutant.bytes, bytes, size);
    while (mutant.size < original->size)
        mutant.bytes[mutant.size++] = MUTATION_NOP;
    if ((mutant.size == original->size && memcmp(mutant.bytes, original->bytes, size) == 0) ||
        mutant_is_known(list, &mutant))
        return;
    if (list->count == list->capacity) {
        size_t capacity = 2 * list->capacity + 64;
        struct mutant *grown = realloc(list->mutants, capacity * sizeof *grown);

        if (!grown) {
            list->lost = true;
            return;
        }
        list->mutants = grown;
        list->capacity = capacity;
    }
    list->mutants[list->count++] = mutant;
}

/* The same with one byte of it changed. */
static void mutant_add_byte(const struct mutation_source *source, size_t at, size_t kind,
                            unsigned offset, uint8_t byte, struct mutant_list *list) {
    uint8_t bytes[DISASSEMBLY_INSTRUCTION_MAX];

    memcpy(bytes, source->code[at].bytes, sizeof bytes);
    bytes[offset] = byte;
    mutant_add(source, at, kind, bytes, source->code[at].size, list);
}

void mutant_list_clear(struct mutant_list *list) {
    free(list->mutants);
    *list = (struct mutant_list){0};
}

/* --- Parts of an instruction. --- */

/* The opcode: one byte, or two as 0x0fXX. */
static unsigned opcode_of(const struct disassembly_parts *parts) {
    uint8_t first = parts->bytes[parts->opcode_at];

    return first == 0x0f && parts->opcode_at + 1 < parts->size
               ? 0x0f00u | parts->bytes[parts->opcode_at + 1]
               : first;
}

static bool has_modrm(const struct disassembly_parts *parts) {
    return parts->modrm_at > 0 && parts->modrm_at < parts->size;
}

static uint8_t modrm_of(const struct disassembly_parts *parts) {
    return has_modrm(parts) ? parts->bytes[parts->modrm_at] : 0;
}

static bool modrm_is_register(const struct disassembly_parts *parts) {
    return modrm_of(parts) >> 6 == 3;
}

/* The REX prefix; 0: none. It is the last prefix. */
static uint8_t rex_of(const struct mutation_source *source, const struct disassembly_parts *parts) {
    uint8_t last = parts->opcode_at > 0 ? parts->bytes[parts->opcode_at - 1] : 0;

    return source->mode == IMAGE_64 && (last & 0xf0) == 0x40 ? last : 0;
}

/* --- Conditions. --- */

/* The offset of the byte whose low nibble is the condition; -1: the instruction has none. */
static int condition_at(const struct disassembly_parts *parts) {
    unsigned opcode = opcode_of(parts);

    if ((opcode & 0xfff0) == 0x70)
        return (int)parts->opcode_at;
    switch (opcode & 0xfff0) {
    case 0x0f40: /* CMOVcc */
    case 0x0f80: /* Jcc with a long distance */
    case 0x0f90: /* SETcc */
        return (int)parts->opcode_at + 1;
    default:
        return -1;
    }
}

enum { O, NO, B, AE, E, NE, BE, A, S, NS, P, NP, L, GE, LE, G };

/* What a condition is mistaken for. Equality has no strict form; its neighbours are the orders that
 * it is a part of. -1: none. */
static const struct {
    int strictness, sign;
} condition_neighbours[16] = {
    [O] = {-1, -1}, [NO] = {-1, -1}, [B] = {BE, L},  [AE] = {A, GE},
    [E] = {BE, LE}, [NE] = {A, G},   [BE] = {B, LE}, [A] = {AE, G},
    [S] = {-1, L},  [NS] = {-1, GE}, [P] = {-1, -1}, [NP] = {-1, -1},
    [L] = {LE, B},  [GE] = {G, AE},  [LE] = {L, BE}, [G] = {GE, A},
};

static void mutate_condition(const struct mutation_source *source, size_t at, size_t kind,
                             int condition, struct mutant_list *list) {
    int offset = condition_at(&source->code[at]);

    if (offset >= 0 && condition >= 0)
        mutant_add_byte(source, at, kind, (unsigned)offset,
                        (uint8_t)((source->code[at].bytes[offset] & 0xf0) | (unsigned)condition),
                        list);
}

int mutations_condition(const struct disassembly_parts *parts) {
    int offset = condition_at(parts);

    return offset >= 0 ? parts->bytes[offset] & 0x0f : -1;
}

static int condition_of(const struct mutation_source *source, size_t at) {
    int condition = mutations_condition(&source->code[at]);

    return condition >= 0 ? condition : 0;
}

static void make_inverted(const struct mutation_source *source, size_t at, size_t kind,
                          struct mutant_list *list) {
    mutate_condition(source, at, kind, condition_of(source, at) ^ 1, list);
}

static void make_strictness(const struct mutation_source *source, size_t at, size_t kind,
                            struct mutant_list *list) {
    mutate_condition(source, at, kind, condition_neighbours[condition_of(source, at)].strictness,
                     list);
}

static void make_sign(const struct mutation_source *source, size_t at, size_t kind,
                      struct mutant_list *list) {
    mutate_condition(source, at, kind, condition_neighbours[condition_of(source, at)].sign, list);
}

/* --- Immediates. --- */

static void make_immediate(const struct mutation_source *source, size_t at, size_t kind,
                           struct mutant_list *list) {
    const struct disassembly_parts *parts = &source->code[at];
    unsigned size = parts->immediate_size;
    uint64_t value = 0, changed[4];

    for (unsigned i = 0; i < size; i++)
        value |= (uint64_t)parts->bytes[parts->immediate_at + i] << 8 * i;
    if (size == 0)
        return;
    changed[0] = value + 1;
    changed[1] = value - 1;
    changed[2] = 0;
    changed[3] = value ^ 1ull << (8 * size - 1);
    for (unsigned i = 0; i < sizeof changed / sizeof changed[0]; i++) {
        uint8_t bytes[DISASSEMBLY_INSTRUCTION_MAX];

        memcpy(bytes, parts->bytes, sizeof bytes);
        for (unsigned j = 0; j < size; j++)
            bytes[parts->immediate_at + j] = (uint8_t)(changed[i] >> 8 * j);
        mutant_add(source, at, kind, bytes, parts->size, list);
    }
}

/* --- Comparisons. --- */

/* CMP and TEST in their forms of more than 8 bits, and each one's form of 8 bits. */
static const struct comparison {
    unsigned opcode;
    int extension; /* the ModR/M byte's middle field; -1: a register */
    uint8_t narrow;
    bool is_swappable;
} comparisons[] = {
    {0x39, -1, 0x38, true},  {0x3b, -1, 0x3a, true}, {0x3d, -2, 0x3c, false},
    {0x81, 7, 0x80, false},  {0x83, 7, 0x80, false}, {0x85, -1, 0x84, false},
    {0xa9, -2, 0xa8, false}, {0xf7, 0, 0xf6, false},
};

static const struct comparison *comparison_of(const struct disassembly_parts *parts) {
    for (size_t i = 0; i < sizeof comparisons / sizeof comparisons[0]; i++) {
        const struct comparison *row = &comparisons[i];

        if (row->opcode == opcode_of(parts) &&
            (row->extension < 0 || row->extension == (modrm_of(parts) >> 3 & 7)))
            return row;
    }
    return NULL;
}

static void make_swapped(const struct mutation_source *source, size_t at, size_t kind,
                         struct mutant_list *list) {
    const struct disassembly_parts *parts = &source->code[at];
    unsigned opcode = opcode_of(parts);

    if (opcode >= 0x38 && opcode <= 0x3b)
        mutant_add_byte(source, at, kind, parts->opcode_at, (uint8_t)(opcode ^ 2), list);
}

/* Without REX, the numbers 4 to 7 name AH to BH as bytes. */
static bool is_byte_register(uint8_t rex, unsigned number) {
    return rex != 0 || number < 4;
}

static void make_narrow_8(const struct mutation_source *source, size_t at, size_t kind,
                          struct mutant_list *list) {
    const struct disassembly_parts *parts = &source->code[at];
    const struct comparison *row = comparison_of(parts);
    uint8_t bytes[DISASSEMBLY_INSTRUCTION_MAX], modrm = modrm_of(parts);
    unsigned size = parts->size;

    if (!row ||
        (row->extension == -1 && !is_byte_register(rex_of(source, parts), modrm >> 3 & 7)) ||
        (modrm >> 6 == 3 && !is_byte_register(rex_of(source, parts), modrm & 7)))
        return;
    memcpy(bytes, parts->bytes, sizeof bytes);
    bytes[parts->opcode_at] = row->narrow;
    if (parts->immediate_size > 1)
        size -= parts->immediate_size - 1;
    mutant_add(source, at, kind, bytes, size, list);
}

/* In 16-bit code the operand-size prefix means 32 bits: a comparison is narrowed without it. */
static void make_narrow_16_of_16(const struct mutation_source *source, size_t at, size_t kind,
                                 struct mutant_list *list) {
    const struct disassembly_parts *parts = &source->code[at];
    unsigned size = parts->size - 1;

    if (!comparison_of(parts) || parts->opcode_at != 1 || parts->bytes[0] != OPERAND_SIZE)
        return;
    if (parts->immediate_size == 4)
        size -= 2;
    mutant_add(source, at, kind, parts->bytes + 1, size, list);
}

/* An operand-size prefix goes in front of what follows the other prefixes. A REX prefix that says
 * nothing but "64 bits" gives its place. */
static void make_narrow_16(const struct mutation_source *source, size_t at, size_t kind,
                           struct mutant_list *list) {
    const struct disassembly_parts *parts = &source->code[at];
    const struct comparison *row = comparison_of(parts);
    uint8_t rex = rex_of(source, parts), bytes[DISASSEMBLY_INSTRUCTION_MAX + 1];
    unsigned size = 0;

    if (source->mode == IMAGE_16)
        make_narrow_16_of_16(source, at, kind, list);
    if (!row || source->mode == IMAGE_16 || parts->opcode_at > (rex != 0) ||
        parts->size > DISASSEMBLY_INSTRUCTION_MAX - 1)
        return;
    bytes[size++] = OPERAND_SIZE;
    if (rex != 0 && (rex & ~(REX_W ^ 0x40u)) != 0x40)
        bytes[size++] = rex & (uint8_t) ~(REX_W ^ 0x40u);
    memcpy(bytes + size, parts->bytes + parts->opcode_at, parts->size - parts->opcode_at);
    size += parts->size - parts->opcode_at;
    if (parts->immediate_size == 4)
        size -= 2;
    mutant_add(source, at, kind, bytes, size, list);
}

/* --- CPUID. --- */

/* The leaf in EAX is changed ahead of the instruction, by LEA, which leaves the flags alone. */
static void make_leaf(const struct mutation_source *source, size_t at, size_t kind,
                      struct mutant_list *list) {
    static const struct {
        uint8_t bytes[6];
        unsigned size;
    } changes[] = {
        {{0x8d, 0x40, 0x01}, 3},                   /* the next leaf */
        {{0x8d, 0x40, 0xff}, 3},                   /* the one before */
        {{0x8d, 0x40, 0x10}, 3},                   /* the next vendor's */
        {{0x8d, 0x80, 0x00, 0x01, 0x00, 0x00}, 6}, /* the next base's */
        {{0xb8, 0x00, 0x00, 0x00, 0x00}, 5},       /* the first basic leaf */
    };
    const struct disassembly_parts *parts = &source->code[at];

    for (size_t i = 0;
         parts->is_cpuid && source->mode != IMAGE_16 && i < sizeof changes / sizeof changes[0];
         i++) {
        uint8_t bytes[MUTATION_SIZE_MAX];

        memcpy(bytes, changes[i].bytes, changes[i].size);
        memcpy(bytes + changes[i].size, parts->bytes, parts->size);
        mutant_add(source, at, kind, bytes, changes[i].size + parts->size, list);
    }
}

/* Instructions that read registers, and which fields of the ModR/M byte name those read. */
static const struct {
    unsigned opcode;
    bool reg, rm;
} readers[] = {
    {0x38, true, true},    {0x39, true, true},  {0x3a, true, true},  {0x3b, true, true},
    {0x84, true, true},    {0x85, true, true},  {0x86, true, true},  {0x87, true, true},
    {0x88, true, false},   {0x89, true, false}, {0x8a, false, true}, {0x8b, false, true},
    {0x0f6e, false, true}, /* MOVD to a vector register */
    {0x0fb6, false, true}, /* MOVZX */
    {0x0fb7, false, true},
};

/* How far behind a CPUID the instruction is, straight on; 0: too far, or another way. */
static size_t distance_from_cpuid(const struct mutation_source *source, size_t at) {
    for (size_t back = 1; back <= at && back <= MUTATION_READERS; back++) {
        const struct disassembly_parts *parts = &source->code[at - back];

        if (parts->address + parts->size != source->code[at - back + 1].address)
            return 0;
        if (parts->is_cpuid)
            return back;
    }
    return 0;
}

/* One of EAX, ECX, EDX, EBX becomes the next or the one before, as they are numbered. */
static void mutate_register(const struct mutation_source *source, size_t at, size_t kind,
                            unsigned shift, uint8_t extended, struct mutant_list *list) {
    const struct disassembly_parts *parts = &source->code[at];
    uint8_t modrm = modrm_of(parts);
    unsigned number = modrm >> shift & 7;

    if (number > 3 || (rex_of(source, parts) & extended))
        return;
    for (unsigned step = 1; step <= 3; step += 2)
        mutant_add_byte(source, at, kind, parts->modrm_at,
                        (uint8_t)((modrm & ~(7u << shift)) | (((number + step) & 3) << shift)),
                        list);
}

/* XCHG of EAX and a register that the opcode itself names. */
static void mutate_exchange(const struct mutation_source *source, size_t at, size_t kind,
                            struct mutant_list *list) {
    const struct disassembly_parts *parts = &source->code[at];
    uint8_t opcode = parts->bytes[parts->opcode_at];

    for (unsigned step = 1; step <= 3 && !(rex_of(source, parts) & 0x01); step += 2)
        mutant_add_byte(source, at, kind, parts->opcode_at,
                        (uint8_t)((opcode & ~3u) | ((opcode + step) & 3)), list);
}

static void make_register(const struct mutation_source *source, size_t at, size_t kind,
                          struct mutant_list *list) {
    const struct disassembly_parts *parts = &source->code[at];

    if (distance_from_cpuid(source, at) == 0)
        return;
    if (opcode_of(parts) > 0x90 && opcode_of(parts) <= 0x93)
        mutate_exchange(source, at, kind, list);
    if (!has_modrm(parts))
        return;
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
        if (readers[i].opcode != opcode_of(parts))
            continue;
        if (readers[i].reg)
            mutate_register(source, at, kind, 3, 0x04, list);
        if (readers[i].rm && modrm_is_register(parts))
            mutate_register(source, at, kind, 0, 0x01, list);
    }
}

/* --- Everything. --- */

static void make_nop(const struct mutation_source *source, size_t at, size_t kind,
                     struct mutant_list *list) {
    mutant_add(source, at, kind, (const uint8_t[]){MUTATION_NOP}, 1, list);
}

/* Removal comes first, because what it shows of a place says something about the other changes. */
const struct mutation mutations[] = {
    {"removed", "the instruction replaced by NOPs", make_nop},
    {"condition inverted", "Jcc, SETcc and CMOVcc with the opposite condition", make_inverted},
    {"condition strictness", "strict for non-strict and the reverse; an order for equality",
     make_strictness},
    {"condition sign", "signed for unsigned and the reverse; a signed order for equality",
     make_sign},
    {"immediate", "one more, one less, zero, and the sign bit flipped", make_immediate},
    {"operands swapped", "CMP with its operands exchanged", make_swapped},
    {"narrowed to 8 bits", "CMP and TEST on the lowest byte", make_narrow_8},
    {"narrowed to 16 bits", "CMP and TEST on the low word", make_narrow_16},
    {"leaf", "CPUID with the leaf after, before, 0x10 and 0x100 on, and leaf 0", make_leaf},
    {"register", "what reads CPUID's results reads the register's neighbour", make_register},
};
const size_t mutations_count = sizeof mutations / sizeof mutations[0];

bool mutations_make(const struct mutation_source *source, struct mutant_list *list) {
    for (size_t at = 0; at < source->count; at++) {
        for (size_t kind = 0; kind < mutations_count; kind++)
            mutations[kind].make(source, at, kind, list);
    }
    return !list->lost;
}
