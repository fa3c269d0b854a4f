/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_HUNT_PARTS_H
#define HVSPEC_HARNESS_HUNT_PARTS_H

#include "harness/hunt/corpus.h"
#include "harness/hunt/dictionary.h"

/*
 * Code that compares a register in parts runs new code with each part that is right, and draws
 * would have to come by the next one in its place. So what ran new code is tried with each small
 * number of the code in each byte, or half, of what the probe read.
 */
#define HUNT_PARTS_WORDS 16u /* of the code, at most */
#define HUNT_PARTS_READS 4u  /* places, at most */

/* How far it got. */
struct hunt_parts {
    size_t entry, way; /* the next ones: of the corpus, and of its ways */
};

/* Makes the next candidate, of an entry that ran new code. False: all of them have been made; there
 * may be more when the corpus has grown. */
bool hunt_parts_next(struct hunt_parts *parts, const struct hunt_corpus *corpus,
                     const struct hunt_dictionary *dictionary, struct hunt_candidate *candidate);

#endif
