/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/hunt/mutate.h"

#include "harness/spec/signatures.h"

#include <string.h>

uint32_t hunt_draw_target(const struct hunt_material *material) {
    if (material->targets_count > 0)
        return material->targets[hunt_random_below(material->random, material->targets_count)];
    /* Half of the time the first leaf of a range, where features are. */
    if (hunt_random_once_in(material->random, 2))
        return CPUID_BASE + CPUID_ROW * (uint32_t)(1 + hunt_random_below(material->random, 15));
    return CPUID_BASE + 1 + (uint32_t)hunt_random_below(material->random, 255);
}

static uint32_t hunt_draw_word(const struct hunt_candidate *candidate,
                               const struct hunt_material *material) {
    return hunt_dictionary_draw(material->dictionary, material->random, candidate);
}

/* --- Registers. --- */

/* Where the probe looked; without that, at what is asked for. */
static struct hunt_read hunt_draw_read(const struct hunt_candidate *candidate,
                                       const struct hunt_material *material) {
    if (material->reads_count > 0)
        return material->reads[hunt_random_below(material->random, material->reads_count)];
    return (struct hunt_read){
        candidate->asks[hunt_random_below(material->random, candidate->asks_count)], 0};
}

static void hunt_set_register(struct hunt_candidate *candidate, struct hunt_read place,
                              unsigned index, uint32_t value) {
    hunt_candidate_set(candidate, place.leaf, place.subleaf, index, value);
}

static void hunt_put_word(struct hunt_candidate *candidate, const struct hunt_material *material) {
    struct hunt_read place = hunt_draw_read(candidate, material);
    unsigned index = (unsigned)hunt_random_below(material->random, 4);

    hunt_set_register(candidate, place, index, hunt_draw_word(candidate, material));
}

static void hunt_put_word_anywhere(struct hunt_candidate *candidate,
                                   const struct hunt_material *material) {
    struct hunt_read place = {CPUID_BASE + (uint32_t)hunt_random_below(material->random, 256), 0};
    unsigned index = (unsigned)hunt_random_below(material->random, 4);

    hunt_set_register(candidate, place, index, hunt_draw_word(candidate, material));
}

static void hunt_put_word_everywhere(struct hunt_candidate *candidate,
                                     const struct hunt_material *material) {
    struct hunt_read place = hunt_draw_read(candidate, material);
    uint32_t word = hunt_draw_word(candidate, material);

    for (unsigned i = 0; i < 4; i++)
        hunt_set_register(candidate, place, i, word);
}

/* A word of the code that fits into so many bits, if some draws find one; else a part of one. */
static uint32_t hunt_draw_part(const struct hunt_material *material, unsigned width) {
    uint32_t word = 0;

    for (unsigned draws = 0; draws < 6; draws++) {
        word = hunt_dictionary_word(material->dictionary, material->random);
        if (word >> width == 0)
            return word;
    }
    return word >> width * (unsigned)hunt_random_below(material->random, 32 / width);
}

/* Code may compare a register in parts: halves or bytes. */
static void hunt_put_part(struct hunt_candidate *candidate, const struct hunt_material *material) {
    const unsigned width = hunt_random_once_in(material->random, 3) ? 16 : 8;
    const unsigned shift = width * (unsigned)hunt_random_below(material->random, 32 / width);
    const uint32_t mask = ((1u << width) - 1) << shift;
    struct hunt_read place = hunt_draw_read(candidate, material);
    unsigned index = (unsigned)hunt_random_below(material->random, 4);
    struct cpuid_values values = hunt_candidate_values(candidate, place.leaf, place.subleaf);

    hunt_set_register(candidate, place, index,
                      (*hunt_register(&values, index) & ~mask) |
                          (hunt_draw_part(material, width) << shift & mask));
}

static void hunt_flip_bit(struct hunt_candidate *candidate, const struct hunt_material *material) {
    struct hunt_read place = hunt_draw_read(candidate, material);
    unsigned index = (unsigned)hunt_random_below(material->random, 4);
    struct cpuid_values values = hunt_candidate_values(candidate, place.leaf, place.subleaf);

    hunt_set_register(candidate, place, index,
                      *hunt_register(&values, index) ^
                          1u << hunt_random_below(material->random, 32));
}

/* --- BASE. --- */

static void hunt_put_maximum(struct hunt_candidate *candidate,
                             const struct hunt_material *material) {
    uint32_t target = candidate->asks[hunt_random_below(material->random, candidate->asks_count)];

    switch (hunt_random_below(material->random, 4)) {
    case 0:
        candidate->base.eax = hunt_draw_word(candidate, material);
        break;
    case 1:
        candidate->base.eax = CPUID_BLOCK_LAST;
        break;
    default:
        candidate->base.eax = target + (uint32_t)hunt_random_below(material->random, 3) - 1;
        break;
    }
}

