/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_CUNIT_INTERNAL_H
#define HVSPEC_HARNESS_CUNIT_INTERNAL_H

#include "harness/cunit/cunit.h"

/* Runs the tests that are registered with CUnit and keeps its XML in the report. False with errors
 * noted. */
bool cunit_run_xml(struct report *report, struct errors *errors);

#endif
