/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/assemble/example.h"
#include "harness/hunt/scenario.h"

#include <stdlib.h>
#include <string.h>

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
    bool made;

    memcpy(test.asks, find->candidate.asks, sizeof find->candidate.asks);
    made = disassembly && source && source_line_set_root(source, NULL) &&
           example_fill(&from, &examination->violations[find->rule], disassembly, source,
                        &find->example);
    disassembly_close(disassembly);
    source_line_close(source);
    return made;
}
