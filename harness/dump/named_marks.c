/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/dump/named.h"

#include <ctype.h>
#include <string.h>

/* What a word is to a reader of names, by what stands around it. Pure. */

#define MARKS_TYPE "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:."
#define MARKS_AHEAD " \t>/#*-\"'[({," /* what may stand ahead of a key that begins its line */
#define MARKS_COUNT 3u                /* digits of how many a list has */

static const char *marks_start(const struct word *word) {
    return word->end - word->length;
}

static bool marks_is_first(const char *line, const struct word *word) {
    const char *start = marks_start(word);

    while (start > line && strchr(" \t\"'", start[-1]))
        start--;
    return start > line && strchr("({[", start[-1]) && *word->end == ',';
}

/* Behind the subleaf that a leaf in quotes may have, "4.0". */
static const char *marks_behind_subleaf(const char *line, const struct word *word) {
    const char *start = marks_start(word), *at = word->end;
    size_t digits = *at && strchr(".:/,", *at) ? strspn(at + 1, "0123456789abcdefABCDEF") : 0;

    return start > line && strchr("\"'", start[-1]) && digits > 0 && at[1 + digits] == start[-1]
               ? at + 1 + digits
               : at;
}

static bool marks_is_key(const char *line, const struct word *word) {
    const char *at = marks_behind_subleaf(line, word);
    bool arrow;

    at += strspn(at, "\"'] \t");
    arrow = strncmp(at, "=>", 2) == 0;
    if (*at != ':' && *at != '=' && strncmp(at, "->", 2) != 0)
        return false;
    at += strspn(at, ":=-> \t");
    at += strspn(at, MARKS_TYPE);
    at += strspn(at, " \t");
    return *at == '\0' ? arrow : strchr("{[(", *at) != NULL;
}

/* A clock, "12:00:01", ends no key. */
static bool marks_ends_key(const char *at) {
    size_t length = strspn(at, ":=->");

    return length > 0 && (at[length] == '\0' || strchr(" \t[{(", at[length]));
}

enum named_mark named_mark(const char *line, const struct word *word) {
    const char *start = marks_start(word), *at = word->end + strspn(word->end, "\"'");

    if (marks_is_first(line, word))
        return NAMED_FIRST;
    if (marks_is_key(line, word))
        return NAMED_KEY;
    if ((size_t)(start - line) != strspn(line, MARKS_AHEAD))
        return NAMED_PLAIN;
    if (*at == ']' && at[1] == ' ')
        return NAMED_INDEX;
    return marks_ends_key(at) ? NAMED_BEGINS : NAMED_PLAIN;
}

bool named_is_count(const char *line, const struct word *word) {
    const char *start = marks_start(word), *name = start - 1, *at = word->end;

    if (start - line < 2 || *name != '(' || !isalnum((unsigned char)name[-1]) || *at != ')' ||
        word->length > MARKS_COUNT || strspn(word->text, "0123456789") != word->length)
        return false;
    for (at++; *at == ' ';)
        at++;
    if (*at != '[' && *at != '{')
        return false;
    while (name > line && strchr(MARKS_TYPE, name[-1]))
        name--;
    for (; name < start; name++) { /* "cpuid(1) {" */
        if (strncasecmp(name, "cpuid", 5) == 0 || strncasecmp(name, "leaf", 4) == 0)
            return false;
    }
    return true;
}

bool named_is_wrapper(const struct word *word) {
    static const char *const texts[] = {"some", "id", "no", "number", "value"};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (strcmp(word->text, texts[i]) == 0)
            return true;
    }
    return strcmp(word->text, "int") == 0 && *word->end == '(';
}

bool named_is_input(const struct word *word) {
    return strcmp(word->text, "input") == 0 || strcmp(word->text, "inputs") == 0 ||
           (strcmp(word->text, "in") == 0 && (*word->end == ':' || *word->end == '"'));
}

bool named_is_register_in(const char *last, const struct word *word) {
    return word_name(last) >= WORD_EAX &&
           (strcmp(word->text, "in") == 0 || strcmp(word->text, "input") == 0);
}

enum word_name named_twice(const char *line) {
    enum word_name name = WORD_OTHER, first = WORD_OTHER;
    struct word word = {.end = line};
    struct word_digits digits;
    unsigned given = 0;

    while (word_next(word.end, &word)) {
        enum word_name next = word_name(word.text);

        if (next != WORD_OTHER) {
            name = next;
            continue;
        }
        if (name >= WORD_EAX && word_digits(&word, &digits)) {
            unsigned bit = 1u << (name - WORD_EAX);

            first = first == WORD_OTHER ? name : first;
            if (given & bit)
                return name == first && (name == WORD_EAX || name == WORD_ECX) ? name : WORD_OTHER;
            if (first == WORD_EAX && given != 0 && name != WORD_ECX)
                return WORD_OTHER; /* EAX and ECX are all that CPUID is given */
            given |= bit;
        }
        name = WORD_OTHER;
    }
    return WORD_OTHER;
}

bool named_opens_list(const char *at) {
    size_t length = strcspn(at + 1, "{]");

    return at[1 + length] != ']';
}
