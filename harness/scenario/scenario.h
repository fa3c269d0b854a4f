/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_SCENARIO_SCENARIO_H
#define HVSPEC_HARNESS_SCENARIO_SCENARIO_H

#include "base/errors.h"
#include "emulator/cpuid/table.h"
#include "harness/spec/rules.h"
#include "harness/spec/spec.h"

/*
 * A scenario file (YAML) and the cases that its matrix yields. Data only: adding one needs no
 * compiler and no edit anywhere else. The format is described in scenarios/README.md.
 */
#define SCENARIO_SEED_DEFAULT 1u   /* for everything drawn at random, where nobody names another */
#define SCENARIO_ASKS_MAX 64u      /* what one boot holds */
#define SCENARIO_CASES_MAX 100000u /* in one file; more is an error */

struct scenario_case {
    char *id; /* "max/unsigned:max=0x80000000,target=0x40000010"; just the scenario's id when there
                 is no matrix */
    struct cpuid_table table;
    uint32_t asks[SCENARIO_ASKS_MAX];
    enum outcome expect[SCENARIO_ASKS_MAX];
    size_t asks_count; /* at least 1 */
};

struct scenario {
    char *id;   /* path under the scenario folder without the ending: "max/unsigned" */
    char *path; /* as opened */
    char *title, *why, *source; /* source NULL: none */
    enum rule_id *rules;        /* what it was written for, at least one */
    size_t rules_count;
    /* The rules about hypervisors that some case's table breaks, as the author says; `lint`
     * compares. breaks_line 0: nothing is said of it. */
    enum rule_id *breaks;
    size_t breaks_count;
    unsigned breaks_line, hypervisor_line; /* of these keys, from 1 */
    bool needs_presence; /* some case clears CPUID.1:ECX[31]: run with --profile presence only */
    struct scenario_case *cases; /* in matrix order, the last key varying fastest */
    size_t cases_count;
};

struct scenario_set {
    struct scenario *scenarios; /* sorted by id */
    size_t count;
    /* Set ahead of adding, borrowed: what a probe that answers for its own features only can be
     * asked for. Matrices that vary the leaf that is asked for take these instead, with what the
     * spec function expects; combinations that make no sense then are left out. NULL: files are
     * taken as written. */
    const uint32_t *targets;
    size_t targets_count;
};

/* Adds the scenario of one file. `root` is the folder that ids are relative to; NULL: the nearest
 * folder above named "scenarios", else the file's own. `seed` feeds random(). False with every
 * error of the file noted (file, line, column). */
bool scenario_load(struct scenario_set *set, const char *path, const char *root, uint64_t seed,
                   struct errors *errors);

/* Adds a file, every *.yaml below a folder, or, for "PATH:CASE" or a bare case or scenario id found
 * under `installed`, only that. Nothing found is an error. */
bool scenario_set_add(struct scenario_set *set, const char *argument, const char *installed,
                      uint64_t seed, struct errors *errors);

/* All cases of all scenarios. */
size_t scenario_set_cases(const struct scenario_set *set);

/* Leaves only the cases that `wanted` says, and the scenarios that have some. */
void scenario_set_keep(struct scenario_set *set,
                       bool (*wanted)(const void *context, const struct scenario *scenario,
                                      const struct scenario_case *test),
                       const void *context);

void scenario_set_clear(struct scenario_set *set);

#endif
