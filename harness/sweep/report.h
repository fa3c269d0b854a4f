/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_SWEEP_REPORT_H
#define HVSPEC_HARNESS_SWEEP_REPORT_H

#include "harness/sweep/sweep.h"
#include "reports/model/report.h"

/*
 * A sweep in the result model: each value is a case, each register that is swept a scenario, and
 * the first values to fail are the examples. So every writer shows it, and what has no place there
 * (ranges, what was proven) stands in the probe's sweeps.
 */

/* Fills `report`, zeroed by the caller. `folder` is where sweep_save_scenarios put its files, and
 * `scenarios` has the smallest of each axis, or NULL. False with errors noted. */
bool sweep_fill_report(const struct probe *probe, const struct sweep_options *options,
                       const struct sweep_result *result, char *const *scenarios,
                       const char *folder, struct report *report, struct errors *errors);

/* Fills the rules and examples of `sweep`, which has its register and values, from what an axis
 * showed. False: out of memory. */
bool sweep_fill_axis(const struct sweep_axis_result *axis, bool strict, struct report_sweep *sweep);

/* Fills what follows from a probe's sweeps, its rules' ids and their examples: counts, verdicts,
 * scenarios, notes, and adds its part of the report's counts. False: out of memory. */
bool sweep_conclude(struct report *report, struct report_probe *probe);

/* sweep_example.c: the first value to fail of each rule, on at most REPORT_EXAMPLES_MAX axes, run
 * once more to be shown in full. False with errors noted. */
bool sweep_fill_examples(const struct probe *probe, const struct sweep_options *options,
                         const struct sweep_result *result, const char *folder,
                         struct report_probe *out, struct errors *errors);

/* "sweep/max-0x40000010", the id of an axis' scenario, to be freed. NULL: out of memory. */
char *sweep_scenario_id(const char *what, uint32_t target);

#endif
