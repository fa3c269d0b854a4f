/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/random.h"
#include "harness/spec/signatures.h"
#include "harness/twins/internal.h"

/*
 * Numbers that no probe has a reason to mind and some mind all the same: what comes out when the
 * question, the maximum or a number from the code is shifted, negated or put together, and what
 * other leaves return. There are too many for each case to meet them all, so each case draws some;
 * between them the cases of a suite meet each number in each place many times.
 */
#define DRAWN_SEED 0x647261776e000000u /* so that they are not those of the other twins */

/* What may be made of the question and the maximum. */
static uint32_t drawn_relation(const struct twin_source *source, uint64_t which) {
    const uint32_t target = source->target, maximum = source->view->maximum;
    const uint32_t relations[] = {
        target,
        target + 1,
        target - 1,
        target + 2,
        target << 1,
        target >> 4,
        ~target,
        0u - target,
        target & 0xffu,
        maximum,
        maximum + 1,
        maximum - 1,
        maximum | target,
        maximum ^ target,
        maximum & target,
        maximum - target,
        ~maximum,
        maximum & 0xffu,
        maximum << 8,
        target + maximum,
        target << 8,
        target + CPUID_ROW,
        maximum / 2 + target / 2,
        __builtin_bswap32(target),
        __builtin_bswap32(maximum),
    };

    return relations[which % (sizeof relations / sizeof relations[0])];
}

/* What may be made of one number of the code, or of two. */
static uint32_t drawn_from_code(const struct twin_source *source, uint64_t *draws) {
    const uint64_t which = random_next(draws);
    const uint32_t one = source->constants[random_next(draws) % source->constants_count],
                   two = source->constants[random_next(draws) % source->constants_count];
    const uint32_t made[] = {
        one + 1,
        one - 1,
        0u - one,
        ~one,
        one << 4,
        one << 8,
        one << 12,
        one << 16,
        one << 24,
        one | two << 8,
        one | two << 16,
        one | two << 24,
        two | one << 8,
        two | one << 16,
        two | one << 24,
        __builtin_bswap32(one),
        one,
    };

    return made[which % (sizeof made / sizeof made[0])];
}

/* Leaves that a hypervisor passes on, or that answer for one that is not there. */
static struct cpuid_values drawn_echo(const struct twin_source *source, uint64_t which) {
    const uint32_t leaves[] = {0,
                               1,
                               cpuid_lookup(source->view, 0, 0).eax,
                               CPUID_BASE - 1,
                               0x80000000u,
                               CPUID_BASE,
                               source->target - 1};

    return cpuid_lookup(source->view, leaves[which % (sizeof leaves / sizeof leaves[0])], 0);
}

static uint32_t drawn_number(const struct twin_source *source, uint64_t *draws) {
    const uint64_t kind = random_next(draws) % 4;

    if (kind < 2 && source->constants_count > 0)
        return drawn_from_code(source, draws);
    return kind == 3 ? drawn_echo(source, random_next(draws)).eax
                     : drawn_relation(source, random_next(draws));
}

/* A maximum: of the block or right above it, at a round distance from the question, or any. */
static uint32_t drawn_maximum(const struct twin_source *source, uint64_t *draws) {
    uint64_t kind = random_next(draws) % 4, which = random_next(draws);

    switch (kind) {
    case 0:
        return (uint32_t)which;
    case 1:
        return source->target + (1u << which % 31) - (uint32_t)(which >> 32) % 2;
    default:
        return CPUID_BASE + (uint32_t)which % 0x200u;
    }
}

/* Another leaf of the block that the case's own run read; 0: it read none. */
static uint32_t drawn_leaf(const struct twin_source *source, uint64_t *draws) {
    const struct observation *base = source->base;
    const size_t count = base ? base->boot_count + base->count : 0;
    const uint64_t start = random_next(draws);

    for (size_t i = 0; i < count; i++) {
        uint32_t leaf = base->boot_trace[(start + i) % count].leaf;

        if (leaf > CPUID_BASE && leaf <= CPUID_BLOCK_LAST && leaf != source->target)
            return leaf;
    }
    return 0;
}

