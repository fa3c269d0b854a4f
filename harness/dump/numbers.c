/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/dump/numbers.h"
#include "harness/dump/scan.h"

#include <string.h>

#define NUMBERS_AHEAD 8u  /* lines that a row may take */
#define NUMBERS_DUMPED 3u /* so many rows whose leaves are multiples of 16 are no table's */

/* --- Words. --- */

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

/* Where the line's numbers begin: R numbers what it shows. */
static const char *numbers_start(struct numbers *numbers, const char *line) {
    size_t length = strspn(line, " ");

    numbers->is_r |= strncmp(line, "$`", 2) == 0;
    return numbers->is_r && strncmp(line + length, "[1] ", 4) == 0 ? line + length + 4
                                                                   : word_behind_row(line);
}

static void numbers_line(struct numbers *numbers, const struct dump_line *line) {
    const char *at = numbers_start(numbers, line->text);
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

/* A hex dump of a device that answers the next leaf with each 16 bytes, and not a table's leaves
 * 0x40000000 and 0x40000010, which its maximum would cover. */
static bool numbers_is_dumped(const struct numbers *numbers) {
    return numbers->rows > 1 && numbers->rows == numbers->sixteenth &&
           (numbers->rows >= NUMBERS_DUMPED || numbers->maximum < CPUID_BASE + 0x10);
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
    if (numbers_is_dumped(&numbers))
        dump_refuse(builder, 0,
                    "what stands for a leaf grows by 16, as addresses of a hex dump do, where each "
                    "16 bytes of /dev/cpu/N/cpuid are the next leaf's: cpuid -r or hvspec capture "
                    "writes leaves");
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
