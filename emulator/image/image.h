/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_IMAGE_IMAGE_H
#define HVSPEC_EMULATOR_IMAGE_IMAGE_H

#include "base/errors.h"

#include <stdint.h>

/*
 * A probe's code as it lies in memory, from an ELF, PE or COFF file or flat bytes: segments at
 * their final addresses with relocations applied, symbols, and the undefined symbols that the guest
 * provides. Knows libelf and nothing of the emulator.
 */
enum image_mode { IMAGE_16 = 16, IMAGE_32 = 32, IMAGE_64 = 64 };

enum image_permission { IMAGE_READ = 1u << 0, IMAGE_WRITE = 1u << 1, IMAGE_EXECUTE = 1u << 2 };

#define IMAGE_PAGE 4096u
#define IMAGE_IMPORT_SIZE 64u               /* bytes of the import area that each import owns */
#define IMAGE_SIZE_MAX (256u * 1024 * 1024) /* all segments together; more is refused */

/* Page-aligned and page-sized; segments never overlap and are sorted by address. */
struct image_segment {
    uint64_t address;
    size_t size;                  /* a multiple of IMAGE_PAGE */
    unsigned permissions;         /* enum image_permission, or-ed */
    uint8_t *bytes;               /* owned, `size` bytes, zero where the file has none */
    uint64_t own_first, own_last; /* the bytes that belong to the probe; the rest is page padding */
};

struct image_symbol {
    char *name;
    uint64_t address; /* final, in guest memory */
    uint64_t size;    /* 0: unknown */
    bool is_function; /* STT_FUNC, STT_GNU_IFUNC, or NOTYPE in an executable section */
    bool is_indirect; /* STT_GNU_IFUNC of a linked file: `address` is its resolver, no code to be
                         called for an answer... */
    bool is_stub;     /* ...of a relocatable object: `address` is code that jumps where it says */
    bool is_global;   /* STB_GLOBAL or STB_WEAK: not one of several static functions of that name */
};

/* An undefined symbol. Calls of it were relocated to `address`, in the import area; what else
 * refers to it, to memory of its own, zero-filled and writable, for it may be data. */
struct image_import {
    char *name;
    uint64_t address;
    uint64_t data;    /* 0: only ever called */
    size_t data_size; /* bytes of that memory */
    bool is_called, is_referenced;
    bool is_given;  /* what lies in its memory is known, not assumed */
    bool is_stated; /* known because the caller gave it */
};

/* Functions that the linker's own words lead to; one behind the other behind the imports. */
enum image_helper {
    IMAGE_HELPER_ZERO, /* returns 0: in tables of functions that somebody has given */
    IMAGE_HELPER_TLS,  /* what a TLS descriptor calls */
    IMAGE_HELPERS
};

struct image;

/* The address of a helper. */
uint64_t image_helper(const struct image *image, enum image_helper helper);

/* A GNU indirect function: the slot at `slot` (4 or 8 bytes, by mode) must get what the function at
 * `resolver` returns before the probe runs. Until then it holds the resolver's
 * address, so that who only reads the code finds what it chooses from. */
struct image_indirect {
    uint64_t slot, resolver;
};

/* Where a section of a relocatable object was placed. */
struct image_section {
    size_t index; /* in the file's section headers */
    uint64_t address, size;
};

/* Bytes of undefined data of which somebody has said what they hold at boot. */
struct image_span {
    uint64_t address;
    size_t size;
};

struct image {
    char *path;
    char *member;    /* of the archive at `path`; NULL: it is none */
    char sha256[65]; /* of the file, lower-case hexadecimal */
    enum image_mode mode;
    bool is_flat;  /* bare bytes, made for their address */
    uint64_t bias; /* final address minus the file's own; 0 for relocatable objects, see sections */
    bool is_windows; /* from a PE or COFF file: Windows and UEFI call it by their own convention */
    uint64_t start;  /* of a PE image, which relative virtual addresses count from; 0: it is none */
    uint8_t *rewritten; /* owned; such a file written anew as an ELF file; NULL: it was one */
    size_t rewritten_size;
    bool runs_stack; /* it asks for a stack that can be executed (PT_GNU_STACK) */
    struct image_segment *segments;
    size_t segments_count;
    struct image_symbol *symbols; /* defined ones, sorted by address, then name */
    size_t symbols_count;
    struct image_import *imports; /* sorted by name; addresses IMAGE_IMPORT_SIZE apart */
    size_t imports_count;
    uint64_t import_area; /* page-aligned, within 2 GiB of the code, overlaps no segment */
    size_t import_area_size;
    uint64_t helpers;                         /* address of the first helper; 0: there are none */
    uint64_t undefined_first, undefined_last; /* the undefined symbols' memory, in a segment of its
                                                 own; 0, 0: none needs any */
    struct image_span *stated; /* owned; of that memory, what is known of it and not assumed */
    size_t stated_count;
    struct image_indirect *indirects;
    size_t indirects_count;
    uint64_t *constructors; /* .preinit_array, .init, .init_array, in the order of a loader */
    size_t constructors_count;
    uint64_t tls_start;   /* the TLS initialisation image, in a segment; size 0: none */
    bool needs_libraries; /* a shared object that other ones have to be loaded with */
    size_t tls_file_size, tls_memory_size, tls_alignment;
    size_t
        tls_outside; /* bytes below it for thread-local variables that are defined elsewhere... */
    char **tls_outside_names; /* ...and which those are, from the top down */
    size_t tls_outside_count;
    struct image_section *sections; /* relocatable objects only; in the order of the file */
    size_t sections_count;
};

