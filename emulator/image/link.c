/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image/object.h"

#include <stdlib.h>
#include <string.h>

typedef bool image_link_visit(struct image_object *object, const GElf_Shdr *relocations,
                              const GElf_Rela *entry, bool has_addend);

static bool image_link_each_of(struct image_object *object, const GElf_Shdr *section,
                               image_link_visit *visit) {
    bool has_addend = section->sh_type == SHT_RELA;
    Elf_Data *data = image_file_table(object->file, section->sh_offset, section->sh_size,
                                      has_addend ? ELF_T_RELA : ELF_T_REL, "a relocation section");
    GElf_Rela rela;
    GElf_Rel rel;

    if (!data)
        return false;
    for (int i = 0; has_addend && gelf_getrela(data, i, &rela); i++) {
        if (!visit(object, section, &rela, true))
            return false;
    }
    for (int i = 0; !has_addend && gelf_getrel(data, i, &rel); i++) {
        rela = (GElf_Rela){.r_offset = rel.r_offset, .r_info = rel.r_info};
        if (!visit(object, section, &rela, false))
            return false;
    }
    return true;
}

/* Calls `visit` for every relocation of a section in memory; those of debug information are none
 * of ours. */
static bool image_link_each(struct image_object *object, image_link_visit *visit) {
    const struct image_file *file = object->file;

    for (size_t i = 1; i < file->sections_count; i++) {
        GElf_Shdr section, target;

        if (!image_file_section(file, i, &section))
            return false;
        if ((section.sh_type != SHT_RELA && section.sh_type != SHT_REL) || section.sh_size == 0)
            continue;
        if (!image_file_section(file, section.sh_info, &target))
            return false;
        if (target.sh_flags & SHF_ALLOC && !image_link_each_of(object, &section, visit))
            return false;
    }
    return true;
}

/* How a relocation uses its symbol. */
static enum image_use image_link_use(const struct image_object *object,
                                     const GElf_Shdr *relocations, const GElf_Rela *entry) {
    uint8_t before[2] = {0, 0};
    const uint8_t *bytes = NULL;
    GElf_Shdr section;

    if (gelf_getshdr(elf_getscn(object->file->elf, relocations->sh_info), &section) &&
        section.sh_type != SHT_NOBITS && section.sh_flags & SHF_EXECINSTR && entry->r_offset >= 2 &&
        entry->r_offset < section.sh_size)
        bytes = image_file_bytes(object->file, section.sh_offset + entry->r_offset - 2, 2);
    if (bytes)
        memcpy(before, bytes, sizeof before);
    return image_relocation_use(object->file, (unsigned)GELF_R_TYPE(entry->r_info), before);
}

/* Marks the GOT entries that a relocation needs; they get addresses when the data is laid out. */
static bool image_link_mark(struct image_object *object, const GElf_Shdr *relocations,
                            const GElf_Rela *entry, bool has_addend) {
    enum image_got got = image_relocation_got(object->file, (unsigned)GELF_R_TYPE(entry->r_info));
    size_t index = (size_t)GELF_R_SYM(entry->r_info);

    (void)has_addend;
    if (index >= object->symbols.count)
        return image_fail(object->file, "a relocation names symbol %zu, but there are only %zu",
                          index, object->symbols.count);
    if (got != IMAGE_GOT_NONE)
        object->places[index].got[got] = 1;
    if (image_link_use(object, relocations, entry) == IMAGE_USE_CALL)
        object->places[index].is_called = true;
    else
        object->places[index].is_referenced = true;
    return true;
}

static bool image_link_open_symbols(struct image_object *object) {
    const struct image_file *file = object->file;

    if (file->header.e_type != ET_REL)
        return image_linked_open(object);
    for (size_t i = 1; i < file->sections_count; i++) {
        GElf_Shdr section;

        if (!image_file_section(file, i, &section))
            return false;
        if (section.sh_type == SHT_SYMTAB && section.sh_size)
            return image_symbols_open(file, i, &object->symbols);
    }
    return true;
}

static bool image_link_open_one(struct image_object *object) {
    if (!image_link_open_symbols(object))
        return false;
    if (object->symbols.count) {
        object->places = calloc(object->symbols.count, sizeof *object->places);
        if (!object->places)
            return image_fail(object->file, "out of memory");
    }
    return object->dynamic ? image_linked_mark(object) : image_link_each(object, image_link_mark);
}

bool image_link_open(struct image_link *link) {
    for (size_t i = 0; i < link->count; i++) {
        if (!image_link_open_one(&link->objects[i]))
            return false;
    }
    return true;
}

static bool image_link_relocate(struct image_object *object, const GElf_Shdr *relocations,
                                const GElf_Rela *entry, bool has_addend) {
    const struct image_file *file = object->file;
    size_t index = (size_t)GELF_R_SYM(entry->r_info), section = relocations->sh_info;
    struct image_relocation relocation = {
        .type = (unsigned)GELF_R_TYPE(entry->r_info),
        .place = object->addresses[section] + entry->r_offset,
        .has_addend = has_addend,
        .addend = (uint64_t)entry->r_addend,
        .got = object->link->got,
    };
    GElf_Shdr target;

    if (!image_file_section(file, section, &target) ||
        !image_link_target(object, index, image_link_use(object, relocations, entry),
                           &relocation.target))
        return false;
    if (entry->r_offset >= target.sh_size)
        return image_fail(file, "a relocation at offset %#llx is outside of its section %zu",
                          (unsigned long long)entry->r_offset, section);
    relocation.target.got_entry =
        object->places[index].got[image_relocation_got(file, relocation.type)];
    return image_relocate(file, &relocation);
}

static bool image_link_apply(struct image_object *object) {
    if (object->dynamic)
        return image_linked_relocate(object);
    return image_link_list(object) && image_link_fill(object) &&
           image_link_each(object, image_link_relocate);
}

bool image_link(struct image_link *link) {
    for (size_t i = 0; i < link->count; i++) {
        if (!image_link_import(&link->objects[i]))
            return false;
    }
    if (!image_imports_place(link->objects[0].file))
        return false;
    for (size_t i = 0; i < link->count; i++) {
        if (!image_link_apply(&link->objects[i]))
            return false;
    }
    return true;
}