/* The places in which a number is tried. */
static bool twins_add_drawn_number(struct twin_list *list, const struct twin_source *source,
                                   uint64_t *draws) {
    const uint32_t leaf = drawn_leaf(source, draws);
    const struct {
        enum twin_kind kind;
        uint32_t leaf;
        unsigned registers;
    } places[] = {
        {TWIN_VALUE, source->target, CPUID_EAX},     {TWIN_VALUE, source->target, CPUID_EAX},
        {TWIN_VALUE, CPUID_BASE, CPUID_EAX},         {TWIN_REGISTERS, source->target, CPUID_EBX},
        {TWIN_REGISTERS, source->target, CPUID_ECX}, {TWIN_REGISTERS, source->target, CPUID_EDX},
        {TWIN_SIGNATURE, CPUID_BASE, CPUID_EBX},     {TWIN_SIGNATURE, CPUID_BASE, CPUID_ECX},
        {TWIN_SIGNATURE, CPUID_BASE, CPUID_EDX},     {TWIN_LEAVES, leaf, CPUID_EAX},
    };
    const size_t at = (size_t)(random_next(draws) % (sizeof places / sizeof places[0]));

    return places[at].leaf == 0 ||
           twin_add_change(list, places[at].kind, source,
                           twin_leaf(CPUID_CHANGE_SET, places[at].leaf, places[at].registers,
                                     twin_same(drawn_number(source, draws))));
}

/* A whole leaf in another's place. */
static bool twins_add_drawn_echo(struct twin_list *list, const struct twin_source *source,
                                 uint64_t *draws) {
    const uint32_t leaf = drawn_leaf(source, draws);
    const struct {
        enum twin_kind kind;
        uint32_t leaf;
        unsigned registers;
    } places[] = {
        {TWIN_SIGNATURE, CPUID_BASE, TWIN_SIGNATURE_REGISTERS},
        {TWIN_REGISTERS, source->target, TWIN_SIGNATURE_REGISTERS},
        {TWIN_VALUE, source->target, CPUID_ALL},
        {TWIN_LEAVES, leaf, CPUID_ALL},
    };
    const size_t at = (size_t)(random_next(draws) % (sizeof places / sizeof places[0]));

    return places[at].leaf == 0 ||
           twin_add_change(list, places[at].kind, source,
                           twin_leaf(CPUID_CHANGE_SET, places[at].leaf, places[at].registers,
                                     drawn_echo(source, random_next(draws))));
}

/* A known signature in the order in which processors give their vendor's: EBX, EDX, ECX. */
static bool twins_add_drawn_signature(struct twin_list *list, const struct twin_source *source,
                                      uint64_t *draws) {
    struct cpuid_values values =
        signature_values(signatures[random_next(draws) % signatures_count].bytes);
    const uint32_t ecx = values.ecx;

    values.ecx = values.edx;
    values.edx = ecx;
    return twin_add_change(
        list, TWIN_SIGNATURE, source,
        twin_leaf(CPUID_CHANGE_SET, CPUID_BASE, TWIN_SIGNATURE_REGISTERS, values));
}

static bool twins_add_drawn_maximum(struct twin_list *list, const struct twin_source *source,
                                    uint64_t *draws) {
    return twin_add_change(list, TWIN_VALUE, source, twin_maximum(drawn_maximum(source, draws)));
}

/* Any number where the answer turns on it: the target's EAX, or a maximum that turns the target
 * away, where only some cases get one. The other places have theirs, four in every case. */
static bool twins_add_drawn_anything(struct twin_list *list, const struct twin_source *source,
                                     uint64_t *draws) {
    const uint32_t number = (uint32_t)random_next(draws);

    return source->view->maximum < source->target
               ? twin_add_change(list, TWIN_VALUE, source, twin_maximum(number % source->target))
               : twin_add_change(
                     list, TWIN_VALUE, source,
                     twin_leaf(CPUID_CHANGE_SET, source->target, CPUID_EAX, twin_same(number)));
}

/* Numbers that stand near each other in the code, in two or three registers of BASE and the target
 * at once: a signature in any order and with repeats, registers that are compared with one
 * another's numbers. Registers of one leaf only are that leaf's factor. */
