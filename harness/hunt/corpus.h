/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_HUNT_CORPUS_H
#define HVSPEC_HARNESS_HUNT_CORPUS_H

#include "harness/hunt/trial.h"

/* The tables that a hunt mutates further. */
#define HUNT_CORPUS_MAX 1024u
#define HUNT_CORPUS_RECENT 8u /* the newest ones, which are drawn more often */

struct hunt_entry {
    struct hunt_candidate candidate;
    struct hunt_read reads[HUNT_READS_MAX];
    size_t reads_count;
    bool is_new; /* it ran new code */
};

struct hunt_corpus {
    struct hunt_entry *entries; /* owned */
    size_t count, capacity;
    size_t newest; /* the index of the last one that ran new code */
};

/* Takes a candidate in; a full corpus gives up one drawn at random for it. False: out of memory. */
bool hunt_corpus_add(struct hunt_corpus *corpus, const struct hunt_candidate *candidate,
                     const struct hunt_trial *trial, struct hunt_random *random);

/* One to mutate: half of the time one of the newest. The corpus must not be empty. */
const struct hunt_entry *hunt_corpus_draw(const struct hunt_corpus *corpus,
                                          struct hunt_random *random);

void hunt_corpus_clear(struct hunt_corpus *corpus);

#endif
