/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_EXAMINE_INTERNAL_H
#define HVSPEC_HARNESS_EXAMINE_INTERNAL_H

/* What the files of the examiner share. */
#include "emulator/runner/runner.h"
#include "harness/examine/examine.h"
#include "harness/examine/sequences.h"

#define EXAMINE_BATCH 64u
#define EXAMINE_VALUES_MAX 40u
#define EXAMINE_ENTRIES_MAX 32u
#define EXAMINE_SITES 1024u /* a power of two */

struct examiner {
    const struct probe *probe;
    struct judge_probe kind;
    struct runner *runner;
    uint64_t seed;
    unsigned without; /* see struct twin_source */
    uint64_t entries[EXAMINE_ENTRIES_MAX]; /* see examiner_entries */
    size_t entries_count;
    uint32_t constants[EXAMINE_CONSTANTS_MAX];
    size_t constants_count;
    uint32_t values[EXAMINE_VALUES_MAX]; /* see struct twin_source */
    size_t values_count;
    struct twin_list twins;
    struct evidence *evidence;
    size_t evidence_capacity;
    uint64_t sites_seen[EXAMINE_SITES]; /* hashed */
    uint64_t sites[EXAMINE_SITES / 2];
    size_t sites_count;
    size_t assumed_noted;            /* of the guest's assumed addresses, which are sites too */
    struct examine_long *long_boots; /* NULL: none was needed yet */
    struct guest_coverage *coverage; /* likewise */
    struct guest_job jobs[EXAMINE_BATCH];
    struct observation observations[EXAMINE_BATCH];
};

/* Why a call that needs what is undefined could not go on, and what to do: examine/undefined.c. */
void examine_tell_undefined(char *text, size_t size, const struct probe *probe,
                            const struct observation *observation);

/* The facts of an observation, also of one that shows nothing of the probe. */
struct facts examiner_facts(struct examiner *examiner, const struct guest_job *job,
                            const struct observation *observation);

/* Takes the facts of the observation at `index`. One that shows nothing of the probe makes the case
 * an error, whatever the others show. */
struct facts examiner_take(struct examiner *examiner, size_t index,
                           struct examination *examination);

/* Fills in the entries, once there is a runner. */
void examiner_find_entries(struct examiner *examiner);

/* Runs all twins in hand and fills the evidence. False: out of memory. */
bool examiner_run_twins(struct examiner *examiner, const struct cpuid_table *table,
                        struct examination *examination);

/* Fills `violation` from a run of `asks`, whose last one shows it. */
void examiner_fill(struct examiner *examiner, struct violation *violation, enum rule_id rule,
                   const struct cpuid_table *table, const struct twin *twin, const uint32_t *asks,
                   size_t count);

/* What the run shown differs in; NULL: nothing. */
void examiner_fill_twin(struct violation *violation, const struct twin *twin);

/* The same from an observation in hand. The twin and the sequence are left to the caller. */
void examiner_fill_from(struct examiner *examiner, struct violation *violation, enum rule_id rule,
                        const struct guest_job *job, const struct observation *observation);

/* The run of `target` with what `value` changes (NULL: nothing) where every subleaf answers as
 * subleaf 0. */
struct twin examine_flat_twin(const struct twin *value, uint32_t target);

/* What a call costs where twins and boots are counted. Much of what it costs the host beside its
 * instructions is left out: fewer twins would find less, so the suite rather runs fewer cases. */
static inline uint64_t examine_weight(const struct observation *observation) {
    return observation->cost + observation->extra / 8;
}

/* How many twins a call of this weight can have. Counted, not timed, so that reports stay the same.
 */
size_t examine_limit(uint64_t cost);

/* What the long boots of a case cost at most where a call costs so much. */
uint64_t examine_long_cost(const struct scenario_case *test, uint64_t cost);

/* What a question's twins are made from, once it was asked: `view` is what it was asked under, `base`
 * the facts of `observation`. It borrows all of them. */
struct twin_source examine_source(const struct examiner *examiner, const char *id, uint32_t target,
                                  const struct cpuid_view *view,
                                  const struct observation *observation, const struct facts *base);

/* Of all that is drawn for one question of a case. */
uint64_t examine_seed(uint64_t seed, const char *id, uint32_t target);

/* Asks a case's questions among each other, once each of them was asked alone. */
void examine_sequences(struct examiner *examiner, const struct scenario_case *test,
                       const struct sequences *sequences, struct examination *examination);

/* Whether a run that broke a rule as `found` says, under what `twin` changes (NULL: nothing), is to
 * be shown in place of the one that is kept, if any. */
bool examination_shows(const struct examination *examination, enum rule_id rule,
                       const struct finding *found, const struct facts *facts,
                       const struct twin *twin);

/* Whether the probe can be asked for a leaf. */
bool examiner_can_ask(const struct examiner *examiner, uint32_t target);

/* Asks on, for every leaf that the probe can be asked for, in long boots; `sequences` holds what
 * was asked alone already. */
void examine_long(struct examiner *examiner, const struct scenario_case *test,
                  const struct sequences *sequences, struct examination *examination);

#endif
