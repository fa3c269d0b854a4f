/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_HUNT_DICTIONARY_H
#define HVSPEC_HARNESS_HUNT_DICTIONARY_H

#include "harness/hunt/candidate.h"
#include "harness/hunt/random.h"
#include "harness/probe/probe.h"

/*
 * The numbers that a probe's code spells out, which its comparisons are with, and boundary numbers.
 * A hunt puts them where the probe looks.
 */
#define HUNT_WORDS_MAX 288u

struct hunt_dictionary {
    uint32_t words[HUNT_WORDS_MAX];
    size_t count;
    size_t code_count; /* the first ones, which come from the code; may be 0 */
};

/* From the code at these entries (examiner_entries). False with an error noted: Capstone does not
 * start. */
bool hunt_dictionary_fill(struct hunt_dictionary *dictionary, const struct probe *probe,
                          const uint64_t *entries, size_t count, struct errors *errors);

/* A word as it is: mostly of the code's. */
uint32_t hunt_dictionary_word(const struct hunt_dictionary *dictionary, struct hunt_random *random);

/* A number worth trying in a register of the candidate: a word, one beside it, its bytes swapped,
 * two words joined by an operation that compilers make of a comparison, what stands elsewhere in
 * the table, the target, or any bit. */
uint32_t hunt_dictionary_draw(const struct hunt_dictionary *dictionary, struct hunt_random *random,
                              const struct hunt_candidate *candidate);

#endif
