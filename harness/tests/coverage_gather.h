/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_TESTS_COVERAGE_GATHER_H
#define HVSPEC_HARNESS_TESTS_COVERAGE_GATHER_H

#include "harness/suite/suite.h"
#include "reports/json/value.h"

/*
 * Gathers what each rule is good for: the cases that exercise it on probes that conform, those that
 * broken probes violate it in, which of them it catches, and which mutants. Written as the data
 * file of `hvspec list rules --coverage`.
 */
enum { COVERAGE_PASSES = 1, COVERAGE_FAILS = 2 };

struct coverage_case {
    const char *id; /* borrowed from the set */
    size_t index;   /* in the set's order */
};

/* A broken probe that a rule catches. */
struct coverage_catch {
    unsigned rule;
    bool alone; /* no other rule does */
    char *name; /* owned */
};

struct coverage_gather {
    const struct scenario_set *set; /* borrowed */
    struct coverage_case *cases;    /* sorted by id's address; owned */
    size_t cases_count;
    uint8_t *bits[RULES]; /* by case in the set's order: COVERAGE_PASSES, COVERAGE_FAILS; owned */
    struct coverage_catch *catches; /* owned */
    size_t catches_count;
    char *passing[16]; /* names of the probes that conform; owned */
    size_t passing_count;
    json_t *audits;       /* a summary of each; owned */
    json_t *alone[RULES]; /* mutants that only the rule kills; owned */
    size_t reds[RULES];   /* mutants that turn it red */
};

/* False: out of memory. Free with coverage_gather_clear either way. */
bool coverage_gather_open(struct coverage_gather *gather, const struct scenario_set *set);
void coverage_gather_clear(struct coverage_gather *gather);

/* Notes what a broken probe turned red. False: out of memory. */
bool coverage_gather_broken(struct coverage_gather *gather, const char *name,
                            const struct report_probe *report);

/* Runs every case on a probe that conforms and notes which rules each exercises. */
bool coverage_gather_passing(struct coverage_gather *gather, const char *path, const char *profile,
                             struct errors *errors);

/* Audits a probe and notes which rules kill. */
bool coverage_gather_audit(struct coverage_gather *gather, const char *path, unsigned workers,
                           struct errors *errors);

/* Says which rules have a hole, a line each; how many. */
size_t coverage_gather_holes(const struct coverage_gather *gather);

/* Writes the data file; `made_with` names the compilers. */
bool coverage_gather_write(const struct coverage_gather *gather, const char *const *made_with,
                           size_t made_with_count, const char *path, struct errors *errors);

#endif
