/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image/object.h"

#include <string.h>

/* What the symbols of objects stand for, and which of them stand for nothing that the objects have.
 */
#define SHN_X86_64_LCOMMON 0xff02u /* System V psABI for AMD64, 4.2 */
#define IMAGE_GOT_NAME "_GLOBAL_OFFSET_TABLE_"

bool image_link_is_indirect(const struct image_entry *entry) {
    return entry->section != SHN_UNDEF && !entry->is_special &&
           GELF_ST_TYPE(entry->symbol.st_info) == STT_GNU_IFUNC;
}

bool image_link_is_common(const struct image_entry *entry) {
    return entry->section == SHN_COMMON || entry->section == SHN_X86_64_LCOMMON;
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

bool image_link_counts(const struct image_object *object, size_t index) {
    const struct image_object *counting = object;
    size_t counted = index;
    struct image_entry entry;

    return image_link_resolve(&counting, &counted, &entry) && counting == object &&
           counted == index;
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

bool image_link_import(const struct image_object *object) {
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

bool image_link_list(const struct image_object *object) {
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
