/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_CLI_AUDIT_REPORTS_H
#define HVSPEC_HARNESS_CLI_AUDIT_REPORTS_H

#include "harness/cli/command.h"
#include "reports/model/audit_report.h"

/* Which reports an audit is asked for, and writing them. --json and --markdown are short for
 * --report json and --report markdown. */
#define AUDIT_REPORTS_MAX 16u
struct audit_reports {
    struct {
        const struct audit_format *format;
        const char *path; /* "-": standard output */
    } wanted[AUDIT_REPORTS_MAX];
    size_t count;
};

/* Without a report to standard output there is the console's. False with errors noted: no such
 * format, or no place to write to. */
bool audit_reports_read(const struct command_line *line, struct audit_reports *reports,
                        struct errors *errors);

/* Writes them all. False with errors noted. */
bool audit_reports_write(const struct command_line *line, const struct audit_reports *reports,
                         const struct audit_report *report, struct errors *errors);

/* The exit code for a report that was written; what is missing in it is noted, and COMMAND_FAILED.
 */
int audit_exit_code(const struct audit_report *report, struct errors *errors);

#endif
