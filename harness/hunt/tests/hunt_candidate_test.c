/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "harness/hunt/mutate.h"
#include "harness/hunt/processor.h"

#include <string.h>

#define TARGET 0x40000010u

static struct hunt_candidate plain(void) {
    struct hunt_candidate candidate = {
        .base = {TARGET, 2, 3, 4}, .asks = {TARGET}, .asks_count = 1};

    CU_ASSERT_TRUE(
        hunt_candidate_put(&candidate, (struct cpuid_leaf){TARGET, 0, true, {7, 8, 9, 10}}));
    return candidate;
}

static void test_rows_stay_sorted(void) {
    struct hunt_candidate candidate = plain();

    CU_ASSERT_TRUE(
        hunt_candidate_put(&candidate, (struct cpuid_leaf){0x40000003, 2, false, {1, 0, 0, 0}}));
    CU_ASSERT_TRUE(
        hunt_candidate_put(&candidate, (struct cpuid_leaf){0x40000003, 0, false, {2, 0, 0, 0}}));
    CU_ASSERT_TRUE(
        hunt_candidate_put(&candidate, (struct cpuid_leaf){0x40000020, 0, true, {3, 0, 0, 0}}));
    CU_ASSERT_EQUAL(candidate.leaves_count, 4);
    CU_ASSERT_EQUAL(candidate.leaves[0].values.eax, 2);
    CU_ASSERT_EQUAL(candidate.leaves[1].values.eax, 1);
    CU_ASSERT_EQUAL(candidate.leaves[2].leaf, TARGET);
    CU_ASSERT_EQUAL(candidate.leaves[3].leaf, 0x40000020);
    CU_ASSERT_TRUE(hunt_candidate_is_valid(&candidate));
    CU_ASSERT_EQUAL(hunt_candidate_values(&candidate, 0x40000003, 2).eax, 1);
    CU_ASSERT_EQUAL(hunt_candidate_values(&candidate, 0x40000003, 1).eax, 0);
}

static void test_every_subleaf_and_single_ones(void) {
    struct hunt_candidate candidate = plain();

    /* A subleaf of its own splits the row. */
    CU_ASSERT_TRUE(
        hunt_candidate_put(&candidate, (struct cpuid_leaf){TARGET, 1, false, {5, 0, 0, 0}}));
    CU_ASSERT_EQUAL(candidate.leaves_count, 2);
    CU_ASSERT_EQUAL(hunt_candidate_values(&candidate, TARGET, 0).eax, 7);
    CU_ASSERT_EQUAL(hunt_candidate_values(&candidate, TARGET, 1).eax, 5);
    CU_ASSERT_TRUE(hunt_candidate_is_valid(&candidate));
    /* A row for every subleaf takes the place of all. */
    CU_ASSERT_TRUE(
        hunt_candidate_put(&candidate, (struct cpuid_leaf){TARGET, 0, true, {6, 0, 0, 0}}));
    CU_ASSERT_EQUAL(candidate.leaves_count, 1);
    CU_ASSERT_EQUAL(hunt_candidate_values(&candidate, TARGET, 9).eax, 6);
    CU_ASSERT_TRUE(hunt_candidate_is_valid(&candidate));
}

/* Without leaf 1 nothing could announce a hypervisor, and a probe that minds is right. */
static void test_leaf_1_is_there(void) {
    struct hunt_candidate candidate = plain();

    CU_ASSERT_TRUE(hunt_candidate_put(&candidate, (struct cpuid_leaf){0, 0, true, {0, 2, 3, 4}}));
    CU_ASSERT_EQUAL(hunt_candidate_values(&candidate, 0, 0).eax, 1);
    CU_ASSERT_NOT_EQUAL(hunt_candidate_values(&candidate, 1, 0).ecx >> 31, 0);
    CU_ASSERT_TRUE(hunt_candidate_is_valid(&candidate));
    candidate.leaves[0].values.eax = 0;
    CU_ASSERT_FALSE(hunt_candidate_is_valid(&candidate));
}

