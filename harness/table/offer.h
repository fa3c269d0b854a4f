/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_TABLE_OFFER_H
#define HVSPEC_HARNESS_TABLE_OFFER_H

#include "harness/table/table.h"
#include "reports/model/report.h"

/* What the first processor of a table that shows the block offers, into the report's subject: its
 * features with their meaning, and the map of its leaves. What the findings accuse of repeating
 * another leaf is no feature. False: out of memory. */
bool table_offer(const struct dump_table *table, const struct table_findings *findings,
                 struct report_probe *out);

#endif
