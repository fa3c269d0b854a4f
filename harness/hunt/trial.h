/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_HUNT_TRIAL_H
#define HVSPEC_HARNESS_HUNT_TRIAL_H

#include "harness/examine/examine.h"
#include "harness/hunt/mutate.h"

/*
 * A candidate tried on the probe, judged quickly by the judges that `check` has: each question
 * alone, all of them in one boot, and on request a handful of twins. Which rule is really to blame
 * is examine_case's to say; this says whether it is worth asking.
 */
#define HUNT_READS_MAX 24u

/* A bit for each rule. */
typedef uint32_t hunt_rules;
#define HUNT_RULE(rule) ((hunt_rules)1 << (rule))

enum hunt_depth {
    HUNT_QUICK,   /* the questions alone and in one boot */
    HUNT_THOROUGH /* with twins: other garbage, other signatures */
};

struct hunt_trial {
    hunt_rules broken;                      /* as far as this little shows */
    bool is_new;                            /* ran code that no trial ran before */
    bool failed;                            /* the harness could not run it */
    size_t runs;                            /* calls of the probe */
    uint64_t path;                          /* hash of the code that ran, in order */
    struct hunt_read reads[HUNT_READS_MAX]; /* distinct, of the questions asked alone */
    size_t reads_count;
};

struct hunt_bench; /* a probe set up for trials */

/* `probe` is borrowed; `judged`: see struct judge_probe. NULL with errors noted. Freed by
 * hunt_bench_free. */
struct hunt_bench *hunt_bench_new(const struct probe *probe, const bool judged[RULES],
                                  uint64_t seed, struct errors *errors);
void hunt_bench_free(struct hunt_bench *bench);

/* Only the questions alone and in one boot count for is_new and path. */
void hunt_bench_try(struct hunt_bench *bench, const struct hunt_candidate *candidate,
                    enum hunt_depth depth, struct hunt_trial *trial);

/* The full examination under a case id, which it may hang on; valid until the next call. */
const struct examination *hunt_bench_examine(struct hunt_bench *bench,
                                             const struct hunt_candidate *candidate,
                                             const char *id);

/* The questions in one boot on a table, as they are; observations as of examiner_run. */
size_t hunt_bench_run(struct hunt_bench *bench, const struct cpuid_table *table,
                      const uint32_t *asks, size_t count, const struct observation **observations);

/* Blocks and edges that all trials ran. */
size_t hunt_bench_blocks(const struct hunt_bench *bench);
size_t hunt_bench_edges(const struct hunt_bench *bench);

/* See examiner_entries. */
size_t hunt_bench_entries(const struct hunt_bench *bench, const uint64_t **entries);

/* What all runs so far have cost, in the observation's unit. */
uint64_t hunt_bench_cost(const struct hunt_bench *bench);

/* The violated rules of an examination. */
hunt_rules hunt_broken(const struct finding findings[RULES]);

#endif
