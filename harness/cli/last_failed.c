/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/last_failed.h"

#include "harness/scenario/spelled.h"
#include "harness/spec/found.h"

#include <stdlib.h>
#include <string.h>

/* Nonstrict ones count too: whoever wants them gone runs them again. */
static bool last_failed_is(const struct report_probe *probe,
                           const struct report_scenario *scenario) {
    for (size_t i = 0; i < probe->rules_count; i++) {
        if (scenario->verdicts[i] == REPORT_FAIL || scenario->verdicts[i] == REPORT_NONSTRICT ||
            scenario->verdicts[i] == REPORT_ERROR)
            return true;
    }
    return false;
}

/* What a hunt found is in no file: its cases that are shown. */
static size_t last_failed_found(const struct report_probe *probe, const char **scenarios) {
    size_t count = 0;

    for (size_t i = 0; i < probe->rules_count; i++) {
        for (size_t k = 0; k < probe->rules[i].examples_count; k++) {
            const char *id = probe->rules[i].examples[k].case_id;

            if (!scenario_is_spelled(id))
                continue;
            if (scenarios)
                scenarios[count] = id;
            count++;
        }
    }
    return count;
}

static size_t last_failed_gather(const struct report *report, const char **scenarios) {
    size_t count = 0;

    for (size_t i = 0; i < report->probes_count; i++) {
        const struct report_probe *probe = &report->probes[i];

        for (size_t k = 0; k < probe->scenarios_count; k++) {
            if (!last_failed_is(probe, &probe->scenarios[k]))
                continue;
            if (strcmp(probe->scenarios[k].id, SPEC_FOUND) == 0) {
                count += last_failed_found(probe, scenarios ? scenarios + count : NULL);
                continue;
            }
            if (scenarios)
                scenarios[count] = probe->scenarios[k].id;
            count++;
        }
    }
    return count;
}

bool last_failed_read(const struct command_line *line, struct last_failed *failed,
                      struct errors *errors) {
    const char *path = command_line_last(line, OPTION_LAST_FAILED);
    size_t count;

    if (!path)
        return true;
    if (!report_read_json(path, &failed->report, errors))
        return false;
    count = last_failed_gather(&failed->report, NULL);
    if (count == 0) {
        fprintf(stderr, "hvspec: nothing failed in %s, so all is run\n", path);
        return true;
    }
    failed->scenarios = calloc(count + 1, sizeof *failed->scenarios);
    if (!failed->scenarios)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    last_failed_gather(&failed->report, failed->scenarios);
    return true;
}

void last_failed_clear(struct last_failed *failed) {
    free(failed->scenarios);
    report_clear(&failed->report);
    *failed = (struct last_failed){0};
}
