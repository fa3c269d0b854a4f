/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_REPORTS_CONSOLE_PAGE_H
#define HVSPEC_REPORTS_CONSOLE_PAGE_H

#include "reports/model/report.h"

/*
 * Text for people, put on a stream column by column: aligned, coloured when asked for, wrapped when
 * the width is known, and harmless whatever the strings hold (base/text.h). Failed writes show
 * in the stream's error flag.
 */
enum page_ink { PAGE_PLAIN, PAGE_BOLD, PAGE_DIM, PAGE_RED, PAGE_GREEN, PAGE_YELLOW, PAGE_MAGENTA };

struct page {
    FILE *stream;
    bool colour;
    unsigned width;  /* columns; 0: never wrap */
    unsigned column; /* where the next character goes, from 0 */
    bool failed;     /* memory ran out: something is missing */
};

struct page page_open(FILE *stream, const struct report_style *style);

/* Closes a stream that open_memstream gave for a text to be put here, NULL: it gave none. False,
 * which the page notes, when memory ran out: then there is no text. */
bool page_gathered(struct page *page, FILE *stream, char **text);

/* Text as it is, never wrapped: tables, addresses, commands to be copied. */
void page_put(struct page *page, enum page_ink ink, const char *text);

/* The same from a format; for numbers and words of ours, up to 127 bytes. */
void page_format(struct page *page, enum page_ink ink, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "1 case", "2 cases". */
void page_count(struct page *page, enum page_ink ink, uint64_t count, const char *noun);

/* Spaces up to `column`; at least one when something stands there already. */
void page_tab(struct page *page, unsigned column);

/* A number whose last digit stands in the column before `column`. */
void page_right(struct page *page, enum page_ink ink, uint64_t number, unsigned column);

/* A sentence, wrapped between words; further lines start where this one did. */
void page_wrap(struct page *page, enum page_ink ink, const char *text);

/* The same, further lines from `column` on. */
void page_hang(struct page *page, enum page_ink ink, const char *text, unsigned column);

/* One more word of such a text: a blank ahead of it, or a new line that starts at `column`. */
void page_word(struct page *page, enum page_ink ink, const char *word, unsigned column);

/* The same with a punctuation mark behind it, which stays on the word's line. */
void page_item(struct page *page, enum page_ink ink, const char *word, const char *mark,
               unsigned column);

/* A line of somebody's source: what does not fit is left out, with dots. */
void page_quote(struct page *page, enum page_ink ink, const char *text);

/* Goes to a line of its own, from `column` on, when what comes next (its columns) does not fit
 * here; else leaves a gap of two. */
void page_break(struct page *page, size_t columns, unsigned column);

/* A field of a row: two spaces and a text as it is, on a line of its own when it does not fit. */
void page_field(struct page *page, enum page_ink ink, const char *text, unsigned column);

/* A command line for a shell, broken between words with a '\' where it does not fit, so that all of
 * it can be copied. */
void page_command(struct page *page, const char *command);

void page_end_line(struct page *page);

/* A dim label, indented, and what it is about from `column` on. */
void page_label(struct page *page, unsigned column, const char *label);

/* A line of a label and a sentence. */
void page_sentence(struct page *page, unsigned column, const char *label, const char *text);

#endif
