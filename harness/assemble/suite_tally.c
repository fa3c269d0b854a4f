/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/assemble/suite_tally.h"

#include <stdlib.h>

/* A tally from the tasks of a run. */

static bool suite_make_example(void *context, const struct tally_example *example,
                               struct report_example *out) {
    const struct suite_making *making = context;

    return suite_fill_example(making->suite, example->from, making->disassembly, making->source,
                              out);
}

static void suite_add_plain(const struct plain_answers *answers, struct report_plain *sum) {
    const struct report_plain plain = {.questions = answers->questions,
                                       .wrongly_available = answers->wrongly_available,
                                       .wrongly_absent = answers->wrongly_absent,
                                       .inexact = answers->inexact,
                                       .unanswered = answers->unanswered,
                                       .unjudged = answers->unjudged};

    report_add_plain(sum, &plain);
}

static bool suite_tally_tasks(const struct suite *suite, size_t probe, struct tally *tally) {
    const struct scenario_set *set = suite_set(suite, probe);
    const size_t first = suite->tasks_first[probe];
    struct tally_scenario *scenarios = calloc(set->count + 1, sizeof *scenarios);
    struct tally_task *tasks;

    tally->scenarios = scenarios;
    tally->count = suite->tasks_first[probe + 1] - first;
    tally->tasks = tasks = calloc(tally->count + 1, sizeof *tasks);
    if (!scenarios || !tasks)
        return false;
    for (size_t i = 0; i < set->count; i++) {
        scenarios[i].id = set->scenarios[i].id;
        scenarios[i].title = set->scenarios[i].title;
    }
    for (size_t i = 0; i < tally->count; i++) {
        const struct suite_task *task = &suite->tasks[first + i];

        tasks[i] = (struct tally_task){.scenario = task->scenario,
                                       .case_id = suite_case(suite, task)->id,
                                       .states = task->states,
                                       .failure = task->failure,
                                       .seconds = task->seconds};
        suite_add_plain(&task->plain, &scenarios[task->scenario].plain);
    }
    return true;
}

static struct tally_example suite_tally_example(const struct suite_example *example) {
    return (struct tally_example){example, example ? example->complexity : 0};
}

static bool suite_tally_cells(const struct suite *suite, size_t scenarios, struct tally *tally) {
    struct tally_example *cells = calloc(tally_cell(scenarios, 0) + 1, sizeof *cells);

    tally->cells = cells;
    for (size_t i = 0; cells && i < scenarios; i++) {
        for (unsigned rule = 0; rule <= RULES; rule++)
            cells[tally_cell(i, rule)] =
                suite_tally_example(suite_cells_best(suite->cells, i, rule));
    }
    return cells != NULL;
}

bool suite_tally(const struct suite *suite, size_t probe, struct report *report,
                 struct suite_making *making, struct tally *tally) {
    tally->selected = suite->options->selected;
    tally->fill = suite_make_example;
    tally->context = making;
    tally->part = report->shards > 0 ? report : NULL;
    for (unsigned rule = 0; rule < RULES; rule++) {
        const struct suite_examples *from = &suite->examples[probe][rule];
        const char *reason;
        bool applies = suite_rule_applies(suite, suite->probes[probe], rule, &reason);

        tally->reasons[rule] = applies ? NULL : reason;
        tally->examples[rule].count = from->count;
        for (size_t i = 0; i < from->count; i++)
            tally->examples[rule].best[i] = suite_tally_example(&from->best[i]);
    }
    return suite_tally_tasks(suite, probe, tally) &&
           (!suite->cells || suite_tally_cells(suite, suite_set(suite, probe)->count, tally));
}

void suite_tally_clear(struct tally *tally) {
    free((void *)tally->scenarios);
    free((void *)tally->tasks);
    free((void *)tally->cells);
}
