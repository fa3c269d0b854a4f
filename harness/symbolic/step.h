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

#endif
