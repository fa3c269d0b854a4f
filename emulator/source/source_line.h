/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_SOURCE_SOURCE_LINE_H
#define HVSPEC_EMULATOR_SOURCE_SOURCE_LINE_H

#include "emulator/image/image.h"

/*
 * Address to file and line, and what functions take, from the debug information in an image's ELF
 * file (libdw). Files without it, and flat binaries, are no error: every lookup then says that
 * nothing is known.
 */
struct source_line;

/* Reads image->path again; the image is borrowed until source_line_close. NULL only when memory
 * runs out; an unreadable file just knows nothing. The caller frees with source_line_close. */
struct source_line *source_line_open(const struct image *image);

void source_line_close(struct source_line *source);

/* Files below this folder are named relative to it (at first: the current folder, or with NULL).
 * One that does not exist has none below it. To be called ahead of lookups. False: out of memory.
 */
bool source_line_set_root(struct source_line *source, const char *folder);

/* True when the line is known, of the function itself: for what was inlined into it, the line of
 * the call; of calls within each other the innermost in a file of the project's own: below the
 * root, or beside what was compiled. Headers of the compiler and the system are no place. *file (as
 * written in the debug information; when that is absolute, relative to the root, or without its
 * directory when it is not below it; lives as long as `source`), *line (1-based). */
bool source_line_find(struct source_line *source, uint64_t address, const char **file,
                      unsigned *line);

/* The same of the first of several addresses that is in a file below the root, or else of the first
 * whose line is known; *at is its index. For a place and those that it was called from. */
bool source_line_find_first(struct source_line *source, const uint64_t *addresses, size_t count,
                            const char **file, unsigned *line, size_t *at);

/* Up to `count` lines, from number `first` on, of a file that source_line_find told: see
 * emulator/source/quote.h. 0, too, when it is not below the root. */
size_t source_line_quote(const struct source_line *source, const char *file, unsigned first,
                         size_t count, char **lines);

/* Bytes of the type of a function's parameter, the first of which has index 0; 0: not known. */
unsigned source_line_parameter_size(struct source_line *source, uint64_t function, unsigned index);

/* Bytes of the whole number (or enumeration) that a function returns; 0: not known, or nothing of
 * the kind. */
unsigned source_line_return_size(struct source_line *source, uint64_t function);

/* Bytes of the floating-point number that a function returns; 0: not known, or none. */
unsigned source_line_return_float(struct source_line *source, uint64_t function);

/* A function of the image into which the compiler put one of that name, which has no code of its
 * own; the image's symbol. NULL: none is known. */
const struct image_symbol *source_line_inlined_into(struct source_line *source, const char *name);

/* Whether the compiler says that it was given an option for what holds the function; compilers that
 * do not tell their options never do. */
bool source_line_is_built_with(struct source_line *source, uint64_t function, const char *option);

/* elfutils' version, "0.188". */
const char *source_line_library_version(void);

#endif
