/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/errors.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static void errors_make_printable(char *text) {
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
    }
}

bool errors_add(struct errors *errors, const char *file, unsigned line, unsigned column,
                const char *format, ...) {
    va_list arguments;
    char *message = NULL;
    char *copy = file ? strdup(file) : NULL;
    struct error *grown = realloc(errors->entries, (errors->count + 1) * sizeof *grown);

    if (grown)
        errors->entries = grown;
    va_start(arguments, format);
    if (vasprintf(&message, format, arguments) < 0)
        message = NULL;
    va_end(arguments);
    if (!grown || !message || (file && !copy)) {
        errors->lost = true;
        free(message);
        free(copy);
        return false;
    }
    errors_make_printable(message);
    if (copy)
        errors_make_printable(copy);
    grown[errors->count++] = (struct error){copy, line, column, message};
    return false;
}

bool errors_none(const struct errors *errors) {
    return errors->count == 0 && !errors->lost;
}

void errors_print(const struct errors *errors, const char *prefix, FILE *stream) {
    for (size_t i = 0; i < errors->count; i++) {
        const struct error *error = &errors->entries[i];

        fputs(prefix, stream);
        if (error->file)
            fprintf(stream, "%s:", error->file);
        if (error->line)
            fprintf(stream, "%u:", error->line);
        if (error->line && error->column)
            fprintf(stream, "%u:", error->column);
        fprintf(stream, "%s%s\n", error->file ? " " : "", error->message);
    }
    if (errors->lost)
        fprintf(stream, "%sout of memory\n", prefix);
}

void errors_clear(struct errors *errors) {
    for (size_t i = 0; i < errors->count; i++) {
        free(errors->entries[i].file);
        free(errors->entries[i].message);
    }
    free(errors->entries);
    *errors = (struct errors){0};
}
