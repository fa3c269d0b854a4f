/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image/coff.h"

#include <string.h>

/* PE images as shared objects, or as executables where their base relocations are stripped: at the
 * addresses that they were linked for, which debug information counts from. */
enum {
    PE_DIRECTORY_EXPORTS = 0,
    PE_DIRECTORY_IMPORTS = 1,
    PE_DIRECTORY_RELOCATIONS = 5,
    PE_DIRECTORY_CLR = 14,

    PE_STRIPPED = 1, /* flag of the file: no base relocations */

    PE_RELOCATION_NONE = 0,
    PE_RELOCATION_32 = 3,
    PE_RELOCATION_64 = 10
};
#define PE_SECTIONS 256u /* more than that are refused; Windows itself took 96 for long */

struct pe {
    struct coff *coff;
    uint64_t base, headers, entry; /* ImageBase, SizeOfHeaders, AddressOfEntryPoint */
    uint64_t directories, directories_count;
};

/* A relative virtual address, in the file: its offset, and how many bytes are there. */
static uint64_t pe_offset(const struct pe *pe, uint64_t rva, uint64_t *available) {
    const struct coff *coff = pe->coff;

    for (size_t i = 1; i <= coff->sections_count; i++) {
        const struct coff_section *section = &coff->sections[i];

        if (rva < section->address || rva - section->address >= section->size)
            continue;
        *available = section->size - (rva - section->address);
        return section->offset + (rva - section->address);
    }
    *available = rva < pe->headers ? pe->headers - rva : 0;
    return rva;
}

static uint64_t pe_get(const struct pe *pe, uint64_t rva, unsigned width) {
    uint64_t available, offset = pe_offset(pe, rva, &available);

    return available < width ? 0 : coff_get(pe->coff, offset, width);
}

/* The text at an address; NULL: none ends in the file. */
static const char *pe_text(const struct pe *pe, uint64_t rva, size_t *length) {
    uint64_t available, offset = pe_offset(pe, rva, &available);
    const char *text = (const char *)pe->coff->bytes + offset, *end;

    if (!coff_holds(pe->coff, offset, available))
        return NULL;
    end = memchr(text, 0, (size_t)available);
    *length = end ? (size_t)(end - text) : 0;
    return end ? text : NULL;
}

/* A directory's address and size; 0: it has none. */
static uint64_t pe_directory(const struct pe *pe, unsigned number, uint64_t *size) {
    uint64_t at = pe->directories + 8 * (uint64_t)number;

    *size = number < pe->directories_count ? coff_get(pe->coff, at + 4, 4) : 0;
    return *size > 0 ? coff_get(pe->coff, at, 4) : 0;
}

static bool pe_open(struct pe *pe, struct coff *coff) {
    uint64_t at = coff->header, wide = coff->word == 8 ? 16 : 0, size;
    unsigned magic = (unsigned)coff_get(coff, at, 2);

    if (coff->optional_size < 96 + wide || magic != (coff->word == 8 ? 0x20b : 0x10b))
        return image_fail(coff->file, "the optional header is missing, broken or for another "
                                      "machine than the file's");
    *pe = (struct pe){.coff = coff,
                      .base =
                          coff->word == 8 ? coff_get(coff, at + 24, 8) : coff_get(coff, at + 28, 4),
                      .headers = coff_get(coff, at + 60, 4),
                      .entry = coff_get(coff, at + 16, 4),
                      .directories = at + 96 + wide,
                      .directories_count = coff_get(coff, at + 92 + wide, 4)};
    if (pe->directories_count > (coff->optional_size - 96 - wide) / 8)
        pe->directories_count = (coff->optional_size - 96 - wide) / 8;
    if (coff->sections_count > PE_SECTIONS)
        return image_fail(coff->file, "%zu sections: more than %u are not supported",
                          coff->sections_count, PE_SECTIONS);
    if (pe_directory(pe, PE_DIRECTORY_CLR, &size) > 0)
        return image_fail(coff->file, "managed code (.NET), which no processor runs as it is");
    return true;
}

/* --- Memory. --- */

