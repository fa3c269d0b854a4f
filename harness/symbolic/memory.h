/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_MACHINE_MEMORY_H
#define HVSPEC_HARNESS_MACHINE_MEMORY_H

/* What memory.c and several.c share. */
#include "harness/symbolic/internal.h"

/* Data that code reaches through a segment register by its symbol is seen at the segment's base and
 * that: see emulator/guest/segment.c. */
void machine_see_image(const struct machine *machine, enum machine_space *space, int64_t *offset);

/* A word as a number with a sign. */
int64_t machine_signed(const struct machine *machine, uint64_t number);

/* What is at one place. 0, and *why (static): it may not be read. */
term_id machine_load_at(struct machine *machine, struct machine_state *state,
                        enum machine_space space, int64_t offset, unsigned bytes, const char **why);

/* Writes where `condition` holds; 0: always. Returns why it may not (static); NULL: it may. */
const char *machine_store_at(struct machine *machine, struct machine_state *state,
                             enum machine_space space, int64_t offset, term_id value,
                             term_id condition);

#endif
