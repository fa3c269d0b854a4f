/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_AUDIT_STATE_H
#define HVSPEC_HARNESS_AUDIT_STATE_H

#include "harness/audit/search.h"
#include "harness/audit/detour.h"

/*
 * What a mutated instruction leaves behind, against what the original leaves: the registers and
 * flags behind it, each time that the search's questions and cases bring the code there. A mutant
 * that leaves the same every time, of an instruction that is given only few different things and
 * all of them in the search, is the same program whatever follows. So is one whose difference lies
 * in bits of registers that may hold anything, which is tried with random ones. And so is one that
 * goes another way and comes to the next CPUID in the same state, but for data of the probe's own,
 * such as counters, all of which may hold anything there.
 */
enum audit_state {
    AUDIT_STATE_UNKNOWN, /* it differs, or cannot be told in this way */
    AUDIT_STATE_SAME,
    AUDIT_STATE_UNUSED,
    AUDIT_STATE_MEETS
};

/* Compares; the image has to be the original's, and is so again. `text` says what was compared. */
enum audit_state audit_state_compare(const struct search *search, const struct probe *probe,
                                     const struct mutation_source *source,
                                     const struct mutant *mutant, size_t *runs, char *text,
                                     size_t size);

#endif
