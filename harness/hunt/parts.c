/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/hunt/parts.h"

#define PARTS_REGISTERS 4u

/* A small number of the code for one part of a register. */
struct part {
    uint32_t word;
    unsigned width; /* bits */
};

static struct part part_of(uint32_t word) {
    return (struct part){word, word >> 8 == 0 ? 8 : 16};
}

/* The small number at an index; without `at`, how many there are. */
static size_t parts_words(const struct hunt_dictionary *dictionary, size_t index, uint32_t *at) {
    size_t count = 0;

    for (size_t i = 0; i < dictionary->code_count && count < HUNT_PARTS_WORDS; i++) {
        if (dictionary->words[i] >> 16 != 0)
            continue;
        if (at && count == index)
            *at = dictionary->words[i];
        count++;
    }
    return count;
}

static size_t parts_reads(const struct hunt_entry *entry) {
    return entry->reads_count < HUNT_PARTS_READS ? entry->reads_count : HUNT_PARTS_READS;
}

static size_t parts_count(const struct hunt_entry *entry,
                          const struct hunt_dictionary *dictionary) {
    return parts_words(dictionary, 0, NULL) * parts_reads(entry) * PARTS_REGISTERS *
           sizeof(uint32_t);
}

static void parts_make(const struct hunt_entry *entry, const struct hunt_dictionary *dictionary,
                       size_t index, struct hunt_candidate *candidate) {
    const unsigned place = (unsigned)(index % sizeof(uint32_t));
    const unsigned reg = (unsigned)(index / sizeof(uint32_t) % PARTS_REGISTERS);
    const size_t rest = index / sizeof(uint32_t) / PARTS_REGISTERS;
    const struct hunt_read read = entry->reads[rest % parts_reads(entry)];
    struct cpuid_values values;
    uint32_t word = 0, mask;
    struct part part;
    unsigned shift;

    parts_words(dictionary, rest / parts_reads(entry), &word);
    part = part_of(word);
    shift = place * 8 / part.width * part.width;
    mask = ((1u << part.width) - 1) << shift;
    *candidate = entry->candidate;
    values = hunt_candidate_values(candidate, read.leaf, read.subleaf);
    hunt_candidate_set(candidate, read.leaf, read.subleaf, reg,
                       (*hunt_register(&values, reg) & ~mask) | part.word << shift);
}

bool hunt_parts_next(struct hunt_parts *parts, const struct hunt_corpus *corpus,
                     const struct hunt_dictionary *dictionary, struct hunt_candidate *candidate) {
    while (parts->entry < corpus->count) {
        const struct hunt_entry *entry = &corpus->entries[parts->entry];

        if (entry->is_new && parts->way < parts_count(entry, dictionary)) {
            parts_make(entry, dictionary, parts->way++, candidate);
            return true;
        }
        parts->entry++;
        parts->way = 0;
    }
    return false;
}
