/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "harness/suite/sharp.h"

#define TARGET 0x40000010u

/* The kinds of a question for TARGET under a maximum and what the target returns. */
static uint32_t kinds(uint32_t maximum, struct cpuid_values values) {
    struct cpuid_leaf leaf = {TARGET, 0, true, values};
    const struct scenario_case test = {
        .table = {.base = {maximum, 1, 2, 3}, .present = true, .count = 1, .leaves = &leaf},
        .asks = {TARGET},
        .asks_count = 1};

    return sharp_kinds(&test);
}

static bool has_other(uint32_t kinds, uint32_t others) {
    return (kinds & ~others) != 0;
}

/* Tables that decide what their neighbours do not: each has a kind that the other lacks. */
static void test_edges_are_told_apart(void) {
    static const struct {
        uint32_t maximum;
        struct cpuid_values values;
    } tables[] = {
        {TARGET, {7, 1, 1, 1}},
        {TARGET - 1, {7, 1, 1, 1}},
        {0, {7, 1, 1, 1}},
        {5, {7, 1, 1, 1}},
        {0x80000000u, {7, 1, 1, 1}},
        {TARGET + 1, {0, 1, 0, 0}},
        {TARGET + 1, {0x80000000u, 1, 1, 1}},
        {TARGET + 1, {0x701, 0, 0, 0}},
    };
    const size_t count = sizeof tables / sizeof tables[0];

    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < count; k++) {
            if (i != k)
                CU_ASSERT_TRUE(has_other(kinds(tables[i].maximum, tables[i].values),
                                         kinds(tables[k].maximum, tables[k].values)));
        }
    }
}

static void test_nothing_special(void) {
    const uint32_t plain = kinds(TARGET + 1, (struct cpuid_values){0x701, 1, 1, 1});

    CU_ASSERT_FALSE(has_other(plain, kinds(TARGET, (struct cpuid_values){0x701, 1, 1, 1}) |
                                         kinds(TARGET + 2, (struct cpuid_values){3, 1, 1, 1})));
}

static const struct unit_test tests[] = {
    {"edges are told apart", test_edges_are_told_apart},
    {"what is nothing special is not", test_nothing_special},
};

int main(void) {
    return UNIT_RUN(tests);
}
