/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz/fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char file_folder[] = "/tmp/hvspec-fuzz-XXXXXX";
static char file_path[64];

static void file_remove(void) {
    unlink(file_path);
    rmdir(file_folder);
}

static void file_need(int good, const char *what) {
    if (good)
        return;
    perror(what);
    abort();
}

const char *fuzz_file(const uint8_t *bytes, size_t size, const char *ending) {
    int file;

    if (file_path[0] == '\0') {
        file_need(mkdtemp(file_folder) != NULL, "mkdtemp");
        snprintf(file_path, sizeof file_path, "%s/input%s", file_folder, ending);
        atexit(file_remove);
    }
    file = open(file_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    file_need(file >= 0, file_path);
    file_need(write(file, bytes, size) == (ssize_t)size, file_path);
    close(file);
    return file_path;
}
