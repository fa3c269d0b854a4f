/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_BASE_CLOCK_H
#define HVSPEC_BASE_CLOCK_H

/* Seconds since some moment in the past, which never go back. For progress and budgets: nothing
 * that is reported of a probe hangs on them. */
double clock_seconds(void);

#endif
