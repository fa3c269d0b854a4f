/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_CLI_EXIT_CODES_H
#define HVSPEC_HARNESS_CLI_EXIT_CODES_H

#include "harness/cli/command.h"
#include "reports/model/audit_report.h"
#include "reports/model/hunt_report.h"

/* What a report that was written is worth, whether the command made it or `merge` joined it: what
 * is missing in it is noted, and COMMAND_FAILED. */
int audit_exit_code(const struct audit_report *report, struct errors *errors);
int hunt_exit_code(const struct hunt_report *report, struct errors *errors);

#endif
