/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_TABLE_VIEW_H
#define HVSPEC_HARNESS_TABLE_VIEW_H

#include "harness/table/table.h"

/* One processor as the judges look at it. */
struct table_view {
    const struct dump_processor *processor;
    const struct dump_row *base; /* leaf 0x40000000 */
    uint32_t maximum;
    bool in_block;                  /* the maximum lies in the block: a hypervisor's table */
    const struct dump_row *highest; /* the first row of the highest basic leaf; NULL: not shown */
    const struct dump_row *first, *end; /* the rows of the block above 0x40000000 */
};

/* False: the processor shows no leaf 0x40000000. */
bool table_view_make(const struct dump_processor *processor, struct table_view *view);

/* All four values are known and the same. */
bool table_same_values(const struct dump_row *a, const struct dump_row *b);

/* The row of the highest basic leaf that this one repeats, whatever its subleaf; NULL: none. */
const struct dump_row *table_echoed_basic(const struct table_view *view,
                                          const struct dump_row *row);

/* Another row outside all ranges (above the maximum, or of a leaf that no one defines) with the
 * same values, where the highest basic leaf is not shown: then both may be echoes of it. */
const struct dump_row *table_echoed_stray(const struct table_view *view,
                                          const struct dump_row *row);

#endif
