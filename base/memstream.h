/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_BASE_MEMSTREAM_H
#define HVSPEC_BASE_MEMSTREAM_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * Closes what open_memstream gave for *text; NULL: it gave nothing. False when memory ran out on
 * the way: *text is freed and NULL then. The C library may succeed in closing and still leave NULL,
 * when it cannot cut the text to its size.
 */
static inline bool memstream_close(FILE *stream, char **text) {
    if (stream && fclose(stream) == 0 && *text)
        return true;
    free(*text);
    *text = NULL;
    return false;
}

#endif
