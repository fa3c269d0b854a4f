/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/dump/build.h"
#include "harness/dump/words.h"

#include <string.h>

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
    bool indexed; /* the heading leaves the first column without a name */
};

/* COLUMN_EAX + 1 to + 3 are the other registers. */
static enum column columns_of(const char *text) {
    enum word_name name = word_name(text);

    if (name >= WORD_EAX)
        return (enum column)(COLUMN_EAX + (name - WORD_EAX));
    if (name == WORD_LEAF || name == WORD_CPUID)
        return COLUMN_LEAF;
    if (strcmp(text, "cpu") == 0 || strcmp(text, "vcpu") == 0 || strcmp(text, "processor") == 0)
        return COLUMN_CPU;
    return name == WORD_SUBLEAF ? COLUMN_SUBLEAF : COLUMN_OTHER;
}

/* False: the line is no heading that has a leaf and all four registers, each once. */
static bool columns_head(const char *text, struct columns *columns) {
    struct word word = {.end = text};
    unsigned seen = 0;

    *columns = (struct columns){.indexed = text[0] == ' ' || text[0] == '\t'};
    if (strpbrk(text, "0123456789"))
        return false;
    while (word_next(word.end, &word)) {
        enum column column;

        if (strcmp(word.text, "sub") == 0) { /* "sub-leaf" */
            if (!word_next(word.end, &word))
                return false;
            column = COLUMN_SUBLEAF;
        } else {
            column = columns_of(word.text);
        }
        if (columns->count == COLUMNS_MAX || (column != COLUMN_OTHER && (seen & 1u << column)))
            return false;
        seen |= 1u << column;
        columns->list[columns->count++] = column;
    }
    return (seen & 1u << COLUMN_LEAF) && (seen >> COLUMN_EAX & 0xf) == 0xf;
}

static bool columns_recognises(const struct dump_line *line) {
    struct columns columns;

    return columns_head(line->text, &columns);
}

static size_t columns_words(const char *text) {
    struct word word = {.end = text};
    size_t count = 0;

    while (word_next(word.end, &word))
        count++;
    return count;
}

/* What the line holds in each column. False: it is no row. */
static bool columns_split(const struct columns *columns, const char *text,
                          struct word_digits digits[COLUMNS_MAX]) {
    struct word word = {.end = text};

    if (columns->indexed && columns_words(text) == columns->count + 1 && *text != ' ' &&
        !word_next(word.end, &word)) /* the row's number, as data frames are shown */
        return false;
    for (size_t i = 0; i < columns->count; i++) {
        if (!word_next(word.end, &word))
            return false;
        if (i == 0 && columns->list[0] == COLUMN_LEAF && columns_of(word.text) == COLUMN_LEAF &&
            !word_next(word.end, &word)) /* "CPUID 0x40000000" */
            return false;
        if (!word_digits(&word, &digits[i]) && columns->list[i] != COLUMN_OTHER)
            return false;
    }
    return true;
}

/* Hexadecimal unless a leaf says otherwise: 1073741824 is 0x40000000. */
static enum word_base columns_base(const struct columns *columns, const struct dump_text *text) {
    struct word_digits digits[COLUMNS_MAX];

    for (size_t i = 0; i < text->count; i++) {
        if (!columns_split(columns, text->lines[i].text, digits))
            continue;
        for (size_t k = 0; k < columns->count; k++) {
            if (columns->list[k] == COLUMN_LEAF && digits[k].base == WORD_EITHER &&
                strlen(digits[k].text) > 8)
                return WORD_DECIMAL;
        }
    }
    return WORD_HEXADECIMAL;
}

static void columns_row(struct dump_builder *builder, const struct columns *columns,
                        enum word_base base, const struct word_digits digits[COLUMNS_MAX],
                        unsigned line) {
    struct dump_row row = {.known = CPUID_ALL, .line = line};
    struct cpuid_values *values = &row.values;
    uint32_t cpu = 0;
    uint32_t *const slots[] = {NULL,         &row.leaf,    &row.subleaf, &cpu,
                               &values->eax, &values->ebx, &values->ecx, &values->edx};
    bool has_cpu = false;

    for (size_t i = 0; i < columns->count; i++) {
        enum column column = columns->list[i];

        has_cpu |= column == COLUMN_CPU;
        if (column != COLUMN_OTHER &&
            !word_value(&digits[i], column == COLUMN_CPU ? WORD_DECIMAL : base, slots[column])) {
            dump_refuse_wide(builder, line);
            return;
        }
    }
    if (has_cpu)
        dump_at_processor(builder, cpu);
    dump_add(builder, &row);
}

static void columns_read(struct dump_builder *builder, const struct dump_text *text) {
    struct columns columns = {.count = 0}, head;
    struct word_digits digits[COLUMNS_MAX];
    enum word_base base = WORD_HEXADECIMAL;
    uint32_t number;

    for (size_t i = 0; i < text->count && !builder->failed; i++) {
        const struct dump_line *line = &text->lines[i];

        if (columns_head(line->text, &head)) {
            columns = head;
            base = columns_base(&columns, text);
        } else if (word_processor(line->text, &number)) {
            dump_begin_processor(builder, number);
        } else if (columns.count > 0 && columns_split(&columns, line->text, digits)) {
            columns_row(builder, &columns, base, digits, line->number);
        }
    }
}

const struct dump_format dump_format_columns = {
    .name = "CSV or a table", .recognises = columns_recognises, .read = columns_read};
