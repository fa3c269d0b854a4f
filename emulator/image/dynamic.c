/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image/dynamic.h"

#include <string.h>

/*
 * What a dynamic loader does: relocations and constructors, found through PT_DYNAMIC. A static
 * executable has none; there the start-up code applies the relocations of its indirect functions,
 * which are in a section that is part of memory.
 */

/* Android's, from its libc's headers: what is packed, and DT_RELR ahead of its number. */
#define DT_ANDROID_REL 0x6000000f
#define DT_ANDROID_RELA 0x60000011
#define DT_ANDROID_RELR 0x6fffe000
#define DT_ANDROID_RELRSZ 0x6fffe001

/* A table of the file at an address of the file; an empty one is NULL and no error. */
static bool image_dynamic_table(const struct image_file *file, uint64_t address, uint64_t size,
                                Elf_Type type, const char *what, Elf_Data **data) {
    uint64_t offset, available;

    *data = NULL;
    if (address == 0 || size == 0)
        return true;
    if (!image_program_offset(file, address, &offset, &available))
        return false;
    if (size > available)
        return image_fail(file, "%s reaches beyond its segment", what);
    *data = image_file_table(file, offset, size, type, what);
    return *data != NULL;
}

/* Every symbol up to the end of the segment can be named; only those that are named are read. */
static bool image_dynamic_symbols(const struct image_file *file, struct image_dynamic *dynamic) {
    size_t entry = gelf_fsize(file->elf, ELF_T_SYM, 1, EV_CURRENT);
    struct image_symbol_table *table = &dynamic->symbols;
    uint64_t offset, available;

    if (!dynamic->values[DT_SYMTAB] || !dynamic->values[DT_STRTAB])
        return true;
    if (!image_program_offset(file, dynamic->values[DT_SYMTAB], &offset, &available))
        return false;
    table->count = (size_t)(available / entry);
    table->entries = image_file_table(file, offset, available / entry * entry, ELF_T_SYM,
                                      "the dynamic symbol table");
    if (!table->entries ||
        !image_program_offset(file, dynamic->values[DT_STRTAB], &offset, &available))
        return false;
    table->names = (const char *)image_file_bytes(file, offset, available);
    table->names_size = (size_t)available;
    return true;
}

static bool image_dynamic_read(const struct image_file *file, const GElf_Phdr *program,
                               struct image_dynamic *dynamic) {
    Elf_Data *data;
    GElf_Dyn entry;

    data = image_file_table(file, program->p_offset, program->p_filesz, ELF_T_DYN,
                            "the dynamic section");
    if (!data)
        return false;
    for (int i = 0; gelf_getdyn(data, i, &entry) && entry.d_tag != DT_NULL; i++) {
        if (entry.d_tag == DT_ANDROID_REL || entry.d_tag == DT_ANDROID_RELA)
            return image_fail(file, "Android's packed relocations are not supported: link with "
                                    "-Wl,--pack-dyn-relocs=none or relr");
        if (entry.d_tag == DT_ANDROID_RELR || entry.d_tag == DT_ANDROID_RELRSZ)
            dynamic->values[entry.d_tag == DT_ANDROID_RELR ? DT_RELR : DT_RELRSZ] =
                entry.d_un.d_val;
        if (entry.d_tag > 0 && entry.d_tag < (GElf_Sxword)IMAGE_TAGS)
            dynamic->values[entry.d_tag] = entry.d_un.d_val;
    }
    return image_dynamic_symbols(file, dynamic);
}

static bool image_dynamic_target(const struct image_file *file,
                                 const struct image_symbol_table *symbols, size_t index,
                                 enum image_use use, struct image_target *target) {
    struct image_entry entry;

    *target = (struct image_target){.name = ""};
    if (index == 0)
        return true;
    if (!image_symbols_get(file, symbols, index, &entry))
        return false;
    target->name = entry.name;
    target->size = entry.symbol.st_size;
    if (entry.section == SHN_UNDEF)
        target->address = image_imports_find(file->image, entry.name, use);
    else if (entry.section == SHN_ABS)
        target->address = entry.symbol.st_value;
    else
        target->address = entry.symbol.st_value + file->bias;
    target->is_tls = entry.section != SHN_UNDEF && GELF_ST_TYPE(entry.symbol.st_info) == STT_TLS;
    target->tls_offset = entry.symbol.st_value;
    if (entry.section == SHN_UNDEF && GELF_ST_TYPE(entry.symbol.st_info) == STT_TLS) {
        target->is_tls = true;
        target->tls_offset = image_tls_outside(file->image, entry.name);
        if (target->tls_offset == 0)
            return image_fail(file, "too many thread-local variables that are defined elsewhere");
    }
    target->is_indirect =
        entry.section != SHN_UNDEF && GELF_ST_TYPE(entry.symbol.st_info) == STT_GNU_IFUNC;
    return true;
}

