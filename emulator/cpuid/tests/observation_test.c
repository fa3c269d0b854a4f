/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/cpuid/observation.h"
#include "base/tests/unit.h"

#include <string.h>

#define TRACE(array) .trace = (array), .count = sizeof(array) / sizeof((array)[0])
#define BOOT(array) .boot_trace = (array), .boot_count = sizeof(array) / sizeof((array)[0])

static const struct cpuid_execution base_only[] = {{.leaf = CPUID_BASE}};
static const struct cpuid_execution target_only[] = {{.leaf = 0x40000010}};
static const struct cpuid_execution base_then_target[] = {
    {.leaf = CPUID_BASE}, {.leaf = 0x40000010}, {.leaf = 0x40000010, .subleaf = 1}};
static const struct cpuid_execution with_others[] = {
    {.leaf = 0},          {.leaf = 1},
    {.leaf = CPUID_BASE}, {.leaf = 0x40000010, .subleaf = 9},
    {.leaf = 0x80000000}, {.leaf = 0x40000010},
    {.leaf = 0x3fffffff}, {.leaf = 0x50000000}};
static const struct cpuid_execution target_then_base[] = {
    {.leaf = 0x40000010}, {.leaf = CPUID_BASE}, {.leaf = 0x40000010}};

static void test_end_texts(void) {
    CU_ASSERT_STRING_EQUAL(observation_end_text(OBSERVATION_RETURNED), "returned");
    CU_ASSERT_STRING_EQUAL(observation_end_text(OBSERVATION_READ_FAULT),
                           "read memory that is not there");
    CU_ASSERT_STRING_EQUAL(observation_end_text(OBSERVATION_ENDS), "ended in an unknown way");
    for (int a = 0; a < OBSERVATION_ENDS; a++) {
        CU_ASSERT_PTR_NOT_NULL_FATAL(observation_end_text(a));
        for (int b = 0; b < a; b++)
            CU_ASSERT_STRING_NOT_EQUAL(observation_end_text(a), observation_end_text(b));
    }
}

static void test_same_leaves(void) {
    static const struct observation empty = {0}, base = {TRACE(base_only)},
                                    both = {TRACE(base_then_target)}, mixed = {TRACE(with_others)},
                                    reversed = {TRACE(target_then_base)};

    CU_ASSERT_TRUE(observation_same_leaves(&empty, &empty));
    CU_ASSERT_TRUE(observation_same_leaves(&both, &both));
    CU_ASSERT_TRUE(observation_same_leaves(&both, &mixed));
    CU_ASSERT_TRUE(observation_same_leaves(&mixed, &both));
    CU_ASSERT_FALSE(observation_same_leaves(&empty, &base));
    CU_ASSERT_FALSE(observation_same_leaves(&base, &both));
    CU_ASSERT_FALSE(observation_same_leaves(&both, &base));
    CU_ASSERT_FALSE(observation_same_leaves(&both, &reversed));
}

static void test_same_leaves_since_boot(void) {
    static const struct cpuid_execution target_twice[] = {{.leaf = 0x40000010},
                                                          {.leaf = 0x40000010}};
    static const struct observation in_question = {TRACE(base_then_target)},
                                    in_boot = {BOOT(base_only), TRACE(target_twice)},
                                    twice = {BOOT(base_only), TRACE(base_then_target)};

    CU_ASSERT_TRUE(observation_same_leaves(&in_question, &in_boot));
    CU_ASSERT_FALSE(observation_same_leaves(&in_question, &twice));
}

static void test_find_leaf(void) {
    static const struct observation both = {BOOT(base_only), TRACE(with_others)}, empty = {0};

    CU_ASSERT_EQUAL(observation_find_leaf(&both, 0), 0);
    CU_ASSERT_EQUAL(observation_find_leaf(&both, CPUID_BASE), 2);
    CU_ASSERT_EQUAL(observation_find_leaf(&both, 0x40000010), 3);
    CU_ASSERT_EQUAL(observation_find_leaf(&both, 0x50000000), 7);
    CU_ASSERT_EQUAL(observation_find_leaf(&both, 0x40000001), -1);
    CU_ASSERT_EQUAL(observation_find_leaf(&empty, 0), -1);
}

static void test_has_read(void) {
    static const struct observation split = {BOOT(base_only), TRACE(target_only)}, empty = {0};

    CU_ASSERT_TRUE(observation_has_read(&split, CPUID_BASE));
    CU_ASSERT_TRUE(observation_has_read(&split, 0x40000010));
    CU_ASSERT_FALSE(observation_has_read(&split, 0x40000001));
    CU_ASSERT_FALSE(observation_has_read(&empty, 0));
    CU_ASSERT_EQUAL(observation_find_leaf(&split, CPUID_BASE), -1);
}

static const struct unit_test tests[] = {
    {"every end has a text of its own", test_end_texts},
    {"same leaves: order and number count, other leaves and subleaves don't", test_same_leaves},
    {"same leaves: before the question or in it", test_same_leaves_since_boot},
    {"a leaf's first execution is found in the question", test_find_leaf},
    {"a leaf read in the boot has been read", test_has_read},
};

int main(void) {
    return UNIT_RUN(tests);
}
