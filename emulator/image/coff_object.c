/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image/coff.h"

#include <string.h>

/* Objects of COFF as relocatable ELF objects: sections under their own numbers, and relocations
 * with the addends that COFF leaves in the code. */

#define COFF_RELOCATION 10u /* bytes */

/* What a relocation type is in ELF. The addend lies in `width` bytes; the place counts from
 * `behind` bytes after it. */
struct coff_relocation_type {
    unsigned type, width;
    int elf; /* -1: refused */
    unsigned behind;
    bool from_base; /* counts from the start of the image */
};

static const struct coff_relocation_type coff_types_amd64[] = {
    {0x0, 0, R_X86_64_NONE, 0, false},
    {0x1, 8, R_X86_64_64, 0, false},
    {0x2, 4, R_X86_64_32, 0, false},
    {0x3, 4, R_X86_64_32, 0, true},
    {0x4, 4, R_X86_64_PC32, 4, false},
    {0x5, 4, R_X86_64_PC32, 5, false},
    {0x6, 4, R_X86_64_PC32, 6, false},
    {0x7, 4, R_X86_64_PC32, 7, false},
    {0x8, 4, R_X86_64_PC32, 8, false},
    {0x9, 4, R_X86_64_PC32, 9, false},
    {0xb, 4, -1, 0, false},
};

static const struct coff_relocation_type coff_types_i386[] = {
    {0x0, 0, R_386_NONE, 0, false},  {0x1, 2, R_386_16, 0, false}, {0x2, 2, R_386_PC16, 2, false},
    {0x6, 4, R_386_32, 0, false},    {0x7, 4, R_386_32, 0, true},  {0xb, 4, -1, 0, false},
    {0x14, 4, R_386_PC32, 4, false},
};

/* The offset in a section, 32 bits: what debug information is made of, and thread-local variables
 * too, which Windows keeps where there is nothing here. */
#define COFF_SECTION_OFFSET 0xbu
#define COFF_SECTION_NUMBER 0xau

static const struct coff_relocation_type *coff_relocation_type(const struct coff *coff,
                                                               unsigned type) {
    const struct coff_relocation_type *rows = coff->word == 8 ? coff_types_amd64 : coff_types_i386;
    size_t count = coff->word == 8 ? sizeof coff_types_amd64 / sizeof *rows
                                   : sizeof coff_types_i386 / sizeof *rows;

    for (size_t i = 0; i < count; i++) {
        if (rows[i].type == type)
            return &rows[i];
    }
    return NULL;
}

static bool coff_is_in_memory(const struct coff_section *section) {
    return !(section->flags & (COFF_SECTION_INFO | COFF_SECTION_REMOVE)) && !section->is_debug;
}

/* --- What linkers define. --- */

bool coff_define_linked(struct coff *coff, const char *name, size_t length,
                        struct draft_symbol *symbol) {
    static const char base[] = "__ImageBase", import[] = "__imp_";
    size_t skip = coff->word == 4; /* an underscore that is taken off already */
    size_t ahead = sizeof import - 1 - skip;
    struct coff_slot *slot;

    if (length == sizeof base - 1 && memcmp(name, base, length) == 0) {
        symbol->section = SHN_ABS;
        symbol->value = IMAGE_BASE;
        return true;
    }
    if (length <= ahead || memcmp(name, import + skip, ahead) != 0)
        return false;
    if (!image_grow((void **)&coff->slots, coff->slots_count, sizeof *coff->slots)) {
        coff->draft.lost = true;
        return false;
    }
    slot = &coff->slots[coff->slots_count];
    *slot = (struct coff_slot){name + ahead, length - ahead};
    coff_undecorate(coff, &slot->name, &slot->name_length);
    symbol->section = coff->slots_section;
    symbol->value = coff->slots_count++ * coff->word;
    symbol->info = ELF32_ST_INFO(STB_WEAK, STT_OBJECT);
    return true;
}

/* The section that they lie in, whose size is known when all symbols are. */
static void coff_open_slots(struct coff *coff) {
    const char name[] = ".idata";

    coff->slots_section =
        draft_append(&coff->draft, &(struct draft_section){
                                       .name = draft_section_name(&coff->draft, name, 6),
                                       .type = SHT_NOBITS,
                                       .flags = SHF_ALLOC | SHF_WRITE,
                                       .alignment = coff->word,
                                   });
}

static void coff_fill_slots(struct coff *coff) {
    unsigned type = coff->word == 8 ? R_X86_64_JUMP_SLOT : R_386_JMP_SLOT;

    for (size_t i = 0; i < coff->slots_count; i++) {
        const struct coff_slot *slot = &coff->slots[i];
        size_t symbol = draft_symbol(
            &coff->draft,
            &(struct draft_symbol){.name = draft_name(&coff->draft, slot->name, slot->name_length),
                                   .info = ELF32_ST_INFO(STB_GLOBAL, STT_NOTYPE),
                                   .section = SHN_UNDEF});

        draft_relocation(&coff->draft, i * coff->word, symbol, type, 0);
    }
    if (!coff->draft.lost)
        coff->draft.sections[coff->slots_section].size = coff->slots_count * coff->word;
    draft_relocations(&coff->draft, coff->slots_section);
}

/* --- Relocations. --- */

