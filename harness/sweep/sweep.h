/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_SWEEP_SWEEP_H
#define HVSPEC_HARNESS_SWEEP_SWEEP_H

#include "base/sha256.h"
#include "harness/probe/probe.h"

#include <signal.h>

/*
 * All 2^32 values of one register, each a run of its own and each judged: the answer, which leaves
 * were read in which order, and how the call ended. Nothing is assumed about the probe's code:
 * every run is a fresh boot, which costs nothing for a probe that writes nothing, since only what
 * was written is put back (known from hooks on stores, and for the stack from the instructions that
 * ran: harness/bench/README.md).
 *
 * The values are cut into tasks for worker processes. Results are taken in strictly in order, so
 * what is known after any task is the same however the work was spread, and a checkpoint is that
 * and the number of the next task.
 */
enum sweep_what { SWEEP_MAX, SWEEP_EAX };

/* What is swept: EAX of 0x40000000 with the target implemented, or EAX of the target with a
 * sufficient maximum. */
struct sweep_axis {
    enum sweep_what what;
    uint32_t target;
};

#define SWEEP_AXES_MAX 64u
#define SWEEP_TASK_VALUES 65536u /* at most; some hundredths of a second */
#define SWEEP_RANGES_MAX 256u    /* kept; more are counted */

struct sweep_options {
    struct sweep_axis axes[SWEEP_AXES_MAX];
    size_t axes_count;
    uint32_t from, to; /* both included */
    uint32_t stride;   /* every so many values; at least 1 */
    enum cpuid_fill beyond;
    struct cpuid_values signature; /* EBX, ECX, EDX */
    struct cpuid_pins pins;        /* what the caller guarantees besides */
    bool strict;
    const char *source_root;       /* source files are named relative to it; NULL: this folder */
    unsigned shard, shards;        /* the values are part `shard` of `shards`; 0, 0: all */
    uint32_t whole_from, whole_to; /* of all parts together */
    unsigned workers;
    const char *checkpoint;            /* NULL: none */
    const volatile sig_atomic_t *stop; /* not 0: end, keeping what is known */
    /* Called a few times a second with the values done and in all; NULL: not. */
    void (*progress)(void *context, uint64_t done, uint64_t count);
    void *progress_context;
};

/* Failing values, ascending; neighbours (a stride apart) joined. */
struct sweep_ranges {
    uint64_t count, values; /* of all, kept or not */
    uint32_t last;          /* the last failing value */
    struct {
        uint32_t first, last;
    } kept[SWEEP_RANGES_MAX]; /* the first of them */
};

/* What one rule showed on one axis. */
struct sweep_finding {
    uint64_t runs;       /* in which it was judged */
    uint64_t unanswered; /* that would have borne on it, but gave no answer */
    struct sweep_ranges broken;
};

struct sweep_axis_result {
    uint64_t values;   /* done */
    uint64_t unjudged; /* of them, which the harness failed on */
    uint32_t unjudged_first;
    char failure[160]; /* why, of the first */
    struct sweep_finding findings[RULES];
};

struct sweep_result {
    struct sweep_axis_result *axes; /* owned, by axis */
    size_t next;                    /* the first task that is not in yet */
    uint64_t resumed;               /* values that came from the checkpoint */
    bool partial;                   /* stopped ahead of the end */
};

/* Values on one axis. */
uint64_t sweep_values(const struct sweep_options *options);

/* The table of an axis; the swept register holds `value`. False: out of memory. */
bool sweep_table(const struct sweep_options *options, const struct sweep_axis *axis, uint32_t value,
                 struct cpuid_table *table);

/* False with errors noted: nothing could be run, or the checkpoint is unreadable or another
 * sweep's. `result` is zeroed by the caller and freed with sweep_result_clear either way. */
bool sweep_run(const struct probe *probe, const struct sweep_options *options,
               struct sweep_result *result, struct errors *errors);
void sweep_result_clear(struct sweep_result *result);

/* Adds what a later part of an axis showed. */
void sweep_axis_join(struct sweep_axis_result *axis, const struct sweep_axis_result *later,
                     uint32_t stride);

/* Names in `text` what is swept from `from` to `to`: registers, targets, values, table. False: out
 * of memory. */
bool sweep_hash(const struct sweep_options *options, uint32_t from, uint32_t to,
                char text[SHA256_TEXT_SIZE]);

/* The file in `folder` for the counterexample `value` of an axis, to be freed. NULL: out of memory.
 */
char *sweep_scenario_path(const struct probe *probe, const struct sweep_axis *axis, uint32_t value,
                          const char *folder);

/* Writes a scenario for each value with which some rule that fails the run starts to be broken, and
 * sets *smallest, to be freed, to the first one's path; NULL: there is no counterexample. False
 * with errors noted. */
bool sweep_save_scenarios(const struct probe *probe, const struct sweep_options *options,
                          const struct sweep_axis *axis, const struct sweep_axis_result *result,
                          const char *folder, char **smallest, struct errors *errors);

/* "max" or "eax". */
const char *sweep_what_text(enum sweep_what what);

#endif
