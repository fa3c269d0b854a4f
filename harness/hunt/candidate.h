/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_HUNT_CANDIDATE_H
#define HVSPEC_HARNESS_HUNT_CANDIDATE_H

#include "harness/scenario/scenario.h"

/*
 * What a hunt tries: a table of CPUID and the questions of one boot, of fixed size so that it is
 * copied by assignment. It can always be written as a scenario: no junk, which hangs on a case's
 * id.
 */
#define HUNT_LEAVES_MAX 32u
#define HUNT_ASKS_MAX 16u /* each is one more thing to shrink */

struct hunt_candidate {
    struct cpuid_values base;
    struct cpuid_default unlisted, beyond;
    struct cpuid_leaf leaves[HUNT_LEAVES_MAX]; /* as in a table: sorted, none twice */
    size_t leaves_count;
    uint32_t asks[HUNT_ASKS_MAX]; /* leaves 0x40000001-0x400000ff */
    size_t asks_count;            /* at least 1 */
    bool absent; /* the hypervisor is not announced: for the presence profile only */
    bool coins_vendor; /* leaf 0 may name a vendor that nobody knows: see hunt_processor_is_coined */
};

/* A case as a candidate: junk becomes fixed values, leaves over HUNT_LEAVES_MAX and
 * questions over HUNT_ASKS_MAX are left out. */
void hunt_candidate_from(struct hunt_candidate *candidate, const struct scenario_case *test);

/* The candidate's table. Borrows the leaves; not to be cleared. */
struct cpuid_table hunt_candidate_table(const struct hunt_candidate *candidate);

/* The candidate as a case called `id`, with what the spec expects. Borrows both; not to be cleared. */
struct scenario_case hunt_candidate_case(const struct hunt_candidate *candidate, const char *id);

/* What CPUID returns. */
struct cpuid_values hunt_candidate_values(const struct hunt_candidate *candidate, uint32_t leaf,
                                          uint32_t subleaf);

/* Lists a leaf in place of what is listed under the same leaf and subleaf, or as a row for every
 * subleaf in place of all of the leaf's. The first of a leaf's subleaves to be listed takes over
 * what a row for every subleaf said of subleaf 0. BASE's subleaf 0 goes to `base`. Leaf 0 says that
 * there is a leaf 1, which announces the hypervisor, and none that is not basic: its EAX is 1 where 0
 * is asked for, and lies below BASE. A leaf that no processor answers by subleaf gets a row for every
 * subleaf, one whose subleaves are counted none. False: no room, and nothing is changed. */
bool hunt_candidate_put(struct hunt_candidate *candidate, struct cpuid_leaf row);

/* Puts a number into the nth register of a leaf, if there is room. A leaf that answers by subleaf
 * goes on doing so. */
void hunt_candidate_set(struct hunt_candidate *candidate, uint32_t leaf, uint32_t subleaf,
                        unsigned index, uint32_t value);

void hunt_candidate_remove(struct hunt_candidate *candidate, size_t index);

/* The spec's outcome for a question. */
enum outcome hunt_candidate_outcome(const struct hunt_candidate *candidate, uint32_t target);

/* Whether both are the same table and questions. */
bool hunt_candidate_same(const struct hunt_candidate *a, const struct hunt_candidate *b);

/* The nth register of four, EAX to EDX. */
uint32_t *hunt_register(struct cpuid_values *values, unsigned index);

/* Whether its processor says of a range of leaves, or of how often to ask, what none does: who goes by it
 * asks on for long, and may not come to an end. */
bool hunt_candidate_is_endless(const struct hunt_candidate *candidate);

/* True when it keeps all that is said above. */
bool hunt_candidate_is_valid(const struct hunt_candidate *candidate);

#endif
