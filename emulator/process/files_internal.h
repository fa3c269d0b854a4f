/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_PROCESS_FILES_INTERNAL_H
#define HVSPEC_EMULATOR_PROCESS_FILES_INTERNAL_H

/* Between the files that read files; nobody else includes this. */
#include "emulator/process/files.h"

/* Paths that there are though the host need not have them, one after the other; NULL: no more. */
const char *files_known(const struct files *files, size_t index);

/* What is left of a known path below a folder; NULL: it does not lie there. */
const char *files_below(const char *known, const char *path);

/* Fills in a folder's names. `descriptor` is the host's folder, and is closed; -1: it has none.
 * Returns an errno, or 0. */
int files_read_folder(const struct files *files, int descriptor, struct file *file);

/* Reads the file of `path`. Returns an errno, or 0. */
int files_fill(const struct files *files, struct file *file);

/* files_server.c: whether another process reads, and has to be asked; the same by it; where the
 * file with the code lies, absolute, to be freed, NULL: it does not tell. */
bool files_are_served(void);
int files_ask(const struct files *files, struct file *file);
char *files_ask_code(const struct process_start *start);

#endif
