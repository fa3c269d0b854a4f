/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_PROVE_TABLES_H
#define HVSPEC_HARNESS_PROVE_TABLES_H

#include "harness/hunt/candidate.h"
#include "harness/probe/probe.h"

/*
 * Tables for a search: for each path through the code one that leads there, and for each rule that
 * some input may break such an input. A search that draws numbers meets no branch behind a product
 * of two registers or a checksum; a solver does in a moment.
 */
#define PROVE_TABLES_MAX 64u

struct prove_tables {
    struct hunt_candidate candidates[PROVE_TABLES_MAX]; /* all different */
    size_t count;
    bool asked; /* the solver said all it could; else it was ended, or could not be asked */
};

/* Whether there is a solver, and the probe is such as it can be asked about. */
bool prove_tables_can(const struct probe *probe);

/* Fills the zeroed `tables`, `judged` being the rules to break. What is found hangs on the probe
 * and the profile (NULL: none) alone, not on the machine's speed; none where that takes longer than
 * `seconds`, since the solver is then ended from outside. None either where prove_tables_can is
 * false. False with an error noted: no process could be started. */
bool prove_tables_find(const struct probe *probe, const bool judged[RULES], const char *profile,
                       double seconds, struct prove_tables *tables, struct errors *errors);

#endif
