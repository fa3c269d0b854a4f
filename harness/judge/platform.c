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

static void judge_state(const struct judge_probe *probe, const struct facts *facts, size_t twin,
                        struct finding *findings) {
    const struct {
        enum rule_id rule;
        unsigned states;
        bool applies;
    } rows[] = {
        {RULE_PLATFORM_REGISTERS_PRESERVED, OBSERVATION_REGISTERS_CHANGED, probe->has_abi},
        {RULE_PLATFORM_STACK_BALANCED, OBSERVATION_STACK_MOVED | OBSERVATION_FRAME_CHANGED, true},
        {RULE_PLATFORM_OWN_MEMORY_ONLY, OBSERVATION_WROTE_FOREIGN, true},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].applies)
            finding_note(findings, rows[i].rule, (facts->state & rows[i].states) != 0, twin);
    }
}

void judge_subleaf_zero(const struct facts *facts, size_t twin, struct finding *findings) {
    if (facts->read_hypervisor && !judge_is_error(facts))
        finding_note(findings, RULE_PLATFORM_SUBLEAF_ZERO, facts->stale_subleaf, twin);
}

void judge_platform(const struct judge_probe *probe, const struct facts *facts, size_t twin,
                    struct finding *findings) {
    enum rule_id broken = judge_end_rule(facts);

    if (judge_is_error(facts))
        return;
    finding_note(findings, RULE_PLATFORM_RETURNS, broken == RULE_PLATFORM_RETURNS, twin);
    finding_note(findings, RULE_PLATFORM_NO_FAULT, broken == RULE_PLATFORM_NO_FAULT, twin);
    if (broken != RULES)
        finding_note(findings, broken, true, twin);
    judge_subleaf_zero(facts, twin, findings);
    if (facts->end == OBSERVATION_RETURNED)
        judge_state(probe, facts, twin, findings);
    if (facts->state & OBSERVATION_CLOCK_READ)
        finding_note(findings, RULE_PLATFORM_DETERMINISTIC, true, twin);
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
