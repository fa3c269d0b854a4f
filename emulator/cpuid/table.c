/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/cpuid/table.h"

#include "base/random.h"
#include "emulator/cpuid/pattern.h"
#include "emulator/cpuid/processor.h"
#include "emulator/cpuid/processors.h"

#include <stdlib.h>
#include <string.h>

/*
 * How a lookup goes: walk the changes backwards to find the place in the table that SWAP_ROWS
 * brought to the asked leaf; take what is listed there; else fill, by the leaf asked (so only
 * listed leaves move, and what lies beyond the maximum stays beyond it); then apply the changes
 * forwards, each at the place where the leaf was at that point.
 */

/* Below, equal or above: how (leaf, subleaf) sorts against a row. */
static int cpuid_compare(uint32_t leaf, uint32_t subleaf, const struct cpuid_leaf *row) {
    if (leaf != row->leaf)
        return leaf < row->leaf ? -1 : 1;
    if (row->every_subleaf || subleaf == row->subleaf)
        return 0;
    return subleaf < row->subleaf ? -1 : 1;
}

/* The index of the first row that is not below (leaf, subleaf). */
static size_t cpuid_lower_bound(const struct cpuid_leaf *rows, size_t count, uint32_t leaf,
                                uint32_t subleaf) {
    size_t first = 0;

    while (count > 0) {
        size_t half = count / 2;

        if (cpuid_compare(leaf, subleaf, &rows[first + half]) > 0) {
            first += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return first;
}

/* NULL: not listed. The test of both ends spares the search for leaves of the other spaces. */
static const struct cpuid_values *cpuid_find(const struct cpuid_leaf *rows, size_t count,
                                             uint32_t leaf, uint32_t subleaf) {
    size_t i;

    if (count == 0 || leaf < rows[0].leaf || leaf > rows[count - 1].leaf)
        return NULL;
    i = cpuid_lower_bound(rows, count, leaf, subleaf);
    if (i == count || cpuid_compare(leaf, subleaf, &rows[i]) != 0)
        return NULL;
    return &rows[i].values;
}

/* One row's every_subleaf, or the new one's, claims all subleaves of the leaf. */
static bool cpuid_overlaps(const struct cpuid_leaf *a, const struct cpuid_leaf *b) {
    return a->leaf == b->leaf && (a->every_subleaf || b->every_subleaf || a->subleaf == b->subleaf);
}

bool cpuid_table_add(struct cpuid_table *table, struct cpuid_leaf leaf) {
    struct cpuid_leaf *grown;
    size_t i;

    if (leaf.every_subleaf)
        leaf.subleaf = 0;
    i = cpuid_lower_bound(table->leaves, table->count, leaf.leaf, leaf.subleaf);
    if (i < table->count && cpuid_overlaps(&table->leaves[i], &leaf))
        return false;
    grown = realloc(table->leaves, (table->count + 1) * sizeof *grown);
    if (!grown)
        return false;
    table->leaves = grown;
    memmove(&grown[i + 1], &grown[i], (table->count - i) * sizeof *grown);
    grown[i] = leaf;
    table->count++;
    return true;
}

void cpuid_table_clear(struct cpuid_table *table) {
    free(table->leaves);
    table->leaves = NULL;
    table->count = 0;
}

static struct cpuid_values cpuid_junk(uint64_t seed, uint32_t leaf, uint32_t subleaf) {
    uint64_t key = random_mix(seed + RANDOM_GAMMA);
    uint64_t low = random_mix(key ^ ((uint64_t)leaf << 32 | subleaf));
    uint64_t high = random_mix(low + RANDOM_GAMMA);
    uint32_t eax = (uint32_t)low;

    return (struct cpuid_values){eax ? eax : 1, (uint32_t)(low >> 32), (uint32_t)high,
                                 (uint32_t)(high >> 32)};
}

/* The highest basic leaf: of a listed leaf 0, else of the processor. */
static uint32_t cpuid_basic_last(const struct cpuid_table *table) {
    const struct cpuid_values *listed = cpuid_find(table->leaves, table->count, 0, 0);

    return listed && listed->eax < CPUID_BASE ? listed->eax : CPUID_PROCESSOR_BASIC_LAST;
}

/* The presence bit is the table's, whatever a row of leaf 1 says. */
static struct cpuid_values cpuid_with_presence(const struct cpuid_table *table, uint32_t leaf,
                                               struct cpuid_values values) {
    if (leaf == 1)
        values.ecx = (values.ecx & ~CPUID_PRESENT) | (table->present ? CPUID_PRESENT : 0);
    return values;
}

/* False: the table does not list it. */
static bool cpuid_listed(const struct cpuid_table *table, uint32_t leaf, uint32_t subleaf,
                         struct cpuid_values *values) {
    const struct cpuid_values *found = cpuid_find(table->leaves, table->count, leaf, subleaf);

    if (!found)
        return false;
    *values = cpuid_with_presence(table, leaf, *found);
    return true;
}

/* A leaf within the processor's ranges that the table does not list. */
static struct cpuid_values cpuid_of_processor(const struct cpuid_table *table, uint32_t leaf,
                                              uint32_t subleaf) {
    const struct cpuid_values *found =
        cpuid_find(cpuid_processor, cpuid_processor_count, leaf, subleaf);

    return cpuid_with_presence(table, leaf, found ? *found : (struct cpuid_values){0});
}

/* A leaf outside the hypervisors' as another processor has it. */
static struct cpuid_values cpuid_of_model(const struct cpuid_table *table, uint64_t index,
                                          uint32_t leaf, uint32_t subleaf) {
    const struct cpuid_model *model = cpuid_model((size_t)index);

    return cpuid_with_presence(
        table, leaf, model ? cpuid_model_lookup(model, leaf, subleaf) : (struct cpuid_values){0});
}

static struct cpuid_values cpuid_apply(const struct cpuid_view *view, struct cpuid_values values,
                                       uint32_t place, uint32_t subleaf, bool echoed);

/* What a leaf shows that others echo: BASE or the highest basic leaf, changes included. */
static struct cpuid_values cpuid_echo(const struct cpuid_view *view, uint32_t leaf,
                                      uint32_t subleaf) {
    const struct cpuid_table *table = view->table;
    struct cpuid_values values;

    if (!cpuid_listed(table, leaf, subleaf, &values))
        values = leaf == CPUID_BASE ? table->base : cpuid_of_processor(table, leaf, subleaf);
    return view->changes_count == 0 ? values : cpuid_apply(view, values, leaf, subleaf, true);
}

static struct cpuid_values cpuid_filled(const struct cpuid_view *view,
                                        const struct cpuid_default *fill, uint64_t seed,
                                        uint32_t leaf, uint32_t subleaf) {
    switch (fill->fill) {
    case CPUID_FILL_HIGHEST_BASIC:
        return cpuid_echo(view, cpuid_basic_last(view->table), subleaf);
    case CPUID_FILL_BASE:
        return cpuid_echo(view, CPUID_BASE, subleaf);
    case CPUID_FILL_JUNK:
        return cpuid_junk(seed, leaf, subleaf);
    case CPUID_FILL_VALUES:
        return fill->values;
    case CPUID_FILL_ZERO:
        break;
    }
    return (struct cpuid_values){0};
}

/* What a leaf that is not listed returns before changes. */
static struct cpuid_values cpuid_unlisted(const struct cpuid_view *view, uint32_t leaf,
                                          uint32_t subleaf) {
    const struct cpuid_table *table = view->table;
    uint32_t basic_last;

    if (leaf == CPUID_BASE)
        return table->base;
    if (cpuid_is_hypervisor_leaf(leaf))
        return cpuid_filled(view, leaf <= view->maximum ? &table->unlisted : &table->beyond,
                            table->junk_seed, leaf, subleaf);
    basic_last = cpuid_basic_last(table);
    if (leaf <= basic_last ||
        (leaf >= CPUID_PROCESSOR_EXTENDED_FIRST && leaf <= CPUID_PROCESSOR_EXTENDED_LAST))
        return cpuid_of_processor(table, leaf, subleaf);
    return cpuid_echo(view, basic_last, subleaf);
}

/* The leaf that a SWAP_ROWS change puts in the place of `leaf`, and the other way round. BASE never
 * moves, so row 0 swaps without its first leaf. */
static uint32_t cpuid_swapped(const struct cpuid_change *change, uint32_t leaf) {
    uint32_t row = (leaf - CPUID_BASE) / CPUID_ROW;

    if (leaf < CPUID_BASE || leaf > CPUID_BLOCK_LAST ||
        (row != change->first && row != change->last) ||
        (leaf % CPUID_ROW == 0 && (change->first == 0 || change->last == 0)))
        return leaf;
    row = row == change->first ? change->last : change->first;
    return CPUID_BASE + row * CPUID_ROW + leaf % CPUID_ROW;
}

static void cpuid_set(struct cpuid_values *values, unsigned registers, struct cpuid_values by) {
    if (registers & CPUID_EAX)
        values->eax = by.eax;
    if (registers & CPUID_EBX)
        values->ebx = by.ebx;
    if (registers & CPUID_ECX)
        values->ecx = by.ecx;
    if (registers & CPUID_EDX)
        values->edx = by.edx;
}

static struct cpuid_values cpuid_xor(struct cpuid_values a, struct cpuid_values b) {
    return (struct cpuid_values){a.eax ^ b.eax, a.ebx ^ b.ebx, a.ecx ^ b.ecx, a.edx ^ b.edx};
}

/* Applies one change to the values of the leaf that is at `place`. `echoed`: the leaf is being
 * looked at by an echo, which an echo in a change does not follow, so echoes never go in circles.
 */
static void cpuid_change(const struct cpuid_view *view, const struct cpuid_change *change,
                         uint32_t place, uint32_t subleaf, bool echoed,
                         struct cpuid_values *values) {
    struct cpuid_default fill = {change->fill, change->values};

    if (place < change->first || place > change->last ||
        (change->except != 0 && place == change->except) ||
        (change->only_subleaf_0 && subleaf != 0) || (change->echoes_stay && echoed))
        return;
    switch (change->kind) {
    case CPUID_CHANGE_SET:
        cpuid_set(values, change->registers, change->values);
        break;
    case CPUID_CHANGE_XOR:
        cpuid_set(values, change->registers, cpuid_xor(*values, change->values));
        break;
    case CPUID_CHANGE_FILL:
        if (echoed && (fill.fill == CPUID_FILL_BASE || fill.fill == CPUID_FILL_HIGHEST_BASIC))
            break;
        cpuid_set(values, change->registers,
                  cpuid_filled(view, &fill, change->seed, place, subleaf));
        break;
    case CPUID_CHANGE_PATTERN:
        cpuid_set(values, change->registers,
                  cpuid_pattern_has((unsigned)change->seed, place) ? change->values
                                                                   : (struct cpuid_values){0});
        break;
    case CPUID_CHANGE_PROCESSOR:
    case CPUID_CHANGE_FLATTEN:
    case CPUID_CHANGE_SWAP_ROWS:
        break;
    }
}

/* Applies the changes; `place` is where the leaf is ahead of them. */
static struct cpuid_values cpuid_apply(const struct cpuid_view *view, struct cpuid_values values,
                                       uint32_t place, uint32_t subleaf, bool echoed) {
    for (size_t i = 0; i < view->changes_count; i++) {
        const struct cpuid_change *change = &view->changes[i];

        if (change->kind == CPUID_CHANGE_SWAP_ROWS)
            place = cpuid_swapped(change, place);
        else if (change->kind == CPUID_CHANGE_PROCESSOR && !cpuid_is_hypervisor_leaf(place))
            values = echoed ? values : cpuid_of_model(view->table, change->seed, place, subleaf);
        else
            cpuid_change(view, change, place, subleaf, echoed, &values);
    }
    return values;
}

/* A leaf's changed values, whose place in the table SWAP_ROWS may have moved. */
static struct cpuid_values cpuid_lookup_changed(const struct cpuid_view *view, uint32_t leaf,
                                                uint32_t subleaf) {
    uint32_t place = leaf;
    struct cpuid_values values;

    for (size_t i = view->changes_count; i-- > 0;) {
        if (view->changes[i].kind == CPUID_CHANGE_SWAP_ROWS)
            place = cpuid_swapped(&view->changes[i], place);
        else if (view->changes[i].kind == CPUID_CHANGE_FLATTEN && cpuid_is_hypervisor_leaf(leaf))
            subleaf = 0;
    }
    if (!cpuid_listed(view->table, place, subleaf, &values))
        values = cpuid_unlisted(view, leaf, subleaf);
    return cpuid_apply(view, values, place, subleaf, false);
}

bool cpuid_base_has_subleaves(const struct cpuid_table *table) {
    size_t first = cpuid_lower_bound(table->leaves, table->count, CPUID_BASE, 0);

    for (size_t i = first; i < table->count && table->leaves[i].leaf == CPUID_BASE; i++) {
        if (!table->leaves[i].every_subleaf &&
            memcmp(&table->leaves[i].values, &table->base, sizeof table->base) != 0)
            return true;
    }
    return false;
}

static struct cpuid_values cpuid_pinned_processor(const struct cpuid_pins *pins, uint32_t leaf,
                                                  struct cpuid_values values) {
    const uint32_t presence = leaf == 1 ? 1u << 31 : 0;

    for (size_t i = 0; i < pins->processor_count; i++) {
        if (pins->processor[i].leaf == leaf) {
            uint32_t kept = values.ecx & presence;

            values = pins->processor[i].values;
            values.ecx = (values.ecx & ~presence) | kept;
        }
    }
    return values;
}

struct cpuid_values cpuid_pinned(const struct cpuid_table *table, uint32_t leaf,
                                 struct cpuid_values values) {
    const struct cpuid_values *base = &table->base;

    if (table->pins.processor_count > 0)
        values = cpuid_pinned_processor(&table->pins, leaf, values);
    if (table->pins.has_interface && leaf == CPUID_BASE + 1)
        values.eax = table->pins.interface;
    if (table->pins.signature_once && cpuid_is_further_base(leaf) && values.ebx == base->ebx &&
        values.ecx == base->ecx && values.edx == base->edx)
        values.ebx = values.ecx = values.edx = 0;
    return values;
}

struct cpuid_values cpuid_lookup(const struct cpuid_view *view, uint32_t leaf, uint32_t subleaf) {
    struct cpuid_values values;

    if (view->changes_count > 0)
        values = cpuid_lookup_changed(view, leaf, subleaf);
    else if (!cpuid_listed(view->table, leaf, subleaf, &values))
        values = cpuid_unlisted(view, leaf, subleaf);
    return cpuid_pinned(view->table, leaf, values);
}
