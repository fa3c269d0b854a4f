/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "harness/hunt/shrink.h"

#define TARGET 0x40000010u

/* Much that does not matter around what a predicate minds. */
static struct hunt_candidate crowded(void) {
    struct hunt_candidate candidate = {.base = {0x40000087, 0x4b4d564b, 0x564b4d56, 0x4d},
                                       .unlisted = {CPUID_FILL_VALUES, {0x77, 0x88, 0x99, 0xaa}},
                                       .beyond = {CPUID_FILL_HIGHEST_BASIC, {0, 0, 0, 0}},
                                       .asks = {0x40000033, 0x40000044, 0x40000033, 0x40000055},
                                       .asks_count = 4};

    for (uint32_t i = 0; i < 20; i++)
        hunt_candidate_put(
            &candidate,
            (struct cpuid_leaf){0x40000030 + i, 0, true, {0x1000 + i, 0xf00d, 0xbeef, 0xcafe}});
    return candidate;
}

static bool keeps_always(void *context, const struct hunt_candidate *candidate) {
    (void)context;
    return hunt_candidate_is_valid(candidate);
}

static void test_down_to_nothing(void) {
    const struct hunt_shrink shrink = {.keeps = keeps_always};
    struct hunt_candidate candidate = crowded();

    hunt_shrink(&shrink, &candidate);
    CU_ASSERT_EQUAL(candidate.leaves_count, 0);
    CU_ASSERT_EQUAL(candidate.asks_count, 1);
    CU_ASSERT_EQUAL(candidate.asks[0], TARGET);
    CU_ASSERT_EQUAL(candidate.base.eax, TARGET);
    CU_ASSERT_EQUAL(candidate.base.ebx | candidate.base.ecx | candidate.base.edx, 0);
    CU_ASSERT_EQUAL(candidate.unlisted.fill, CPUID_FILL_ZERO);
    CU_ASSERT_EQUAL(candidate.beyond.fill, CPUID_FILL_ZERO);
}

/* A value of one register of a leaf that nobody asks about. */
static bool keeps_value(void *context, const struct hunt_candidate *candidate) {
    ++*(unsigned *)context;
    return hunt_candidate_values(candidate, 0x40000037, 0).ecx == 0xbeef;
}

static void test_one_value_stays(void) {
    unsigned calls = 0;
    const struct hunt_shrink shrink = {.keeps = keeps_value, .context = &calls};
    struct hunt_candidate candidate = crowded();

    hunt_shrink(&shrink, &candidate);
    CU_ASSERT_EQUAL(candidate.leaves_count, 1);
    CU_ASSERT_EQUAL(candidate.leaves[0].leaf, 0x40000037);
    CU_ASSERT_EQUAL(candidate.leaves[0].values.eax, 0);
    CU_ASSERT_EQUAL(candidate.leaves[0].values.ebx, 0);
    CU_ASSERT_EQUAL(candidate.leaves[0].values.ecx, 0xbeef);
    CU_ASSERT_EQUAL(candidate.leaves[0].values.edx, 0);
    CU_ASSERT_EQUAL(candidate.asks_count, 1);
    CU_ASSERT_TRUE(calls < 1000);
}

/* Some bits of a value: the others go. */
static bool keeps_bits(void *context, const struct hunt_candidate *candidate) {
    (void)context;
    return (hunt_candidate_values(candidate, 0x40000037, 0).edx & 0xf00) == 0xa00;
}

static void test_only_the_bits_that_matter(void) {
    const struct hunt_shrink shrink = {.keeps = keeps_bits};
    struct hunt_candidate candidate = crowded();

    hunt_shrink(&shrink, &candidate);
    CU_ASSERT_EQUAL(hunt_candidate_values(&candidate, 0x40000037, 0).edx, 0xa00);
}

/* The third question of a boot, whichever it is. */
static bool keeps_three(void *context, const struct hunt_candidate *candidate) {
    (void)context;
    return candidate->asks_count >= 3;
}

