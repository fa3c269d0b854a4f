/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/table/judge.h"

#include <inttypes.h>
#include <stdio.h>

/* The mail's rules about hypervisors: the maximum, and what lies above and below it. */
#define RULES_EXPECT(at, ...) snprintf((at)->expected, sizeof(at)->expected, __VA_ARGS__)
#define RULES_OBSERVE(at, ...) snprintf((at)->observed, sizeof(at)->observed, __VA_ARGS__)

static bool rules_knows_eax(const struct dump_row *row) {
    return (row->known & CPUID_EAX) != 0;
}

/* --- hypervisor/max-in-block --- */

void table_judge_in_block(struct table_judging *judging, const struct table_view *view) {
    struct table_case *at;

    if (view->in_block) {
        table_put(judging, RULE_HYPERVISOR_MAX_IN_BLOCK, CPUID_BASE);
        return;
    }
    at = table_accuse(judging, RULE_HYPERVISOR_MAX_IN_BLOCK, view, CPUID_BASE, TABLE_INFO);
    if (!at)
        return;
    RULES_EXPECT(at, "a maximum from 0x40000000 to 0x400000ff");
    RULES_OBSERVE(at, "the maximum 0x%08" PRIx32, view->maximum);
    table_show(at, view->base);
}

/* --- hypervisor/max-covers-features --- */

/* Above the maximum nothing is promised, so what repeats another leaf there is no feature. */
static bool rules_is_echo(const struct table_view *view, const struct dump_row *row) {
    return table_echoed_basic(view, row) || table_same_values(view->base, row) ||
           table_echoed_stray(view, row);
}

static void rules_accuse_above(struct table_judging *judging, const struct table_view *view,
                               const struct dump_row *row) {
    struct table_case *at =
        table_accuse(judging, RULE_HYPERVISOR_MAX_COVERS_FEATURES, view, row->leaf, TABLE_FAILS);

    if (!at)
        return;
    RULES_EXPECT(at, "a maximum of 0x%08" PRIx32 " or more, as the leaf is implemented", row->leaf);
    RULES_OBSERVE(at,
                  "the maximum 0x%08" PRIx32 ", and above it EAX = 0x%" PRIx32 " in 0x%08" PRIx32,
                  view->maximum, row->values.eax, row->leaf);
    table_show(at, row);
    table_show(at, view->base);
    table_show(at, view->highest);
}

/* Declared, and out of every guest's reach, whether or not the dump shows it. */
static void rules_judge_claims(struct table_judging *judging, const struct table_view *view) {
    for (size_t i = 0; i < judging->claims->count; i++) {
        uint32_t leaf = judging->claims->implements[i];
        struct table_case *at;

        if (leaf <= view->maximum)
            continue;
        at = table_accuse(judging, RULE_HYPERVISOR_MAX_COVERS_FEATURES, view, leaf, TABLE_FAILS);
        if (!at)
            continue;
        RULES_EXPECT(at,
                     "a maximum of 0x%08" PRIx32 " or more, as the manifest says that the leaf "
                     "is implemented",
                     leaf);
        RULES_OBSERVE(at, "the maximum 0x%08" PRIx32, view->maximum);
        table_show(at, view->base);
        table_show(at, dump_first(view->processor, leaf));
    }
}

void table_judge_covers(struct table_judging *judging, const struct table_view *view) {
    for (const struct dump_row *row = view->first; row < view->end; row++) {
        if (row->leaf <= view->maximum || !rules_knows_eax(row))
            continue;
        if (row->values.eax == 0 || rules_is_echo(view, row))
            table_put(judging, RULE_HYPERVISOR_MAX_COVERS_FEATURES, row->leaf);
        else
            rules_accuse_above(judging, view, row);
    }
    rules_judge_claims(judging, view);
}

/* --- hypervisor/gap-returns-zero --- */

static void rules_accuse_declared(struct table_judging *judging, const struct table_view *view,
                                  const struct dump_row *row) {
    struct table_case *at =
        table_accuse(judging, RULE_HYPERVISOR_GAP_RETURNS_ZERO, view, row->leaf, TABLE_FAILS);

    if (!at)
        return;
    RULES_EXPECT(at, "EAX = 0, as the manifest says that the leaf is not implemented");
    RULES_OBSERVE(at, "EAX = 0x%" PRIx32, row->values.eax);
    table_show(at, row);
    table_show(at, view->base);
}

/* `what` says which leaf is repeated. */
static void rules_accuse_echo(struct table_judging *judging, const struct table_view *view,
                              const struct dump_row *row, const struct dump_row *of,
                              const char *what, enum table_outcome outcome) {
    struct table_case *at =
        table_accuse(judging, RULE_HYPERVISOR_GAP_RETURNS_ZERO, view, row->leaf, outcome);

    if (!at)
        return;
    RULES_EXPECT(at,
                 "EAX = 0 in a leaf that is not implemented, and values of its own in one that is");
    RULES_OBSERVE(at, "EAX = 0x%" PRIx32 ": the leaf repeats all four values of 0x%08" PRIx32 "%s",
                  row->values.eax, of->leaf, what);
    table_show(at, row);
    table_show(at, of);
    if (of != view->base)
        table_show(at, view->base);
}

/* An earlier leaf of the block that this one repeats; NULL: none. */
static const struct dump_row *rules_earlier(const struct table_view *view,
                                            const struct dump_row *row) {
    for (const struct dump_row *other = view->first; other < row && other->leaf < row->leaf;
         other++) {
        if (table_same_values(other, row))
            return other;
    }
    return NULL;
}

/* Nobody says what is implemented: an echo is suspect. */
static void rules_judge_suspect(struct table_judging *judging, const struct table_view *view,
                                const struct dump_row *row) {
    const struct dump_row *basic = table_echoed_basic(view, row);
    const struct dump_row *earlier = rules_earlier(view, row);

    if (basic)
        rules_accuse_echo(judging, view, row, basic, ", the highest basic leaf", TABLE_FAILS);
    else if (table_same_values(view->base, row))
        rules_accuse_echo(judging, view, row, view->base, "", TABLE_FAILS);
    else if (earlier)
        rules_accuse_echo(judging, view, row, earlier, "", TABLE_NONSTRICT);
    else
        table_put(judging, RULE_HYPERVISOR_GAP_RETURNS_ZERO, row->leaf);
}

void table_judge_gap(struct table_judging *judging, const struct table_view *view) {
    for (const struct dump_row *row = view->first; row < view->end && row->leaf <= view->maximum;
         row++) {
        bool claimed = table_is_claimed(judging->claims, row->leaf);

        if (!rules_knows_eax(row) || claimed)
            continue;
        if (row->values.eax == 0)
            table_put(judging, RULE_HYPERVISOR_GAP_RETURNS_ZERO, row->leaf);
        else if (judging->claims->declared)
            rules_accuse_declared(judging, view, row);
        else
            rules_judge_suspect(judging, view, row);
    }
}
