/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_DUMP_COLUMNS_H
#define HVSPEC_HARNESS_DUMP_COLUMNS_H

#include "harness/dump/words.h"

/*
 * Tables with a heading that names the columns: CSV, Markdown, aligned text. "leaf,subleaf,eax,ebx,
 * ecx,edx", in that order or another, with others between them.
 */
#define COLUMNS_MAX 12u

struct columns {
    enum column {
        COLUMN_OTHER,
        COLUMN_LEAF,
        COLUMN_SUBLEAF,
        COLUMN_CPU,
        COLUMN_EAX
    } list[COLUMNS_MAX];
    size_t count;
    char between; /* cells; a blank: each word is one */
    bool indexed; /* the heading leaves the first column without a name */
};

struct columns_cell {
    const char *start, *end;
};

/* The next cell at or behind a place, which then is behind it. False: there is none. */
bool columns_next(const struct columns *columns, const char **at, struct columns_cell *cell);

/* Where the first cell begins: a table's border is none. */
const char *columns_first(const struct columns *columns, const char *text);

/* A word of the cell at or behind a place, which then is behind it. False: it has no further. */
bool columns_word(const struct columns_cell *cell, const char **at, struct word *word);

/* What a column of this name holds: COLUMN_EAX + 1 to + 3 are the other registers. */
enum column columns_of(const char *text);

/* False: the line is no heading that has a leaf and all four registers, each once. */
bool columns_head(const char *text, struct columns *columns);

#endif
