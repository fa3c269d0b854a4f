/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image/object.h"

#include <stdlib.h>
#include <string.h>

#define SHN_X86_64_LCOMMON 0xff02u /* System V psABI for AMD64, 4.2 */
#define IMAGE_GOT_NAME "_GLOBAL_OFFSET_TABLE_"
#define IMAGE_STUB_SIZE 16u /* bytes: jmp *slot, padded to the usual alignment of functions */
#define IMAGE_STUB_JUMP 6u  /* bytes: FF 25 and 32 bits, relative to RIP in 64-bit code */

static bool image_link_is_indirect(const struct image_entry *entry) {
    return entry->section != SHN_UNDEF && !entry->is_special &&
           GELF_ST_TYPE(entry->symbol.st_info) == STT_GNU_IFUNC;
}

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

/* The symbol of all objects that this one stands for, and its entry. A local symbol stands for
 * itself. */
static bool image_link_resolve(const struct image_object **object, size_t *index,
                               struct image_entry *entry) {
    const struct image_global *global;

    if (!image_symbols_get((*object)->file, &(*object)->symbols, *index, entry))
        return false;
    if (GELF_ST_BIND(entry->symbol.st_info) == STB_LOCAL || !entry->name[0])
        return true;
    global = image_globals_find((*object)->link, entry->name);
    if (!global)
        return true;
    *object = &(*object)->link->objects[global->object];
    *index = global->symbol;
    return image_symbols_get((*object)->file, &(*object)->symbols, *index, entry);
}

/* Whether the symbol is the one that counts among those of its name. */
static bool image_link_counts(const struct image_object *object, size_t index) {
    const struct image_object *counting = object;
    size_t counted = index;
    struct image_entry entry;

    return image_link_resolve(&counting, &counted, &entry) && counting == object &&
           counted == index;
}

static bool image_link_reserve_stubs(struct image_object *object) {
    for (size_t i = 1; i < object->symbols.count; i++) {
        struct image_entry entry;

        if (!image_symbols_get(object->file, &object->symbols, i, &entry))
            return false;
        if (image_link_is_indirect(&entry) &&
            !image_reserve(object->link, IMAGE_STUB_SIZE, IMAGE_STUB_SIZE, &object->places[i].stub))
            return false;
    }
    return true;
}

bool image_link_reserve_code(struct image_link *link) {
    for (size_t i = 0; i < link->count; i++) {
        if (!link->objects[i].dynamic && !image_link_reserve_stubs(&link->objects[i]))
            return false;
    }
    return true;
}

/* Those of the medium code model (-mcmodel=medium) that are large are marked as such. */
static bool image_link_is_common(const struct image_entry *entry) {
    return entry->section == SHN_COMMON || entry->section == SHN_X86_64_LCOMMON;
}

static bool image_link_reserve_common(struct image_object *object) {
    for (size_t i = 1; i < object->symbols.count; i++) {
        struct image_entry entry;

        if (!image_symbols_get(object->file, &object->symbols, i, &entry))
            return false;
        /* A COMMON symbol's value is its alignment. */
        if (entry.is_special && image_link_is_common(&entry) && image_link_counts(object, i) &&
            !image_reserve(object->link, entry.symbol.st_size, entry.symbol.st_value,
                           &object->places[i].common))
            return false;
    }
    return true;
}

static bool image_link_reserve_got(struct image_object *object) {
    unsigned word = object->file->word;

    for (size_t i = 0; i < object->symbols.count; i++) {
        struct image_place *place = &object->places[i];

        for (unsigned got = IMAGE_GOT_ADDRESS; got < IMAGE_GOTS; got++) {
            unsigned words = got < IMAGE_GOT_TLS_INDEX ? 1 : 2;

            if (place->got[got] &&
                !image_reserve(object->link, words * word, word, &place->got[got]))
                return false;
        }
        if (place->stub && !image_reserve(object->link, word, word, &place->slot))
            return false;
    }
    return true;
}

bool image_link_reserve_data(struct image_link *link) {
    for (size_t i = 0; i < link->count; i++) {
        if (!image_link_reserve_common(&link->objects[i]))
            return false;
    }
    if (!image_reserve(link, 0, link->objects[0].file->word, &link->got))
        return false;
    for (size_t i = 0; i < link->count; i++) {
        if (!image_link_reserve_got(&link->objects[i]))
            return false;
    }
    return true;
}

