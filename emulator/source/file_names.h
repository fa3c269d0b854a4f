/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_SOURCE_FILE_NAMES_H
#define HVSPEC_EMULATOR_SOURCE_FILE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Names of source files, as compilers write them and as they are shown: from the top of the
 * sources.
 */
struct source_name {
    const char *written, *folder; /* in the debug information, which has one copy of each; what a
                                     relative one starts from, NULL: not known */
    char *full;                   /* owned; NULL: relative to a folder that is not known */
    char *shown;                  /* owned; stays where it is */
    bool is_below;                /* the root, or nobody knows where it is */
};

struct source_names {
    char *root; /* without links and final slash; NULL: no folder */
    struct source_name *list;
    size_t count;
};

/* Forgets all names. False: out of memory, and nothing has changed. NULL: the current folder; one
 * that does not exist has no file below it. */
bool source_names_set_root(struct source_names *names, const char *folder);
void source_names_clear(struct source_names *names);

/* What is known of a name; until the next one is asked for. NULL: out of memory. */
const struct source_name *source_names_find(struct source_names *names, const char *folder,
                                            const char *written);

/* Lines of a file, by the name that is shown: see emulator/source/quote.h. */
size_t source_names_quote(const struct source_names *names, const char *shown, unsigned first,
                          size_t count, char **lines);

/* A name with its folder, without ".", ".." and doubled slashes; to be freed. NULL: its folder is
 * not known, or out of memory. */
char *source_names_full(const char *folder, const char *name);

/* The part of a path below a folder; NULL: it is not below it. */
const char *source_names_below(const char *folder, const char *path);

#endif
