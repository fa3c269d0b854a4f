/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_BASE_NUMBER_H
#define HVSPEC_BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Numbers as people write them, in every file and option alike: decimal, or hexadecimal with 0x;
 * single underscores may part digits. No sign, no blank; 010, which is eight to some readers and
 * ten to others, is none.
 */

/* Reads the number at the beginning of a text and returns what comes after it. NULL: there is none,
 * or, unless `fits` is given, it is over 64 bits; with `fits` it is UINT64_MAX then. */
const char *number_read(const char *text, uint64_t *number, bool *fits);

#endif
