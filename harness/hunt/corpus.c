/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/hunt/corpus.h"

#include <stdlib.h>
#include <string.h>

static bool hunt_corpus_grow(struct hunt_corpus *corpus) {
    size_t capacity = corpus->capacity ? 2 * corpus->capacity : 64;
    struct hunt_entry *entries = realloc(corpus->entries, capacity * sizeof *entries);

    if (!entries)
        return false;
    corpus->entries = entries;
    corpus->capacity = capacity;
    return true;
}

bool hunt_corpus_add(struct hunt_corpus *corpus, const struct hunt_candidate *candidate,
                     const struct hunt_trial *trial, struct hunt_random *random) {
    size_t at = corpus->count;

    if (corpus->count == HUNT_CORPUS_MAX)
        at = hunt_random_below(random, HUNT_CORPUS_MAX);
    else if (corpus->count == corpus->capacity && !hunt_corpus_grow(corpus))
        return false;
    else
        corpus->count++;
    corpus->entries[at].candidate = *candidate;
    memcpy(corpus->entries[at].reads, trial->reads, sizeof trial->reads);
    corpus->entries[at].reads_count = trial->reads_count;
    corpus->entries[at].is_new = trial->is_new;
    if (trial->is_new)
        corpus->newest = at;
    return true;
}

const struct hunt_entry *hunt_corpus_draw(const struct hunt_corpus *corpus,
                                          struct hunt_random *random) {
    size_t recent =
        corpus->newest + 1 < HUNT_CORPUS_RECENT ? corpus->newest + 1 : HUNT_CORPUS_RECENT;

    if (hunt_random_once_in(random, 2))
        return &corpus->entries[corpus->newest - hunt_random_below(random, recent)];
    return &corpus->entries[hunt_random_below(random, corpus->count)];
}

void hunt_corpus_clear(struct hunt_corpus *corpus) {
    free(corpus->entries);
    *corpus = (struct hunt_corpus){0};
}
