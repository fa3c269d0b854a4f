/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image/internal.h"

#include <stdlib.h>
#include <string.h>

/*
 * Undefined symbols. Nothing in an object says whether one is a function or data: what is only ever
 * called is a function; all else may be data, and gets memory. A function whose address is taken
 * has memory as well, and whoever jumps there is sent on to its place in the import area.
 */
#define UNDEFINED_SIZE 4096u      /* bytes for a symbol of which nothing says how large it is */
#define UNDEFINED_SIZE_SMALL 256u /* where there are very many */
#define UNDEFINED_MANY 4096u

static int image_compare_imports(const void *a, const void *b) {
    const struct image_import *left = a, *right = b;

    return strcmp(left->name, right->name);
}

bool image_imports_add(const struct image_file *file, const struct image_entry *entry,
                       enum image_use use) {
    struct image *image = file->image;
    unsigned type = GELF_ST_TYPE(entry->symbol.st_info);
    char *name;

    if (entry->section != SHN_UNDEF || !entry->name[0] || type == STT_TLS ||
        GELF_ST_BIND(entry->symbol.st_info) != STB_GLOBAL)
        return true;
    name = strdup(entry->name);
    if (!name ||
        !image_grow((void **)&image->imports, image->imports_count, sizeof *image->imports)) {
        free(name);
        return image_fail(file, "out of memory");
    }
    if (use == IMAGE_USE_REFERENCE && type == STT_FUNC) /* the linker saw what it is */
        use = IMAGE_USE_CALL;
    image->imports[image->imports_count++] = (struct image_import){
        .name = name,
        .data_size = (size_t)entry->symbol.st_size,
        .is_called = use == IMAGE_USE_CALL,
        .is_referenced = use == IMAGE_USE_REFERENCE,
    };
    return true;
}

static void image_imports_sort(struct image *image) {
    size_t kept = 0;

    if (image->imports_count)
        qsort(image->imports, image->imports_count, sizeof *image->imports, image_compare_imports);
    for (size_t i = 0; i < image->imports_count; i++) {
        struct image_import *import = &image->imports[i];
        struct image_import *last = kept ? &image->imports[kept - 1] : NULL;

        if (last && strcmp(last->name, import->name) == 0) {
            last->is_called |= import->is_called;
            last->is_referenced |= import->is_referenced;
            if (import->data_size > last->data_size)
                last->data_size = import->data_size;
            free(import->name);
        } else {
            image->imports[kept++] = *import;
        }
    }
    image->imports_count = kept;
}

/* What somebody gives is data, of the size that they say. */
static void image_take_wishes(struct image *image, const struct image_request *request) {
    for (size_t i = 0; i < request->data_count; i++) {
        const struct image_wish *wish = &request->data[i];

        for (size_t k = 0; wish->name && k < image->imports_count; k++) {
            struct image_import *import = &image->imports[k];

            if (strcmp(import->name, wish->name) != 0)
                continue;
            import->is_referenced = import->is_given = import->is_stated = true;
            import->data_size = (size_t)wish->size;
        }
    }
}

/* Gives those that may be data their memory, one behind the other from `first` on. Returns the end;
 * 0: they need more than images may. */
static uint64_t image_undefined_lay_out(struct image *image, uint64_t first) {
    uint64_t at = first;
    size_t count = 0, least;

    for (size_t i = 0; i < image->imports_count; i++)
        count += image->imports[i].is_referenced;
    least = count > UNDEFINED_MANY ? UNDEFINED_SIZE_SMALL : UNDEFINED_SIZE;
    for (size_t i = 0; i < image->imports_count; i++) {
        struct image_import *import = &image->imports[i];

        if (!import->is_referenced) {
            import->data_size = 0;
            continue;
        }
        if (import->data_size > IMAGE_SIZE_MAX)
            return 0;
        if (import->data_size < least)
            import->data_size = least;
        import->data_size = (import->data_size + least - 1) / least * least;
        import->data = at;
        at += import->data_size;
        if (at - first > IMAGE_SIZE_MAX)
            return 0;
    }
    return at;
}

