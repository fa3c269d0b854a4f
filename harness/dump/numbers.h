/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_DUMP_NUMBERS_H
#define HVSPEC_HARNESS_DUMP_NUMBERS_H

#include "harness/dump/build.h"
#include "harness/dump/words.h"

/*
 * Numbers alone, in the order in which everybody writes them: the leaf, its subleaf or none, and
 * four registers. A row is a line ("40000000: 40000001 ..."), what a bracket holds ("(0x40000000,
 * 0, 0x40000001, ...)"), or four in a bracket behind their key ("0x40000000: [0x40000001, ...]",
 * "(0x40000000, 0): (...)"). As memory is shown alike, a table is only taken for one where
 * 0x40000000 answers as a hypervisor's does.
 */
#define NUMBERS_ROW 6u        /* of a row, at most */
#define NUMBERS_DEPTH 16u     /* brackets in each other; what is deeper holds no row */
#define NUMBERS_KEY 2u        /* a leaf and a subleaf */
#define NUMBERS_WHOLE 8u      /* digits that a number has when all of them are there */
#define NUMBERS_SUBLEAF 0xffu /* the highest that is taken for one */

/* What one bracket holds, or a line outside of all. */
struct numbers_group {
    uint32_t values[NUMBERS_ROW];
    size_t count;      /* of them, and of those that have no room */
    bool wide;         /* one has more than 32 bits */
    bool whole;        /* the first shows all its digits */
    bool stale;        /* a line ended behind them: only a bracket may follow */
    unsigned ragged;   /* so many do not show all their digits, but for */
    bool short_second; /* the second, which may be a subleaf */
    bool full;         /* a row, and behind it something else: the same as characters */
    bool lines;        /* rows may be lines: it began on an earlier one */
    unsigned line;
};

struct numbers {
    struct dump_builder *builder;
    enum word_base base;
    struct numbers_group groups[NUMBERS_DEPTH];
    size_t depth;     /* the last one's index */
    size_t bars;      /* "|" on this line */
    uint32_t heading; /* a leaf that stood on a line of its own, */
    bool headed;      /* if one did, and no other since */
    bool due;         /* it stood on the line before: its registers may follow alone */
    bool is_r;        /* a list that R shows: "[1]" begins each of its lines */
    size_t lost;
    unsigned lost_line;
    size_t rows, sixteenth; /* and those of them whose leaf is a multiple of 16 in the block */
    uint32_t maximum;       /* what the last row of 0x40000000 says */
};

/* --- Rows: numbers_rows.c. --- */

/* EAX to EDX of 0x40000000: a maximum in the block, or a signature in letters. */
bool numbers_is_base(const uint32_t *four);

/* A number comes; a word that is none; the first bar of a line. */
void numbers_number(struct numbers *numbers, const struct word_digits *digits, unsigned line);
void numbers_word(struct numbers *numbers);
void numbers_bar(struct numbers *numbers);

/* A bracket ends: a row, the registers of the key ahead of it, or a key itself. */
void numbers_close(struct numbers *numbers);

/* A line ends: outside of brackets, or in one that began before, it may be a row. */
void numbers_end_line(struct numbers *numbers, unsigned line);

/* True when all digits of the number are there. */
bool numbers_is_whole(const struct word_digits *digits);

#endif
