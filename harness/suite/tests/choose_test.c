/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "harness/suite/choose.h"

#include <string.h>

#define CASES 40u

/* Four scenarios of ten cases; a case costs 10. */
static void fill(struct choice_case cases[CASES]) {
    memset(cases, 0, CASES * sizeof *cases);
    for (size_t i = 0; i < CASES; i++) {
        cases[i].scenario = i / 10;
        cases[i].cost = 10;
        cases[i].path = 7;
    }
}

static size_t chosen(const struct choice_case *cases, size_t first, size_t count) {
    size_t sum = 0;

    for (size_t i = first; i < first + count; i++)
        sum += cases[i].chosen;
    return sum;
}

static void test_budget(void) {
    struct choice_case cases[CASES];

    fill(cases);
    CU_ASSERT_EQUAL(choose_cases(cases, CASES, 400), CASES);
    CU_ASSERT_EQUAL(choose_cases(cases, CASES, 200), 20);
    CU_ASSERT_EQUAL(chosen(cases, 0, CASES), 20);
    for (size_t i = 0; i < 4; i++) {
        CU_ASSERT_EQUAL(chosen(cases, 10 * i, 10), 5);
        CU_ASSERT_TRUE(chosen(cases, 10 * i + 5, 5) > 0); /* spread */
    }
}

static void test_one_of_each(void) {
    struct choice_case cases[CASES];

    fill(cases);
    cases[25].must = true;
    CU_ASSERT_EQUAL(choose_cases(cases, CASES, 0), 5);
    for (size_t i = 0; i < 4; i++)
        CU_ASSERT_TRUE(cases[10 * i].chosen);
    CU_ASSERT_TRUE(cases[25].chosen);
}

static void test_other_code_first(void) {
    struct choice_case cases[CASES];

    fill(cases);
    cases[19].path = 8;
    cases[37].path = 9;
    cases[38].path = 9;
    CU_ASSERT_EQUAL(choose_cases(cases, CASES, 60), 6);
    CU_ASSERT_TRUE(cases[19].chosen);
    CU_ASSERT_EQUAL(chosen(cases, 37, 2), 1);
}

static void test_costly_ones_wait(void) {
    struct choice_case cases[CASES];

    fill(cases);
    for (size_t i = 1; i < 10; i++)
        cases[i].cost = 1000;
    choose_cases(cases, CASES, 500);
    CU_ASSERT_EQUAL(chosen(cases, 0, 10), 1);
    CU_ASSERT_EQUAL(chosen(cases, 10, 30), 30);
}

/* Where all budget is spent on one of each, too; but not all that is wrong, if everything is. */
static void test_wrong_ones_first(void) {
    struct choice_case cases[CASES];

    fill(cases);
    cases[13].broken = cases[38].broken = 1;
    CU_ASSERT_EQUAL(choose_cases(cases, CASES, 0), 6);
    CU_ASSERT_TRUE(cases[13].chosen && cases[38].chosen);
    fill(cases);
    for (size_t i = 0; i < CASES; i++)
        cases[i].broken = 1;
    CU_ASSERT_EQUAL(choose_cases(cases, CASES, 0), CHOICE_WRONG);
    for (size_t i = 0; i < CASES; i++)
        cases[i].broken = i < 20;
    CU_ASSERT_EQUAL(choose_cases(cases, CASES, 240), 24);
    CU_ASSERT_TRUE(chosen(cases, 20, 20) >= 10);
}

/* A rule that one case breaks has its turn where all cases break another. */
static void test_each_broken_rule(void) {
    struct choice_case cases[CASES];

    fill(cases);
    for (size_t i = 0; i < CASES; i++)
        cases[i].broken = 1u << 31;
    cases[17].broken |= 1u << 2;
    CU_ASSERT_EQUAL(choose_cases(cases, CASES, 0), CHOICE_WRONG);
    CU_ASSERT_TRUE(cases[17].chosen);
    for (size_t i = 0; i < CASES; i++)
        cases[i].broken = 1;
    cases[17].broken |= 1u << 31;
    choose_cases(cases, CASES, 0);
    CU_ASSERT_TRUE(cases[17].chosen);
    /* Cases are counted, not what they break. */
    fill(cases);
    for (size_t i = 0; i < CASES; i++)
        cases[i].broken = 7;
    CU_ASSERT_EQUAL(choose_cases(cases, CASES, 0), CHOICE_WRONG);
}

/* Ahead of other code, of different targets, the second of a way behind the first of all others. */
static void test_sharp_ones_first(void) {
    struct choice_case cases[CASES];

    fill(cases);
    for (size_t i = 0; i < CASES; i++)
        cases[i].path = i;
    cases[13].sharp = 1;
    cases[27].sharp = cases[28].sharp = cases[29].sharp = 4;
    cases[27].target = cases[28].target = 5;
    CU_ASSERT_EQUAL(choose_cases(cases, CASES, 70), 7);
    CU_ASSERT_TRUE(cases[13].chosen && cases[29].chosen);
    CU_ASSERT_EQUAL(chosen(cases, 27, 2), 1);
    fill(cases);
    for (size_t i = 0; i < CASES; i++) {
        cases[i].sharp = 1;
        cases[i].target = (uint32_t)i;
    }
    cases[38].sharp = 2;
    CU_ASSERT_EQUAL(choose_cases(cases, CASES, 50), 5);
    CU_ASSERT_TRUE(cases[38].chosen);
}

static const struct unit_test tests[] = {
    {"as many as the budget allows, spread over all scenarios", test_budget},
    {"one of each scenario, whatever it costs", test_one_of_each},
    {"those that run other code come first", test_other_code_first},
    {"those that are wrong come first", test_wrong_ones_first},
    {"each broken rule in its turn", test_each_broken_rule},
    {"then some of each way to decide a rule", test_sharp_ones_first},
    {"one that costs too much keeps no other out", test_costly_ones_wait},
};

int main(void) {
    return UNIT_RUN(tests);
}