/* Data of C libraries and of stack protectors that is there when its like is not linked in; what it
 * holds in a process of one thread. */
static const struct {
    const char *name;
    uint64_t value;
} image_known_data[] = {
    {"__stack_chk_guard", 0x5a3b7cd1e9840f00},
    {"__ref_stack_chk_guard", 0x5a3b7cd1e9840f00}, /* Linux from 6.15 on, behind %gs */
    {"__libc_single_threaded", 1},
    {"__security_cookie", 0x2b992ddfa232},
};

const char *image_data_provided(size_t index, uint64_t *value) {
    if (index >= sizeof image_known_data / sizeof *image_known_data)
        return NULL;
    *value = image_known_data[index].value;
    return image_known_data[index].name;
}

static void image_fill_known(struct image *image) {
    for (size_t i = 0; i < image->imports_count; i++) {
        struct image_import *import = &image->imports[i];

        for (size_t k = 0; k < sizeof image_known_data / sizeof *image_known_data; k++) {
            if (import->data == 0 || strcmp(import->name, image_known_data[k].name) != 0)
                continue;
            import->is_given = true;
            image_memory_put(image, import->data, 8, image_known_data[k].value);
        }
    }
}

/* Appends the segment, behind all others. */
static bool image_undefined_place(const struct image_file *file, uint64_t first, uint64_t end) {
    struct image *image = file->image;
    struct image_segment *grown =
        reallocarray(image->segments, image->segments_count + 1, sizeof *grown);
    struct image_segment *segment;

    if (!grown)
        return image_fail(file, "out of memory");
    image->segments = grown;
    segment = &grown[image->segments_count];
    *segment = (struct image_segment){
        .address = first,
        .size = (size_t)((end - first + IMAGE_PAGE - 1) / IMAGE_PAGE * IMAGE_PAGE),
        .permissions = IMAGE_READ | IMAGE_WRITE,
        .own_first = first,
        .own_last = end - 1,
    };
    segment->bytes = calloc(1, segment->size);
    if (!segment->bytes)
        return image_fail(file, "out of memory");
    image->segments_count++;
    image->undefined_first = first;
    image->undefined_last = end - 1;
    return true;
}

bool image_imports_place(const struct image_file *file) {
    struct image *image = file->image;
    const struct image_segment *last = &image->segments[image->segments_count - 1];
    uint64_t limit = image->mode == IMAGE_64 ? UINT64_MAX : (uint64_t)UINT32_MAX + 1;
    uint64_t first = last->address + last->size, end, size = 0;

    image_imports_sort(image);
    if (file->request)
        image_take_wishes(image, file->request);
    end = image_undefined_lay_out(image, first);
    if (!image->is_flat)
        size = ((uint64_t)image->imports_count + IMAGE_HELPERS) * IMAGE_IMPORT_SIZE;
    size = (size + IMAGE_PAGE - 1) / IMAGE_PAGE * IMAGE_PAGE;
    if (end < first || size > IMAGE_SIZE_MAX ||
        (size && end - first + size + IMAGE_PAGE > limit - first))
        return image_fail(file, "no room for %zu undefined symbols behind the segments",
                          image->imports_count);
    if (end > first && !image_undefined_place(file, first, end))
        return false;
    image_fill_known(image);
    image->import_area = (end + IMAGE_PAGE - 1) / IMAGE_PAGE * IMAGE_PAGE;
    image->import_area_size = (size_t)size;
    if (size > 0)
        image->helpers = image->import_area + image->imports_count * IMAGE_IMPORT_SIZE;
    for (size_t i = 0; i < image->imports_count; i++)
        image->imports[i].address = image->import_area + i * IMAGE_IMPORT_SIZE;
    return true;
}

uint64_t image_imports_find(const struct image *image, const char *name, enum image_use use) {
    struct image_import key = {.name = (char *)name};
    const struct image_import *found = NULL;

    if (image->imports_count)
        found =
            bsearch(&key, image->imports, image->imports_count, sizeof key, image_compare_imports);
    if (!found)
        return 0;
    return use == IMAGE_USE_REFERENCE && found->data ? found->data : found->address;
}