static void hunt_put_known_signature(struct hunt_candidate *candidate,
                                     const struct hunt_material *material) {
    size_t index = hunt_random_below(material->random, signatures_count);
    struct cpuid_values values = signature_values(signatures[index].bytes);

    values.eax = candidate->base.eax;
    candidate->base = values;
}

/* Three words in a row, as code compares them, in BASE or where the probe looked. */
static void hunt_put_spelled_signature(struct hunt_candidate *candidate,
                                       const struct hunt_material *material) {
    const struct hunt_dictionary *dictionary = material->dictionary;
    struct hunt_read place = {CPUID_BASE, 0};
    size_t at = hunt_random_below(material->random, dictionary->count - 2);
    bool backwards = hunt_random_once_in(material->random, 2);

    if (hunt_random_once_in(material->random, 3))
        place = hunt_draw_read(candidate, material);
    for (unsigned i = 0; i < 3; i++)
        hunt_set_register(candidate, place, i + 1, dictionary->words[at + (backwards ? 2 - i : i)]);
}

/* --- Leaves. --- */

static void hunt_remove_leaf(struct hunt_candidate *candidate,
                             const struct hunt_material *material) {
    if (candidate->leaves_count > 0)
        hunt_candidate_remove(candidate,
                              hunt_random_below(material->random, candidate->leaves_count));
}

static void hunt_toggle_leaf(struct hunt_candidate *candidate,
                             const struct hunt_material *material) {
    struct hunt_read place = hunt_draw_read(candidate, material);

    if (place.leaf != CPUID_BASE)
        hunt_set_register(candidate, place, 0,
                          hunt_candidate_values(candidate, place.leaf, place.subleaf).eax == 0 ? 1
                                                                                               : 0);
}

/* Which leaves of a row are there: by the bits of a word, since code that gathers a pattern
 * compares it with one. The row holds what is asked for, or the block's first leaves. */
static void hunt_put_gaps(struct hunt_candidate *candidate, const struct hunt_material *material) {
    uint32_t pattern = hunt_draw_word(candidate, material);
    uint32_t first = CPUID_BASE + (uint32_t)hunt_random_below(material->random, 2);
    unsigned width = 4u << hunt_random_below(material->random, 3);

    if (hunt_random_once_in(material->random, 2))
        first += (candidate->asks[0] - CPUID_BASE) & ~(CPUID_ROW - 1);
    for (unsigned bit = 0; bit < width && first + bit <= CPUID_BLOCK_LAST; bit++) {
        struct hunt_read place = {first + bit, 0};

        if (place.leaf != CPUID_BASE)
            hunt_set_register(candidate, place, 0, pattern >> bit & 1);
    }
    if (hunt_random_once_in(material->random, 2))
        candidate->base.eax = CPUID_BLOCK_LAST;
}

static void hunt_put_subleaf(struct hunt_candidate *candidate,
                             const struct hunt_material *material) {
    struct hunt_read place = hunt_draw_read(candidate, material);
    unsigned index = (unsigned)hunt_random_below(material->random, 4);

    if (place.subleaf == 0 && place.leaf != CPUID_BASE)
        place.subleaf = 1 + (uint32_t)hunt_random_below(material->random, 4);
    hunt_set_register(candidate, place, index, hunt_draw_word(candidate, material));
}

static void hunt_put_fill(struct hunt_candidate *candidate, const struct hunt_material *material) {
    static const enum cpuid_fill fills[] = {CPUID_FILL_ZERO, CPUID_FILL_HIGHEST_BASIC,
                                            CPUID_FILL_BASE, CPUID_FILL_VALUES};
    struct cpuid_default fill = {
        .fill = fills[hunt_random_below(material->random, sizeof fills / sizeof fills[0])]};

    for (unsigned i = 0; i < 4 && fill.fill == CPUID_FILL_VALUES; i++)
        *hunt_register(&fill.values, i) = hunt_draw_word(candidate, material);
    if (hunt_random_once_in(material->random, 2))
        candidate->unlisted = fill;
    else
        candidate->beyond = fill;
}

static void hunt_take_leaves(struct hunt_candidate *candidate,
                             const struct hunt_material *material) {
    const struct hunt_candidate *other = material->other;

    for (size_t i = 0; i < other->leaves_count; i++) {
        if (hunt_random_once_in(material->random, 2))
            hunt_candidate_put(candidate, other->leaves[i]);
    }
}

static void hunt_toggle_presence(struct hunt_candidate *candidate,
                                 const struct hunt_material *material) {
    (void)material;
    candidate->absent = !candidate->absent;
}

