/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_SUITE_SHARP_H
#define HVSPEC_HARNESS_SUITE_SHARP_H

#include "harness/scenario/scenario.h"

/*
 * In which ways a case decides a rule that others only touch: a maximum right at the target or
 * right below it, a gap that returns zero in EAX alone, junk beyond the maximum. Where only some
 * cases run, each way is met.
 */
#define SHARP_KINDS_MAX 32u

/* By the case's first question: a bit for each way, 1 << its number. */
uint32_t sharp_kinds(const struct scenario_case *test);

#endif
