/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_ASSEMBLE_SUITE_TALLY_H
#define HVSPEC_HARNESS_ASSEMBLE_SUITE_TALLY_H

#include "harness/assemble/tally.h"
#include "harness/suite/internal.h"

/* What examples are made with; lives as long as the tally. */
struct suite_making {
    const struct suite *suite;
    struct disassembly *disassembly;
    struct source_line *source;
};

/* The tally of a probe of a run whose tasks are all done. False: out of memory; suite_tally_clear
 * either way. */
bool suite_tally(const struct suite *suite, size_t probe, struct report *report,
                 struct suite_making *making, struct tally *tally);
void suite_tally_clear(struct tally *tally);

#endif
