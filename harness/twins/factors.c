/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/random.h"
#include "harness/spec/signatures.h"
#include "harness/twins/internal.h"

static struct cpuid_values twin_draw_values(uint64_t *state) {
    uint64_t low = random_next(state), high = random_next(state);

    return (struct cpuid_values){(uint32_t)low, (uint32_t)(low >> 32), (uint32_t)high,
                                 (uint32_t)(high >> 32)};
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
                   twin_leaf(CPUID_CHANGE_SET, CPUID_BASE, TWIN_SIGNATURE_REGISTERS, forward)) &&
               twin_add_change(
                   list, TWIN_SIGNATURE, source,
                   twin_leaf(CPUID_CHANGE_SET, CPUID_BASE, TWIN_SIGNATURE_REGISTERS, backward));
    }
    return done;
}

bool twins_add_signatures(struct twin_list *list, const struct twin_source *source) {
    bool done = true;

    for (size_t i = 0; done && i < signatures_count; i++)
        done = twin_add_change(list, TWIN_SIGNATURE, source,
                               twin_leaf(CPUID_CHANGE_SET, CPUID_BASE, TWIN_SIGNATURE_REGISTERS,
                                         signature_values(signatures[i].bytes)));
    return done && twins_add_spelled_signatures(list, source);
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
            twin_block(source, fills[i].fill, twin_same(fills[i].value), random_next(draws)));
    for (unsigned part = 0; done && part < 8; part++) {
        struct cpuid_change change = twin_block(
            source, part % 2 ? CPUID_FILL_ZERO : CPUID_FILL_JUNK, twin_same(0), random_next(draws));

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

/* Leaves that echo BASE would follow another signature, and a probe that minds their registers be
 * taken for one that minds the signature. */
static void twins_keep_targets(struct twin_list *list, const struct twin_source *source) {
    for (size_t i = 0; i < list->count; i++) {
        if (list->twins[i].kind != TWIN_SIGNATURE)
            continue;
        for (size_t j = source->view->changes_count; j < list->twins[i].changes_count; j++)
            list->twins[i].changes[j].echoes_stay = true;
        twin_keep_target(&list->twins[i], source);
    }
}

bool twins_add_factors(struct twin_list *list, const struct twin_source *source, uint64_t *draws) {
    bool done = twins_add_signatures(list, source) &&
                twins_add_patterns(list, TWIN_SIGNATURE, source, CPUID_BASE,
                                   TWIN_SIGNATURE_REGISTERS, draws) &&
                twins_add_patterns(list, TWIN_REGISTERS, source, source->target,
                                   TWIN_SIGNATURE_REGISTERS, draws) &&
                twins_add_blocks(list, source, draws) &&
                twins_add_read_leaves(list, source, draws) && twins_add_drawn(list, source) &&
                twins_add_processors(list, source);

    twins_keep_targets(list, source);
    return done;
}
