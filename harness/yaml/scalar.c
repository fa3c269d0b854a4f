/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/yaml/tree.h"

#include <string.h>

unsigned yaml_digit(char digit) {
    if (digit >= '0' && digit <= '9')
        return (unsigned)(digit - '0');
    if (digit >= 'a' && digit <= 'f')
        return (unsigned)(digit - 'a') + 10;
    if (digit >= 'A' && digit <= 'F')
        return (unsigned)(digit - 'A') + 10;
    return 16;
}

/* Digits in groups that single underscores part; no sign, no space. */
static bool digits_parse(const char *text, unsigned base, uint64_t *number) {
    uint64_t sum = 0;
    bool after_digit = false;

    for (; *text; text++) {
        unsigned digit = yaml_digit(*text);

        if (*text == '_' && after_digit) {
            after_digit = false;
            continue;
        }
        if (digit >= base || sum > (UINT64_MAX - digit) / base)
            return false;
        sum = sum * base + digit;
        after_digit = true;
    }
    *number = sum;
    return after_digit;
}

bool yaml_tree_number(const struct yaml_tree *node, uint64_t *number, bool *negative) {
    const char *text = node->text;
    bool minus = text && text[0] == '-';
    uint64_t magnitude;
    unsigned base = 10;

    if (node->kind != YAML_TREE_SCALAR || node->quoted || (minus && !negative))
        return false;
    text += minus;
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        base = 16;
        text += 2;
    } else if (text[0] == '0' && text[1]) {
        return false; /* 010 is eight to some readers and ten to others */
    }
    if (!digits_parse(text, base, &magnitude) || (minus && magnitude > (uint64_t)1 << 63))
        return false;
    *number = minus ? 0 - magnitude : magnitude;
    if (negative)
        *negative = minus && magnitude != 0;
    return true;
}

bool yaml_tree_bool(const struct yaml_tree *node, bool *value) {
    if (node->kind != YAML_TREE_SCALAR || node->quoted)
        return false;
    *value = strcmp(node->text, "true") == 0;
    return *value || strcmp(node->text, "false") == 0;
}
