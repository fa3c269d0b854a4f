/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_CLI_CHECK_PROVE_H
#define HVSPEC_HARNESS_CLI_CHECK_PROVE_H

#include "harness/cli/command.h"
#include "harness/run/run.h"
#include "reports/model/report.h"

/*
 * `check --prove`: each probe is proven beside its cases. What breaks a rule for the solver is a
 * case like those that a hunt finds, so that the suite judges it; what the proof came to is a note
 * a rule.
 */
struct check_proof {
    char **notes; /* a sentence a rule */
    size_t notes_count;
    struct hunted_cases cases; /* counterexamples */
};

struct check_proofs {
    struct check_proof *proofs; /* by probe */
    struct hunted_cases *cases; /* by probe: the same ones, borrowed by the inputs */
    size_t count;
};

/* Proves the inputs' probes where the line wants that, and gives the inputs the counterexamples.
 * False with errors noted, *code saying whose fault that is. To be cleared either way, behind the
 * inputs' use. */
bool check_prove(const struct command_line *line, struct run_inputs *inputs,
                 struct check_proofs *proofs, int *code, struct errors *errors);

/* Adds the notes to the report of a run of the inputs. False: out of memory. */
bool check_prove_report(struct check_proofs *proofs, struct report *report);

void check_prove_clear(struct check_proofs *proofs);

#endif
