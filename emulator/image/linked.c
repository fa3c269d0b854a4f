/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image/object.h"

#include <stdlib.h>

/*
 * Shared objects among the files of a link. Each keeps the order of its own segments, behind all
 * sections of relocatable objects; what it defines counts for all, and what it lacks is looked for
 * in all.
 */

bool image_linked_open(struct image_object *object) {
    const struct image_file *file = object->file;

    object->dynamic = calloc(1, sizeof *object->dynamic);
    if (!object->dynamic)
        return image_fail(file, "out of memory");
    if (!image_dynamic_open(file, object->dynamic))
        return false;
    for (size_t i = 1; i < file->sections_count; i++) {
        GElf_Shdr section;

        if (!image_file_section(file, i, &section))
            return false;
        if (section.sh_type == SHT_DYNSYM && section.sh_size)
            return image_symbols_open(file, i, &object->symbols);
    }
    return image_fail(file, "a shared object without section headers is linked with no others: "
                            "give one that was not stripped of them");
}

static bool linked_mark(const struct image_file *file, const struct image_symbol_table *symbols,
                        const GElf_Rela *entry, bool has_addend, void *context) {
    struct image_object *object = context;
    size_t index = (size_t)GELF_R_SYM(entry->r_info);

    (void)symbols;
    (void)has_addend;
    if (index >= object->symbols.count)
        return image_fail(file, "a relocation names symbol %zu, but there are only %zu", index,
                          object->symbols.count);
    if (image_dynamic_use(file, entry) == IMAGE_USE_CALL)
        object->places[index].is_called = true;
    else
        object->places[index].is_referenced = true;
    return true;
}

bool image_linked_mark(struct image_object *object) {
    return image_dynamic_each_of_all(object->file, object->dynamic, linked_mark, object);
}

bool image_linked_place(struct image_object *object) {
    struct image_link *link = object->link;
    struct image_file *file = object->file;
    struct image_range *ranges = calloc(file->programs_count + 1, sizeof *ranges);
    uint64_t first = UINT64_MAX, last = 0, base = 0;
    size_t count = 0;
    bool ok = ranges || image_fail(file, "out of memory");

    ok = ok && image_collect_ranges(file, ranges, &count);
    for (size_t i = 0; ok && i < count; i++) {
        first = ranges[i].first < first ? ranges[i].first : first;
        last = ranges[i].last > last ? ranges[i].last : last;
    }
    first &= ~(uint64_t)(IMAGE_PAGE - 1);
    ok = ok && image_reserve(link, last - first + 1, IMAGE_PAGE, &base);
    file->bias = base - first;
    for (size_t i = 0; ok && i < count; i++) {
        ranges[i].first += file->bias;
        ranges[i].last += file->bias;
        ok = image_link_add_range(link, ranges[i]);
    }
    free(ranges);
    return ok;
}

bool image_linked_place_tls(struct image_object *object) {
    struct image *image = object->file->image;
    uint64_t address;
    GElf_Phdr program;

    if (!image_find_tls(object->file, &program) ||
        !image_reserve(object->link, program.p_memsz, program.p_align, &address))
        return false;
    object->tls_offset = address - image->tls_start;
    return true;
}

bool image_linked_fill(const struct image_object *object) {
    const struct image_file *file = object->file;
    const uint8_t *bytes;
    GElf_Phdr program;

    if (!image_fill_segments(file) || !image_find_tls(file, &program))
        return false;
    bytes = image_file_bytes(file, program.p_offset, program.p_filesz);
    if (!bytes)
        return image_fail(file, "the thread-local storage lies beyond the end of the file");
    return program.p_filesz == 0 ||
           image_memory_write(file->image, file->image->tls_start + object->tls_offset, bytes,
                              (size_t)program.p_filesz);
}

/* The word behind a module's number without a symbol is an offset in the file's own part of the TLS
 * image, and no relocation says so. All parts are one module here. */
static bool linked_move_offset(const struct image_object *object,
                               const struct image_relocation *relocation) {
    const struct image_file *file = object->file;
    uint64_t place = relocation->place + file->word, offset;

    if (relocation->type != (file->word == 8 ? R_X86_64_DTPMOD64 : R_386_TLS_DTPMOD32))
        return true;
    if (!image_memory_get(file->image, place, file->word, &offset))
        return image_fail(file, "a thread-local relocation at %#llx is outside of the segments",
                          (unsigned long long)relocation->place);
    return image_memory_put(file->image, place, file->word, offset + object->tls_offset);
}

/* A thread-local relocation without a symbol is about the file's own part of the TLS image. */
static bool linked_relocate(const struct image_file *file, const struct image_symbol_table *symbols,
                            const GElf_Rela *entry, bool has_addend, void *context) {
    const struct image_object *object = context;
    struct image_relocation relocation = {
        .type = (unsigned)GELF_R_TYPE(entry->r_info),
        .place = entry->r_offset + file->bias,
        .has_addend = has_addend,
        .addend = (uint64_t)entry->r_addend,
    };
    size_t index = (size_t)GELF_R_SYM(entry->r_info);

    (void)symbols;
    if (!image_link_target(object, index, image_dynamic_use(file, entry), &relocation.target))
        return false;
    if (index == 0) {
        relocation.target.is_tls = true;
        relocation.target.tls_offset = object->tls_offset;
    }
    return (index != 0 || linked_move_offset(object, &relocation)) &&
           image_relocate(file, &relocation);
}

bool image_linked_relocate(struct image_object *object) {
    return image_list_all_symbols(object->file) &&
           image_dynamic_each_of_all(object->file, object->dynamic, linked_relocate, object) &&
           image_dynamic_relr(object->file, object->dynamic);
}
