/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image/draft.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#define DRAFT_ALIGNMENT 16u /* of the parts in the file */

/* The sections behind those of the other file. */
enum { DRAFT_SYMBOL_SECTION = 1, DRAFT_NAME_SECTION, DRAFT_SECTION_NAME_SECTION };

static bool draft_reserve(struct draft *draft, struct draft_bytes *bytes, size_t size) {
    size_t capacity = 2 * (bytes->size + size) + 256;
    uint8_t *grown;

    if (draft->lost || size <= bytes->capacity - bytes->size)
        return !draft->lost;
    grown = realloc(bytes->at, capacity);
    if (grown) {
        bytes->at = grown;
        bytes->capacity = capacity;
    }
    draft->lost = !grown;
    return !draft->lost;
}

static void draft_add(struct draft *draft, struct draft_bytes *bytes, const void *from,
                      size_t size) {
    if (size == 0 || !draft_reserve(draft, bytes, size))
        return;
    memcpy(bytes->at + bytes->size, from, size);
    bytes->size += size;
}

static void draft_put(struct draft *draft, struct draft_bytes *bytes, unsigned width,
                      uint64_t value) {
    uint8_t little[8];

    for (unsigned i = 0; i < width; i++)
        little[i] = (uint8_t)(value >> 8 * i);
    draft_add(draft, bytes, little, width);
}

static void draft_pad(struct draft *draft, struct draft_bytes *bytes) {
    static const uint8_t zeros[DRAFT_ALIGNMENT];

    draft_add(draft, bytes, zeros, -bytes->size % DRAFT_ALIGNMENT);
}

void draft_open(struct draft *draft, unsigned word, size_t sections) {
    *draft = (struct draft){.word = word};
    draft->sections_own = sections;
    draft->sections_count = sections + 1 + DRAFT_SECTION_NAME_SECTION;
    draft->sections = calloc(draft->sections_count, sizeof *draft->sections);
    draft->lost = !draft->sections;
    draft_put(draft, &draft->names, 1, 0);
    draft_put(draft, &draft->section_names, 1, 0);
    draft_symbol(draft, &(struct draft_symbol){.section = SHN_UNDEF});
}

void draft_close(struct draft *draft) {
    free(draft->relocations.at);
    free(draft->symbols.at);
    free(draft->names.at);
    free(draft->section_names.at);
    free(draft->sections);
    free(draft->programs);
    *draft = (struct draft){.lost = true};
}

static uint32_t draft_text(struct draft *draft, struct draft_bytes *bytes, const char *name,
                           size_t length) {
    uint32_t at = (uint32_t)bytes->size;

    if (length == 0)
        return 0;
    draft_add(draft, bytes, name, length);
    draft_put(draft, bytes, 1, 0);
    draft->lost |= bytes->size > UINT32_MAX;
    return at;
}

uint32_t draft_name(struct draft *draft, const char *name, size_t length) {
    return draft_text(draft, &draft->names, name, length);
}

uint32_t draft_section_name(struct draft *draft, const char *name, size_t length) {
    return draft_text(draft, &draft->section_names, name, length);
}

void draft_set(struct draft *draft, size_t number, const struct draft_section *section) {
    if (!draft->lost)
        draft->sections[number] = *section;
}

size_t draft_append(struct draft *draft, const struct draft_section *section) {
    struct draft_section *grown =
        draft->lost ? NULL
                    : reallocarray(draft->sections, draft->sections_count + 1, sizeof *grown);

    draft->lost |= !grown;
    if (!grown)
        return 0;
    draft->sections = grown;
    grown[draft->sections_count] = *section;
    return draft->sections_count++;
}

