/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_REPORTS_OTHER_MARKDOWN_H
#define HVSPEC_REPORTS_OTHER_MARKDOWN_H

#include <stdbool.h>
#include <stdio.h>

/* Somebody's text as code: between more backticks than it has itself, and in a table with its bars
 * escaped, which split cells even in code (GitHub Flavored Markdown, 4.10 and 6.3). */
void markdown_code(const char *text, bool in_table, FILE *stream);

#endif
