/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/merge/tally.h"

#include "harness/assemble/results.h"
#include "harness/spec/rules.h"

#include <stdlib.h>
#include <string.h>

static const char *merge_case_id(const struct merge_case *test) {
    return test->from->case_ids[test->index];
}

/* The whole run's number of a part's case, or SIZE_MAX. */
static size_t merge_find(const struct merge *merge, size_t part, size_t probe, const char *id) {
    for (size_t at = part; at < merge->cases_count; at += merge->count) {
        if (merge->cases[at].probe == probe && strcmp(merge_case_id(&merge->cases[at]), id) == 0)
            return at;
    }
    return SIZE_MAX;
}

/* --- Rules. --- */

static bool merge_tally_rules(const struct report_probe *first, struct merge_tally *joined) {
    for (size_t i = 0; i < first->rules_count; i++) {
        const struct report_rule *rule = &first->rules[i];
        int id = rules_find(rule->id);

        if (id < 0)
            return false;
        joined->selected[id] = true;
        if (rule->verdict == REPORT_NOT_APPLICABLE)
            joined->tally.reasons[id] = rule->reason ? rule->reason : "";
    }
    joined->tally.selected = joined->selected;
    return true;
}

/* --- Cases. --- */

static bool merge_tally_task(const struct merge *merge, size_t at, struct merge_tally *joined) {
    const struct merge_case *test = &merge->cases[at];
    const struct report_case *result =
        test->from->results ? &test->from->results[test->index] : NULL;
    struct tally_scenario *scenario = joined->scenarios + joined->scenarios_count - 1;
    const size_t number = joined->tally.count;

    if (joined->scenarios_count == 0 || strcmp(scenario->id, test->from->id) != 0) {
        scenario = &joined->scenarios[joined->scenarios_count++];
        scenario->id = test->from->id;
        scenario->title = test->from->title;
    }
    if (test->index == 0) /* of the part: its sum */
        report_add_plain(&scenario->plain, &test->from->plain);
    joined->tasks[number] = (struct tally_task){.scenario = joined->scenarios_count - 1,
                                                .case_id = merge_case_id(test),
                                                .states = joined->states[number],
                                                .failure = result ? result->cause : NULL};
    joined->tally.count++;
    return result && results_read(result->states, &merge->parts[test->part].probes[test->probe],
                                  joined->states[number]);
}

static bool merge_tally_tasks(const struct merge *merge, size_t probe, struct merge_tally *joined) {
    size_t count = 0;

    for (size_t i = 0; i < merge->cases_count; i++)
        count += merge->cases[i].probe == probe;
    joined->tasks = calloc(count + 1, sizeof *joined->tasks);
    joined->scenarios = calloc(count + 1, sizeof *joined->scenarios);
    joined->states = calloc(count + 1, sizeof *joined->states);
    if (!joined->tasks || !joined->scenarios || !joined->states)
        return false;
    joined->tally.tasks = joined->tasks;
    joined->tally.scenarios = joined->scenarios;
    for (size_t i = 0; i < merge->cases_count; i++) {
        if (merge->cases[i].probe == probe && !merge_tally_task(merge, i, joined))
            return false;
    }
    return true;
}

/* --- Examples: the simplest of all parts are those of the whole run. --- */

static bool merge_is_simpler(const struct tally_example *a, size_t number,
                             const struct tally_example *b, size_t other) {
    return a->complexity != b->complexity ? a->complexity < b->complexity : number < other;
}

static void merge_offer_example(struct tally_examples *kept, size_t numbers[REPORT_EXAMPLES_MAX],
                                struct tally_example example, size_t number) {
    size_t at = kept->count;

    while (at > 0 && merge_is_simpler(&example, number, &kept->best[at - 1], numbers[at - 1]))
        at--;
    if (at == REPORT_EXAMPLES_MAX)
        return;
    if (kept->count == REPORT_EXAMPLES_MAX)
        kept->count--;
    memmove(&kept->best[at + 1], &kept->best[at], (kept->count - at) * sizeof kept->best[0]);
    memmove(&numbers[at + 1], &numbers[at], (kept->count - at) * sizeof numbers[0]);
    kept->best[at] = example;
    numbers[at] = number;
    kept->count++;
}

/* False: a part names a case that it cannot have run. */
static bool merge_tally_examples(const struct merge *merge, size_t probe, size_t index,
                                 struct merge_tally *joined) {
    const int id = rules_find(merge->parts[0].probes[probe].rules[index].id);
    size_t numbers[REPORT_EXAMPLES_MAX];

    for (size_t part = 0; part < merge->count; part++) {
        const struct report_rule *from = &merge->parts[part].probes[probe].rules[index];

        for (size_t i = 0; i < from->examples_count; i++) {
            const struct report_example *example = &from->examples[i];
            size_t number = merge_find(merge, part, probe, example->case_id);

            if (number == SIZE_MAX)
                return false;
            merge_offer_example(&joined->tally.examples[id], numbers,
                                (struct tally_example){example, example->complexity}, number);
        }
    }
    return true;
}

