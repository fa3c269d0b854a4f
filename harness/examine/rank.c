/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/examine/rank.h"

#include "harness/spec/found.h"

#include <string.h>

#define RANK_REAL "hypervisors/" /* where scenarios of real hypervisors lie */
#define RANK_SIZE_BITS 16u
#define RANK_CHANGES_MAX 15u

/* Listed leaves, then further questions. A scenario that was not written for the rule counts as one
 * leaf more, because it tells the reader something else. */
static unsigned rank_size(const struct scenario *scenario, const struct scenario_case *test,
                          const struct violation *violation) {
    size_t leaves = test->table.count + 1, size;

    for (size_t i = 0; i < scenario->rules_count; i++) {
        if (scenario->rules[i] == violation->rule)
            leaves = test->table.count;
    }
    size = 8 * leaves + 4 * (violation->sequence_count > 0 ? violation->sequence_count - 1 : 0) +
           (test->table.unlisted.fill != CPUID_FILL_ZERO) +
           (test->table.beyond.fill != CPUID_FILL_ZERO);
    return size >> RANK_SIZE_BITS ? (1u << RANK_SIZE_BITS) - 1 : (unsigned)size;
}

/* Changes of the table convince more than what lies in registers and memory that the ABI leaves
 * undefined, which nobody sees: such a run comes last. */
static unsigned rank_changes(const struct twin *twin) {
    if (!twin)
        return 0;
    if (twin->kind == TWIN_AGAIN || twin->kind == TWIN_GARBAGE || twin->kind == TWIN_INTERRUPTED)
        return RANK_CHANGES_MAX;
    return twin->changes_count + 1 < RANK_CHANGES_MAX ? (unsigned)twin->changes_count + 1
                                                      : RANK_CHANGES_MAX - 1;
}

/* What the run itself says, without its scenario. */
static unsigned rank_run(const struct facts *facts, const struct twin *twin) {
    bool is_wrong = !facts->returned || !facts->right;

    return (unsigned)!is_wrong << 4 | rank_changes(twin);
}

bool examine_outranks(const struct facts *facts, const struct twin *twin,
                      const struct violation *kept) {
    return rank_run(facts, twin) < rank_run(&kept->facts, kept->has_twin ? &kept->twin : NULL);
}

unsigned examine_rank(const struct scenario *scenario, const struct scenario_case *test,
                      const struct violation *violation) {
    bool is_real = strncmp(scenario->id, RANK_REAL, strlen(RANK_REAL)) == 0;
    unsigned rank = strcmp(scenario->id, SPEC_FOUND) == 0;

    rank = rank << 5 | rank_run(&violation->facts, violation->has_twin ? &violation->twin : NULL);
    rank = rank << 1 | !is_real;
    return rank << RANK_SIZE_BITS | rank_size(scenario, test, violation);
}
