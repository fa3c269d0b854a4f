/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_MERGE_INTERNAL_H
#define HVSPEC_HARNESS_MERGE_INTERNAL_H

/* What the files of merging share. */
#include "harness/merge.h"

/* merge_sweep.c: fills `whole` from the parts of a sweep, which are complete, belong together and
 * are sorted. False with errors noted. */
bool merge_sweep(struct report *parts, size_t count, struct report *whole, struct errors *errors);

/* Takes a text over. */
char *merge_take(char **text);

#endif
