/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_REPORTS_CONSOLE_SLOWEST_H
#define HVSPEC_REPORTS_CONSOLE_SLOWEST_H

#include "reports/console/page.h"

/* The scenarios that took longest, of a report whose times are told; else nothing. */
void console_slowest(struct page *page, const struct report *report);

#endif
