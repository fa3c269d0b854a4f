/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_IMAGE_DYNAMIC_H
#define HVSPEC_EMULATOR_IMAGE_DYNAMIC_H

#include "emulator/image/internal.h"

/* What the dynamic section of a linked file says. */
#define IMAGE_TAGS 40u /* the tags that are used all lie below */

struct image_dynamic {
    uint64_t values[IMAGE_TAGS]; /* by tag; 0: not there */
    struct image_symbol_table symbols;
};

/* Reads it; all zero where the file has none. */
bool image_dynamic_open(const struct image_file *file, struct image_dynamic *dynamic);

typedef bool image_dynamic_visit(const struct image_file *file,
                                 const struct image_symbol_table *symbols, const GElf_Rela *entry,
                                 bool has_addend, void *context);

/* Calls `visit` for every relocation of DT_RELA, DT_REL and DT_JMPREL. */
bool image_dynamic_each_of_all(const struct image_file *file, const struct image_dynamic *dynamic,
                               image_dynamic_visit *visit, void *context);

/* How one of them uses its symbol: only the slots of the procedure linkage table are sure to be
 * called. */
enum image_use image_dynamic_use(const struct image_file *file, const GElf_Rela *entry);

/* Applies the relative relocations of DT_RELR. */
bool image_dynamic_relr(const struct image_file *file, const struct image_dynamic *dynamic);

/* Appends its constructors. */
bool image_dynamic_constructors(const struct image_file *file, const struct image_dynamic *dynamic);

#endif
