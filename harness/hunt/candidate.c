/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/hunt/candidate.h"

#include "emulator/cpuid/processors.h"
#include "harness/hunt/processor.h"

#include <string.h>

/* What junk becomes: numbers that nobody compares with. */
static const struct cpuid_values hunt_junk = {0x5bd1e995, 0x9e3779b1, 0x85ebca77, 0xc2b2ae3d};

static struct cpuid_default hunt_fixed(struct cpuid_default fill) {
    if (fill.fill == CPUID_FILL_JUNK)
        return (struct cpuid_default){CPUID_FILL_VALUES, hunt_junk};
    if (fill.fill != CPUID_FILL_VALUES)
        fill.values = (struct cpuid_values){0};
    return fill;
}

void hunt_candidate_from(struct hunt_candidate *candidate, const struct scenario_case *test) {
    const struct cpuid_table *table = &test->table;

    memset(candidate, 0, sizeof *candidate);
    candidate->absent = !table->present;
    candidate->base = table->base;
    candidate->unlisted = hunt_fixed(table->unlisted);
    candidate->beyond = hunt_fixed(table->beyond);
    candidate->asks_count = test->asks_count < HUNT_ASKS_MAX ? test->asks_count : HUNT_ASKS_MAX;
    memcpy(candidate->asks, test->asks, candidate->asks_count * sizeof *test->asks);
    /* What is asked for comes first: it must not be among what is left out. */
    for (size_t i = 0; i < table->count; i++) {
        for (size_t j = 0; j < candidate->asks_count; j++) {
            if (table->leaves[i].leaf == test->asks[j])
                hunt_candidate_put(candidate, table->leaves[i]);
        }
    }
    for (size_t i = 0; i < table->count; i++)
        hunt_candidate_put(candidate, table->leaves[i]);
}

struct cpuid_table hunt_candidate_table(const struct hunt_candidate *candidate) {
    return (struct cpuid_table){.base = candidate->base,
                                .present = !candidate->absent,
                                .unlisted = candidate->unlisted,
                                .beyond = candidate->beyond,
                                .count = candidate->leaves_count,
                                .leaves = (struct cpuid_leaf *)candidate->leaves};
}

struct scenario_case hunt_candidate_case(const struct hunt_candidate *candidate, const char *id) {
    struct scenario_case test = {.id = (char *)id,
                                 .table = hunt_candidate_table(candidate),
                                 .asks_count = candidate->asks_count};

    for (size_t i = 0; i < candidate->asks_count; i++) {
        test.asks[i] = candidate->asks[i];
        test.expect[i] = hunt_candidate_outcome(candidate, candidate->asks[i]);
    }
    return test;
}

struct cpuid_values hunt_candidate_values(const struct hunt_candidate *candidate, uint32_t leaf,
                                          uint32_t subleaf) {
    struct cpuid_table table = hunt_candidate_table(candidate);
    struct cpuid_view view = cpuid_view(&table, NULL, 0);

    return cpuid_lookup(&view, leaf, subleaf);
}

enum outcome hunt_candidate_outcome(const struct hunt_candidate *candidate, uint32_t target) {
    if (candidate->absent)
        return OUTCOME_NOT_AVAILABLE;
    return spec_outcome(candidate->base.eax, target,
                        hunt_candidate_values(candidate, target, 0).eax);
}

static bool hunt_values_same(const struct cpuid_values *a, const struct cpuid_values *b) {
    return a->eax == b->eax && a->ebx == b->ebx && a->ecx == b->ecx && a->edx == b->edx;
}

bool hunt_candidate_same(const struct hunt_candidate *a, const struct hunt_candidate *b) {
    if (a->absent != b->absent || !hunt_values_same(&a->base, &b->base) ||
        a->unlisted.fill != b->unlisted.fill ||
        !hunt_values_same(&a->unlisted.values, &b->unlisted.values) ||
        a->beyond.fill != b->beyond.fill ||
        !hunt_values_same(&a->beyond.values, &b->beyond.values) || a->asks_count != b->asks_count ||
        memcmp(a->asks, b->asks, a->asks_count * sizeof *a->asks) != 0 ||
        a->leaves_count != b->leaves_count)
        return false;
    for (size_t i = 0; i < a->leaves_count; i++) {
        const struct cpuid_leaf *x = &a->leaves[i], *y = &b->leaves[i];

        if (x->leaf != y->leaf || x->subleaf != y->subleaf ||
            x->every_subleaf != y->every_subleaf || !hunt_values_same(&x->values, &y->values))
            return false;
    }
    return true;
}

uint32_t *hunt_register(struct cpuid_values *values, unsigned index) {
    uint32_t *const registers[4] = {&values->eax, &values->ebx, &values->ecx, &values->edx};

    return registers[index % 4];
}

static bool hunt_row_is_before(const struct cpuid_leaf *row, uint32_t leaf, uint32_t subleaf) {
    return row->leaf != leaf ? row->leaf < leaf : row->subleaf < subleaf;
}

static size_t hunt_lower_bound(const struct hunt_candidate *candidate, uint32_t leaf,
                               uint32_t subleaf) {
    size_t at = 0;

    while (at < candidate->leaves_count &&
           hunt_row_is_before(&candidate->leaves[at], leaf, subleaf))
        at++;
    return at;
}

