/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/examine/long.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXAMINE_LONG_ATTEMPTS 32u /* to run one boot: guest_run may want it again */

/* --- Where the code goes. --- */

#define LONG_WATCHED_BATCH 8u /* a way is noted of each part of a boot */

static void long_forget_ways(struct long_ways *ways) {
    ways->edges = ways->count = 0;
    memset(ways->coverage, 0, sizeof *ways->coverage);
}

/* What was new last in the part whose last question is `last`. */
static void long_note_way(struct long_ways *ways, size_t last) {
    const struct guest_coverage *coverage = ways->coverage;
    const size_t back = coverage->call - coverage->newest;
    const bool is_new = coverage->edges > ways->edges;

    ways->edges = coverage->edges;
    if (!is_new || back > last || last - back < ways->first || last - back >= ways->end)
        return;
    if (ways->count == LONG_WAYS_MAX)
        memmove(ways->at, ways->at + 1, --ways->count * sizeof ways->at[0]);
    ways->at[ways->count++] = last - back;
}

bool long_watch(struct examiner *examiner, struct examine_long *boots, size_t first, size_t end,
                struct long_ways *ways) {
    if (!examiner->coverage)
        examiner->coverage = calloc(1, sizeof *examiner->coverage);
    *ways = (struct long_ways){.coverage = examiner->coverage, .first = first, .end = end};
    if (!examiner->coverage)
        return false;
    boots->ways = ways;
    runner_cover(examiner->runner, examiner->coverage);
    return true;
}

void long_unwatch(struct examiner *examiner, struct examine_long *boots) {
    boots->ways = NULL;
    runner_cover(examiner->runner, NULL);
}

/* --- Boots. --- */

/* One part of a boot, whose questions before `first` have been asked, under what `twin` changes
 * (NULL: nothing). Returns how many observations count; 0: the boot has to be run again. A boot
 * ends with a question that gives no answer. */
static size_t long_run_part(struct examiner *examiner, const struct examine_long *boots,
                            const struct twin *twin, const uint32_t *asks, size_t first,
                            size_t count, struct long_boot_read *read, struct facts *facts,
                            uint64_t *cost, struct examination *examination) {
    const size_t most = boots->ways && boots->boot.count <= LONG_BOOT_ROWS_ASKS ? LONG_WATCHED_BATCH
                                                                                : EXAMINE_BATCH;

    if (count > most)
        count = most;
    for (size_t i = 0; i < count; i++)
        examiner->jobs[i] = (struct guest_job){.table = &boots->test->table,
                                               .changes = twin ? twin->changes : NULL,
                                               .changes_count = twin ? twin->changes_count : 0,
                                               .target = asks[i],
                                               .continues = first + i > 0};
    if (runner_run(examiner->runner, examiner->jobs, count, examiner->observations) == 0)
        return 0;
    if (boots->ways)
        long_note_way(boots->ways, first + count - 1);
    for (size_t i = 0; i < count; i++) {
        struct observation *observation = &examiner->observations[i];

        if (first + i > 0) {
            observation->boot_trace = observation->trace;
            observation->boot_count = 0;
        }
        *cost += examine_weight(observation);
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

        if (boots->ways)
            long_forget_ways(boots->ways);
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
