/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_HUNT_COMPARED_INTERNAL_H
#define HVSPEC_HARNESS_HUNT_COMPARED_INTERNAL_H

/* What the files behind compared.h share. */
#include "emulator/runner/runner.h"
#include "harness/examine/examine.h"
#include "harness/hunt/compared.h"

#define COMPARED_SETTINGS_MAX 8u
#define COMPARED_NODES_MAX 512u /* tables that are run */
#define COMPARED_READS_MAX 300u

/* One register that was found to be compared. */
struct compared_setting {
    uint32_t leaf;
    unsigned index; /* EAX to EDX */
    uint32_t value;
};

/* A table to run: drawn numbers but for the settings. */
struct compared_node {
    uint32_t target, maximum;
    bool is_gap; /* the target's EAX is 0 */
    struct compared_setting settings[COMPARED_SETTINGS_MAX];
    size_t settings_count;
};

/* Which number is drawn anew. */
enum compared_variant {
    COMPARED_BASIS,
    COMPARED_OF_TARGET,                        /* and three more registers */
    COMPARED_OF_BASE = COMPARED_OF_TARGET + 4, /* likewise */
    COMPARED_OTHERS = COMPARED_OF_BASE + 4,    /* other leaves of the block */
    COMPARED_PROCESSOR,
    COMPARED_TARGET, /* another leaf is asked for */
    COMPARED_VARIANTS
};

struct compared_read {
    uint32_t leaf;
    struct cpuid_values values;
};

/* What a run showed. */
struct compared_run {
    struct guest_compared noted;
    struct compared_read reads[COMPARED_READS_MAX]; /* of subleaf 0; each leaf once */
    size_t reads_count;
    uint32_t target;
    uint64_t path;
    bool wrong, failed;
};

struct compared_work {
    const struct probe *probe;
    uint64_t seed;
    struct hunt_compared *found;
    struct examiner *examiner;
    struct runner *runner;
    struct guest_compared noted;
    struct guest_coverage coverage;
    struct compared_run basis, other;
    struct compared_node nodes[COMPARED_NODES_MAX]; /* to be looked into */
    size_t nodes_count, looked, ran;
    uint64_t seen[4 * COMPARED_NODES_MAX]; /* hashes of nodes and of paths; 0: free */
};

/* compared_run.c: the number that a register of a leaf has, or another one. */
uint32_t compared_number(const struct compared_work *work, uint32_t leaf, unsigned index,
                         bool anew);

/* What asking for another leaf asks for. */
uint32_t compared_other_target(const struct compared_node *node);

/* Runs a table, with one number of it drawn anew. False: out of memory. */
bool compared_run(struct compared_work *work, const struct compared_node *node, unsigned variant,
                  struct compared_run *run);

/* compared.c: whether all that may be spent is. */
bool compared_is_spent(const struct compared_work *work);

/* Runs a table that was not run yet; where it goes another way it is looked into. False: out of
 * memory. */
bool compared_try(struct compared_work *work, const struct compared_node *node);

/* compared_look.c: runs a table again with each number drawn anew, and tries what the comparisons
 * that change with one ask for. False: out of memory. */
bool compared_look_into(struct compared_work *work, const struct compared_node *node);

#endif