static bool pe_place_section(struct pe *pe, size_t number) {
    struct coff *coff = pe->coff;
    const struct coff_section *section = &coff->sections[number];
    uint64_t memory = section->virtual_size > 0 ? section->virtual_size : section->size;
    uint64_t held = section->size < memory ? section->size : memory;
    bool runs = section->flags & COFF_SECTION_EXECUTE, writes = section->flags & COFF_SECTION_WRITE;
    bool is_loaded = memory > 0 && !section->is_debug;

    if (!coff_check_section(coff, section))
        return false;
    draft_set(&coff->draft, number,
              &(struct draft_section){
                  .name = draft_section_name(&coff->draft, section->name, section->name_length),
                  .type = held > 0 ? SHT_PROGBITS : SHT_NOBITS,
                  .flags = is_loaded
                               ? SHF_ALLOC | (writes ? SHF_WRITE : 0u) | (runs ? SHF_EXECINSTR : 0u)
                               : 0,
                  .address = is_loaded ? pe->base + section->address : 0,
                  .where = DRAFT_FILE,
                  .offset = section->offset,
                  .size = held > 0 ? held : memory,
                  .alignment = 1,
              });
    if (is_loaded)
        draft_program(&coff->draft,
                      &(struct draft_program){
                          .permissions = PF_R | (writes ? PF_W : 0u) | (runs ? PF_X : 0u),
                          .offset = section->offset,
                          .address = pe->base + section->address,
                          .file_size = held,
                          .memory_size = memory,
                      });
    return true;
}

/* The headers are in memory too: code finds its own image there. */
static bool pe_place(struct pe *pe) {
    if (!coff_holds(pe->coff, 0, pe->headers))
        return image_fail(pe->coff->file, "the headers lie beyond the end of the file; it may be "
                                          "truncated");
    if (pe->headers > 0)
        draft_program(&pe->coff->draft, &(struct draft_program){.permissions = PF_R,
                                                                .address = pe->base,
                                                                .file_size = pe->headers,
                                                                .memory_size = pe->headers});
    for (size_t i = 1; i <= pe->coff->sections_count; i++) {
        if (!pe_place_section(pe, i))
            return false;
    }
    return true;
}

/* --- Base relocations. --- */

static bool pe_relocate(struct pe *pe, uint64_t rva, unsigned type) {
    struct coff *coff = pe->coff;
    unsigned wanted = coff->word == 8 ? PE_RELOCATION_64 : PE_RELOCATION_32;

    if (type == PE_RELOCATION_NONE)
        return true;
    if (type == PE_RELOCATION_32 && coff->word == 8)
        return image_fail(coff->file,
                          "a base relocation of 32 bits at %#llx: 64-bit code is "
                          "loaded above 4 GiB here; link with "
                          "/LARGEADDRESSAWARE",
                          (unsigned long long)rva);
    if (type != wanted)
        return image_fail(coff->file, "unknown type %u of base relocation at %#llx", type,
                          (unsigned long long)rva);
    draft_relocation(&coff->draft, pe->base + rva, 0,
                     coff->word == 8 ? R_X86_64_RELATIVE : R_386_RELATIVE,
                     pe_get(pe, rva, coff->word));
    return true;
}

/* Blocks, each for a page: its address, the block's size, and 16 bits a relocation. */
static bool pe_relocate_all(struct pe *pe) {
    uint64_t size, at = pe_directory(pe, PE_DIRECTORY_RELOCATIONS, &size), available;

    if (at == 0)
        return true;
    pe_offset(pe, at, &available);
    if (size > available)
        return image_fail(pe->coff->file, "the base relocations reach beyond their section");
    while (size >= 8) {
        uint64_t page = pe_get(pe, at, 4), block = pe_get(pe, at + 4, 4);

        if (block == 0 && page == 0)
            break;
        if (block < 8 || block > size)
            return image_fail(pe->coff->file, "a block of base relocations has %llu bytes",
                              (unsigned long long)block);
        for (uint64_t i = 8; i + 2 <= block; i += 2) {
            unsigned entry = (unsigned)pe_get(pe, at + i, 2);

            if (!pe_relocate(pe, page + (entry & 0xfff), entry >> 12))
                return false;
        }
        at += block;
        size -= block;
    }
    return true;
}

/* --- Symbols. --- */

/* The section that holds an address; 0: none. */
static size_t pe_section(const struct pe *pe, uint64_t rva) {
    for (size_t i = 1; i <= pe->coff->sections_count; i++) {
        const struct coff_section *section = &pe->coff->sections[i];
        uint64_t size =
            section->virtual_size > section->size ? section->virtual_size : section->size;

        if (rva >= section->address && rva - section->address < size)
            return i;
    }
    return 0;
}

static void pe_define(struct pe *pe, const char *name, size_t length, uint64_t rva) {
    size_t section = pe_section(pe, rva);
    bool runs = section > 0 && pe->coff->sections[section].flags & COFF_SECTION_EXECUTE;

    if (section > 0)
        draft_symbol(&pe->coff->draft,
                     &(struct draft_symbol){
                         .name = draft_name(&pe->coff->draft, name, length),
                         .info = ELF32_ST_INFO(STB_GLOBAL, runs ? STT_FUNC : STT_OBJECT),
                         .section = section,
                         .value = pe->base + rva,
                     });
}

