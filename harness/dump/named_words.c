/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/dump/named.h"

#include <stdlib.h>
#include <string.h>

/* A line's words, one by one. */

#define NAMED_BITS "01-xXhHtTrR" /* what a bit of a mask can be */

static void named_number(struct named *named, uint32_t value) {
    enum word_name name = named->name;
    bool input = named->input || named->inputs == 1, fresh = named->fresh;
    bool further = named->inputs == 2;

    named->name = WORD_OTHER;
    named->fresh = false;
    named->input &= name == WORD_EAX;
    if (name == WORD_LEAF || name == WORD_CPUID || (name == WORD_EAX && input)) {
        bool listed = named->inputs == 1;

        named->is_worded |= name != WORD_CPUID;
        named_begin(named, value);
        named->inputs = listed || named->second_ecx ? 2 : 0;
    } else if (name == WORD_SUBLEAF || (name == WORD_ECX && (input || further))) {
        named_subleaf(named, value);
        named->inputs = 0;
    } else if (name >= WORD_EAX) {
        named->inputs = 0;
        named_register(named, name, value);
    } else if (named->here && named->count < NAMED_NUMBERS) {
        named->numbers[named->count++] = value;
        if (fresh && value < NAMED_SUBLEAVES) {
            named->has_behind = true;
            named->behind = value;
        }
    }
}

static bool named_has(const struct named *named, enum word_name name) {
    return !named->trailing && (named->seen & 1u << (name - WORD_EAX)) != 0;
}

/* "CPUID.(EAX=40000000H, ECX=0): EAX=...": up to the bracket or the colon registers are inputs. */
static void named_word(struct named *named, enum word_name name, const struct word *word,
                       const char *before) {
    if (name == WORD_CPUID)
        named->input = true;
    else if (strcmp(before, "sub") == 0 && name == WORD_LEAF)
        name = WORD_SUBLEAF;
    else if (name >= WORD_EAX && !named->input && named->candidates > 0 &&
             (!named->has_leaf || named_has(named, name)))
        named_begin_candidate(named); /* a row before may lack a register */
    if (name == WORD_EAX && named->has_behind)
        named->row.subleaf = named->behind;
    named->has_behind = named->fresh = false;
    named->strong = strstr(word->text, "sub") || strstr(word->text, "ecx") || *before == 's';
    named->name = name;
    if (name != WORD_SUBLEAF)
        named->candidates = 0;
}

/* Numbers that do not say their base are all of one: what shows that of one holds for all. */
static void named_guess(struct named *named, const struct word_digits *digits) {
    size_t length = strlen(digits->text);
    uint32_t value;

    if (named->base != WORD_EITHER || digits->prefixed)
        return;
    if (length > NAMED_WHOLE && word_value(digits, WORD_DECIMAL, &value) &&
        named_is_of_block(value))
        named->base = WORD_DECIMAL; /* whatever it is called */
    if (named->name == WORD_OTHER && !named->here)
        return;
    if (digits->base == WORD_HEXADECIMAL ||
        (length == 8 && strncmp(digits->text, "400000", 6) == 0)) /* no leaf in decimal */
        named->base = WORD_HEXADECIMAL;
    else if (length > 8)
        named->base = WORD_DECIMAL;
}

static void named_list(struct named *named, const char *at) {
    if (named->candidates > 0 && !named->has_leaf)
        named_begin_candidate(named);
    named->in_list = named->has_leaf && named->here && named->seen == 0;
    if (named->depth++ == 0 && !named->in_list && named->builder && named_opens_list(at)) {
        named->list_is_due = at[1 + strspn(at + 1, " \t\r")] == '\0';
        if (!named->list_is_due)
            named_begin_table(named);
    }
}

static void named_list_end(struct named *named) {
    named->in_list = false;
    if (named->depth > 0)
        named->depth--;
}

/* What stands between two words. A list behind a number is that leaf's registers. */
static void named_between(struct named *named, const char *at, const char *end) {
    for (; at < end; at++) {
        if ((*at == ']' || *at == '|') && named->count >= 4)
            named_end_numbers(named); /* behind a bar stands the same as characters */
        if (*at == '[')
            named_list(named, at);
        else if (*at == ']')
            named_list_end(named);
        else if (*at == ')' || *at == ':')
            named->input = false;
        if (strchr("([{", *at))
            named->nest++;
        else if (strchr(")]}", *at) && named->nest > 0)
            named->nest--;
    }
}

/* Letters alone may be a word: they count where a number is due, or as all eight digits. */
static bool named_counts(const struct named *named, const struct word_digits *digits) {
    return digits->prefixed || strlen(digits->text) == NAMED_WHOLE ||
           (named->name != WORD_OTHER && named->name != WORD_CPUID) ||
           strpbrk(digits->text, "0123456789");
}

/* "cpuid.d.eax", as VMware writes it. */
static bool named_is_dotted(const struct named *named, const struct word *word) {
    return named->name == WORD_CPUID && word->text[1] == '\0' && *word->end == '.';
}

static bool named_takes_side(struct named *named, const struct word *word) {
    bool output = strcmp(word->text, "output") == 0 || strcmp(word->text, "outputs") == 0 ||
                  strcmp(word->text, "out") == 0;

    if (named_is_input(word))
        named->inputs = 1;
    else if (output)
        named->inputs = 0;
    else
        return false;
    named->name = WORD_OTHER;
    return true;
}

