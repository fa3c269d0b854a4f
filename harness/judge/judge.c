/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/judge/judge.h"

#include "harness/judge/internal.h"
#include "harness/judge/rows.h"

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

void finding_deviate(struct finding *findings, enum rule_id rule, size_t twin) {
    struct finding *finding = &findings[rule];

    if (!judge_is_broken(finding))
        finding->twin = twin;
    finding->state |= FINDING_EXERCISED | FINDING_DEVIATES;
}

bool judge_is_error(const struct facts *facts) {
    return facts->end == OBSERVATION_UNRESOLVED || facts->end == OBSERVATION_UNDEFINED_DATA ||
           facts->end == OBSERVATION_NOT_STARTED || facts->end == OBSERVATION_UNSUPPORTED ||
           facts->end == OBSERVATION_HARNESS_FAILURE;
}

bool judge_is_wrong(const struct facts *facts) {
    return facts->returned && (!facts->right || (facts->expected != OUTCOME_NOT_AVAILABLE &&
                                                 !facts->read_target && !facts->skips_target));
}

/* --- What a wrong answer costs. --- */

static bool judge_is_false_available(const struct facts *facts) {
    return facts->returned && !facts->right && facts->answer == OUTCOME_AVAILABLE;
}

/* The step that a wrong answer goes back to where no cause is looked for. */
static enum rule_id judge_step(const struct facts *facts) {
    return facts->expected == OUTCOME_NOT_AVAILABLE     ? RULE_MAX_BELOW_IS_ABSENT
           : facts->expected == OUTCOME_NOT_IMPLEMENTED ? RULE_TARGET_ZERO_IS_ABSENT
           : facts->read_target && !facts->skips_target ? RULE_TARGET_NONZERO_IS_PRESENT
                                                        : RULE_MAX_REACHES_TARGET;
}

/* No answer is never right: where the rule that its end breaks does not count, the step's rule is
 * broken. */
static void judge_no_answer(const struct judge_probe *probe, const struct facts *facts, size_t twin,
                            struct finding *findings) {
    enum rule_id end = judge_end_rule(facts);

    if (end != RULES && !probe->judged[end])
        finding_note(findings, judge_step(facts), true, twin);
}

/* A run that differs from a right one in what the rule `factor` says must not matter: as long as
 * that counts, it takes all but an "available" upon itself. Where `other` is wrong too, that is
 * judged by itself. */
static void judge_charge(const struct judge_probe *probe, const struct facts *other,
                         const struct facts *facts, enum rule_id factor, struct finding *findings) {
    bool costs = judge_is_false_available(facts) || (other->right && !probe->judged[factor]);

    if (!facts->returned)
        judge_no_answer(probe, facts, FINDING_NO_TWIN, findings);
    else if (!facts->right && costs)
        finding_note(findings, judge_step(facts), true, FINDING_NO_TWIN);
    else if (judge_value_differs(other, facts) && !probe->judged[factor])
        finding_note(findings, RULE_TARGET_VALUE_INTACT, true, FINDING_NO_TWIN);
}

/* --- The steps. --- */

/* max < target. After: no maximum read at all, signed, truncated, wrapping or inverted comparisons.
 */
static void judge_below(const struct facts *base, const struct weights *weights,
                        struct finding *findings) {
    finding_note(findings, RULE_MAX_BELOW_IS_ABSENT, judge_is_false_available(base),
                 FINDING_NO_TWIN);
    if (!base->right)
        judge_attribute(FAULT_BELOW, base, weights, findings);
}

/* max >= target, and that is all there is to decide. After: upper bounds, other comparisons, and
 * helpers that look at what they are not asked about. */
static void judge_reach(const struct facts *base, const struct weights *weights,
                        struct finding *findings) {
    finding_note(findings, RULE_MAX_REACHES_TARGET, false, FINDING_NO_TWIN);
    if (!base->right)
        judge_attribute(FAULT_REACHED, base, weights, findings);
}

/* max >= target, and the target was never read. After: step 1 that turns features away (signed,
 * off by one, sanity bounds), and step 2 that asks another leaf or none. */
static void judge_unread(const struct facts *base, const struct weights *weights,
                         struct finding *findings) {
    if (judge_is_false_available(base))
        finding_note(findings, RULE_TARGET_ZERO_IS_ABSENT, true, FINDING_NO_TWIN);
    judge_attribute(FAULT_UNREAD, base, weights, findings);
}

