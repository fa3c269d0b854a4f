/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image/pool.h"

#include <stdlib.h>
#include <string.h>

/* From a path to an image: which files it is made of, and how they are laid out. */

/* Copies of the taken files side by side, as the linker wants them. */
static bool image_link_taken(struct image_pool *pool) {
    struct image_file *files = calloc(pool->taken_count, sizeof *files);
    bool ok = files || errors_add(pool->errors, pool->path, 0, 0, "out of memory");

    for (size_t i = 0; ok && i < pool->taken_count; i++) {
        files[i] = pool->candidates[pool->taken[i]].file;
        if (files[i].header.e_type != ET_REL && files[i].header.e_type != ET_DYN)
            ok = image_fail(&files[i], "only relocatable objects, archives of them and shared "
                                       "objects are linked with others: give the objects that it "
                                       "was made of");
        else if (files[i].rewritten && files[i].header.e_type != ET_REL)
            ok = image_fail(&files[i], "a PE image is linked with no others: give the objects that "
                                       "it was made of");
        else if (files[i].word != files[0].word)
            ok = image_fail(&files[i], "the objects of one probe are for different modes");
    }
    ok = ok && image_load_objects(files, pool->taken_count);
    free(files);
    return ok;
}

static bool image_load_first(struct image_pool *pool) {
    struct image_file *file = &pool->candidates[pool->taken[0]].file;

    pool->image->mode = file->word == 8 ? IMAGE_64 : IMAGE_32;
    pool->image->is_windows = file->loader && file->loader->is_windows;
    if (pool->taken_count > 1)
        return image_link_taken(pool);
    switch (file->header.e_type) {
    case ET_REL:
        return image_load_objects(file, 1);
    case ET_EXEC:
    case ET_DYN:
        return image_load_program(file);
    case ET_CORE:
        return image_fail(file, "a core dump is no probe");
    default:
        return image_fail(file, "unknown ELF file type %u", file->header.e_type);
    }
}

/* Debug information is looked for in the file as it was written anew. */
static void image_keep_rewritten(struct image_pool *pool) {
    struct image_file *file = &pool->candidates[pool->taken[0]].file;

    if (!file->rewritten)
        return;
    if (file->header.e_type != ET_REL)
        pool->image->start = pool->image->bias + file->image_base;
    pool->image->rewritten = file->rewritten;
    pool->image->rewritten_size = file->size;
    file->rewritten = NULL; /* `elf` looks at it as long as the image is there */
}

static bool image_load_all(struct image_pool *pool, const struct image_request *request) {
    if (!image_pool_read(pool, pool->path, false))
        return false;
    if (pool->taken_count == 0 && !image_pool_choose(pool, request->entry, request->member))
        return false;
    for (size_t i = 0; i < request->files_count; i++) {
        if (!image_pool_read(pool, request->files[i], true))
            return false;
    }
    for (size_t i = 0; i < pool->count; i++)
        pool->candidates[i].file.request = request;
    if (!image_pool_complete(pool) || !image_load_first(pool))
        return false;
    image_symbols_sort(pool->image);
    image_keep_rewritten(pool);
    return image_given_place(pool->image, request, pool->errors);
}

struct image *image_load(const char *path, const struct image_request *request,
                         struct errors *errors) {
    struct image_pool pool = {.path = path, .errors = errors};
    struct image *image = calloc(1, sizeof *image);
    bool ok = false;

    if (image && (image->path = strdup(path))) {
        pool.image = image;
        ok = image_load_all(&pool, request);
        image_pool_free(&pool);
    } else {
        errors_add(errors, path, 0, 0, "out of memory");
    }
    if (ok)
        return image;
    image_free(image);
    return NULL;
}

struct image *image_load_elf(const char *path, struct errors *errors) {
    const struct image_request request = {.entry = NULL};

    return image_load(path, &request, errors);
}
