/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/hunt/dictionary.h"

#include "emulator/decode/disassembly.h"

#define HUNT_NAMED 32u /* dwords of a table */

static const uint32_t hunt_boundaries[] = {
    0,          1,          2,          0x7f,       0x80,       0xff,       0x100,
    0x7fff,     0x8000,     0xffff,     0x10000,    0x7fffffff, 0x80000000, 0x80000001,
    0xfffffffe, 0xffffffff, 0x3fffffff, CPUID_BASE, 0x40000001, 0x40000010, CPUID_BLOCK_LAST,
    0x40000100,
};
#define HUNT_BOUNDARIES (sizeof hunt_boundaries / sizeof hunt_boundaries[0])

bool hunt_dictionary_fill(struct hunt_dictionary *dictionary, const struct probe *probe,
                          const uint64_t *entries, size_t count, struct errors *errors) {
    struct disassembly *disassembly = disassembly_open(probe->image->mode);

    if (!disassembly)
        return errors_fail(errors, "Capstone does not start");
    dictionary->code_count =
        disassembly_constants(disassembly, probe->image, entries, count, HUNT_NAMED,
                              dictionary->words, HUNT_WORDS_MAX - HUNT_BOUNDARIES);
    dictionary->count = dictionary->code_count;
    for (size_t i = 0; i < HUNT_BOUNDARIES; i++)
        dictionary->words[dictionary->count++] = hunt_boundaries[i];
    disassembly_close(disassembly);
    return true;
}

uint32_t hunt_dictionary_word(const struct hunt_dictionary *dictionary,
                              struct hunt_random *random) {
    size_t count = dictionary->count;

    if (dictionary->code_count > 0 && !hunt_random_once_in(random, 4))
        count = dictionary->code_count;
    return dictionary->words[hunt_random_below(random, count)];
}

/* A register that the table holds somewhere. */
static uint32_t hunt_elsewhere(struct hunt_random *random, const struct hunt_candidate *candidate) {
    size_t row = hunt_random_below(random, candidate->leaves_count + 1);
    struct cpuid_values values =
        row == candidate->leaves_count ? candidate->base : candidate->leaves[row].values;

    return *hunt_register(&values, (unsigned)hunt_random_below(random, 4));
}

/* How a number is made of a word `a` and, where it takes two, of `b`. */
enum hunt_operation {
    HUNT_PLAIN,
    HUNT_ABOVE,
    HUNT_BELOW,
    HUNT_SWAPPED,
    HUNT_INVERTED,
    HUNT_NEGATED,
    HUNT_XOR,
    HUNT_SUM,
    HUNT_DIFFERENCE,
    HUNT_HALVES,
    HUNT_SHIFTED,
    HUNT_ELSEWHERE,
    HUNT_TARGET,
    HUNT_BIT,
    HUNT_ANY,
    HUNT_OPERATIONS
};
static const unsigned char hunt_operation_weights[HUNT_OPERATIONS] = {
    [HUNT_PLAIN] = 24,     [HUNT_ABOVE] = 3,   [HUNT_BELOW] = 3,   [HUNT_SWAPPED] = 2,
    [HUNT_INVERTED] = 1,   [HUNT_NEGATED] = 1, [HUNT_XOR] = 3,     [HUNT_SUM] = 3,
    [HUNT_DIFFERENCE] = 2, [HUNT_HALVES] = 1,  [HUNT_SHIFTED] = 2, [HUNT_ELSEWHERE] = 3,
    [HUNT_TARGET] = 3,     [HUNT_BIT] = 4,     [HUNT_ANY] = 2,
};

static enum hunt_operation hunt_operation_draw(struct hunt_random *random) {
    unsigned total = 0, at;
    unsigned operation = 0;

    for (unsigned i = 0; i < HUNT_OPERATIONS; i++)
        total += hunt_operation_weights[i];
    at = (unsigned)hunt_random_below(random, total);
    while (at >= hunt_operation_weights[operation])
        at -= hunt_operation_weights[operation++];
    return operation;
}

uint32_t hunt_dictionary_draw(const struct hunt_dictionary *dictionary, struct hunt_random *random,
                              const struct hunt_candidate *candidate) {
    uint32_t a = hunt_dictionary_word(dictionary, random);
    uint32_t b = hunt_dictionary_word(dictionary, random);

    switch (hunt_operation_draw(random)) {
    case HUNT_ABOVE:
        return a + 1;
    case HUNT_BELOW:
        return a - 1;
    case HUNT_SWAPPED:
        return __builtin_bswap32(a);
    case HUNT_INVERTED:
        return ~a;
    case HUNT_NEGATED:
        return 0 - a;
    case HUNT_XOR:
        return a ^ b;
    case HUNT_SUM:
        return a + b;
    case HUNT_DIFFERENCE:
        return a - b;
    case HUNT_HALVES:
        return a << 16 | (b & 0xffff);
    case HUNT_SHIFTED:
        return a << 8 * (1 + hunt_random_below(random, 3));
    case HUNT_ELSEWHERE:
        return hunt_elsewhere(random, candidate);
    case HUNT_TARGET:
        return candidate->asks[hunt_random_below(random, candidate->asks_count)] +
               (uint32_t)hunt_random_below(random, 3) - 1;
    case HUNT_BIT:
        return 1u << hunt_random_below(random, 32);
    case HUNT_ANY:
        return (uint32_t)hunt_random_next(random);
    default:
        return a;
    }
}
