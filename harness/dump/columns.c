/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/dump/columns.h"
#include "harness/dump/build.h"

#include <ctype.h>
#include <string.h>

#define COLUMNS_WHOLE 8u /* digits of a leaf that is counted when its row cannot be read */

static bool columns_recognises(const struct dump_line *line) {
    struct columns columns;

    return columns_head(line->text, &columns);
}

/* --- Rows. --- */

static size_t columns_words(const char *text) {
    struct word word = {.end = text};
    size_t count = 0;

    while (word_next(word.end, &word))
        count++;
    return count;
}

/* The one number of a cell: what has a prefix ("1 (0x1)", "dd 0x1"), else the only word that has
 * digits. False: there is none. */
static bool columns_number(const struct columns_cell *cell, struct word_digits *digits) {
    const char *at = cell->start;
    struct word word;
    size_t count = 0;

    while (columns_word(cell, &at, &word)) {
        struct word_digits found;

        if (!word_digits(&word, &found) ||
            !(found.prefixed || strpbrk(found.text, "0123456789") || cell->end == word.end))
            continue;
        *digits = found;
        if (found.prefixed)
            return true;
        count++;
    }
    return count == 1;
}

/* What the line holds in each column. False: it is no row. */
static bool columns_split(const struct columns *columns, const char *text,
                          struct word_digits digits[COLUMNS_MAX]) {
    const char *at = word_behind_row(text);
    bool numbered = at != text;
    struct columns_cell cell;
    struct word word;

    if (!numbered)
        at = columns_first(columns, text);
    if (columns->between == ' ' && columns->indexed && !numbered && *text != ' ' &&
        columns_words(text) == columns->count + 1 && word_next(at, &word))
        at = word.end; /* the row's number, as data frames are shown */
    for (size_t i = 0; i < columns->count; i++) {
        if (!columns_next(columns, &at, &cell))
            return false;
        if (i == 0 && columns->between == ' ' && columns->list[0] == COLUMN_LEAF &&
            word_next(cell.start, &word) && columns_of(word.text) == COLUMN_LEAF &&
            !columns_next(columns, &at, &cell)) /* "CPUID 0x40000000" */
            return false;
        if (!columns_number(&cell, &digits[i]) && columns->list[i] != COLUMN_OTHER)
            return false;
    }
    return true;
}

/* Whether a line that is no row names a leaf of the block, all digits of it. */
static bool columns_is_lost(const char *text) {
    struct word word = {.end = text};
    struct word_digits digits;
    uint32_t value;

    while (word_next(word.end, &word)) {
        if (word_digits(&word, &digits) && strlen(digits.text) == COLUMNS_WHOLE &&
            word_value(&digits, WORD_HEXADECIMAL, &value) && value >= CPUID_BASE &&
            value <= CPUID_BLOCK_LAST)
            return true;
    }
    return false;
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
                        unsigned line, enum column half) {
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
    if (half >= COLUMN_EAX)
        row.known &= ~(1u << (half - COLUMN_EAX)); /* as enum cpuid_register counts */
    if (has_cpu)
        dump_at_processor(builder, cpu);
    dump_add(builder, &row);
}

/* The column of which the end of the file may have left half a number; COLUMN_OTHER: none. */
static enum column columns_half(const struct columns *columns, const struct dump_line *line,
                                enum word_base base, const struct word_digits *last) {
    size_t length = strlen(line->text);
    bool padded = strlen(last->text) == COLUMNS_WHOLE && (last->prefixed || base != WORD_DECIMAL);

    return line->cut && length > 0 && isalnum((unsigned char)line->text[length - 1]) && !padded
               ? columns->list[columns->count - 1]
               : COLUMN_OTHER;
}

static void columns_read(struct dump_builder *builder, const struct dump_text *text) {
    struct columns columns = {.count = 0}, head;
    struct word_digits digits[COLUMNS_MAX];
    enum word_base base = WORD_HEXADECIMAL;
    size_t lost = 0;
    unsigned lost_line = 0;
    uint32_t number;

    for (size_t i = 0; i < text->count && !builder->failed; i++) {
        const struct dump_line *line = &text->lines[i];

        if (columns_head(line->text, &head)) {
            columns = head;
            base = columns_base(&columns, text);
        } else if (word_processor(line->text, &number)) {
            dump_begin_processor(builder, number);
        } else if (columns.count > 0 && columns_split(&columns, line->text, digits)) {
            enum column half = columns_half(&columns, line, base, &digits[columns.count - 1]);

            if (half == COLUMN_OTHER || half >= COLUMN_EAX)
                columns_row(builder, &columns, base, digits, line->number, half);
        } else if (columns.count > 0 && columns_is_lost(line->text)) {
            lost_line = lost++ ? lost_line : line->number;
        }
    }
    if (lost > 0)
        dump_note_lost(builder, lost, lost_line);
}

const struct dump_format dump_format_columns = {
    .name = "CSV or a table", .recognises = columns_recognises, .read = columns_read};
