/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_REPORTS_TESTS_SAMPLE_REPORT_H
#define HVSPEC_REPORTS_TESTS_SAMPLE_REPORT_H

#include "reports/model/report.h"

/*
 * Reports made by hand for the writers' tests. All are freed by report_clear; running out of memory
 * aborts the test program.
 */

/* One probe, "hvdetect", with one rule of each verdict except error, one violation in full (three
 * steps of trace, five instructions of code), and one CPUID site never reached. */
struct report sample_small(void);

/* Every string that a probe's author controls is hostile: escape sequences, control characters,
 * invalid UTF-8, markup, text running backwards. Two probes, one in error. */
struct report sample_hostile(void);

/* One probe, one rule, pass. */
struct report sample_conforming(void);

/* A sweep of two registers: one fails for two ranges, the other was stopped and could not judge
 * some values. */
struct report sample_swept(void);

/* The small one with the cells of its matrix: its first scenario breaks the rule as well, with an
 * example of its own, and has a case that breaks none; of the second, the rule has the example; a third breaks
 * nothing. */
struct report sample_cells(void);

/* The small one held against a baseline, "known.txt": of its three violations the second example's
 * is listed with a reason, the others are not; line 4 is gone, line 5 names nothing, and the gate
 * fails. */
struct report sample_gate_fails(void);

/* The same with everything listed: the gate holds. */
struct report sample_gate_holds(void);

/* No probe at all. */
struct report sample_empty(void);

/* All of the above by name, for programs that go through them. */
struct sample {
    const char *name;
    struct report (*make)(void);
};
extern const struct sample samples[];
extern const size_t samples_count;

/* What a writer writes, to be freed; NULL when it says that it failed. */
char *sample_written(const struct report *report, const struct report_format *format,
                     const struct report_style *style);

#endif
