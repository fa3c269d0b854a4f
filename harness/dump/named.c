/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/dump/named.h"
#include "harness/dump/scan.h"

#include <string.h>

#define NAMED_AHEAD 2u /* lines between a leaf and its EAX */

static void named_read(struct dump_builder *builder, const struct dump_text *text) {
    struct named first = {0}, named = {.builder = builder};
    uint32_t number;

    for (size_t i = 0; i < text->count; i++)
        named_line(&first, &text->lines[i]);
    named.base = first.base == WORD_EITHER ? WORD_HEXADECIMAL : first.base;
    named.trailing = first.loose == CPUID_ALL && first.any && !first.open;
    for (size_t i = 0; i < text->count && !builder->failed; i++) {
        if (scan_processor(text->lines[i].text, &number) ||
            word_processor(text->lines[i].text, &number)) {
            named_emit(&named);
            dump_begin_processor(builder, number);
        } else {
            named_line(&named, &text->lines[i]);
        }
    }
    named_emit(&named);
    if (named.lost > 0)
        dump_note_lost(builder, named.lost, named.lost_line);
    if (named.stray > 0)
        dump_note_stray(builder, named.stray, named.stray_line);
}

/* What begins with a leaf, "0x40000000/0:" or "[0x40000000]", and names a register ahead of any
 * further number. */
static bool named_is_heading(const struct dump_line *line) {
    for (size_t i = 0; i < NAMED_AHEAD && (++line)->text; i++) {
        struct word word = {.end = line->text};

        while (word_next(word.end, &word)) {
            struct word_digits digits;
            uint32_t value;

            if (word_name(word.text) >= WORD_EAX)
                return true;
            if (word_name(word.text) == WORD_SUBLEAF)
                return true;
            if (word_digits(&word, &digits) && strpbrk(digits.text, "0123456789") &&
                (!word_value(&digits, WORD_HEXADECIMAL, &value) || value >= NAMED_SUBLEAVES))
                return false;
        }
    }
    return false;
}

/* A line that has a leaf of the block: named as one, in quotes, or ahead of a register. */
static bool named_recognises(const struct dump_line *line) {
    enum word_name name = WORD_OTHER, before = WORD_OTHER;
    struct word word = {.end = line->text};
    struct word_digits digits;
    uint32_t value;
    bool found = false, input = named_twice(line->text) == WORD_EAX;

    while (word_next(word.end, &word)) {
        enum word_name next = word_name(word.text);
        const char *start = word.end - word.length;
        bool leaf = false;

        if (found && next >= WORD_EAX)
            return true;
        if (name == WORD_EAX && named_is_register_in("eax", &word)) {
            name = WORD_LEAF;
            continue;
        }
        if (next == WORD_OTHER && word_digits(&word, &digits))
            leaf = (word_value(&digits, WORD_HEXADECIMAL, &value) && named_is_of_block(value)) ||
                   (word_value(&digits, WORD_DECIMAL, &value) && named_is_of_block(value));
        if (leaf && (name == WORD_LEAF || name == WORD_CPUID ||
                     (name == WORD_EAX && (input || before == WORD_CPUID)) ||
                     (start > line->text && strchr("\"'", start[-1]))))
            return true;
        found |= leaf && name == WORD_OTHER;
        input |= named_is_input(&word);
        before = name;
        name = named_is_wrapper(&word) ? name : next;
    }
    return found && named_is_heading(line);
}

const struct dump_format dump_format_named = {
    .name = "registers by name", .recognises = named_recognises, .read = named_read};
