/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/dump/shape.h"

#include "harness/dump/scan.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define SHAPE_DIGITS 8u              /* of what has to have all of them */
#define SHAPE_NO_SUBLEAF 0xffffffffu /* Xen's, of leaves that have none */

/* What a shape says of a line. */
struct shape_match {
    const char *line;
    struct dump_scan scan;
    struct dump_row row;
    uint32_t number;
    bool recognised; /* up to %| */
};

static uint32_t *shape_slot(struct shape_match *match, char what) {
    struct cpuid_values *values = &match->row.values;

    switch (what) {
    case 'l':
        return &match->row.leaf;
    case 's':
        return &match->row.subleaf;
    case 'a':
        return &values->eax;
    case 'b':
        return &values->ebx;
    case 'c':
        return &values->ecx;
    default:
        return &values->edx;
    }
}

/* What stands behind a '%'. */
static bool shape_step(struct shape_match *match, char what) {
    struct dump_scan *scan = &match->scan;
    bool exact = isupper((unsigned char)what);

    switch (what) {
    case '|':
        return match->recognised = true;
    case '^':
        return scan->at == match->line;
    case '$':
        return scan_end(scan);
    case 'n':
        return scan_decimal(scan, &match->number);
    default:
        return scan_hex(scan, shape_slot(match, (char)tolower((unsigned char)what))) &&
               (!exact || scan->digits == SHAPE_DIGITS);
    }
}

/* Whether the shape fits from here on. */
static bool shape_fits(struct shape_match *match, const char *shape) {
    for (; *shape; shape++) {
        char literal[] = {*shape, '\0'};

        if (*shape == '%' ? !shape_step(match, *++shape) : !scan_text(&match->scan, literal))
            return false;
    }
    return true;
}

/* Fits it anywhere in the line, from the start of a word on; true when all of it fits. `match` is
 * then that, else the first place where it fits up to %|. */
static bool shape_find(const char *text, const char *shape, struct shape_match *match) {
    bool recognised = false;

    for (const char *at = text; *at; at++) {
        struct shape_match here = {.line = text, .scan = {.at = at}, .row = {.known = CPUID_ALL}};
        bool fits = (at == text || !isalnum((unsigned char)at[-1])) && shape_fits(&here, shape);

        if (fits || (here.recognised && !recognised))
            *match = here;
        recognised |= here.recognised;
        if (fits)
            return true;
    }
    return false;
}

bool dump_shape_recognises(const struct dump_shape *shape, const char *text) {
    struct shape_match match = {0};

    for (size_t i = 0; i < DUMP_SHAPES_MAX && shape->rows[i]; i++) {
        if (shape_find(text, shape->rows[i], &match))
            return true;
    }
    return false;
}

/* --- Traces: which task a line is of. --- */

#define SHAPE_TASKS_MAX 1024u

struct shape_tasks {
    const char *names[SHAPE_TASKS_MAX]; /* in the text */
    size_t lengths[SHAPE_TASKS_MAX];
    size_t count;
};

/* "qemu-4242", "CPU 0/KVM-4243": what stands ahead of the processor that it ran on, "[003]". */
static size_t shape_task_length(const char *text) {
    const char *bracket = strchr(text, '[');
    size_t length = bracket ? (size_t)(bracket - text) : 0;

    while (length > 0 && text[length - 1] == ' ')
        length--;
    return length;
}

/* Tasks are numbered as they come; those beyond all room share the last number. */
static unsigned shape_task(struct shape_tasks *tasks, const char *text) {
    size_t length;

    while (*text == ' ')
        text++;
    length = shape_task_length(text);
    for (size_t i = 0; i < tasks->count; i++) {
        if (tasks->lengths[i] == length && memcmp(tasks->names[i], text, length) == 0)
            return (unsigned)i;
    }
    if (tasks->count == SHAPE_TASKS_MAX)
        return SHAPE_TASKS_MAX - 1;
    tasks->names[tasks->count] = text;
    tasks->lengths[tasks->count] = length;
    return (unsigned)tasks->count++;
}

/* --- Reading. --- */

static void shape_row(const struct dump_shape *shape, struct dump_builder *builder,
                      const struct dump_line *line) {
    struct shape_match match = {0};
    bool complete = false;

    for (size_t i = 0; i < DUMP_SHAPES_MAX && shape->rows[i] && !complete; i++)
        complete = shape_find(line->text, shape->rows[i], &match);
    if (!match.recognised)
        return;
    match.row.line = line->number;
    if (match.row.subleaf == SHAPE_NO_SUBLEAF)
        match.row.subleaf = 0;
    dump_add_line(builder, line, &match.row, &match.scan, complete);
}

void dump_shape_read(const struct dump_shape *shape, struct dump_builder *builder,
                     const struct dump_text *text) {
    struct shape_tasks *tasks = shape->tasks ? calloc(1, sizeof *tasks) : NULL;

    if (shape->tasks && !tasks) {
        dump_refuse(builder, 0, "out of memory");
        return;
    }
    for (size_t i = 0; i < text->count; i++) {
        const struct dump_line *line = &text->lines[i];
        struct shape_match match = {0};
        uint32_t number;

        if (tasks && dump_shape_recognises(shape, line->text))
            dump_at_processor(builder, shape_task(tasks, line->text));

        if (shape->table && shape_find(line->text, shape->table, &match))
            dump_begin_table(builder);
        else if (shape->processor && shape_find(line->text, shape->processor, &match))
            dump_begin_processor(builder, match.number);
        else if (scan_processor(line->text, &number))
            dump_begin_processor(builder, number);
        else
            shape_row(shape, builder, line);
    }
    free(tasks);
}
