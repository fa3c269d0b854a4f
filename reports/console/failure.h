/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_REPORTS_CONSOLE_FAILURE_H
#define HVSPEC_REPORTS_CONSOLE_FAILURE_H

#include "reports/console/page.h"

/*
 * One violated rule in full: on the console, and in the free-text fields of other formats.
 */

/* The heading and the requirement: "FAIL  max/read-first (must)  hvdetect  3 of 812 cases". */
void failure_heading(struct page *page, const struct report_probe *probe,
                     const struct report_rule *rule);

/* One example: the case, expected and observed, the CPUID trace, the code, the command. */
void failure_example(struct page *page, const struct report_example *example);

/* One execution as a line: "0x1040 hv_max (hv.c:31): leaf 0x40000000, subleaf 0x0: eax=...", not
 * yet harmless; to be freed. NULL: out of memory. */
char *failure_step_text(const struct report_step *step);

/* The heading and every kept example as plain text, for formats with a free-text field; to be
 * freed. NULL: out of memory. */
char *failure_text(const struct report_probe *probe, const struct report_rule *rule);

/* What a verdict's word looks like. */
enum page_ink failure_ink(enum report_verdict verdict);

#endif
