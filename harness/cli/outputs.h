/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_CLI_OUTPUTS_H
#define HVSPEC_HARNESS_CLI_OUTPUTS_H

#include "harness/cli/command.h"

/* False with an error noted when one of the files that the command line asks for (reports, a
 * checkpoint) is this input, under whatever name: writing it would destroy what was read. */
bool outputs_spare(const struct command_line *line, const char *input, struct errors *errors);

/* False with an error noted when two of those files are one. */
bool outputs_apart(const struct command_line *line, struct errors *errors);

#endif
