/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_SOURCE_INTERNAL_H
#define HVSPEC_EMULATOR_SOURCE_INTERNAL_H

#include "emulator/source/file_names.h"
#include "emulator/source/scopes.h"
#include "emulator/source/source_line.h"

#include <elfutils/libdwfl.h>

/* What the files of this folder share about an image's debug information. */
struct source_line {
    const struct image *image; /* borrowed */
    Dwfl *session;             /* NULL: nothing is known */
    Dwfl_Module *module;
    Elf *elf;                     /* the module's; owned by it */
    GElf_Addr bias;               /* what libdwfl adds to the file's addresses */
    struct source_scopes *scopes; /* NULL: there is no debug information */
    GElf_Addr debug_bias;         /* what libdwfl adds to the debug information's addresses */
    uint64_t lines_left;          /* bytes of line programs that may still be run */
    struct source_names names;
};

/* The address as libdwfl knows it; false: it is none of the file's. libdwfl lays out the sections
 * of relocatable objects by itself, so there the section and the offset in it are what both have in
 * common. */
bool source_line_translate(const struct source_line *source, uint64_t address,
                           Dwarf_Addr *translated);

#endif