enum image_use image_dynamic_use(const struct image_file *file, const GElf_Rela *entry) {
    static const uint8_t data[2] = {0, 0};

    return image_relocation_use(file, (unsigned)GELF_R_TYPE(entry->r_info), data);
}

/* A thread-local relocation without a symbol is about this file's own TLS image. */
static bool image_dynamic_relocate(const struct image_file *file,
                                   const struct image_symbol_table *symbols, const GElf_Rela *entry,
                                   bool has_addend, void *context) {
    struct image_relocation relocation = {
        .type = (unsigned)GELF_R_TYPE(entry->r_info),
        .place = entry->r_offset + file->bias,
        .has_addend = has_addend,
        .addend = (uint64_t)entry->r_addend,
    };
    size_t index = (size_t)GELF_R_SYM(entry->r_info);

    (void)context;
    if (!image_dynamic_target(file, symbols, index, image_dynamic_use(file, entry),
                              &relocation.target))
        return false;
    if (index == 0)
        relocation.target.is_tls = true;
    return image_relocate(file, &relocation);
}

static bool image_dynamic_import(const struct image_file *file,
                                 const struct image_symbol_table *symbols, const GElf_Rela *entry,
                                 bool has_addend, void *context) {
    size_t index = (size_t)GELF_R_SYM(entry->r_info);
    struct image_entry symbol;

    (void)has_addend;
    (void)context;
    return index == 0 || (image_symbols_get(file, symbols, index, &symbol) &&
                          image_imports_add(file, &symbol, image_dynamic_use(file, entry)));
}

static bool image_dynamic_each(const struct image_file *file,
                               const struct image_symbol_table *symbols, Elf_Data *data,
                               bool has_addend, image_dynamic_visit *visit, void *context) {
    GElf_Rela rela;
    GElf_Rel rel;

    for (int i = 0; data && has_addend && gelf_getrela(data, i, &rela); i++) {
        if (!visit(file, symbols, &rela, true, context))
            return false;
    }
    for (int i = 0; data && !has_addend && gelf_getrel(data, i, &rel); i++) {
        rela = (GElf_Rela){.r_offset = rel.r_offset, .r_info = rel.r_info};
        if (!visit(file, symbols, &rela, false, context))
            return false;
    }
    return true;
}

static bool image_dynamic_relative(const struct image_file *file, uint64_t place) {
    uint64_t value;

    if (!image_memory_get(file->image, place, file->word, &value))
        return image_fail(file, "a relative relocation at %#llx lies in no segment",
                          (unsigned long long)place);
    image_memory_put(file->image, place, file->word, value + file->bias);
    return true;
}

/* DT_RELR (gABI): an even word is the address of a word to relocate; an odd one is a map of which
 * of the words behind the last ones are relocated too, its lowest bit being the mark. */
bool image_dynamic_relr(const struct image_file *file, const struct image_dynamic *dynamic) {
    uint64_t address = dynamic->values[DT_RELR] + file->bias, place = 0;
    uint64_t size = dynamic->values[DT_RELR] ? dynamic->values[DT_RELRSZ] : 0;
    unsigned word = file->word;

    for (uint64_t offset = 0; size - offset >= word; offset += word) {
        uint64_t entry;

        if (!image_memory_get(file->image, address + offset, word, &entry))
            return image_fail(file, "the relative relocations (DT_RELR) lie in no segment");
        if (!(entry & 1)) {
            place = entry + file->bias;
            if (!image_dynamic_relative(file, place))
                return false;
            place += word;
            continue;
        }
        for (unsigned i = 1; i < 8 * word; i++, place += word) {
            if (entry >> i & 1 && !image_dynamic_relative(file, place))
                return false;
        }
    }
    return true;
}

bool image_dynamic_constructors(const struct image_file *file,
                                const struct image_dynamic *dynamic) {
    const uint64_t *values = dynamic->values;
    uint64_t bias = file->bias;

    if (values[DT_PREINIT_ARRAY] &&
        !image_constructors_add_array(file, values[DT_PREINIT_ARRAY] + bias,
                                      values[DT_PREINIT_ARRAYSZ]))
        return false;
    if (values[DT_INIT] && !image_constructors_add(file, values[DT_INIT] + bias))
        return false;
    return !values[DT_INIT_ARRAY] ||
           image_constructors_add_array(file, values[DT_INIT_ARRAY] + bias,
                                        values[DT_INIT_ARRAYSZ]);
}

