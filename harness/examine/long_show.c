/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/examine/long.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define EXAMINE_LONG_LISTED 8u /* questions of one kind that are listed rather than counted */

static bool long_breaks(const struct examiner *examiner, const struct examine_long *boots,
                        enum rule_id rule, uint32_t target, const struct facts *facts) {
    struct finding findings[RULES];

    memset(findings, 0, sizeof findings);
    judge_sequence(&examiner->kind, long_boot_alone(&boots->alone, target), facts,
                   boots->test->table.present, findings);
    return findings[rule].state & FINDING_VIOLATED && (!boots->wants_wrong || long_is_wrong(facts));
}

/* Asks boots->asks, and returns up to which question that breaks the rule, the last one when `last`
 * says so; 0: none does. */
static size_t long_try(struct examiner *examiner, struct examine_long *boots, enum rule_id rule,
                       size_t count, bool last, struct examination *examination) {
    size_t ran =
        long_run(examiner, boots, boots->twin, boots->asks, count, boots->trial, examination);

    for (size_t i = last ? count - 1 : 0; i < ran; i++) {
        if (long_breaks(examiner, boots, rule, boots->asks[i], &boots->trial[i]))
            return i + 1;
    }
    return 0;
}

/* The last `count` questions up to the one at `index`. */
static void long_last(struct examine_long *boots, size_t index, size_t count) {
    memcpy(boots->asks, boots->boot.asks + index + 1 - count, count * sizeof *boots->asks);
}

/* How many of the last ones, up to the one at `index`, show the same: 0: more than a list holds. */
static size_t long_try_last(struct examiner *examiner, struct examine_long *boots,
                            enum rule_id rule, size_t index, struct examination *examination) {
    size_t too_few = 0, enough = 0;

    for (size_t count = 1; enough == 0 && count <= SCENARIO_ASKS_MAX && count <= index + 1;
         count *= 2) {
        long_last(boots, index, count);
        if (long_try(examiner, boots, rule, count, true, examination))
            enough = count;
        else
            too_few = count;
    }
    while (enough > too_few + 1) {
        size_t count = too_few + (enough - too_few) / 2;

        long_last(boots, index, count);
        if (long_try(examiner, boots, rule, count, true, examination))
            enough = count;
        else
            too_few = count;
    }
    return enough;
}

/* One target again and again. */
static size_t long_repeat(struct examine_long *boots, uint32_t target, size_t count) {
    for (size_t i = 0; i < count; i++)
        boots->asks[i] = target;
    return count;
}

/* Leaves boots->asks with the fewest questions found that break the rule as the one at `index` of
 * the boot does, and says in `text` which they are if a list does not. */
static size_t long_shrink(struct examiner *examiner, struct examine_long *boots, enum rule_id rule,
                          size_t index, char *text, size_t size, struct examination *examination) {
    uint32_t target = boots->boot.asks[index];
    size_t last = long_try_last(examiner, boots, rule, index, examination);
    size_t repeats =
        long_try(examiner, boots, rule, long_repeat(boots, target, index + 1), false, examination);
    size_t ascending = long_try(
        examiner, boots, rule, long_boot_ascending(&boots->alone, boots->asks), false, examination);

    text[0] = '\0';
    if (last > 0 && (repeats == 0 || last <= repeats) && (ascending == 0 || last <= ascending)) {
        long_last(boots, index, last);
        return last;
    }
    if (repeats > 0 && (ascending == 0 || repeats <= ascending)) {
        if (repeats > EXAMINE_LONG_LISTED)
            snprintf(text, size, "asked in one boot for 0x%" PRIx32 ", %zu times", target, repeats);
        return long_repeat(boots, target, repeats);
    }
    if (ascending > 0) {
        long_boot_ascending(&boots->alone, boots->asks);
        if (ascending > EXAMINE_LONG_LISTED)
            snprintf(text, size,
                     "asked in one boot for %zu leaves in ascending order, 0x%" PRIx32
                     " to 0x%" PRIx32,
                     ascending, boots->asks[0], boots->asks[ascending - 1]);
        return ascending;
    }
    memcpy(boots->asks, boots->boot.asks, (index + 1) * sizeof *boots->asks);
    long_boot_describe(&boots->boot, index, text, size);
    return index + 1;
}

void long_show(struct examiner *examiner, struct examine_long *boots, enum rule_id rule,
               enum rule_id seen, size_t index, struct examination *examination) {
    struct violation *violation = &examination->violations[rule];
    size_t count;
    uint32_t target;

    boots->wants_wrong = long_is_wrong(&boots->facts[index]);
    count = long_shrink(examiner, boots, seen, index, violation->sequence_text,
                        sizeof violation->sequence_text, examination);
    target = boots->asks[count - 1];
    violation->asked = target;
    violation->base = *long_boot_alone(&boots->alone, target);
    if (count <= SCENARIO_ASKS_MAX) {
        examiner_fill(examiner, violation, rule, &boots->test->table, boots->twin, boots->asks,
                      count);
        violation->base_has_twin = boots->twin != NULL;
        return;
    }
    if (long_run(examiner, boots, boots->twin, boots->asks, count, boots->trial, examination) !=
        count) {
        examination->failed = true;
        snprintf(examination->failure, sizeof examination->failure,
                 "a boot of %zu questions went otherwise the second time", count);
        return;
    }
    examiner_fill_from(examiner, violation, rule, &examiner->jobs[(count - 1) % EXAMINE_BATCH],
                       &examiner->observations[(count - 1) % EXAMINE_BATCH]);
    examiner_fill_twin(violation, boots->twin);
    violation->base_has_twin = boots->twin != NULL;
    violation->facts = boots->trial[count - 1];
    violation->sequence_count = count;
}
