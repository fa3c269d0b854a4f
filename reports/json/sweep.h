/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_REPORTS_JSON_SWEEP_H
#define HVSPEC_REPORTS_JSON_SWEEP_H

#include "reports/json/value.h"
#include "reports/model/report.h"

/* What a sweep has of its own, as JSON. NULL: out of memory. */
json_t *json_sweeps(const struct report_probe *probe);

#endif
