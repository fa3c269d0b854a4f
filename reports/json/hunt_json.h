/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_REPORTS_JSON_HUNT_JSON_H
#define HVSPEC_REPORTS_JSON_HUNT_JSON_H

#include "base/errors.h"
#include "reports/model/hunt_report.h"

/* Reads what hunt_json_write wrote into a report whose rules are described and the rest of which is
 * zero, to be cleared either way. The profile is left to whoever knows profiles, as *profile, owned
 * by the caller. False with errors noted: it is none, or of other rules. */
bool hunt_report_read_json(const char *path, struct hunt_report *report, char **profile,
                           struct errors *errors);

/* A find's example as text, from one process to another; NULL: out of memory. And back, into a
 * zeroed one to be cleared either way; false: it is none, or memory ran out. */
char *hunt_example_dump(const struct report_example *example);
bool hunt_example_load(const char *text, struct report_example *example);

#endif
