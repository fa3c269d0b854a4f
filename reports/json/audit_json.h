/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_REPORTS_JSON_AUDIT_JSON_H
#define HVSPEC_REPORTS_JSON_AUDIT_JSON_H

#include "base/errors.h"
#include "reports/model/audit_report.h"

/* Reads what audit_json_write wrote into a report whose rules and changes are described and the
 * rest of which is zero, to be cleared either way. The profile is left to whoever knows profiles,
 * as *profile, owned by the caller. False with errors noted: it is none, or of another version. */
bool audit_report_read_json(const char *path, struct audit_report *report, char **profile,
                            struct errors *errors);

#endif
