/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/examine/long.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Which long boots a case gets. Two are asked of all code. Where nothing that they wrote could be
 * read by a later question, every question is as good as the first of a boot: the longer ones, in
 * which code forgets or counts, would show nothing.
 */

#define LONG_MIXED 1u /* a pattern that has some leaves and not others */

static void long_forget_alone(struct examine_long *boots) {
    boots->alone.count = 0;
    memset(boots->alone.known, 0, sizeof boots->alone.known);
}

/* A case that asks for one leaf again and again is about that leaf, and another one covers the rest
 * of the block as well. */
static bool long_is_wide(const struct scenario_case *test) {
    for (size_t i = 1; i < test->asks_count; i++) {
        if (test->asks[i] != test->asks[0])
            return test->table.base.eax >= CPUID_BLOCK_LAST;
    }
    return false;
}

/* Boots beside the first two are made where all of one is affordable: what costs much would not get
 * to where they differ from these. */
static bool long_affords(uint64_t cost, uint64_t asks, uint64_t max) {
    return cost < max / asks;
}

static void long_examine_wraps(struct examiner *examiner, struct examine_long *boots, uint64_t seed,
                               struct examination *examination) {
    if (!long_affords(boots->cost, LONG_BOOT_ASKS_MAX, EXAMINE_LONG_WRAPS_MAX))
        return;
    for (unsigned says = 0; says < 2; says++) {
        struct long_ways ways;

        long_boot_make_wraps(&boots->boot, &boots->alone, says, seed);
        if (long_watch(examiner, boots, LONG_BOOT_ASKS, LONG_BOOT_WRAPS, &ways)) {
            long_examine(examiner, boots, examination);
            long_unwatch(examiner, boots);
        }
        boots->late[says] = ways.count > 0 ? ways.at[ways.count - 1] : 0;
    }
}

/* What is asked where something is kept. The longest are not for code that takes memory: each call
 * may keep some for its caller. */
static void long_examine_kept(struct examiner *examiner, struct examine_long *boots, uint64_t seed,
                              struct examination *examination) {
    if (long_affords(boots->cost, LONG_BOOT_ASKS, EXAMINE_LONG_COST_MAX)) {
        long_boot_make_turned(&boots->boot, &boots->alone, seed);
        long_examine(examiner, boots, examination);
        long_boot_make_shuttle(&boots->boot, &boots->alone, seed);
        long_examine(examiner, boots, examination);
    }
    if (runner_has_heap(examiner->runner))
        return;
    if (long_affords(boots->cost, LONG_BOOT_ROWS_ASKS, EXAMINE_LONG_COST_MAX)) {
        long_boot_make_rows(&boots->boot, &boots->alone, seed);
        long_examine(examiner, boots, examination);
    }
    if (long_is_wide(boots->test))
        long_examine_wraps(examiner, boots, seed, examination);
}

void long_go_under(struct examiner *examiner, struct examine_long *boots, struct twin *twin,
                   unsigned vendor, unsigned pattern, struct examination *examination) {
    const struct spec_form *form = &examiner->kind.form;
    const uint32_t eax = form->exact ? form->equals : form->mask ? form->mask : 1;

    twins_make_pattern(twin, pattern, eax, vendor, !(examiner->without & 1u << TWIN_SIGNATURE));
    boots->twin = twin;
    boots->keeps = false;
    long_forget_alone(boots);
    long_ask_alone(examiner, boots, examination);
}

/* Code that keeps nothing under the case's own signature may under another one. */
static void long_examine_pairs(struct examiner *examiner, struct examine_long *boots, uint64_t seed,
                               struct examination *examination) {
    bool kept = boots->keeps;
    unsigned vendor = 0; /* under whose signature something is kept */
    struct twin twin;

    if (!long_affords(boots->cost, LONG_BOOT_PAIRS_ASKS, EXAMINE_LONG_PAIRS_MAX) ||
        examiner->without & 1u << TWIN_LEAVES || boots->alone.count < 2)
        return;
    for (unsigned i = 0; i < TWIN_PATTERNS; i++) {
        long_go_under(examiner, boots, &twin, i, i, examination);
        long_boot_make_pairs(&boots->boot, &boots->alone, seed + i);
        boots->cost = long_examine(examiner, boots, examination);
        if (boots->keeps && !kept) {
            long_go_under(examiner, boots, &twin, i, LONG_MIXED, examination);
            long_examine_kept(examiner, boots, seed, examination);
            kept = true;
            vendor = i;
        }
    }
    if (kept && !runner_has_heap(examiner->runner) &&
        long_affords(boots->cost, LONG_BOOT_ASKS_MAX, EXAMINE_LONG_WRAPS_MAX))
        long_examine_moments(examiner, boots, vendor, seed, examination);
    boots->twin = NULL;
}

uint64_t examine_long_cost(const struct scenario_case *test, uint64_t cost) {
    static const struct {
        uint64_t asks, max;
        unsigned boots;
        bool in_part; /* as far as it may cost, rather than all or none */
        bool wide;    /* where the case is */
    } rows[] = {
        {LONG_BOOT_TARGETS, EXAMINE_LONG_COST_MAX, 1, true, false},
        {LONG_BOOT_ASKS, EXAMINE_LONG_COST_MAX, 2, true, false},
        {LONG_BOOT_ASKS, EXAMINE_LONG_COST_MAX, 2, false, false}, /* turned, and by turns */
        {LONG_BOOT_ROWS_ASKS, EXAMINE_LONG_COST_MAX, 1, false, false},
        {LONG_BOOT_ASKS_MAX, EXAMINE_LONG_WRAPS_MAX, 2, false, true},
        {LONG_BOOT_ASKS_MAX, EXAMINE_LONG_WRAPS_MAX, 2, false, true}, /* pairs at a moment */
        {LONG_BOOT_PAIRS_ASKS, EXAMINE_LONG_PAIRS_MAX, TWIN_PATTERNS, false, true},
    };
    uint64_t sum = 0;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].wide && !long_is_wide(test))
            continue;
        if (long_affords(cost, rows[i].asks, rows[i].max))
            sum += rows[i].boots * cost * rows[i].asks;
        else if (rows[i].in_part)
            sum += rows[i].boots * rows[i].max;
    }
    return sum;
}

void examine_long(struct examiner *examiner, const struct scenario_case *test,
                  const struct sequences *sequences, struct examination *examination) {
    struct examine_long *boots = examiner->long_boots;
    uint64_t seed = examine_seed(examiner->seed, test->id, CPUID_BASE);

    if (!boots)
        boots = examiner->long_boots = malloc(sizeof *boots);
    if (!boots) {
        examination->failed = true;
        snprintf(examination->failure, sizeof examination->failure,
                 "out of memory for a long boot");
        return;
    }
    boots->test = test;
    boots->twin = NULL;
    boots->ways = NULL;
    boots->keeps = false;
    boots->late[0] = boots->late[1] = 0;
    long_forget_alone(boots);
    for (size_t i = 0; i < sequences->count; i++)
        long_boot_add(&boots->alone, sequences->targets[i], &sequences->alone[i]);
    long_ask_alone(examiner, boots, examination);
    if (boots->alone.count == 0)
        return;
    long_boot_make(&boots->boot, &boots->alone, seed);
    boots->cost = long_examine(examiner, boots, examination);
    long_boot_make_other(&boots->boot, &boots->alone, seed);
    long_examine(examiner, boots, examination);
    if (boots->keeps)
        long_examine_kept(examiner, boots, seed, examination);
    if (long_is_wide(test))
        long_examine_pairs(examiner, boots, seed, examination);
}
