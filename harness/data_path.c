/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/data_path.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The folder of the running executable, without a final slash; false: unknown. */
static int executable_folder(char folder[PATH_MAX]) {
    ssize_t length = readlink("/proc/self/exe", folder, PATH_MAX - 1);
    char *slash;

    if (length <= 0)
        return 0;
    folder[length] = '\0';
    slash = strrchr(folder, '/');
    if (!slash)
        return 0;
    *slash = '\0';
    return 1;
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

char *data_path(const char *name) {
    const char *named = getenv("HVSPEC_DATA");
    char folder[PATH_MAX], *path = NULL;

    if (named && *named)
        return existing(named, "", name);
    if (!executable_folder(folder))
        return NULL;
    path = existing(folder, "/share/hvspec", name);
    return path ? path : existing(folder, "/../share/hvspec", name);
}
