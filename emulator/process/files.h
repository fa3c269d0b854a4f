/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_PROCESS_FILES_H
#define HVSPEC_EMULATOR_PROCESS_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The files that a process may read: those of a list, a few synthetic ones, and those beneath a
 * root directory. Each is read whole when it is first asked for, and kept. The host opens nothing
 * else, whatever `..` and symbolic links say.
 */
#define FILES_MAX 2048u
#define FILES_SIZE_MAX (256u * 1024 * 1024)
#define FILES_PATH_MAX 4096u

struct process_start;

enum file_kind { FILE_KIND_UNKNOWN = 1, FILE_KIND_FOLDER, FILE_KIND_REGULAR };

struct file {
    char *path;     /* as the process names it, without `.`, `..` and `//` */
    uint8_t *bytes; /* of a folder: its names, each as enum file_kind, the name and a zero byte */
    size_t size;
    bool is_executable, is_directory;
    int error; /* errno when it cannot be opened; 0: it can */
};

struct files {
    const struct process_start *start;
    int root;      /* descriptor of the root directory */
    char *program; /* absolute path of the program, as the process sees it */
    char *code;    /* of the file with the code under test: the same, or a library's */
    char *folder;  /* its directory */
    struct file files[FILES_MAX];
    size_t count;
};

bool files_open(struct files *files, const struct process_start *start);
void files_close(struct files *files);

/* From now on files of these processes, which are borrowed, are read by a process that is forked
 * here, so that this one needs no right to. False: it could not be. */
bool files_serve(const struct process_start *const *starts, size_t count);

/* The index of a file by the process's path, or a negative errno. */
int files_find(struct files *files, const char *path);

/* A path without `.`, `..` and `//`, made absolute; false: too long. */
bool files_clean(const char *path, char clean[FILES_PATH_MAX]);

#endif