static bool coff_relocate_debug(struct coff *coff, uint64_t place, size_t symbol, unsigned type,
                                uint64_t addend) {
    const struct coff_relocation_type *row = coff_relocation_type(coff, type);
    int elf = type == COFF_SECTION_OFFSET ? (coff->word == 8 ? R_X86_64_32 : R_386_32)
              : row                       ? row->elf
                                          : -1;

    if (elf >= 0) /* what is of no use for lines is left as it is */
        draft_relocation(&coff->draft, place, symbol + 1, (unsigned)elf, addend);
    return true;
}

static uint64_t coff_addend(const struct coff *coff, uint64_t offset, unsigned width) {
    uint64_t value = coff_get(coff, offset, width);
    unsigned shift = 64 - 8 * width;

    return width == 0 ? 0 : (uint64_t)((int64_t)(value << shift) >> shift);
}

static bool coff_relocate(struct coff *coff, const struct coff_section *section, uint64_t at) {
    uint64_t place = coff_get(coff, at, 4) - section->address, addend;
    size_t symbol = (size_t)coff_get(coff, at + 4, 4);
    unsigned type = (unsigned)coff_get(coff, at + 8, 2);
    const struct coff_relocation_type *row = coff_relocation_type(coff, type);
    unsigned width = row ? row->width : 0;

    if (symbol >= coff->symbols_count)
        return image_fail(coff->file, "a relocation names symbol %zu, but there are only %zu",
                          symbol, coff->symbols_count);
    if (place > section->size || width > section->size - place)
        return image_fail(coff->file, "a relocation lies outside of its section");
    addend = coff_addend(coff, section->offset + place, width);
    if (section->is_debug)
        return coff_relocate_debug(coff, place, symbol, type, addend);
    if (type == COFF_SECTION_OFFSET || type == COFF_SECTION_NUMBER)
        return image_fail(coff->file, "thread-local variables of Windows are not supported: build "
                                      "without them");
    if (!row)
        return image_fail(coff->file, "unknown relocation type %#x at %#llx of section %.*s", type,
                          (unsigned long long)place, (int)section->name_length, section->name);
    addend -= row->behind + (row->from_base ? (uint64_t)IMAGE_BASE : 0);
    draft_relocation(&coff->draft, place, symbol + 1, (unsigned)row->elf, addend);
    return true;
}

/* Those of one section. A count that does not fit 16 bits is in the first entry. */
static bool coff_relocate_section(struct coff *coff, size_t number, uint64_t *left) {
    const struct coff_section *section = &coff->sections[number];
    uint64_t first = section->relocations, count = section->relocations_count;

    if (section->flags & COFF_SECTION_MORE_RELOCATIONS && count == 0xffff) {
        count = coff_get(coff, first, 4);
        if (count > 0) {
            first += COFF_RELOCATION;
            count--;
        }
    }
    if (count == 0 || (!coff_is_in_memory(section) && !section->is_debug))
        return true;
    if (!coff_holds(coff, first, count * COFF_RELOCATION) || count * COFF_RELOCATION > *left)
        return image_fail(coff->file,
                          "the relocations of section %.*s lie beyond the end of the "
                          "file or overlap others; the file may be truncated",
                          (int)section->name_length, section->name);
    *left -= count * COFF_RELOCATION;
    for (uint64_t i = 0; i < count; i++) {
        if (!coff_relocate(coff, section, first + i * COFF_RELOCATION))
            return false;
    }
    draft_relocations(&coff->draft, number);
    return true;
}

/* --- Sections. --- */

static uint64_t coff_section_flags(const struct coff_section *section) {
    uint64_t flags = coff_is_in_memory(section) ? SHF_ALLOC : 0;

    flags |= section->flags & COFF_SECTION_WRITE ? SHF_WRITE : 0;
    return flags |
           (section->flags & (COFF_SECTION_EXECUTE | COFF_SECTION_CODE) ? SHF_EXECINSTR : 0);
}

/* Microsoft's linker sorts `.CRT$XCA` to `.CRT$XCZ`, the constructors of C++, by what follows the
 * dollar; `.ctors` of MinGW is as in ELF. */
static bool coff_is_constructors(const struct coff_section *section) {
    return section->name_length >= 7 && memcmp(section->name, ".CRT$XC", 7) == 0;
}

static bool coff_place_section(struct coff *coff, size_t number) {
    const struct coff_section *section = &coff->sections[number];
    unsigned alignment = section->flags >> 20 & 15;
    bool is_zero = section->offset == 0 || section->flags & COFF_SECTION_ZERO;

    if (!is_zero && !coff_check_section(coff, section))
        return false;
    draft_set(&coff->draft, number,
              &(struct draft_section){
                  .name = draft_section_name(&coff->draft, section->name, section->name_length),
                  .type = coff_is_constructors(section) ? SHT_INIT_ARRAY
                          : is_zero                     ? SHT_NOBITS
                                                        : SHT_PROGBITS,
                  .flags = coff_section_flags(section),
                  .where = is_zero ? DRAFT_NOWHERE : DRAFT_FILE,
                  .offset = is_zero ? 0 : section->offset,
                  .size = section->size,
                  .alignment = alignment == 0 ? 16 : UINT64_C(1) << (alignment - 1),
              });
    return true;
}

bool coff_draft_object(struct coff *coff) {
    uint64_t left = coff->size;

    for (size_t i = 1; i <= coff->sections_count; i++) {
        if (!coff_place_section(coff, i))
            return false;
    }
    coff_open_slots(coff);
    if (!coff_symbols_add(coff, 0))
        return false;
    coff_fill_slots(coff);
    for (size_t i = 1; i <= coff->sections_count; i++) {
        if (!coff_relocate_section(coff, i, &left))
            return false;
    }
    return true;
}
