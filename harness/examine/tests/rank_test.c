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
                              .twin = {.changes_count = changes},
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

static const struct unit_test tests[] = {
    {"from the most convincing on", test_order},
    {"no answer", test_no_answer},
};

int main(void) {
    return UNIT_RUN(tests);
}
