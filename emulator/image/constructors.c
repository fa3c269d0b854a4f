/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image/internal.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

bool image_constructors_add(const struct image_file *file, uint64_t address) {
    struct image *image = file->image;
    uint64_t none = file->word == 8 ? UINT64_MAX : UINT32_MAX;
    uint64_t *grown;

    if (address == 0 || address == none)
        return true;
    grown = reallocarray(image->constructors, image->constructors_count + 1, sizeof *grown);
    if (!grown)
        return image_fail(file, "out of memory");
    image->constructors = grown;
    grown[image->constructors_count++] = address;
    return true;
}

bool image_constructors_add_array(const struct image_file *file, uint64_t address, uint64_t size) {
    for (uint64_t offset = 0; size - offset >= file->word; offset += file->word) {
        uint64_t function;

        if (!image_memory_get(file->image, address + offset, file->word, &function))
            return image_fail(file, "the array of constructors at %#llx lies in no segment",
                              (unsigned long long)address);
        if (!image_constructors_add(file, function))
            return false;
    }
    return true;
}

static int image_compare_sections(const void *a, const void *b) {
    const struct image_section *left = a, *right = b;

    return (left->index > right->index) - (left->index < right->index);
}

static uint64_t image_section_address(const struct image *image, size_t index,
                                      const GElf_Shdr *section) {
    struct image_section key = {.index = index};
    const struct image_section *placed = NULL;

    if (image->sections_count)
        placed = bsearch(&key, image->sections, image->sections_count, sizeof key,
                         image_compare_sections);
    return placed ? placed->address : section->sh_addr + image->bias;
}

/* GCC and Clang write `.init_array.00100` for a priority of 100; a linker sorts them ahead of the
 * plain section. */
static unsigned long image_constructors_priority(const char *name) {
    const char *number = strrchr(name, '.');

    return number && number[1] >= '0' && number[1] <= '9' ? strtoul(number + 1, NULL, 10)
                                                          : ULONG_MAX;
}

struct image_array {
    unsigned long priority;
    uint64_t address, size;
};

static int image_compare_arrays(const void *a, const void *b) {
    const struct image_array *left = a, *right = b;

    if (left->priority != right->priority)
        return left->priority < right->priority ? -1 : 1;
    return (left->address > right->address) - (left->address < right->address);
}

static bool image_constructors_add_type(const struct image_file *file, unsigned type) {
    struct image_array *arrays = calloc(file->sections_count + 1, sizeof *arrays);
    size_t count = 0;
    bool ok = arrays || image_fail(file, "out of memory");

    for (size_t i = 1; ok && i < file->sections_count; i++) {
        GElf_Shdr section;

        ok = image_file_section(file, i, &section);
        if (ok && section.sh_type == type && section.sh_flags & SHF_ALLOC && section.sh_size)
            arrays[count++] = (struct image_array){
                image_constructors_priority(image_section_name(file, &section)),
                image_section_address(file->image, i, &section), section.sh_size};
    }
    if (ok && count)
        qsort(arrays, count, sizeof *arrays, image_compare_arrays);
    for (size_t i = 0; ok && i < count; i++)
        ok = image_constructors_add_array(file, arrays[i].address, arrays[i].size);
    free(arrays);
    return ok;
}

bool image_constructors_add_sections(const struct image_file *file) {
    return image_constructors_add_type(file, SHT_PREINIT_ARRAY) &&
           image_constructors_add_type(file, SHT_INIT_ARRAY);
}
