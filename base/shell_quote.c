/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/shell_quote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Letters, digits, and signs that no shell gives a meaning inside a word. */
static const char shell_plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                  "@%+=:,./_-";

/* A quote inside single quotes: end them, a quote by backslash, start them again. */
static const char shell_quoted_quote[] = "'\\''";

char *shell_quote(const char *text) {
    size_t size = 3; /* both quotes and the NUL */
    char *quoted, *end;

    if (*text && text[strspn(text, shell_plain)] == '\0')
        return strdup(text);
    for (const char *c = text; *c; c++)
        size += *c == '\'' ? strlen(shell_quoted_quote) : 1;
    quoted = malloc(size);
    if (!quoted)
        return NULL;
    end = quoted;
    *end++ = '\'';
    for (; *text; text++) {
        if (*text == '\'')
            end = stpcpy(end, shell_quoted_quote);
        else
            *end++ = *text;
    }
    *end++ = '\'';
    *end = '\0';
    return quoted;
}

char *shell_quote_path(const char *path) {
    char *below, *quoted;

    if (path[0] != '-')
        return shell_quote(path);
    if (asprintf(&below, "./%s", path) < 0)
        return NULL;
    quoted = shell_quote(below);
    free(below);
    return quoted;
}
