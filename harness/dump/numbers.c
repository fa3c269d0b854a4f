/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/dump/build.h"
#include "harness/dump/scan.h"
#include "harness/dump/words.h"

#include <ctype.h>
#include <string.h>

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
#define NUMBERS_AHEAD 8u      /* lines that a row may take */

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
    size_t lost;
    unsigned lost_line;
};

static bool numbers_is_of_block(uint32_t leaf) {
    return leaf >= CPUID_BASE && leaf <= CPUID_BLOCK_LAST;
}

/* --- What a hypervisor answers. --- */

static bool numbers_is_text(uint32_t word) {
    for (unsigned shift = 0; shift < 32; shift += 8) {
        unsigned char byte = (unsigned char)(word >> shift);

        if (byte != 0 && !isprint(byte))
            return false;
    }
    return true;
}

/* EAX to EDX of 0x40000000: a maximum in the block, or a signature in letters. */
static bool numbers_is_base(const uint32_t *four) {
    return numbers_is_of_block(four[0]) || ((four[1] >> 24) != 0 && numbers_is_text(four[1]) &&
                                            numbers_is_text(four[2]) && numbers_is_text(four[3]));
}

/* --- Words. --- */

static bool numbers_is_whole(const struct word_digits *digits) {
    return digits->prefixed || strlen(digits->text) >= NUMBERS_WHOLE;
}

/* Letters alone may be a word, unless a row has begun. */
static bool numbers_counts(const struct word *word, bool begun, struct word_digits *digits) {
    return word_digits(word, digits) &&
           (begun || digits->prefixed || strpbrk(digits->text, "0123456789") ||
            strlen(digits->text) == NUMBERS_WHOLE);
}

/* Beside a dot stand parts of clocks and versions, and the same bytes as characters; but behind a
 * leaf its subleaf. */
static bool numbers_is_dotted(const struct numbers_group *group, const char *line,
                              const struct word *word, const struct word_digits *digits) {
    const char *start = word->end - word->length;

    return !numbers_is_whole(digits) &&
           (*word->end == '.' ||
            (start > line && start[-1] == '.' && !(group->whole && group->count == 1)));
}

/* --- Rows. --- */

static void numbers_lose(struct numbers *numbers, const struct numbers_group *group) {
    if (group->count > 0 && numbers_is_of_block(group->values[0]))
        numbers->lost_line = numbers->lost++ ? numbers->lost_line : group->line;
}

static void numbers_row(struct numbers *numbers, const struct numbers_group *key,
                        const uint32_t *four) {
    struct dump_row row = {.leaf = key->values[0],
                           .subleaf = key->count > 1 ? key->values[1] : 0,
                           .values = {four[0], four[1], four[2], four[3]},
                           .known = CPUID_ALL,
                           .line = key->line};

    if (key->wide)
        dump_refuse_wide(numbers->builder, key->line);
    else if (row.subleaf > NUMBERS_SUBLEAF)
        numbers_lose(numbers, key);
    else if (row.leaf == CPUID_BASE && !numbers_is_base(four))
        dump_refuse(numbers->builder, key->line,
                    "five or six numbers that begin with 0x40000000, and are not what a "
                    "hypervisor answers there: which registers are they? Name them (leaf=0x... "
                    "eax=0x... ebx=0x... ecx=0x... edx=0x...)");
    else
        dump_add(numbers->builder, &row);
}

/* Five or six numbers on their own. True: they were. */
static bool numbers_flat(struct numbers *numbers, const struct numbers_group *group) {
    struct numbers_group key = *group;

    if (group->count != NUMBERS_ROW && group->count != NUMBERS_ROW - 1)
        return false;
    key.count = group->count - 4;
    if (key.count == 1 && numbers->headed && !group->whole && group->values[0] <= NUMBERS_SUBLEAF) {
        key.values[1] = group->values[0]; /* "0x40000003:", then "0: ..." and "1: ..." */
        key.values[0] = numbers->heading;
        key.count = 2;
        numbers_row(numbers, &key, &group->values[1]);
        return true;
    }
    numbers_row(numbers, &key, &group->values[key.count]);
    return true;
}

