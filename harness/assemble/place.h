/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_ASSEMBLE_PLACE_H
#define HVSPEC_HARNESS_ASSEMBLE_PLACE_H

#include "emulator/source/source_line.h"
#include "harness/examine/examine.h"

/*
 * A place in a probe's code as people read it: what it belongs to, its line, and who called. CPUID
 * often stands in a function of a library that everybody shares; what a reader can mend is the
 * first line of the project's own that led there.
 */
struct place {
    uint64_t addresses[1 + GUEST_CALLERS_MAX]; /* of the place, then of calls, innermost first */
    size_t count;
};

/* The place at an address, and who called by the chain of that number (0: not known). `callers`
 * NULL: nobody noted them. */
struct place place_of(const struct guest_callers *callers, unsigned chain, uint64_t address);

/* The chain of an execution by its index in the trace since the boot; 0: not known. */
unsigned place_chain(const struct guest_callers *callers, size_t index);

/* "function+0x12"; *text NULL: no symbol leads there. False: out of memory. */
bool place_symbol(const struct image *image, uint64_t address, char **text);

/* "hv.c:31", of the first address in a file below the source root, or else in any of the project's
 * own; *text NULL: none is known. False: out of memory. */
bool place_source(const struct place *place, struct source_line *source, char **text);

/* Who called, innermost first: "checked+0x1f, top+0xe hv.c:3"; *text NULL: nobody is known. False:
 * out of memory. */
bool place_callers(const struct place *place, const struct image *image, struct source_line *source,
                   char **text);

#endif
