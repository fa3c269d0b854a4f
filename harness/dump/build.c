/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/dump/build.h"

#include "harness/dump/scan.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Makes room for one more element. False: out of memory. */
static bool build_grow(void **elements, size_t count, size_t *room, size_t size) {
    size_t wanted = *room ? 2 * *room : 4;
    void *grown;

    if (count < *room)
        return true;
    grown = realloc(*elements, wanted * size);
    if (!grown)
        return false;
    *elements = grown;
    *room = wanted;
    return true;
}

void dump_refuse(struct dump_builder *builder, unsigned line, const char *message) {
    if (!builder->failed)
        errors_add(builder->errors, builder->path, line, 0, "%s", message);
    builder->failed = true;
}

/* --- Tables and processors. --- */

void dump_begin_table(struct dump_builder *builder) {
    builder->new_table = builder->new_processor = true;
    builder->processor = 0;
}

void dump_begin_processor(struct dump_builder *builder, unsigned number) {
    builder->new_processor = true;
    builder->processor = number;
}

static struct dump_table *build_table(struct dump_builder *builder) {
    return &builder->dump->tables[builder->dump->count - 1];
}

static bool build_has_processor(const struct dump_table *table, unsigned number) {
    /* Nearly always they come in order. */
    if (table->count > 0 && table->processors[table->count - 1].number < number)
        return false;
    for (size_t i = 0; i < table->count; i++) {
        if (table->processors[i].number == number)
            return true;
    }
    return false;
}

static bool build_add_table(struct dump_builder *builder) {
    struct dump *dump = builder->dump;

    if (dump->count == DUMP_TABLES_MAX ||
        !build_grow((void **)&dump->tables, dump->count, &dump->room, sizeof *dump->tables))
        return false;
    dump->tables[dump->count++] = (struct dump_table){0};
    return true;
}

static bool build_add_processor(struct dump_builder *builder) {
    struct dump_table *table = build_table(builder);

    if (table->count == DUMP_PROCESSORS_MAX ||
        !build_grow((void **)&table->processors, table->count, &table->room,
                    sizeof *table->processors))
        return false;
    builder->current = table->count;
    table->processors[table->count++] = (struct dump_processor){.number = builder->processor};
    return true;
}

/* Whether the last processor goes on under a heading of its own, as where a tool was run once for
 * each leaf: it is the same, and the leaf is not there yet. */
static bool build_goes_on(const struct dump_builder *builder, const struct dump_table *table,
                          const struct dump_row *row) {
    const struct dump_processor *last = &table->processors[table->count - 1];

    if (table->count != 1 || last->number != builder->processor)
        return false;
    for (size_t i = 0; row && i < last->count; i++) {
        if (last->rows[i].leaf == row->leaf)
            return false;
    }
    return row != NULL;
}

/* The processor that the next row belongs to; NULL with an error noted. */
static struct dump_processor *build_processor(struct dump_builder *builder, unsigned line,
                                              const struct dump_row *row) {
    struct dump_table *table;

    if (builder->failed)
        return NULL;
    if (builder->new_processor && !builder->new_table && builder->dump->count > 0 &&
        build_goes_on(builder, build_table(builder), row))
        builder->new_processor = false;
    if (builder->dump->count == 0 || builder->new_table ||
        (builder->new_processor && build_has_processor(build_table(builder), builder->processor))) {
        if (!build_add_table(builder))
            return dump_refuse(builder, line, "no memory, or too many tables in one file"), NULL;
        builder->new_processor = true;
    }
    if (builder->new_processor && !build_add_processor(builder))
        return dump_refuse(builder, line, "no memory, or too many processors in one table"), NULL;
    builder->new_table = builder->new_processor = false;
    table = build_table(builder);
    return &table->processors[builder->current];
}

void dump_at_processor(struct dump_builder *builder, unsigned number) {
    const struct dump_table *table = builder->dump->count > 0 ? build_table(builder) : NULL;

    builder->new_processor = true;
    builder->processor = number;
    if (table && table->count > DUMP_TURNS_MAX) {
        dump_refuse(builder, 0, "too many processors that take turns in one table");
        return;
    }
    for (size_t i = 0; table && !builder->new_table && i < table->count; i++) {
        if (table->processors[i].number == number) {
            builder->new_processor = false;
            builder->current = i;
            return;
        }
    }
}

void dump_add(struct dump_builder *builder, const struct dump_row *row) {
    struct dump_processor *processor = build_processor(builder, row->line, row);

    if (!processor)
        return;
    if (!build_grow((void **)&processor->rows, processor->count, &processor->room,
                    sizeof *processor->rows)) {
        dump_refuse(builder, row->line, "out of memory");
        return;
    }
    processor->rows[processor->count++] = *row;
}

/* --- What is to be said. --- */

static void build_note(struct dump_builder *builder, struct dump_table *table, const char *format,
                       ...) {
    char **notes, *text = NULL;
    va_list arguments;
    int length;

    if (table->notes_count == DUMP_NOTES_MAX)
        return;
    va_start(arguments, format);
    length = vasprintf(&text, format, arguments);
    va_end(arguments);
    notes = length < 0 ? NULL : realloc(table->notes, (table->notes_count + 1) * sizeof *notes);
    if (!notes) {
        if (length >= 0)
            free(text);
        dump_refuse(builder, 0, "out of memory");
        return;
    }
    table->notes = notes;
    notes[table->notes_count++] = text;
}

