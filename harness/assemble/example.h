/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_ASSEMBLE_EXAMPLE_H
#define HVSPEC_HARNESS_ASSEMBLE_EXAMPLE_H

#include "emulator/decode/disassembly.h"
#include "harness/assemble/place.h"
#include "reports/model/report.h"

/*
 * Violations as people read them: sentences, source lines, disassembly, a map of the leaves, and
 * the command that shows the case again.
 */

/* What was run. */
struct example_case {
    const struct probe *probe;
    const struct scenario *scenario;
    const struct scenario_case *test;
    uint64_t seed;
    const char
        *options; /* what `trace` needs besides to judge it likewise: " -x RULE"; NULL: nothing */
};

/* Fills `out`, which report_example_clear frees even when this fails. False: out of memory. */
bool example_fill(const struct example_case *from, const struct violation *violation,
                  struct disassembly *disassembly, struct source_line *source,
                  struct report_example *out);

/* One execution of CPUID, at a place, with its symbol and source line, both owned by the step.
 * False: out of memory. */
bool example_step(const struct cpuid_execution *execution, const struct place *place,
                  const struct image *image, struct source_line *source, struct report_step *step);

/* The block's leaves as `view` shows them, into *leaves for the caller to free; equal neighbours on
 * one side of the maximum are joined unless they are asked for. False: out of memory. */
bool example_leaves(const struct cpuid_view *view, const uint32_t *targets, size_t targets_count,
                    struct report_leaf **leaves, size_t *count);

/* What the observed state bits say, "; " ahead of each. */
void example_print_states(FILE *stream, unsigned state);

#endif