/* max >= target, and the target was read. After: zero accepted, EAX tested in part or signed, a
 * subleaf taken for the leaf, and probes that read the target first and then compare the maximum
 * wrongly. */
static void judge_read(const struct facts *base, const struct weights *weights,
                       struct finding *findings) {
    bool is_zero = base->expected == OUTCOME_NOT_IMPLEMENTED;

    finding_note(findings, RULE_TARGET_IS_READ, false, FINDING_NO_TWIN);
    finding_note(findings, RULE_MAX_REACHES_TARGET, false, FINDING_NO_TWIN);
    finding_note(findings, is_zero ? RULE_TARGET_ZERO_IS_ABSENT : RULE_TARGET_NONZERO_IS_PRESENT,
                 judge_is_false_available(base), FINDING_NO_TWIN);
    if (!base->right)
        judge_attribute(is_zero ? FAULT_ZERO : FAULT_NONZERO, base, weights, findings);
}

/* Which kind of absent it is. Where the step itself went wrong, that step's rule says so. */
static void judge_name(const struct facts *base, const struct weights *weights,
                       struct finding *findings) {
    if (base->expected == OUTCOME_AVAILABLE || !base->right)
        return;
    if (base->expected == OUTCOME_NOT_AVAILABLE ? !base->read_base : !base->read_target)
        return;
    finding_note(findings, RULE_TARGET_OUTCOME_NAMED, false, FINDING_NO_TWIN);
    if (!base->named_right)
        judge_attribute(FAULT_NAME, base, weights, findings);
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
static void judge_value(const struct judge_probe *probe, const struct facts *base,
                        const struct evidence *twins, size_t count, struct finding *findings) {
    for (size_t i = 0; i < count && probe->judged[RULE_PLATFORM_DETERMINISTIC]; i++) {
        if (judge_is_fresh_start(twins[i].twin) && judge_value_differs(base, &twins[i].facts))
            return;
    }
    if (judge_reports(base))
        finding_note(findings, RULE_TARGET_VALUE_INTACT, !base->value_right, FINDING_NO_TWIN);
    for (size_t i = 0; i < count; i++) {
        if (!judge_is_fresh_start(twins[i].twin) && twins[i].twin->kind != TWIN_INTERRUPTED &&
            judge_reports(&twins[i].facts))
            finding_note(findings, RULE_TARGET_VALUE_INTACT, !twins[i].facts.value_right, i);
    }
}

/* A case that bears on these rules but whose run gave no answer: never a pass. */
static void judge_unanswered(const struct facts *base, const struct weights *weights,
                             struct finding *findings) {
    const size_t answered = weights->of[TWIN_SIGNATURE].differs;
    static const unsigned cases[] = {
        [OUTCOME_NOT_AVAILABLE] = UNANSWERED_BELOW,
        [OUTCOME_NOT_IMPLEMENTED] = UNANSWERED_ZERO,
        [OUTCOME_AVAILABLE] = UNANSWERED_NONZERO,
    };

    for (unsigned rule = 0; rule < RULES; rule++) {
        if (judge_rows[rule].unanswered & cases[base->expected])
            findings[rule].state |= FINDING_UNANSWERED;
    }
    /* Under another signature there was one. */
    if (answered != FINDING_NO_TWIN)
        finding_note(findings, RULE_GENERIC_SIGNATURE_IGNORED, true, answered);
    else
        findings[RULE_GENERIC_SIGNATURE_IGNORED].state |= FINDING_UNANSWERED;
}

static void judge_steps(const struct judge_probe *probe, const struct facts *base,
                        const struct weights *weights, struct finding *findings) {
    judge_factors_alone(weights, findings);
    if (base->expected == OUTCOME_NOT_AVAILABLE)
        judge_below(base, weights, findings);
    else if (base->skips_target)
        judge_reach(base, weights, findings);
    else if (base->read_target)
        judge_read(base, weights, findings);
    else
        judge_unread(base, weights, findings);
    if (weights->rows_ran)
        finding_note(findings, RULE_GENERIC_EVERY_RANGE, false, FINDING_NO_TWIN);
    if (probe->names_outcome)
        judge_name(base, weights, findings);
}

/* A table that no hypervisor has: only how it is read counts. */
static void judge_odd_base(const struct facts *base, const struct evidence *twins, size_t count,
                           struct finding *findings) {
    judge_subleaf_zero(base, FINDING_NO_TWIN, findings);
    for (size_t i = 0; i < count; i++)
        judge_subleaf_zero(&twins[i].facts, i, findings);
}

/* Whether a kind only shows what the answer follows, by what need not be anywhere. */
static bool judge_only_shows(enum twin_kind kind) {
    return kind == TWIN_ELSEWHERE || kind == TWIN_FURTHER;
}

/* What a twin takes for available has no excuse either. */
static void judge_false_twins(const struct evidence *twins, size_t count,
                              struct finding *findings) {
    for (size_t i = 0; i < count; i++) {
        const struct facts *facts = &twins[i].facts;

        if (!judge_only_shows(twins[i].twin->kind) && twins[i].twin->kind != TWIN_INTERRUPTED &&
            judge_is_false_available(facts))
            finding_note(findings, judge_step(facts), true, i);
    }
}

/* Whether a run's leaves outside the block are those of no processor that there is. */
static bool judge_is_no_processor(const struct twin *twin) {
    return judge_only_shows(twin->kind) ||
           (twin->kind == TWIN_PROCESSOR && !twin_is_other_processor(twin));
}

void judge_question(const struct judge_probe *probe, const struct facts *base,
                    const struct evidence *twins, size_t count, bool present,
                    struct finding *findings) {
    struct weights weights;

    if (base->odd_base) {
        judge_odd_base(base, twins, count, findings);
        return;
    }
    judge_weigh(probe, base, twins, count, &weights);
    judge_platform(probe, base, FINDING_NO_TWIN, findings);
    /* Leaves outside the block change only to see what the answer follows, into what no processor
     * returns: that proves nothing else against a probe. */
    for (size_t i = 0; i < count; i++) {
        if (!judge_is_no_processor(twins[i].twin) && twins[i].twin->kind != TWIN_INTERRUPTED)
            judge_platform(probe, &twins[i].facts, i, findings);
    }
    judge_interrupted(base, twins, count, findings);
    judge_fresh_starts(base, twins, count, findings);
    if (!present) {
        judge_bare_run(base, findings);
        return;
    }
    if (!base->returned) {
        judge_unanswered(base, &weights, findings);
        judge_no_answer(probe, base, FINDING_NO_TWIN, findings);
        return;
    }
    judge_own_run(base, findings);
    judge_steps(probe, base, &weights, findings);
    judge_false_twins(twins, count, findings);
    if (probe->reports_value)
        judge_value(probe, base, twins, count, findings);
}

/* --- Stale subleaves. --- */

/* Rules about how the call ended or what it left behind stay as they are. */
static bool judge_may_move(enum rule_id rule) {
    return !judge_rows[rule].stays;
}

bool judge_wants_flat(const struct facts *base, const struct evidence *twins, size_t count,
                      const struct finding *findings) {
    bool stale = base->stale_subleaf, broken = false;

    for (size_t i = 0; i < count && !stale; i++)
        stale = twins[i].facts.stale_subleaf;
    for (unsigned rule = 0; stale && rule < RULES; rule++)
        broken |= judge_may_move(rule) && judge_is_broken(&findings[rule]);
    return broken;
}

void judge_subleaves(const struct judge_probe *probe, const struct facts *base,
                     const struct evidence *twins, const struct finding *flat,
                     struct finding *findings) {
    for (unsigned rule = 0; rule < RULES; rule++) {
        struct finding *finding = &findings[rule];
        bool is_base = finding->twin == FINDING_NO_TWIN;
        bool stale_target, moves = judge_may_move(rule) && judge_is_worse(finding, &flat[rule]);
        enum rule_id to;

        if (!moves)
            continue;
        stale_target = base->stale_target || (!is_base && twins[finding->twin].facts.stale_target);
        to = stale_target ? RULE_TARGET_IS_READ : RULE_PLATFORM_SUBLEAF_ZERO;
        if (to == rule)
            continue;
        finding_note(findings, to, true, finding->twin);
        if (!probe->judged[to]) /* what does not count takes nothing upon itself */
            continue;
        finding->state &= ~(unsigned)(FINDING_VIOLATED | FINDING_DEVIATES);
        finding->state |= flat[rule].state & FINDING_DEVIATES;
    }
}

/* Whether a twin is wrong in a way that no rule which counts was broken by. */
static bool judge_is_unexplained(const struct judge_probe *probe, const struct evidence *e) {
    const struct facts *facts = &e->facts;
    enum rule_id factor = judge_factor(e->twin->kind), end = judge_end_rule(facts);

    if (e->twin->kind == TWIN_INTERRUPTED)
        return false;
    if (judge_is_no_processor(e->twin) && (judge_only_shows(e->twin->kind) || !facts->returned))
        return false;
    if (!facts->returned)
        return end != RULES && !probe->judged[end];
    return judge_is_wrong(facts) && (factor == RULES || !probe->judged[factor]);
}

/* The first twin of each row that is wrong throughout. */
static size_t judge_wrong_rows(const struct evidence *twins, size_t count,
                               size_t indices[JUDGE_DEEPER_ROWS]) {
    size_t found = 0, wrong[16];
    bool right[16] = {false};

    for (unsigned row = 0; row < 16; row++)
        wrong[row] = FINDING_NO_TWIN;
    for (size_t i = 0; i < count; i++) {
        const struct twin *twin = twins[i].twin;
        const struct facts *facts = &twins[i].facts;

        if (!facts->returned || (twin->kind != TWIN_RANGE && twin->kind != TWIN_RANGE_FILLED))
            continue;
        if (facts->right)
            right[twin->group % 16] = true;
        else if (wrong[twin->group % 16] == FINDING_NO_TWIN)
            wrong[twin->group % 16] = i;
    }
    for (unsigned row = 0; row < 16 && found < JUDGE_DEEPER_ROWS; row++) {
        if (wrong[row] != FINDING_NO_TWIN && !right[row])
            indices[found++] = wrong[row];
    }
    return found;
}

size_t judge_deeper(const struct judge_probe *probe, const struct facts *base,
                    const struct evidence *twins, size_t count, size_t indices[JUDGE_DEEPER_MAX]) {
    bool seen[TWIN_KINDS] = {false};
    size_t found, rows;

    if (!base->returned || judge_is_wrong(base))
        return 0;
    found = rows = judge_wrong_rows(twins, count, indices);
    for (size_t i = 0; i < count; i++) {
        enum twin_kind kind = twins[i].twin->kind;
        bool taken = seen[kind] || !judge_is_unexplained(probe, &twins[i]);

        for (size_t row = 0; row < rows && !taken; row++)
            taken = indices[row] == i;
        if (taken)
            continue;
        seen[kind] = true;
        indices[found++] = i;
    }
    return found;
}

void judge_sequence(const struct judge_probe *probe, const struct facts *alone,
                    const struct facts *among, bool present, struct finding *findings) {
    if (among->odd_base) {
        judge_subleaf_zero(among, FINDING_NO_TWIN, findings);
        return;
    }
    judge_platform(probe, among, FINDING_NO_TWIN, findings);
    if (!present) {
        judge_bare_run(among, findings);
        return;
    }
    judge_charge(probe, alone, among, RULE_GAPS_ORDER_INDEPENDENT, findings);
    if (!alone->returned || !among->returned) {
        findings[RULE_GAPS_ORDER_INDEPENDENT].state |= FINDING_UNANSWERED;
        return;
    }
    finding_note(findings, RULE_GAPS_ORDER_INDEPENDENT,
                 judge_differs(alone, among) || judge_value_differs(alone, among), FINDING_NO_TWIN);
    judge_own_run(among, findings);
}

void judge_sequence_signed(const struct judge_probe *probe, const struct facts *among,
                           const struct facts *twin, struct finding *findings) {
    if (among->odd_base || judge_is_error(among) || judge_is_error(twin))
        return;
    judge_charge(probe, among, twin, RULE_GENERIC_SIGNATURE_IGNORED, findings);
    if (among->returned || twin->returned)
        finding_note(findings, RULE_GENERIC_SIGNATURE_IGNORED, judge_signature_differs(among, twin),
                     FINDING_NO_TWIN);
    if (judge_reads_differ(among, twin))
        finding_deviate(findings, RULE_GENERIC_SIGNATURE_IGNORED, FINDING_NO_TWIN);
}
