/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_HUNT_MUTATE_H
#define HVSPEC_HARNESS_HUNT_MUTATE_H

#include "harness/hunt/dictionary.h"

/* A place where the probe looked. */
struct hunt_read {
    uint32_t leaf, subleaf;
};

/* What mutations draw from. */
struct hunt_material {
    struct hunt_random *random;
    const struct hunt_dictionary *dictionary;
    const uint32_t *targets;       /* the only leaves the probe can be asked for; */
    size_t targets_count;          /* 0: any */
    const struct hunt_read *reads; /* where the probe looked when asked the candidate's questions */
    size_t reads_count;
    const struct hunt_candidate *other; /* something to take from; may be the same one */
    bool presence;                      /* the hypervisor may be absent */
};

/* One way to change a candidate. Each leaves it valid. */
struct hunt_mutation {
    const char *name;
    unsigned weight; /* how often, against the others */
    void (*apply)(struct hunt_candidate *candidate, const struct hunt_material *material);
    bool needs_presence; /* only where the hypervisor may be absent */
};
extern const struct hunt_mutation hunt_mutations[];
extern const size_t hunt_mutations_count;

/* Applies one to four of them. */
void hunt_mutate(struct hunt_candidate *candidate, const struct hunt_material *material);

/* A leaf that may be asked for. */
uint32_t hunt_draw_target(const struct hunt_material *material);

#endif
