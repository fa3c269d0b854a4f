/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/hunt/short.h"

#include "harness/hunt/searches.h"

#include <stdlib.h>
#include <string.h>

static bool short_add(struct hunt_short *found, const char *spelled) {
    char **grown = realloc(found->cases, (found->cases_count + 1) * sizeof *grown);

    if (!grown)
        return false;
    found->cases = grown;
    grown[found->cases_count] = spelled ? strdup(spelled) : NULL;
    return grown[found->cases_count] && ++found->cases_count;
}

/* A table that could not be judged is run as a case too, so that the report tells it as it tells
 * all such. */
static bool short_take(const struct hunt_report *report, struct hunt_short *found) {
    const struct hunt_search totals = hunt_report_totals(report);

    found->runs += totals.runs;
    found->finds += report->finds_count;
    found->unjudged += totals.unjudged;
    for (size_t i = 0; i < report->finds_count; i++) {
        for (unsigned rule = 0; rule < RULES; rule++)
            found->broken[rule] |= (report->finds[i].broken & HUNT_RULE(rule)) != 0;
        if (!short_add(found, report->finds[i].example.case_id))
            return false;
    }
    return totals.unjudged == 0 || short_add(found, totals.unjudged_case);
}

static void short_show(void *context, const struct hunt_progress *now) {
    const struct hunt_short_options *options = context;

    options->progress(options->progress_context,
                      now->runs < options->runs ? now->runs : options->runs, options->runs);
}

bool hunt_short_run(const struct probe *probe, const struct scenario_set *seeds,
                    const struct hunt_short_options *options, struct hunt_short *found,
                    struct errors *errors) {
    struct hunt_searches_options searches = {.hunt = {.seed = options->seed,
                                                      .profile = options->profile,
                                                      .cost = options->runs * HUNT_SHORT_COST,
                                                      .tables = options->tables,
                                                      .tables_count = options->tables_count},
                                             .workers = options->workers,
                                             .stop = options->stop,
                                             .progress = options->progress ? short_show : NULL,
                                             .progress_context = (void *)options};
    struct hunt_report report = {.searches_all = hunt_searches_default(options->runs),
                                 .runs_wanted = options->runs};
    bool done;

    memcpy(searches.hunt.judged, options->judged, sizeof options->judged);
    memcpy(searches.hunt.wanted, options->wanted, sizeof options->wanted);
    done = hunt_searches_run(probe, seeds, &searches, &report, errors);
    if (done && !short_take(&report, found))
        done = errors_add(errors, NULL, 0, 0, "out of memory");
    hunt_report_clear(&report);
    return done;
}

void hunt_short_clear(struct hunt_short *found) {
    for (size_t i = 0; i < found->cases_count; i++)
        free(found->cases[i]);
    free(found->cases);
    *found = (struct hunt_short){0};
}
