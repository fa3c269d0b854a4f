/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/hunt/hunt.h"
#include "harness/prove/prove.h"

#include <stdlib.h>

/* What a proof came to: reading it, and giving it back. */

const char *prove_verdict_text(enum prove_verdict verdict) {
    static const char *const texts[PROVE_VERDICTS] = {"proven", "refuted", "open",
                                                      "not-applicable"};

    return texts[verdict];
}

size_t prove_count(const struct prove_result *result, enum prove_verdict verdict) {
    size_t count = 0;

    for (unsigned rule = 0; rule < RULES; rule++)
        count += result->rules[rule].verdict == verdict;
    return count;
}

enum prove_verdict prove_verdict_of(const struct prove_result *result, bool strict) {
    bool open = result->disagreement != NULL, any = false;

    for (unsigned rule = 0; rule < RULES; rule++) {
        enum prove_verdict verdict = result->rules[rule].verdict;

        if (!rules_fails(rule, strict))
            continue;
        if (verdict == PROVE_REFUTED && !result->disagreement)
            return PROVE_REFUTED;
        open |= verdict == PROVE_OPEN;
        any |= verdict == PROVE_PROVEN;
    }
    return open ? PROVE_OPEN : any ? PROVE_PROVEN : PROVE_NOT_APPLICABLE;
}

void prove_result_clear(struct prove_result *result) {
    for (unsigned rule = 0; rule < RULES; rule++)
        free(result->rules[rule].reason);
    for (size_t i = 0; i < result->finds_count; i++)
        hunt_find_clear(&result->finds[i]);
    free(result->assumed);
    free(result->disagreement);
    *result = (struct prove_result){0};
}
