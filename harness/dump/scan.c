/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/dump/scan.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

static bool scan_is_blank(char c) {
    return c == ' ' || c == '\t';
}

bool scan_text(struct dump_scan *scan, const char *text) {
    const char *at = scan->at;

    for (; *text; text++) {
        if (*text == ' ') {
            while (scan_is_blank(*at))
                at++;
        } else if (*at++ != *text) {
            return false;
        }
    }
    scan->at = at;
    return true;
}

/* One more than what a character counts as a digit; 0: it is none. */
static const unsigned char scan_digits[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
    ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16};

/* What a digit counts; `base` or more: it is none. */
static unsigned scan_digit(char c) {
    return scan_digits[(unsigned char)c] - 1u;
}

static bool scan_number(struct dump_scan *scan, unsigned base, uint32_t *number) {
    const char *at = scan->at;
    uint64_t value = 0;
    bool wide = false;

    for (unsigned digit; (digit = scan_digit(*at)) < base; at++) {
        value = value * base + digit;
        if (value > UINT32_MAX) {
            wide = true;
            value = UINT32_MAX; /* whatever follows, it stays too large */
        }
    }
    if (at == scan->at)
        return false;
    scan->digits = (unsigned)(at - scan->at);
    scan->at = at;
    scan->wide |= wide;
    *number = (uint32_t)value;
    return true;
}

bool scan_hex(struct dump_scan *scan, uint32_t *number) {
    return scan_number(scan, 16, number);
}

bool scan_0x(struct dump_scan *scan, uint32_t *number) {
    struct dump_scan ahead = *scan;

    if (!(scan_text(&ahead, "0x") || scan_text(&ahead, "0X")) || !scan_hex(&ahead, number))
        return false;
    *scan = ahead;
    return true;
}

bool scan_decimal(struct dump_scan *scan, uint32_t *number) {
    return scan_number(scan, 10, number);
}

bool scan_four(struct dump_scan *scan, const char *between, struct cpuid_values *values) {
    return scan_hex(scan, &values->eax) && scan_text(scan, between) &&
           scan_hex(scan, &values->ebx) && scan_text(scan, between) &&
           scan_hex(scan, &values->ecx) && scan_text(scan, between) && scan_hex(scan, &values->edx);
}

bool scan_end(struct dump_scan *scan) {
    while (scan_is_blank(*scan->at))
        scan->at++;
    return *scan->at == '\0';
}

bool scan_processor(const char *text, uint32_t *number) {
    for (const char *at = text; (at = strstr(at, "CPU")); at++) {
        struct dump_scan scan = {.at = at + 3};

        if (at > text && isalnum((unsigned char)at[-1]))
            continue;
        *number = 0;
        scan_text(&scan, " ");
        scan_decimal(&scan, number);
        if (scan_text(&scan, ":") && scan_end(&scan))
            return true;
    }
    return false;
}