/* Code that reads the highest basic leaf, to know a bare processor by, reads no hypervisor's leaf.
 */
static void test_the_highest_basic_leaf_is_basic(void) {
    struct hunt_candidate candidate = plain();

    CU_ASSERT_TRUE(
        hunt_candidate_put(&candidate, (struct cpuid_leaf){0, 0, true, {0x46564800, 2, 3, 4}}));
    CU_ASSERT_EQUAL(hunt_candidate_values(&candidate, 0, 0).eax, 0x06564800);
    CU_ASSERT_TRUE(
        hunt_candidate_put(&candidate, (struct cpuid_leaf){0, 0, true, {CPUID_BASE, 2, 3, 4}}));
    CU_ASSERT_EQUAL(hunt_candidate_values(&candidate, 0, 0).eax, 1);
    candidate.leaves[0].values.eax = 0x46564800;
    CU_ASSERT_FALSE(hunt_candidate_is_valid(&candidate));
}

/* Code that wants one of the vendors that there are is right to. */
static void test_processors_have_a_vendor(void) {
    static const struct cpuid_values amd = {0xd, 0x68747541, 0x444d4163, 0x69746e65};
    struct hunt_candidate candidate = plain();
    struct cpuid_values shown;

    CU_ASSERT_TRUE(hunt_candidate_put(&candidate, (struct cpuid_leaf){0, 0, true, amd}));
    shown = hunt_candidate_values(&candidate, 0, 0);
    CU_ASSERT_EQUAL(memcmp(&shown, &amd, sizeof amd), 0);
    CU_ASSERT_TRUE(hunt_candidate_put(&candidate, (struct cpuid_leaf){0, 0, true, {5, 0, 0, 0}}));
    shown = hunt_candidate_values(&candidate, 0, 0);
    CU_ASSERT_EQUAL(shown.eax, 5);
    CU_ASSERT_EQUAL(shown.ebx, 0x756e6547);
    CU_ASSERT_EQUAL(shown.edx, 0x49656e69);
    CU_ASSERT_EQUAL(shown.ecx, 0x6c65746e);
    /* One register names a vendor, and so do the others then. */
    shown = hunt_processor_leaf_0((struct cpuid_values){5, 0x756e6547, 0x64616574, 0x49656e69});
    CU_ASSERT_EQUAL(shown.ebx, 0x69727943);
    shown = hunt_processor_leaf_0((struct cpuid_values){5, 0, 0x64616574, 0});
    CU_ASSERT_EQUAL(shown.ebx, 0x69727943);
    CU_ASSERT_EQUAL(shown.edx, 0x736e4978);
    CU_ASSERT_EQUAL(shown.ecx, 0x64616574);
    /* None names one: it is one all the same. */
    shown = hunt_processor_leaf_0((struct cpuid_values){5, 0x756e6547, 0x12345678, 0x49656e69});
    CU_ASSERT_TRUE(hunt_processor_is_leaf_0(&shown));
    CU_ASSERT_NOT_EQUAL(shown.ecx, 0x12345678);
    CU_ASSERT_TRUE(hunt_candidate_is_valid(&candidate));
    candidate.leaves[0].values.ebx = 0;
    CU_ASSERT_FALSE(hunt_candidate_is_valid(&candidate));
}

