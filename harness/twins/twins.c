/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/twins/twins.h"

#include "base/random.h"
#include "emulator/cpuid/pattern.h"
#include "emulator/guest/guest.h"
#include "harness/spec/signatures.h"
#include "harness/twins/internal.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(TWIN_PATTERNS % CPUID_PATTERNS == 0, "each pattern as often as the others");

struct cpuid_values twin_same(uint32_t value) {
    return (struct cpuid_values){value, value, value, value};
}

bool twin_has_turn(const struct twin_source *source, unsigned index) {
    return source->share <= 1 || (index + source->seed) % source->share == 0;
}

struct twin *twin_add(struct twin_list *list, enum twin_kind kind,
                      const struct twin_source *source) {
    struct twin *twin;

    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? 2 * list->capacity : 256;
        struct twin *twins = realloc(list->twins, capacity * sizeof *twins);

        if (!twins)
            return NULL;
        list->twins = twins;
        list->capacity = capacity;
    }
    twin = &list->twins[list->count++];
    *twin = (struct twin){.kind = kind, .target = source->target};
    for (size_t i = 0; i < source->view->changes_count && i < TWIN_CHANGES_MAX; i++)
        twin->changes[twin->changes_count++] = source->view->changes[i];
    return twin;
}

bool twin_add_change(struct twin_list *list, enum twin_kind kind, const struct twin_source *source,
                     struct cpuid_change change) {
    struct twin *twin = twin_add(list, kind, source);

    if (!twin)
        return false;
    twin->changes[twin->changes_count++] = change;
    return true;
}

struct cpuid_change twin_leaf(enum cpuid_change_kind kind, uint32_t leaf, unsigned registers,
                              struct cpuid_values values) {
    return (struct cpuid_change){
        .kind = kind, .registers = registers, .first = leaf, .last = leaf, .values = values};
}

struct cpuid_change twin_block(const struct twin_source *source, enum cpuid_fill fill,
                               struct cpuid_values values, uint64_t seed) {
    return (struct cpuid_change){.kind = CPUID_CHANGE_FILL,
                                 .registers = CPUID_ALL,
                                 .first = CPUID_BASE + 1,
                                 .last = CPUID_BLOCK_LAST,
                                 .except = source->target,
                                 .values = values,
                                 .fill = fill,
                                 .seed = seed};
}

struct cpuid_change twin_maximum(uint32_t maximum) {
    return twin_leaf(CPUID_CHANGE_SET, CPUID_BASE, CPUID_EAX, twin_same(maximum));
}

void twin_keep_target(struct twin *twin, const struct twin_source *source) {
    struct cpuid_values own = cpuid_lookup(source->view, source->target, 0);
    struct cpuid_view view = cpuid_view(source->view->table, twin->changes, twin->changes_count);
    struct cpuid_values seen = cpuid_lookup(&view, twin->target, 0);

    if (memcmp(&seen, &own, sizeof own) != 0)
        twin->changes[twin->changes_count++] =
            twin_leaf(CPUID_CHANGE_SET, twin->target, CPUID_ALL, own);
}

static bool twins_add_value(struct twin_list *list, const struct twin_source *source,
                            uint32_t value) {
    return twin_add_change(
        list, TWIN_VALUE, source,
        twin_leaf(CPUID_CHANGE_SET, source->target, CPUID_EAX, twin_same(value)));
}

/* A number that code compares in two halves, in the two orders that it may look at them. */
static bool twins_add_halves(struct twin_list *list, const struct twin_source *source, uint32_t a,
                             uint32_t b) {
    return a > UINT16_MAX || b > UINT16_MAX || a + b == 0 ||
           (twins_add_value(list, source, a << 16 | b) &&
            twins_add_value(list, source, b << 16 | a));
}

static bool twins_add_values(struct twin_list *list, const struct twin_source *source) {
    const uint32_t *constants = source->constants;
    bool done = true;

    for (size_t i = 0; done && i < source->constants_count; i++) {
        for (int offset = -1; done && offset <= 1; offset++)
            done = twin_add_change(list, TWIN_VALUE, source,
                                   twin_maximum(constants[i] + (uint32_t)offset));
        done = done && twins_add_value(list, source, constants[i]) &&
               (i == 0 || twins_add_halves(list, source, constants[i - 1], constants[i]));
    }
    for (size_t i = 0; done && i < source->values_count; i++)
        done = twins_add_value(list, source, source->values[i]);
    return done;
}

/* Where the target was read at another subleaf: all but subleaf 0, which the outcome hangs on,
 * answer the other way. */
static bool twins_add_subleaves(struct twin_list *list, const struct twin_source *source) {
    const struct observation *base = source->base;
    const uint32_t own = cpuid_lookup(source->view, source->target, 0).eax;
    struct cpuid_change others, first;
    struct twin *twin;
    bool strays = false;

    for (size_t i = 0; base && !strays && i < base->boot_count + base->count; i++)
        strays = base->boot_trace[i].leaf == source->target && base->boot_trace[i].subleaf != 0;
    if (!strays)
        return true;
    others = twin_leaf(CPUID_CHANGE_SET, source->target, CPUID_EAX,
                       twin_same(own == 0 ? UINT32_MAX : 0));
    first = twin_leaf(CPUID_CHANGE_SET, source->target, CPUID_EAX, twin_same(own));
    first.only_subleaf_0 = true;
    twin = twin_add(list, TWIN_VALUE, source);
    if (!twin)
        return false;
    twin->changes[twin->changes_count++] = others;
    twin->changes[twin->changes_count++] = first;
    return true;
}

