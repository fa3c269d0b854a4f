/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image/object.h"

#include <stdlib.h>

/*
 * Relocatable objects: this is their linker. Sections that occupy memory go into groups by what
 * may be done with them; behind the code come stubs that call indirect functions, behind the data
 * come COMMON symbols and the global offset table.
 */

static const unsigned image_group_permissions[IMAGE_GROUPS] = {
    [IMAGE_GROUP_CODE] = IMAGE_READ | IMAGE_EXECUTE,
    [IMAGE_GROUP_CONSTANTS] = IMAGE_READ,
    [IMAGE_GROUP_DATA] = IMAGE_READ | IMAGE_WRITE,
    [IMAGE_GROUP_MIXED] = IMAGE_READ | IMAGE_WRITE | IMAGE_EXECUTE,
};

static unsigned image_section_group(const GElf_Shdr *section) {
    bool writes = section->sh_flags & SHF_WRITE, runs = section->sh_flags & SHF_EXECINSTR;

    return writes ? (runs ? IMAGE_GROUP_MIXED : IMAGE_GROUP_DATA)
           : runs ? IMAGE_GROUP_CODE
                  : IMAGE_GROUP_CONSTANTS;
}

bool image_reserve(struct image_object *object, uint64_t size, uint64_t alignment,
                   uint64_t *address) {
    uint64_t limit = (uint64_t)IMAGE_BASE + IMAGE_SIZE_MAX;

    if (alignment == 0)
        alignment = 1;
    if (alignment & (alignment - 1) || alignment > IMAGE_SIZE_MAX)
        return image_fail(object->file, "an alignment of %llu bytes is absurd",
                          (unsigned long long)alignment);
    object->cursor = (object->cursor + alignment - 1) & ~(alignment - 1);
    if (object->cursor > limit || size > limit - object->cursor)
        return image_fail(object->file, "the sections need more than %u MiB of memory",
                          IMAGE_SIZE_MAX >> 20);
    *address = object->cursor;
    object->cursor += size;
    return true;
}

static bool image_place_section(struct image_object *object, size_t index,
                                const GElf_Shdr *section) {
    const struct image_file *file = object->file;

    if (section->sh_type != SHT_NOBITS &&
        !image_file_bytes(file, section->sh_offset, section->sh_size))
        return image_fail(file, "section %zu lies beyond the end of the file; it may be truncated",
                          index);
    if (section->sh_flags & SHF_COMPRESSED)
        return image_fail(file, "section %zu occupies memory but is compressed", index);
    return image_reserve(object, section->sh_size, section->sh_addralign,
                         &object->addresses[index]);
}

/* The sections of a group that are, or are not, thread-local and zero-filled. */
static bool image_place_sections(struct image_object *object, unsigned group, bool is_tls,
                                 bool is_zero) {
    for (size_t i = 1; i < object->file->sections_count; i++) {
        GElf_Shdr section;

        if (!image_file_section(object->file, i, &section))
            return false;
        if (!(section.sh_flags & SHF_ALLOC) || image_section_group(&section) != group ||
            !!(section.sh_flags & SHF_TLS) != is_tls || (section.sh_type == SHT_NOBITS) != is_zero)
            continue;
        if (!image_place_section(object, i, &section))
            return false;
    }
    return true;
}

/* The TLS image is one piece: initialised parts, then zero-filled ones. */
static bool image_place_tls(struct image_object *object) {
    struct image *image = object->file->image;
    uint64_t alignment = 1;

    for (size_t i = 1; i < object->file->sections_count; i++) {
        GElf_Shdr section;

        if (!image_file_section(object->file, i, &section))
            return false;
        if (section.sh_flags & SHF_ALLOC && section.sh_flags & SHF_TLS &&
            image_section_group(&section) == IMAGE_GROUP_DATA && section.sh_addralign > alignment)
            alignment = section.sh_addralign;
    }
    if (!image_reserve(object, 0, alignment, &image->tls_start) ||
        !image_place_sections(object, IMAGE_GROUP_DATA, true, false))
        return false;
    image->tls_file_size = (size_t)(object->cursor - image->tls_start);
    if (!image_place_sections(object, IMAGE_GROUP_DATA, true, true))
        return false;
    image->tls_memory_size = (size_t)(object->cursor - image->tls_start);
    image->tls_alignment = (size_t)alignment;
    return true;
}

static bool image_place_group(struct image_object *object, unsigned group) {
    uint64_t first = 0;

    if (!image_reserve(object, 0, IMAGE_PAGE, &first))
        return false;
    if ((group == IMAGE_GROUP_DATA && !image_place_tls(object)) ||
        !image_place_sections(object, group, false, false) ||
        !image_place_sections(object, group, false, true) ||
        (group != IMAGE_GROUP_DATA && (!image_place_sections(object, group, true, false) ||
                                       !image_place_sections(object, group, true, true))))
        return false;
    if ((group == IMAGE_GROUP_CODE && !image_link_reserve_code(object)) ||
        (group == IMAGE_GROUP_DATA && !image_link_reserve_data(object)))
        return false;
    if (object->cursor > first)
        object->ranges[object->ranges_count++] =
            (struct image_range){first, object->cursor - 1, image_group_permissions[group]};
    return true;
}

/* Copies the sections into the segments and records where they are. */
static bool image_fill_sections(struct image_object *object) {
    const struct image_file *file = object->file;
    struct image *image = file->image;

    image->sections = calloc(file->sections_count, sizeof *image->sections);
    if (!image->sections)
        return image_fail(file, "out of memory");
    for (size_t i = 1; i < file->sections_count; i++) {
        GElf_Shdr section;

        if (!image_file_section(file, i, &section))
            return false;
        if (!object->addresses[i])
            continue;
        image->sections[image->sections_count++] =
            (struct image_section){i, object->addresses[i], section.sh_size};
        if (section.sh_type != SHT_NOBITS && section.sh_size)
            image_memory_write(image, object->addresses[i],
                               image_file_bytes(file, section.sh_offset, section.sh_size),
                               (size_t)section.sh_size);
    }
    return true;
}

static bool image_load_sections(struct image_object *object) {
    const struct image_file *file = object->file;

    object->addresses = calloc(file->sections_count + 1, sizeof *object->addresses);
    if (!object->addresses)
        return image_fail(file, "out of memory");
    if (!image_link_open(object))
        return false;
    for (unsigned group = 0; group < IMAGE_GROUPS; group++) {
        if (!image_place_group(object, group))
            return false;
    }
    if (object->ranges_count == 0)
        return image_fail(file, "no section of the object file occupies memory");
    return image_memory_build(file, object->ranges, object->ranges_count) &&
           image_fill_sections(object) && image_link(object) &&
           image_constructors_add_sections(file);
}

bool image_load_object(const struct image_file *file) {
    struct image_object object = {.file = file, .cursor = IMAGE_BASE};
    bool ok = image_load_sections(&object);

    free(object.addresses);
    free(object.places);
    return ok;
}