/* The start or end of the sections of a name, which linkers define when the name is an identifier:
 * __start_NAME and __stop_NAME. 0: it is no such symbol, or there is no such section. */
static uint64_t image_link_border(const struct image_object *object, const char *name) {
    bool is_start = strncmp(name, "__start_", 8) == 0;
    const struct image_link *link = object->link;
    uint64_t border = 0;

    if (!is_start && strncmp(name, "__stop_", 7) != 0)
        return 0;
    name += is_start ? 8 : 7;
    for (size_t k = 0; k < link->count; k++) {
        for (size_t i = 1; i < link->objects[k].file->sections_count; i++) {
            uint64_t first = link->objects[k].addresses[i];
            GElf_Shdr section;

            if (!first || !gelf_getshdr(elf_getscn(link->objects[k].file->elf, i), &section) ||
                strcmp(image_section_name(link->objects[k].file, &section), name) != 0)
                continue;
            if (is_start && (!border || first < border))
                border = first;
            if (!is_start && first + section.sh_size > border)
                border = first + section.sh_size;
        }
    }
    return border;
}

/* The address of an undefined symbol. */
static uint64_t image_link_undefined(const struct image_object *object, const char *name,
                                     enum image_use use) {
    uint64_t border = image_link_border(object, name);

    if (strcmp(name, IMAGE_GOT_NAME) == 0)
        return object->link->got;
    return border ? border : image_imports_find(object->file->image, name, use);
}

/* The address of a symbol that counts; 0 for those that have none. */
static bool image_link_address(const struct image_object *object, size_t index,
                               const struct image_entry *entry, enum image_use use,
                               uint64_t *address) {
    const struct image_place *place = &object->places[index];

    *address = 0;
    if (place->stub || place->common) {
        *address = place->stub ? place->stub : place->common;
    } else if (entry->section == SHN_UNDEF) {
        *address = image_link_undefined(object, entry->name, use);
    } else if (entry->is_special) {
        *address = entry->section == SHN_ABS ? entry->symbol.st_value : 0;
    } else if (object->dynamic && GELF_ST_TYPE(entry->symbol.st_info) == STT_TLS) {
        *address = object->file->image->tls_start + object->tls_offset + entry->symbol.st_value;
    } else if (object->dynamic) {
        *address = object->file->bias + entry->symbol.st_value;
    } else if (entry->section >= object->file->sections_count) {
        return image_fail(object->file, "symbol %zu is in section %zu, but there are only %zu",
                          index, entry->section, object->file->sections_count);
    } else if (object->addresses[entry->section]) {
        *address = object->addresses[entry->section] + entry->symbol.st_value;
    }
    return true;
}

