/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/examine/internal.h"
#include "harness/probe/assume.h"

#include <stdlib.h>

/* What a case is likely to cost, from one call of it. The figures are those of a right probe: a
 * wrong one has more twins, which is what the suite is for. */
#define MEASURE_TWINS 260u        /* of a question, when they cost little */
#define MEASURE_QUESTIONS 4u      /* of a case that are asked to measure it */
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

/* The case's questions that the probe can be asked, without those that repeat the one before. */
static size_t measure_questions(const struct examiner *examiner, const struct scenario_case *test,
                                uint32_t questions[MEASURE_QUESTIONS]) {
    size_t count = 0;

    for (size_t i = 0; i < test->asks_count && count < MEASURE_QUESTIONS; i++) {
        if (examiner_can_ask(examiner, test->asks[i]) &&
            (count == 0 || questions[count - 1] != test->asks[i]))
            questions[count++] = test->asks[i];
    }
    return count;
}

/* Asks the first one, and notes what it costs and where the code goes. */
static void measure_first(struct examiner *examiner, const struct cpuid_table *table,
                          const uint32_t *question, struct measure *measure) {
    const struct observation *observation;
    const uint64_t before = examiner_cost(examiner);

    if (!examiner->coverage)
        examiner->coverage = calloc(1, sizeof *examiner->coverage);
    if (examiner->coverage) {
        examiner->coverage->path = 0;
        runner_cover(examiner->runner, examiner->coverage);
    }
    examiner_run(examiner, table, NULL, question, 1, &observation);
    runner_cover(examiner->runner, NULL);
    measure->cost =
        examiner->probe->setup.process ? observation->cost : examiner_cost(examiner) - before;
    measure->path = examiner->coverage ? examiner->coverage->path : 0;
}

static bool measure_is_wrong(struct examiner *examiner) {
    struct facts facts = examiner_facts(examiner, &examiner->jobs[0], &examiner->observations[0]);

    return !facts.returned || !facts.right;
}

struct measure examine_measure(struct examiner *examiner, const struct scenario_case *test) {
    uint32_t questions[MEASURE_QUESTIONS];
    size_t count = measure_questions(examiner, test, questions);
    const struct observation *observation;
    struct assumed_table assumed;
    struct measure measure = {0};

    if (count == 0 || !assumed_make(examiner->probe, &test->table, &assumed))
        return measure;
    runner_reset(examiner->runner);
    measure_first(examiner, &assumed.table, &questions[0], &measure);
    measure.wrong = measure_is_wrong(examiner);
    for (size_t i = 1; i < count; i++) {
        examiner_run(examiner, &assumed.table, NULL, &questions[i], 1, &observation);
        measure.wrong |= measure_is_wrong(examiner);
    }
    assumed_clear(&assumed);
    return measure;
}