static void test_as_many_questions_as_it_takes(void) {
    const struct hunt_shrink shrink = {.keeps = keeps_three};
    struct hunt_candidate candidate = crowded();

    hunt_shrink(&shrink, &candidate);
    CU_ASSERT_EQUAL(candidate.asks_count, 3);
    for (size_t i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(candidate.asks[i], TARGET);
}

/* A leaf that has to be there, one that has to be missing in between, and a high maximum. */
static bool keeps_gap(void *context, const struct hunt_candidate *candidate) {
    (void)context;
    return hunt_candidate_values(candidate, 0x40000031, 0).eax != 0 &&
           hunt_candidate_values(candidate, 0x40000033, 0).eax != 0 &&
           hunt_candidate_values(candidate, 0x40000070, 0).eax == 0 &&
           candidate->base.eax >= 0x40000070;
}

static void test_a_pattern_of_gaps(void) {
    const struct hunt_shrink shrink = {.keeps = keeps_gap};
    struct hunt_candidate candidate = crowded();

    hunt_candidate_put(&candidate, (struct cpuid_leaf){0x40000070, 0, true, {0, 1, 1, 1}});
    hunt_shrink(&shrink, &candidate);
    CU_ASSERT_EQUAL(candidate.leaves_count, 2);
    CU_ASSERT_EQUAL(candidate.leaves[0].values.eax, 1);
    CU_ASSERT_EQUAL(candidate.leaves[1].leaf, 0x40000033);
    CU_ASSERT_EQUAL(candidate.base.eax, CPUID_BLOCK_LAST);
}

/* A subleaf other than 0. */
static bool keeps_subleaf(void *context, const struct hunt_candidate *candidate) {
    (void)context;
    return hunt_candidate_values(candidate, 0x40000003, 2).eax == 5 &&
           hunt_candidate_values(candidate, 0x40000003, 0).eax == 0;
}

static void test_a_subleaf(void) {
    const struct hunt_shrink shrink = {.keeps = keeps_subleaf};
    struct hunt_candidate candidate = crowded();

    hunt_candidate_put(&candidate, (struct cpuid_leaf){0x40000003, 0, false, {0, 1, 1, 1}});
    hunt_candidate_put(&candidate, (struct cpuid_leaf){0x40000003, 2, false, {5, 1, 1, 1}});
    hunt_shrink(&shrink, &candidate);
    CU_ASSERT_EQUAL(candidate.leaves_count, 1);
    CU_ASSERT_EQUAL(candidate.leaves[0].subleaf, 2);
    CU_ASSERT_FALSE(candidate.leaves[0].every_subleaf);
    CU_ASSERT_EQUAL(candidate.leaves[0].values.ebx, 0);
}

static bool keeps_known_target(void *context, const struct hunt_candidate *candidate) {
    (void)context;
    for (size_t i = 0; i < candidate->asks_count; i++) {
        if (candidate->asks[i] != 0x40000033 && candidate->asks[i] != 0x40000044 &&
            candidate->asks[i] != 0x40000055)
            return false;
    }
    return true;
}

static void test_fixed_targets_stay(void) {
    static const uint32_t targets[] = {0x40000033, 0x40000044, 0x40000055};
    const struct hunt_shrink shrink = {
        .keeps = keeps_known_target, .targets = targets, .targets_count = 3};
    struct hunt_candidate candidate = crowded();

    hunt_shrink(&shrink, &candidate);
    CU_ASSERT_EQUAL(candidate.asks_count, 1);
    CU_ASSERT_EQUAL(candidate.asks[0], 0x40000033);
}

static void test_the_same_again(void) {
    unsigned calls = 0;
    const struct hunt_shrink shrink = {.keeps = keeps_value, .context = &calls};
    struct hunt_candidate a = crowded(), b = crowded();

    hunt_shrink(&shrink, &a);
    hunt_shrink(&shrink, &b);
    CU_ASSERT_TRUE(hunt_candidate_same(&a, &b));
    hunt_shrink(&shrink, &b);
    CU_ASSERT_TRUE(hunt_candidate_same(&a, &b));
}

static const struct unit_test tests[] = {
    {"what does not matter goes", test_down_to_nothing},
    {"the one value that matters stays", test_one_value_stays},
    {"only the bits that matter stay", test_only_the_bits_that_matter},
    {"as many questions as it takes", test_as_many_questions_as_it_takes},
    {"a pattern of gaps", test_a_pattern_of_gaps},
    {"a subleaf", test_a_subleaf},
    {"fixed targets stay", test_fixed_targets_stay},
    {"shrinking ends, and the same way", test_the_same_again},
};

int main(void) {
    return UNIT_RUN(tests);
}