bool image_link_target(const struct image_object *object, size_t index, enum image_use use,
                       struct image_target *target) {
    const struct image *image = object->file->image;
    struct image_entry entry;

    *target = (struct image_target){.name = ""};
    if (index == 0)
        return true;
    if (!image_link_resolve(&object, &index, &entry) ||
        !image_link_address(object, index, &entry, use, &target->address))
        return false;
    target->name = entry.name;
    target->size = entry.symbol.st_size;
    target->is_indirect = object->dynamic && image_link_is_indirect(&entry);
    target->tls_offset = target->address - image->tls_start;
    target->is_tls = entry.section != SHN_UNDEF && target->tls_offset <= image->tls_memory_size &&
                     (GELF_ST_TYPE(entry.symbol.st_info) == STT_TLS ||
                      GELF_ST_TYPE(entry.symbol.st_info) == STT_SECTION);
    if (entry.section == SHN_UNDEF && GELF_ST_TYPE(entry.symbol.st_info) == STT_TLS) {
        target->is_tls = true;
        target->tls_offset = image_tls_outside(object->file->image, entry.name);
        if (target->tls_offset == 0)
            return image_fail(object->file,
                              "too many thread-local variables that are defined elsewhere");
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

/* jmp *slot, relative to the next instruction in 64-bit code. */
static bool image_link_fill_stub(const struct image_object *object, const struct image_place *place,
                                 const struct image_entry *entry) {
    struct image *image = object->file->image;
    uint64_t operand =
        object->file->word == 8 ? place->slot - place->stub - IMAGE_STUB_JUMP : place->slot;

    image_memory_put(image, place->stub, 2, 0x25ff);
    image_memory_put(image, place->stub + 2, 4, operand);
    return image_indirects_add(object->file, place->slot,
                               object->addresses[entry->section] + entry->symbol.st_value);
}

/* The GOT entries of a symbol. There is one module, and it has the number 1. */
static bool image_link_fill_got(const struct image_object *object, const struct image_place *place,
                                const struct image_target *target) {
    struct image *image = object->file->image;
    unsigned word = object->file->word;
    uint64_t offset = image_tls_from_thread_pointer(image, target->tls_offset);
    const uint64_t *got = place->got;

    if ((got[IMAGE_GOT_TLS] || got[IMAGE_GOT_TLS_INDEX] || got[IMAGE_GOT_TLS_DESC]) &&
        !target->is_tls)
        return image_fail(object->file,
                          "the variable '%s' is used as a thread-local one, and is none",
                          target->name);
    if (got[IMAGE_GOT_ADDRESS])
        image_memory_put(image, got[IMAGE_GOT_ADDRESS], word, target->address);
    if (got[IMAGE_GOT_TLS])
        image_memory_put(image, got[IMAGE_GOT_TLS], word, offset);
    if (got[IMAGE_GOT_TLS_INDEX]) {
        image_memory_put(image, got[IMAGE_GOT_TLS_INDEX], word, 1);
        image_memory_put(image, got[IMAGE_GOT_TLS_INDEX] + word, word, target->tls_offset);
    }
    if (got[IMAGE_GOT_TLS_MODULE])
        image_memory_put(image, got[IMAGE_GOT_TLS_MODULE], word, 1);
    if (got[IMAGE_GOT_TLS_DESC]) {
        image_memory_put(image, got[IMAGE_GOT_TLS_DESC], word,
                         image_helper(image, IMAGE_HELPER_TLS));
        image_memory_put(image, got[IMAGE_GOT_TLS_DESC] + word, word, offset);
    }
    return true;
}

static bool image_link_fill(const struct image_object *object) {
    for (size_t i = 1; i < object->symbols.count; i++) {
        const struct image_place *place = &object->places[i];
        struct image_target target;
        struct image_entry entry;

        if (!image_symbols_get(object->file, &object->symbols, i, &entry) ||
            !image_link_target(object, i, IMAGE_USE_REFERENCE, &target) ||
            (place->stub && !image_link_fill_stub(object, place, &entry)))
            return false;
        if (!image_link_fill_got(object, place, &target))
            return false;
    }
    return true;
}

static bool image_link_import(const struct image_object *object) {
    for (size_t i = 1; i < object->symbols.count; i++) {
        const struct image_place *place = &object->places[i];
        struct image_entry entry;

        if (!image_symbols_get(object->file, &object->symbols, i, &entry))
            return false;
        if (entry.section != SHN_UNDEF || strcmp(entry.name, IMAGE_GOT_NAME) == 0 ||
            image_globals_find(object->link, entry.name) || image_link_border(object, entry.name))
            continue;
        if ((place->is_referenced &&
             !image_imports_add(object->file, &entry, IMAGE_USE_REFERENCE)) ||
            !image_imports_add(object->file, &entry,
                               place->is_called ? IMAGE_USE_CALL : IMAGE_USE_NONE))
            return false;
    }
    return true;
}

static bool image_link_list(const struct image_object *object) {
    for (size_t i = 1; i < object->symbols.count; i++) {
        struct image_entry entry;
        uint64_t address;
        GElf_Shdr section = {0};

        if (!image_symbols_get(object->file, &object->symbols, i, &entry) ||
            !image_link_address(object, i, &entry, IMAGE_USE_NONE, &address))
            return false;
        if (entry.section == SHN_UNDEF || (entry.is_special && !image_link_is_common(&entry)) ||
            !address)
            continue;
        if (!entry.is_special && !image_file_section(object->file, entry.section, &section))
            return false;
        if (!image_symbols_add(object->file, &entry, address, section.sh_flags & SHF_EXECINSTR))
            return false;
    }
    return true;
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
