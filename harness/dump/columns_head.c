/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/dump/columns.h"

#include <string.h>

/* The heading of a table, and its cells. */

#define COLUMNS_BETWEEN "|,;\t" /* cells; the first of these that a heading has */

/* --- Cells. --- */

bool columns_next(const struct columns *columns, const char **at, struct columns_cell *cell) {
    struct word word;

    if (columns->between == ' ') {
        if (!word_next(*at, &word))
            return false;
        *cell = (struct columns_cell){word.end - word.length, word.end};
        *at = word.end;
        return true;
    }
    if (!*at)
        return false;
    cell->start = *at;
    cell->end = *at + strcspn(*at, (char[]){columns->between, '\0'});
    *at = *cell->end ? cell->end + 1 : NULL;
    return true;
}

const char *columns_first(const struct columns *columns, const char *text) {
    const char *start = text + strspn(text, " \t");

    return columns->between == '|' && *start == '|' ? start + 1 : text;
}

bool columns_word(const struct columns_cell *cell, const char **at, struct word *word) {
    if (!word_next(*at, word) || word->end > cell->end)
        return false;
    *at = word->end;
    return true;
}

/* --- The heading. --- */

enum column columns_of(const char *text) {
    enum word_name name = word_name(text);

    if (name >= WORD_EAX)
        return (enum column)(COLUMN_EAX + (name - WORD_EAX));
    if (name == WORD_LEAF || name == WORD_CPUID)
        return COLUMN_LEAF;
    if (strcmp(text, "cpu") == 0 || strcmp(text, "vcpu") == 0 || strcmp(text, "processor") == 0)
        return COLUMN_CPU;
    return name == WORD_SUBLEAF ? COLUMN_SUBLEAF : COLUMN_OTHER;
}

static bool columns_is_input(const char *text) {
    return strcmp(text, "in") == 0 || strcmp(text, "input") == 0;
}

/* "EAX", "Leaf (EAX)", "Sub-leaf", "EAX in"; what a console puts ahead, "(index)", is none. */
static enum column columns_name(const struct columns_cell *cell) {
    const char *at = cell->start;
    struct word word;
    enum column column;
    bool input;

    if (cell->start[strspn(cell->start, " ")] == '(' || !columns_word(cell, &at, &word))
        return COLUMN_OTHER;
    if (strcmp(word.text, "sub") == 0)
        return COLUMN_SUBLEAF;
    input = columns_is_input(word.text) && columns_word(cell, &at, &word);
    column = columns_of(word.text);
    input |= columns_word(cell, &at, &word) && columns_is_input(word.text);
    if (input && column == COLUMN_EAX)
        return COLUMN_LEAF;
    return input && column == COLUMN_EAX + (WORD_ECX - WORD_EAX) ? COLUMN_SUBLEAF : column;
}

/* False: one column too many, or a second one of a name. */
static bool columns_add(struct columns *columns, enum column column, unsigned *seen) {
    if (columns->count == COLUMNS_MAX || (column != COLUMN_OTHER && (*seen & 1u << column)))
        return false;
    *seen |= 1u << column;
    columns->list[columns->count++] = column;
    return true;
}

bool columns_head(const char *text, struct columns *columns) {
    const char *between = strpbrk(text, COLUMNS_BETWEEN), *at;
    struct columns_cell cell;
    unsigned seen = 0;

    *columns = (struct columns){.between = ' ', .indexed = text[0] == ' ' || text[0] == '\t'};
    if (strpbrk(text, "0123456789"))
        return false;
    for (const char *each = COLUMNS_BETWEEN; between && *each; each++) {
        if (strchr(text, *each)) {
            columns->between = *each;
            break;
        }
    }
    at = columns_first(columns, text);
    while (columns_next(columns, &at, &cell)) {
        enum column column = columns_name(&cell);

        if (columns->between == '|' && !at && cell.start[strspn(cell.start, " \t")] == '\0')
            break; /* behind the border */
        if (columns->between == ' ' && columns->count > 0 && cell.start[-1] == '-' &&
            columns->list[columns->count - 1] == COLUMN_SUBLEAF && column == COLUMN_LEAF)
            continue; /* "sub-leaf" */
        if (!columns_add(columns, column, &seen))
            return false;
    }
    return (seen & 1u << COLUMN_LEAF) && (seen >> COLUMN_EAX & 0xf) == 0xf;
}