/* Memory that somebody gives. */
struct image_wish {
    const char *name; /* of an undefined symbol; NULL: the memory is at `address` */
    uint64_t address;
    uint64_t size; /* bytes */
};

/* What is to be loaded besides the file itself. */
struct image_request {
    const char *entry;        /* of an archive, the member that defines this function; NULL: none */
    const char *member;       /* or the member of this name; NULL: none */
    const char *const *files; /* objects, and archives of which what is needed is linked in */
    size_t files_count;
    const struct image_wish *data;
    size_t data_count;
    uint64_t seed; /* of where position-independent code goes; 0 is as 1 */
};

/* Where an address that somebody writes lies in memory: one of the file's own, as `nm` shows it; of
 * a PE image also a relative virtual address. */
uint64_t image_written_address(const struct image *image, uint64_t address);

/* Undefined data of 8 bytes that is there without being given, and what it holds: its name. NULL:
 * there is not that much. */
const char *image_data_provided(size_t index, uint64_t *value);

/* How far below the start of the TLS image a thread-local variable lies that is defined elsewhere;
 * 0: the code has none of that name. */
uint64_t image_tls_outside_below(const struct image *image, const char *name);

/* The undefined symbol of that name; NULL: there is none. */
const struct image_import *image_find_undefined(const struct image *image, const char *name);

/* Whether what undefined data holds at an address when a boot starts is known: its symbol was
 * given, or somebody has stated the bytes there. Also where no undefined data lies. */
bool image_is_known_at(const struct image *image, uint64_t address);

/* States what `size` bytes hold when a boot starts. False: they do not lie in the image's memory,
 * or out of memory. */
bool image_state(struct image *image, uint64_t address, const uint8_t *bytes, size_t size);

/* Writes a little-endian integer of 1 to 8 bytes into what each boot finds. False: it does not lie
 * in the image's memory. */
bool image_put(struct image *image, uint64_t address, unsigned width, uint64_t value);

/* The same as image_load_elf, of an archive (.a) too, with what else the code is linked with. */
struct image *image_load(const char *path, const struct image_request *request,
                         struct errors *errors);

/* Loads an ELF file (ET_DYN, ET_EXEC or ET_REL), a PE image or a COFF object for x86-64 or i386.
 * NULL with errors noted: none of those, other machine, truncated, overlapping or absurdly large
 * segments, relocations out of range or unknown. The caller frees with image_free. */
struct image *image_load_elf(const char *path, struct errors *errors);

/* Loads bytes as one readable, writable, executable segment at `address` (0 to 0xfffff for
 * IMAGE_16, 32 bits for IMAGE_32). A symbol named "start" is at its first byte. */
struct image *image_load_flat(const char *path, enum image_mode mode, uint64_t address,
                              struct errors *errors);

void image_free(struct image *image);

/* By exact name, a global symbol before a local one; NULL: no such symbol. */
const struct image_symbol *image_find_symbol(const struct image *image, const char *name);

/* The function's symbol that covers or last precedes the address in its segment; NULL: none. */
const struct image_symbol *image_symbol_at(const struct image *image, uint64_t address);

/* The undefined symbol whose memory holds the address; NULL: none. */
const struct image_import *image_undefined_at(const struct image *image, uint64_t address);

/* The bytes at an address and how many follow in the same segment; NULL and 0 when outside. */
const uint8_t *image_bytes(const struct image *image, uint64_t address, size_t *available);

#endif
