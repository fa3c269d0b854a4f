/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/twins.h"

#include "emulator/guest.h"
#include "harness/signatures.h"
#include "harness/spec.h"

#include <stdlib.h>
#include <string.h>

#define TWIN_READ_LEAVES_MAX 4u /* other leaves that get twins of their own */

static const unsigned twin_signature_registers = CPUID_EBX | CPUID_ECX | CPUID_EDX;

/* splitmix64: small, and the same everywhere. Source: Steele, Lea, Flood, OOPSLA 2014. */
static uint64_t twin_draw(uint64_t *state) {
    uint64_t x = *state += 0x9e3779b97f4a7c15u;

    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static struct cpuid_values twin_draw_values(uint64_t *state) {
    uint64_t low = twin_draw(state), high = twin_draw(state);

    return (struct cpuid_values){(uint32_t)low, (uint32_t)(low >> 32), (uint32_t)high,
                                 (uint32_t)(high >> 32)};
}

static struct cpuid_values twin_same(uint32_t value) {
    return (struct cpuid_values){value, value, value, value};
}

/* Whether it is the turn of one of many alike in this case; see struct twin_source. */
static bool twin_has_turn(const struct twin_source *source, unsigned index) {
    return source->share <= 1 || (index + source->seed) % source->share == 0;
}

/* A fresh row of the list, or NULL. */
static struct twin *twin_add(struct twin_list *list, enum twin_kind kind,
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

static bool twin_add_change(struct twin_list *list, enum twin_kind kind,
                            const struct twin_source *source, struct cpuid_change change) {
    struct twin *twin = twin_add(list, kind, source);

    if (!twin)
        return false;
    twin->changes[twin->changes_count++] = change;
    return true;
}

static struct cpuid_change twin_leaf(enum cpuid_change_kind kind, uint32_t leaf, unsigned registers,
                                     struct cpuid_values values) {
    return (struct cpuid_change){
        .kind = kind, .registers = registers, .first = leaf, .last = leaf, .values = values};
}

/* Zeros, ones, single bits flipped, and each constant, register by register, in one leaf. */
static bool twins_add_patterns(struct twin_list *list, enum twin_kind kind,
                               const struct twin_source *source, uint32_t leaf, unsigned registers,
                               uint64_t *draws) {
    bool done =
        twin_add_change(list, kind, source,
                        twin_leaf(CPUID_CHANGE_SET, leaf, registers, twin_same(0))) &&
        twin_add_change(list, kind, source,
                        twin_leaf(CPUID_CHANGE_SET, leaf, registers, twin_same(UINT32_MAX))) &&
        twin_add_change(list, kind, source,
                        twin_leaf(CPUID_CHANGE_SET, leaf, registers, twin_same(1)));

    for (unsigned reg = CPUID_EAX; done && reg <= CPUID_EDX; reg <<= 1) {
        if (!(registers & reg))
            continue;
        done = twin_add_change(list, kind, source,
                               twin_leaf(CPUID_CHANGE_SET, leaf, reg, twin_same(0))) &&
               twin_add_change(list, kind, source,
                               twin_leaf(CPUID_CHANGE_SET, leaf, reg, twin_same(1)));
        for (unsigned bit = 0; done && bit < 32; bit++)
            done = !twin_has_turn(source, bit) ||
                   twin_add_change(list, kind, source,
                                   twin_leaf(CPUID_CHANGE_XOR, leaf, reg, twin_same(1u << bit)));
        for (size_t i = 0; done && i < source->constants_count; i++)
            done = twin_add_change(
                list, kind, source,
                twin_leaf(CPUID_CHANGE_SET, leaf, reg, twin_same(source->constants[i])));
    }
    for (unsigned i = 0; done && i < 4; i++)
        done =
            twin_add_change(list, kind, source,
                            twin_leaf(CPUID_CHANGE_SET, leaf, registers, twin_draw_values(draws)));
    return done;
}

/* Signatures that the probe itself spells out: three constants in a row, in the two orders that
 * code compares them in. */
static bool twins_add_spelled_signatures(struct twin_list *list, const struct twin_source *source) {
    bool done = true;

    for (size_t i = 0; done && i + 2 < source->constants_count; i++) {
        const uint32_t *c = &source->constants[i];
        struct cpuid_values forward = {0, c[0], c[1], c[2]}, backward = {0, c[2], c[1], c[0]};

        done = twin_add_change(
                   list, TWIN_SIGNATURE, source,
                   twin_leaf(CPUID_CHANGE_SET, CPUID_BASE, twin_signature_registers, forward)) &&
               twin_add_change(
                   list, TWIN_SIGNATURE, source,
                   twin_leaf(CPUID_CHANGE_SET, CPUID_BASE, twin_signature_registers, backward));
    }
    return done;
}

static bool twins_add_signatures(struct twin_list *list, const struct twin_source *source,
                                 uint64_t *draws) {
    bool done = true;

    for (size_t i = 0; done && i < signatures_count; i++)
        done = twin_add_change(list, TWIN_SIGNATURE, source,
                               twin_leaf(CPUID_CHANGE_SET, CPUID_BASE, twin_signature_registers,
                                         signature_values(signatures[i].bytes)));
    return done && twins_add_spelled_signatures(list, source) &&
           twins_add_patterns(list, TWIN_SIGNATURE, source, CPUID_BASE, twin_signature_registers,
                              draws);
}

static struct cpuid_change twin_block(const struct twin_source *source, enum cpuid_fill fill,
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

/* All other leaves of the block at once: nothing there, everything there, echoes, junk; then only
 * those below, above, and right beside the target. */
static bool twins_add_blocks(struct twin_list *list, const struct twin_source *source,
                             uint64_t *draws) {
    const struct {
        enum cpuid_fill fill;
        uint32_t value;
    } fills[] = {
        {CPUID_FILL_ZERO, 0},          {CPUID_FILL_VALUES, 1}, {CPUID_FILL_VALUES, UINT32_MAX},
        {CPUID_FILL_HIGHEST_BASIC, 0}, {CPUID_FILL_BASE, 0},   {CPUID_FILL_JUNK, 0},
        {CPUID_FILL_JUNK, 0},
    };
    bool done = true;

    for (size_t i = 0; done && i < sizeof fills / sizeof fills[0]; i++)
        done = twin_add_change(
            list, TWIN_LEAVES, source,
            twin_block(source, fills[i].fill, twin_same(fills[i].value), twin_draw(draws)));
    for (unsigned part = 0; done && part < 8; part++) {
        struct cpuid_change change = twin_block(
            source, part % 2 ? CPUID_FILL_ZERO : CPUID_FILL_JUNK, twin_same(0), twin_draw(draws));

        change.first = part < 2   ? CPUID_BASE + 1
                       : part < 4 ? source->target + 1
                       : part < 6 ? source->target - 1
                                  : source->target & ~(CPUID_ROW - 1);
        change.last = part < 2   ? source->target - 1
                      : part < 4 ? CPUID_BLOCK_LAST
                      : part < 6 ? source->target + 1
                                 : source->target | (CPUID_ROW - 1);
        if (change.first <= CPUID_BASE)
            change.first = CPUID_BASE + 1;
        if (change.first <= change.last && change.last <= CPUID_BLOCK_LAST)
            done = twin_add_change(list, TWIN_LEAVES, source, change);
    }
    return done;
}

/* All four registers of one leaf at once; which of them a probe minds is not the question. */
static bool twins_add_wide_patterns(struct twin_list *list, const struct twin_source *source,
                                    uint32_t leaf, uint64_t *draws) {
    bool done = true;

    for (size_t i = 0; done && i < source->constants_count; i++)
        done = twin_add_change(
            list, TWIN_LEAVES, source,
            twin_leaf(CPUID_CHANGE_SET, leaf, CPUID_ALL, twin_same(source->constants[i])));
    for (unsigned i = 0; done && i < 8; i++)
        done =
            twin_add_change(list, TWIN_LEAVES, source,
                            twin_leaf(CPUID_CHANGE_SET, leaf, CPUID_ALL, twin_draw_values(draws)));
    return done;
}

/* The further leaves of the block that the case's own run read, each on its own. */
static bool twins_add_read_leaves(struct twin_list *list, const struct twin_source *source,
                                  uint64_t *draws) {
    uint32_t seen[TWIN_READ_LEAVES_MAX];
    size_t count = 0;
    const struct observation *base = source->base;
    bool done = true;

    for (size_t i = 0; done && base && i < base->boot_count + base->count; i++) {
        uint32_t leaf = base->boot_trace[i].leaf;
        bool known = leaf <= CPUID_BASE || leaf > CPUID_BLOCK_LAST || leaf == source->target;

        for (size_t j = 0; !known && j < count; j++)
            known = seen[j] == leaf;
        if (known || count == TWIN_READ_LEAVES_MAX)
            continue;
        seen[count++] = leaf;
        done = twins_add_patterns(list, TWIN_LEAVES, source, leaf, CPUID_EAX, draws) &&
               twins_add_wide_patterns(list, source, leaf, draws);
    }
    return done;
}

/* Keeps the target's own values when the maximum changes, which an echo of BASE would follow. */
static void twin_pin(struct twin *twin, const struct twin_source *source) {
    twin->changes[twin->changes_count++] = twin_leaf(CPUID_CHANGE_SET, twin->target, CPUID_ALL,
                                                     cpuid_lookup(source->view, source->target, 0));
}

/* A target that echoes BASE would follow another signature, and a probe that minds the target's
 * registers be taken for one that minds the signature. */
static void twins_pin_signatures(struct twin_list *list, const struct twin_source *source) {
    struct cpuid_values own = cpuid_lookup(source->view, source->target, 0);

    for (size_t i = 0; i < list->count; i++) {
        struct twin *twin = &list->twins[i];
        struct cpuid_view view =
            cpuid_view(source->view->table, twin->changes, twin->changes_count);
        struct cpuid_values seen = cpuid_lookup(&view, source->target, 0);

        if (twin->kind == TWIN_SIGNATURE && memcmp(&seen, &own, sizeof own) != 0)
            twin_pin(twin, source);
    }
}

static struct cpuid_change twin_maximum(uint32_t maximum) {
    return twin_leaf(CPUID_CHANGE_SET, CPUID_BASE, CPUID_EAX, twin_same(maximum));
}

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

static bool twins_add_maxima(struct twin_list *list, const struct twin_source *source) {
    uint32_t maxima[3] = {0, 0, 0}; /* 0 is the third plain one below a target */
    size_t count = source->view->maximum < source->target ? 3 : 2;

    twin_plain_maxima(source, source->target, maxima);
    for (size_t i = 0; i < count; i++) {
        struct twin *twin = twin_add(list, TWIN_MAXIMUM, source);

        if (!twin)
            return false;
        twin->changes[twin->changes_count++] = twin_maximum(maxima[i]);
        twin_pin(twin, source);
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
            CPUID_CHANGE_SET, CPUID_BASE, twin_signature_registers, signature_values(owners[i]));
        twin_pin(twin, source);
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
        struct twin *twin = twin_add(list, TWIN_RANGE, source);

        if (!twin)
            return false;
        twin->target = target;
        twin->group = row;
        twin->changes[twin->changes_count++] =
            (struct cpuid_change){.kind = CPUID_CHANGE_SWAP_ROWS, .first = own, .last = row};
        twin->changes[twin->changes_count++] =
            twin_maximum(part == 0 ? maximum : maxima[part == 1]);
        if (part >= 3) {
            struct cpuid_change block = twin_block(
                source, part == 3 ? CPUID_FILL_ZERO : CPUID_FILL_VALUES, twin_same(1), 0);

            block.except = target;
            twin->changes[twin->changes_count++] = block;
        }
        twin_pin(twin, source);
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

        if (row == own || !fits || (!source->is_wrong && !twin_has_turn(source, row)))
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
    twin_pin(twin, source);
    return true;
}

static bool twins_add_values(struct twin_list *list, const struct twin_source *source) {
    bool done = true;

    for (size_t i = 0; done && i < source->constants_count; i++) {
        for (int offset = -1; done && offset <= 1; offset++)
            done = twin_add_change(list, TWIN_VALUE, source,
                                   twin_maximum(source->constants[i] + (uint32_t)offset));
        done = done && twin_add_change(list, TWIN_VALUE, source,
                                       twin_leaf(CPUID_CHANGE_SET, source->target, CPUID_EAX,
                                                 twin_same(source->constants[i])));
    }
    return done;
}

static bool twins_add_fresh_starts(struct twin_list *list, const struct twin_source *source) {
    if (!twin_add(list, TWIN_AGAIN, source))
        return false;
    for (unsigned garbage = 1; garbage < GUEST_GARBAGES; garbage++) {
        struct twin *twin = twin_add(list, TWIN_GARBAGE, source);

        if (!twin)
            return false;
        twin->garbage = garbage;
    }
    return true;
}

/* Whether the judges need a twin to tell causes apart, or it is one of many that look for a magic
 * value. */
static bool twin_is_one_of_many(const struct twin *twin) {
    switch (twin->kind) {
    case TWIN_SIGNATURE:
    case TWIN_REGISTERS:
    case TWIN_VALUE:
    case TWIN_RANGE:
    case TWIN_RANGE_SIGNED:
        return true;
    case TWIN_LEAVES:
        return twin->changes[twin->changes_count - 1].kind != CPUID_CHANGE_FILL;
    default:
        return false;
    }
}

/* Keeps the first of each kind, those that tell causes apart, and an even choice of the rest. Where
 * the choice starts hangs on the case, so that a probe too slow for all twins of a case still meets
 * each of them in some. */
static void twins_thin(struct twin_list *list, size_t limit, uint64_t seed) {
    bool seen[TWIN_KINDS] = {false};
    size_t kept = 0,
           step = limit > TWIN_KINDS ? list->count / (limit - TWIN_KINDS) + 1 : list->count;

    if (list->count <= limit)
        return;
    for (size_t i = 0; i < list->count; i++) {
        enum twin_kind kind = list->twins[i].kind;

        if (seen[kind] && twin_is_one_of_many(&list->twins[i]) && (i + seed) % step != 0)
            continue;
        seen[kind] = true;
        list->twins[kept++] = list->twins[i];
    }
    list->count = kept;
}

bool twins_make(struct twin_list *list, const struct twin_source *source) {
    uint64_t draws = source->seed;

    list->count = 0;
    /* Without an answer there is nothing to compare: only whether a fresh start ends the same. */
    if (source->unanswered)
        return twin_add(list, TWIN_AGAIN, source) != NULL;
    if (!twins_add_fresh_starts(list, source) || !twins_add_maxima(list, source) ||
        !twins_add_column(list, source) || !twins_add_signatures(list, source, &draws) ||
        !twins_add_patterns(list, TWIN_REGISTERS, source, source->target, twin_signature_registers,
                            &draws) ||
        !twins_add_blocks(list, source, &draws) || !twins_add_read_leaves(list, source, &draws) ||
        !twins_add_ranges(list, source) || !twins_add_values(list, source))
        return false;
    twins_pin_signatures(list, source);
    if (source->limit > 0)
        twins_thin(list, source->limit, source->seed);
    return true;
}

void twins_clear(struct twin_list *list) {
    free(list->twins);
    *list = (struct twin_list){0};
}
