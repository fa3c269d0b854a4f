/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_SCENARIO_SET_H
#define HVSPEC_HARNESS_SCENARIO_SET_H

#include "harness/scenario/scenario.h"

/* Private to the scenario_*.c files: as scenario_load, but takes only the case with the id
 * `wanted`, or with that text behind the scenario's id; NULL: all. A file that is in the set
 * already gives it further cases. */
bool scenario_set_load(struct scenario_set *set, const char *path, const char *root,
                       const char *wanted, uint64_t seed, struct errors *errors);

/* The place of an id: where it is, or where it belongs. */
size_t scenario_set_place(const struct scenario_set *set, const char *id);

/* Frees all that a scenario owns. */
void scenario_clear(struct scenario *scenario);

#endif
