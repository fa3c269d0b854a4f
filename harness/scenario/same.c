/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/scenario/plan.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

/*
 * Finds cases that differ in their ids only: a matrix key that changes nothing, or sums that meet.
 * Cases are sorted by a hash of what the guest sees and is asked, so that equal ones are
 * neighbours.
 */
struct fingerprint {
    uint64_t hash;
    const struct scenario_case *entry;
};

static uint64_t same_hash_values(uint64_t hash, const struct cpuid_values *values) {
    hash = hash_word(hash, (uint64_t)values->eax << 32 | values->ebx);
    return hash_word(hash, (uint64_t)values->ecx << 32 | values->edx);
}

static uint64_t same_hash_case(const struct scenario_case *entry) {
    const struct cpuid_table *table = &entry->table;
    uint64_t hash = same_hash_values(HASH_START, &table->base);

    hash = hash_word(hash, (uint64_t)table->unlisted.fill << 32 | table->beyond.fill);
    hash = same_hash_values(hash, &table->unlisted.values);
    hash = same_hash_values(hash, &table->beyond.values);
    for (size_t i = 0; i < table->count; i++) {
        hash = hash_word(hash, (uint64_t)table->leaves[i].leaf << 32 | table->leaves[i].subleaf);
        hash = same_hash_values(hash, &table->leaves[i].values);
    }
    for (size_t i = 0; i < entry->asks_count; i++)
        hash = hash_word(hash, entry->asks[i]);
    return hash;
}

static bool same_values(const struct cpuid_values *a, const struct cpuid_values *b) {
    return a->eax == b->eax && a->ebx == b->ebx && a->ecx == b->ecx && a->edx == b->edx;
}

static bool same_default(const struct cpuid_default *a, const struct cpuid_default *b) {
    return a->fill == b->fill && same_values(&a->values, &b->values);
}

/* Junk is drawn for each case anew, but two cases that differ in nothing else say the same. */
static bool same_case(const struct scenario_case *a, const struct scenario_case *b) {
    if (a->table.count != b->table.count || a->asks_count != b->asks_count ||
        !same_values(&a->table.base, &b->table.base) ||
        !same_default(&a->table.unlisted, &b->table.unlisted) ||
        !same_default(&a->table.beyond, &b->table.beyond) ||
        memcmp(a->asks, b->asks, a->asks_count * sizeof *a->asks) != 0)
        return false;
    for (size_t i = 0; i < a->table.count; i++) {
        const struct cpuid_leaf *left = &a->table.leaves[i], *right = &b->table.leaves[i];

        if (left->leaf != right->leaf || left->subleaf != right->subleaf ||
            left->every_subleaf != right->every_subleaf ||
            !same_values(&left->values, &right->values))
            return false;
    }
    return true;
}

/* Equal hashes in matrix order, which is the order in memory. */
static int same_order(const void *left, const void *right) {
    const struct fingerprint *a = left, *b = right;

    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    return a->entry < b->entry ? -1 : a->entry > b->entry;
}

void scenario_check_same(struct scenario_reader *reader, const struct scenario *scenario,
                         struct scenario_place place) {
    size_t count = scenario->cases_count;
    struct fingerprint *prints = calloc(count, sizeof *prints);

    if (!prints) {
        scenario_note(reader, place, "out of memory");
        return;
    }
    for (size_t i = 0; i < count; i++)
        prints[i] = (struct fingerprint){same_hash_case(&scenario->cases[i]), &scenario->cases[i]};
    qsort(prints, count, sizeof *prints, same_order);
    for (size_t i = 1; i < count; i++) {
        if (prints[i].hash == prints[i - 1].hash &&
            same_case(prints[i - 1].entry, prints[i].entry)) {
            scenario_note(reader, place, "%s and %s are the same case: make the matrix smaller",
                          prints[i - 1].entry->id, prints[i].entry->id);
            break;
        }
    }
    free(prints);
}
