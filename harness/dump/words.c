/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/dump/words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static bool word_holds(char c) {
    return isalnum((unsigned char)c) || c == '_';
}

/* "4000'0001", as C++ groups digits; a quote that ends a text has none behind it. */
static bool word_groups(const char *start, const char *at) {
    if (at == start || *at != '\'' || !isxdigit((unsigned char)at[1]))
        return false;
    if (strncmp(start, "0x", 2) == 0)
        start += 2;
    while (start < at && (isxdigit((unsigned char)*start) || *start == '\''))
        start++;
    return start == at;
}

/* "00000000`40000000", as WinDbg writes what fits 32 bits. */
static bool word_halves(const char *start, const char *at) {
    return *at == '`' && at - start == 8 && strncmp(start, "00000000", 8) == 0 &&
           strspn(at + 1, "0123456789abcdefABCDEF") == 8;
}

bool word_next(const char *at, struct word *word) {
    const char *from = at, *start;
    size_t length = 0;

    while (*at && !word_holds(*at))
        at++;
    if (!*at)
        return false;
    for (start = at; word_holds(*at) || word_groups(start, at) || word_halves(start, at); at++) {
        if (*at == '`') { /* the upper half is zero */
            length = 0;
            continue;
        }
        if (*at != '\'' && length + 1 < WORD_SIZE)
            word->text[length++] = (char)tolower((unsigned char)*at);
    }
    word->text[length] = '\0';
    word->end = at;
    word->length = (size_t)(at - start);
    word->negative = start > from && start[-1] == '-' &&
                     (start - 1 == from || !(word_holds(start[-2]) || start[-2] == '-'));
    return true;
}

enum word_name word_name(const char *text) {
    static const struct {
        const char *text;
        enum word_name name;
    } names[] = {
        {"leaf", WORD_LEAF},
        {"function", WORD_LEAF},
        {"func", WORD_LEAF},
        {"level", WORD_LEAF},
        {"eax_in", WORD_LEAF},
        {"in_eax", WORD_LEAF},
        {"leaf_id", WORD_LEAF},
        {"cpuid_leaf", WORD_LEAF},
        {"leafindex", WORD_LEAF},
        {"leaf_index", WORD_LEAF},
        {"leafnumber", WORD_LEAF},
        {"leaf_number", WORD_LEAF},
        {"leafid", WORD_LEAF},
        {"cpuidleaf", WORD_LEAF},
        {"eaxin", WORD_LEAF},
        {"ineax", WORD_LEAF},
        {"input_eax", WORD_LEAF},
        {"inputeax", WORD_LEAF},
        {"eax_input", WORD_LEAF},
        {"cpuid", WORD_CPUID},
        {"subleaf", WORD_SUBLEAF},
        {"sub_leaf", WORD_SUBLEAF},
        {"index", WORD_SUBLEAF},
        {"idx", WORD_SUBLEAF},
        {"ecx_in", WORD_SUBLEAF},
        {"in_ecx", WORD_SUBLEAF},
        {"ecxin", WORD_SUBLEAF},
        {"inecx", WORD_SUBLEAF},
        {"input_ecx", WORD_SUBLEAF},
        {"inputecx", WORD_SUBLEAF},
        {"ecx_input", WORD_SUBLEAF},
        {"subfunction", WORD_SUBLEAF},
        {"subleafindex", WORD_SUBLEAF},
        {"subleaf_index", WORD_SUBLEAF},
        {"sub_leaf_index", WORD_SUBLEAF},
        {"subleafnumber", WORD_SUBLEAF},
        {"subleaf_number", WORD_SUBLEAF},
        {"subleafid", WORD_SUBLEAF},
        {"subleaf_id", WORD_SUBLEAF},
        {"eax", WORD_EAX},
        {"ebx", WORD_EBX},
        {"ecx", WORD_ECX},
        {"edx", WORD_EDX},
        {"rax", WORD_EAX},
        {"rbx", WORD_EBX},
        {"rcx", WORD_ECX},
        {"rdx", WORD_EDX},
        {"out_eax", WORD_EAX},
        {"out_ebx", WORD_EBX},
        {"out_ecx", WORD_ECX},
        {"out_edx", WORD_EDX},
        {"eax_out", WORD_EAX},
        {"ebx_out", WORD_EBX},
        {"ecx_out", WORD_ECX},
        {"edx_out", WORD_EDX},
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(text, names[i].text) == 0)
            return names[i].name;
    }
    return WORD_OTHER;
}

