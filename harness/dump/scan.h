/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_DUMP_SCAN_H
#define HVSPEC_HARNESS_DUMP_SCAN_H

#include "emulator/cpuid/table.h"

/* A place in a line. Each step moves it on, or leaves it where it was and returns false. */
struct dump_scan {
    const char *at;
    bool wide;       /* a number did not fit 32 bits */
    unsigned digits; /* of the last number */
};

/* The text exactly; a space in it stands for any number of blanks, none too. */
bool scan_text(struct dump_scan *scan, const char *text);

/* Hexadecimal digits; the same behind "0x"; decimal digits. */
bool scan_hex(struct dump_scan *scan, uint32_t *number);
bool scan_0x(struct dump_scan *scan, uint32_t *number);
bool scan_decimal(struct dump_scan *scan, uint32_t *number);

/* Four registers' values in hexadecimal with `between` them. */
bool scan_four(struct dump_scan *scan, const char *between, struct cpuid_values *values);

/* True at the end of the line, blanks aside. */
bool scan_end(struct dump_scan *scan);

/* "CPU:" (0) and "CPU 3:" at the end of a line, behind whatever quotes it: the next rows are of
 * that processor. */
bool scan_processor(const char *text, uint32_t *number);

#endif