size_t draft_symbol(struct draft *draft, const struct draft_symbol *symbol) {
    struct draft_bytes *bytes = &draft->symbols;

    draft_put(draft, bytes, 4, symbol->name);
    if (draft->word == 4) {
        draft_put(draft, bytes, 4, symbol->value);
        draft_put(draft, bytes, 4, symbol->size);
    }
    draft_put(draft, bytes, 1, symbol->info);
    draft_put(draft, bytes, 1, STV_DEFAULT);
    draft_put(draft, bytes, 2, symbol->section);
    if (draft->word == 8) {
        draft_put(draft, bytes, 8, symbol->value);
        draft_put(draft, bytes, 8, symbol->size);
    }
    return draft->symbols_count++;
}

void draft_program(struct draft *draft, const struct draft_program *program) {
    struct draft_program *grown =
        draft->lost ? NULL
                    : reallocarray(draft->programs, draft->programs_count + 1, sizeof *grown);

    draft->lost |= !grown;
    if (!grown)
        return;
    draft->programs = grown;
    grown[draft->programs_count++] = *program;
}

void draft_relocation(struct draft *draft, uint64_t place, size_t symbol, unsigned type,
                      uint64_t addend) {
    struct draft_bytes *bytes = &draft->relocations;

    draft_put(draft, bytes, draft->word, place);
    draft_put(draft, bytes, draft->word,
              draft->word == 8 ? (uint64_t)symbol << 32 | type : (uint64_t)symbol << 8 | type);
    draft_put(draft, bytes, draft->word, addend);
}

void draft_relocations(struct draft *draft, size_t target) {
    size_t size = draft->relocations.size - draft->relocations_done;

    if (size == 0)
        return;
    draft_append(draft, &(struct draft_section){
                            .name = draft_section_name(draft, ".rela", 5),
                            .type = SHT_RELA,
                            .flags = target == 0 ? SHF_ALLOC : SHF_INFO_LINK,
                            .where = DRAFT_RELOCATIONS,
                            .offset = draft->relocations_done,
                            .size = size,
                            .alignment = draft->word,
                            .entry_size = 3 * draft->word,
                            .link = draft->sections_own + DRAFT_SYMBOL_SECTION,
                            .info = target,
                        });
    draft->relocations_done = draft->relocations.size;
}

static void draft_add_tables(struct draft *draft) {
    size_t own = draft->sections_own;
    uint32_t names[] = {draft_section_name(draft, ".symtab", 7),
                        draft_section_name(draft, ".strtab", 7),
                        draft_section_name(draft, ".shstrtab", 9)};

    draft_set(draft, own + DRAFT_SYMBOL_SECTION,
              &(struct draft_section){.name = names[0],
                                      .type = SHT_SYMTAB,
                                      .where = DRAFT_SYMBOLS,
                                      .size = draft->symbols.size,
                                      .alignment = draft->word,
                                      .entry_size = draft->word == 8 ? 24 : 16,
                                      .link = own + DRAFT_NAME_SECTION,
                                      .info = 1});
    draft_set(draft, own + DRAFT_NAME_SECTION,
              &(struct draft_section){.name = names[1],
                                      .type = SHT_STRTAB,
                                      .where = DRAFT_NAMES,
                                      .size = draft->names.size,
                                      .alignment = 1});
    draft_set(draft, own + DRAFT_SECTION_NAME_SECTION,
              &(struct draft_section){.name = names[2],
                                      .type = SHT_STRTAB,
                                      .where = DRAFT_SECTION_NAMES,
                                      .size = draft->section_names.size,
                                      .alignment = 1});
}

/* The header, whose sections begin at `sections`. */
static void draft_put_header(struct draft *draft, struct draft_bytes *out, unsigned type,
                             unsigned machine, uint64_t sections) {
    unsigned word = draft->word;
    size_t header = word == 8 ? 64 : 52;
    const uint8_t ident[EI_NIDENT] = {
        0x7f, 'E', 'L', 'F', word == 8 ? ELFCLASS64 : ELFCLASS32, ELFDATA2LSB, EV_CURRENT};

    draft_add(draft, out, ident, sizeof ident);
    draft_put(draft, out, 2, type);
    draft_put(draft, out, 2, machine);
    draft_put(draft, out, 4, EV_CURRENT);
    draft_put(draft, out, word, 0); /* entry point */
    draft_put(draft, out, word, draft->programs_count > 0 ? header : 0);
    draft_put(draft, out, word, sections);
    draft_put(draft, out, 4, 0);
    draft_put(draft, out, 2, header);
    draft_put(draft, out, 2, word == 8 ? 56 : 32);
    draft_put(draft, out, 2, draft->programs_count);
    draft_put(draft, out, 2, word == 8 ? 64 : 40);
    draft_put(draft, out, 2, draft->sections_count);
    draft_put(draft, out, 2, draft->sections_own + DRAFT_SECTION_NAME_SECTION);
}

