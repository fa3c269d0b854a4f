/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/source/demangle.h"

#include <libiberty/demangle.h>
#include <setjmp.h>
#include <stdbool.h>
#include <string.h>

/*
 * A short name can stand for one of any length, since its parts refer back to each other, and
 * libiberty has no way to be told that it is enough: from its callback the only way out is a jump.
 * What it holds there is on the stack, but for a buffer where a Rust name has letters beyond ASCII.
 */
struct demangling {
    char text[DEMANGLE_SIZE];
    size_t used;
    jmp_buf enough;
};

static void demangle_take(const char *part, size_t length, void *context) {
    struct demangling *taken = context;

    if (length >= sizeof taken->text - taken->used)
        longjmp(taken->enough, 1);
    memcpy(taken->text + taken->used, part, length);
    taken->used += length;
}

/* Fills the text by one of libiberty's readers. False: it is no name of that kind, or too long. */
static bool demangle_by(int (*read)(const char *, int, demangle_callbackref, void *),
                        const char *name, struct demangling *taken) {
    taken->used = 0;
    if (setjmp(taken->enough) != 0 || !read(name, DMGL_NO_OPTS, demangle_take, taken))
        return false;
    taken->text[taken->used] = '\0';
    return taken->used > 0;
}

char *demangle(const char *name) {
    struct demangling taken;

    /* Older Rust names are C++ names with a hash at their end: Rust first. */
    if (name[0] == '_' && strlen(name) <= DEMANGLE_LENGTH &&
        (demangle_by(rust_demangle_callback, name, &taken) ||
         demangle_by(cplus_demangle_v3_callback, name, &taken)))
        return strdup(taken.text);
    return strdup(name);
}
