/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_DUMP_SHAPE_H
#define HVSPEC_HARNESS_DUMP_SHAPE_H

#include "harness/dump/build.h"

/*
 * Dumps that hold a row a line, told by what such a line looks like. In a shape %l stands for the
 * leaf, %s for the subleaf, %a to %d for the registers, all hexadecimal without 0x, and %L and %A
 * to %D for the same of exactly eight digits; %n for a decimal number; a space for any number of
 * blanks; %^ for the start of the line, %$ for its end; anything else for itself. Up to %| a line
 * that is cut short is still one of the shape.
 */
#define DUMP_SHAPES_MAX 4u

struct dump_shape {
    const char *rows[DUMP_SHAPES_MAX]; /* NULL: no further */
    const char *processor;             /* ahead of its rows, with its number; NULL: "CPU 3:" only */
    const char *table;                 /* ahead of a table; NULL: one a file */
    bool tasks; /* a trace: each line starts with the task that runs the processor */
};

bool dump_shape_recognises(const struct dump_shape *shape, const char *text);
void dump_shape_read(const struct dump_shape *shape, struct dump_builder *builder,
                     const struct dump_text *text);

#endif
