/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image/object.h"

#include <stdlib.h>
#include <string.h>

/*
 * Relocatable objects, and shared ones that they need: this is their linker. Sections that occupy
 * memory go into groups by what may be done with them; behind the code come stubs that call
 * indirect functions, behind the data come COMMON symbols and the global offset table.
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

bool image_reserve(struct image_link *link, uint64_t size, uint64_t alignment, uint64_t *address) {
    uint64_t limit = (uint64_t)IMAGE_BASE + IMAGE_SIZE_MAX;

    if (alignment == 0)
        alignment = 1;
    if (alignment & (alignment - 1) || alignment > IMAGE_SIZE_MAX)
        return image_fail(link->objects[0].file, "an alignment of %llu bytes is absurd",
                          (unsigned long long)alignment);
    link->cursor = (link->cursor + alignment - 1) & ~(alignment - 1);
    if (link->cursor > limit || size > limit - link->cursor)
        return image_fail(link->objects[0].file, "the sections need more than %u MiB of memory",
                          IMAGE_SIZE_MAX >> 20);
    *address = link->cursor;
    link->cursor += size;
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
    return image_reserve(object->link, section->sh_size, section->sh_addralign,
                         &object->addresses[index]);
}

/* The sections of a group that are, or are not, thread-local and zero-filled. */
static bool image_place_sections_of(struct image_object *object, unsigned group, bool is_tls,
                                    bool is_zero) {
    if (object->dynamic)
        return true;
    for (size_t i = 1; i < object->file->sections_count; i++) {
        GElf_Shdr section;

        if (!image_file_section(object->file, i, &section))
            return false;
        if (section.sh_flags & SHF_EXECINSTR &&
            strcmp(image_section_name(object->file, &section), ".note.GNU-stack") == 0)
            object->file->image->runs_stack = true;
        if (!(section.sh_flags & SHF_ALLOC) || image_section_group(&section) != group ||
            !!(section.sh_flags & SHF_TLS) != is_tls || (section.sh_type == SHT_NOBITS) != is_zero)
            continue;
        if (!image_place_section(object, i, &section))
            return false;
    }
    return true;
}

static bool image_place_sections(struct image_link *link, unsigned group, bool is_tls,
                                 bool is_zero) {
    for (size_t i = 0; i < link->count; i++) {
        if (!image_place_sections_of(&link->objects[i], group, is_tls, is_zero))
            return false;
    }
    return true;
}

/* The largest alignment of an object's thread-local sections, if that is larger. */
static bool image_align_tls(const struct image_object *object, uint64_t *alignment) {
    GElf_Phdr program;

    if (object->dynamic && !image_find_tls(object->file, &program))
        return false;
    if (object->dynamic) {
        *alignment = program.p_align > *alignment ? program.p_align : *alignment;
        return true;
    }
    for (size_t i = 1; i < object->file->sections_count; i++) {
        GElf_Shdr section;

        if (!image_file_section(object->file, i, &section))
            return false;
        if (section.sh_flags & SHF_ALLOC && section.sh_flags & SHF_TLS &&
            image_section_group(&section) == IMAGE_GROUP_DATA && section.sh_addralign > *alignment)
            *alignment = section.sh_addralign;
    }
    return true;
}

static bool image_place_linked_tls(struct image_link *link) {
    for (size_t i = 0; i < link->count; i++) {
        if (link->objects[i].dynamic && !image_linked_place_tls(&link->objects[i]))
            return false;
    }
    return true;
}

/* The TLS image is one piece: initialised parts, then zero-filled ones. */
static bool image_place_tls(struct image_link *link) {
    struct image *image = link->objects[0].file->image;
    uint64_t alignment = 1;

    for (size_t i = 0; i < link->count; i++) {
        if (!image_align_tls(&link->objects[i], &alignment))
            return false;
    }
    if (!image_reserve(link, 0, alignment, &image->tls_start) ||
        !image_place_sections(link, IMAGE_GROUP_DATA, true, false) || !image_place_linked_tls(link))
        return false;
    image->tls_file_size = (size_t)(link->cursor - image->tls_start);
    if (!image_place_sections(link, IMAGE_GROUP_DATA, true, true))
        return false;
    image->tls_memory_size = (size_t)(link->cursor - image->tls_start);
    image->tls_alignment = (size_t)alignment;
    return true;
}