static bool twins_add_drawn_spelled(struct twin_list *list, const struct twin_source *source,
                                    uint64_t *draws) {
    static const unsigned registers[] = {CPUID_EBX, CPUID_ECX, CPUID_EDX, CPUID_EAX};
    const size_t window = (size_t)(random_next(draws) % (source->constants_count + 1)),
                 kind = (size_t)(random_next(draws) % 4),
                 count = 2 + (size_t)(random_next(draws) % 2);
    const uint64_t first = random_next(draws);
    const bool signature_varies = !(source->without & 1u << TWIN_SIGNATURE);
    struct twin *twin;

    if (source->constants_count == 0)
        return true;
    twin = twin_add(list,
                    kind < 2    ? TWIN_SIGNATURE
                    : kind == 2 ? TWIN_REGISTERS
                                : TWIN_VALUE,
                    source);
    for (size_t i = 0; twin && i < count; i++) {
        const uint32_t number =
            source
                ->constants[(window + (size_t)(random_next(draws) % 3)) % source->constants_count];
        /* Of both leaves, EAX of the target among them, or three registers of one. */
        const bool of_base = kind < 2 || (kind == 3 && i == 0 && signature_varies);
        const unsigned reg = registers[kind == 3 && !of_base ? (first + i) % 4 : (first + i) % 3];

        twin->changes[twin->changes_count++] = twin_leaf(
            CPUID_CHANGE_SET, of_base ? CPUID_BASE : source->target, reg, twin_same(number));
    }
    return twin != NULL;
}

/* What the code has of a name, three numbers in their order, in the registers of the target or of
 * another leaf: a name that is looked for where it does not belong. */
static bool twins_add_drawn_name(struct twin_list *list, const struct twin_source *source,
                                 uint64_t *draws) {
    const uint32_t other = drawn_leaf(source, draws);
    const bool of_target = other == 0 || random_next(draws) % 2 == 0;
    const uint32_t *name;

    if (source->constants_count < 3)
        return true;
    name = source->constants + random_next(draws) % (source->constants_count - 2);
    return twin_add_change(list, of_target ? TWIN_REGISTERS : TWIN_LEAVES, source,
                           twin_leaf(CPUID_CHANGE_SET, of_target ? source->target : other,
                                     TWIN_SIGNATURE_REGISTERS,
                                     (struct cpuid_values){0, name[0], name[1], name[2]}));
}

/* A maximum with a value beside it. */
static bool twins_add_drawn_pair(struct twin_list *list, const struct twin_source *source,
                                 uint64_t *draws) {
    struct twin *twin;

    if (!twins_add_drawn_maximum(list, source, draws))
        return false;
    twin = &list->twins[list->count - 1];
    twin->changes[twin->changes_count++] = twin_leaf(CPUID_CHANGE_SET, source->target, CPUID_EAX,
                                                     twin_same(drawn_number(source, draws)));
    return true;
}

/* As many in a run of few cases as in one of many: what a case shows then does not hang on the
 * others, and a gate may hold a part of them against the list of all. And each from a sequence of
 * its own: another build of the same code, with other numbers in it or other leaves read, moves as
 * few of the rest as can be. */
bool twins_add_drawn(struct twin_list *list, const struct twin_source *source) {
    static bool (*const kinds[])(struct twin_list *, const struct twin_source *, uint64_t *) = {
        twins_add_drawn_number,  twins_add_drawn_maximum,   twins_add_drawn_pair,
        twins_add_drawn_echo,    twins_add_drawn_signature, twins_add_drawn_anything,
        twins_add_drawn_spelled, twins_add_drawn_anything,  twins_add_drawn_name};
    static const unsigned counts[] = {12, 4, 1, 3, 1, 4, 4, 8, 2};
    uint64_t seeds = source->seed ^ DRAWN_SEED;

    for (size_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
        for (unsigned i = 0; i < counts[kind]; i++) {
            uint64_t draws = random_next(&seeds);

            if (!kinds[kind](list, source, &draws))
                return false;
        }
    }
    return true;
}
