/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_BASE_ERRORS_H
#define HVSPEC_BASE_ERRORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * Errors are values: what reads input appends to a list that its caller owns, and only the
 * commands print. A list rather than one error, because a file with three mistakes is mended in
 * one go when all three are named.
 */
struct error {
    char *file;      /* NULL: not about a file */
    unsigned line;   /* 1-based; 0: not about a line */
    unsigned column; /* 1-based; 0: not about a column */
    char *message;   /* what is wrong and what to do, one line, no final full stop */
};

struct errors {
    struct error *entries;
    size_t count;
    bool lost;   /* memory ran out while an error was noted; count > 0 or lost means failure */
    bool failed; /* one of them is no fault of the input but the harness's own: memory, processes */
};

/* How a message begins that says that memory ran out: such an error sets `failed`. */
#define ERRORS_MEMORY "out of memory"

/* Appends an error, unless the same one is noted of the same place; file may be NULL. Control characters in the text become '?', so that hostile
 * input cannot break the one-line rule. Always returns false, so that a function can
 * `return errors_add(...)`. */
bool errors_add(struct errors *errors, const char *file, unsigned line, unsigned column,
                const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The same for what is the harness's own failure: sets `failed`. */
bool errors_fail(struct errors *errors, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* For a system call that failed with an errno: "WHAT: why", or just why. Sets `failed` where that
 * is the machine's state and not the input: no memory, descriptors or space, or a device's error.
 */
bool errors_add_system(struct errors *errors, const char *file, const char *what, int number);

/* True when nothing has been noted. */
bool errors_none(const struct errors *errors);

/* One line each, "file:line:column: message" as far as known, with `prefix` in front. */
void errors_print(const struct errors *errors, const char *prefix, FILE *stream);

/* Frees the entries and leaves an empty list. */
void errors_clear(struct errors *errors);

#endif