void hunt_candidate_set(struct hunt_candidate *candidate, uint32_t leaf, uint32_t subleaf,
                        unsigned index, uint32_t value) {
    struct cpuid_leaf row = {leaf, subleaf, subleaf == 0,
                             hunt_candidate_values(candidate, leaf, subleaf)};

    for (size_t i = 0; i < candidate->leaves_count; i++) {
        if (candidate->leaves[i].leaf == leaf)
            row.every_subleaf = candidate->leaves[i].every_subleaf && subleaf == 0;
    }
    *hunt_register(&row.values, index) = value;
    hunt_candidate_put(candidate, row);
}

void hunt_candidate_remove(struct hunt_candidate *candidate, size_t index) {
    candidate->leaves_count--;
    memmove(&candidate->leaves[index], &candidate->leaves[index + 1],
            (candidate->leaves_count - index) * sizeof *candidate->leaves);
    memset(&candidate->leaves[candidate->leaves_count], 0, sizeof *candidate->leaves);
}

static bool hunt_insert(struct hunt_candidate *candidate, struct cpuid_leaf row) {
    size_t at = hunt_lower_bound(candidate, row.leaf, row.subleaf);

    if (candidate->leaves_count == HUNT_LEAVES_MAX)
        return false;
    memmove(&candidate->leaves[at + 1], &candidate->leaves[at],
            (candidate->leaves_count - at) * sizeof *candidate->leaves);
    candidate->leaves[at] = row;
    candidate->leaves_count++;
    return true;
}

/* A row for every subleaf takes the place of all rows of its leaf. */
static bool hunt_put_every(struct hunt_candidate *candidate, struct cpuid_leaf row) {
    size_t at = hunt_lower_bound(candidate, row.leaf, 0);

    row.subleaf = 0;
    while (at < candidate->leaves_count && candidate->leaves[at].leaf == row.leaf)
        hunt_candidate_remove(candidate, at);
    return hunt_insert(candidate, row);
}

bool hunt_candidate_put(struct hunt_candidate *candidate, struct cpuid_leaf row) {
    size_t at, first;

    if (!cpuid_is_hypervisor_leaf(row.leaf) && !cpuid_has_subleaves(row.leaf))
        row.every_subleaf = true;
    else if (cpuid_counts_subleaves(row.leaf))
        row.every_subleaf = false;
    at = hunt_lower_bound(candidate, row.leaf, row.every_subleaf ? 0 : row.subleaf);
    if (row.leaf == 0 && !(candidate->coins_vendor && hunt_processor_is_coined(&row.values)))
        row.values = hunt_processor_leaf_0(row.values);
    if (row.leaf == CPUID_BASE && (row.every_subleaf || row.subleaf == 0)) {
        candidate->base = row.values;
        return true;
    }
    if (row.every_subleaf)
        return hunt_put_every(candidate, row);
    if (at < candidate->leaves_count && candidate->leaves[at].leaf == row.leaf &&
        candidate->leaves[at].subleaf == row.subleaf && !candidate->leaves[at].every_subleaf) {
        candidate->leaves[at].values = row.values;
        return true;
    }
    first = hunt_lower_bound(candidate, row.leaf, 0);
    if (first < candidate->leaves_count && candidate->leaves[first].leaf == row.leaf &&
        candidate->leaves[first].every_subleaf) {
        if (row.subleaf != 0 && candidate->leaves_count == HUNT_LEAVES_MAX)
            return false;
        candidate->leaves[first].every_subleaf = false;
        if (row.subleaf == 0) {
            candidate->leaves[first].values = row.values;
            return true;
        }
    }
    return hunt_insert(candidate, row);
}

bool hunt_candidate_is_endless(const struct hunt_candidate *candidate) {
    for (size_t i = 0; i < candidate->leaves_count; i++) {
        const struct cpuid_leaf *row = &candidate->leaves[i];

        if (row->values.eax != cpuid_bounded_eax(row->leaf, row->values.eax))
            return true;
    }
    return false;
}

static bool hunt_rows_are_valid(const struct hunt_candidate *candidate) {
    for (size_t i = 0; i < candidate->leaves_count; i++) {
        const struct cpuid_leaf *row = &candidate->leaves[i], *last = row - 1;

        if (row->leaf == CPUID_BASE && (row->every_subleaf || row->subleaf == 0))
            return false;
        if (row->every_subleaf && (row->subleaf != 0 || cpuid_counts_subleaves(row->leaf)))
            return false;
        if (row->leaf == 0 && !hunt_processor_is_leaf_0(&row->values) &&
            !(candidate->coins_vendor && hunt_processor_is_coined(&row->values)))
            return false;
        if (i > 0 && !hunt_row_is_before(last, row->leaf, row->subleaf))
            return false;
        if (i > 0 && last->leaf == row->leaf && last->every_subleaf)
            return false;
    }
    return true;
}

bool hunt_candidate_is_valid(const struct hunt_candidate *candidate) {
    if (candidate->leaves_count > HUNT_LEAVES_MAX || candidate->asks_count == 0 ||
        candidate->asks_count > HUNT_ASKS_MAX || candidate->unlisted.fill == CPUID_FILL_JUNK ||
        candidate->beyond.fill == CPUID_FILL_JUNK)
        return false;
    for (size_t i = 0; i < candidate->asks_count; i++) {
        if (candidate->asks[i] <= CPUID_BASE || candidate->asks[i] > CPUID_BLOCK_LAST)
            return false;
    }
    return hunt_rows_are_valid(candidate);
}
