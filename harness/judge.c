/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/judge.h"

#include "harness/judge_internal.h"

#include <stddef.h>
#include <string.h>

void finding_note(struct finding *findings, enum rule_id rule, bool violated, size_t twin) {
    struct finding *finding = &findings[rule];

    if (violated && !(finding->state & FINDING_VIOLATED)) {
        finding->state |= FINDING_VIOLATED;
        finding->twin = twin;
    }
    finding->state |= FINDING_EXERCISED;
}

bool judge_is_error(const struct facts *facts) {
    return facts->end == OBSERVATION_UNRESOLVED || facts->end == OBSERVATION_UNSUPPORTED ||
           facts->end == OBSERVATION_HARNESS_FAILURE;
}

bool judge_is_wrong(const struct facts *facts) {
    return facts->returned &&
           (!facts->right || (facts->expected != OUTCOME_NOT_AVAILABLE && !facts->read_target));
}

/* --- What the twins say, gathered once per question. --- */

/* Whether a twin gave another answer than the case itself. */
static bool judge_differs(const struct facts *base, const struct facts *twin) {
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
    if (judge_differs(base, &e->facts) && weight->any_difference == FINDING_NO_TWIN)
        weight->any_difference = index;
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

static void judge_weigh(const struct facts *base, const struct evidence *twins, size_t count,
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

static void judge_factors_alone(const struct weights *weights, struct finding *findings) {
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

/* True when a factor explains the fault that `pick` looks for; its rule is then broken, and the
 * steps' rules are not. */
static bool judge_blame_factors(const struct weights *weights, size_t pick_offset,
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

/* True when the row explains the fault: another row mends it, and neither a plain maximum nor
 * another leaf of the same row does. Where neither another row nor another signature mends it but
 * both together do, both are to blame. `row` is what the twins in other rows say. */
static bool judge_blame_row(const struct weights *weights, size_t row, size_t pick_offset,
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

/* --- The steps. --- */

/* max < target. After: no maximum read at all, signed, truncated, wrapping or inverted comparisons.
 */
static void judge_below(const struct facts *base, const struct weights *weights,
                        struct finding *findings) {
    bool violated = false;

    if (!base->right && !judge_blame_factors(weights, offsetof(struct weight, repairs), findings) &&
        !judge_blame_row(weights, weights->row_right, offsetof(struct weight, repairs), findings))
        violated = true;
    finding_note(findings, RULE_MAX_BELOW_IS_ABSENT, violated, FINDING_NO_TWIN);
}

/* max >= target, and the target was never read. After: step 1 that turns features away (signed,
 * off by one, sanity bounds), and step 2 that asks another leaf or none. */
static void judge_unread(const struct facts *base, const struct weights *weights,
                         struct finding *findings) {
    const struct weight *maximum = &weights->of[TWIN_MAXIMUM];
    bool took_another =
        base->read_other && weights->of[TWIN_LEAVES].any_difference != FINDING_NO_TWIN;
    enum rule_id rule = RULE_MAX_REACHES_TARGET;

    if (judge_blame_factors(weights, offsetof(struct weight, reads), findings) ||
        judge_blame_factors(weights, offsetof(struct weight, repairs), findings))
        return;
    if (!took_another &&
        judge_blame_row(weights, weights->row_reads, offsetof(struct weight, reads), findings))
        return;
    if (maximum->reads == FINDING_NO_TWIN && (base->answer == OUTCOME_AVAILABLE || took_another))
        rule = RULE_TARGET_IS_READ;
    finding_note(findings, rule, true, FINDING_NO_TWIN);
}

/* max >= target, and the target was read. After: zero accepted, EAX tested in part or signed, and
 * probes that read the target first and then compare the maximum wrongly. */
static void judge_read(const struct facts *base, const struct weights *weights,
                       struct finding *findings) {
    const struct weight *maximum = &weights->of[TWIN_MAXIMUM];
    bool is_zero = base->expected == OUTCOME_NOT_IMPLEMENTED;
    enum rule_id step2 = is_zero ? RULE_TARGET_ZERO_IS_ABSENT : RULE_TARGET_NONZERO_IS_PRESENT;
    bool violated = false;

    finding_note(findings, RULE_TARGET_IS_READ, false, FINDING_NO_TWIN);
    if (!base->right && !judge_blame_factors(weights, offsetof(struct weight, repairs), findings) &&
        !judge_blame_row(weights, weights->row_right, offsetof(struct weight, repairs), findings)) {
        if (!is_zero && maximum->repairs != FINDING_NO_TWIN)
            finding_note(findings, RULE_MAX_REACHES_TARGET, true, FINDING_NO_TWIN);
        else
            violated = true;
    }
    finding_note(findings, RULE_MAX_REACHES_TARGET, false, FINDING_NO_TWIN);
    finding_note(findings, step2, violated, FINDING_NO_TWIN);
}

/* The order of reading, and the leaves that need not be read. */
static void judge_order(const struct facts *base, struct finding *findings) {
    bool says_available = base->answer == OUTCOME_AVAILABLE;

    if (base->read_ahead || base->read_base || says_available)
        finding_note(findings, RULE_MAX_READ_FIRST,
                     base->read_ahead || (says_available && !base->read_base), FINDING_NO_TWIN);
    if (base->read_hypervisor)
        finding_note(findings, RULE_MAX_NO_READ_BEYOND, base->read_beyond, FINDING_NO_TWIN);
}

/* Which kind of absent it is. Where the step itself went wrong, that step's rule says so. */
static void judge_name(const struct facts *base, const struct weights *weights,
                       struct finding *findings) {
    bool wrong = !base->named_right;

    if (base->expected == OUTCOME_AVAILABLE || !base->right)
        return;
    if (base->expected == OUTCOME_NOT_AVAILABLE ? !base->read_base : !base->read_target)
        return;
    if (wrong && judge_blame_factors(weights, offsetof(struct weight, names), findings))
        wrong = false;
    finding_note(findings, RULE_TARGET_OUTCOME_NAMED, wrong, FINDING_NO_TWIN);
}

/* Whether a run reports the target's value by right. */
static bool judge_reports(const struct facts *facts) {
    return facts->returned && facts->expected == OUTCOME_AVAILABLE &&
           facts->answer == OUTCOME_AVAILABLE && facts->read_target;
}

bool judge_value_differs(const struct facts *a, const struct facts *b) {
    return judge_reports(a) && judge_reports(b) && a->value_right != b->value_right;
}

/* After: values cut, scaled, taken from another register, or right for one table only. A value that
 * hangs on the fresh start alone is platform/deterministic's. */
static void judge_value(const struct facts *base, const struct evidence *twins, size_t count,
                        struct finding *findings) {
    for (size_t i = 0; i < count; i++) {
        if (judge_is_fresh_start(twins[i].twin) && judge_value_differs(base, &twins[i].facts))
            return;
    }
    if (judge_reports(base))
        finding_note(findings, RULE_TARGET_VALUE_INTACT, !base->value_right, FINDING_NO_TWIN);
    for (size_t i = 0; i < count; i++) {
        if (!judge_is_fresh_start(twins[i].twin) && judge_reports(&twins[i].facts))
            finding_note(findings, RULE_TARGET_VALUE_INTACT, !twins[i].facts.value_right, i);
    }
}

/* A case that bears on these rules but whose run gave no answer: never a pass. */
static void judge_unanswered(const struct facts *base, struct finding *findings) {
    static const enum rule_id below[] = {RULE_MAX_BELOW_IS_ABSENT, RULE_TARGET_OUTCOME_NAMED};
    static const enum rule_id absent[] = {RULE_MAX_REACHES_TARGET, RULE_TARGET_IS_READ,
                                          RULE_TARGET_ZERO_IS_ABSENT, RULE_TARGET_OUTCOME_NAMED};
    static const enum rule_id present[] = {RULE_MAX_REACHES_TARGET, RULE_TARGET_IS_READ,
                                           RULE_TARGET_NONZERO_IS_PRESENT,
                                           RULE_TARGET_VALUE_INTACT};
    static const enum rule_id always[] = {RULE_MAX_READ_FIRST,
                                          RULE_MAX_NO_READ_BEYOND,
                                          RULE_TARGET_EAX_ALONE,
                                          RULE_GAPS_OTHER_LEAVES_IGNORED,
                                          RULE_GENERIC_SIGNATURE_IGNORED,
                                          RULE_GENERIC_EVERY_RANGE,
                                          RULE_GAPS_ORDER_INDEPENDENT};
    const struct {
        const enum rule_id *rules;
        size_t count;
        bool applies;
    } lists[] = {
        {always, sizeof always / sizeof always[0], true},
        {below, sizeof below / sizeof below[0], base->expected == OUTCOME_NOT_AVAILABLE},
        {absent, sizeof absent / sizeof absent[0], base->expected == OUTCOME_NOT_IMPLEMENTED},
        {present, sizeof present / sizeof present[0], base->expected == OUTCOME_AVAILABLE},
    };

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        for (size_t j = 0; lists[i].applies && j < lists[i].count; j++)
            findings[lists[i].rules[j]].state |= FINDING_UNANSWERED;
    }
}

static void judge_steps(const struct judge_probe *probe, const struct facts *base,
                        const struct weights *weights, struct finding *findings) {
    judge_factors_alone(weights, findings);
    if (base->expected == OUTCOME_NOT_AVAILABLE)
        judge_below(base, weights, findings);
    else if (base->read_target)
        judge_read(base, weights, findings);
    else
        judge_unread(base, weights, findings);
    if (weights->rows_ran)
        finding_note(findings, RULE_GENERIC_EVERY_RANGE, false, FINDING_NO_TWIN);
    if (probe->names_outcome)
        judge_name(base, weights, findings);
}

/* With the presence bit clear there is no hypervisor: nothing of it is read, nothing is there. */
static void judge_presence(const struct facts *base, struct finding *findings) {
    if (base->returned)
        finding_note(findings, RULE_PRESENCE_CHECKED_FIRST,
                     base->read_hypervisor || base->answer == OUTCOME_AVAILABLE ||
                         base->answer == OUTCOME_NONE,
                     FINDING_NO_TWIN);
    else
        findings[RULE_PRESENCE_CHECKED_FIRST].state |= FINDING_UNANSWERED;
}

void judge_question(const struct judge_probe *probe, const struct facts *base,
                    const struct evidence *twins, size_t count, bool present,
                    struct finding *findings) {
    struct weights weights;

    judge_weigh(base, twins, count, &weights);
    judge_platform(probe, base, FINDING_NO_TWIN, findings);
    for (size_t i = 0; i < count; i++)
        judge_platform(probe, &twins[i].facts, i, findings);
    judge_fresh_starts(base, twins, count, findings);
    if (!present) {
        judge_presence(base, findings);
        return;
    }
    if (!base->returned) {
        judge_unanswered(base, findings);
        return;
    }
    judge_order(base, findings);
    judge_steps(probe, base, &weights, findings);
    if (probe->reports_value)
        judge_value(base, twins, count, findings);
}

size_t judge_deeper(const struct facts *base, const struct evidence *twins, size_t count,
                    size_t *indices, size_t limit) {
    size_t found = 0, wrong[16], rows = 0;
    bool right[16] = {false};

    if (judge_is_wrong(base))
        return 0;
    for (unsigned row = 0; row < 16; row++)
        wrong[row] = FINDING_NO_TWIN;
    for (size_t i = 0; i < count; i++) {
        const struct twin *twin = twins[i].twin;
        const struct facts *facts = &twins[i].facts;

        if (!facts->returned)
            continue;
        if (twin->kind == TWIN_VALUE && judge_is_wrong(facts) && found < limit)
            indices[found++] = i;
        if (twin->kind != TWIN_RANGE)
            continue;
        if (facts->right)
            right[twin->group % 16] = true;
        else if (wrong[twin->group % 16] == FINDING_NO_TWIN)
            wrong[twin->group % 16] = i;
    }
    for (unsigned row = 0; row < 16 && rows < JUDGE_DEEPER_ROWS && found < limit; row++) {
        if (wrong[row] == FINDING_NO_TWIN || right[row])
            continue;
        indices[found++] = wrong[row];
        rows++;
    }
    return found;
}

void judge_sequence(const struct judge_probe *probe, const struct facts *alone,
                    const struct facts *among, bool present, struct finding *findings) {
    judge_platform(probe, among, FINDING_NO_TWIN, findings);
    if (!present) {
        judge_presence(among, findings);
        return;
    }
    if (!alone->returned || !among->returned) {
        findings[RULE_GAPS_ORDER_INDEPENDENT].state |= FINDING_UNANSWERED;
        return;
    }
    finding_note(findings, RULE_GAPS_ORDER_INDEPENDENT,
                 among->answer != alone->answer || judge_value_differs(alone, among),
                 FINDING_NO_TWIN);
    judge_order(among, findings);
}

void judge_sequence_signed(const struct facts *among, const struct facts *twin,
                           struct finding *findings) {
    if (among->returned && twin->returned)
        finding_note(findings, RULE_GENERIC_SIGNATURE_IGNORED,
                     judge_differs(among, twin) || twin->leaves != among->leaves, FINDING_NO_TWIN);
}
