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

/* What a probe decides, where that is not the whole of the spec; all zero: it is. */
struct spec_form {
    bool maximum_only;   /* step 1 alone: available means that the maximum reaches the target */
    uint32_t mask;       /* of the target's EAX only these bits decide; 0: all */
    bool exact;          /* available means that those bits are just `equals`; false: any of them */
    uint32_t equals;     /* where exact; bits of the mask, not 0 */
    uint32_t value_bits; /* of the value reported only these bits count; 0: all */
    uint32_t scale;      /* the value reported is EAX times this; 0: 1 */
};

/* The outcome that such a probe should give. */
static inline enum outcome spec_form_outcome(const struct spec_form *form, uint32_t maximum,
                                             uint32_t target, uint32_t target_eax) {
    if (form->maximum_only)
        return maximum < target ? OUTCOME_NOT_AVAILABLE : OUTCOME_AVAILABLE;
    if (form->mask)
        target_eax &= form->mask;
    return spec_outcome(maximum, target, form->exact ? target_eax == form->equals : target_eax);
}

/* Whether the value that it reports is right, in all 64 bits: one that a place has no room for is
 * not. */
static inline bool spec_form_reports(const struct spec_form *form, uint32_t target_eax,
                                     uint64_t value) {
    uint64_t right = (uint64_t)target_eax * (form->scale ? form->scale : 1);

    return form->value_bits ? ((value ^ right) & form->value_bits) == 0 : value == right;
}

/* "available", "not available", "not implemented", "absent", "no answer". */
const char *outcome_text(enum outcome outcome);

/* The word in files: "available", "not-available", "not-implemented". False: not one of them. */
bool outcome_parse(const char *word, enum outcome *outcome);

#endif
