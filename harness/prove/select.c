/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/prove/internal.h"
#include "harness/suite/suite.h"

#include <stdlib.h>
#include <string.h>

/* Which rules are judged, what is noted of them, and what follows from others. */

void prove_note_open(struct prover *prover, enum rule_id rule, const char *reason, uint64_t at) {
    struct prove_rule *noted = &prover->result->rules[rule];

    if (noted->verdict != PROVE_PROVEN)
        return;
    noted->verdict = PROVE_OPEN;
    noted->reason = strdup(reason);
    noted->at = at;
}

void prove_note_all_open(struct prover *prover, const char *reason, uint64_t at) {
    for (unsigned rule = 0; rule < RULES; rule++)
        prove_note_open(prover, rule, reason, at);
}

/* Rules that say that something does not matter hold when the answer is the spec's, which hangs on
 * nothing else; they are open where that is. */
void prove_follow_answer(struct prove_result *result) {
    static const enum rule_id answers[] = {RULE_MAX_BELOW_IS_ABSENT, RULE_TARGET_ZERO_IS_ABSENT,
                                           RULE_TARGET_NONZERO_IS_PRESENT, RULE_TARGET_VALUE_INTACT,
                                           RULE_TARGET_OUTCOME_NAMED};
    static const enum rule_id followers[] = {
        RULE_TARGET_EAX_ALONE,       RULE_GAPS_OTHER_LEAVES_IGNORED,
        RULE_GAPS_ORDER_INDEPENDENT, RULE_GENERIC_SIGNATURE_IGNORED,
        RULE_GENERIC_EVERY_RANGE,    RULE_GENERIC_PROCESSOR_IGNORED,
        RULE_PLATFORM_DETERMINISTIC};
    bool proven = true;

    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        enum prove_verdict verdict = result->rules[answers[i]].verdict;

        proven &= verdict == PROVE_PROVEN || verdict == PROVE_NOT_APPLICABLE;
    }
    for (size_t i = 0; !proven && i < sizeof followers / sizeof followers[0]; i++) {
        struct prove_rule *rule = &result->rules[followers[i]];

        if (rule->verdict == PROVE_PROVEN)
            *rule = (struct prove_rule){
                .verdict = PROVE_OPEN,
                .reason = strdup("it follows from the answer's rules, which are not all proven")};
    }
}

/* What is asked for. Rules that are not are proven or not all the same, as others follow from them.
 */
void prove_select(struct prover *prover) {
    for (unsigned rule = 0; rule < RULES; rule++)
        prover->judged[rule] =
            prover->options->selected[rule] &&
            suite_judges(prover->probe, rule, prover->options->profile, &prover->reasons[rule]);
}

void prove_leave_out(struct prover *prover) {
    for (unsigned rule = 0; rule < RULES; rule++) {
        struct prove_rule *noted = &prover->result->rules[rule];
        const char *reason = prover->reasons[rule];

        if (prover->judged[rule])
            continue;
        free(noted->reason);
        *noted = (struct prove_rule){.verdict = PROVE_NOT_APPLICABLE,
                                     .reason = strdup(reason ? reason : "not selected")};
    }
}
