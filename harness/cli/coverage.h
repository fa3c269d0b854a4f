/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_CLI_COVERAGE_H
#define HVSPEC_HARNESS_CLI_COVERAGE_H

#include "harness/scenario/scenario.h"

/*
 * What each rule is good for, as it was measured when hvspec was made: which cases exercise it, on
 * probes that conform and on broken ones, which of these it catches, and which mutants of the
 * reference probe. Read from a data file, since measuring takes minutes; see
 * harness/tests/coverage_test.py, which measures and holds the file against what it finds.
 */
enum coverage_age {
    COVERAGE_MEASURED, /* the scenario is as it was measured */
    COVERAGE_CHANGED,  /* it is not: what is said of its cases may be wrong */
    COVERAGE_NEW       /* it was not there */
};

/* One scenario's cases that exercise a rule. */
struct coverage_cases {
    const struct scenario *scenario; /* borrowed */
    bool *passing, *failing; /* by case: on a probe that conforms; violated by a broken one */
    size_t passing_count, failing_count;
};

/* A broken probe that the rule catches, "64/max-signed". */
struct coverage_broken {
    char *probe;
    bool alone; /* no other rule does */
};

/* A mutant that the rule alone kills. */
struct coverage_mutant {
    char *probe, *change, *symbol, *before, *after;
    unsigned line;
};

struct coverage_rule {
    struct coverage_cases *cases; /* in the set's order; scenarios that are as measured */
    size_t cases_count;
    struct coverage_broken *broken;
    size_t broken_count, broken_alone;
    size_t mutants; /* that it turns red */
    struct coverage_mutant *alone;
    size_t alone_count;
};

struct coverage {
    struct coverage_rule rules[RULES];
    char *made_with;                /* the compilers of what was measured */
    size_t mutants;                 /* killed, of all that were made */
    enum coverage_age *ages;        /* by index in the set */
    size_t changed, added, removed; /* scenarios that are not as measured; gone since */
};

/* Reads the installed data file for a set of scenarios, which is borrowed. False with errors noted:
 * it is not there or makes no sense. Free with coverage_clear either way. */
bool coverage_read(struct coverage *coverage, const struct scenario_set *set,
                   struct errors *errors);
void coverage_clear(struct coverage *coverage);

/* Some scenario is not as measured. */
bool coverage_is_stale(const struct coverage *coverage);

/* Nothing else catches some broken probe or mutant that this rule does. */
bool coverage_is_irreplaceable(const struct coverage_rule *rule);

/* It catches nothing. */
bool coverage_is_idle(const struct coverage_rule *rule);

#endif
