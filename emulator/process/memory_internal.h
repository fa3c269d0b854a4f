/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_PROCESS_MEMORY_INTERNAL_H
#define HVSPEC_EMULATOR_PROCESS_MEMORY_INTERNAL_H

/* What memory.c and memory_snapshot.c share. */
#include "emulator/process/memory.h"

/* The arena of a page's key (arena and index), and the one that an address lies in; NULL: none. */
struct memory_arena *memory_arena_of(struct memory *memory, uint64_t key);
struct memory_arena *memory_arena_at(const struct memory *memory, uint64_t address);

/* The page of an address in its arena. */
size_t memory_index(const struct memory_arena *arena, uint64_t address);

/* What the host lets the engine do with a page, and doing so for pages from `first` to before
 * `last`. */
int memory_host_protection(unsigned flags);
void memory_host_set(const struct memory_arena *arena, size_t first, size_t last, int protection);

/* Sets the process's own flags of pages, and what follows from them on the host. */
void memory_set_flags(struct memory *memory, struct memory_arena *arena, size_t first, size_t last,
                      unsigned guest);

/* Gives a page new bytes; NULL: zeros. */
void memory_fill(struct memory *memory, struct memory_arena *arena, size_t index,
                 const uint8_t *bytes);

/* Pages that a process died at, outside all that was mapped, are inaccessible again. */
void memory_close_strays(struct memory *memory);

#endif