/* A vendor that nobody knows is shown to who asks for it, and has a name then. */
static void test_processors_may_have_a_coined_vendor(void) {
    static const struct cpuid_values aurora = {5, 0x6f727541, 0x20434953, 0x52206172};
    struct cpuid_values shown = aurora, half = aurora, dark = aurora;
    struct hunt_candidate candidate = plain();

    CU_ASSERT_TRUE(hunt_processor_is_coined(&aurora));
    CU_ASSERT_TRUE(hunt_candidate_put(&candidate, (struct cpuid_leaf){0, 0, true, aurora}));
    shown = hunt_candidate_values(&candidate, 0, 0);
    CU_ASSERT_TRUE(hunt_processor_is_leaf_0(&shown));
    candidate.coins_vendor = true;
    CU_ASSERT_TRUE(hunt_candidate_put(&candidate, (struct cpuid_leaf){0, 0, true, aurora}));
    shown = hunt_candidate_values(&candidate, 0, 0);
    CU_ASSERT_EQUAL(memcmp(&shown, &aurora, sizeof aurora), 0);
    CU_ASSERT_TRUE(hunt_candidate_is_valid(&candidate));
    /* No half of a known one, nor what is no text. */
    half.ebx = 0x756e6547;
    dark.ecx = 0x2043491f;
    CU_ASSERT_FALSE(hunt_processor_is_coined(&half));
    CU_ASSERT_FALSE(hunt_processor_is_coined(&dark));
    candidate.leaves[0].values = half;
    CU_ASSERT_FALSE(hunt_candidate_is_valid(&candidate));
}

/* Right code goes on to the first empty subleaf of a leaf that counts them, and to the last leaf of
 * a range. */
static void test_processors_come_to_an_end(void) {
    static const struct {
        struct cpuid_leaf row;
        bool is_endless;
    } rows[] = {
        {{0, 0, true, {0x24, 0x756e6547, 0x6c65746e, 0x49656e69}}, false},
        {{0, 0, true, {0x12345, 0x756e6547, 0x6c65746e, 0x49656e69}}, true},
        {{2, 0, true, {0x76036301, 0, 0, 0}}, false},
        {{2, 0, true, {0x760363ff, 0, 0, 0}}, true},
        {{0x80000000, 0, true, {0x80000008, 0, 0, 0}}, false},
        {{0x80000000, 0, true, {0x80020000, 0, 0, 0}}, true},
        {{0x80000001, 0, true, {0x80020000, 0, 0, 0}}, false},
        {{0x40000010, 0, true, {0x80020000, 0, 0, 0}}, false},
    };
    static const uint32_t counted[] = {4, 0xb, 0x1f, 0x8000001d};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct hunt_candidate candidate = plain();

        CU_ASSERT_TRUE(hunt_candidate_put(&candidate, rows[i].row));
        CU_ASSERT_EQUAL(hunt_candidate_is_endless(&candidate), rows[i].is_endless);
    }
    for (size_t i = 0; i < sizeof counted / sizeof counted[0]; i++) {
        struct hunt_candidate candidate = plain();
        const struct cpuid_values own = hunt_candidate_values(&candidate, counted[i], 1);
        struct cpuid_leaf *row = &candidate.leaves[counted[i] > TARGET];

        CU_ASSERT_TRUE(hunt_candidate_put(
            &candidate, (struct cpuid_leaf){counted[i], 0, true, {0x51, 0x52, 0x53, 0x54}}));
        CU_ASSERT_EQUAL(hunt_candidate_values(&candidate, counted[i], 0).ebx, 0x52);
        CU_ASSERT_EQUAL(hunt_candidate_values(&candidate, counted[i], 1).ebx, own.ebx);
        CU_ASSERT_TRUE(hunt_candidate_is_valid(&candidate));
        row->every_subleaf = true;
        CU_ASSERT_FALSE(hunt_candidate_is_valid(&candidate));
    }
}

/* Code that leaves ECX as it is, as that of cpuid.h does, reads leaf 0 as it is. */
static void test_no_subleaves_where_processors_have_none(void) {
    struct hunt_candidate candidate = plain();

    CU_ASSERT_TRUE(
        hunt_candidate_put(&candidate, (struct cpuid_leaf){0x80000000, 7, false, {5, 0, 0, 0}}));
    CU_ASSERT_EQUAL(hunt_candidate_values(&candidate, 0x80000000, 0).eax, 5);
    CU_ASSERT_EQUAL(hunt_candidate_values(&candidate, 0x80000000, 9).eax, 5);
    CU_ASSERT_TRUE(hunt_candidate_put(&candidate, (struct cpuid_leaf){7, 1, false, {6, 0, 0, 0}}));
    CU_ASSERT_EQUAL(hunt_candidate_values(&candidate, 7, 0).eax, 0);
    CU_ASSERT_EQUAL(hunt_candidate_values(&candidate, 7, 1).eax, 6);
    CU_ASSERT_TRUE(hunt_candidate_is_valid(&candidate));
}

