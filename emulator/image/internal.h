/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_IMAGE_INTERNAL_H
#define HVSPEC_EMULATOR_IMAGE_INTERNAL_H

#include "emulator/image/image.h"

#include <gelf.h>

/*
 * What the files of the image module share: image_file.c opens and checks a file, image_program.c
 * (executables, shared objects) or image_object.c (relocatable objects) lays it out,
 * image_memory.c holds the segments, image_dynamic.c and image_relocate.c relocate,
 * image_symbols.c and image_constructors.c list what was found.
 *
 * Functions that return bool and take a file note one error before they return false.
 */
/* Where what has no address of its own goes: below 2 GiB, so that signed 32-bit addresses
 * (-mcmodel=kernel) reach it; and 64-bit code that is position-independent where no 32 bits reach
 * it, as in a process. */
#define IMAGE_BASE 0x10000000u
#define IMAGE_BASE_HIGH 0x100000000u

/* What loads files of a format other than ELF: it writes them anew as ELF files, so that all that
 * is known of those holds for these too. */
struct image_file;
struct image_loader {
    const char *name; /* of the format */
    /* Whether it is a file of the format, also one that cannot be loaded. */
    bool (*recognises)(const uint8_t *bytes, size_t size);
    /* Puts an ELF file in the place of the file's bytes (image_file_replace). False with an error
     * noted. The file may be hostile. */
    bool (*rewrite)(struct image_file *file);
    bool is_windows; /* its code is called as Windows and UEFI call */
};

/* An ELF file while it is being loaded. */
struct image_file {
    const char *path; /* borrowed */
    uint8_t *bytes;   /* owned; the whole file */
    size_t size;
    Elf *elf; /* owned; looks at `bytes` */
    GElf_Ehdr header;
    size_t sections_count;               /* section 0 included; 0: no section headers */
    size_t programs_count;               /* program headers */
    unsigned word;                       /* bytes in an address: 4 or 8 */
    const struct image_request *request; /* NULL: of no interest */
    const struct image_loader *loader;   /* NULL: it is an ELF file */
    uint8_t *rewritten;  /* owned; `bytes`, where the file's own format is another; or NULL */
    uint64_t image_base; /* of such a program: the address that it was linked for */
    uint64_t bias;       /* final address minus the file's own; relocatable objects: 0 */
    struct image *image; /* what is being filled; owned by the caller of the loader */
    struct errors *errors;
};

#define image_fail(file, ...) errors_add((file)->errors, (file)->path, 0, 0, __VA_ARGS__)

/* image_file.c */

/* Reads the whole of a regular file; the caller frees. NULL with an error noted. */
uint8_t *image_read_file(const char *path, size_t *size, struct errors *errors);

/* Checks a file whose bytes, path, image and errors are set, and opens it. */
bool image_file_open(struct image_file *file);

/* kinds.c */

/* What a file is that nobody can load, and what to give instead; NULL: nothing that is known. */
const char *image_kind(const struct image_file *file);

/* Notes what a file is that is no ELF file. Always false. */
bool image_fail_kind(const struct image_file *file);

/* False with an error noted: an ELF file, but of no code that can be run here. */
bool image_check_contents(const struct image_file *file);

/* A copy of the file's bytes would lie there; NULL when they reach beyond the file's end. */
const uint8_t *image_file_bytes(const struct image_file *file, uint64_t offset, uint64_t size);

/* Entries of one ELF type at an offset of the file, for the gelf_get functions. NULL with an error
 * noted, in which `what` names the table. */
Elf_Data *image_file_table(const struct image_file *file, uint64_t offset, uint64_t size,
                           Elf_Type type, const char *what);

/* False with an error noted when there is no such section. */
bool image_file_section(const struct image_file *file, size_t index, GElf_Shdr *section);

/* For messages and for the few sections known by name; "" when the name is broken. */
const char *image_section_name(const struct image_file *file, const GElf_Shdr *section);

/* loaders.c: the row of the file's format; NULL: none, so it is ELF or nothing. */
const struct image_loader *image_loader_of(const struct image_file *file);

