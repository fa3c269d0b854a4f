/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/exit_codes.h"

#include <stdlib.h>

int audit_exit_code(const struct audit_report *report, struct errors *errors) {
    bool failed;
    char *lack = audit_report_lack(report, &failed);

    if (failed)
        errors_fail(errors, "out of memory");
    else if (lack)
        errors_fail(errors, "%s", lack);
    free(lack);
    if (report->interrupted)
        errors_fail(errors, "interrupted: the report holds what was found so far");
    if (!errors_none(errors))
        return COMMAND_FAILED;
    return audit_report_count(report, report->changes_count, AUDIT_SURVIVED) > 0 ? COMMAND_VIOLATES
                                                                                 : COMMAND_CONFORMS;
}

int hunt_exit_code(const struct hunt_report *report, struct errors *errors) {
    const struct hunt_search totals = hunt_report_totals(report);

    if (totals.unjudged > 0) {
        errors_add(errors, NULL, 0, 0, "%zu tables cannot be judged, the first: %s",
                   totals.unjudged, totals.unjudged_reason ? totals.unjudged_reason : "?");
        return COMMAND_FAILED;
    }
    return totals.finds > 0 ? COMMAND_VIOLATES : COMMAND_CONFORMS;
}
