/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_MACHINE_STEP_H
#define HVSPEC_HARNESS_MACHINE_STEP_H

#include "harness/symbolic/internal.h"

/* A value of up to 128 bits. */
struct machine_wide {
    term_id low, high; /* high 0: of up to 64 */
};

/* operate.c: the result of an operation; low 0: not modelled. The state may end, or split. */
struct machine_wide machine_operate(struct machine *machine, struct machine_state *state,
                                    const struct lift_step *step, const struct machine_wide *in);

/* How many bits are 0 above the highest that is 1, or below the lowest; the width: all are. */
term_id machine_zeros(struct machine *machine, bool leading, term_id a);

/* A product twice as wide as its factors: of up to 32 bits it is in `low` alone. */
struct machine_wide machine_multiply(struct machine *machine, bool is_signed, term_id a, term_id b);

#endif
