/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/console/page.h"

#include "base/memstream.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#define PAGE_FORMAT_SIZE 128   /* bytes, for page_format */
#define PAGE_MORE "..."        /* stands for the rest of a line that is not shown */
#define PAGE_NARROWEST_TEXT 24 /* columns; narrower text reads worse than an overlong line */

/* ECMA-48 "select graphic rendition", the parameters that every terminal and CI log viewer knows.
 */
static const char *const page_codes[] = {
    [PAGE_PLAIN] = NULL,         [PAGE_BOLD] = "\x1b[1m",   [PAGE_DIM] = "\x1b[2m",
    [PAGE_RED] = "\x1b[31m",     [PAGE_GREEN] = "\x1b[32m", [PAGE_YELLOW] = "\x1b[33m",
    [PAGE_MAGENTA] = "\x1b[35m",
};
static const char page_code_off[] = "\x1b[0m";

struct page page_open(FILE *stream, const struct report_style *style) {
    return (struct page){.stream = stream, .colour = style->colour, .width = style->width};
}

bool page_gathered(struct page *page, FILE *stream, char **text) {
    bool whole = memstream_close(stream, text);

    page->failed |= !whole;
    return whole;
}

static void page_put_span(struct page *page, enum page_ink ink, const char *text, const char *end) {
    const char *code = page->colour ? page_codes[ink] : NULL;

    if (code)
        fputs(code, page->stream);
    text_print(page->stream, text, end);
    if (code)
        fputs(page_code_off, page->stream);
    page->column += (unsigned)text_columns(text, end);
}

void page_put(struct page *page, enum page_ink ink, const char *text) {
    page_put_span(page, ink, text, NULL);
}

void page_format(struct page *page, enum page_ink ink, const char *format, ...) {
    char text[PAGE_FORMAT_SIZE];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    page_put(page, ink, text);
}

void page_count(struct page *page, enum page_ink ink, uint64_t count, const char *noun) {
    page_format(page, ink, "%" PRIu64 " %s%s", count, noun, count == 1 ? "" : "s");
}

void page_tab(struct page *page, unsigned column) {
    if (page->column > 0 && page->column >= column)
        column = page->column + 1;
    for (; page->column < column; page->column++)
        fputc(' ', page->stream);
}

void page_right(struct page *page, enum page_ink ink, uint64_t number, unsigned column) {
    unsigned digits = (unsigned)snprintf(NULL, 0, "%" PRIu64, number);

    page_tab(page, column > digits ? column - digits : 0);
    page_format(page, ink, "%" PRIu64, number);
}

void page_hang(struct page *page, enum page_ink ink, const char *text, unsigned indent) {
    bool wraps = page->width >= indent + PAGE_NARROWEST_TEXT;
    bool first = true;

    for (const char *word = text + strspn(text, " "); *word;) {
        const char *end = word + strcspn(word, " ");

        if (!first && wraps && page->column + 1 + text_columns(word, end) > page->width) {
            page_end_line(page);
            page_tab(page, indent);
        } else if (!first) {
            page_tab(page, 0);
        }
        page_put_span(page, ink, word, end);
        first = false;
        word = end + strspn(end, " ");
    }
}

void page_wrap(struct page *page, enum page_ink ink, const char *text) {
    page_hang(page, ink, text, page->column);
}

static void page_gap(struct page *page, unsigned gap, size_t columns, unsigned column) {
    if (page->width > 0 && page->column > column && page->column + gap + columns > page->width) {
        page_end_line(page);
        page_tab(page, column);
    } else {
        page_tab(page, page->column + gap);
    }
}

void page_break(struct page *page, size_t columns, unsigned column) {
    page_gap(page, 2, columns, column);
}

void page_word(struct page *page, enum page_ink ink, const char *word, unsigned column) {
    page_item(page, ink, word, "", column);
}

void page_item(struct page *page, enum page_ink ink, const char *word, const char *mark,
               unsigned column) {
    page_gap(page, 1, text_columns(word, NULL) + text_columns(mark, NULL), column);
    page_put(page, ink, word);
    page_put(page, PAGE_PLAIN, mark);
}

void page_quote(struct page *page, enum page_ink ink, const char *text) {
    unsigned room = page->width > page->column ? page->width - page->column : 0;
    const char *end = text, *next = text;
    char piece[TEXT_PIECE_SIZE];
    size_t columns = 0;

    if (page->width == 0 || text_columns(text, NULL) <= room || room < PAGE_NARROWEST_TEXT) {
        page_put(page, ink, text);
        return;
    }
    while (columns += text_next(&next, TEXT_TERMINAL, piece), columns + strlen(PAGE_MORE) <= room)
        end = next;
    page_put_span(page, ink, text, end);
    page_put(page, PAGE_DIM, PAGE_MORE);
}

void page_field(struct page *page, enum page_ink ink, const char *text, unsigned column) {
    page_break(page, text_columns(text, NULL), column);
    page_put(page, ink, text);
}

/* Where a word of a shell's ends: a blank outside of quotes. */
static const char *page_word_end(const char *word) {
    bool quoted = false;

    for (; *word && (quoted || *word != ' '); word++)
        quoted ^= *word == '\'';
    return word;
}

void page_command(struct page *page, const char *command) {
    unsigned indent = page->column;
    bool wraps = page->width >= indent + PAGE_NARROWEST_TEXT;

    for (const char *word = command; *word;) {
        const char *end = page_word_end(word);
        /* Room for the blank, and for the mark unless it is the last word. */
        size_t more = 1 + text_columns(word, end) + (*end ? 2 : 0);

        if (word > command && wraps && page->column + more > page->width) {
            fputs(" \\", page->stream);
            page_end_line(page);
            page_tab(page, indent + 2);
        } else if (word > command) {
            page_tab(page, 0);
        }
        page_put_span(page, PAGE_PLAIN, word, end);
        word = *end ? end + 1 : end;
    }
}

void page_end_line(struct page *page) {
    fputc('\n', page->stream);
    page->column = 0;
}

void page_label(struct page *page, unsigned column, const char *label) {
    page_put(page, PAGE_PLAIN, "  ");
    page_put(page, PAGE_DIM, label);
    page_tab(page, column);
}

void page_sentence(struct page *page, unsigned column, const char *label, const char *text) {
    page_label(page, column, label);
    page_wrap(page, PAGE_PLAIN, text);
    page_end_line(page);
}
