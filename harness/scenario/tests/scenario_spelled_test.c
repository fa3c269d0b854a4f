/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "harness/scenario/spelled.h"

#include <stdlib.h>
#include <string.h>

/* The only case of a set to which the id was added; NULL: it was not. */
static const struct scenario_case *add(struct scenario_set *set, const char *id) {
    struct errors errors = {0};
    bool added = scenario_set_add(set, id, NULL, 1, &errors);

    CU_ASSERT_EQUAL(added, errors_none(&errors));
    errors_clear(&errors);
    return added && set->count == 1 ? &set->scenarios[0].cases[set->scenarios[0].cases_count - 1]
                                    : NULL;
}

static void test_all_keys(void) {
    static const char id[] =
        "hunt/found:max=0x400000ff,signature=0x4b4d564b/0x564b4d56/0x4d,0x1=0x306c3,0x40000010.0=1,"
        "0x40000010.7=0/0/0/5,0x40000020=0/2,unlisted=base,beyond=1/2/3/4,"
        "ask=0x40000010+0x40000020+0x40000010";
    struct scenario_set set = {0};
    const struct scenario_case *test = add(&set, id);

    CU_ASSERT_PTR_NOT_NULL_FATAL(test);
    CU_ASSERT_STRING_EQUAL(test->id, id);
    CU_ASSERT_STRING_EQUAL(set.scenarios[0].id, "hunt/found");
    CU_ASSERT_EQUAL(test->table.base.eax, 0x400000ff);
    CU_ASSERT_EQUAL(test->table.base.ebx, 0x4b4d564b);
    CU_ASSERT_EQUAL(test->table.base.edx, 0x4d);
    CU_ASSERT_EQUAL_FATAL(test->table.count, 4);
    CU_ASSERT_TRUE(test->table.leaves[0].every_subleaf);
    CU_ASSERT_EQUAL(test->table.leaves[0].values.eax, 0x306c3);
    CU_ASSERT_FALSE(test->table.leaves[2].every_subleaf);
    CU_ASSERT_EQUAL(test->table.leaves[2].subleaf, 7);
    CU_ASSERT_EQUAL(test->table.leaves[2].values.edx, 5);
    CU_ASSERT_EQUAL(test->table.leaves[3].values.ebx, 2);
    CU_ASSERT_EQUAL(test->table.unlisted.fill, CPUID_FILL_BASE);
    CU_ASSERT_EQUAL(test->table.beyond.fill, CPUID_FILL_VALUES);
    CU_ASSERT_EQUAL(test->table.beyond.values.ecx, 3);
    CU_ASSERT_TRUE(test->table.present);
    CU_ASSERT_EQUAL_FATAL(test->asks_count, 3);
    CU_ASSERT_EQUAL(test->asks[1], 0x40000020);
    CU_ASSERT_EQUAL(test->expect[0], OUTCOME_AVAILABLE);
    CU_ASSERT_EQUAL(test->expect[1], OUTCOME_NOT_IMPLEMENTED);
    CU_ASSERT_FALSE(set.scenarios[0].needs_presence);
    scenario_set_clear(&set);
}

/* One id for one case, however it was written: what is drawn for a case hangs on its id. */
static void test_one_id(void) {
    struct scenario_set set = {0};
    const struct scenario_case *test =
        add(&set, "hunt/found:ask=0x40000010,beyond=zero,0x40000010=0x1/0/0x0,max=1073741840");

    CU_ASSERT_PTR_NOT_NULL_FATAL(test);
    CU_ASSERT_STRING_EQUAL(test->id, "hunt/found:max=0x40000010,0x40000010=1,ask=0x40000010");
    CU_ASSERT_PTR_NOT_NULL(add(&set, test->id));
    CU_ASSERT_EQUAL(set.scenarios[0].cases_count, 1);
    CU_ASSERT_PTR_NOT_NULL(add(&set, "hunt/found:max=0,ask=0x40000010"));
    CU_ASSERT_EQUAL(set.scenarios[0].cases_count, 2);
    CU_ASSERT_EQUAL(set.scenarios[0].cases[1].expect[0], OUTCOME_NOT_AVAILABLE);
    scenario_set_clear(&set);
}

static void test_absent(void) {
    struct scenario_set set = {0};
    const struct scenario_case *test =
        add(&set, "hunt/found:max=0x40000010,hypervisor=absent,0x40000010=1,ask=0x40000010");

    CU_ASSERT_PTR_NOT_NULL_FATAL(test);
    CU_ASSERT_FALSE(test->table.present);
    CU_ASSERT_TRUE(set.scenarios[0].needs_presence);
    CU_ASSERT_EQUAL(test->expect[0], OUTCOME_NOT_AVAILABLE);
    scenario_set_clear(&set);
}

static void test_wrong(void) {
    static const char *const wrong[] = {
        "hunt/found:",
        "hunt/found:max=1",
        "hunt/found:max,ask=0x40000010",
        "hunt/found:max=0x100000000,ask=0x40000010",
        "hunt/found:max=-1,ask=0x40000010",
        "hunt/found:max=1 ,ask=0x40000010",
        "hunt/found:maximum=1,ask=0x40000010",
        "hunt/found:hypervisor=present,ask=0x40000010",
        "hunt/found:0x40000010=1/2/3/4/5,ask=0x40000010",
        "hunt/found:0x40000010=1/,ask=0x40000010",
        "hunt/found:0x40000010.=1,ask=0x40000010",
        "hunt/found:0x40000010=1,0x40000010=2,ask=0x40000010",
        "hunt/found:unlisted=junk,ask=0x40000010",
        "hunt/found:signature=1/2/3/4,ask=0x40000010",
        "hunt/found:ask=0x40000000",
        "hunt/found:ask=0x40000100",
        "hunt/found:ask=0x40000010+",
    };

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct scenario_set set = {0};

        if (add(&set, wrong[i])) {
            fprintf(stderr, "%s\n", wrong[i]);
            CU_FAIL("a wrong id is taken");
        }
        CU_ASSERT_EQUAL(set.count, 0);
        scenario_set_clear(&set);
    }
}

static const struct unit_test tests[] = {
    {"an id holds everything of a case", test_all_keys},
    {"one case has one id", test_one_id},
    {"a machine without a hypervisor", test_absent},
    {"wrong ids are refused", test_wrong},
};

int main(void) {
    return UNIT_RUN(tests);
}
