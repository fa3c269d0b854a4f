/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/spec/signatures.h"
#include "harness/twins/internal.h"

/* Maxima that give the same outcome: [0] tight, [1] wide. No step-1 mistake is known that is wrong
 * on both. */
static void twin_plain_maxima(const struct twin_source *source, uint32_t target,
                              uint32_t maxima[2]) {
    if (source->view->maximum >= source->target) {
        maxima[0] = target;
        maxima[1] = CPUID_BLOCK_LAST;
    } else {
        maxima[0] = target - 1;
        maxima[1] = target < CPUID_BASE + CPUID_ROW ? 0 : CPUID_BASE;
    }
}

/* Further maxima that give the same outcome, for a case that is wrong: above a target at the end of
 * the block the two plain ones are the same. */
static size_t twin_further_maxima(const struct twin_source *source, uint32_t maxima[3]) {
    if (source->view->maximum < source->target) {
        maxima[0] = 0; /* always: the third plain one */
        maxima[1] = CPUID_BASE - 1;
        return source->is_wrong ? 2 : 1;
    }
    maxima[0] = source->target + 1;
    maxima[1] = CPUID_BLOCK_LAST + 1;
    maxima[2] = UINT32_MAX;
    return source->is_wrong ? 3 : 0;
}

static bool twins_add_maxima(struct twin_list *list, const struct twin_source *source) {
    uint32_t maxima[5];
    size_t count = 2;

    twin_plain_maxima(source, source->target, maxima);
    count += twin_further_maxima(source, maxima + 2);
    for (size_t i = 0; i < count; i++) {
        struct twin *twin = twin_add(list, TWIN_MAXIMUM, source);

        if (!twin)
            return false;
        twin->changes[twin->changes_count++] = twin_maximum(maxima[i]);
        twin_keep_target(twin, source);
    }
    return true;
}

/* One other row, seen by each vendor that the mail gives a range to, because real code asks such
 * features of that vendor only. */
static bool twins_add_signed_row(struct twin_list *list, const struct twin_source *source,
                                 unsigned row) {
    static const char owners[][SIGNATURE_SIZE + 1] = {"VMwareVMware", "XenVMMXenVMM",
                                                      "KVMKVMKVM\0\0\0"};
    unsigned own = (source->target - CPUID_BASE) / CPUID_ROW;

    for (size_t i = 0; i < sizeof owners / sizeof owners[0]; i++) {
        struct twin *twin = twin_add(list, TWIN_RANGE_SIGNED, source);
        uint32_t target = source->target + (row - own) * CPUID_ROW, maxima[2];

        if (!twin)
            return false;
        twin_plain_maxima(source, target, maxima);
        twin->target = target;
        twin->group = row;
        twin->changes[twin->changes_count++] =
            (struct cpuid_change){.kind = CPUID_CHANGE_SWAP_ROWS, .first = own, .last = row};
        twin->changes[twin->changes_count++] = twin_maximum(maxima[1]);
        twin->changes[twin->changes_count++] = twin_leaf(
            CPUID_CHANGE_SET, CPUID_BASE, TWIN_SIGNATURE_REGISTERS, signature_values(owners[i]));
        twin_keep_target(twin, source);
    }
    return true;
}

/* One other row: as it is, with each plain maximum, and with its neighbours all there or all gone,
 * so that only a probe that minds the row itself is wrong in every one of them. */
static bool twins_add_row(struct twin_list *list, const struct twin_source *source, unsigned row) {
    unsigned own = (source->target - CPUID_BASE) / CPUID_ROW;
    uint32_t target = source->target + (row - own) * CPUID_ROW, maximum = source->view->maximum;
    uint32_t maxima[2];

    if (maximum >= CPUID_BASE && maximum <= CPUID_BLOCK_LAST) {
        uint32_t moved = maximum + (row - own) * CPUID_ROW;

        if (moved >= CPUID_BASE && moved <= CPUID_BLOCK_LAST)
            maximum = moved;
        else
            maximum = source->view->maximum >= source->target ? CPUID_BLOCK_LAST : CPUID_BASE;
    }
    twin_plain_maxima(source, target, maxima);
    for (unsigned part = 0; part < 5; part++) {
        struct twin *twin = twin_add(list, part < 3 ? TWIN_RANGE : TWIN_RANGE_FILLED, source);

        if (!twin)
            return false;
        twin->target = target;
        twin->group = row;
        twin->changes[twin->changes_count++] =
            (struct cpuid_change){.kind = CPUID_CHANGE_SWAP_ROWS, .first = own, .last = row};
        twin->changes[twin->changes_count++] =
            twin_maximum(part == 0 ? maximum : maxima[part != 2]);
        if (part >= 3) {
            struct cpuid_change block = twin_block(
                source, part == 3 ? CPUID_FILL_ZERO : CPUID_FILL_VALUES, twin_same(1), 0);

            block.except = target;
            twin->changes[twin->changes_count++] = block;
        }
        twin_keep_target(twin, source);
    }
    return true;
}

static bool twins_add_ranges(struct twin_list *list, const struct twin_source *source) {
    unsigned own = (source->target - CPUID_BASE) / CPUID_ROW;
    bool done = true;

    if (!source->any_target)
        return true;
    for (unsigned row = 0; done && row < 16; row++) {
        /* BASE is nobody's feature, so its row has no place for the first leaf of another. */
        bool fits = row > 0 || source->target % CPUID_ROW != 0;

        if (row == own || !fits || !twin_has_turn(source, row))
            continue;
        done = twins_add_row(list, source, row) &&
               (!source->is_wrong || twins_add_signed_row(list, source, row));
    }
    return done;
}

