/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_DUMP_NAMED_H
#define HVSPEC_HARNESS_DUMP_NAMED_H

#include "harness/dump/build.h"
#include "harness/dump/words.h"

/*
 * Whatever names its numbers: "leaf 0x40000000: eax=...", the debug prints of Rust and Go, sources
 * in C, TOML, YAML, drivers' logs. A leaf is named, or stands behind "cpuid"; then its four
 * registers follow by name, on that line or on the next ones, or on that line as four numbers
 * alone. Rows of its subleaves may stand below it, each behind its number.
 */
#define NAMED_NUMBERS 6u
#define NAMED_WHOLE 8u         /* digits that a number has when all of them are there */
#define NAMED_SUBLEAVES 0x100u /* what a subleaf without a name may be */

/* The last number that may head rows of its subleaves. */
struct named_heading {
    uint32_t leaf;
    bool set;
    bool alone;      /* its line holds no register */
    bool begins;     /* its line begins with it */
    bool closed;     /* what stands level with it is no subleaf */
    unsigned nest;   /* brackets around it */
    unsigned indent; /* of its line */
    unsigned line;
};

/* What a number looks like by what stands around it. */
enum named_mark {
    NAMED_PLAIN,
    NAMED_FIRST,  /* of a tuple: "(1, 0, Registers {" */
    NAMED_KEY,    /* of what a bracket holds: "0: {", "'1': [", "22 => (", "1=Registers(" */
    NAMED_BEGINS, /* its line, as a key does: "0: eax=...", "- 2:" */
    NAMED_INDEX   /* the same in brackets: "[1] eax=..." */
};

struct named {
    struct dump_builder *builder; /* NULL: the first reading, which looks for the base */
    enum word_base base;          /* of numbers that do not say theirs */
    struct dump_row row;
    bool has_leaf;
    unsigned seen;                   /* registers, enum cpuid_register */
    enum word_name name;             /* of what comes next; WORD_OTHER: nothing is named */
    bool strong;                     /* "subleaf", not "index", which may be anything's */
    bool input;                      /* "cpuid" was the word before: EAX and ECX are inputs */
    unsigned inputs;                 /* behind "input": 1, and 2 once EAX was one */
    bool second_ecx;                 /* this line names ECX twice: first as an input */
    uint32_t numbers[NAMED_NUMBERS]; /* without names, on this line, behind its leaf */
    size_t count;
    uint32_t candidate[2]; /* a leaf and a subleaf that nothing names */
    size_t candidates;
    bool is_worded;    /* leaves are called so, and no number alone is one */
    bool is_below;     /* the candidate is a subleaf's number below the heading */
    bool is_tentative; /* the row was begun by its subleaf: a leaf may still follow */
    struct named_heading heading;
    bool fresh;      /* the word before was the leaf, */
    bool has_behind; /* and a number alone stood behind it: the subleaf, if EAX follows */
    uint32_t behind;
    bool here; /* the leaf stands on this line */
    unsigned depth;
    unsigned nest, indent; /* brackets around this word, of all kinds; of this line */
    unsigned line;
    bool list_is_due; /* a bracket ended its line: what follows says whether it holds entries */
    bool in_list;     /* the leaf's registers stand in a list, maybe over lines */
    bool cpu_is_due;  /* the word before was "cpu" */
    bool has_cpu;     /* the line says whose it is, ahead of the leaf */
    uint32_t cpu;
    bool trailing;  /* leaves stand behind their registers, as where keys are sorted */
    unsigned loose; /* registers ahead of any leaf, */
    bool any, open; /* a leaf was there; and registers behind the last one */
    size_t lost;    /* leaves of the block without registers that could be read */
    unsigned lost_line;
    size_t stray; /* EAX without a leaf that could be read */
    unsigned stray_line;
};

/* Reads a line. */
void named_line(struct named *named, const struct dump_line *line);

/* --- Rows: named_rows.c. --- */

bool named_is_of_block(uint32_t leaf);

/* Takes what was read as a row, if it is one; the same, and the next rows are another table's. */
void named_emit(struct named *named);
void named_begin_table(struct named *named);

/* A leaf that is named; one that is taken for the leaf as its registers follow. */
void named_begin(struct named *named, uint32_t leaf);
void named_begin_candidate(struct named *named);

/* A number that nothing names, as in {"0x40000000": {"eax": ...}}: the leaf, if EAX follows, or a
 * subleaf of the heading. */
void named_candidate(struct named *named, const struct word_digits *digits, uint32_t value,
                     enum named_mark mark);

void named_subleaf(struct named *named, uint32_t value);
void named_register(struct named *named, enum word_name name, uint32_t value);

/* Four numbers alone behind a leaf, or a subleaf and four. */
void named_end_numbers(struct named *named);

/* --- What words are, seen alone: named_marks.c. --- */

enum named_mark named_mark(const char *line, const struct word *word);

/* True of a number that says how many a list has: "Uint32Array(4) [", "array(6) {". */
bool named_is_count(const char *line, const struct word *word);

/* True of a word between a name and its number: "Some(0x2)", "leaf value=", "int(5)". */
bool named_is_wrapper(const struct word *word);

/* True of "input" and "in:", behind which EAX and ECX are those that CPUID was given. */
bool named_is_input(const struct word *word);

/* True of "in" behind a register: "EAX in = 0x40000000". */
bool named_is_register_in(const char *last, const struct word *word);

/* Which register the line gives a value twice, first as an input: WORD_EAX ("eax=40000000 ecx=0 =>
 * eax=..."), WORD_ECX ("CPUID.40000003H:ECX=1 EAX=... ECX=..."), WORD_OTHER: none. */
enum word_name named_twice(const char *line);

/* True when a list of entries opens here: what logs put into brackets ends ahead of any brace. */
bool named_opens_list(const char *at);

#endif
