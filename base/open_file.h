/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_BASE_OPEN_FILE_H
#define HVSPEC_BASE_OPEN_FILE_H

#include <stdio.h>

/* Opens a file for reading. A named pipe that nobody writes to counts as empty, where opening it
 * would wait for ever. NULL with errno set. The caller closes with fclose. */
FILE *open_file(const char *path);

#endif
