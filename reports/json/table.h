/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_REPORTS_JSON_TABLE_H
#define HVSPEC_REPORTS_JSON_TABLE_H

#include "reports/json/value.h"
#include "reports/model/report.h"

/* Equal leaves side by side as JSON. NULL: out of memory. */
json_t *json_leaf(const struct report_leaf *leaf);

/* Adds what a table has of its own: what it offers, and the map of its leaves. */
void json_put_table(json_t *object, bool *ok, const struct report_probe *probe);

#endif
