/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_CLI_REPORTS_H
#define HVSPEC_HARNESS_CLI_REPORTS_H

#include "harness/cli/command.h"

/* Which reports a command line asks for, and writing them. */

/* A report asked for: "json=out.json". */
struct command_report {
    const struct report_format *format;
    const char *path; /* "-": standard output */
};

struct command_reports {
    struct command_report *wanted;
    size_t count;
};

/* Reads every --report; without one to standard output there is the console's. `reports->wanted` is
 * the caller's to free. False with errors noted: no such format, or no place to write to. */
bool command_reports_read(const struct command_line *line, struct command_reports *reports,
                          struct errors *errors);

/* Whether some report is asked for in this format. */
bool command_reports_want(const struct command_reports *reports, const char *format);

/* Notes, for each file that was asked for, that it was not written. */
void command_reports_miss(const struct command_reports *reports, struct errors *errors);

/* Writes them all and returns the report's exit code. */
int command_reports_write(const struct command_line *line, const struct command_reports *reports,
                          const struct report *report, struct errors *errors);

/* What is wrong with a report's path, said before a long run rather than after it. */
bool command_report_path_check(const char *path, struct errors *errors);

#endif
