/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/glob.h"

#include <stdlib.h>
#include <string.h>

/* The byte that a glob's next one stands for; *length: how many bytes of the glob that takes. */
static char glob_byte(const char *glob, size_t *length) {
    bool escaped = glob[0] == '\\' && glob[1] != '\0';

    *length = escaped ? 2 : 1;
    return glob[escaped];
}

/* Only the last '*' is ever tried again: what an earlier one could take, the last one can too. */
bool glob_match(const char *glob, const char *text) {
    const char *star = NULL, *resume = NULL;

    while (*text) {
        size_t length = 1;

        if (*glob == '*') {
            star = ++glob;
            resume = text;
        } else if (*glob && (*glob == '?' || glob_byte(glob, &length) == *text)) {
            glob += length;
            text++;
        } else if (star) {
            glob = star;
            text = ++resume;
        } else {
            return false;
        }
    }
    while (*glob == '*')
        glob++;
    return *glob == '\0';
}

bool glob_is_wild(const char *glob) {
    while (*glob) {
        size_t length;

        if (*glob == '*' || *glob == '?')
            return true;
        glob_byte(glob, &length);
        glob += length;
    }
    return false;
}

char *glob_quote(const char *text) {
    char *quoted = malloc(2 * strlen(text) + 1), *at = quoted;

    for (; quoted && *text; text++) {
        bool control = (unsigned char)*text < 0x20 || *text == 0x7f;

        if (!control && strchr(" #*?\\", *text))
            *at++ = '\\';
        *at++ = control ? '?' : *text;
    }
    if (quoted)
        *at = '\0';
    return quoted;
}
