/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_SOURCE_QUOTE_H
#define HVSPEC_EMULATOR_SOURCE_QUOTE_H

#include <stddef.h>

/*
 * Lines of source files, for reports that are handed on: so only of regular files that lie below
 * one folder, links followed, whatever the debug information names.
 */
#define SOURCE_QUOTE_COLUMNS 160u /* bytes that are kept of a line */

/* Up to `count` lines of a file from number `first` (1-based) on, without their ends and with
 * blanks for tabs. `root` is without links. Fills `lines`, each to be freed. Returns how many there
 * are: 0, too, when the file is elsewhere, cannot be read or is too large to be source code. */
size_t source_quote(const char *root, const char *path, unsigned first, size_t count, char **lines);

#endif