/* "u32", "ul" and "h" behind a number, of the languages that write them. Returns its length without
 * that. */
static size_t word_without_suffix(const char *text, size_t length, enum word_base *base) {
    if (length > 3 && strcmp(&text[length - 3], "u32") == 0)
        return length - 3;
    if (length > 1 && text[length - 1] == 'h' && *base == WORD_EITHER) {
        *base = WORD_HEXADECIMAL;
        return length - 1;
    }
    while (length > 1 && (text[length - 1] == 'u' || text[length - 1] == 'l'))
        length--;
    return length;
}

bool word_digits(const struct word *word, struct word_digits *digits) {
    const char *text = word->text;
    size_t length = strlen(text), count = 0;
    bool letters = false;

    digits->negative = word->negative;
    digits->base = WORD_EITHER;
    digits->prefixed = strncmp(text, "0x", 2) == 0;
    if (digits->prefixed) {
        digits->base = WORD_HEXADECIMAL;
        text += 2;
        length -= 2;
    }
    length = word_without_suffix(text, length, &digits->base);
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '_')
            continue;
        if (!isxdigit((unsigned char)text[i]))
            return false;
        letters |= !isdigit((unsigned char)text[i]);
        digits->text[count++] = text[i];
    }
    digits->text[count] = '\0';
    /* Tools pad what is hexadecimal, and nobody else does. */
    if (digits->base == WORD_EITHER && (letters || (count > 1 && digits->text[0] == '0')))
        digits->base = WORD_HEXADECIMAL;
    return count > 0;
}

bool word_value(const struct word_digits *digits, enum word_base base, uint32_t *value) {
    int radix = digits->base == WORD_HEXADECIMAL || base == WORD_HEXADECIMAL ? 16 : 10;
    unsigned long long number = strtoull(digits->text, NULL, radix);

    if (digits->negative && radix == 10) { /* of a language without unsigned numbers */
        *value = (uint32_t)-number;
        return number <= (unsigned long long)INT32_MAX + 1;
    }
    *value = (uint32_t)number; /* saturated where it is too long, and so too large */
    return number <= UINT32_MAX;
}

#define WORD_PROCESSOR 5u   /* digits of a processor's number */
#define WORD_HEADING_MAX 5u /* words of a heading */

bool word_is_processor(const char *text, bool *joined, uint32_t *number) {
    static const char *const names[] = {"vcpu", "cpu", "processor", "core"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *behind = text + strlen(names[i]);

        if (strncmp(text, names[i], strlen(names[i])) != 0 ||
            strspn(behind, "0123456789") != strlen(behind) || strlen(behind) > WORD_PROCESSOR)
            continue;
        *joined = *behind != '\0';
        *number = (uint32_t)strtoul(behind, NULL, 10);
        return true;
    }
    return false;
}

bool word_processor(const char *line, uint32_t *number) {
    struct word word = {.end = line};
    bool named = false, found = false;

    for (unsigned i = 0; word_next(word.end, &word); i++) {
        bool joined = false;

        if (i == WORD_HEADING_MAX || found)
            return false; /* a sentence, or more behind the number */
        if (named) {
            if (strspn(word.text, "0123456789") != strlen(word.text) ||
                strlen(word.text) > WORD_PROCESSOR)
                return false;
            *number = (uint32_t)strtoul(word.text, NULL, 10);
            found = true;
            named = false;
        } else if (word_is_processor(word.text, &joined, number)) {
            found = joined;
            named = !joined;
        }
    }
    return found;
}

const char *word_behind_row(const char *line) {
    const char *at = line + strspn(line, " \t");
    size_t digits = *at == '[' ? strspn(at + 1, "0123456789") : 0;

    return digits > 0 && strncmp(at + 1 + digits, ",]", 2) == 0 ? at + 3 + digits : line;
}