/* --- Cells. --- */

/* What a part has to show of a cell: its own example, or the rule's, which stood for it there. */
static const struct report_example *merge_cell_example(const struct report_scenario *scenario,
                                                       const struct report_rule *rule,
                                                       size_t index) {
    if (scenario->cells[index].example)
        return scenario->cells[index].example;
    for (size_t i = 0; i < rule->examples_count; i++) {
        if (strcmp(rule->examples[i].scenario_id, scenario->id) == 0)
            return &rule->examples[i];
    }
    return NULL;
}

static bool merge_offer_cell(const struct merge *merge, size_t part, size_t probe,
                             const struct report_example *example, size_t cell,
                             struct merge_tally *joined) {
    struct tally_example *kept = &joined->cells[cell], offered;
    size_t number;

    if (!example)
        return true;
    offered = (struct tally_example){example, example->complexity};
    number = merge_find(merge, part, probe, example->case_id);
    if (number == SIZE_MAX)
        return false;
    if (!kept->from || merge_is_simpler(&offered, number, kept, joined->numbers[cell])) {
        *kept = offered;
        joined->numbers[cell] = number;
    }
    return true;
}

static bool merge_tally_row(const struct merge *merge, size_t part, size_t probe,
                            const struct report_scenario *scenario, size_t index,
                            struct merge_tally *joined) {
    const struct report_probe *from = &merge->parts[part].probes[probe];
    bool good = true;

    for (size_t i = 0; good && i < from->rules_count; i++) {
        int id = rules_find(from->rules[i].id);

        good = id >= 0 && merge_offer_cell(merge, part, probe,
                                           merge_cell_example(scenario, &from->rules[i], i),
                                           tally_cell(index, (unsigned)id), joined);
    }
    return good &&
           merge_offer_cell(merge, part, probe, scenario->shown, tally_cell(index, RULES), joined);
}

/* Kept where all parts have kept them. */
static bool merge_has_cells(const struct merge *merge, size_t probe) {
    for (size_t part = 0; part < merge->count; part++) {
        const struct report_probe *from = &merge->parts[part].probes[probe];

        for (size_t i = 0; i < from->scenarios_count; i++) {
            if (!from->scenarios[i].cells)
                return false;
        }
    }
    return true;
}

static bool merge_tally_cells(const struct merge *merge, size_t probe, struct merge_tally *joined) {
    const size_t count = tally_cell(joined->scenarios_count, 0);

    if (!merge_has_cells(merge, probe))
        return true;
    joined->cells = calloc(count + 1, sizeof *joined->cells);
    joined->numbers = calloc(count + 1, sizeof *joined->numbers);
    if (!joined->cells || !joined->numbers)
        return false;
    joined->tally.cells = joined->cells;
    for (size_t i = 0; i < joined->scenarios_count; i++) {
        for (size_t part = 0; part < merge->count; part++) {
            const struct report_probe *from = &merge->parts[part].probes[probe];

            for (size_t k = 0; k < from->scenarios_count; k++) {
                if (strcmp(from->scenarios[k].id, joined->scenarios[i].id) == 0 &&
                    !merge_tally_row(merge, part, probe, &from->scenarios[k], i, joined))
                    return false;
            }
        }
    }
    return true;
}

/* --- All of it. --- */

/* Takes the example over from the part, which is merge_reports's to take from. */
static bool merge_take_example(void *context, const struct tally_example *example,
                               struct report_example *out) {
    struct report_example *from = (struct report_example *)example->from;

    (void)context;
    *out = *from;
    *from = (struct report_example){0};
    return true;
}

bool merge_tally(const struct merge *merge, size_t probe, struct merge_tally *joined) {
    const struct report_probe *first = &merge->parts[0].probes[probe];
    bool good;

    *joined = (struct merge_tally){.tally.fill = merge_take_example};
    good = merge_tally_rules(first, joined) && merge_tally_tasks(merge, probe, joined);
    for (size_t i = 0; good && i < first->rules_count; i++)
        good = merge_tally_examples(merge, probe, i, joined);
    return good && merge_tally_cells(merge, probe, joined);
}

void merge_tally_clear(struct merge_tally *joined) {
    free(joined->tasks);
    free(joined->scenarios);
    free(joined->states);
    free(joined->cells);
    free(joined->numbers);
}
