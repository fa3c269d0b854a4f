/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_GUESTS_GUESTS_H
#define HVSPEC_HARNESS_GUESTS_GUESTS_H

#include "harness/table/set.h"

/*
 * The wrong guests that come with the program, each a mistake that was seen in the field, run on a
 * hypervisor's table: which of them would misread it.
 */

/* Adds to the notes of each table's subject which guests misread it: the subjects of `set` are the
 * last ones of the report, in their order. False with errors noted: the guests are not installed,
 * or the emulator failed. */
bool guests_report(const struct table_set *set, uint64_t seed, struct report *report,
                   struct errors *errors);

#endif
