/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_BASE_SHELL_QUOTE_H
#define HVSPEC_BASE_SHELL_QUOTE_H

/* The text as one word for a POSIX shell: as it is where that works, else in single quotes. To be
 * freed. NULL: out of memory. */
char *shell_quote(const char *text);

/* The same for a path, which "./" keeps from being taken for an option. */
char *shell_quote_path(const char *path);

#endif
