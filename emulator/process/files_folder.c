/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/files_internal.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The names in a folder: those that the host shows, where it may be asked, and those that lead to
 * what is known otherwise. Sorted, so that a program finds them in the same order everywhere. */
#define FOLDER_NAMES_MAX 8192u

struct folder {
    char **names; /* each with its kind ahead of it, enum file_kind */
    size_t count;
};

static bool folder_holds(const struct folder *folder, const char *name, size_t length) {
    for (size_t i = 0; i < folder->count; i++) {
        if (strncmp(folder->names[i] + 1, name, length) == 0 && !folder->names[i][1 + length])
            return true;
    }
    return false;
}

static bool folder_add(struct folder *folder, enum file_kind kind, const char *name,
                       size_t length) {
    char **grown, *entry;

    if (folder->count == FOLDER_NAMES_MAX)
        return true;
    grown = realloc(folder->names, (folder->count + 1) * sizeof *grown);
    if (grown)
        folder->names = grown;
    entry = grown ? malloc(length + 2) : NULL;
    if (!entry)
        return false;
    entry[0] = (char)kind;
    memcpy(entry + 1, name, length);
    entry[1 + length] = '\0';
    folder->names[folder->count++] = entry;
    return true;
}

static bool folder_add_host(struct folder *folder, int descriptor) {
    DIR *stream = fdopendir(descriptor);
    struct dirent *entry;
    bool good = true;

    if (!stream) {
        close(descriptor);
        return false;
    }
    while (good && (entry = readdir(stream)) != NULL) {
        enum file_kind kind = entry->d_type == DT_DIR   ? FILE_KIND_FOLDER
                              : entry->d_type == DT_REG ? FILE_KIND_REGULAR
                                                        : FILE_KIND_UNKNOWN;

        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            good = folder_add(folder, kind, entry->d_name, strlen(entry->d_name));
    }
    closedir(stream);
    return good;
}

const char *files_below(const char *known, const char *path) {
    size_t length = strcmp(path, "/") == 0 ? 0 : strlen(path);

    return strncmp(known, path, length) == 0 && known[length] == '/' ? known + length + 1 : NULL;
}

static int folder_compare(const void *left, const void *right) {
    return strcmp(*(char *const *)left + 1, *(char *const *)right + 1);
}

static bool folder_join(const struct folder *folder, struct file *file) {
    size_t size = 0;

    for (size_t i = 0; i < folder->count; i++)
        size += strlen(folder->names[i] + 1) + 2;
    file->bytes = malloc(size + 1);
    for (size_t i = 0; file->bytes && i < folder->count; i++) {
        size_t length = strlen(folder->names[i] + 1) + 2;

        memcpy(file->bytes + file->size, folder->names[i], length);
        file->size += length;
    }
    return file->bytes != NULL;
}

int files_read_folder(const struct files *files, int descriptor, struct file *file) {
    struct folder folder = {.count = 0};
    bool good = descriptor < 0 || folder_add_host(&folder, descriptor);
    const char *known;

    for (size_t i = 0; good && (known = files_known(files, i)) != NULL; i++) {
        const char *name = files_below(known, file->path);
        size_t length = name ? strcspn(name, "/") : 0;

        if (length > 0 && !folder_holds(&folder, name, length))
            good = folder_add(&folder, name[length] ? FILE_KIND_FOLDER : FILE_KIND_REGULAR, name,
                              length);
    }
    if (good && folder.count > 0)
        qsort(folder.names, folder.count, sizeof *folder.names, folder_compare);
    good = good && folder_join(&folder, file);
    for (size_t i = 0; i < folder.count; i++)
        free(folder.names[i]);
    free(folder.names);
    file->is_directory = true;
    return good ? 0 : ENOMEM;
}