/* Tools write all eight digits, so fewer at the end of a file are half a number. */
static bool build_is_cut(const struct dump_line *line, struct dump_scan *scan) {
    return line->cut && scan->digits < 8 && scan_end(scan);
}

void dump_add_line(struct dump_builder *builder, const struct dump_line *line,
                   const struct dump_row *row, struct dump_scan *scan, bool complete) {
    if (scan->wide)
        dump_refuse_wide(builder, line->number);
    else if (complete && !build_is_cut(line, scan))
        dump_add(builder, row);
    else if (build_processor(builder, line->number, row))
        build_note(builder, build_table(builder),
                   scan_end(scan)
                       ? "line %u is cut short, so what leaf 0x%08x returns there is unknown"
                       : "line %u has something else where a register's value belongs, so what "
                         "leaf 0x%08x returns there is unknown",
                   line->number, (unsigned)row->leaf);
}

void dump_note_unfinished(struct dump_builder *builder, unsigned line) {
    if (builder->dump->count > 0)
        build_note(
            builder, build_table(builder),
            "the file ends within a list or an object (line %u): what would follow is unknown",
            line);
}

void dump_note_lost(struct dump_builder *builder, size_t count, unsigned line) {
    if (builder->dump->count > 0)
        build_note(builder, build_table(builder),
                   "%zu lea%s named without registers that could be read (line %u): unknown", count,
                   count == 1 ? "f is" : "ves are", line);
}

void dump_note_stray(struct dump_builder *builder, size_t count, unsigned line) {
    if (builder->dump->count > 0)
        build_note(builder, build_table(builder),
                   "EAX is shown %zu time%s without a leaf that could be read (line %u): unknown",
                   count, count == 1 ? "" : "s", line);
}

void dump_refuse_wide(struct dump_builder *builder, unsigned line) {
    dump_refuse(builder, line, "a value does not fit 32 bits, so this line is no row of a dump");
}

/* --- Order. --- */

static int build_by_leaf(const void *a, const void *b) {
    const struct dump_row *left = a, *right = b;

    if (left->leaf != right->leaf)
        return left->leaf < right->leaf ? -1 : 1;
    if (left->subleaf != right->subleaf)
        return left->subleaf < right->subleaf ? -1 : 1;
    return (left->line > right->line) - (left->line < right->line);
}

static bool build_same_place(const struct dump_row *a, const struct dump_row *b) {
    return a->leaf == b->leaf && a->subleaf == b->subleaf;
}

static bool build_same_values(const struct dump_row *a, const struct dump_row *b) {
    return a->known == b->known && memcmp(&a->values, &b->values, sizeof a->values) == 0;
}

/* What processors answer at another time (a clock, a mode) may differ; a hypervisor's leaves are
 * what is judged. */
static void build_disagree(struct dump_builder *builder, struct dump_table *table,
                           const struct dump_row *first, const struct dump_row *again) {
    if (again->leaf < CPUID_BASE || again->leaf > CPUID_BLOCK_LAST) {
        build_note(builder, table,
                   "leaf 0x%08x subleaf 0x%x is given twice with different values (lines %u and "
                   "%u); the first counts",
                   (unsigned)again->leaf, (unsigned)again->subleaf, first->line, again->line);
        return;
    }
    builder->failed = true;
    errors_add(builder->errors, builder->path, again->line, 0,
               "leaf 0x%08x subleaf 0x%x again, with other values than in line %u: which of them "
               "is right? Two tables belong into two files",
               (unsigned)again->leaf, (unsigned)again->subleaf, first->line);
}

/* Nearly all dumps come in order, and those of hundreds of processors are long. */
static bool build_is_sorted(const struct dump_processor *processor) {
    for (size_t i = 1; i < processor->count; i++) {
        if (build_by_leaf(&processor->rows[i - 1], &processor->rows[i]) > 0)
            return false;
    }
    return true;
}

static void build_sort(struct dump_builder *builder, struct dump_table *table,
                       struct dump_processor *processor) {
    size_t kept = 0;

    if (processor->count == 0)
        return;
    if (!build_is_sorted(processor))
        qsort(processor->rows, processor->count, sizeof *processor->rows, build_by_leaf);
    for (size_t i = 0; i < processor->count; i++) {
        const struct dump_row *row = &processor->rows[i];
        struct dump_row *last = kept > 0 ? &processor->rows[kept - 1] : NULL;

        if (!last || !build_same_place(last, row))
            processor->rows[kept++] = *row;
        else if (!build_same_values(last, row))
            build_disagree(builder, table, last, row);
    }
    processor->count = kept;
}

bool dump_finish(struct dump_builder *builder) {
    struct dump *dump = builder->dump;

    for (size_t i = 0; i < dump->count && !builder->failed; i++) {
        for (size_t p = 0; p < dump->tables[i].count; p++)
            build_sort(builder, &dump->tables[i], &dump->tables[i].processors[p]);
    }
    return !builder->failed;
}
