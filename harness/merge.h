/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_MERGE_H
#define HVSPEC_HARNESS_MERGE_H

#include "emulator/errors.h"
#include "reports/report.h"

/*
 * Reports of shards as the report of the whole run, the same in every byte. Shards take cases in
 * turn, so the k-th case of part i of n is the whole run's (i - 1 + k * n)-th, whatever it is.
 */

/* Fills `whole`, zeroed by the caller, from `count` reports, one for each part in any order. It
 * borrows from them and takes over what they own: they are to be cleared after it, and not used
 * otherwise. False with errors noted: parts are missing or there twice, or they are not of one run.
 */
bool merge_reports(struct report *parts, char *const *paths, size_t count, struct report *whole,
                   struct errors *errors);

#endif
