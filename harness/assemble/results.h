/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_ASSEMBLE_RESULTS_H
#define HVSPEC_HARNESS_ASSEMBLE_RESULTS_H

#include "harness/suite/suite.h"

/*
 * How a case of a part stands to the rules of its probe, as its report has it: a hexadecimal digit
 * for each of these, in their order, which is enum finding_state, or-ed.
 */

/* Reads them back into `states`, by rule; those of rules that the probe does not have are 0. False:
 * it is none, or of other rules. */
bool results_read(const char *text, const struct report_probe *probe, uint8_t states[RULES]);

#endif