static bool image_place_group(struct image_link *link, unsigned group) {
    uint64_t first = 0;

    if (!image_reserve(link, 0, IMAGE_PAGE, &first))
        return false;
    if ((group == IMAGE_GROUP_DATA && !image_place_tls(link)) ||
        !image_place_sections(link, group, false, false) ||
        !image_place_sections(link, group, false, true) ||
        (group != IMAGE_GROUP_DATA && (!image_place_sections(link, group, true, false) ||
                                       !image_place_sections(link, group, true, true))))
        return false;
    if ((group == IMAGE_GROUP_CODE && !image_link_reserve_code(link)) ||
        (group == IMAGE_GROUP_DATA && !image_link_reserve_data(link)))
        return false;
    return link->cursor == first ||
           image_link_add_range(
               link, (struct image_range){first, link->cursor - 1, image_group_permissions[group]});
}

bool image_link_add_range(struct image_link *link, struct image_range range) {
    if (!image_grow((void **)&link->ranges, link->ranges_count, sizeof *link->ranges))
        return image_fail(link->objects[0].file, "out of memory");
    link->ranges[link->ranges_count++] = range;
    return true;
}

/* Copies an object's sections into the segments. */
static bool image_fill_sections(const struct image_object *object) {
    const struct image_file *file = object->file;

    for (size_t i = 1; i < file->sections_count; i++) {
        GElf_Shdr section;

        if (!image_file_section(file, i, &section))
            return false;
        if (object->addresses[i] && section.sh_type != SHT_NOBITS && section.sh_size)
            image_memory_write(file->image, object->addresses[i],
                               image_file_bytes(file, section.sh_offset, section.sh_size),
                               (size_t)section.sh_size);
    }
    return true;
}

/* Records where the sections of the object that was asked for are: its debug information counts
 * from them. */
static bool image_note_sections(const struct image_object *object) {
    const struct image_file *file = object->file;
    struct image *image = file->image;

    image->sections = calloc(file->sections_count, sizeof *image->sections);
    if (!image->sections)
        return image_fail(file, "out of memory");
    for (size_t i = 1; i < file->sections_count; i++) {
        GElf_Shdr section;

        if (!image_file_section(file, i, &section))
            return false;
        if (object->addresses[i])
            image->sections[image->sections_count++] =
                (struct image_section){i, object->addresses[i], section.sh_size};
    }
    return true;
}

static bool image_fill_objects(struct image_link *link) {
    for (size_t i = 0; i < link->count; i++) {
        const struct image_object *object = &link->objects[i];

        if (!(object->dynamic ? image_linked_fill(object) : image_fill_sections(object)))
            return false;
    }
    return link->objects[0].dynamic || image_note_sections(&link->objects[0]);
}

/* Shared objects are initialised ahead of what needs them; what they protect is theirs until all is
 * relocated. */
static bool image_link_finish(struct image_link *link) {
    for (size_t i = link->count; i-- > 0;) {
        const struct image_object *object = &link->objects[i];

        if (object->dynamic && (!image_dynamic_constructors(object->file, object->dynamic) ||
                                !image_protect_relro(object->file)))
            return false;
    }
    for (size_t i = 0; i < link->count; i++) {
        const struct image_object *object = &link->objects[i];

        if (!object->dynamic && !image_constructors_add_sections(object->file, object->addresses))
            return false;
    }
    return true;
}

static bool image_place_linked(struct image_link *link) {
    for (size_t i = 0; i < link->count; i++) {
        if (link->objects[i].dynamic && !image_linked_place(&link->objects[i]))
            return false;
    }
    return true;
}

static bool image_load_sections(struct image_link *link) {
    const struct image_file *file = link->objects[0].file;

    for (size_t i = 0; i < link->count; i++) {
        struct image_object *object = &link->objects[i];

        object->addresses = calloc(object->file->sections_count + 1, sizeof *object->addresses);
        if (!object->addresses)
            return image_fail(file, "out of memory");
    }
    if (!image_link_open(link) || !image_globals_open(link))
        return false;
    for (unsigned group = 0; group < IMAGE_GROUPS; group++) {
        if (!image_place_group(link, group))
            return false;
    }
    if (!image_place_linked(link))
        return false;
    if (link->ranges_count == 0)
        return image_fail(file, "no section of the object file occupies memory");
    file->image->bias = file->bias;
    return image_memory_build(file, link->ranges, link->ranges_count) && image_fill_objects(link) &&
           image_link(link) && image_link_finish(link);
}

bool image_load_objects(struct image_file *files, size_t count) {
    struct image_link link = {.count = count, .cursor = IMAGE_BASE};
    bool ok;

    link.objects = calloc(count, sizeof *link.objects);
    if (!link.objects)
        return image_fail(files, "out of memory");
    for (size_t i = 0; i < count; i++)
        link.objects[i] = (struct image_object){.file = &files[i], .link = &link};
    ok = image_load_sections(&link);
    for (size_t i = 0; i < count; i++) {
        free(link.objects[i].addresses);
        free(link.objects[i].places);
        free(link.objects[i].dynamic);
    }
    free(link.ranges);
    free(link.objects);
    free(link.globals);
    return ok;
}