bool image_dynamic_each_of_all(const struct image_file *file, const struct image_dynamic *dynamic,
                               image_dynamic_visit *visit, void *context) {
    const uint64_t *values = dynamic->values;
    const struct {
        uint64_t address, size;
        bool has_addend;
        const char *what;
    } tables[] = {
        {values[DT_RELA], values[DT_RELASZ], true, "the relocation table (DT_RELA)"},
        {values[DT_REL], values[DT_RELSZ], false, "the relocation table (DT_REL)"},
        {values[DT_JMPREL], values[DT_PLTRELSZ], values[DT_PLTREL] == DT_RELA,
         "the relocation table (DT_JMPREL)"},
    };

    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        Elf_Data *data;

        if (!image_dynamic_table(file, tables[i].address, tables[i].size,
                                 tables[i].has_addend ? ELF_T_RELA : ELF_T_REL, tables[i].what,
                                 &data) ||
            !image_dynamic_each(file, &dynamic->symbols, data, tables[i].has_addend, visit,
                                context))
            return false;
    }
    return true;
}

/* A program's own loader is named in it; a library has none. */
static bool image_names_loader(const struct image_file *file) {
    for (size_t i = 0; i < file->programs_count; i++) {
        GElf_Phdr program;

        if (gelf_getphdr(file->elf, (int)i, &program) && program.p_type == PT_INTERP)
            return true;
    }
    return false;
}

static bool image_load_linked(const struct image_file *file, const struct image_dynamic *dynamic) {
    file->image->needs_libraries = dynamic->values[DT_NEEDED] && !image_names_loader(file);
    return image_dynamic_each_of_all(file, dynamic, image_dynamic_import, NULL) &&
           image_imports_place(file) &&
           image_dynamic_each_of_all(file, dynamic, image_dynamic_relocate, NULL) &&
           image_dynamic_relr(file, dynamic) && image_dynamic_constructors(file, dynamic);
}

/* A static executable: only relocation sections in memory are left to be applied, and those have
 * no symbols; constructors are found by their sections. */
static bool image_load_static(const struct image_file *file) {
    const struct image_symbol_table none = {0};

    if (!image_imports_place(file))
        return false;
    for (size_t i = 1; i < file->sections_count; i++) {
        GElf_Shdr section;
        Elf_Data *data;
        bool has_addend;

        if (!image_file_section(file, i, &section))
            return false;
        has_addend = section.sh_type == SHT_RELA;
        if (!(section.sh_flags & SHF_ALLOC) || section.sh_size == 0 ||
            (section.sh_type != SHT_RELA && section.sh_type != SHT_REL))
            continue;
        data = image_file_table(file, section.sh_offset, section.sh_size,
                                has_addend ? ELF_T_RELA : ELF_T_REL, "a relocation section");
        if (!data ||
            !image_dynamic_each(file, &none, data, has_addend, image_dynamic_relocate, NULL))
            return false;
    }
    return image_constructors_add_sections(file, NULL);
}

/* What was written anew from another format: relocations and their symbols are found by sections.
 */
static bool image_rewritten_each(const struct image_file *file, image_dynamic_visit *visit) {
    for (size_t i = 1; i < file->sections_count; i++) {
        struct image_symbol_table symbols;
        GElf_Shdr section;
        Elf_Data *data;

        if (!image_file_section(file, i, &section))
            return false;
        if (section.sh_type != SHT_RELA)
            continue;
        data = image_file_table(file, section.sh_offset, section.sh_size, ELF_T_RELA,
                                "the relocations");
        if (!data || !image_symbols_open(file, section.sh_link, &symbols) ||
            !image_dynamic_each(file, &symbols, data, true, visit, NULL))
            return false;
    }
    return true;
}

/* False with an error noted; *is_there: whether it has a dynamic section. */
static bool image_dynamic_find(const struct image_file *file, struct image_dynamic *dynamic,
                               bool *is_there) {
    *dynamic = (struct image_dynamic){0};
    *is_there = false;
    for (size_t i = 0; i < file->programs_count; i++) {
        GElf_Phdr program;

        if (!gelf_getphdr(file->elf, (int)i, &program))
            return image_fail(file, "program header %zu cannot be read: %s", i, elf_errmsg(-1));
        if (program.p_type != PT_DYNAMIC || program.p_filesz == 0)
            continue;
        *is_there = true;
        return image_dynamic_read(file, &program, dynamic);
    }
    return true;
}

bool image_dynamic_open(const struct image_file *file, struct image_dynamic *dynamic) {
    bool is_there;

    return image_dynamic_find(file, dynamic, &is_there);
}

bool image_load_dynamic(const struct image_file *file) {
    struct image_dynamic dynamic;
    bool is_there;

    if (file->rewritten)
        return image_rewritten_each(file, image_dynamic_import) && image_imports_place(file) &&
               image_rewritten_each(file, image_dynamic_relocate);
    if (!image_dynamic_find(file, &dynamic, &is_there))
        return false;
    return is_there ? image_load_linked(file, &dynamic) : image_load_static(file);
}
