/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/judge/internal.h"

/* A jump into nowhere that popped its address from the stack is a stack out of balance (the guest
 * then notes that the stack moved). */
enum rule_id judge_end_rule(const struct facts *facts) {
    switch (facts->end) {
    case OBSERVATION_OUT_OF_BUDGET:
        return RULE_PLATFORM_RETURNS;
    case OBSERVATION_FOREIGN_WRITE:
        return RULE_PLATFORM_OWN_MEMORY_ONLY;
    case OBSERVATION_FETCH_FAULT:
        return facts->state & OBSERVATION_STACK_MOVED ? RULE_PLATFORM_STACK_BALANCED
                                                      : RULE_PLATFORM_NO_FAULT;
    case OBSERVATION_READ_FAULT:
    case OBSERVATION_STACK_OVERFLOW:
    case OBSERVATION_UNDEFINED:
    case OBSERVATION_FORBIDDEN:
    case OBSERVATION_STACK_SMASHED:
        return RULE_PLATFORM_NO_FAULT;
    default:
        return RULES;
    }
}

/* The rules that any run shows by itself: all of them, or `only` one. */
static inline void judge_any_run(const struct judge_probe *probe, const struct facts *facts,
                                 unsigned only, size_t twin, struct finding *findings) {
    enum rule_id end = judge_end_rule(facts);

#define RULE_BY_ANY_RUN(name, exercised, broken)                                                   \
    if ((only == RULES || only == RULE_##name) && (exercised))                                     \
        finding_note(findings, RULE_##name, broken, twin);
#define RULE_BY_OWN_RUN(...)
#define RULE_BY_BARE_RUN(...)
#define RULE_BY_TABLE(...)
#define RULE_BY_NONE(...)
#define RULE(name, catalogue, judged, factor, judge) RULE_BY(name, judge)
#include "harness/spec/rules.def"
#undef RULE_BY_ANY_RUN
#undef RULE_BY_OWN_RUN
}

void judge_own_run(const struct facts *facts, struct finding *findings) {
#define RULE_BY_ANY_RUN(...)
#define RULE_BY_OWN_RUN(name, exercised, broken)                                                   \
    if (exercised)                                                                                 \
        finding_note(findings, RULE_##name, broken, FINDING_NO_TWIN);
#define RULE(name, catalogue, judged, factor, judge) RULE_BY(name, judge)
#include "harness/spec/rules.def"
#undef RULE_BY_OWN_RUN
#undef RULE_BY_BARE_RUN
}

void judge_bare_run(const struct facts *facts, struct finding *findings) {
#define RULE_BY_OWN_RUN(...)
#define RULE_BY_BARE_RUN(name, exercised, broken)                                                  \
    if (!facts->returned)                                                                          \
        findings[RULE_##name].state |= FINDING_UNANSWERED;                                         \
    else if (exercised)                                                                            \
        finding_note(findings, RULE_##name, broken, FINDING_NO_TWIN);
#define RULE(name, catalogue, judged, factor, judge) RULE_BY(name, judge)
#include "harness/spec/rules.def"
#undef RULE_BY_ANY_RUN
#undef RULE_BY_OWN_RUN
#undef RULE_BY_BARE_RUN
#undef RULE_BY_TABLE
#undef RULE_BY_NONE
}

void judge_subleaf_zero(const struct facts *facts, size_t twin, struct finding *findings) {
    static const struct judge_probe no_probe; /* the rule is about none */

    if (!judge_is_error(facts))
        judge_any_run(&no_probe, facts, RULE_PLATFORM_SUBLEAF_ZERO, twin, findings);
}

void judge_platform(const struct judge_probe *probe, const struct facts *facts, size_t twin,
                    struct finding *findings) {
    if (!judge_is_error(facts))
        judge_any_run(probe, facts, RULES, twin, findings);
}

/* After: data kept below the stack pointer, where the ABI has no red zone or it ends. Whatever
 * comes of that, a wrong answer or a fault, is this rule's alone: the same call without interrupts
 * shows what else there is. */
void judge_interrupted(const struct facts *base, const struct evidence *twins, size_t count,
                       struct finding *findings) {
    for (size_t i = 0; i < count; i++) {
        const struct facts *twin = &twins[i].facts;

        if (twins[i].twin->kind != TWIN_INTERRUPTED || !base->returned || judge_is_error(twin))
            continue;
        finding_note(findings, RULE_PLATFORM_STACK_BALANCED,
                     !twin->returned || twin->answer != base->answer ||
                         twin->leaves != base->leaves || twin->state != base->state ||
                         judge_value_differs(base, twin),
                     i);
    }
}

bool judge_is_fresh_start(const struct twin *twin) {
    return twin->kind == TWIN_AGAIN || twin->kind == TWIN_GARBAGE;
}

/* After: uninitialised variables, half-set 64-bit ones, answers that hang on what the caller left
 * in a register, and probes that read other leaves from one start to the next. */
void judge_fresh_starts(const struct facts *base, const struct evidence *twins, size_t count,
                        struct finding *findings) {
    for (size_t i = 0; i < count; i++) {
        const struct facts *twin = &twins[i].facts;

        if (!judge_is_fresh_start(twins[i].twin) || judge_is_error(twin))
            continue;
        if (base->returned && twin->returned)
            finding_note(findings, RULE_PLATFORM_DETERMINISTIC,
                         twin->answer != base->answer || twin->leaves != base->leaves ||
                             judge_value_differs(base, twin),
                         i);
        else if (base->returned != twin->returned)
            finding_note(findings, RULE_PLATFORM_DETERMINISTIC, true, i);
    }
}
