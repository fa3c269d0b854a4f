/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image/coff.h"

#include <stdlib.h>
#include <string.h>

#define COFF_HEADER 20u      /* bytes */
#define COFF_HEADER_BIG 56u  /* of an object with more than 65,279 sections (/bigobj) */
#define COFF_SECTION 40u     /* a section's header */
#define COFF_SECTIONS 32000u /* more than that are refused: ELF counts 65,279, relocations too */
#define COFF_NAMES_SHARE 4u  /* bytes of names for a byte of the file: some share an end */

uint64_t coff_get(const struct coff *coff, uint64_t offset, unsigned width) {
    uint64_t value = 0;

    if (!coff_holds(coff, offset, width))
        return 0;
    for (unsigned i = 0; i < width; i++)
        value |= (uint64_t)coff->bytes[offset + i] << 8 * i;
    return value;
}

bool coff_holds(const struct coff *coff, uint64_t offset, uint64_t size) {
    return offset <= coff->size && size <= coff->size - offset;
}

bool coff_check_section(const struct coff *coff, const struct coff_section *section) {
    return coff_holds(coff, section->offset, section->size) ||
           image_fail(coff->file,
                      "section %.*s lies beyond the end of the file; it may be truncated",
                      (int)section->name_length, section->name);
}

bool coff_charge_name(struct coff *coff, size_t length) {
    if (length > coff->names_left)
        return image_fail(coff->file, "the names of sections and symbols overlap too often");
    coff->names_left -= length;
    return true;
}

void coff_undecorate(const struct coff *coff, const char **name, size_t *length) {
    const char *at;

    if (coff->word == 8 || *length < 2 || ((*name)[0] != '_' && (*name)[0] != '@'))
        return;
    at = memrchr(*name + 1, '@', *length - 1);
    if (at)
        *length = (size_t)(at - *name);
    (*name)++;
    (*length)--;
}

/* --- What kind of file it is. --- */

static const struct {
    unsigned machine;
    const char *name;
} coff_machines[] = {
    {COFF_MACHINE_I386, NULL},
    {COFF_MACHINE_AMD64, NULL},
    {0xaa64, "AArch64"},
    {0xa641, "ARM64EC"},
    {0x1c0, "ARM"},
    {0x1c4, "ARM"},
    {0x200, "Itanium"},
    {0x5064, "RISC-V"},
    {0x6264, "LoongArch"},
    {0xebc, "EFI byte code"},
};

static bool coff_is_machine(unsigned machine) {
    for (size_t i = 0; i < sizeof coff_machines / sizeof *coff_machines; i++) {
        if (coff_machines[i].machine == machine)
            return true;
    }
    return false;
}

/* Where the PE header of a program is; 0: it is none. */
static uint64_t coff_program_header(const struct coff *coff) {
    uint64_t at = coff_get(coff, 0x3c, 4);

    return coff_holds(coff, at, 4) && memcmp(coff->bytes, "MZ", 2) == 0 &&
                   memcmp(coff->bytes + at, "PE\0\0", 4) == 0
               ? at
               : 0;
}

/* Objects have no magic number: a machine's one, sections, no optional header. */
static bool coff_is_object(const struct coff *coff) {
    return coff->size >= COFF_HEADER && coff_is_machine((unsigned)coff_get(coff, 0, 2)) &&
           coff_get(coff, 16, 2) == 0 &&
           coff_holds(coff, COFF_HEADER, coff_get(coff, 2, 2) * COFF_SECTION);
}

/* What begins with 0, 0xffff is an object of another kind, by its version. */
static bool coff_is_anonymous(const struct coff *coff) {
    return coff->size >= COFF_HEADER && coff_get(coff, 0, 4) == 0xffff0000u &&
           coff_get(coff, 4, 2) <= 2 && coff_is_machine((unsigned)coff_get(coff, 6, 2));
}

bool image_is_coff(const uint8_t *bytes, size_t size) {
    struct coff coff = {.bytes = bytes, .size = size};

    return size >= COFF_HEADER &&
           (coff_program_header(&coff) > 0 || coff_is_anonymous(&coff) || coff_is_object(&coff));
}

static bool coff_check_machine(struct coff *coff, unsigned machine) {
    coff->word = machine == COFF_MACHINE_AMD64 ? 8 : 4;
    if (machine == COFF_MACHINE_AMD64 || machine == COFF_MACHINE_I386)
        return true;
    for (size_t i = 0; i < sizeof coff_machines / sizeof *coff_machines; i++) {
        if (coff_machines[i].machine == machine)
            return image_fail(coff->file, "the file is for %s; build it for x86-64 or i386",
                              coff_machines[i].name);
    }
    return image_fail(coff->file, "the file is for machine number %#x; build it for x86-64 or i386",
                      machine);
}

/* --- Headers. --- */

/* The string table follows the symbols, and begins with its size. */
static bool coff_open_symbols(struct coff *coff) {
    coff->symbol_size = coff->is_big ? 20 : 18;
    if (coff->symbols == 0 || coff->symbols_count == 0) {
        coff->symbols_count = 0;
        return true;
    }
    if (!coff_holds(coff, coff->symbols, coff->symbols_count * coff->symbol_size))
        return image_fail(coff->file, "the symbols lie beyond the end of the file; it may be "
                                      "truncated");
    coff->strings = coff->symbols + coff->symbols_count * coff->symbol_size;
    coff->strings_size = coff_get(coff, coff->strings, 4);
    if (coff->strings_size > coff->size - coff->strings)
        return image_fail(coff->file, "the names of symbols lie beyond the end of the file; it may "
                                      "be truncated");
    return true;
}