/* Numbers of the code in the dead stack: one everywhere, and one in each word. */
static bool twins_add_litter(struct twin_list *list, const struct twin_source *source) {
    uint64_t state = source->seed;

    for (unsigned alike = 0; alike < 2; alike++) {
        struct twin *twin = twin_add(list, TWIN_GARBAGE, source);

        if (!twin)
            return false;
        twin->garbage = GUEST_LITTERED;
        twin->litter = (random_next(&state) & ~1ull) | 2 | alike;
    }
    return true;
}

static bool twins_add_fresh_starts(struct twin_list *list, const struct twin_source *source) {
    struct twin *interrupted;

    if (!twin_add(list, TWIN_AGAIN, source))
        return false;
    for (unsigned garbage = 1; garbage < GUEST_GARBAGES; garbage++) {
        struct twin *twin = twin_add(list, TWIN_GARBAGE, source);

        if (!twin)
            return false;
        twin->garbage = garbage;
    }
    if (source->litters && !twins_add_litter(list, source))
        return false;
    interrupted = twin_add(list, TWIN_INTERRUPTED, source);
    if (interrupted)
        interrupted->interrupted = true;
    return interrupted != NULL;
}

/* Whether the judges need a twin to tell causes apart, or it is one of many that look for a magic
 * value. */
static bool twin_is_one_of_many(const struct twin *twin, bool is_wrong) {
    switch (twin->kind) {
    case TWIN_SIGNATURE:
    case TWIN_REGISTERS:
    case TWIN_RANGE:
    case TWIN_RANGE_SIGNED:
        return true;
    case TWIN_GARBAGE:
        return twin->litter != 0;
    case TWIN_PROCESSOR: /* real ones, and all features, tell of most code that wants one of them */
        return !is_wrong || !(twin->announces || twin_is_other_processor(twin));
    case TWIN_RANGE_FILLED: /* a right case has no cause to look for */
        return !is_wrong;
    case TWIN_LEAVES:
        return twin->changes[twin->changes_count - 1].kind != CPUID_CHANGE_FILL;
    case TWIN_VALUE: /* the one that answers by subleaf is alone */
        return !twin->changes[twin->changes_count - 1].only_subleaf_0;
    default:
        return false;
    }
}

/* Keeps the first of each kind, those that tell causes apart, and an even choice of the rest. Where
 * the choice starts hangs on the case, so that a probe too slow for all twins of a case still meets
 * each of them in some. */
static void twins_thin(struct twin_list *list, const struct twin_source *source) {
    bool seen[TWIN_KINDS] = {false};
    const size_t firsts = TWIN_KINDS - 1; /* a right case has none of TWIN_FURTHER */
    size_t limit = source->limit, kept = 0,
           step = limit > firsts ? list->count / (limit - firsts) + 1 : list->count;

    if (list->count <= limit)
        return;
    for (size_t i = 0; i < list->count; i++) {
        enum twin_kind kind = list->twins[i].kind;

        if (seen[kind] && twin_is_one_of_many(&list->twins[i], source->is_wrong) &&
            (i + source->seed) % step != 0)
            continue;
        seen[kind] = true;
        list->twins[kept++] = list->twins[i];
    }
    list->count = kept;
}

static void twins_leave_out(struct twin_list *list, unsigned without) {
    size_t kept = 0;

    for (size_t i = 0; i < list->count; i++) {
        if (!(without & 1u << list->twins[i].kind))
            list->twins[kept++] = list->twins[i];
    }
    list->count = kept;
}

static bool twins_finish(struct twin_list *list, const struct twin_source *source) {
    if (source->without != 0)
        twins_leave_out(list, source->without);
    if (source->limit > 0)
        twins_thin(list, source);
    return true;
}

bool twins_make(struct twin_list *list, const struct twin_source *source) {
    uint64_t draws = source->seed;

    list->count = 0;
    /* Without an answer there is nothing to compare but whether a fresh start, and whether every
     * signature, ends the same. */
    if (source->unanswered)
        return twin_add(list, TWIN_AGAIN, source) && twins_add_signatures(list, source) &&
               twins_finish(list, source);
    if (!twins_add_fresh_starts(list, source) || !twins_add_causes(list, source) ||
        !twins_add_factors(list, source, &draws) || !twins_add_values(list, source) ||
        !twins_add_subleaves(list, source))
        return false;
    return twins_finish(list, source);
}

void twins_make_pattern(struct twin *twin, unsigned pattern, uint32_t eax, unsigned vendor,
                        bool signs) {
    const struct cpuid_values signature =
        signature_values(signatures[vendor % signatures_count].bytes);

    *twin = (struct twin){.kind = TWIN_LEAVES};
    if (signs)
        twin->changes[twin->changes_count++] =
            twin_leaf(CPUID_CHANGE_SET, CPUID_BASE, TWIN_SIGNATURE_REGISTERS, signature);
    twin->changes[twin->changes_count++] = (struct cpuid_change){.kind = CPUID_CHANGE_PATTERN,
                                                                 .registers = CPUID_ALL,
                                                                 .first = CPUID_BASE + 1,
                                                                 .last = CPUID_BLOCK_LAST,
                                                                 .values = {.eax = eax},
                                                                 .seed = pattern % CPUID_PATTERNS};
}

_Static_assert(TWIN_PATTERNS_APART == CPUID_PATTERNS,
               "all patterns, of which the first has all leaves");

uint32_t twins_patterns(uint32_t leaf) {
    uint32_t patterns = 0;

    for (unsigned pattern = 1; pattern < CPUID_PATTERNS; pattern++)
        patterns |= (uint32_t)cpuid_pattern_has(pattern, leaf) << pattern;
    return patterns;
}

void twins_clear(struct twin_list *list) {
    free(list->twins);
    *list = (struct twin_list){0};
}