/* file.c: takes over an ELF file, of `size` bytes from malloc, in the place of the file's bytes. */
void image_file_replace(struct image_file *file, uint8_t *bytes, size_t size);

/* coff.c */

/* Whether it is a PE image or a COFF object, also for a machine that is not supported. */
bool image_is_coff(const uint8_t *bytes, size_t size);

/* Writes one anew as an ELF file, which takes the place of the file's bytes. False with an error
 * noted: broken, or not supported. */
bool image_rewrite_coff(struct image_file *file);

/* image_memory.c */

/* A part of memory to be provided: `last` is the last byte's address, so never below `first`. */
struct image_range {
    uint64_t first, last;
    unsigned permissions;
};

/* Makes image->segments, zero-filled, of ranges in any order. Ranges that share a page share a
 * segment there. Sorts `ranges`. */
bool image_memory_build(const struct image_file *file, struct image_range *ranges, size_t count);

/* Copy between a buffer and memory, across adjacent segments. False, with no error noted, when a
 * byte of the range is in no segment. */
bool image_memory_read(const struct image *image, uint64_t address, void *bytes, size_t size);
bool image_memory_write(struct image *image, uint64_t address, const void *bytes, size_t size);

/* Little-endian integers of 1 to 8 bytes, likewise. */
bool image_memory_get(const struct image *image, uint64_t address, unsigned width, uint64_t *value);
bool image_memory_put(struct image *image, uint64_t address, unsigned width, uint64_t value);

/* Takes the write permission from the whole pages in [first, end), both page-aligned. */
bool image_memory_protect(const struct image_file *file, uint64_t first, uint64_t end);

/* The segment that holds the address, or NULL. */
struct image_segment *image_memory_segment(const struct image *image, uint64_t address);

/* image_symbols.c */

/* Grows an array to hold one more entry: at each power of two. False: out of memory. */
bool image_grow(void **entries, size_t count, size_t size);

struct image_symbol_table {
    Elf_Data *entries;
    Elf_Data *extended; /* section indexes that don't fit 16 bits; NULL: none */
    const char *names;
    size_t names_size;
    size_t count;
};

struct image_entry {
    GElf_Sym symbol;
    const char *name; /* in the file */
    size_t section;   /* as st_shndx, SHN_XINDEX resolved */
    bool is_special;  /* `section` is SHN_ABS, SHN_COMMON or another reserved one */
};

/* The table in a section of type SHT_SYMTAB or SHT_DYNSYM. */
bool image_symbols_open(const struct image_file *file, size_t section,
                        struct image_symbol_table *table);

/* One entry. False with an error noted: index or name out of range. */
bool image_symbols_get(const struct image_file *file, const struct image_symbol_table *table,
                       size_t index, struct image_entry *entry);

/* Adds a defined symbol, name copied; what follows an '@' (a version) is left off, but
 * for names that Microsoft's C++ begins with '?'. */
bool image_symbols_add(const struct image_file *file, const struct image_entry *entry,
                       uint64_t address, bool is_code);

/* Sorts and drops duplicates; after the last image_symbols_add. */
void image_symbols_sort(struct image *image);

/* image_undefined.c */

/* How a relocation uses its symbol. */
enum image_use { IMAGE_USE_NONE, IMAGE_USE_CALL, IMAGE_USE_REFERENCE };

/* Notes an import when the entry is an undefined global symbol, and how it is used. Weak ones stay
 * at 0, as a loader leaves them that finds them nowhere. */
bool image_imports_add(const struct image_file *file, const struct image_entry *entry,
                       enum image_use use);

/* Sorts the imports, joins duplicates, and places behind the segments: memory for those that are
 * not only called, then the import area. */
bool image_imports_place(const struct image_file *file);

/* Adds the memory at addresses that somebody gives, when all else is laid out. */
bool image_given_place(struct image *image, const struct image_request *request,
                       struct errors *errors);

/* Where such a use of an undefined symbol leads; 0: nowhere. */
uint64_t image_imports_find(const struct image *image, const char *name, enum image_use use);

