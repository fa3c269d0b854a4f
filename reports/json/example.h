/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_REPORTS_JSON_EXAMPLE_H
#define HVSPEC_REPORTS_JSON_EXAMPLE_H

#include "reports/json/read.h"
#include "reports/json/value.h"

/* An example of a violation as JSON, and back: the same in a run's report and in a hunt's. */

/* What only the report of a shard needs, for merging, has `of_shard`. NULL: out of memory. */
json_t *json_example(const struct report_example *example, bool of_shard);
void read_example(struct reader *reader, json_t *object, bool of_shard,
                  struct report_example *example);

#endif
