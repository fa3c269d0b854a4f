/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/judge/internal.h"

#include <stddef.h>

/* What the twins say, gathered once per question, and which rule they put the blame on. */

bool judge_differs(const struct facts *base, const struct facts *twin) {
    bool open = base->open && twin->open && base->right && twin->right;

    return twin->answer != base->answer && !open;
}

bool judge_signature_differs(const struct facts *base, const struct facts *twin) {
    return twin->returned != base->returned || (twin->returned && judge_differs(base, twin));
}

/* Who looks for another interface at further bases may stop where it is found: that is left open.
 */
bool judge_reads_differ(const struct facts *base, const struct facts *twin) {
    return twin->returned && base->returned && twin->block != base->block &&
           !(base->open && twin->open);
}

/* Right without what the mail leaves open, which clears nobody. */
static bool judge_is_plainly_right(const struct facts *facts) {
    return facts->right && !facts->took_zero;
}

static void judge_first(size_t *pick, bool is_one, size_t index) {
    if (is_one && *pick == FINDING_NO_TWIN)
        *pick = index;
}

/* `rows_wrong` receives a bit for each row in which some run was judged and none was right. */
static void judge_weigh_rows(const struct evidence *twins, size_t count, struct weights *weights,
                             unsigned *rows_wrong) {
    unsigned ran = 0, right = 0;

    weights->row_right = weights->row_reads = FINDING_NO_TWIN;
    for (size_t i = 0; i < count; i++) {
        const struct facts *facts = &twins[i].facts;
        unsigned row = 1u << twins[i].twin->group % 16;

        if (twins[i].twin->kind != TWIN_RANGE || !facts->returned)
            continue;
        ran |= row;
        right |= judge_is_wrong(facts) ? 0 : row;
        judge_first(&weights->row_right, judge_is_plainly_right(facts), i);
        judge_first(&weights->row_reads, facts->read_target, i);
    }
    weights->rows_ran = ran != 0;
    *rows_wrong = ran & ~right;
}

/* Whether a twin may speak for its kind. A probe that never reads the target although it should
 * decides by a leaf that it takes for it: that is target/is-read's to say, not the other leaves'
 * nor the processor's. And another signature in another row says something only where the row alone
 * mends nothing. */
static bool judge_counts(const struct facts *base, const struct evidence *e, unsigned rows_wrong) {
    switch (e->twin->kind) {
    case TWIN_LEAVES:
    case TWIN_PROCESSOR:
        return base->expected == OUTCOME_NOT_AVAILABLE || base->skips_target || base->read_target ||
               e->facts.read_target;
    case TWIN_RANGE_SIGNED:
        return (rows_wrong & 1u << e->twin->group % 16) != 0;
    default:
        return true;
    }
}

static void judge_weigh_twin(const struct facts *base, const struct evidence *e, size_t index,
                             struct weight *weight) {
    const struct facts *twin = &e->facts;

    judge_first(&weight->differs, judge_differs(base, twin), index);
    judge_first(&weight->deviates, judge_reads_differ(base, twin), index);
    judge_first(&weight->repairs, !base->right && judge_is_plainly_right(twin), index);
    judge_first(&weight->names, !base->named_right && twin->named_right, index);
    judge_first(&weight->reads, !base->read_target && twin->read_target, index);
}

/* Twins that are compared with each other: those of a kind, the filled ones row by row. */
enum { JUDGE_GROUPS = TWIN_KINDS + 16 };

static unsigned judge_group(const struct twin *twin) {
    return twin->kind == TWIN_RANGE_FILLED ? TWIN_KINDS + twin->group % 16 : twin->kind;
}

void judge_weigh(const struct judge_probe *probe, const struct facts *base,
                 const struct evidence *twins, size_t count, struct weights *weights) {
    const struct facts *first[JUDGE_GROUPS] = {NULL};
    unsigned rows_wrong;

    weights->judged = probe->judged;
    for (unsigned kind = 0; kind < TWIN_KINDS; kind++)
        weights->of[kind] =
            (struct weight){false,           FINDING_NO_TWIN, FINDING_NO_TWIN, FINDING_NO_TWIN,
                            FINDING_NO_TWIN, FINDING_NO_TWIN, FINDING_NO_TWIN, FINDING_NO_TWIN};
    judge_weigh_rows(twins, count, weights, &rows_wrong);
    for (size_t i = 0; i < count; i++) {
        enum twin_kind kind = twins[i].twin->kind;
        struct weight *weight = &weights->of[kind];
        const struct facts *twin = &twins[i].facts;
        unsigned group;

        if (kind == TWIN_SIGNATURE && !judge_is_error(twin) && !judge_is_error(base))
            judge_first(&weight->differs, judge_signature_differs(base, twin), i);
        if (!twin->returned)
            continue;
        group = judge_group(twins[i].twin);
        if (!first[group])
            first[group] = twin;
        weight->ran = true;
        judge_first(&weight->other, judge_differs(first[group], twin), i);
        judge_first(&weight->instead,
                    base->answer != OUTCOME_AVAILABLE && twin->answer == OUTCOME_AVAILABLE &&
                        !twin->read_target,
                    i);
        if (judge_counts(base, &twins[i], rows_wrong))
            judge_weigh_twin(base, &twins[i], i, weight);
    }
}

/* --- Things that must not matter, and the rules that say so. --- */

const struct judge_factor_row judge_factors[] = {
#define RULE_BY_TWIN(name, kind) {kind, RULE_##name},
#define RULE_BY_NONE(...)
#define RULE(name, catalogue, judged, factor, judge) RULE_BY(name, factor)
#include "harness/spec/rules.def"
#undef RULE_BY_TWIN
#undef RULE_BY_NONE
};
const size_t judge_factors_count = sizeof judge_factors / sizeof judge_factors[0];

enum rule_id judge_factor(enum twin_kind kind) {
    for (size_t i = 0; i < judge_factors_count; i++) {
        if (judge_factors[i].kind == kind)
            return judge_factors[i].rule;
    }
    return RULES;
}

enum rule_id judge_varies(enum twin_kind kind) {
    return kind == TWIN_RANGE_SIGNED ? RULE_GENERIC_SIGNATURE_IGNORED : judge_factor(kind);
}

void judge_factors_alone(const struct weights *weights, struct finding *findings) {
    for (size_t i = 0; i < judge_factors_count; i++) {
        const struct weight *weight = &weights->of[judge_factors[i].kind];

        if (weight->ran || weight->differs != FINDING_NO_TWIN)
            finding_note(findings, judge_factors[i].rule, weight->differs != FINDING_NO_TWIN,
                         weight->differs);
        if (rules[judge_factors[i].rule].deviates && weight->deviates != FINDING_NO_TWIN)
            finding_deviate(findings, judge_factors[i].rule, weight->deviates);
    }
}
