/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/assemble/example.h"
#include "harness/hunt/scenario.h"

#include <stdlib.h>
#include <string.h>

static char *hunt_copy(const char *text) {
    return text ? strdup(text) : NULL;
}

bool hunt_find_describe(const struct probe *probe, const struct examination *examination,
                        uint64_t seed, struct hunt_find *find) {
    struct cpuid_table table = hunt_candidate_table(&find->candidate);
    struct scenario_case test = {
        .id = find->name, .table = table, .asks_count = find->candidate.asks_count};
    const struct scenario scenario = {
        .id = find->name, .path = find->file, .cases = &test, .cases_count = 1};
    const struct example_case from = {probe, &scenario, &test, seed, NULL};
    struct disassembly *disassembly = disassembly_open(probe->image->mode);
    struct source_line *source = source_line_open(probe->image);
    struct report_example example = {0};
    bool made;

    memcpy(test.asks, find->candidate.asks, sizeof find->candidate.asks);
    made = disassembly && source &&
           example_fill(&from, &examination->violations[find->rule], disassembly, source, &example);
    if (made) {
        find->expected = hunt_copy(example.expected);
        find->observed = hunt_copy(example.observed);
        find->twin = hunt_copy(example.twin);
        made = find->expected && find->observed && (find->twin || !example.twin);
    }
    report_example_clear(&example);
    disassembly_close(disassembly);
    source_line_close(source);
    return made;
}
