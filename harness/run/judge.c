/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/run/run.h"

#include "harness/guests/guests.h"

#include <stdlib.h>

size_t run_inputs_cases(const struct run_inputs *inputs) {
    size_t cases = 0;

    for (size_t i = 0; i < inputs->probes_count; i++)
        cases += suite_cases(&inputs->set, &inputs->suite, i);
    return cases;
}

static void run_inputs_name_run(const struct run_inputs *inputs, struct report *report) {
    report->version = HVSPEC_VERSION;
    report->seed = inputs->suite.seed;
    report->strict = inputs->suite.strict;
    report->profile = inputs->suite.profile;
    report->shard = inputs->suite.shard;
    report->shards = inputs->suite.shards;
}

static bool run_inputs_try(struct run_inputs *inputs, struct errors *errors) {
    inputs->unstarted = calloc(inputs->probes_count + 1, sizeof *inputs->unstarted);
    inputs->suite.unstarted = inputs->unstarted;
    if (!inputs->unstarted)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    return suite_try(inputs->probes, inputs->probes_count, &inputs->suite, inputs->unstarted,
                     errors);
}

/* Each probe goes on with the cases that it has and those that its short hunt finds. */
static bool run_inputs_hunt(struct run_inputs *inputs, struct errors *errors) {
    size_t count = inputs->probes_count;

    if ((inputs->hunt_runs == 0 && !inputs->further) || count == 0)
        return true;
    inputs->hunted = calloc(count, sizeof *inputs->hunted);
    inputs->hunts = calloc(count, sizeof *inputs->hunts);
    if (!inputs->hunted || !inputs->hunts)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    for (size_t i = 0; i < count; i++) {
        const struct hunted_effort effort = {inputs->unstarted[i] ? 0 : inputs->hunt_runs,
                                             !inputs->no_solver};
        struct hunted *hunted = &inputs->hunted[i];

        if (!hunted_run(inputs->probes[i], inputs->sets[i] ? inputs->sets[i] : &inputs->set,
                        &inputs->suite, &effort,
                        inputs->further ? &inputs->further[i] : NULL, hunted, errors))
            return false;
        inputs->sets[i] = &hunted->all;
        inputs->hunts[i] = hunted->hunt;
    }
    if (inputs->hunt_runs > 0)
        inputs->suite.hunts = inputs->hunts;
    return true;
}

bool run_inputs_judge(struct run_inputs *inputs, suite_runner run, struct report *report,
                      struct errors *errors) {
    run_inputs_name_run(inputs, report);
    if (!run_inputs_try(inputs, errors) || !run_inputs_hunt(inputs, errors))
        return false;
    if (inputs->probes_count > 0 &&
        !run(inputs->probes, inputs->probes_count, &inputs->set, &inputs->suite, report, errors))
        return false;
    if (inputs->tables.count == 0)
        return true;
    if (report->shards > 0 && inputs->probes_count == 0 &&
        !suite_hash_scenarios(&inputs->set, report->scenarios_sha256))
        return errors_add(errors, NULL, 0, 0, "out of memory");
    if (!table_set_report(&inputs->tables, inputs->suite.selected, inputs->suite.source_root,
                          report))
        return errors_add(errors, NULL, 0, 0, "out of memory");
    return !inputs->guests || guests_report(&inputs->tables, inputs->suite.seed, report, errors);
}