/* The next leaf of the same row with the target's values: a row is not to blame when this is right.
 */
static bool twins_add_column(struct twin_list *list, const struct twin_source *source) {
    uint32_t next = source->target ^ 1, maxima[2];
    struct twin *twin;

    if (!source->any_target)
        return true;
    if (next == CPUID_BASE)
        next = source->target + 1;
    twin_plain_maxima(source, next, maxima);
    twin = twin_add(list, TWIN_COLUMN, source);
    if (!twin)
        return false;
    twin->target = next;
    twin->changes[twin->changes_count++] = twin_maximum(maxima[1]);
    twin_keep_target(twin, source);
    return true;
}

/* Other leaves than the target, where the maximum hides none of the block. */
static bool twins_add_wide_leaves(struct twin_list *list, const struct twin_source *source) {
    static const uint32_t values[] = {0, 1};

    if (source->view->maximum < source->target)
        return true;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct twin *twin = twin_add(list, TWIN_LEAVES_WIDE, source);

        if (!twin)
            return false;
        twin->changes[twin->changes_count++] = twin_maximum(CPUID_BLOCK_LAST);
        twin->changes[twin->changes_count++] =
            twin_block(source, CPUID_FILL_VALUES, twin_same(values[i]), 0);
        twin_keep_target(twin, source);
    }
    return true;
}

/* Values that only a step 2 that takes EAX for a number, a flag or a part of itself tells from the
 * case's own. */
static bool twins_add_nonzero(struct twin_list *list, const struct twin_source *source) {
    static const uint32_t values[] = {1, INT32_MAX, UINT32_MAX};
    bool done = true;

    if (cpuid_lookup(source->view, source->target, 0).eax == 0)
        return true;
    for (size_t i = 0; done && i < sizeof values / sizeof values[0]; i++)
        done = twin_add_change(
            list, TWIN_NONZERO, source,
            twin_leaf(CPUID_CHANGE_SET, source->target, CPUID_EAX, twin_same(values[i])));
    return done;
}

static bool twin_is_further(uint32_t leaf) {
    return leaf > CPUID_BLOCK_LAST && leaf <= CPUID_BASES_LAST;
}

/* The leaves outside the block that the case's own run read, further bases' or others; the last
 * ones first, since these tend to decide. Returns how many. */
static size_t twin_outside(const struct twin_source *source, bool further,
                           uint32_t seen[TWIN_READ_LEAVES_MAX]) {
    const struct observation *base = source->base;
    size_t count = 0;

    for (size_t i = base ? base->boot_count + base->count : 0; i-- > 0;) {
        uint32_t leaf = base->boot_trace[i].leaf;
        bool known = (leaf >= CPUID_BASE && leaf <= CPUID_BLOCK_LAST) ||
                     twin_is_further(leaf) != further || count == TWIN_READ_LEAVES_MAX;

        for (size_t j = 0; !known && j < count; j++)
            known = seen[j] == leaf;
        if (!known)
            seen[count++] = leaf;
    }
    return count;
}

static bool twins_add_eax(struct twin_list *list, enum twin_kind kind,
                          const struct twin_source *source, uint32_t leaf) {
    static const uint32_t values[] = {0, 1, UINT32_MAX};
    bool done = true;

    for (size_t i = 0; done && i < sizeof values / sizeof values[0]; i++)
        done = twin_add_change(list, kind, source,
                               twin_leaf(CPUID_CHANGE_SET, leaf, CPUID_EAX, twin_same(values[i])));
    return done;
}

/* Other values in the leaves outside the block that the case's own run read; the other leaves of
 * the block have theirs. */
static bool twins_add_elsewhere(struct twin_list *list, const struct twin_source *source) {
    uint32_t seen[TWIN_READ_LEAVES_MAX];
    const size_t count = twin_outside(source, false, seen);
    bool done = true;

    for (size_t i = 0; done && i < count; i++)
        done = twins_add_eax(list, TWIN_ELSEWHERE, source, seen[i]);
    return done;
}

/* What is at further bases: other values in leaves that were read, all leaves of a base's own in
 * range, and nothing or something in all leaves of all of them. */
static bool twins_add_further(struct twin_list *list, const struct twin_source *source) {
    uint32_t seen[TWIN_READ_LEAVES_MAX];
    const size_t count = twin_outside(source, true, seen);
    static const uint32_t values[] = {0, UINT32_MAX};
    bool done = true;

    for (size_t i = 0; done && i < count; i++)
        done = twins_add_eax(list, TWIN_FURTHER, source, seen[i]) &&
               twin_add_change(
                   list, TWIN_FURTHER, source,
                   twin_leaf(CPUID_CHANGE_SET, seen[i], CPUID_EAX, twin_same(seen[i] | 0xff)));
    for (size_t i = 0; done && count > 0 && i < sizeof values / sizeof values[0]; i++) {
        struct cpuid_change all =
            twin_leaf(CPUID_CHANGE_SET, CPUID_BLOCK_LAST + 1, CPUID_ALL, twin_same(values[i]));

        all.last = CPUID_BASES_LAST;
        done = twin_add_change(list, TWIN_FURTHER, source, all);
    }
    return done;
}

bool twins_add_causes(struct twin_list *list, const struct twin_source *source) {
    return twins_add_maxima(list, source) && twins_add_column(list, source) &&
           twins_add_ranges(list, source) &&
           (!source->is_wrong ||
            (twins_add_wide_leaves(list, source) && twins_add_nonzero(list, source) &&
             twins_add_elsewhere(list, source) && twins_add_further(list, source)));
}
