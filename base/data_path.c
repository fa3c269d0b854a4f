/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/data_path.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

/* Cuts a path down to its folder, without a final slash. */
static bool folder_of(char *path) {
    char *slash = strrchr(path, '/');

    if (slash)
        *slash = '\0';
    return slash != NULL;
}

/* The folder of the running executable; false: unknown. Without /proc, as in a bare chroot, the
 * kernel's own note of what it started still tells. */
static bool executable_folder(char folder[PATH_MAX]) {
    const char *started = (const char *)getauxval(AT_EXECFN);
    ssize_t length = readlink("/proc/self/exe", folder, PATH_MAX - 1);

    if (length > 0)
        folder[length] = '\0';
    else if (!started || !realpath(started, folder))
        return false;
    return folder_of(folder);
}

/* The folder of the library that this code is in, when it is one. */
static bool library_folder(char folder[PATH_MAX]) {
    static const char anchor[] = "hvspec";
    Dl_info info;

    return dladdr(anchor, &info) != 0 && info.dli_fname &&
           realpath(info.dli_fname, folder) != NULL && folder_of(folder);
}

/* "a/b/name" with links followed when it is there, else NULL. */
static char *existing(const char *folder, const char *below, const char *name) {
    char *path, *real;

    if (asprintf(&path, "%s%s/%s", folder, below, name) < 0)
        return NULL;
    real = realpath(path, NULL);
    free(path);
    return real;
}

/* Beside a file of ours, as in a build tree, or where an installation has it: from bin or lib, or
 * from lib/x86_64-linux-gnu. */
static char *beside(const char *folder, const char *name) {
    static const char *const ways[] = {"/share/hvspec", "/../share/hvspec", "/../../share/hvspec"};
    char *path = NULL;

    for (size_t i = 0; i < sizeof ways / sizeof ways[0] && !path; i++)
        path = existing(folder, ways[i], name);
    return path;
}

char *data_path(const char *name) {
    const char *named = getenv("HVSPEC_DATA");
    char folder[PATH_MAX], *path = NULL;

    if (named && *named)
        return existing(named, "", name);
    if (executable_folder(folder))
        path = beside(folder, name);
    if (!path && library_folder(folder))
        path = beside(folder, name);
    return path ? path : existing(HVSPEC_DATA_FOLDER, "", name);
}
