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

static bool image_constructors_add_type(const struct image_file *file, const uint64_t *addresses,
                                        unsigned type) {
    struct image_array *arrays = calloc(file->sections_count + 1, sizeof *arrays);
    size_t count = 0;
    bool ok = arrays || image_fail(file, "out of memory");

    for (size_t i = 1; ok && i < file->sections_count; i++) {
        GElf_Shdr section;

        ok = image_file_section(file, i, &section);
        if (ok && section.sh_type == type && section.sh_flags & SHF_ALLOC && section.sh_size)
            arrays[count++] = (struct image_array){
                image_constructors_priority(image_section_name(file, &section)),
                addresses ? addresses[i] : section.sh_addr + file->bias, section.sh_size};
    }
    if (ok && count)
        qsort(arrays, count, sizeof *arrays, image_compare_arrays);
    for (size_t i = 0; ok && i < count; i++)
        ok = image_constructors_add_array(file, arrays[i].address, arrays[i].size);
    free(arrays);
    return ok;
}

/* The arrays of old compilers, `.ctors`, whose last function runs first. */
static bool image_constructors_add_old(const struct image_file *file, const uint64_t *addresses) {
    for (size_t i = 1; i < file->sections_count; i++) {
        GElf_Shdr section;
        uint64_t first, function;

        if (!image_file_section(file, i, &section))
            return false;
        if (strncmp(image_section_name(file, &section), ".ctors", 6) != 0 ||
            section.sh_type != SHT_PROGBITS || !(section.sh_flags & SHF_ALLOC))
            continue;
        first = addresses ? addresses[i] : section.sh_addr + file->bias;
        for (uint64_t at = section.sh_size / file->word * file->word; at > 0;) {
            at -= file->word;
            if (image_memory_get(file->image, first + at, file->word, &function) &&
                !image_constructors_add(file, function))
                return false;
        }
    }
    return true;
}

bool image_constructors_add_sections(const struct image_file *file, const uint64_t *addresses) {
    return image_constructors_add_type(file, addresses, SHT_PREINIT_ARRAY) &&
           image_constructors_add_type(file, addresses, SHT_INIT_ARRAY) &&
           image_constructors_add_old(file, addresses);
}
