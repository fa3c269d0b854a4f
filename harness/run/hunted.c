/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/run/hunted.h"

#include "harness/hunt/compared.h"
#include "harness/hunt/short.h"
#include "harness/prove/tables.h"
#include "harness/scenario/spelled.h"
#include "harness/spec/found.h"

#include <stdlib.h>
#include <string.h>

#define HUNTED_FURTHER_RUNS                                                                        \
    20000u /* from tables that were not drawn: a fraction of what draws get */
#define HUNTED_SOLVER_SECONDS 120.0 /* far beyond what its effort takes: no machine is so slow */

/* Finds are what fails the run; false: no rule can. */
static bool hunted_rules(const struct probe *probe, const struct suite_options *options,
                         struct hunt_short_options *hunt) {
    bool any = false;

    suite_judged(probe, options->selected, options->profile, hunt->judged);
    for (unsigned rule = 0; rule < RULES; rule++) {
        hunt->wanted[rule] = hunt->judged[rule] && rules_fails(rule, options->strict);
        any |= hunt->wanted[rule];
    }
    return any;
}

/* The rules that nothing was found against; false: there is none. */
static bool hunted_rules_left(const struct hunt_short *found, struct hunt_short_options *hunt) {
    bool any = false;

    for (unsigned rule = 0; rule < RULES; rule++) {
        hunt->wanted[rule] &= !found->broken[rule];
        any |= hunt->wanted[rule];
    }
    return any;
}

/* A search that starts from tables which no draw meets. */
static bool hunted_from(const struct probe *probe, struct hunt_short_options hunt,
                        const struct hunt_candidate *tables, size_t count, struct hunt_short *found,
                        struct errors *errors) {
    const struct scenario_set none = {0};
    const size_t runs = found->runs;
    bool done;

    if (count == 0)
        return true;
    hunt.runs = HUNTED_FURTHER_RUNS;
    hunt.progress = NULL; /* it takes a moment, and is not counted */
    hunt.tables = tables;
    hunt.tables_count = count;
    done = hunt_short_run(probe, &none, &hunt, found, errors);
    found->runs = runs;
    return done;
}

/* What the code compares with what, where draws have found nothing. */
static bool hunted_compare(const struct probe *probe, struct hunt_short_options hunt,
                           struct hunt_short *found, struct errors *errors) {
    struct hunt_compared *compared;
    bool done;

    if (!hunted_rules_left(found, &hunt) || (hunt.stop && *hunt.stop))
        return true;
    compared = calloc(1, sizeof *compared);
    if (!compared)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    done = hunt_compared_find(probe, hunt.seed, compared, errors) &&
           hunted_from(probe, hunt, compared->candidates, compared->count, found, errors);
    free(compared);
    return done;
}

/* What neither meets, a solver may. It is asked last and only for what is left, so that where the
 * others find all there is, a program without a solver writes the same. */
static bool hunted_solve(const struct probe *probe, struct hunt_short_options hunt,
                         struct hunt_short *found, bool *asked, struct errors *errors) {
    struct prove_tables *tables;
    bool done;

    if (!prove_tables_can(probe) || !hunted_rules_left(found, &hunt) || (hunt.stop && *hunt.stop))
        return true;
    tables = calloc(1, sizeof *tables);
    if (!tables)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    done = prove_tables_find(probe, hunt.wanted, hunt.profile, HUNTED_SOLVER_SECONDS, tables,
                             errors) &&
           hunted_from(probe, hunt, tables->candidates, tables->count, found, errors);
    *asked = tables->asked;
    free(tables);
    return done;
}

/* Cases of the same kind that were asked for by name stay. */
static bool hunted_take(const struct hunt_short *found, const struct scenario_set *cases,
                        struct hunted *hunted, struct errors *errors) {
    for (size_t i = 0; i < cases->count; i++) {
        const struct scenario *scenario = &cases->scenarios[i];

        for (size_t k = 0; strcmp(scenario->id, SPEC_FOUND) == 0 && k < scenario->cases_count;
             k++) {
            if (!scenario_set_add_spelled(&hunted->found, scenario->cases[k].id, errors))
                return false;
        }
    }
    for (size_t i = 0; i < found->cases_count; i++) {
        if (!scenario_set_add_spelled(&hunted->found, found->cases[i], errors))
            return false;
    }
    return true;
}

/* Both sets as one, sorted by id. False: out of memory. */
static bool hunted_join(const struct scenario_set *cases, struct hunted *hunted) {
    const struct scenario *found = hunted->found.count > 0 ? hunted->found.scenarios : NULL;
    struct scenario *all = calloc(cases->count + 1, sizeof *all);
    size_t count = 0;

    if (!all)
        return false;
    for (size_t i = 0; i < cases->count; i++) {
        int order = found ? strcmp(cases->scenarios[i].id, found->id) : -1;

        if (order > 0) {
            all[count++] = *found;
            found = NULL;
        }
        if (order != 0)
            all[count++] = cases->scenarios[i];
    }
    if (found)
        all[count++] = *found;
    hunted->all = *cases;
    hunted->all.scenarios = all;
    hunted->all.count = count;
    return true;
}

bool hunted_run(const struct probe *probe, const struct scenario_set *cases,
                const struct suite_options *options, const struct hunted_effort *effort,
                const struct hunted_cases *further, struct hunted *hunted, struct errors *errors) {
    struct hunt_short_options hunt = {.seed = options->seed,
                                      .runs = effort->runs,
                                      .profile = options->profile,
                                      .workers = options->workers,
                                      .stop = options->stop,
                                      .progress = options->progress_hunt,
                                      .progress_context = options->progress_context};
    struct hunt_short found = {0};
    bool done = true;

    hunted->hunt.wanted = effort->runs;
    if (effort->runs > 0 && hunted_rules(probe, options, &hunt))
        done =
            hunt_short_run(probe, cases, &hunt, &found, errors) &&
            hunted_compare(probe, hunt, &found, errors) &&
            (!effort->solver || hunted_solve(probe, hunt, &found, &hunted->hunt.solver, errors)) &&
            hunted_take(&found, cases, hunted, errors);
    for (size_t i = 0; done && further && i < further->count; i++)
        done = scenario_set_add_spelled(&hunted->found, further->ids[i], errors);
    hunted->hunt.runs = found.runs;
    hunted->hunt.finds = found.finds;
    hunted->hunt.unjudged = found.unjudged;
    hunt_short_clear(&found);
    if (done && !hunted_join(cases, hunted))
        done = errors_add(errors, NULL, 0, 0, "out of memory");
    return done;
}

void hunted_clear(struct hunted *hunted) {
    scenario_set_clear(&hunted->found);
    free(hunted->all.scenarios);
    *hunted = (struct hunted){0};
}
