/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_HUNT_SEARCHES_H
#define HVSPEC_HARNESS_HUNT_SEARCHES_H

#include "base/sha256.h"
#include "harness/hunt/hunt.h"
#include "reports/model/report.h"

/*
 * A hunt is several searches that know nothing of each other, numbered from 1, each with its own
 * stream of random numbers, which hangs on the seed and its number alone, and its own share of the
 * calls. So it does not matter how many run at a time, nor on which machine: what a hunt finds is
 * what its searches find, in their order, each mistake once.
 */
#define HUNT_SEARCHES_MAX 4096u
#define HUNT_SEARCHES_DEFAULT 8u /* as many, */
#define HUNT_SEARCH_RUNS 25000u  /* but not so many that one has fewer calls than this */

/* What one search came to. */
struct hunt_search {
    unsigned number;
    size_t runs, kept, blocks, edges, finds;
    size_t unjudged;       /* tables that the harness could not judge */
    char *unjudged_reason; /* of the first; NULL: none */
    struct hunt_candidate unjudged_first;
};

/* What a hunt, or a part of one, was asked for and came to. Owns its texts. */
struct hunt_outcome {
    char *probe, *sha256, *entry;
    char call_sha256[SHA256_TEXT_SIZE];  /* of how it is called and its answer is read */
    size_t budget;                       /* instructions that one call may execute */
    struct report_statement *statements; /* what the caller said of the code */
    size_t statements_count;
    uint64_t seed;
    unsigned searches_all; /* of the whole hunt */
    size_t runs_wanted;    /* of the whole hunt; 0: no limit */
    size_t seconds_wanted; /* 0: no limit */
    const char *profile;   /* static; NULL: none */
    bool wanted[RULES];    /* rules whose violation is a find */
    bool first_only;       /* the lowest search's finds only */
    char scenarios_sha256[SHA256_TEXT_SIZE];
    unsigned shard, shards; /* searches `shard`, `shard` + `shards`, ...; 0, 0: all */
    bool interrupted;
    double seconds;               /* that it took; 0: unknown, as after merging */
    struct hunt_search *searches; /* by number */
    size_t searches_count;
    struct hunt_find *finds; /* by search, then as found */
    size_t finds_count;
};

struct hunt_searches_options {
    struct hunt_options hunt; /* seed, runs and seconds of the whole; folder, wanted, first_only */
    unsigned workers;
    const volatile sig_atomic_t *stop; /* not 0: end, as hunt_searches_stop; NULL: never */
    /* Called now and then; NULL: not. */
    void (*progress)(void *context, const struct hunt_progress *progress);
    void *progress_context;
};

/* How many searches a hunt of so many runs (0: no limit) has unless it is told. */
unsigned hunt_searches_default(size_t runs);

/* Runs the searches of `outcome`, of which everything up to `shards` is set, and fills in the rest.
 * Of files with finds that it has written itself only those of finds that count are left. False
 * with errors noted; what is there is in `outcome` all the same. */
bool hunt_searches_run(const struct probe *probe, const struct scenario_set *seeds,
                       const struct hunt_searches_options *options, struct hunt_outcome *outcome,
                       struct errors *errors);

/* Ends the searches that run, from a signal handler too; what they have found is kept. */
void hunt_searches_stop(void);

/* Leaves each mistake once, and with `first_only` nothing behind the first search that found
 * something. Calls `drop`, unless it is NULL, with each find that goes. */
void hunt_outcome_unite(struct hunt_outcome *outcome, void (*drop)(const struct hunt_find *find));

/* Sums and highest numbers of the searches. */
struct hunt_search hunt_outcome_totals(const struct hunt_outcome *outcome);

void hunt_outcome_clear(struct hunt_outcome *outcome);

/* hunt_print.c: for people. */
bool hunt_print(const struct hunt_outcome *outcome, const struct report_style *style, FILE *stream);

/* hunt_json.c: for machines, and back. `outcome` is zeroed by the caller and to be cleared either
 * way. */
#define HUNT_JSON_FORMAT "hvspec-hunt/1"
bool hunt_print_json(const struct hunt_outcome *outcome, FILE *stream);
bool hunt_read_json(const char *path, struct hunt_outcome *outcome, char **version,
                    struct errors *errors);

#endif
