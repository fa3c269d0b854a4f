/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/audit/audit.h"
#include "harness/prove/prove.h"

#include <string.h>

/*
 * A mutant that keeps, for every table, each rule that could kill it: no case that anybody writes
 * notices it. What that may cost is counted by the solver, so that it is the same on every machine.
 */
#define AUDIT_EFFORT 1000000u /* by the solver's count: some tenths of a second */

/* Whether every one of these rules that applies is proven, and one is. */
static bool proof_is_whole(const struct prove_result *result, const bool kills[RULES]) {
    bool any = false;

    for (unsigned rule = 0; rule < RULES; rule++) {
        if (!kills[rule])
            continue;
        if (result->rules[rule].verdict == PROVE_PROVEN)
            any = true;
        else if (result->rules[rule].verdict != PROVE_NOT_APPLICABLE)
            return false;
    }
    return any;
}

bool audit_prove(const struct audit *audit, const struct mutant *mutant) {
    struct prove_options options = {.questions = 1,
                                    .effort = AUDIT_EFFORT,
                                    .profile = audit->options->profile,
                                    .seed = audit->options->seed};
    struct prove_result result = {0};
    struct errors errors = {0};
    struct detour detour;
    bool proven;

    if (!prove_is_there() || !detour_apply(&detour, audit->probe->image, &audit->source, mutant))
        return false;
    memcpy(options.selected, audit->kills, sizeof options.selected);
    proven = prove_run(audit->probe, &options, &result, &errors) && !result.disagreement &&
             proof_is_whole(&result, audit->kills);
    prove_result_clear(&result);
    errors_clear(&errors);
    detour_undo(&detour);
    return proven;
}