/* --- Questions. --- */

static void hunt_ask_more(struct hunt_candidate *candidate, const struct hunt_material *material) {
    size_t count = 1 + hunt_random_below(material->random, 4);

    for (size_t i = 0; i < count && candidate->asks_count < HUNT_ASKS_MAX; i++) {
        uint32_t target =
            candidate->asks[hunt_random_below(material->random, candidate->asks_count)];

        if (hunt_random_once_in(material->random, 4))
            target = hunt_draw_target(material);
        candidate->asks[candidate->asks_count++] = target;
    }
}

static void hunt_ask_less(struct hunt_candidate *candidate, const struct hunt_material *material) {
    size_t at = hunt_random_below(material->random, candidate->asks_count);

    if (candidate->asks_count == 1)
        return;
    candidate->asks_count--;
    memmove(&candidate->asks[at], &candidate->asks[at + 1],
            (candidate->asks_count - at) * sizeof *candidate->asks);
}

static void hunt_ask_one(struct hunt_candidate *candidate, const struct hunt_material *material) {
    candidate->asks[0] =
        candidate->asks[hunt_random_below(material->random, candidate->asks_count)];
    candidate->asks_count = 1;
}

/* Another target, with the old one's values half of the time. */
static void hunt_ask_other(struct hunt_candidate *candidate, const struct hunt_material *material) {
    size_t at = hunt_random_below(material->random, candidate->asks_count);
    uint32_t target = hunt_draw_target(material);
    struct cpuid_values values = hunt_candidate_values(candidate, candidate->asks[at], 0);

    if (hunt_random_once_in(material->random, 2))
        hunt_candidate_put(candidate, (struct cpuid_leaf){target, 0, true, values});
    if (candidate->base.eax < target && hunt_random_once_in(material->random, 2))
        candidate->base.eax = target;
    candidate->asks[at] = target;
}

static void hunt_ask_in_other_order(struct hunt_candidate *candidate,
                                    const struct hunt_material *material) {
    size_t a = hunt_random_below(material->random, candidate->asks_count);
    size_t b = hunt_random_below(material->random, candidate->asks_count);
    uint32_t target = candidate->asks[a];

    candidate->asks[a] = candidate->asks[b];
    candidate->asks[b] = target;
}

const struct hunt_mutation hunt_mutations[] = {
    {"a word in a register that was read", 24, hunt_put_word, false},
    {"a word in a register of any leaf", 4, hunt_put_word_anywhere, false},
    {"a word in all registers of a leaf", 3, hunt_put_word_everywhere, false},
    {"a part of a register", 8, hunt_put_part, false},
    {"a bit of a register", 2, hunt_flip_bit, false},
    {"another maximum", 6, hunt_put_maximum, false},
    {"a known signature", 2, hunt_put_known_signature, false},
    {"a signature that the code spells", 3, hunt_put_spelled_signature, false},
    {"a leaf less", 2, hunt_remove_leaf, false},
    {"a leaf there, or not", 4, hunt_toggle_leaf, false},
    {"a pattern of gaps", 5, hunt_put_gaps, false},
    {"a word in a subleaf", 5, hunt_put_subleaf, false},
    {"other leaves that are not listed", 3, hunt_put_fill, false},
    {"leaves of another table", 2, hunt_take_leaves, false},
    {"further questions", 4, hunt_ask_more, false},
    {"a question less", 2, hunt_ask_less, false},
    {"one question", 2, hunt_ask_one, false},
    {"another question", 4, hunt_ask_other, false},
    {"another order", 1, hunt_ask_in_other_order, false},
    {"a hypervisor announced, or not", 6, hunt_toggle_presence, true},
};
const size_t hunt_mutations_count = sizeof hunt_mutations / sizeof hunt_mutations[0];

static unsigned hunt_weight(size_t index, const struct hunt_material *material) {
    return hunt_mutations[index].needs_presence && !material->presence
               ? 0
               : hunt_mutations[index].weight;
}

static const struct hunt_mutation *hunt_draw_mutation(const struct hunt_material *material) {
    unsigned total = 0, at;
    size_t i = 0;

    for (; i < hunt_mutations_count; i++)
        total += hunt_weight(i, material);
    at = (unsigned)hunt_random_below(material->random, total);
    for (i = 0; at >= hunt_weight(i, material); i++)
        at -= hunt_weight(i, material);
    return &hunt_mutations[i];
}

void hunt_mutate(struct hunt_candidate *candidate, const struct hunt_material *material) {
    size_t count = 1;

    while (count < 4 && hunt_random_once_in(material->random, 2))
        count++;
    for (size_t i = 0; i < count; i++)
        hunt_draw_mutation(material)->apply(candidate, material);
}
