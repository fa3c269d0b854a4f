/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/number.h"

#include <stddef.h>

static unsigned number_digit(char digit) {
    if (digit >= '0' && digit <= '9')
        return (unsigned)(digit - '0');
    if (digit >= 'a' && digit <= 'f')
        return (unsigned)(digit - 'a') + 10;
    if (digit >= 'A' && digit <= 'F')
        return (unsigned)(digit - 'A') + 10;
    return 16;
}

const char *number_read(const char *text, uint64_t *number, bool *fits) {
    unsigned base = 10;
    bool all = true;

    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        base = 16;
        text += 2;
    } else if (text[0] == '0' && (text[1] == '_' || number_digit(text[1]) < base)) {
        return NULL;
    }
    if (number_digit(*text) >= base)
        return NULL;
    for (*number = 0; number_digit(*text) < base; text++) {
        unsigned digit = number_digit(*text);

        all = all && *number <= (UINT64_MAX - digit) / base;
        *number = all ? *number * base + digit : UINT64_MAX;
        if (text[1] == '_' && number_digit(text[2]) < base)
            text++;
    }
    if (fits)
        *fits = all;
    return all || fits ? text : NULL;
}
