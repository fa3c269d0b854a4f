/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_CLI_LINT_BREAKS_H
#define HVSPEC_HARNESS_CLI_LINT_BREAKS_H

#include "base/errors.h"
#include "harness/scenario/scenario.h"

/*
 * A scenario's own table held against the rules about hypervisors. Tables have to be hostile, so
 * that breaking one is no mistake; but a reader should know, and what the author says of it
 * (`breaks`) has to be true.
 */

/* Whether it claims to be the table of a real hypervisor: it lies in hypervisors/ and names its
 * source. */
bool lint_breaks_is_real(const struct scenario *scenario);

/* Judges the tables of all cases. What `breaks` says wrongly becomes an error; what the tables
 * break although it says nothing, a note. */
void lint_breaks(const struct scenario *scenario, struct errors *notes, struct errors *errors);

#endif
