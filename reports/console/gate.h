/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_REPORTS_CONSOLE_GATE_H
#define HVSPEC_REPORTS_CONSOLE_GATE_H

#include "reports/console/page.h"

/*
 * What the console says of a gate; nothing of a report without one.
 */

/* What differs from the baseline: new violations, with their first case each (`verbosity` over 0:
 * with all), then lines that hold no longer. */
void console_gate_changes(struct page *page, const struct report *report, int verbosity);

/* Whether the gate holds, in one line; nothing when the run itself went wrong. */
void console_gate_end(struct page *page, const struct report *report);

#endif
