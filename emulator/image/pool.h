/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_IMAGE_POOL_H
#define HVSPEC_EMULATOR_IMAGE_POOL_H

#include "emulator/image/internal.h"

/*
 * The files that an image may be linked from: the one that was asked for and its companions, which
 * are all taken, and members of archives, which are taken when somebody needs them.
 */
struct image_candidate {
    struct image_file file;
    uint8_t *owned;  /* the file's bytes, when they are its own; NULL: they lie in an archive */
    char *member;    /* owned; its name in an archive; NULL: none */
    char *shown;     /* owned; for messages */
    bool is_library; /* taken only when it is needed */
    bool is_taken;
};

struct image_export {
    const char *name; /* in its file */
    size_t candidate;
    bool is_weak, is_function;
};

struct image_pool {
    const char *path; /* of the file that was asked for */
    struct image *image;
    struct errors *errors;
    struct image_candidate *candidates; /* owned */
    size_t count;
    struct image_export *exports; /* owned; sorted by name once all are there */
    size_t exports_count;
    size_t *taken; /* owned; in the order of taking */
    size_t taken_count;
    uint8_t **archives; /* owned; their bytes */
    size_t archives_count;
};

/* Appends a candidate, which is taken over. Of a library's only what is an object counts. False
 * with an error noted. */
bool image_pool_take(struct image_pool *pool, struct image_candidate *candidate);

/* Reads a file, or an archive's members, into the pool. */
bool image_pool_read(struct image_pool *pool, const char *path, bool is_library);

/* Finds the member that defines the function, or has the name `member`, as the file that was asked
 * for. */
bool image_pool_choose(struct image_pool *pool, const char *entry, const char *member);

/* Takes what those that are taken need, and what that needs. */
bool image_pool_complete(struct image_pool *pool);

void image_pool_free(struct image_pool *pool);

/* archive.c */
bool image_is_archive(const uint8_t *bytes, size_t size);
bool image_archive_read(struct image_pool *pool, const char *path, const uint8_t *bytes,
                        size_t size);

#endif
