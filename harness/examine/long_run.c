/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/examine/long.h"

#include <stdio.h>

#define EXAMINE_LONG_ATTEMPTS 32u /* to run one boot: guest_run may want it again */

/* One part of a boot, whose questions before `first` have been asked, under what `twin` changes
 * (NULL: nothing). Returns how many observations count; 0: the boot has to be run again. A boot
 * ends with a question that gives no answer. */
static size_t long_run_part(struct examiner *examiner, const struct examine_long *boots,
                            const struct twin *twin, const uint32_t *asks, size_t first,
                            size_t count, struct long_boot_read *read, struct facts *facts,
                            uint64_t *cost, struct examination *examination) {
    if (count > EXAMINE_BATCH)
        count = EXAMINE_BATCH;
    for (size_t i = 0; i < count; i++)
        examiner->jobs[i] = (struct guest_job){.table = &boots->test->table,
                                               .changes = twin ? twin->changes : NULL,
                                               .changes_count = twin ? twin->changes_count : 0,
                                               .target = asks[i],
                                               .continues = first + i > 0};
    if (runner_run(examiner->runner, examiner->jobs, count, examiner->observations) == 0)
        return 0;
    for (size_t i = 0; i < count; i++) {
        struct observation *observation = &examiner->observations[i];

        if (first + i > 0) {
            observation->boot_trace = observation->trace;
            observation->boot_count = 0;
        }
        *cost += observation->cost;
        facts[i] = examiner_take(examiner, i, examination);
        long_boot_carry(read, observation, asks[i], &facts[i]);
        if (!facts[i].returned)
            return i + 1;
    }
    return count;
}

size_t long_run(struct examiner *examiner, struct examine_long *boots, const struct twin *twin,
                const uint32_t *asks, size_t count, struct facts *facts,
                struct examination *examination) {
    for (unsigned attempt = 0; attempt < EXAMINE_LONG_ATTEMPTS; attempt++) {
        struct long_boot_read read = {0};
        const uint64_t cost_max =
            count > LONG_BOOT_ROWS_ASKS ? EXAMINE_LONG_WRAPS_MAX : EXAMINE_LONG_COST_MAX;
        uint64_t cost = 0;
        size_t done = 0, part = 1;

        while (part > 0 && done < count && cost < cost_max &&
               (done == 0 || facts[done - 1].returned)) {
            part = long_run_part(examiner, boots, twin, asks + done, done, count - done, &read,
                                 facts + done, &cost, examination);
            done += part;
        }
        boots->ran_cost = cost;
        if (part > 0)
            return done;
    }
    examination->failed = true;
    snprintf(examination->failure, sizeof examination->failure,
             "a boot of %zu questions faults elsewhere each time", count);
    return 0;
}

void long_ask_alone(struct examiner *examiner, struct examine_long *boots,
                    struct examination *examination) {
    uint64_t cost = 0;

    for (uint32_t target = CPUID_BASE + 1;
         target <= CPUID_BLOCK_LAST && cost < EXAMINE_LONG_COST_MAX; target++) {
        const struct observation *observation;
        struct facts facts;

        if (!examiner_can_ask(examiner, target) || boots->alone.known[target - CPUID_BASE])
            continue;
        examiner_run(examiner, &boots->test->table, boots->twin, &target, 1, &observation);
        examination->runs++;
        cost += observation->cost;
        facts = examiner_facts(examiner, &examiner->jobs[0], observation);
        if (!boots->twin || !judge_is_wrong(&facts))
            long_boot_add(&boots->alone, target, &facts);
    }
}
