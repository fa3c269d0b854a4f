/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_DUMP_WORDS_H
#define HVSPEC_HARNESS_DUMP_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A line as words of letters, digits and _, for formats that name what they show. */
#define WORD_SIZE 40u /* longer ones are neither a name nor a number of ours */

enum word_base { WORD_EITHER, WORD_DECIMAL, WORD_HEXADECIMAL };

struct word {
    char text[WORD_SIZE]; /* in lower case */
    const char *end;      /* behind it, in the line */
    size_t length;        /* of it there */
    bool negative;        /* "-" stands right ahead of it, and is no dash between two */
};

/* The next word at or behind `at`. False: there is none on the line. */
bool word_next(const char *at, struct word *word);

enum word_name {
    WORD_OTHER,
    WORD_LEAF,
    WORD_SUBLEAF,
    WORD_CPUID, /* the leaf may follow it, or how its inputs are called */
    WORD_EAX,   /* and so on: these four in the order of the registers */
    WORD_EBX,
    WORD_ECX,
    WORD_EDX
};
enum word_name word_name(const char *text);

/* What a number looks like: its digits without prefix, suffix and grouping, and in which base they
 * are to be read, as far as that shows. False: no number. */
struct word_digits {
    char text[WORD_SIZE];
    enum word_base base;
    bool prefixed; /* "0x" */
    bool negative; /* where it is decimal */
};
bool word_digits(const struct word *word, struct word_digits *digits);

/* The digits' value, in `base` where they do not say theirs. False: over 32 bits. */
bool word_value(const struct word_digits *digits, enum word_base base, uint32_t *value);

/* Whether the word names a processor, and with "cpu3" which: *joined is then true. */
bool word_is_processor(const char *text, bool *joined, uint32_t *number);

/* The number of the processor that a line is a heading for: "CPU 3", "=== vcpu3 ===", "Dump of CPU
 * 3:". False: it is none. */
bool word_processor(const char *line, uint32_t *number);

/* Behind "[3,]", with which R numbers the rows of what it shows; else the line. */
const char *word_behind_row(const char *line);

#endif
