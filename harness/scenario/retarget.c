/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/scenario/plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * A scenario for a probe that answers for its own features only. A matrix that varies the leaf that
 * is asked for takes the probe's targets instead. A case that asks for other leaves is made anew
 * for each target: a real hypervisor's table stays as it is and is asked for the target; any other
 * has the target and the leaf that was asked for change places, with a maximum that leaves the
 * outcome as it was.
 */
#define RETARGET_REAL "hypervisors/" /* where scenarios of real hypervisors lie */

void scenario_case_clear(struct scenario_case *test) {
    free(test->id);
    cpuid_table_clear(&test->table);
}

/* The key that a question is for, with nothing added to it: the first such. */
static bool plan_asks_for(const struct scenario_plan *plan, size_t *key) {
    for (size_t i = 0; i < plan->asks_count; i++) {
        const struct scenario_expression *ask = &plan->asks[i];

        if (ask->terms_count != 1 || ask->constant != 0 || ask->terms[0].minus)
            continue;
        *key = ask->terms[0].key;
        return true;
    }
    return false;
}

/* Expands the matrix anew with the targets as the key's values. */
static bool retarget_matrix(struct scenario_reader *reader, struct scenario *scenario, size_t index,
                            const uint32_t *targets, size_t count) {
    struct errors *const errors = reader->errors;
    struct errors left_out = {0};
    struct scenario_key *key = &reader->matrix.keys[index];
    bool done = true;

    scenario_key_clear(key);
    for (size_t i = 0; i < count; i++) {
        const struct scenario_value value = {.number = targets[i]};

        done &= scenario_key_add(key, &value) != SCENARIO_FULL;
    }
    for (size_t i = 0; i < scenario->cases_count; i++)
        scenario_case_clear(&scenario->cases[i]);
    free(scenario->cases);
    scenario->cases = NULL;
    scenario->cases_count = 0;
    if (!done)
        return scenario_note(reader, (struct scenario_place){0}, "out of memory");
    reader->lenient = true;
    reader->errors = &left_out;
    reader->leaves_count = 0;
    scenario_expand(reader, scenario);
    reader->errors = errors;
    reader->failed = scenario->cases == NULL;
    errors_clear(&left_out);
    return !reader->failed ||
           scenario_note(reader, (struct scenario_place){0}, "too many cases for these targets");
}

/* --- Cases that ask for leaves of their own. --- */

static bool asks_any(const struct scenario_case *test, const uint32_t *targets, size_t count) {
    for (size_t i = 0; i < test->asks_count; i++) {
        for (size_t j = 0; j < count; j++) {
            if (test->asks[i] == targets[j])
                return true;
        }
    }
    return false;
}

/* A maximum that is to `target` as `maximum` is to `asked`. */
static uint32_t moved_maximum(uint32_t maximum, uint32_t asked, uint32_t target) {
    uint32_t moved = maximum + (target - asked);
    bool is_near = maximum + 1 >= asked && maximum <= asked + 1,
         is_same = (maximum >= asked) == (maximum >= target);

    if (maximum < CPUID_BASE || maximum > CPUID_BLOCK_LAST || (is_same && !is_near))
        return maximum;
    if (maximum < asked && (moved < CPUID_BASE || moved > CPUID_BLOCK_LAST))
        return CPUID_BASE;
    return moved > CPUID_BLOCK_LAST ? CPUID_BLOCK_LAST : moved;
}

/* The table with two leaves in each other's place. False: out of memory. */
static bool copy_table(const struct cpuid_table *from, uint32_t asked, uint32_t target,
                       struct cpuid_table *to) {
    *to = *from;
    to->leaves = NULL;
    to->count = 0;
    for (size_t i = 0; i < from->count; i++) {
        struct cpuid_leaf leaf = from->leaves[i];

        leaf.leaf = leaf.leaf == asked ? target : leaf.leaf == target ? asked : leaf.leaf;
        if (!cpuid_table_add(to, leaf))
            return false;
    }
    to->base.eax = moved_maximum(from->base.eax, asked, target);
    return true;
}

/* False: out of memory. */
static bool case_for(const struct scenario *scenario, const struct scenario_case *from,
                     uint32_t target, struct scenario_case *to) {
    bool is_real = strncmp(scenario->id, RETARGET_REAL, strlen(RETARGET_REAL)) == 0;
    uint32_t asked = is_real ? target : from->asks[0];
    struct cpuid_view view;

    *to = *from;
    to->table.leaves = NULL;
    to->table.count = 0;
    if (asprintf(&to->id, "%s%ctarget=0x%" PRIx32, from->id, strchr(from->id, ':') ? ',' : ':',
                 target) < 0) {
        to->id = NULL;
        return false;
    }
    if (!copy_table(&from->table, asked, target, &to->table))
        return false;
    view = cpuid_view(&to->table, NULL, 0);
    for (size_t i = 0; i < to->asks_count; i++) {
        uint32_t ask = from->asks[i] == from->asks[0] ? target : from->asks[i];

        to->asks[i] = ask;
        to->expect[i] = to->table.present
                            ? spec_outcome(view.maximum, ask, cpuid_lookup(&view, ask, 0).eax)
                            : OUTCOME_NOT_AVAILABLE;
    }
    return true;
}

/* False: out of memory. */
static bool retarget_cases(struct scenario *scenario, const uint32_t *targets, size_t count) {
    struct scenario_case *cases = calloc(scenario->cases_count * count + 1, sizeof *cases);
    size_t made = 0;
    bool done = cases != NULL;

    for (size_t i = 0; i < scenario->cases_count; i++) {
        struct scenario_case *from = &scenario->cases[i];

        if (done && asks_any(from, targets, count)) {
            cases[made++] = *from;
            *from = (struct scenario_case){0};
        }
        for (size_t j = 0; done && from->id && j < count; j++)
            done = case_for(scenario, from, targets[j], &cases[made++]);
        scenario_case_clear(from);
    }
    free(scenario->cases);
    scenario->cases = cases;
    scenario->cases_count = made;
    return done;
}

bool scenario_retarget(struct scenario_reader *reader, struct scenario *scenario,
                       const uint32_t *targets, size_t count) {
    size_t index;

    if (plan_asks_for(&reader->plan, &index) &&
        !retarget_matrix(reader, scenario, index, targets, count))
        return false;
    return retarget_cases(scenario, targets, count) ||
           scenario_note(reader, (struct scenario_place){0}, "out of memory");
}
