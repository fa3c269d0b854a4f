/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_ASSEMBLE_INTERNAL_H
#define HVSPEC_HARNESS_ASSEMBLE_INTERNAL_H

/* What the files around a tally share. */
#include "harness/assemble/tally.h"

/* Whether the case broke the rule, be it only so that it is nonstrict. */
static inline bool tally_violates(const struct tally_task *task, enum rule_id id) {
    return (task->states[id] & (FINDING_VIOLATED | FINDING_DEVIATES)) != 0;
}

/* Whether it did no more than what is nonstrict of a must. */
static inline bool tally_deviates(const struct tally_task *task, enum rule_id id) {
    return tally_violates(task, id) && !(task->states[id] & FINDING_VIOLATED);
}

/* tally_cells.c: the cells of the row of the scenario whose tasks are `first` to `end` - 1; the
 * probe's rules are filled. `examples_left` counts down what is shown. False: out of memory. */
bool tally_fill_cells(const struct tally *tally, size_t first, size_t end,
                      const struct report_probe *probe, size_t *examples_left,
                      struct report_scenario *out);

/* results.c: what each of these cases came to, as a part's report has it. False: out of memory. */
bool tally_keep_results(const struct tally *tally, size_t first, size_t end,
                        struct report_scenario *out);

#endif
