/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "harness/examine/sequences.h"

static bool is(const uint32_t *order, const uint32_t *wanted, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (order[i] != wanted[i])
            return false;
    }
    return true;
}

static void test_orders(void) {
    static const uint32_t asks[] = {7, 8, 9}, backwards[] = {9, 8, 7}, twice[] = {7, 7, 8, 8, 9, 9},
                          again[] = {7, 8, 9, 7, 8, 9};
    struct sequences sequences = {0};

    sequences_make_orders(&sequences, asks, 3);
    CU_ASSERT_EQUAL(sequences.lengths[0], 3);
    CU_ASSERT_EQUAL(sequences.lengths[1], 3);
    CU_ASSERT_EQUAL(sequences.lengths[2], 6);
    CU_ASSERT_EQUAL(sequences.lengths[3], 6);
    CU_ASSERT_TRUE(is(sequences.order[0], asks, 3));
    CU_ASSERT_TRUE(is(sequences.order[1], backwards, 3));
    CU_ASSERT_TRUE(is(sequences.order[2], twice, 6));
    CU_ASSERT_TRUE(is(sequences.order[3], again, 6));
}

/* As many questions as a boot can hold: the doubled orders take the first half. */
static void test_most_questions(void) {
    struct sequences sequences = {0};
    uint32_t asks[SCENARIO_ASKS_MAX];

    for (uint32_t i = 0; i < SCENARIO_ASKS_MAX; i++)
        asks[i] = 100 + i;
    sequences_make_orders(&sequences, asks, SCENARIO_ASKS_MAX);
    for (size_t i = 0; i < SEQUENCES_ORDERS; i++)
        CU_ASSERT_EQUAL(sequences.lengths[i], SCENARIO_ASKS_MAX);
    CU_ASSERT_EQUAL(sequences.order[1][0], 100 + SCENARIO_ASKS_MAX - 1);
    CU_ASSERT_EQUAL(sequences.order[2][SCENARIO_ASKS_MAX - 1], 100 + SCENARIO_ASKS_MAX / 2 - 1);
    CU_ASSERT_EQUAL(sequences.order[3][SCENARIO_ASKS_MAX / 2], 100);
}

static void test_targets(void) {
    struct sequences sequences = {0};

    for (uint32_t i = 0; i < 2 * SCENARIO_ASKS_MAX; i++)
        sequences_add_target(&sequences, i / 2); /* each twice */
    CU_ASSERT_EQUAL(sequences.count, SCENARIO_ASKS_MAX);
    sequences_add_target(&sequences, 1000);
    CU_ASSERT_EQUAL(sequences.count, SCENARIO_ASKS_MAX);
    sequences.alone[3].answer = OUTCOME_ABSENT;
    CU_ASSERT_PTR_EQUAL(sequences_alone(&sequences, 3), &sequences.alone[3]);
    CU_ASSERT_PTR_NULL(sequences_alone(&sequences, 1000));
}

static void test_companions(void) {
    static const struct {
        uint32_t target, targets[4];
        size_t count;
    } rows[] = {
        {0x40000010, {0x40000010, 0x40000020, 0x40000011, 0x400000ff}, 4},
        {0x400000f5, {0x400000f5, 0x40000005, 0x400000f6, 0x400000ff}, 4}, /* around the block */
        {0x400000ff, {0x400000ff, 0x4000000f}, 2}, /* BASE is nobody's feature */
        {0x400000fe, {0x400000fe, 0x4000000e, 0x400000ff}, 3},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sequences sequences = {0};

        sequences_add_target(&sequences, rows[i].target);
        sequences_add_companions(&sequences, rows[i].target);
        CU_ASSERT_EQUAL_FATAL(sequences.count, rows[i].count);
        CU_ASSERT_TRUE(is(sequences.targets, rows[i].targets, rows[i].count));
    }
}

/* Every seed gives a signature of BASE and nothing else, and not all give the same. */
static void test_signatures(void) {
    struct cpuid_table table = {.present = true, .base = {0x40000010, 0, 0, 0}};
    struct sequences sequences = {0};
    struct twin first, twin;
    size_t others = 0;

    sequences_add_target(&sequences, 0x40000010);
    CU_ASSERT_TRUE_FATAL(sequences_sign(&sequences, &table, 0, &first));
    for (uint64_t seed = 0; seed < 100; seed++) {
        CU_ASSERT_TRUE_FATAL(sequences_sign(&sequences, &table, seed, &twin));
        CU_ASSERT_EQUAL(twin.kind, TWIN_SIGNATURE);
        CU_ASSERT_EQUAL(twin.changes_count, 1);
        CU_ASSERT_EQUAL(twin.changes[0].registers, CPUID_EBX | CPUID_ECX | CPUID_EDX);
        CU_ASSERT_TRUE(twin.changes[0].first == CPUID_BASE && twin.changes[0].last == CPUID_BASE);
        others += twin.changes[0].values.ebx != first.changes[0].values.ebx;
    }
    CU_ASSERT_TRUE(others > 80);
    /* A target that echoes BASE would change too: that is not the signature's fault alone. */
    table.unlisted.fill = CPUID_FILL_BASE;
    table.base.ebx = 0x12345678;
    CU_ASSERT_FALSE(sequences_sign(&sequences, &table, 0, &twin));
}

static const struct unit_test tests[] = {
    {"the orders", test_orders},
    {"as many questions as a boot holds", test_most_questions},
    {"distinct targets", test_targets},
    {"company for a single question", test_companions},
    {"another signature for a boot", test_signatures},
};

int main(void) {
    return UNIT_RUN(tests);
}