bool coff_long_name(struct coff *coff, uint64_t offset, const char **name, size_t *length) {
    uint64_t left = offset < coff->strings_size ? coff->strings_size - offset : 0;
    const char *at = (const char *)coff->bytes + coff->strings + offset;
    const char *end = left > 0 ? memchr(at, 0, (size_t)left) : NULL;

    if (!end)
        return image_fail(coff->file, "a name lies outside of the string table");
    *name = at;
    *length = (size_t)(end - at);
    return coff_charge_name(coff, *length);
}

/* "/123" is a decimal offset in the string table, "//" one of six digits to the base of 64. */
static bool coff_section_name(struct coff *coff, struct coff_section *section) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *text = section->short_name;
    uint64_t offset = 0;

    section->name = text;
    section->name_length = strlen(text);
    if (text[0] == '/' && text[1] == '/') {
        for (text += 2; *text; text++) {
            const char *digit = strchr(digits, *text);

            offset = 64 * offset + (digit ? (uint64_t)(digit - digits) : 0);
        }
    } else if (text[0] == '/' && text[1] >= '0' && text[1] <= '9') {
        offset = strtoull(text + 1, NULL, 10);
    }
    return offset == 0 || coff_long_name(coff, offset, &section->name, &section->name_length);
}

static bool coff_read_section(struct coff *coff, uint64_t at, struct coff_section *section) {
    memcpy(section->short_name, coff->bytes + at, 8);
    section->virtual_size = (uint32_t)coff_get(coff, at + 8, 4);
    section->address = (uint32_t)coff_get(coff, at + 12, 4);
    section->size = (uint32_t)coff_get(coff, at + 16, 4);
    section->offset = (uint32_t)coff_get(coff, at + 20, 4);
    section->relocations = (uint32_t)coff_get(coff, at + 24, 4);
    section->relocations_count = (uint32_t)coff_get(coff, at + 32, 2);
    section->flags = (uint32_t)coff_get(coff, at + 36, 4);
    if (!coff_section_name(coff, section))
        return false;
    section->is_debug = section->name_length >= 6 && memcmp(section->name, ".debug", 6) == 0;
    return true;
}

static bool coff_open_sections(struct coff *coff, uint64_t at, size_t count) {
    if (count > COFF_SECTIONS)
        return image_fail(coff->file, "%zu sections: more than %u are not supported", count,
                          COFF_SECTIONS);
    if (!coff_holds(coff, at, (uint64_t)count * COFF_SECTION))
        return image_fail(coff->file, "the section headers lie beyond the end of the file; it may "
                                      "be truncated");
    coff->sections = calloc(count + 1, sizeof *coff->sections);
    if (!coff->sections)
        return image_fail(coff->file, "out of memory");
    coff->sections_count = count;
    for (size_t i = 1; i <= count; i++) {
        if (!coff_read_section(coff, at + (i - 1) * COFF_SECTION, &coff->sections[i]))
            return false;
    }
    return true;
}

static bool coff_open_anonymous(struct coff *coff) {
    if (coff_get(coff, 4, 2) == 0)
        return image_fail(coff->file, "a member of an import library, which has no code: give the "
                                      "library that it names");
    if (coff_get(coff, 4, 2) == 1)
        return image_fail(coff->file, "a compiler's intermediate code: build without /GL or -flto");
    coff->is_big = true;
    coff->symbols = coff_get(coff, 48, 4);
    coff->symbols_count = (size_t)coff_get(coff, 52, 4);
    return coff_check_machine(coff, (unsigned)coff_get(coff, 6, 2)) && coff_open_symbols(coff) &&
           coff_open_sections(coff, COFF_HEADER_BIG, (size_t)coff_get(coff, 44, 4));
}

static bool coff_open(struct coff *coff) {
    uint64_t at = coff_program_header(coff), sections;

    coff->names_left = COFF_NAMES_SHARE * (uint64_t)coff->size;
    if (at == 0 && coff_is_anonymous(coff))
        return coff_open_anonymous(coff);
    coff->is_program = at > 0;
    at += coff->is_program ? 4 : 0;
    if (!coff_holds(coff, at, COFF_HEADER))
        return image_fail(coff->file, "the header lies beyond the end of the file; it may be "
                                      "truncated");
    coff->header = at + COFF_HEADER;
    coff->optional_size = coff_get(coff, at + 16, 2);
    coff->symbols = coff_get(coff, at + 8, 4);
    coff->symbols_count = (size_t)coff_get(coff, at + 12, 4);
    sections = coff_get(coff, at + 2, 2);
    return coff_check_machine(coff, (unsigned)coff_get(coff, at, 2)) && coff_open_symbols(coff) &&
           coff_open_sections(coff, coff->header + coff->optional_size, (size_t)sections);
}

bool image_rewrite_coff(struct image_file *file) {
    struct coff coff = {.file = file, .bytes = file->bytes, .size = file->size};
    unsigned type = ET_REL;
    size_t size = 0;
    uint8_t *bytes = NULL;
    bool ok;

    ok = coff_open(&coff);
    if (ok) {
        draft_open(&coff.draft, coff.word, coff.sections_count);
        ok = coff.is_program ? coff_draft_program(&coff, &type) : coff_draft_object(&coff);
    }
    if (ok) {
        bytes = draft_write(&coff.draft, type, coff.word == 8 ? EM_X86_64 : EM_386, file->bytes,
                            file->size, &size);
        ok = bytes || image_fail(file, "out of memory");
    }
    draft_close(&coff.draft);
    free(coff.sections);
    free(coff.slots);
    if (!ok)
        return false;
    image_file_replace(file, bytes, size);
    return true;
}
