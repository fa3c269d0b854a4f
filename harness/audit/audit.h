/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_AUDIT_AUDIT_H
#define HVSPEC_HARNESS_AUDIT_AUDIT_H

#include "harness/audit/search.h"
#include "harness/audit/state.h"
#include "harness/audit/detour.h"
#include "base/pool.h"
#include "harness/probe/probe.h"
#include "harness/suite/suite.h"
#include "reports/model/audit_report.h"

#include <signal.h>

/*
 * Mutation testing of the suite on a probe's machine code: does it notice every single change? A
 * mutant lives in a worker's copy of the image; nothing is written to disk.
 */
#define AUDIT_SAMPLE 150u   /* cases that a mutant is judged on first, evenly spread */
#define AUDIT_ENOUGH 150u   /* cases judged from the first that kills */
#define AUDIT_BUDGET 20000u /* instructions in one call: mutants often loop for ever */
#define AUDIT_TEXT_SIZE 160u

struct audit_result {
    enum audit_fate fate;
    uint8_t red[RULES];         /* whether each rule is violated in the cases judged */
    bool on_all_cases;          /* judged on every case, not on the sample */
    bool differs;               /* the search has found an input where it differs */
    bool conforms;              /* it differs, but never in the outcome nor in the leaves read */
    size_t runs;                /* calls of the mutant */
    char text[AUDIT_TEXT_SIZE]; /* where it differs, or why it is invalid or lost */
    unsigned reason;            /* equivalent: why the search could show it; 0: it is not */
    bool proven;                /* for every table, no rule that may kill is broken */
};

struct audit_options {
    uint64_t seed;
    unsigned workers;
    bool thorough; /* every mutant on every case, and a longer search */
    bool sure; /* a mutant that one rule alone kills is judged on all cases, where others may too */
    bool selected[RULES]; /* rules that may kill */
    const char *profile;
    unsigned shard, shards; /* this part, 1 to `shards`, of the instructions; 0, 0: all */
    volatile const sig_atomic_t *interrupted; /* nonzero: stop */
    void (*progress)(void *context, size_t done, size_t count);
    void *progress_context;
};

/* An instruction's mutants, one after the other: they are judged together, because what becomes of
 * one says something about the others. */
struct audit_place {
    size_t first, count; /* of the mutants */
};

/* One probe's audit. */
struct audit {
    struct probe *probe; /* borrowed; its image is patched in workers only */
    const struct scenario_set *set;
    const struct audit_options *options;
    const struct scenario_case **cases; /* those that the profile takes; owned */
    size_t cases_count, sample_step;
    struct disassembly_parts *code; /* owned */
    struct mutation_source source;
    struct mutant_list mutants;
    struct audit_result *results; /* by mutant; owned */
    struct audit_place *places;   /* by instruction, those of this part with mutants; owned */
    size_t places_count;
    size_t mine; /* mutants of these places */
    struct search_space space;
    bool judged[RULES]; /* see struct judge_probe */
    bool kills[RULES];  /* rules that the probe keeps and that may therefore kill */
    size_t done;        /* mutants */
};

/* Makes mutants and judges them. False with errors noted: nothing could be run, or the probe itself
 * breaks a rule. Free with audit_clear either way. */
bool audit_run(struct audit *audit, struct probe *probe, const struct scenario_set *set,
               const struct audit_options *options, struct errors *errors);

void audit_clear(struct audit *audit);

/* Starts a report on audits with these options, which it borrows from. False: out of memory. Free
 * with audit_report_clear either way. */
bool audit_report_open(const struct audit_options *options, const struct scenario_set *set,
                       struct audit_report *report);

/* Sets what every report of this version has: kinds of changes, rules. */
void audit_report_describe(struct audit_report *report);

/* Adds what one audit found. False: out of memory. */
bool audit_fill(const struct audit *audit, struct audit_report *report);

/* --- Between the audit's files. --- */

/* audit_work.c: judges a place's mutants and fills their results; `state` is a worker's own. */
void *audit_worker_start(void *context);
void audit_worker_run(void *context, void *state, size_t place, struct pool_message *message);
void audit_worker_stop(void *context, void *state);
/* The mutant is invalid; the harness failed on it. */
void audit_refuse(struct audit_result *result, const char *why);
void audit_fail(struct audit_result *result, const char *why);

/* audit_reason.c: why a mutant, by index, whose outcomes the search could not tell from the
 * original's is the same program; 0: nothing says so. `idle`: the search found no difference when
 * the instruction was removed. */
unsigned audit_reason(const struct audit *audit, size_t mutant, const struct audit_result *result,
                      bool idle);

/* audit_proof.c: whether the mutant keeps each rule that may kill for every table. False where that
 * is not known, such as in a program that was built without the libraries. */
bool audit_prove(const struct audit *audit, const struct mutant *mutant);

/* The reason that a comparison of what the two leave behind gives; 0: none. */
unsigned audit_reason_state(enum audit_state state);

/* NULL for 0. Static. */
const char *audit_reason_text(unsigned reason);

#endif
