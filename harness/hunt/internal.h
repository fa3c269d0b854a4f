/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_HUNT_INTERNAL_H
#define HVSPEC_HARNESS_HUNT_INTERNAL_H

/* What the files of the hunt share. */
#include "harness/hunt/hunt.h"
#include "harness/hunt/corpus.h"
#include "harness/hunt/dictionary.h"
#include "harness/hunt/parts.h"

#define HUNT_CASE_ID "hunt" /* of examinations ahead of a find's own name */
#define HUNT_SUSPICIONS 64u /* different sets of rules that are told apart */
#define HUNT_PATHS 4096u    /* a power of two */

/* How often a set of rules was looked into: the first mistake found must not use up all the time.
 */
struct hunt_suspicion {
    hunt_rules broken;
    unsigned count;
};
#define HUNT_SUSPICION_MAX 24u

struct hunter {
    const struct probe *probe;
    const struct hunt_options *options;
    struct hunt_result *result;
    struct errors *errors;
    struct hunt_bench *bench;
    struct hunt_dictionary dictionary;
    struct hunt_corpus corpus;
    struct hunt_parts parts;
    struct hunt_random random;
    hunt_rules wanted;     /* finds */
    hunt_rules suspicious; /* what is looked into: `wanted`, and what may turn out to be */
    size_t candidates;     /* tried so far */
    double started, shown; /* seconds; shown: since the start */
    bool ended;            /* the time is up */
    struct hunt_suspicion suspicions[HUNT_SUSPICIONS];
    size_t suspicions_count;
    uint64_t paths[HUNT_PATHS]; /* already looked into; hashed, 0: empty */
    size_t paths_count;
};

/* Whether all runs together have cost what they may. */
bool hunt_is_spent(const struct hunter *hunter);

/* investigate.c: a candidate that breaks a rule as far as a trial shows: examined, shrunk and
 * written down, unless the like was before. False with an error noted: it could not be written. */
bool hunt_investigate(struct hunter *hunter, const struct hunt_candidate *candidate);

#endif
