/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/hunt/shrink.h"

#include <string.h>

#define HUNT_ROUNDS_MAX 8u /* over all passes; two or three are the rule */

/* Takes `smaller` in place of the candidate when it still shows the find. */
static bool hunt_take(const struct hunt_shrink *shrink, struct hunt_candidate *candidate,
                      const struct hunt_candidate *smaller) {
    if (hunt_candidate_same(candidate, smaller) || !hunt_candidate_is_valid(smaller) ||
        !shrink->keeps(shrink->context, smaller))
        return false;
    *candidate = *smaller;
    return true;
}

/* --- Questions. --- */

static void hunt_drop_ask(struct hunt_candidate *candidate, size_t index) {
    candidate->asks_count--;
    memmove(&candidate->asks[index], &candidate->asks[index + 1],
            (candidate->asks_count - index) * sizeof *candidate->asks);
    candidate->asks[candidate->asks_count] = 0;
}

/* A single question if any does, else one after the other left out. */
static bool hunt_shrink_asks(const struct hunt_shrink *shrink, struct hunt_candidate *candidate) {
    struct hunt_candidate smaller;
    bool shrunk = false;

    for (size_t i = 0; candidate->asks_count > 1 && i < candidate->asks_count; i++) {
        smaller = *candidate;
        memset(smaller.asks, 0, sizeof smaller.asks);
        smaller.asks[0] = candidate->asks[i];
        smaller.asks_count = 1;
        if (hunt_take(shrink, candidate, &smaller))
            return true;
    }
    for (size_t i = candidate->asks_count; i-- > 0 && candidate->asks_count > 1;) {
        smaller = *candidate;
        hunt_drop_ask(&smaller, i);
        shrunk |= hunt_take(shrink, candidate, &smaller);
    }
    return shrunk;
}

/* The same question again in place of another: fewer different ones to read. */
static bool hunt_shrink_repeat(const struct hunt_shrink *shrink, struct hunt_candidate *candidate) {
    bool shrunk = false;

    for (size_t i = 1; i < candidate->asks_count; i++) {
        struct hunt_candidate smaller = *candidate;

        smaller.asks[i] = smaller.asks[0];
        shrunk |= hunt_take(shrink, candidate, &smaller);
    }
    return shrunk;
}

/* The feature that everybody knows, with the values of the one that was asked for. */
static bool hunt_shrink_target(const struct hunt_shrink *shrink, struct hunt_candidate *candidate) {
    const uint32_t plain = 0x40000010;
    struct hunt_candidate smaller = *candidate;
    uint32_t from = candidate->asks[0];

    if (shrink->targets_count > 0 || from == plain)
        return false;
    hunt_candidate_put(
        &smaller, (struct cpuid_leaf){plain, 0, true, hunt_candidate_values(candidate, from, 0)});
    for (size_t i = 0; i < smaller.asks_count; i++) {
        if (smaller.asks[i] == from)
            smaller.asks[i] = plain;
    }
    if (smaller.base.eax == from)
        smaller.base.eax = plain;
    return hunt_take(shrink, candidate, &smaller);
}

/* A hypervisor that is announced, as it is everywhere but in the presence profile. */
static bool hunt_shrink_absence(const struct hunt_shrink *shrink,
                                struct hunt_candidate *candidate) {
    struct hunt_candidate smaller = *candidate;

    smaller.absent = false;
    return hunt_take(shrink, candidate, &smaller);
}

/* --- Leaves. --- */

/* Halves first, then quarters, down to single leaves. */
static bool hunt_shrink_leaves(const struct hunt_shrink *shrink, struct hunt_candidate *candidate) {
    bool shrunk = false;

    for (size_t part = HUNT_LEAVES_MAX / 2; part > 0; part /= 2) {
        for (size_t first = 0; first < candidate->leaves_count;) {
            struct hunt_candidate smaller = *candidate;

            for (size_t i = 0; i < part && first < smaller.leaves_count; i++)
                hunt_candidate_remove(&smaller, first);
            if (hunt_take(shrink, candidate, &smaller))
                shrunk = true;
            else
                first += part;
        }
    }
    return shrunk;
}

/* A leaf that answers alike whatever the subleaf takes one line. */
static bool hunt_shrink_subleaves(const struct hunt_shrink *shrink,
                                  struct hunt_candidate *candidate) {
    bool shrunk = false;

    for (size_t i = 0; i < candidate->leaves_count; i++) {
        struct hunt_candidate smaller = *candidate;
        struct cpuid_leaf row = candidate->leaves[i];

        if (row.every_subleaf || row.leaf == CPUID_BASE)
            continue;
        row.every_subleaf = true;
        hunt_candidate_put(&smaller, row);
        shrunk |= hunt_take(shrink, candidate, &smaller);
    }
    return shrunk;
}

