/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/random.h"
#include "harness/examine/internal.h"
#include "harness/probe/assume.h"

#include <stdlib.h>

/* What a case is likely to cost, from one call of it. The figures are those of a right probe: a
 * wrong one has more twins, which is what the suite is for. */
#define MEASURE_TWINS 260u   /* of a question, when they cost little */
#define MEASURE_QUESTIONS 4u /* of a case that are asked to measure it */
/* A case's first question also meets some of its twins, as far as they cost no more than this, so
 * that what only these show gets its case chosen; in the observation's unit. */
#define MEASURE_GLANCE_COST 60000u
#define MEASURE_GLANCE_MAX 40u
#define MEASURE_ORDERS_SINGLE 36u /* questions asked among each other where one is asked... */
#define MEASURE_ORDERS_EACH 6u    /* ...and for each of several */

bool examine_is_long(const struct scenario_case *test) {
    return test->asks_count == SCENARIO_ASKS_MAX;
}

uint64_t examine_estimate(const struct scenario_case *test, const struct measure *measure) {
    const uint64_t cost = measure->call_cost;
    uint64_t limit = examine_limit(cost), twins = limit < MEASURE_TWINS ? limit : MEASURE_TWINS;
    uint64_t alone = test->asks_count * (1 + twins);
    uint64_t among =
        test->asks_count > 1 ? MEASURE_ORDERS_EACH * test->asks_count : MEASURE_ORDERS_SINGLE;
    uint64_t boots = examine_is_long(test) ? examine_long_cost(test, cost) : 0;
    double estimate = (double)(cost * (alone + among) + boots);

    return cost > 0 ? (uint64_t)(estimate * ((double)measure->cost / (double)cost)) : 0;
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
    measure->call_cost = examine_weight(observation);
    measure->cost =
        examiner->probe->setup.process ? observation->cost : examiner_cost(examiner) - before;
    measure->path = examiner->coverage ? examiner->coverage->path : 0;
}

/* The rules that a question breaks, with so many twins behind it. */
static uint32_t measure_broken(struct examiner *examiner, const struct facts *base, size_t twins,
                               bool present) {
    struct finding findings[RULES] = {0};
    uint32_t broken = 0;

    judge_question(&examiner->kind, base, examiner->evidence, twins, present, findings);
    for (unsigned rule = 0; rule < RULES; rule++)
        broken |= (uint32_t)judge_is_broken(&findings[rule]) << rule;
    for (size_t i = 0; i <= twins; i++)
        broken |= judge_hidden(i < twins ? &examiner->evidence[i].facts : base);
    return broken;
}

/* Leaves so many twins in the list, drawn. */
static void measure_draw(struct twin_list *list, size_t count, uint64_t seed) {
    for (size_t i = 0; i < count && i < list->count; i++) {
        const size_t other = i + (size_t)(random_next(&seed) % (list->count - i));
        const struct twin drawn = list->twins[other];

        list->twins[other] = list->twins[i];
        list->twins[i] = drawn;
    }
    if (list->count > count)
        list->count = count;
}

/* The twins that the first question will have, when the case is examined, or some of them: other
 * cases draw others. How many ran. The question was run last, and showed `base`. */
static size_t measure_glance(struct examiner *examiner, const struct cpuid_table *table,
                             const char *id, uint32_t target, uint64_t cost,
                             const struct facts *base) {
    const struct cpuid_view view = cpuid_view(table, NULL, 0);
    const size_t room = (size_t)(MEASURE_GLANCE_COST / (cost + 1));
    struct twin_source source =
        examine_source(examiner, id, target, &view, &examiner->observations[0], base);
    static struct examination ignored;

    if (room == 0 || !twins_make(&examiner->twins, &source))
        return 0;
    measure_draw(&examiner->twins, room < MEASURE_GLANCE_MAX ? room : MEASURE_GLANCE_MAX,
                 source.seed);
    return examiner_run_twins(examiner, table, &ignored) ? examiner->twins.count : 0;
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
    for (size_t i = 0; i < count; i++) {
        struct facts base;
        size_t twins = 0;

        if (i == 0)
            measure_first(examiner, &assumed.table, &questions[i], &measure);
        else
            examiner_run(examiner, &assumed.table, NULL, &questions[i], 1, &observation);
        base = examiner_facts(examiner, &examiner->jobs[0], &examiner->observations[0]);
        if (judge_is_error(&base))
            continue;
        if (i == 0)
            twins = measure_glance(examiner, &assumed.table, test->id, questions[i], measure.cost,
                                   &base);
        measure.broken |= measure_broken(examiner, &base, twins, assumed.table.present);
    }
    assumed_clear(&assumed);
    return measure;
}
