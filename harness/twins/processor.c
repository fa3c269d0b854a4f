/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/random.h"
#include "emulator/cpuid/processors.h"
#include "harness/twins/internal.h"

/*
 * The processor under the hypervisor: its leaves, as far as the case's own run read them. Whole
 * other processors first; then values, which stay such as code that only asks what it may ask next
 * takes for a processor's: a program that goes by what leaf 0 or 0x80000000 gives as its last leaf,
 * or that counts subleaves, has to come to an end, and none may be led to instructions that the
 * emulator lacks. Who reads no such leaf has no such twins.
 */
#define PROCESSOR_SEED 0x70726f6300000000u
#define PROCESSOR_LEAVES_MAX 32u   /* that are noted */
#define PROCESSOR_LEAVES_VARIED 4u /* in one case; which ones hangs on the case */
#define PROCESSOR_DRAWN 4u

/* The value nearest to `wanted` that a processor may have there, `seen` being what it has. */
static uint32_t processor_value(uint32_t leaf, enum cpuid_register reg, uint32_t wanted,
                                uint32_t seen) {
    const uint32_t kept = leaf == 1 && reg == CPUID_ECX ? CPUID_PRESENT : 0;

    if (reg == CPUID_EAX)
        wanted = cpuid_bounded_eax(leaf, wanted);
    wanted &= cpuid_feature_bits(leaf, 0, reg) | seen;
    return (wanted & ~kept) | (seen & kept);
}

static bool twins_add_processor_values(struct twin_list *list, const struct twin_source *source,
                                       uint32_t leaf, unsigned registers,
                                       struct cpuid_values wanted) {
    const struct cpuid_values seen = cpuid_lookup(source->view, leaf, 0);
    struct cpuid_change change = twin_leaf(CPUID_CHANGE_SET, leaf, registers, wanted);

    change.values = (struct cpuid_values){processor_value(leaf, CPUID_EAX, wanted.eax, seen.eax),
                                          processor_value(leaf, CPUID_EBX, wanted.ebx, seen.ebx),
                                          processor_value(leaf, CPUID_ECX, wanted.ecx, seen.ecx),
                                          processor_value(leaf, CPUID_EDX, wanted.edx, seen.edx)};
    change.echoes_stay = true;
    change.only_subleaf_0 = cpuid_counts_subleaves(leaf);
    return twin_add_change(list, TWIN_PROCESSOR, source, change);
}

/* The change of a leaf's registers that sets all that their feature bits may announce. */
static struct cpuid_change processor_announced(const struct twin_source *source, uint32_t leaf,
                                               unsigned registers) {
    const struct cpuid_values seen = cpuid_lookup(source->view, leaf, 0);
    struct cpuid_change change =
        twin_leaf(CPUID_CHANGE_SET, leaf, registers,
                  (struct cpuid_values){seen.eax | ~cpuid_feature_bits(leaf, 0, CPUID_EAX),
                                        seen.ebx | ~cpuid_feature_bits(leaf, 0, CPUID_EBX),
                                        seen.ecx | ~cpuid_feature_bits(leaf, 0, CPUID_ECX),
                                        seen.edx | ~cpuid_feature_bits(leaf, 0, CPUID_EDX)});

    change.echoes_stay = true;
    change.only_subleaf_0 = cpuid_counts_subleaves(leaf);
    return change;
}

/* In a wrong case: all that feature bits may announce, also what the emulator lacks. Code that
 * wants such a bit and nothing more is right then. */
static bool twins_add_processor_announced(struct twin_list *list, const struct twin_source *source,
                                          uint32_t leaf, enum cpuid_register reg) {
    if (!source->is_wrong || cpuid_feature_bits(leaf, 0, reg) == UINT32_MAX)
        return true;
    if (!twin_add_change(list, TWIN_PROCESSOR, source, processor_announced(source, leaf, reg)))
        return false;
    list->twins[list->count - 1].announces = true;
    return true;
}

/* The processor whose basic leaves go furthest. */
static size_t processor_furthest(void) {
    size_t furthest = 0;
    uint32_t last = 0;

    for (size_t i = 0; cpuid_model(i); i++) {
        const uint32_t own = cpuid_model_lookup(cpuid_model(i), 0, 0).eax;

        if (own > last) {
            last = own;
            furthest = i;
        }
    }
    return furthest;
}

/* A processor that announces all there is in the leaves where code looks for several features at
 * once, whether or not it came to read them. */
