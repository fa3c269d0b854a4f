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
    enum report_kind kind; /* REPORT_KINDS: not known yet */
    struct command_report *wanted;
    size_t count;
};

/* Reads every --report, and --json and --markdown, which are short for two; without one to standard
 * output there is the console's. `reports->wanted` is the caller's to free. False with errors
 * noted: no such format, or no place to write to. */
bool command_reports_read(const struct command_line *line, enum report_kind kind,
                          struct command_reports *reports, struct errors *errors);

/* Settles the kind of reports that were read for any. False with errors noted: it has not all of
 * these formats. */
bool command_reports_settle(struct command_reports *reports, enum report_kind kind,
                            struct errors *errors);

/* Whether some report is asked for in this format. */
bool command_reports_want(const struct command_reports *reports, const char *format);

/* Notes, for each file that was asked for, that it was not written. */
void command_reports_miss(const struct command_reports *reports, struct errors *errors);

/* Writes them all, of the kind that they were read for. False with errors noted. */
bool command_reports_save(const struct command_line *line, const struct command_reports *reports,
                          const struct report_any *report, struct errors *errors);

/* The same of a run, returning its exit code. */
int command_reports_write(const struct command_line *line, const struct command_reports *reports,
                          const struct report *report, struct errors *errors);

#endif