static void draft_put_program(struct draft *draft, struct draft_bytes *out,
                              const struct draft_program *program, uint64_t file) {
    unsigned word = draft->word;

    draft_put(draft, out, 4, PT_LOAD);
    if (word == 8)
        draft_put(draft, out, 4, program->permissions);
    draft_put(draft, out, word, file + program->offset);
    draft_put(draft, out, word, program->address);
    draft_put(draft, out, word, program->address);
    draft_put(draft, out, word, program->file_size);
    draft_put(draft, out, word, program->memory_size);
    if (word == 4)
        draft_put(draft, out, 4, program->permissions);
    draft_put(draft, out, word, 1);
}

static void draft_put_section(struct draft *draft, struct draft_bytes *out,
                              const struct draft_section *section, const uint64_t *offsets) {
    unsigned word = draft->word;

    draft_put(draft, out, 4, section->name);
    draft_put(draft, out, 4, section->type);
    draft_put(draft, out, word, section->flags);
    draft_put(draft, out, word, section->address);
    draft_put(draft, out, word, offsets[section->where] + section->offset);
    draft_put(draft, out, word, section->size);
    draft_put(draft, out, 4, section->link);
    draft_put(draft, out, 4, section->info);
    draft_put(draft, out, word, section->alignment);
    draft_put(draft, out, word, section->entry_size);
}

uint8_t *draft_write(struct draft *draft, unsigned type, unsigned machine, const uint8_t *bytes,
                     size_t bytes_size, size_t *size) {
    uint64_t offsets[DRAFT_WHERES] = {0}, at;
    struct draft_bytes out = {NULL, 0, 0};

    draft_add_tables(draft);
    if (draft->lost)
        return NULL;
    at = draft->word == 8 ? 64 + 56 * (uint64_t)draft->programs_count
                          : 52 + 32 * (uint64_t)draft->programs_count;
    const struct {
        enum draft_where where;
        const uint8_t *from;
        size_t size;
    } parts[] = {
        {DRAFT_RELOCATIONS, draft->relocations.at, draft->relocations.size},
        {DRAFT_SYMBOLS, draft->symbols.at, draft->symbols.size},
        {DRAFT_NAMES, draft->names.at, draft->names.size},
        {DRAFT_SECTION_NAMES, draft->section_names.at, draft->section_names.size},
        {DRAFT_FILE, bytes, bytes_size},
    };

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        at += -at % DRAFT_ALIGNMENT;
        offsets[parts[i].where] = at;
        at += parts[i].size;
    }
    draft_reserve(draft, &out, (size_t)at + draft->sections_count * 64 + DRAFT_ALIGNMENT);
    draft_put_header(draft, &out, type, machine, at + -at % DRAFT_ALIGNMENT);
    for (size_t i = 0; i < draft->programs_count; i++)
        draft_put_program(draft, &out, &draft->programs[i], offsets[DRAFT_FILE]);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        draft_pad(draft, &out);
        draft_add(draft, &out, parts[i].from, parts[i].size);
    }
    draft_pad(draft, &out);
    for (size_t i = 0; i < draft->sections_count; i++)
        draft_put_section(draft, &out, &draft->sections[i], offsets);
    if (draft->lost) {
        free(out.at);
        return NULL;
    }
    *size = out.size;
    return out.at;
}
