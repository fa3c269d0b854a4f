/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/errors.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* The controls of ASCII, and those that UTF-8 writes as C2 80 to C2 9F, which terminals obey too. A
 * byte of 80 to 9F on its own is one to a terminal that does not read UTF-8. */
static void errors_make_printable(char *text) {
    unsigned following = 0; /* bytes of a character of UTF-8 still to come */

    for (unsigned char *at = (unsigned char *)text; *at; at++) {
        bool continues = *at >= 0x80 && *at < 0xc0;

        if (*at < 0x20 || *at == 0x7f || (continues && following == 0 && *at < 0xa0))
            *at = '?';
        else if (*at == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0)
            at[0] = at[1] = '?';
        if (continues && following > 0)
            following--;
        else
            following = *at >= 0xf0 ? 3 : *at >= 0xe0 ? 2 : *at >= 0xc2 ? 1 : 0;
    }
}

/* Several probes of one file meet the same mistake in it. */
static bool errors_is_noted(const struct errors *errors, const struct error *error) {
    for (size_t i = 0; error->file && i < errors->count; i++) {
        const struct error *noted = &errors->entries[i];

        if (noted->file && noted->line == error->line && noted->column == error->column &&
            strcmp(noted->file, error->file) == 0 && strcmp(noted->message, error->message) == 0)
            return true;
    }
    return false;
}

static bool errors_note(struct errors *errors, const char *file, unsigned line, unsigned column,
                        char *message) {
    char *copy = file ? strdup(file) : NULL;
    struct error *grown = realloc(errors->entries, (errors->count + 1) * sizeof *grown);

    if (grown)
        errors->entries = grown;
    if (!grown || !message || (file && !copy)) {
        errors->lost = errors->failed = true;
        free(message);
        free(copy);
        return false;
    }
    errors_make_printable(message);
    if (copy)
        errors_make_printable(copy);
    errors->failed |= strncmp(message, ERRORS_MEMORY, sizeof ERRORS_MEMORY - 1) == 0;
    grown[errors->count] = (struct error){copy, line, column, message};
    if (errors_is_noted(errors, &grown[errors->count])) {
        free(message);
        free(copy);
    } else {
        errors->count++;
    }
    return false;
}

bool errors_add(struct errors *errors, const char *file, unsigned line, unsigned column,
                const char *format, ...) {
    va_list arguments;
    char *message = NULL;

    va_start(arguments, format);
    if (vasprintf(&message, format, arguments) < 0)
        message = NULL;
    va_end(arguments);
    return errors_note(errors, file, line, column, message);
}

bool errors_fail(struct errors *errors, const char *format, ...) {
    va_list arguments;
    char *message = NULL;

    va_start(arguments, format);
    if (vasprintf(&message, format, arguments) < 0)
        message = NULL;
    va_end(arguments);
    errors->failed = true;
    return errors_note(errors, NULL, 0, 0, message);
}

bool errors_add_system(struct errors *errors, const char *file, const char *what, int number) {
    static const int machine[] = {ENOMEM, EAGAIN, EMFILE, ENFILE, ENOSPC, EDQUOT, EIO, EFBIG};

    for (size_t i = 0; i < sizeof machine / sizeof machine[0]; i++)
        errors->failed |= number == machine[i];
    return errors_add(errors, file, 0, 0, "%s%s%s", what, *what ? ": " : "", strerror(number));
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
