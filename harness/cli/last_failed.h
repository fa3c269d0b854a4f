/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_CLI_LAST_FAILED_H
#define HVSPEC_HARNESS_CLI_LAST_FAILED_H

#include "harness/cli/command.h"

/*
 * --last-failed REPORT: the scenarios in which some probe of an earlier run broke a rule, or could not
 * be judged.
 */
struct last_failed {
    struct report report;   /* which owns the ids */
    const char **scenarios; /* NULL-terminated; NULL: not asked for, or none failed, so all run */
};

/* Says so on standard error when none failed. False with errors noted: no report of a check. Cleared
 * with last_failed_clear in both cases. */
bool last_failed_read(const struct command_line *line, struct last_failed *failed,
                      struct errors *errors);
void last_failed_clear(struct last_failed *failed);

#endif