/* A bracket ends: a row, the registers of the key ahead of it, or a key itself. */
static void numbers_close(struct numbers *numbers) {
    const struct numbers_group *group = &numbers->groups[numbers->depth];
    struct numbers_group *around = &numbers->groups[--numbers->depth];
    bool keyed = around->count > 0 && around->count <= NUMBERS_KEY;

    if (group->count > 0 && group->count <= NUMBERS_KEY) {
        *around = (struct numbers_group){.lines = around->lines,
                                         .values = {group->values[0], group->values[1]},
                                         .count = group->count,
                                         .wide = group->wide,
                                         .whole = group->whole,
                                         .line = group->line};
        return;
    }
    if (group->count == 4 && keyed) {
        around->wide |= group->wide;
        numbers_row(numbers, around, group->values);
    } else if (!numbers_flat(numbers, group)) {
        numbers_lose(numbers, group->count > 0 ? group : around);
    }
    *around = (struct numbers_group){.lines = around->lines};
}

/* A line ends: outside of brackets, or in one that began before, it may be a row. */
static void numbers_end_line(struct numbers *numbers, unsigned line) {
    struct numbers_group *group = &numbers->groups[numbers->depth];

    if (numbers->depth > 0 && !group->lines) {
        group->lines = group->count == 0;
        return;
    }
    if (group->count > 0 && group->count <= NUMBERS_KEY && group->whole) {
        group->stale = numbers->depth == 0;
        numbers->headed = group->stale && group->count == 1;
        numbers->heading = group->values[0];
        return;
    }
    if (numbers->depth > 0 && (group->line != line || group->count < NUMBERS_ROW - 1))
        return;
    if (!numbers_flat(numbers, group) && group->whole)
        numbers_lose(numbers, group);
    *group = (struct numbers_group){.lines = group->lines};
}

/* A row whose tool writes all digits of each value; what follows with fewer is none. */
static bool numbers_is_padded(const struct numbers_group *group) {
    return group->ragged == 0 && (group->count == NUMBERS_ROW ||
                                  (group->count == NUMBERS_ROW - 1 && !group->short_second));
}

static void numbers_number(struct numbers *numbers, const struct word_digits *digits,
                           unsigned line) {
    struct numbers_group *group = &numbers->groups[numbers->depth];
    bool whole = numbers_is_whole(digits);
    uint32_t value;

    if (group->stale)
        *group = (struct numbers_group){.lines = group->lines};
    if (group->count == 0) {
        group->line = line;
        group->whole = whole;
        numbers->headed &= !whole;
    }
    group->full |= !whole && numbers_is_padded(group);
    if (group->full)
        return;
    group->ragged += !whole && group->count != 1;
    group->short_second |= !whole && group->count == 1;
    group->wide |= !word_value(digits, numbers->base, &value);
    if (group->count < NUMBERS_ROW)
        group->values[group->count] = value;
    group->count++;
}

/* What is no number ends what was no row: a date, a name. */
static void numbers_word(struct numbers *numbers) {
    struct numbers_group *group = &numbers->groups[numbers->depth];
    bool row = group->whole && group->count != 3 && group->count != 4;

    if (!row)
        *group = (struct numbers_group){.lines = group->lines};
    group->full = group->count >= NUMBERS_ROW - 1;
}

/* The first bar of a line behind a row. */
static void numbers_bar(struct numbers *numbers) {
    struct numbers_group *group = &numbers->groups[numbers->depth];

    group->full = group->count == NUMBERS_ROW - 1 || group->count == NUMBERS_ROW;
}

static void numbers_between(struct numbers *numbers, const char *at, const char *end) {
    for (; at < end; at++) {
        if (*at == '|' && numbers->bars++ == 0)
            numbers_bar(numbers);
        if (strchr("([{", *at) && numbers->depth + 1 < NUMBERS_DEPTH)
            numbers->groups[++numbers->depth] = (struct numbers_group){.count = 0};
        else if (strchr(")]}", *at) && numbers->depth > 0)
            numbers_close(numbers);
    }
}

