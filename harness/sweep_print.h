/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_SWEEP_PRINT_H
#define HVSPEC_HARNESS_SWEEP_PRINT_H

#include "harness/sweep.h"

#include <stdio.h>

/* One axis' verdict. */
enum sweep_verdict {
    SWEEP_PROVEN,  /* every value of the register was run and holds */
    SWEEP_HOLDS,   /* every value that was asked for */
    SWEEP_FAILS,   /* there is a counterexample */
    SWEEP_PARTIAL, /* stopped, and no counterexample so far */
    SWEEP_ERROR    /* the harness could not judge some value */
};

enum sweep_verdict sweep_verdict(const struct sweep_options *options,
                                 const struct sweep_axis_result *axis);

/* The result for people, and as JSON. `scenarios` has the file written for each axis; NULL: none.
 * False: the stream failed or memory ran out. */
bool sweep_print(const struct probe *probe, const struct sweep_options *options,
                 const struct sweep_result *result, char *const *scenarios, FILE *stream);
bool sweep_print_json(const struct probe *probe, const struct sweep_options *options,
                      const struct sweep_result *result, char *const *scenarios, FILE *stream);

#endif
