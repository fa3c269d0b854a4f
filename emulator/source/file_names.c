/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/source/file_names.h"

#include "emulator/source/quote.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void names_clear_one(struct source_name *name) {
    free(name->full);
    free(name->shown);
}

void source_names_clear(struct source_names *names) {
    for (size_t i = 0; i < names->count; i++)
        names_clear_one(&names->list[i]);
    free(names->list);
    free(names->root);
    *names = (struct source_names){0};
}

bool source_names_set_root(struct source_names *names, const char *folder) {
    char *root;

    errno = 0;
    root = realpath(folder ? folder : ".", NULL);
    if (!root && errno == ENOMEM)
        return false;
    source_names_clear(names);
    names->root = root;
    return true;
}

/* Takes ".", ".." and doubled slashes out of an absolute path, in place. Compilers write the path
 * they were given behind the folder they ran in: "/project/build/../hv.c". */
static void names_normalise(char *path) {
    char *end = path;
    const char *at = path;

    while (*at) {
        size_t length;

        at += strspn(at, "/");
        length = strcspn(at, "/");
        if (length == 2 && at[0] == '.' && at[1] == '.') {
            while (end > path && *--end != '/')
                continue;
        } else if (length > 0 && !(length == 1 && at[0] == '.')) {
            *end++ = '/';
            memmove(end, at, length);
            end += length;
        }
        at += length;
    }
    *end = '\0';
}

/* The part of a path below the root; NULL: it is not below it. */
const char *source_names_below(const char *root, const char *path) {
    size_t length = strcmp(root, "/") == 0 ? 0 : strlen(root);

    return strncmp(path, root, length) == 0 && path[length] == '/' && path[length + 1]
               ? path + length + 1
               : NULL;
}

/* A name with its folder, normalised; to be freed. NULL: its folder is not known, or out of memory.
 */
char *source_names_full(const char *folder, const char *name) {
    char *path = NULL;

    if (name[0] == '/')
        path = strdup(name);
    else if (!folder || asprintf(&path, "%s/%s", folder, name) < 0)
        return NULL;
    if (path)
        names_normalise(path);
    return path;
}

/* Fills what follows from what is written. False: out of memory. */
static bool names_fill(const struct source_names *names, struct source_name *name) {
    const char *below = NULL, *slash;
    char *real = NULL;

    name->full = source_names_full(name->folder, name->written);
    if (name->full && names->root) {
        real = realpath(name->full, NULL); /* a root reached through a link */
        below = source_names_below(names->root, name->full);
        if (real && !below)
            below = source_names_below(names->root, real);
    }
    slash = name->written[0] == '/' ? strrchr(name->written, '/') + 1 : name->written;
    name->shown = strdup(below ? below : slash);
    name->is_below = below || !name->full;
    free(real);
    return name->shown && (name->full || (name->written[0] != '/' && !name->folder));
}

const struct source_name *source_names_find(struct source_names *names, const char *folder,
                                            const char *written) {
    struct source_name name = {.written = written, .folder = folder}, *grown;

    for (size_t i = 0; i < names->count; i++) {
        if (names->list[i].written == written && names->list[i].folder == folder)
            return &names->list[i];
    }
    grown = realloc(names->list, (names->count + 1) * sizeof *grown);
    if (!grown)
        return NULL;
    names->list = grown;
    if (!names_fill(names, &name)) {
        names_clear_one(&name);
        return NULL;
    }
    grown[names->count] = name;
    return &grown[names->count++];
}

/* Compilers may be told to leave the project's folder out of names: then the root is that. */
static size_t names_quote_relative(const struct source_names *names, const char *file,
                                   unsigned first, size_t count, char **lines) {
    char *path = NULL;
    size_t taken = 0;

    if (names->root && asprintf(&path, "%s/%s", names->root, file) >= 0) {
        taken = source_quote(names->root, path, first, count, lines);
        free(path);
    }
    return taken;
}

size_t source_names_quote(const struct source_names *names, const char *shown, unsigned first,
                          size_t count, char **lines) {
    for (size_t i = 0; names->root && i < names->count; i++) {
        const struct source_name *name = &names->list[i];

        if (name->shown == shown && name->full)
            return source_quote(names->root, name->full, first, count, lines);
    }
    return names_quote_relative(names, shown, first, count, lines);
}
