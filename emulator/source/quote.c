/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/source/quote.h"

#include "base/open_file.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define QUOTE_SIZE_MAX (8 * 1024 * 1024) /* bytes of a file */
#define QUOTE_TAB 4u                     /* blanks for a tab */

static bool quote_is_below(const char *root, const char *path) {
    size_t length = strlen(root);

    return strncmp(path, root, length) == 0 && (path[length] == '/' || strcmp(root, "/") == 0);
}

/* The file when it may be shown; NULL: it may not, or cannot be read. */
static FILE *quote_open(const char *root, const char *path) {
    char *real = realpath(path, NULL);
    struct stat status;
    FILE *file = NULL;

    if (real && quote_is_below(root, real) && stat(real, &status) == 0 && S_ISREG(status.st_mode) &&
        status.st_size <= QUOTE_SIZE_MAX)
        file = open_file(real);
    free(real);
    return file;
}

/* A line as it is shown; NULL: out of memory. */
static char *quote_line(const char *line) {
    char text[SOURCE_QUOTE_COLUMNS + QUOTE_TAB + 1];
    size_t length = 0;

    for (; *line && *line != '\n' && *line != '\r' && length < SOURCE_QUOTE_COLUMNS; line++) {
        size_t blanks = *line == '\t' ? QUOTE_TAB - length % QUOTE_TAB : 0;

        memset(text + length, ' ', blanks);
        length += blanks;
        if (blanks == 0)
            text[length++] = *line;
    }
    while (length > 0 && text[length - 1] == ' ')
        length--;
    text[length] = '\0';
    return strdup(text);
}

size_t source_quote(const char *root, const char *path, unsigned first, size_t count,
                    char **lines) {
    FILE *file = quote_open(root, path);
    char *line = NULL;
    size_t capacity = 0, taken = 0;

    for (unsigned number = 1; file && taken < count && getline(&line, &capacity, file) >= 0;
         number++) {
        if (number < first)
            continue;
        lines[taken] = quote_line(line);
        if (!lines[taken])
            break;
        taken++;
    }
    free(line);
    if (file)
        fclose(file);
    return taken;
}
