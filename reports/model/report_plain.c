/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/model/report.h"

void report_add_plain(struct report_plain *sum, const struct report_plain *part) {
    sum->questions += part->questions;
    sum->wrongly_available += part->wrongly_available;
    sum->wrongly_absent += part->wrongly_absent;
    sum->inexact += part->inexact;
    sum->unanswered += part->unanswered;
    sum->unjudged += part->unjudged;
}

uint64_t report_plain_wrong(const struct report_plain *plain) {
    return plain->wrongly_available + plain->wrongly_absent + plain->inexact + plain->unanswered;
}