static void test_base_is_no_row(void) {
    struct hunt_candidate candidate = plain();

    CU_ASSERT_TRUE(
        hunt_candidate_put(&candidate, (struct cpuid_leaf){CPUID_BASE, 0, true, {1, 2, 3, 4}}));
    CU_ASSERT_EQUAL(candidate.base.eax, 1);
    CU_ASSERT_EQUAL(candidate.leaves_count, 1);
    CU_ASSERT_EQUAL(hunt_candidate_outcome(&candidate, TARGET), OUTCOME_NOT_AVAILABLE);
}

static void test_a_full_table_stays_as_it_is(void) {
    struct hunt_candidate candidate = plain(), before;

    for (uint32_t i = 0; candidate.leaves_count < HUNT_LEAVES_MAX; i++)
        hunt_candidate_put(&candidate, (struct cpuid_leaf){0x40000080 + i, 0, true, {1, 0, 0, 0}});
    before = candidate;
    CU_ASSERT_FALSE(
        hunt_candidate_put(&candidate, (struct cpuid_leaf){0x40000005, 0, true, {1, 0, 0, 0}}));
    CU_ASSERT_FALSE(
        hunt_candidate_put(&candidate, (struct cpuid_leaf){TARGET, 3, false, {1, 0, 0, 0}}));
    CU_ASSERT_TRUE(hunt_candidate_same(&candidate, &before));
    /* What is listed can still be changed. */
    CU_ASSERT_TRUE(
        hunt_candidate_put(&candidate, (struct cpuid_leaf){TARGET, 0, true, {0, 0, 0, 0}}));
    CU_ASSERT_EQUAL(hunt_candidate_outcome(&candidate, TARGET), OUTCOME_NOT_IMPLEMENTED);
}

static void test_from_cases(void) {
    struct cpuid_leaf leaves[40];
    struct scenario_case test = {
        .id = (char *)"x", .asks = {0x400000f0}, .asks_count = 1, .table = {.present = true}};
    struct hunt_candidate candidate, announced;

    for (uint32_t i = 0; i < 40; i++)
        leaves[i] = (struct cpuid_leaf){0x40000001 + i, 0, true, {i + 1, 0, 0, 0}};
    leaves[39].leaf = 0x400000f0;
    test.table.leaves = leaves;
    test.table.count = 40;
    test.table.unlisted.fill = CPUID_FILL_JUNK;
    hunt_candidate_from(&candidate, &test);
    CU_ASSERT_FALSE(candidate.absent);
    CU_ASSERT_TRUE(hunt_candidate_is_valid(&candidate));
    CU_ASSERT_EQUAL(candidate.leaves_count, HUNT_LEAVES_MAX);
    CU_ASSERT_EQUAL(hunt_candidate_values(&candidate, 0x400000f0, 0).eax, 40);
    CU_ASSERT_EQUAL(candidate.unlisted.fill, CPUID_FILL_VALUES);
    CU_ASSERT_NOT_EQUAL(candidate.unlisted.values.eax, 0);
    CU_ASSERT_NOT_EQUAL(hunt_candidate_values(&candidate, 1, 0).ecx >> 31, 0);
    test.table.base.eax = CPUID_BLOCK_LAST;
    hunt_candidate_from(&candidate, &test);
    CU_ASSERT_EQUAL(hunt_candidate_outcome(&candidate, 0x400000f0), OUTCOME_AVAILABLE);
    announced = candidate;
    test.table.present = false;
    hunt_candidate_from(&candidate, &test);
    CU_ASSERT_TRUE(candidate.absent);
    CU_ASSERT_EQUAL(hunt_candidate_values(&candidate, 1, 0).ecx >> 31, 0);
    CU_ASSERT_EQUAL(hunt_candidate_outcome(&candidate, 0x400000f0), OUTCOME_NOT_AVAILABLE);
    CU_ASSERT_FALSE(hunt_candidate_same(&candidate, &announced));
}