/* image_relocate.c */

/* What a relocation refers to. */
struct image_target {
    const char *name;    /* "" when it has none */
    uint64_t address;    /* in memory */
    uint64_t size;       /* bytes */
    uint64_t tls_offset; /* from the start of the TLS image; is_tls only */
    uint64_t got_entry;  /* where the GOT entry made for it lies; 0: none */
    bool is_tls;
    bool is_indirect; /* `address` is the resolver of an indirect function */
};

struct image_relocation {
    unsigned type;
    uint64_t place; /* address to be changed */
    bool has_addend;
    uint64_t addend; /* else it is in the place itself */
    struct image_target target;
    uint64_t got; /* address of the global offset table; 0: none */
};

/* Which GOT entry a relocation type needs. */
enum image_got {
    IMAGE_GOT_NONE,
    IMAGE_GOT_ADDRESS,
    IMAGE_GOT_TLS,        /* the offset from the thread pointer */
    IMAGE_GOT_TLS_INDEX,  /* two words, for __tls_get_addr: the module and the offset in it... */
    IMAGE_GOT_TLS_MODULE, /* ...and the module alone */
    IMAGE_GOT_TLS_DESC,   /* two words: what to call, and the offset from the thread pointer */
    IMAGE_GOTS
};
enum image_got image_relocation_got(const struct image_file *file, unsigned type);

/* How a relocation uses its symbol, told by its type and by the two bytes of code ahead of its
 * place. */
enum image_use image_relocation_use(const struct image_file *file, unsigned type,
                                    const uint8_t before[2]);

/* Relocates one place; for an indirect function it notes the slot instead. */
bool image_relocate(const struct image_file *file, const struct image_relocation *relocation);

/* The offset from the thread pointer of the byte at `tls_offset` in the TLS image: the image ends
 * at the thread pointer, its size rounded up to its alignment (variant II). */
uint64_t image_tls_from_thread_pointer(const struct image *image, uint64_t tls_offset);

/* The offset from the start of the TLS image, below it, of a thread-local variable that is defined
 * elsewhere. 0: out of memory, or too many. */
uint64_t image_tls_outside(struct image *image, const char *name);

bool image_indirects_add(const struct image_file *file, uint64_t slot, uint64_t resolver);

/* image_program.c, image_object.c: the two ways of laying files out, and all that follows. Of
 * several ones, at least the first has to be a relocatable object or a shared one. */
bool image_load_program(struct image_file *file);
bool image_load_objects(struct image_file *files, size_t count);

/* image_program.c: the parts of laying out a file that a linker has linked, at its bias. */

/* Puts the ranges of its segments into `ranges`, with room for all its program headers. */
bool image_collect_ranges(const struct image_file *file, struct image_range *ranges, size_t *count);

/* Fills the segments, and notes what stack it asks for. */
bool image_fill_segments(const struct image_file *file);

/* Its thread-local storage; p_memsz 0: it has none. */
bool image_find_tls(const struct image_file *file, GElf_Phdr *program);

bool image_list_all_symbols(const struct image_file *file);
bool image_protect_relro(const struct image_file *file);

/* dynamic.c: relocations and constructors of what a linker has linked. */
bool image_load_dynamic(const struct image_file *file);

/* The file offset of what a program header places at `address` (the file's own, without bias) and
 * how many bytes of the file follow there. */
bool image_program_offset(const struct image_file *file, uint64_t address, uint64_t *offset,
                          uint64_t *available);

/* image_constructors.c */

/* Appends one function; 0 and -1, with which compilers pad the arrays, are left out. */
bool image_constructors_add(const struct image_file *file, uint64_t address);

/* Appends those of the sections of a static executable or a relocatable object. `addresses` says
 * where each section lies; NULL: where the file says. */
bool image_constructors_add_sections(const struct image_file *file, const uint64_t *addresses);

/* Appends the functions that an array in memory names. */
bool image_constructors_add_array(const struct image_file *file, uint64_t address, uint64_t size);

#endif
