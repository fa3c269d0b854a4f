/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_IMAGE_DRAFT_H
#define HVSPEC_EMULATOR_IMAGE_DRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * An ELF file in the making, for code that came in a file of another format. That file's bytes are
 * part of it as they are, so that sections of both show the same ones. Little-endian on any host.
 * When memory runs out the draft is `lost`, and nothing else need be looked at before the end.
 */
struct draft_bytes {
    uint8_t *at; /* owned */
    size_t size, capacity;
};

enum draft_where {
    DRAFT_NOWHERE, /* no bytes */
    DRAFT_FILE,    /* in the other file, at `offset` */
    DRAFT_RELOCATIONS,
    DRAFT_SYMBOLS,
    DRAFT_NAMES,
    DRAFT_SECTION_NAMES,
    DRAFT_WHERES
};

struct draft_section {
    uint32_t name; /* from draft_section_name */
    unsigned type; /* SHT_... */
    uint64_t flags, address;
    enum draft_where where;
    uint64_t offset, size, alignment, entry_size;
    size_t link, info;
};

struct draft_symbol {
    uint32_t name;  /* from draft_name */
    unsigned info;  /* GELF_ST_INFO */
    size_t section; /* or SHN_... */
    uint64_t value, size;
};

struct draft_program {
    unsigned permissions; /* PF_... */
    uint64_t offset;      /* in the other file */
    uint64_t address, file_size, memory_size;
};

struct draft {
    unsigned word; /* bytes of an address: 4 or 8 */
    struct draft_bytes relocations, symbols, names, section_names;
    struct draft_section *sections; /* owned; the first one is the empty one */
    size_t sections_count, sections_own;
    struct draft_program *programs; /* owned */
    size_t programs_count, symbols_count;
    size_t relocations_done; /* bytes that belong to a section already */
    bool lost;
};

/* Makes the empty symbol and sections 1 to `sections`, which draft_set fills. */
void draft_open(struct draft *draft, unsigned word, size_t sections);
void draft_close(struct draft *draft);

/* Names, of `length` bytes. */
uint32_t draft_name(struct draft *draft, const char *name, size_t length);
uint32_t draft_section_name(struct draft *draft, const char *name, size_t length);

void draft_set(struct draft *draft, size_t number, const struct draft_section *section);

/* Appends a section, and gives its number. */
size_t draft_append(struct draft *draft, const struct draft_section *section);

/* Appends a symbol, and gives its number. */
size_t draft_symbol(struct draft *draft, const struct draft_symbol *symbol);

void draft_program(struct draft *draft, const struct draft_program *program);

/* Notes a relocation with an addend, for the section that draft_relocations makes of all that were
 * noted since the last one: those of section `target` (0: of a program). */
void draft_relocation(struct draft *draft, uint64_t place, size_t symbol, unsigned type,
                      uint64_t addend);
void draft_relocations(struct draft *draft, size_t target);

/* The whole file around the other one's bytes; the caller frees. NULL: out of memory. `type` and
 * `machine`: ET_..., EM_... */
uint8_t *draft_write(struct draft *draft, unsigned type, unsigned machine, const uint8_t *bytes,
                     size_t bytes_size, size_t *size);

#endif
