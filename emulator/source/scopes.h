/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_SOURCE_SCOPES_H
#define HVSPEC_EMULATOR_SOURCE_SCOPES_H

#include <elfutils/libdwfl.h>
#include <stdbool.h>

/*
 * Which compilation unit an address belongs to, what was inlined there, and where functions begin:
 * each unit is gone through once, so that many addresses cost little more than one. Debug
 * information may come from strangers: nesting and totals are bounded, and what lies beyond is not
 * known. Addresses are the unit's own, without libdwfl's bias.
 */
struct source_scopes;

/* NULL: out of memory. Both are borrowed. Freed by source_scopes_free. */
struct source_scopes *source_scopes_new(Dwfl_Module *module, Dwarf *debug);
void source_scopes_free(struct source_scopes *scopes);

/* The unit that an address is part of; it lives as long as the module. NULL: none. */
Dwarf_Die *source_scopes_unit(struct source_scopes *scopes, Dwarf_Addr address);

/* Whether the lines of an address's unit may be read: its line program, which makes far more memory
 * of its bytes, takes no more than *left, from which it is taken the first time. */
bool source_scopes_lines(struct source_scopes *scopes, Dwarf_Addr address, uint64_t *left);

/* The innermost inlined call that an address is part of. False: none. */
bool source_scopes_inlined(struct source_scopes *scopes, Dwarf_Addr address, Dwarf_Die *call);

/* The inlined call that one lies within; false: it lies in a function's own code. */
bool source_scopes_outer(struct source_scopes *scopes, Dwarf_Addr address, const Dwarf_Die *call,
                         Dwarf_Die *outer);

/* Where a function of that name, as the source has it, was inlined first. False: nowhere. */
bool source_scopes_inlined_named(struct source_scopes *scopes, const char *name,
                                 Dwarf_Addr *address);

/* The function that starts at an address. False: none is known. */
bool source_scopes_function(struct source_scopes *scopes, Dwarf_Addr address, Dwarf_Die *function);

/* A function with a symbol's name, of those without a start, in the unit that an address is part
 * of. False: none is known. */
bool source_scopes_named(struct source_scopes *scopes, Dwarf_Addr address, const char *symbol,
                         Dwarf_Die *function);

#endif
