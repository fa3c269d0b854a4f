/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/hunt/compared_internal.h"

#include "harness/hunt/inverse.h"
#include "harness/hunt/processor.h"

/* What a comparison stems from, and the tables that make it what it asks for. */

/* A node with one more register set, or with another value in it. False: no room. */
static bool compared_with(const struct compared_node *node, struct compared_setting setting,
                          struct compared_node *made) {
    size_t at = 0;

    *made = *node;
    if (setting.leaf == CPUID_BASE && setting.index == 0) {
        made->maximum = setting.value;
        return true;
    }
    while (at < made->settings_count &&
           (made->settings[at].leaf != setting.leaf || made->settings[at].index != setting.index))
        at++;
    if (at == COMPARED_SETTINGS_MAX)
        return false;
    made->settings[at] = setting;
    made->settings_count += at == made->settings_count;
    return true;
}

/* A number that differs between two runs: a register of the leaf, or what is asked for (leaf 0). */
struct compared_place {
    uint32_t leaf;
    unsigned index;
    uint32_t from[2];
    bool is_sure;
};

/* A table with one number that makes the comparison what is wanted. */
static bool compared_ask_number(struct compared_work *work, const struct compared_node *node,
                                struct compared_setting setting) {
    struct compared_node child = *node;

    if (setting.leaf != 0)
        return !compared_with(node, setting, &child) || compared_try(work, &child);
    child.target = setting.value;
    return child.target <= CPUID_BASE || child.target > CPUID_BLOCK_LAST ||
           compared_try(work, &child);
}

static bool compared_ask(struct compared_work *work, const struct compared_node *node,
                         const struct compared_place *place, const uint32_t made[2],
                         uint32_t wanted, struct compared_node *all) {
    const struct hunt_seen seen = {{place->from[0], place->from[1]}, {made[0], made[1]}};
    struct compared_setting setting = {place->leaf, place->index, 0};
    uint32_t numbers[HUNT_INVERSES_MAX];
    const unsigned count = hunt_inverse(&seen, wanted, place->is_sure, numbers);
    bool done = true;

    for (unsigned i = 0; done && i < count; i++) {
        setting.value = numbers[i];
        done = compared_ask_number(work, node, setting);
    }
    if (count > 0 && place->leaf != 0 && !(place->leaf == CPUID_BASE && place->index == 0))
        compared_with(all, setting, all);
    return done;
}

/* The same comparison in the other run; NULL: it was not made. */
static const struct guest_comparison *compared_again(const struct compared_run *run,
                                                     const struct guest_comparison *wanted) {
    for (size_t i = 0; i < run->noted.count; i++) {
        const struct guest_comparison *noted = &run->noted.comparisons[i];

        if (noted->address == wanted->address && noted->turn == wanted->turn)
            return noted;
    }
    return NULL;
}

/* Each half of 64 bits is one number. */
static bool compared_ask_halves(struct compared_work *work, const struct compared_node *node,
                                const struct compared_place *place,
                                const struct guest_comparison *a, const struct guest_comparison *b,
                                unsigned side, struct compared_node *all) {
    for (unsigned shift = 0; shift < 8 * a->width; shift += 32) {
        const uint32_t made[2] = {(uint32_t)(a->operands[side] >> shift),
                                  (uint32_t)(b->operands[side] >> shift)};
        const uint32_t with = (uint32_t)(a->operands[1 - side] >> shift);

        if (made[0] == made[1] || with != (uint32_t)(b->operands[1 - side] >> shift))
            continue;
        if (!compared_ask(work, node, place, made, a->is_test ? made[0] ^ with : with, all))
            return false;
    }
    return true;
}

/* All comparisons of `seen`, the run with the variant being `again`, in which the place differs. */
static bool compared_look_at(struct compared_work *work, const struct compared_node *node,
                             const struct compared_run *seen, const struct compared_run *again,
                             const struct compared_place *place, struct compared_node *all) {
    for (size_t i = 0; i < seen->noted.count; i++) {
        const struct guest_comparison *a = &seen->noted.comparisons[i];
        const struct guest_comparison *b = compared_again(again, a);

        for (unsigned side = 0; b && side < 2 - (unsigned)a->is_test; side++) {
            if (!compared_ask_halves(work, node, place, a, b, side, all))
                return false;
        }
    }
    return true;
}

/* Registers that were read and differ between the runs. */
static bool compared_look_at_reads(struct compared_work *work, const struct compared_node *node,
                                   struct compared_run *seen, struct compared_run *again,
                                   unsigned variant, struct compared_node *all) {
    for (size_t i = 0; i < seen->reads_count && i < again->reads_count; i++) {
        struct compared_read *a = &seen->reads[i], *b = &again->reads[i];
        const bool is_own = a->leaf == node->target || a->leaf == CPUID_BASE;

        for (unsigned index = 0; a->leaf == b->leaf && index < 4; index++) {
            const struct compared_place place = {
                a->leaf,
                index,
                {*hunt_register(&a->values, index), *hunt_register(&b->values, index)},
                variant < COMPARED_OTHERS};

            if (place.from[0] == place.from[1] || (is_own && variant >= COMPARED_OTHERS))
                continue;
            if (!compared_look_at(work, node, seen, again, &place, all))
                return false;
        }
    }
    return true;
}

bool compared_look_into(struct compared_work *work, const struct compared_node *node) {
    static struct compared_run again;
    const struct compared_place target = {0, 0, {node->target, compared_other_target(node)}, true};
    struct compared_node all = *node;

    if (!compared_run(work, node, COMPARED_BASIS, &work->basis))
        return false;
    for (unsigned variant = COMPARED_OF_TARGET; variant < COMPARED_VARIANTS; variant++) {
        if (variant == COMPARED_TARGET && work->probe->targets_count > 0)
            continue;
        if (compared_is_spent(work))
            return true;
        if (!compared_run(work, node, variant, &again) ||
            !(variant == COMPARED_TARGET
                  ? compared_look_at(work, node, &work->basis, &again, &target, &all)
                  : compared_look_at_reads(work, node, &work->basis, &again, variant, &all)))
            return false;
    }
    return compared_try(work, &all); /* what is asked for at once, without a branch in between */
}
