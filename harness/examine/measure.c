/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/examine/internal.h"
#include "harness/probe/assume.h"

#include <stdlib.h>

/* What a case is likely to cost, from one call of it. The figures are those of a right probe: a
 * wrong one has more twins, which is what the suite is for. */
#define MEASURE_TWINS 260u        /* of a question, when they cost little */
#define MEASURE_ORDERS_SINGLE 36u /* questions asked among each other where one is asked... */
#define MEASURE_ORDERS_EACH 6u    /* ...and for each of several */

uint64_t examine_estimate(const struct scenario_case *test, uint64_t cost) {
    uint64_t limit = examine_limit(cost), twins = limit < MEASURE_TWINS ? limit : MEASURE_TWINS;
    uint64_t alone = test->asks_count * (1 + twins);
    uint64_t among =
        test->asks_count > 1 ? MEASURE_ORDERS_EACH * test->asks_count : MEASURE_ORDERS_SINGLE;
    uint64_t boots = test->asks_count == SCENARIO_ASKS_MAX ? examine_long_cost(test, cost) : 0;

    return cost * (alone + among) + boots;
}

uint64_t examiner_cost(const struct examiner *examiner) {
    return runner_cost(examiner->runner);
}

static uint32_t measure_question(const struct examiner *examiner,
                                 const struct scenario_case *test) {
    for (size_t i = 0; i < test->asks_count; i++) {
        if (examiner_can_ask(examiner, test->asks[i]))
            return test->asks[i];
    }
    return 0;
}

struct measure examine_measure(struct examiner *examiner, const struct scenario_case *test) {
    const uint32_t question = measure_question(examiner, test);
    const struct observation *observation;
    struct assumed_table assumed;
    struct measure measure = {0};

    if (question == 0 || !assumed_make(examiner->probe, &test->table, &assumed))
        return measure;
    if (!examiner->coverage)
        examiner->coverage = calloc(1, sizeof *examiner->coverage);
    runner_reset(examiner->runner);
    if (examiner->coverage) {
        examiner->coverage->path = 0;
        runner_cover(examiner->runner, examiner->coverage);
    }
    examiner_run(examiner, &assumed.table, NULL, &question, 1, &observation);
    runner_cover(examiner->runner, NULL);
    measure.cost = observation->cost;
    measure.path = examiner->coverage ? examiner->coverage->path : 0;
    assumed_clear(&assumed);
    return measure;
}