/* Each row many times over, so that full tables, long lists of questions and odd subleaves occur.
 */
static void test_mutations_keep_tables_valid(void) {
    static const struct hunt_read reads[] = {{CPUID_BASE, 0}, {TARGET, 0}, {0x40000003, 2},
                                             {CPUID_BASE, 5}, {1, 0},      {7, 1},
                                             {0x4fffffff, 0}, {0, 0},      {0xffffffff, 3}};
    struct hunt_dictionary dictionary = {.words = {0x12345678, 0xb5, 3}, .count = 3};
    struct hunt_random random = {7};
    struct hunt_candidate other = plain();
    const struct hunt_material material = {.random = &random,
                                           .dictionary = &dictionary,
                                           .reads = reads,
                                           .reads_count = sizeof reads / sizeof reads[0],
                                           .other = &other};
    struct hunt_candidate candidate = plain();
    size_t broken = 0, unchanged = 0;

    for (size_t i = 0; i < hunt_mutations_count; i++) {
        struct hunt_candidate before = candidate;

        for (unsigned round = 0; round < 3000; round++) {
            hunt_mutations[i].apply(&candidate, &material);
            broken += !hunt_candidate_is_valid(&candidate);
            hunt_mutate(&candidate, &material);
            broken += !hunt_candidate_is_valid(&candidate);
        }
        unchanged += hunt_candidate_same(&before, &candidate);
    }
    CU_ASSERT_EQUAL(broken, 0);
    CU_ASSERT_EQUAL(unchanged, 0);
}

static void test_only_the_targets_that_there_are(void) {
    static const uint32_t targets[] = {0x40000020, 0x40000031};
    struct hunt_dictionary dictionary = {.words = {1, 2, 3}, .count = 3};
    struct hunt_random random = {1};
    struct hunt_candidate candidate = {.asks = {0x40000020}, .asks_count = 1}, other = candidate;
    const struct hunt_material material = {.random = &random,
                                           .dictionary = &dictionary,
                                           .targets = targets,
                                           .targets_count = 2,
                                           .other = &other};
    size_t strange = 0, second = 0;

    for (unsigned round = 0; round < 5000; round++) {
        hunt_mutate(&candidate, &material);
        for (size_t i = 0; i < candidate.asks_count; i++) {
            strange += candidate.asks[i] != targets[0] && candidate.asks[i] != targets[1];
            second += candidate.asks[i] == targets[1];
        }
    }
    CU_ASSERT_EQUAL(strange, 0);
    CU_ASSERT_TRUE(second > 0);
}

static const struct unit_test tests[] = {
    {"rows stay sorted", test_rows_stay_sorted},
    {"rows for every subleaf and for single ones", test_every_subleaf_and_single_ones},
    {"leaf 1 is always there", test_leaf_1_is_there},
    {"processors come to an end", test_processors_come_to_an_end},
    {"no subleaves where processors have none", test_no_subleaves_where_processors_have_none},
    {"the highest basic leaf is basic", test_the_highest_basic_leaf_is_basic},
    {"processors have a vendor", test_processors_have_a_vendor},
    {"processors may have a coined vendor", test_processors_may_have_a_coined_vendor},
    {"the base is no row", test_base_is_no_row},
    {"a full table stays as it is", test_a_full_table_stays_as_it_is},
    {"cases become candidates", test_from_cases},
    {"mutations keep tables valid", test_mutations_keep_tables_valid},
    {"only the targets that there are", test_only_the_targets_that_there_are},
};

int main(void) {
    return UNIT_RUN(tests);
}
