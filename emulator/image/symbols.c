/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image/internal.h"

#include <stdlib.h>
#include <string.h>

/* Bytes of a name, the final zero included: names overlap in the file, so that a small file could
 * otherwise ask for any amount of memory. */
#define IMAGE_NAME_MAX 8192u

/* The section of 32-bit section indexes that belongs to a symbol table, if there is one. */
static bool image_symbols_extend(const struct image_file *file, size_t section,
                                 struct image_symbol_table *table) {
    for (size_t i = 1; i < file->sections_count; i++) {
        GElf_Shdr header;

        if (!image_file_section(file, i, &header))
            return false;
        if (header.sh_type != SHT_SYMTAB_SHNDX || header.sh_link != section)
            continue;
        table->extended = image_file_table(file, header.sh_offset, header.sh_size, ELF_T_WORD,
                                           "the table of extended section indexes");
        return table->extended != NULL;
    }
    return true;
}

bool image_symbols_open(const struct image_file *file, size_t section,
                        struct image_symbol_table *table) {
    GElf_Shdr header, names;

    *table = (struct image_symbol_table){0};
    if (!image_file_section(file, section, &header) ||
        !image_file_section(file, header.sh_link, &names))
        return false;
    if ((header.sh_type != SHT_SYMTAB && header.sh_type != SHT_DYNSYM) ||
        names.sh_type != SHT_STRTAB)
        return image_fail(file, "section %zu is used as a symbol table, but is none", section);
    table->entries =
        image_file_table(file, header.sh_offset, header.sh_size, ELF_T_SYM, "the symbol table");
    if (!table->entries)
        return false;
    table->count = (size_t)header.sh_size / gelf_fsize(file->elf, ELF_T_SYM, 1, EV_CURRENT);
    table->names = (const char *)image_file_bytes(file, names.sh_offset, names.sh_size);
    table->names_size = (size_t)names.sh_size;
    if (!table->names)
        return image_fail(file, "the symbol names lie beyond the end of the file; it may be "
                                "truncated");
    return image_symbols_extend(file, section, table);
}

bool image_symbols_get(const struct image_file *file, const struct image_symbol_table *table,
                       size_t index, struct image_entry *entry) {
    GElf_Word extended = 0;

    *entry = (struct image_entry){.name = ""};
    if (index >= table->count ||
        !gelf_getsymshndx(table->entries, table->extended, (int)index, &entry->symbol, &extended))
        return image_fail(file, "symbol %zu is named, but there are only %zu", index, table->count);
    entry->section = entry->symbol.st_shndx;
    entry->is_special = entry->section >= SHN_LORESERVE;
    if (entry->section == SHN_XINDEX && table->extended) {
        entry->section = extended;
        entry->is_special = false;
    }
    if (entry->symbol.st_name) {
        size_t offset = entry->symbol.st_name;
        size_t left = offset < table->names_size ? table->names_size - offset : 0;

        if (!left ||
            !memchr(table->names + offset, 0, left < IMAGE_NAME_MAX ? left : IMAGE_NAME_MAX))
            return image_fail(file,
                              "the name of symbol %zu lies outside the string table or is longer "
                              "than %u bytes",
                              index, IMAGE_NAME_MAX - 1);
        entry->name = table->names + offset;
    }
    return true;
}

bool image_grow(void **entries, size_t count, size_t size) {
    void *grown;

    if (count & (count - 1))
        return true;
    grown = reallocarray(*entries, count ? 2 * count : 1, size);
    if (grown)
        *entries = grown;
    return grown != NULL;
}

bool image_symbols_add(const struct image_file *file, const struct image_entry *entry,
                       uint64_t address, bool is_code) {
    struct image *image = file->image;
    unsigned type = GELF_ST_TYPE(entry->symbol.st_info);
    size_t length = entry->name[0] == '?' ? strlen(entry->name) : strcspn(entry->name, "@");
    char *name;

    if (type == STT_SECTION || type == STT_FILE || type == STT_TLS || length == 0)
        return true;
    name = strndup(entry->name, length);
    if (!name ||
        !image_grow((void **)&image->symbols, image->symbols_count, sizeof *image->symbols)) {
        free(name);
        return image_fail(file, "out of memory");
    }
    image->symbols[image->symbols_count++] = (struct image_symbol){
        .name = name,
        .address = address,
        .size = entry->symbol.st_size,
        .is_function = type == STT_FUNC || type == STT_GNU_IFUNC || (type == STT_NOTYPE && is_code),
        .is_indirect = type == STT_GNU_IFUNC && file->header.e_type != ET_REL,
        .is_stub = type == STT_GNU_IFUNC && file->header.e_type == ET_REL,
        .is_global = GELF_ST_BIND(entry->symbol.st_info) != STB_LOCAL,
    };
    return true;
}

static int image_compare_symbols(const void *a, const void *b) {
    const struct image_symbol *left = a, *right = b;

    if (left->address != right->address)
        return left->address < right->address ? -1 : 1;
    return strcmp(left->name, right->name);
}

void image_symbols_sort(struct image *image) {
    size_t kept = 0;

    if (image->symbols_count)
        qsort(image->symbols, image->symbols_count, sizeof *image->symbols, image_compare_symbols);
    for (size_t i = 0; i < image->symbols_count; i++) {
        struct image_symbol *symbol = &image->symbols[i];
        struct image_symbol *last = kept ? &image->symbols[kept - 1] : NULL;

        if (last && image_compare_symbols(last, symbol) == 0) {
            last->is_function |= symbol->is_function;
            last->is_global |= symbol->is_global;
            if (symbol->size > last->size)
                last->size = symbol->size;
            free(symbol->name);
            continue;
        }
        image->symbols[kept++] = *symbol;
    }
    image->symbols_count = kept;
}