/* Exported names; those that only lead to other files have an address within the directory. */
static bool pe_add_exports(struct pe *pe) {
    uint64_t size, at = pe_directory(pe, PE_DIRECTORY_EXPORTS, &size);
    uint64_t functions = pe_get(pe, at + 28, 4), names = pe_get(pe, at + 32, 4);
    uint64_t ordinals = pe_get(pe, at + 36, 4), count = pe_get(pe, at + 24, 4), available;

    if (at == 0)
        return true;
    pe_offset(pe, names, &available);
    if (count > available / 4)
        return image_fail(pe->coff->file, "the exported names reach beyond their section");
    for (uint64_t i = 0; i < count; i++) {
        size_t length = 0;
        const char *name = pe_text(pe, pe_get(pe, names + 4 * i, 4), &length);
        uint64_t ordinal = pe_get(pe, ordinals + 2 * i, 2);
        uint64_t rva = pe_get(pe, functions + 4 * ordinal, 4);

        if (!name)
            return image_fail(pe->coff->file, "the name of export %llu lies outside of the file",
                              (unsigned long long)i);
        if (rva - at < size)
            continue;
        if (!coff_charge_name(pe->coff, length))
            return false;
        coff_undecorate(pe->coff, &name, &length);
        pe_define(pe, name, length, rva);
    }
    return true;
}

/* A word that the loader fills with an imported function's address. */
static bool pe_import(struct pe *pe, uint64_t slot, uint64_t thunk) {
    struct coff *coff = pe->coff;
    bool by_number = thunk >> (8 * coff->word - 1);
    char number[16] = "";
    const char *name = number;
    size_t length = 0, symbol;

    if (by_number)
        length = (size_t)snprintf(number, sizeof number, "ordinal_%u", (unsigned)thunk & 0xffff);
    else
        name = pe_text(pe, (uint32_t)thunk + UINT64_C(2), &length);
    if (!name)
        return image_fail(coff->file, "the name of an imported function lies outside of the file");
    if (!coff_charge_name(coff, length))
        return false;
    coff_undecorate(coff, &name, &length);
    symbol = draft_symbol(&coff->draft,
                          &(struct draft_symbol){.name = draft_name(&coff->draft, name, length),
                                                 .info = ELF32_ST_INFO(STB_GLOBAL, STT_FUNC),
                                                 .section = SHN_UNDEF});
    draft_relocation(&coff->draft, pe->base + slot, symbol,
                     coff->word == 8 ? R_X86_64_JUMP_SLOT : R_386_JMP_SLOT, 0);
    return true;
}

/* Descriptors of 20 bytes, a library each: names to look up, and where the addresses go. */
static bool pe_add_imports(struct pe *pe) {
    uint64_t size, at = pe_directory(pe, PE_DIRECTORY_IMPORTS, &size), left = pe->coff->size;

    for (; at > 0 && size >= 20; at += 20, size -= 20) {
        uint64_t slots = pe_get(pe, at + 16, 4), names = pe_get(pe, at, 4), thunk;
        unsigned word = pe->coff->word;

        if (slots == 0)
            break;
        if (names == 0)
            names = slots;
        for (; (thunk = pe_get(pe, names, word)) != 0; names += word, slots += word) {
            if (left < word) /* descriptors that share one list */
                return image_fail(pe->coff->file, "the imports overlap too often");
            left -= word;
            if (!pe_import(pe, slots, thunk))
                return false;
        }
    }
    return true;
}

bool coff_draft_program(struct coff *coff, unsigned *type) {
    static const char start[] = "AddressOfEntryPoint"; /* as the format's document has it */
    unsigned flags = (unsigned)coff_get(coff, coff->header - 2, 2);
    uint64_t size;
    struct pe pe;

    if (!pe_open(&pe, coff) || !pe_place(&pe) || !coff_symbols_add(coff, pe.base) ||
        !pe_add_exports(&pe) || !pe_add_imports(&pe) || !pe_relocate_all(&pe))
        return false;
    if (pe.entry > 0)
        pe_define(&pe, start, sizeof start - 1, pe.entry);
    draft_relocations(&coff->draft, 0);
    *type = flags & PE_STRIPPED && pe_directory(&pe, PE_DIRECTORY_RELOCATIONS, &size) == 0 ? ET_EXEC
                                                                                           : ET_DYN;
    coff->file->image_base = pe.base;
    return true;
}