static bool twins_add_processor_announced_all(struct twin_list *list,
                                              const struct twin_source *source) {
    static const uint32_t leaves[] = {1, 7, 0x80000001};
    struct twin *twin;

    if (!source->is_wrong)
        return true;
    if (!twin_add_change(list, TWIN_PROCESSOR, source,
                         (struct cpuid_change){.kind = CPUID_CHANGE_PROCESSOR,
                                               .registers = CPUID_ALL,
                                               .last = UINT32_MAX,
                                               .seed = processor_furthest()}))
        return false;
    twin = &list->twins[list->count - 1];
    twin->announces = true;
    for (size_t i = 0; i < sizeof leaves / sizeof leaves[0]; i++) {
        unsigned registers = 0;

        for (unsigned reg = CPUID_EAX; reg <= CPUID_EDX; reg <<= 1)
            registers |= cpuid_feature_bits(leaves[i], 0, reg) != UINT32_MAX ? reg : 0;
        twin->changes[twin->changes_count++] = processor_announced(source, leaves[i], registers);
    }
    return true;
}

/* One register: nothing, everything, single bits turned, numbers of the code; and drawn. */
static bool twins_add_processor_register(struct twin_list *list, const struct twin_source *source,
                                         uint32_t leaf, enum cpuid_register reg, uint64_t *draws) {
    const struct cpuid_values seen = cpuid_lookup(source->view, leaf, 0);
    const uint32_t own = cpuid_register_of(&seen, reg);
    bool done = twins_add_processor_values(list, source, leaf, reg, twin_same(0)) &&
                twins_add_processor_values(list, source, leaf, reg, twin_same(UINT32_MAX)) &&
                twins_add_processor_values(list, source, leaf, reg,
                                           twin_same((uint32_t)random_next(draws)));

    for (unsigned bit = 0; done && bit < 32; bit++)
        done = !twin_has_turn(source, bit) ||
               twins_add_processor_values(list, source, leaf, reg, twin_same(own ^ 1u << bit));
    for (unsigned i = 0; done && i < source->constants_count; i++)
        done = !twin_has_turn(source, i) ||
               twins_add_processor_values(list, source, leaf, reg, twin_same(source->constants[i]));
    return done && twins_add_processor_announced(list, source, leaf, reg);
}

static bool twins_add_processor_leaf(struct twin_list *list, const struct twin_source *source,
                                     uint32_t leaf) {
    uint64_t draws = source->seed ^ PROCESSOR_SEED ^ leaf;
    bool done = true;

    for (unsigned reg = CPUID_EAX; done && reg <= CPUID_EDX; reg <<= 1) {
        /* The vendor's name is one, and real ones are tried. */
        if (leaf != 0 || reg == CPUID_EAX)
            done = twins_add_processor_register(list, source, leaf, reg, &draws);
    }
    for (unsigned i = 0; done && leaf != 0 && i < PROCESSOR_DRAWN; i++) {
        const uint64_t low = random_next(&draws), high = random_next(&draws);

        done = twins_add_processor_values(
            list, source, leaf, CPUID_ALL,
            (struct cpuid_values){(uint32_t)low, (uint32_t)(low >> 32), (uint32_t)high,
                                  (uint32_t)(high >> 32)});
    }
    return done;
}

static bool twins_add_models(struct twin_list *list, const struct twin_source *source) {
    bool done = true;

    for (size_t i = 0; done && cpuid_model(i); i++)
        done = twin_add_change(list, TWIN_PROCESSOR, source,
                               (struct cpuid_change){.kind = CPUID_CHANGE_PROCESSOR,
                                                     .registers = CPUID_ALL,
                                                     .last = UINT32_MAX,
                                                     .seed = i});
    return done;
}

bool twin_is_other_processor(const struct twin *twin) {
    for (size_t i = 0; i < twin->changes_count && !twin->announces; i++) {
        if (twin->kind == TWIN_PROCESSOR && twin->changes[i].kind == CPUID_CHANGE_PROCESSOR)
            return true;
    }
    return false;
}

bool twins_add_processors(struct twin_list *list, const struct twin_source *source) {
    uint32_t seen[PROCESSOR_LEAVES_MAX];
    size_t count = 0;
    const struct observation *base = source->base;
    bool done = true;

    for (size_t i = 0; base && i < base->boot_count + base->count; i++) {
        const uint32_t leaf = base->boot_trace[i].leaf;
        bool known = cpuid_is_hypervisor_leaf(leaf) || count == PROCESSOR_LEAVES_MAX;

        for (size_t j = 0; !known && j < count; j++)
            known = seen[j] == leaf;
        if (!known)
            seen[count++] = leaf;
    }
    if (count == 0)
        return true;
    done = twins_add_models(list, source) && twins_add_processor_announced_all(list, source);
    for (size_t i = 0; done && i < count && i < PROCESSOR_LEAVES_VARIED; i++)
        done = twins_add_processor_leaf(list, source, seen[(i + source->seed) % count]);
    return done;
}