/* They lie in the order of their names, those without memory aside. */
const struct image_import *image_undefined_at(const struct image *image, uint64_t address) {
    if (image->undefined_last == 0 || address < image->undefined_first ||
        address > image->undefined_last)
        return NULL;
    for (size_t i = 0; i < image->imports_count; i++) {
        if (image->imports[i].data &&
            address - image->imports[i].data < image->imports[i].data_size)
            return &image->imports[i];
    }
    return NULL;
}

bool image_is_known_at(const struct image *image, uint64_t address) {
    const struct image_import *import = image_undefined_at(image, address);

    if (!import || import->is_given)
        return true;
    for (size_t i = 0; i < image->stated_count; i++) {
        if (address - image->stated[i].address < image->stated[i].size)
            return true;
    }
    return false;
}

bool image_state(struct image *image, uint64_t address, const uint8_t *bytes, size_t size) {
    struct image_span *grown;

    for (size_t i = 0; i < size; i++) {
        if (!image_put(image, address + i, 1, bytes[i]))
            return false;
    }
    if (!image_undefined_at(image, address))
        return true;
    grown = reallocarray(image->stated, image->stated_count + 1, sizeof *grown);
    if (!grown)
        return false;
    image->stated = grown;
    grown[image->stated_count++] = (struct image_span){address, size};
    return true;
}

const struct image_import *image_find_undefined(const struct image *image, const char *name) {
    for (size_t i = 0; i < image->imports_count; i++) {
        if (strcmp(image->imports[i].name, name) == 0)
            return &image->imports[i];
    }
    return NULL;
}

static int image_compare_segments(const void *a, const void *b) {
    const struct image_segment *left = a, *right = b;

    return (left->address > right->address) - (left->address < right->address);
}

static bool image_is_free(const struct image *image, uint64_t first, uint64_t size) {
    for (size_t i = 0; i < image->segments_count; i++) {
        if (first < image->segments[i].address + image->segments[i].size &&
            image->segments[i].address < first + size)
            return false;
    }
    return first >= image->import_area + image->import_area_size ||
           first + size <= image->import_area;
}

static bool image_add_given(struct image *image, const struct image_wish *wish,
                            struct errors *errors) {
    uint64_t first = wish->address & ~(uint64_t)(IMAGE_PAGE - 1);
    uint64_t size = (wish->address - first + wish->size + IMAGE_PAGE - 1) / IMAGE_PAGE * IMAGE_PAGE;
    struct image_segment *grown;

    if (wish->address > UINT64_MAX - wish->size - 2 * IMAGE_PAGE ||
        (image->mode != IMAGE_64 && first + size > (uint64_t)UINT32_MAX + 1) ||
        !image_is_free(image, first, size))
        return errors_add(errors, image->path, 0, 0,
                          "memory at %#llx (data) is where the code lies, or beyond its reach",
                          (unsigned long long)wish->address);
    grown = reallocarray(image->segments, image->segments_count + 1, sizeof *grown);
    if (grown)
        image->segments = grown;
    if (!grown || !(grown[image->segments_count].bytes = calloc(1, (size_t)size)))
        return errors_add(errors, image->path, 0, 0, "out of memory");
    grown[image->segments_count].address = first;
    grown[image->segments_count].size = (size_t)size;
    grown[image->segments_count].permissions = IMAGE_READ | IMAGE_WRITE;
    grown[image->segments_count].own_first = wish->address;
    grown[image->segments_count].own_last = wish->address + wish->size - 1;
    image->segments_count++;
    qsort(image->segments, image->segments_count, sizeof *grown, image_compare_segments);
    return true;
}

bool image_given_place(struct image *image, const struct image_request *request,
                       struct errors *errors) {
    for (size_t i = 0; i < request->data_count; i++) {
        if (!request->data[i].name && !image_add_given(image, &request->data[i], errors))
            return false;
    }
    return true;
}