static bool hunt_shrink_fills(const struct hunt_shrink *shrink, struct hunt_candidate *candidate) {
    struct hunt_candidate smaller = *candidate;
    bool shrunk;

    smaller.unlisted = (struct cpuid_default){0};
    shrunk = hunt_take(shrink, candidate, &smaller);
    smaller = *candidate;
    smaller.beyond = (struct cpuid_default){0};
    return hunt_take(shrink, candidate, &smaller) || shrunk;
}

/* --- Values. --- */

/* Whether `a` reads simpler than `b`: fewer bits, then the smaller number. Keeps the passes from
 * going round in circles. */
static bool hunt_is_plainer(uint32_t a, uint32_t b) {
    int bits_a = __builtin_popcount(a), bits_b = __builtin_popcount(b);

    return bits_a != bits_b ? bits_a < bits_b : a < b;
}

static bool hunt_try_value(const struct hunt_shrink *shrink, struct hunt_candidate *candidate,
                           uint32_t *place, uint32_t value) {
    struct hunt_candidate before = *candidate, smaller;

    if (!hunt_is_plainer(value, *place))
        return false;
    *place = value;
    smaller = *candidate;
    *candidate = before;
    return hunt_take(shrink, candidate, &smaller);
}

/* 0, 1, then bit by bit from the top; `place` lies in the candidate. */
static bool hunt_shrink_value(const struct hunt_shrink *shrink, struct hunt_candidate *candidate,
                              uint32_t *place) {
    bool shrunk = false;

    if (hunt_try_value(shrink, candidate, place, 0) || hunt_try_value(shrink, candidate, place, 1))
        return true;
    for (unsigned bit = 32; bit-- > 0;) {
        if (*place >> bit & 1)
            shrunk |= hunt_try_value(shrink, candidate, place, *place & ~(1u << bit));
    }
    return shrunk;
}

/* The maximum is a leaf: the usual ones, and those about what is asked for, read better than one
 * with few bits. In the order of preference. */
static bool hunt_shrink_maximum(const struct hunt_shrink *shrink,
                                struct hunt_candidate *candidate) {
    uint32_t highest = 0;

    for (size_t i = 0; i < candidate->asks_count; i++)
        highest = candidate->asks[i] > highest ? candidate->asks[i] : highest;
    {
        const uint32_t usual[] = {highest, highest - 1, CPUID_BLOCK_LAST, CPUID_BASE,
                                  0,       0x80000000,  0xffffffff};

        for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
            struct hunt_candidate smaller = *candidate;

            if (candidate->base.eax == usual[i])
                return false;
            smaller.base.eax = usual[i];
            if (hunt_take(shrink, candidate, &smaller))
                return true;
        }
    }
    return false;
}

static bool hunt_shrink_signature(const struct hunt_shrink *shrink,
                                  struct hunt_candidate *candidate) {
    struct hunt_candidate smaller = *candidate;
    bool shrunk = false;

    smaller.base = (struct cpuid_values){candidate->base.eax, 0, 0, 0};
    if (hunt_take(shrink, candidate, &smaller))
        return true;
    for (unsigned i = 1; i < 4; i++)
        shrunk |= hunt_shrink_value(shrink, candidate, hunt_register(&candidate->base, i));
    return shrunk;
}

static bool hunt_shrink_values(const struct hunt_shrink *shrink, struct hunt_candidate *candidate) {
    bool shrunk = false;

    for (size_t row = 0; row < candidate->leaves_count; row++) {
        for (unsigned i = 0; i < 4; i++)
            shrunk |= hunt_shrink_value(shrink, candidate,
                                        hunt_register(&candidate->leaves[row].values, i));
    }
    for (unsigned i = 0; i < 8; i++) {
        struct cpuid_default *fill = i < 4 ? &candidate->unlisted : &candidate->beyond;

        if (fill->fill == CPUID_FILL_VALUES)
            shrunk |= hunt_shrink_value(shrink, candidate, hunt_register(&fill->values, i % 4));
    }
    return shrunk;
}

void hunt_shrink(const struct hunt_shrink *shrink, struct hunt_candidate *candidate) {
    static bool (*const passes[])(const struct hunt_shrink *, struct hunt_candidate *) = {
        hunt_shrink_absence, hunt_shrink_asks,      hunt_shrink_repeat, hunt_shrink_fills,
        hunt_shrink_leaves,  hunt_shrink_subleaves, hunt_shrink_target, hunt_shrink_signature,
        hunt_shrink_values,  hunt_shrink_maximum,
    };
    bool shrunk = true;

    for (unsigned round = 0; shrunk && round < HUNT_ROUNDS_MAX; round++) {
        shrunk = false;
        for (size_t i = 0; i < sizeof passes / sizeof passes[0]; i++)
            shrunk |= passes[i](shrink, candidate);
    }
}
