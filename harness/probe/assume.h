/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_PROBE_ASSUME_H
#define HVSPEC_HARNESS_PROBE_ASSUME_H

#include "harness/probe/probe.h"

/*
 * What the caller guarantees of the machine that the code runs on (`assume`). Tables are changed to
 * be so before they are run, and rules of which that leaves nothing are not applicable
 * (probe->assumed).
 */

/* A table as it is run. */
struct assumed_table {
    struct cpuid_table table;
    struct cpuid_leaf *copy; /* owned; NULL: the leaves are those of the table it was made from */
};

/* The table as the caller guarantees it. False: out of memory. Freed by assumed_clear; what it was
 * made from has to outlive it. */
bool assumed_make(const struct probe *probe, const struct cpuid_table *table,
                  struct assumed_table *assumed);
void assumed_clear(struct assumed_table *assumed);

#endif
