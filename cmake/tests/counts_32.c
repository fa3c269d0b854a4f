/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/model/report.h"

/* Compiled for a host with pointers of 32 bits, by counts_32_test.sh: a sweep of all 2^32 values that
 * was stopped once counted 0 of 0 there, and conformed. */
#define HOLDS_2_TO_THE_32(type, field)                                                             \
    _Static_assert(sizeof(((struct type *)0)->field) == 8, #type "." #field " can reach 2^32")

_Static_assert(sizeof(void *) == 4, "compiled for 32 bits");
HOLDS_2_TO_THE_32(report_sweep, values);
HOLDS_2_TO_THE_32(report_sweep, wanted);
HOLDS_2_TO_THE_32(report_sweep, unjudged);
HOLDS_2_TO_THE_32(report_sweep_rule, runs);
HOLDS_2_TO_THE_32(report_sweep_rule, unanswered);
HOLDS_2_TO_THE_32(report_sweep_rule, failing);
HOLDS_2_TO_THE_32(report_rule, cases);
HOLDS_2_TO_THE_32(report_rule, violations);
HOLDS_2_TO_THE_32(report_rule, unanswered);
HOLDS_2_TO_THE_32(report_rule, errors);
HOLDS_2_TO_THE_32(report_scenario, cases);
HOLDS_2_TO_THE_32(report, cases);
HOLDS_2_TO_THE_32(report, runs);
HOLDS_2_TO_THE_32(report, errors);