/* "[CPU3] leaf ...", "vcpu 3: cpuid ...": whose row it is. A number that follows is no register. */
static bool named_takes_processor(struct named *named, const char *text) {
    bool due = named->cpu_is_due, joined;

    named->cpu_is_due = false;
    if (named->has_leaf && named->here)
        return false;
    if (due && strlen(text) < NAMED_WHOLE && strspn(text, "0123456789") == strlen(text)) {
        named->cpu = (uint32_t)strtoul(text, NULL, 10);
        return named->has_cpu = true;
    }
    if (!word_is_processor(text, &joined, &named->cpu))
        return false;
    named->has_cpu |= joined;
    named->cpu_is_due = !joined;
    return true;
}

/* VMware's masks, "0100:0000:...:----", 32 digits of a bit each: the register is known when all of
 * them are 0 or 1. True: the line held one, known or not. */
static bool named_bits(struct named *named, const char *at) {
    uint32_t value = 0;
    unsigned bits = 0;
    bool known = true;

    at += strspn(at, " =:\"");
    if (strspn(at, NAMED_BITS) != 4 || at[4] != ':')
        return false;
    for (; *at == ':' || strspn(at, NAMED_BITS) > 0; at++) {
        if (*at == ':')
            continue;
        value = value << 1 | (*at == '1');
        known &= *at == '0' || *at == '1';
        bits++;
    }
    if (known && bits == 32)
        named_register(named, named->name, value);
    return true;
}

/* Numbers alone, as the padding of a row that a language's debug print spreads over lines, are
 * none. */
static void named_open_due(struct named *named, const char *text) {
    const char first = text[strspn(text, " \t\r")];

    if (!named->list_is_due || first == '\0')
        return;
    named->list_is_due = false;
    if (!strchr("0123456789]", first))
        named_begin_table(named);
}

/* A word that is a number, maybe. False: it fits no register, and that was said. */
static bool named_digits(struct named *named, const struct dump_line *line, const struct word *word,
                         const struct word_digits *digits) {
    uint32_t value;

    if (!named->builder)
        named_guess(named, digits);
    if (word_value(digits, named->base, &value)) {
        if (named->name == WORD_OTHER && !named->in_list)
            named_candidate(named, digits, value, named_mark(line->text, word));
        named_number(named, value);
    } else if (named->builder && named->name != WORD_OTHER) {
        dump_refuse_wide(named->builder, line->number);
        return false;
    }
    return true;
}

/* A number that has all its digits, and is not one of any length in decimal. */
static bool named_is_padded(const struct named *named, const struct word *word) {
    struct word_digits digits;

    return !word_digits(word, &digits) ||
           (strlen(digits.text) == NAMED_WHOLE && (digits.prefixed || named->base != WORD_DECIMAL));
}

/* False: the rest of the line says nothing. */
static bool named_take(struct named *named, const struct dump_line *line, const struct word *word,
                       const char *before) {
    enum word_name name = word_name(word->text);
    struct word_digits digits;

    if (named_is_register_in(before, word)) {
        named->name = named->name == WORD_EAX ? WORD_LEAF : WORD_SUBLEAF;
        named->strong = true;
        return true;
    }
    if (named_takes_processor(named, word->text) || named_takes_side(named, word))
        return true;
    if (name != WORD_OTHER) {
        named_word(named, name, word, before);
        return name < WORD_EAX || !named_bits(named, word->end);
    }
    if (named_is_wrapper(word) || named_is_count(line->text, word))
        return true;
    if (line->cut && !*word->end && !named_is_padded(named, word))
        return false; /* maybe half a number */
    if (word_digits(word, &digits) &&
        (named_counts(named, &digits) || named_is_dotted(named, word)))
        return named_digits(named, line, word, &digits);
    named->name = WORD_OTHER;
    return true;
}

static void named_begin_line(struct named *named, const struct dump_line *line) {
    enum word_name twice = named_twice(line->text);

    named->line = line->number;
    named->indent = (unsigned)strspn(line->text, " \t>/#|*");
    named->second_ecx = twice == WORD_ECX;
    if (twice == WORD_EAX)
        named->inputs = 1;
    named_open_due(named, line->text);
}

/* What ends with an arrow has its value on the next line. */
static void named_end_line(struct named *named, const char *text) {
    size_t length = strlen(text);

    if (!named->in_list)
        named_end_numbers(named);
    if (length < 2 || strcmp(&text[length - 2], "=>") != 0)
        named->name = WORD_OTHER;
    named->input = named->has_cpu = named->cpu_is_due = false;
    named->is_tentative &= named->has_leaf;
}

void named_line(struct named *named, const struct dump_line *line) {
    const char *at = line->text;
    struct word word = {.text = ""}, last = word;

    named_begin_line(named, line);
    for (; word_next(at, &word); at = word.end, last = word) {
        const char *start = word.end - word.length;

        named_between(named, at, start > at ? start : at);
        if (!named_take(named, line, &word, last.text)) {
            at = word.end;
            break;
        }
    }
    named_between(named, at, at + strlen(at));
    named_end_line(named, line->text);
}
