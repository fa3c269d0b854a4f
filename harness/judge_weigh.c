/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/judge_internal.h"

#include <stddef.h>
#include <string.h>

/* What the twins say, gathered once per question, and which rule they put the blame on. */

bool judge_differs(const struct facts *base, const struct facts *twin) {
    return twin->answer != base->answer;
}

static void judge_weigh_rows(const struct evidence *twins, size_t count, struct weights *weights) {
    weights->rows_ran = false;
    weights->row_right = weights->row_reads = FINDING_NO_TWIN;
    for (size_t i = 0; i < count; i++) {
        const struct facts *facts = &twins[i].facts;

        if (twins[i].twin->kind != TWIN_RANGE || !facts->returned)
            continue;
        weights->rows_ran = true;
        if (facts->right && weights->row_right == FINDING_NO_TWIN)
            weights->row_right = i;
        if (facts->read_target && weights->row_reads == FINDING_NO_TWIN)
            weights->row_reads = i;
    }
}

static void judge_weigh_kind(const struct facts *base, const struct evidence *e, size_t index,
                             struct weight *weight) {
    bool counts = true;

    weight->ran = true;
    /* A probe that never reads the target decides by a leaf that it takes for it: that is
     * target/is-read's to say, not the other leaves'. */
    if (e->twin->kind == TWIN_LEAVES)
        counts = base->read_target || e->facts.read_target;
    if (base->answer != OUTCOME_AVAILABLE && e->facts.answer == OUTCOME_AVAILABLE &&
        !e->facts.read_target && weight->instead == FINDING_NO_TWIN)
        weight->instead = index;
    if (!counts)
        return;
    if (weight->differs == FINDING_NO_TWIN &&
        (judge_differs(base, &e->facts) ||
         (e->twin->kind == TWIN_SIGNATURE && e->facts.leaves != base->leaves)))
        weight->differs = index;
    if (!base->right && e->facts.right && weight->repairs == FINDING_NO_TWIN)
        weight->repairs = index;
    if (!base->named_right && e->facts.named_right && weight->names == FINDING_NO_TWIN)
        weight->names = index;
    if (!base->read_target && e->facts.read_target && weight->reads == FINDING_NO_TWIN)
        weight->reads = index;
}

void judge_weigh(const struct facts *base, const struct evidence *twins, size_t count,
                 struct weights *weights) {
    for (unsigned kind = 0; kind < TWIN_KINDS; kind++)
        weights->of[kind] = (struct weight){false,           FINDING_NO_TWIN, FINDING_NO_TWIN,
                                            FINDING_NO_TWIN, FINDING_NO_TWIN, FINDING_NO_TWIN};
    for (size_t i = 0; i < count; i++) {
        if (twins[i].facts.returned)
            judge_weigh_kind(base, &twins[i], i, &weights->of[twins[i].twin->kind]);
    }
    judge_weigh_rows(twins, count, weights);
}

/* --- Things that must not matter, and the rules that say so. --- */

static const struct {
    enum twin_kind kind;
    enum rule_id rule;
} judge_factors[] = {
    {TWIN_SIGNATURE, RULE_GENERIC_SIGNATURE_IGNORED},
    {TWIN_REGISTERS, RULE_TARGET_EAX_ALONE},
    {TWIN_LEAVES, RULE_GAPS_OTHER_LEAVES_IGNORED},
    {TWIN_GARBAGE, RULE_PLATFORM_DETERMINISTIC},
};
#define JUDGE_FACTORS (sizeof judge_factors / sizeof judge_factors[0])

void judge_factors_alone(const struct weights *weights, struct finding *findings) {
    for (size_t i = 0; i < JUDGE_FACTORS; i++) {
        const struct weight *weight = &weights->of[judge_factors[i].kind];

        if (weight->ran)
            finding_note(findings, judge_factors[i].rule, weight->differs != FINDING_NO_TWIN,
                         weight->differs);
    }
}

/* What the twins of a kind say; `pick_offset` names the member of struct weight. */
static size_t judge_pick(const struct weights *weights, enum twin_kind kind, size_t pick_offset) {
    size_t twin;

    memcpy(&twin, (const char *)&weights->of[kind] + pick_offset, sizeof twin);
    return twin;
}

bool judge_blame_factors(const struct weights *weights, size_t pick_offset,
                         struct finding *findings) {
    bool blamed = false;

    for (size_t i = 0; i < JUDGE_FACTORS; i++) {
        size_t twin = judge_pick(weights, judge_factors[i].kind, pick_offset);

        if (twin == FINDING_NO_TWIN)
            continue;
        finding_note(findings, judge_factors[i].rule, true, twin);
        blamed = true;
    }
    return blamed;
}

bool judge_blame_row(const struct weights *weights, size_t row, size_t pick_offset,
                     struct finding *findings) {
    size_t pair = judge_pick(weights, TWIN_RANGE_SIGNED, pick_offset);
    size_t twin = row != FINDING_NO_TWIN ? row : pair;

    if (judge_pick(weights, TWIN_MAXIMUM, pick_offset) != FINDING_NO_TWIN ||
        judge_pick(weights, TWIN_COLUMN, pick_offset) != FINDING_NO_TWIN || twin == FINDING_NO_TWIN)
        return false;
    finding_note(findings, RULE_GENERIC_EVERY_RANGE, true, twin);
    if (row == FINDING_NO_TWIN)
        finding_note(findings, RULE_GENERIC_SIGNATURE_IGNORED, true, twin);
    return true;
}
