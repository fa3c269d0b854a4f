/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_EXAMINE_RANK_H
#define HVSPEC_HARNESS_EXAMINE_RANK_H

#include "harness/examine/examine.h"
#include "harness/scenario/scenario.h"

/*
 * Which of several violations of a rule convinces a reader most, as a number that is the smaller
 * the better, the same for whoever runs the case: a case that was written ahead of one that a hunt
 * found, since it tells what for; a wrong answer, or none, ahead of a run that only
 * reads or leaves behind what it should not; one change of the table ahead of two; a real
 * hypervisor's table ahead of a made-up one; then the smallest.
 */
unsigned examine_rank(const struct scenario *scenario, const struct scenario_case *test,
                      const struct violation *violation);

/* Within one case: whether a run that broke the rule, under what `twin` changes (NULL: nothing),
 * convinces more than the violation that is kept. */
bool examine_outranks(const struct facts *facts, const struct twin *twin,
                      const struct violation *kept);

#endif
