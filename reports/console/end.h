/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_REPORTS_CONSOLE_END_H
#define HVSPEC_REPORTS_CONSOLE_END_H

#include "reports/console/page.h"

/*
 * The end of the console report, which is all of it when quiet: what was not exercised, what
 * failed, grouped by rule, and the counts in the last line. `verbosity` over 0 lists all CPUID
 * sites that were not reached; without `stated`, what the caller said of the probes has not been
 * told yet.
 */
void console_end(struct page *page, const struct report *report, int verbosity, bool stated);

/* What the caller said of a probe, a line each. */
void console_statements(struct page *page, const struct report_statement *statements, size_t count);

/* " (given assume: {signature: KVMKVMKVM})": the verdict ahead of it is no more than that. NULL:
 * nothing limits it, or, with `lost`, memory ran out and it is not known what. */
void console_given(struct page *page, const char *limits, bool lost);

/* True for a rule in error whose cause the end tells, once for all rules that it stopped. */
bool console_end_tells(const struct report_probe *probe, const struct report_rule *rule);

/* True for a note of a probe that is told at the end, below what it explains: a hint at how the probe
 * is called, where a rule fails or could not be judged. */
bool console_end_hints(const struct report_probe *probe, const char *note);

#endif
