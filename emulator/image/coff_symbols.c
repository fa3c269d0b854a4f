/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image/coff.h"

#include <string.h>

/* Symbols of COFF, written as ELF's. Each keeps its number, so that relocations find it. */
enum {
    COFF_STORAGE_EXTERNAL = 2,
    COFF_STORAGE_STATIC = 3,
    COFF_STORAGE_LABEL = 6,
    COFF_STORAGE_FUNCTION = 101, /* where a function begins and ends, for debuggers */
    COFF_STORAGE_FILE = 103,
    COFF_STORAGE_SECTION = 104,
    COFF_STORAGE_WEAK = 105,

    COFF_TYPE_FUNCTION = 0x20,
    COFF_COMMON_ALIGNMENT = 16
};

bool coff_symbol_get(struct coff *coff, size_t index, struct coff_symbol *symbol) {
    uint64_t at = coff->symbols + index * coff->symbol_size, behind = at + (coff->is_big ? 16 : 14);

    *symbol = (struct coff_symbol){.name = ""};
    if (index >= coff->symbols_count)
        return image_fail(coff->file, "symbol %zu is named, but there are only %zu", index,
                          coff->symbols_count);
    symbol->value = (uint32_t)coff_get(coff, at + 8, 4);
    symbol->section =
        coff->is_big ? (int32_t)coff_get(coff, at + 12, 4) : (int16_t)coff_get(coff, at + 12, 2);
    symbol->type = (unsigned)coff_get(coff, behind, 2);
    symbol->storage = (unsigned)coff_get(coff, behind + 2, 1);
    symbol->auxiliaries = (unsigned)coff_get(coff, behind + 3, 1);
    if (coff_get(coff, at, 4) == 0)
        return coff_long_name(coff, coff_get(coff, at + 4, 4), &symbol->name, &symbol->name_length);
    memcpy(symbol->short_name, coff->bytes + at, 8);
    symbol->name = symbol->short_name;
    symbol->name_length = strlen(symbol->short_name);
    return coff_charge_name(coff, symbol->name_length);
}

/* Where a symbol is defined: a section, an absolute number, or nowhere. */
static bool coff_symbol_define(struct coff *coff, const struct coff_symbol *symbol, uint64_t base,
                               struct draft_symbol *draft) {
    if (symbol->section > 0 && (size_t)symbol->section <= coff->sections_count) {
        draft->section = (size_t)symbol->section;
        draft->value = symbol->value;
        if (coff->is_program)
            draft->value += base + coff->sections[symbol->section].address;
        return true;
    }
    if (symbol->section > 0)
        return image_fail(coff->file, "a symbol lies in section %d, but there are only %zu",
                          (int)symbol->section, coff->sections_count);
    if (symbol->section == COFF_ABSOLUTE) {
        draft->section = SHN_ABS;
        draft->value = symbol->value;
    } else if (symbol->value > 0 && symbol->storage == COFF_STORAGE_EXTERNAL) {
        draft->section = SHN_COMMON;
        draft->value = COFF_COMMON_ALIGNMENT;
        draft->size = symbol->value;
    } else {
        draft->section = SHN_UNDEF;
    }
    return true;
}

/* A weak symbol says in the record behind it what it stands for where nothing else does. */
static bool coff_symbol_weak(struct coff *coff, size_t index, uint64_t base,
                             struct draft_symbol *draft) {
    uint64_t behind = coff->symbols + (index + 1) * coff->symbol_size;
    struct coff_symbol stands_for;

    if (!coff_symbol_get(coff, (size_t)coff_get(coff, behind, 4), &stands_for) ||
        !coff_symbol_define(coff, &stands_for, base, draft))
        return false;
    draft->info = ELF32_ST_INFO(draft->section == SHN_UNDEF ? STB_GLOBAL : STB_WEAK,
                                stands_for.type == COFF_TYPE_FUNCTION ? STT_FUNC : STT_NOTYPE);
    return true;
}

static bool coff_symbol_is_weak(const struct coff *coff, size_t index,
                                const struct coff_symbol *symbol) {
    return symbol->storage == COFF_STORAGE_WEAK && symbol->section == COFF_UNDEFINED &&
           symbol->auxiliaries > 0 && index + 1 < coff->symbols_count;
}

/* What is defined in a section of which each object has a copy gives way to the others'. */
static unsigned coff_symbol_bind(const struct coff *coff, const struct coff_symbol *symbol) {
    if (symbol->storage == COFF_STORAGE_WEAK)
        return symbol->section > 0 ? STB_WEAK : STB_GLOBAL;
    if (symbol->storage != COFF_STORAGE_EXTERNAL)
        return STB_LOCAL;
    return symbol->section > 0 && (size_t)symbol->section <= coff->sections_count &&
                   coff->sections[symbol->section].flags & COFF_SECTION_COMDAT
               ? STB_WEAK
               : STB_GLOBAL;
}

/* A name that only stands for a section: a static one with a record of its own that is no function.
 */
static bool coff_symbol_is_section(const struct coff_symbol *symbol) {
    return symbol->storage == COFF_STORAGE_SECTION ||
           (symbol->storage == COFF_STORAGE_STATIC && symbol->auxiliaries > 0 &&
            symbol->type != COFF_TYPE_FUNCTION && symbol->value == 0);
}

static bool coff_symbol_add(struct coff *coff, size_t index, const struct coff_symbol *symbol,
                            uint64_t base) {
    struct draft_symbol draft = {.section = SHN_UNDEF};
    const char *name = symbol->name;
    size_t length = symbol->name_length;
    unsigned type = symbol->type == COFF_TYPE_FUNCTION ? STT_FUNC : STT_NOTYPE;

    if (symbol->section == COFF_DEBUG || symbol->storage == COFF_STORAGE_FILE ||
        symbol->storage == COFF_STORAGE_FUNCTION) {
        draft_symbol(&coff->draft, &draft);
        return true;
    }
    if (coff_symbol_is_section(symbol))
        type = STT_SECTION;
    draft.info = ELF32_ST_INFO(coff_symbol_bind(coff, symbol), type);
    if (!(coff_symbol_is_weak(coff, index, symbol)
              ? coff_symbol_weak(coff, index, base, &draft)
              : coff_symbol_define(coff, symbol, base, &draft)))
        return false;
    coff_undecorate(coff, &name, &length);
    if (draft.section == SHN_UNDEF && !coff->is_program)
        coff_define_linked(coff, name, length, &draft);
    if (symbol->storage != COFF_STORAGE_LABEL) /* one inside of a function */
        draft.name = draft_name(&coff->draft, name, length);
    draft_symbol(&coff->draft, &draft);
    return true;
}

bool coff_symbols_add(struct coff *coff, uint64_t base) {
    for (size_t i = 0; i < coff->symbols_count; i++) {
        struct coff_symbol symbol;

        if (!coff_symbol_get(coff, i, &symbol) || !coff_symbol_add(coff, i, &symbol, base))
            return false;
        for (; symbol.auxiliaries > 0 && i + 1 < coff->symbols_count; symbol.auxiliaries--, i++)
            draft_symbol(&coff->draft, &(struct draft_symbol){.section = SHN_UNDEF});
    }
    return true;
}
