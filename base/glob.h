/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_BASE_GLOB_H
#define HVSPEC_BASE_GLOB_H

#include <stdbool.h>

/*
 * Globs for names and ids: '*' is any text, '?' any one byte, and '\' takes the next byte as it is.
 * Brackets and slashes mean nothing. Unlike fnmatch, the time is bounded by the product of both
 * lengths, whatever the glob.
 */
bool glob_match(const char *glob, const char *text);

/* Whether it matches more than one text. */
bool glob_is_wild(const char *glob);

/* A text as a glob that matches it: blanks, '#', '*', '?' and '\' with a '\' ahead, other control
 * characters as '?'. The caller frees; NULL: out of memory. */
char *glob_quote(const char *text);

#endif
