/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_SPEC_SPEC_H
#define HVSPEC_HARNESS_SPEC_SPEC_H

#include "emulator/cpuid/table.h"

/* The whole spec as one function, and the words for its outcomes. */
enum outcome {
    OUTCOME_AVAILABLE,
    OUTCOME_NOT_AVAILABLE,   /* step 1: the maximum is below the target */
    OUTCOME_NOT_IMPLEMENTED, /* step 2: the target's EAX is zero */
    OUTCOME_ABSENT, /* a probe's answer only: one of the two above, it does not say which */
    OUTCOME_NONE    /* a probe's answer only: there was none, or no known one */
};

/* What the mail says of a feature (Nakajima, LKML, 29 Sep 2008, "Detection of the feature", steps 1
 * and 2). `maximum` is EAX of leaf 0x40000000, `target_eax` is EAX of the target; all unsigned. */
static inline enum outcome spec_outcome(uint32_t maximum, uint32_t target, uint32_t target_eax) {
    if (maximum < target)
        return OUTCOME_NOT_AVAILABLE;
    return target_eax == 0 ? OUTCOME_NOT_IMPLEMENTED : OUTCOME_AVAILABLE;
}

/* "available", "not available", "not implemented", "absent", "no answer". */
const char *outcome_text(enum outcome outcome);

/* The word in files: "available", "not-available", "not-implemented". False: not one of them. */
bool outcome_parse(const char *word, enum outcome *outcome);

#endif
