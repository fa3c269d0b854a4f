/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_TABLE_JUDGE_H
#define HVSPEC_HARNESS_TABLE_JUDGE_H

/* What the judges of tables share. */
#include "harness/table/view.h"

struct table_judging {
    const struct table_claims *claims;
    struct table_findings *findings;
    struct table_view first; /* the first processor that shows leaf 0x40000000 */
};

/* The leaf was judged, and holds so far. */
struct table_case *table_put(struct table_judging *judging, enum rule_id rule, uint32_t leaf);

/* The leaf does not hold. The case, when this is the gravest so far: what is expected, what is
 * observed and what shows it (the deciding row first) are to be filled in. Else NULL. */
struct table_case *table_accuse(struct table_judging *judging, enum rule_id rule,
                                const struct table_view *view, uint32_t leaf,
                                enum table_outcome outcome);

/* Adds a row that shows it; NULL: none. */
void table_show(struct table_case *at, const struct dump_row *row);

/* Whether the author declares the leaf as implemented. */
bool table_is_claimed(const struct table_claims *claims, uint32_t leaf);

/* One a rule, called for each processor. */
void table_judge_covers(struct table_judging *judging, const struct table_view *view);
void table_judge_gap(struct table_judging *judging, const struct table_view *view);
void table_judge_in_block(struct table_judging *judging, const struct table_view *view);
void table_judge_present(struct table_judging *judging, const struct table_view *view);
void table_judge_same(struct table_judging *judging, const struct table_view *view);
void table_judge_subleaf(struct table_judging *judging, const struct table_view *view);

/* What is no violation, of the first processor. */
void table_note_all(struct table_judging *judging);

#endif
