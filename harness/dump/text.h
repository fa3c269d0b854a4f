/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_DUMP_TEXT_H
#define HVSPEC_HARNESS_DUMP_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A file as lines of plain bytes: UTF-16 (Windows tools) becomes UTF-8, byte order marks go, every
 * kind of line end is the same, and a zero byte cannot end a text early.
 */
struct dump_line {
    const char *text; /* ends with a zero byte */
    unsigned number;  /* from 1 */
    bool cut;         /* the last line, without a line end: it may be half of one */
};

struct dump_text {
    char *bytes;
    struct dump_line *lines; /* behind the last one is one without a text */
    size_t count;
};

/* False: out of memory. Cleared by dump_text_clear. */
bool dump_text_read(const char *bytes, size_t size, struct dump_text *text);
void dump_text_clear(struct dump_text *text);

#endif
