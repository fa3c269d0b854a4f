/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_IMAGE_COFF_H
#define HVSPEC_EMULATOR_IMAGE_COFF_H

#include "emulator/image/draft.h"
#include "emulator/image/internal.h"

/*
 * PE images (.efi, .sys, .dll, .exe) and COFF objects (.obj), after the "PE Format" document of
 * Microsoft: written anew as ELF files, so that all that is known of those holds for these too.
 * coff.c reads headers and names, coff_symbols.c symbols, coff_object.c makes a relocatable object,
 * coff_program.c a shared object or an executable. What the file says is checked before it is
 * used: it may be hostile.
 */
enum {
    COFF_MACHINE_I386 = 0x14c,
    COFF_MACHINE_AMD64 = 0x8664,

    COFF_SECTION_CODE = 0x20,
    COFF_SECTION_ZERO = 0x80,
    COFF_SECTION_INFO = 0x200,
    COFF_SECTION_REMOVE = 0x800,
    COFF_SECTION_COMDAT = 0x1000,
    COFF_SECTION_MORE_RELOCATIONS = 0x1000000,
    COFF_SECTION_DISCARDABLE = 0x2000000,

    COFF_UNDEFINED = 0, /* section numbers */
    COFF_ABSOLUTE = -1,
    COFF_DEBUG = -2
};
#define COFF_SECTION_EXECUTE 0x20000000u
#define COFF_SECTION_READ 0x40000000u
#define COFF_SECTION_WRITE 0x80000000u

struct coff_section {
    char short_name[9];
    const char *name; /* `short_name`, or in the file */
    size_t name_length;
    uint32_t virtual_size, address; /* images only */
    uint32_t size, offset;          /* of its bytes in the file */
    uint32_t relocations, relocations_count;
    uint32_t flags;
    bool is_debug; /* by its name: DWARF, CodeView */
};

struct coff_symbol {
    char short_name[9];
    const char *name; /* `short_name`, or in the file */
    size_t name_length;
    uint32_t value;
    int32_t section;
    unsigned type, storage, auxiliaries;
};

/* A word that the linker fills with a function's address, `__imp_NAME`. */
struct coff_slot {
    const char *name; /* in the file; not of the word, but of the function */
    size_t name_length;
};

struct coff {
    struct image_file *file;
    const uint8_t *bytes; /* the original ones */
    size_t size;
    unsigned word;
    bool is_program, is_big;
    struct coff_section *sections; /* owned; from 1 on, as they are numbered */
    size_t sections_count;
    uint64_t symbols; /* offset */
    size_t symbols_count, symbol_size;
    uint64_t strings, strings_size; /* offset and bytes */
    uint64_t names_left;            /* bytes: names overlap in a file */
    uint64_t header, optional_size; /* of the program's optional header: offset and bytes */
    struct coff_slot *slots;        /* owned; of an object: words that hold what it imports */
    size_t slots_count, slots_section;
    struct draft draft;
};

/* Integers of the file; 0 beyond its end. */
uint64_t coff_get(const struct coff *coff, uint64_t offset, unsigned width);

/* Whether such a range lies in the file. */
bool coff_holds(const struct coff *coff, uint64_t offset, uint64_t size);

/* Whether a section's bytes do; false with an error noted. */
bool coff_check_section(const struct coff *coff, const struct coff_section *section);

/* Counts a name that is copied. False with an error noted: there are too many. */
bool coff_charge_name(struct coff *coff, size_t length);

/* A C function's name without what i386's compilers put around it, `_f`, `_f@8` and `@f@8`. */
void coff_undecorate(const struct coff *coff, const char **name, size_t *length);

/* A name of the string table; false with an error noted: it lies outside. */
bool coff_long_name(struct coff *coff, uint64_t offset, const char **name, size_t *length);

/* coff_symbols.c. False with an error noted: there is none, or its name is broken. */
bool coff_symbol_get(struct coff *coff, size_t index, struct coff_symbol *symbol);

/* Adds all of the file's symbols to the draft, each at its own number plus 1, those of sections
 * counted from `base` plus the section's address. */
bool coff_symbols_add(struct coff *coff, uint64_t base);

/* coff_object.c. Defines what linkers define; false: the symbol is none of that. */
bool coff_define_linked(struct coff *coff, const char *name, size_t length,
                        struct draft_symbol *symbol);

/* coff_object.c, coff_program.c */
bool coff_draft_object(struct coff *coff);
bool coff_draft_program(struct coff *coff, unsigned *type);

#endif
