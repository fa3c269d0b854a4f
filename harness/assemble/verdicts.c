/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/suite/internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What counts come to: a rule's verdict, and a probe's. */

enum report_verdict suite_violated_verdict(enum rule_id rule, unsigned states) {
    if (rules[rule].level == RULE_MUST)
        return states & FINDING_VIOLATED ? REPORT_FAIL : REPORT_NONSTRICT;
    return rules[rule].level == RULE_SHOULD ? REPORT_NONSTRICT : REPORT_INFO;
}

static bool suite_reason(struct report_rule *rule, enum report_verdict verdict, uint64_t part,
                         uint64_t whole, const char *text) {
    rule->verdict = verdict;
    if (asprintf(&rule->reason, "%" PRIu64 " of %" PRIu64 " cases %s", part, whole, text) < 0)
        rule->reason = NULL;
    return rule->reason != NULL;
}

#define SUITE_UNJUDGED "could not be judged"

/* Without the cause, which may be an instruction that the emulator lacks, a reader has to look for
 * it among the notes. */
static bool suite_reason_unjudged(struct report_rule *rule, const char *cause) {
    char *text;
    bool done;

    if (!cause)
        return suite_reason(rule, REPORT_ERROR, rule->errors, rule->errors, SUITE_UNJUDGED);
    if (asprintf(&text, SUITE_UNJUDGED ": %s", cause) < 0)
        return false;
    done = suite_reason(rule, REPORT_ERROR, rule->errors, rule->errors, text);
    free(text);
    return done;
}

const char *suite_first_cause(const char *cause, const char *other) {
    return !cause || (other && strcmp(other, cause) < 0) ? other : cause;
}

/* A rule is judged on the cases that answered, and those that did not are counted beside it: they
 * break a platform rule, or where that does not count a step's. Never a pass when nothing bore on
 * it. */
bool suite_decide(struct report_rule *rule, enum rule_id id, const char *cause) {
    static const char *const unanswered = "gave no answer: see the platform rules";
    size_t all = rule->unanswered + rule->cases;

    if (rule->violations > 0)
        rule->verdict = suite_violated_verdict(
            id, rule->violations > rule->deviations ? FINDING_VIOLATED : FINDING_DEVIATES);
    else if (rule->cases > 0)
        rule->verdict = REPORT_PASS;
    else if (rule->unanswered > 0)
        rule->verdict = REPORT_NOT_EXERCISED;
    if (rule->unanswered > 0)
        return suite_reason(rule, rule->verdict, rule->unanswered, all, unanswered);
    if (rule->violations > 0 || rule->cases > 0)
        return true;
    if (rule->errors > 0)
        return suite_reason_unjudged(rule, cause);
    rule->verdict = REPORT_NOT_EXERCISED;
    return true;
}

enum report_verdict suite_probe_verdict(const struct report_probe *out, bool strict,
                                        uint64_t errors) {
    for (size_t i = 0; i < out->rules_count; i++) {
        if (out->rules[i].verdict == REPORT_FAIL ||
            (out->rules[i].verdict == REPORT_NONSTRICT && strict))
            return REPORT_FAIL;
    }
    if (errors > 0)
        return REPORT_ERROR;
    for (size_t i = 0; i < out->rules_count; i++) {
        if (out->rules[i].cases > 0)
            return REPORT_PASS;
    }
    return REPORT_NOT_EXERCISED;
}
