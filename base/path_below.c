/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/path_below.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

char *path_below(const char *path, const char *root) {
    char *real = realpath(path, NULL), *top = realpath(root ? root : ".", NULL), *below;
    size_t length = top ? strlen(top) : 0;
    bool inside = real && top && strncmp(real, top, length) == 0 && real[length] == '/';

    below = strdup(inside ? real + length + 1 : path);
    free(real);
    free(top);
    return below;
}
