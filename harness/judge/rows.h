/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_JUDGE_ROWS_H
#define HVSPEC_HARNESS_JUDGE_ROWS_H

#include "harness/spec/rules.h"

/* What a rule's row (harness/spec/rules.def) says of judging it. */

/* Which CPUID a verdict hangs on: the first execution that is... */
enum deciding {
    DECIDING_TARGET,     /* of the target */
    DECIDING_BASE,       /* of 0x40000000 */
    DECIDING_HYPERVISOR, /* of a hypervisor leaf */
    DECIDING_ABOVE_BASE, /* of one other than 0x40000000 */
    DECIDING_BEYOND,     /* of one above the maximum */
    DECIDING_OTHER,      /* of one that is neither 0x40000000 nor the target */
    DECIDING_ANOTHER,    /* the same, or of the target at a subleaf other than 0 */
    DECIDING_STALE,      /* of a hypervisor leaf at a subleaf other than 0 */
};

/* Cases that bear on the rule even when the call gave no answer, by the outcome expected. */
enum unanswered {
    UNANSWERED_BELOW = 1u << 0,   /* not available */
    UNANSWERED_ZERO = 1u << 1,    /* not implemented */
    UNANSWERED_NONZERO = 1u << 2, /* available */
    UNANSWERED_ALWAYS = UNANSWERED_BELOW | UNANSWERED_ZERO | UNANSWERED_NONZERO,
};

struct judge_row {
    enum deciding deciding;
    unsigned unanswered; /* enum unanswered, or-ed */
    bool stays;          /* about how a call ended or what it left: no stale subleaf excuses it */
};
extern const struct judge_row judge_rows[RULES];

#endif
