/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "harness/examine/rank.h"

/* Violations, each a little less convincing than the one before it. */
static enum rule_id own_rules[] = {RULE_MAX_REACHES_TARGET};
static struct scenario real = {.id = (char *)"hypervisors/kvm"},
                       own = {.id = (char *)"max/equal", .rules = own_rules, .rules_count = 1},
                       other = {.id = (char *)"gaps/alone"};

static struct violation violation_of(bool right, size_t changes, size_t questions) {
    return (struct violation){.rule = RULE_MAX_REACHES_TARGET,
                              .has_twin = changes > 0,
                              .twin = {.kind = TWIN_LEAVES, .changes_count = changes},
                              .facts = {.returned = true, .right = right},
                              .sequence_count = questions};
}

static void test_order(void) {
    const struct {
        const struct scenario *scenario;
        size_t leaves;
        struct violation violation;
    } rows[] = {
        {&real, 9, violation_of(false, 0, 1)}, /* a real hypervisor's table */
        {&own, 1, violation_of(false, 0, 1)},  /* a small one, written for the rule */
        {&other, 1, violation_of(false, 0, 1)},
        {&other, 1, violation_of(false, 0, 2)}, /* two questions */
        {&own, 3, violation_of(false, 0, 1)},   /* more leaves */
        {&real, 1, violation_of(false, 1, 1)},  /* one change */
        {&own, 1, violation_of(false, 1, 1)},
        {&real, 1, violation_of(false, 2, 1)}, /* two changes */
        {&real, 1, violation_of(true, 0, 1)},  /* only what is read differs */
        {&own, 1, violation_of(true, 1, 1)},
    };
    unsigned before = 0;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scenario_case test = {.table = {.count = rows[i].leaves}};
        unsigned rank = examine_rank(rows[i].scenario, &test, &rows[i].violation);

        CU_ASSERT_TRUE(i == 0 || rank > before);
        before = rank;
    }
}

/* No answer is as convincing as a wrong one. */
static void test_no_answer(void) {
    struct scenario_case test = {.table = {.count = 1}};
    struct violation wrong = violation_of(false, 0, 1), none = violation_of(true, 0, 1);

    none.facts.returned = false;
    CU_ASSERT_EQUAL(examine_rank(&own, &test, &none), examine_rank(&own, &test, &wrong));
}

/* What lies in undefined registers and dead memory shows last that an answer is wrong. */
static void test_undefined_places(void) {
    static const enum twin_kind kinds[] = {TWIN_AGAIN, TWIN_GARBAGE, TWIN_INTERRUPTED};
    struct scenario_case test = {.table = {.count = 1}};
    struct violation changed = violation_of(false, TWIN_CHANGES_MAX, 1),
                     reads = violation_of(true, 0, 1);

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct violation violation = violation_of(false, 1, 1);

        violation.twin = (struct twin){.kind = kinds[i]};
        CU_ASSERT_TRUE(examine_rank(&own, &test, &violation) > examine_rank(&own, &test, &changed));
        CU_ASSERT_TRUE(examine_rank(&own, &test, &violation) < examine_rank(&own, &test, &reads));
        CU_ASSERT_TRUE(examine_outranks(&changed.facts, &changed.twin, &violation));
    }
}

static const struct unit_test tests[] = {
    {"from the most convincing on", test_order},
    {"no answer", test_no_answer},
    {"undefined places", test_undefined_places},
};

int main(void) {
    return UNIT_RUN(tests);
}
