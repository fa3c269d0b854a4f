/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_CUNIT_CUNIT_H
#define HVSPEC_HARNESS_CUNIT_CUNIT_H

#include "harness/suite/suite.h"

/*
 * The suite registered and run through CUnit: suites by probe and rule section, tests by scenario.
 * Its registry is one a process, so this is the program's and not the library's.
 */

/* Runs everything, a suite_runner; knows failures_max and wants_cunit. */
bool cunit_run(struct probe *const *probes, size_t probes_count, const struct scenario_set *set,
               const struct suite_options *options, struct report *report, struct errors *errors);

/* CUnit's own XML of a report that was not made by running tests, a test a scenario; it is kept in
 * the report, in place of what is there. False with errors noted. */
bool cunit_of_report(struct report *report, struct errors *errors);

/* CUnit's version, "2.1-3". */
const char *cunit_version(void);

#endif