static void numbers_line(struct numbers *numbers, const struct dump_line *line) {
    const char *at = line->text;
    struct word word;

    numbers->bars = 0;
    for (; word_next(at, &word); at = word.end) {
        const struct numbers_group *group;
        struct word_digits digits;

        numbers_between(numbers, at, word.end - word.length);
        group = &numbers->groups[numbers->depth];
        if (line->cut && !*word.end)
            continue; /* maybe half a number */
        if (!numbers_counts(&word, group->count > 0, &digits) ||
            numbers_is_dotted(group, line->text, &word, &digits))
            numbers_word(numbers);
        else
            numbers_number(numbers, &digits, line->number);
    }
    numbers_between(numbers, at, at + strlen(at));
    numbers_end_line(numbers, line->number);
}

/* Numbers without a prefix are all of one base. Sources that write some with one mean the others
 * in decimal. */
static enum word_base numbers_base(const struct dump_text *text) {
    bool prefixed = false, decimal = false;

    for (size_t i = 0; i < text->count; i++) {
        struct word word = {.end = text->lines[i].text};
        struct word_digits digits;

        while (word_next(word.end, &word)) {
            if (!word_digits(&word, &digits))
                continue;
            if (!digits.prefixed && strlen(digits.text) == NUMBERS_WHOLE &&
                strncmp(digits.text, "400000", 6) == 0)
                return WORD_HEXADECIMAL;
            prefixed |= digits.prefixed;
            decimal |= !digits.prefixed && digits.base == WORD_EITHER &&
                       strlen(digits.text) > NUMBERS_WHOLE;
        }
    }
    return prefixed || decimal ? WORD_DECIMAL : WORD_HEXADECIMAL;
}

static void numbers_read(struct dump_builder *builder, const struct dump_text *text) {
    struct numbers numbers = {.builder = builder, .base = numbers_base(text)};
    uint32_t number;

    for (size_t i = 0; i < text->count && !builder->failed; i++) {
        if (numbers.depth == 0 && (scan_processor(text->lines[i].text, &number) ||
                                   word_processor(text->lines[i].text, &number)))
            dump_begin_processor(builder, number);
        else
            numbers_line(&numbers, &text->lines[i]);
    }
    if (numbers.lost > 0)
        dump_note_lost(builder, numbers.lost, numbers.lost_line);
}

/* --- A row of 0x40000000. --- */

/* The numbers behind a place, over lines, up to a word. */
static size_t numbers_behind(const struct dump_line *line, const char *at, enum word_base base,
                             uint32_t values[NUMBERS_ROW]) {
    struct word word = {.end = at};
    size_t count = 0, lines = 0;

    while (count < NUMBERS_ROW - 1) {
        struct word_digits digits;

        if (!word_next(word.end, &word)) {
            line++;
            if (!line->text || ++lines == NUMBERS_AHEAD)
                break;
            word.end = line->text;
        } else if (!numbers_counts(&word, true, &digits) ||
                   !word_value(&digits, base, &values[count++])) {
            break;
        }
    }
    return count;
}

static bool numbers_recognises(const struct dump_line *line) {
    struct word word = {.end = line->text};
    struct word_digits digits;
    uint32_t values[NUMBERS_ROW] = {0}, value;

    while (word_next(word.end, &word)) {
        enum word_base base = WORD_HEXADECIMAL;
        size_t count;

        if (!word_digits(&word, &digits) || !numbers_is_whole(&digits))
            continue;
        if (digits.prefixed || strlen(digits.text) > NUMBERS_WHOLE)
            base = WORD_DECIMAL;
        if (!word_value(&digits, base, &value) || value != CPUID_BASE)
            continue;
        count = numbers_behind(line, word.end, base, values);
        if ((count >= 4 && numbers_is_base(values)) ||
            (count == 5 && values[0] <= NUMBERS_SUBLEAF && numbers_is_base(&values[1])))
            return true;
    }
    return false;
}

const struct dump_format dump_format_numbers = {
    .name = "rows of numbers", .recognises = numbers_recognises, .read = numbers_read};
