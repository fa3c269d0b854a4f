/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/judge/plain.h"

/* Whether a right answer tells something else about it than the table does. */
static bool plain_is_inexact(const struct judge_probe *probe, const struct facts *facts) {
    bool another_value = probe->reports_value && facts->expected == OUTCOME_AVAILABLE &&
                         facts->answer == OUTCOME_AVAILABLE && !facts->value_right;

    return another_value || (probe->names_outcome && !facts->named_right);
}

void plain_note(struct plain_answers *answers, const struct judge_probe *probe,
                const struct facts *facts) {
    answers->questions++;
    if (judge_is_error(facts))
        answers->unjudged++;
    else if (!facts->returned || facts->answer == OUTCOME_NONE)
        answers->unanswered++;
    else if (!facts->right && facts->answer == OUTCOME_AVAILABLE)
        answers->wrongly_available++;
    else if (!facts->right)
        answers->wrongly_absent++;
    else if (plain_is_inexact(probe, facts))
        answers->inexact++;
}
