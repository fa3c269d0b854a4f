/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_AUDIT_DETOUR_H
#define HVSPEC_HARNESS_AUDIT_DETOUR_H

#include "harness/audit/mutations.h"

/*
 * Puts a mutant into an image. One that is longer than its original takes a detour: a jump to the
 * padding behind the code, where the mutant and the instructions that the jump displaced stand,
 * moved so that they do the same there.
 */
#define DETOUR_PATCHES 2u
#define DETOUR_BYTES_MAX 96u

struct detour_patch {
    uint8_t *place; /* in the image */
    uint8_t saved[DETOUR_BYTES_MAX];
    size_t size;
};

struct detour {
    struct detour_patch patches[DETOUR_PATCHES];
    size_t count;
    struct image_segment *segment; /* whose own_last was moved; NULL: none */
    uint64_t own_last;
    size_t first, last; /* indices of the instructions replaced */
};

/* Writes the mutant's bytes into the image, until detour_undo. False: nothing was written, because
 * a longer mutant finds no room (no padding, or jumps come in between). */
bool detour_apply(struct detour *detour, struct image *image, const struct mutation_source *source,
                  const struct mutant *mutant);

void detour_undo(struct detour *detour);

/* Where code goes on behind what an applied detour replaces, at most `limit` addresses; 0: it is
 * not known. */
size_t detour_exits(const struct detour *detour, const struct mutation_source *source,
                    uint64_t *exits, size_t limit);

#endif
