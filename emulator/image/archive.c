/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image/pool.h"

#include <stdlib.h>
#include <string.h>

/* Archives of objects (.a): the common format, with GNU's and BSD's long names, and thin ones,
 * whose members are files of their own. */
#define ARCHIVE_MAGIC 8u   /* bytes */
#define ARCHIVE_HEADER 60u /* bytes ahead of each member */

bool image_is_archive(const uint8_t *bytes, size_t size) {
    return size >= ARCHIVE_MAGIC &&
           (memcmp(bytes, "!<arch>\n", 8) == 0 || memcmp(bytes, "!<thin>\n", 8) == 0);
}

struct image_archive {
    const char *path;
    const uint8_t *bytes;
    size_t size;
    const char *names; /* GNU's table of long names; NULL: none yet */
    size_t names_size;
    bool is_thin;
};

static uint64_t archive_number(const char *text, size_t size) {
    char copy[20] = {0};

    memcpy(copy, text, size < sizeof copy ? size : sizeof copy - 1);
    return strtoull(copy, NULL, 10);
}

/* The member's name, to be freed; of BSD's long ones it also steps over the name in the data. NULL:
 * out of memory, or broken. */
static char *archive_name(const struct image_archive *archive, const char *header,
                          const uint8_t **data, uint64_t *size) {
    size_t length = 16;

    if (strncmp(header, "#1/", 3) == 0) {
        uint64_t own = archive_number(header + 3, 13);
        char *name;

        if (own > *size)
            return NULL;
        name = strndup((const char *)*data, (size_t)own);
        *data += own;
        *size -= own;
        return name;
    }
    if (header[0] == '/' && header[1] >= '0' && header[1] <= '9') {
        uint64_t offset = archive_number(header + 1, 15);
        const char *name, *end;

        if (!archive->names || offset >= archive->names_size)
            return NULL;
        name = archive->names + offset;
        end = memchr(name, '\n', archive->names_size - (size_t)offset);
        length = end ? (size_t)(end - name) : archive->names_size - (size_t)offset;
        if (length > 0 && name[length - 1] == '/')
            length--;
        return strndup(name, length);
    }
    while (length > 0 && (header[length - 1] == ' ' || header[length - 1] == '/'))
        length--;
    return strndup(header, length);
}

/* A thin archive names files relative to itself. */
static char *archive_outside(const struct image_archive *archive, const char *name) {
    const char *slash = strrchr(archive->path, '/');
    char *path;

    if (name[0] == '/' || !slash)
        return strdup(name);
    return asprintf(&path, "%.*s/%s", (int)(slash - archive->path), archive->path, name) < 0 ? NULL
                                                                                             : path;
}

static bool archive_take(struct image_pool *pool, const struct image_archive *archive, char *name,
                         const uint8_t *data, uint64_t size) {
    struct image_candidate candidate = {.member = name, .is_library = true};
    char *outside;

    if (asprintf(&candidate.shown, "%s(%s)", archive->path, name) < 0)
        candidate.shown = NULL;
    if (archive->is_thin) {
        outside = archive_outside(archive, name);
        candidate.owned =
            outside ? image_read_file(outside, &candidate.file.size, pool->errors) : NULL;
        free(outside);
        data = candidate.owned;
        size = candidate.file.size;
    }
    candidate.file.bytes = (uint8_t *)data;
    candidate.file.size = (size_t)size;
    return image_pool_take(pool, &candidate);
}

bool image_archive_read(struct image_pool *pool, const char *path, const uint8_t *bytes,
                        size_t size) {
    struct image_archive archive = {
        .path = path, .bytes = bytes, .size = size, .is_thin = bytes[2] == 't'};
    size_t at = ARCHIVE_MAGIC;

    while (at + ARCHIVE_HEADER <= size) {
        const char *header = (const char *)bytes + at;
        uint64_t member_size = archive_number(header + 48, 10);
        const uint8_t *data = bytes + at + ARCHIVE_HEADER;
        bool is_table = strncmp(header, "/ ", 2) == 0 || strncmp(header, "// ", 3) == 0 ||
                        strncmp(header, "/SYM64/ ", 8) == 0;
        bool is_here = is_table || !archive.is_thin;
        char *name;

        if (memcmp(header + 58, "`\n", 2) != 0 ||
            (is_here && member_size > size - at - ARCHIVE_HEADER))
            return errors_add(pool->errors, path, 0, 0,
                              "the archive is broken at offset %#zx; it may be truncated", at);
        at += ARCHIVE_HEADER + (is_here ? (size_t)(member_size + (member_size & 1)) : 0);
        if (is_table) {
            if (header[1] == '/') {
                archive.names = (const char *)data;
                archive.names_size = (size_t)member_size;
            }
            continue;
        }
        name = archive_name(&archive, header, &data, &member_size);
        if (!name)
            return errors_add(pool->errors, path, 0, 0,
                              "a member of the archive has a broken name");
        if (strncmp(name, "__.SYMDEF", 9) == 0) {
            free(name);
            continue;
        }
        if (!archive_take(pool, &archive, name, data, member_size))
            return false;
    }
    return true;
}
