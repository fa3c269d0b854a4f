/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "harness/judge/judge.h"

#define TARGET 0x40000010u
#define OTHER 0x40000011u

/* A hypervisor with the target as its highest leaf; EAX there is 7. */
static const struct spec_form whole;
static struct cpuid_leaf table_leaves[] = {{TARGET, 0, true, {7, 0, 0, 0}}};
static const struct cpuid_table table = {
    .base = {TARGET, 0, 0, 0}, .present = true, .count = 1, .leaves = table_leaves};

/* The facts of a call that read these leaves (up to four, 0 ends), the first `boot` ahead of it. */
struct reading {
    uint32_t leaves[4];
    uint32_t subleaf;
    size_t boot;
};

static size_t fill_trace(const struct reading *reading, struct cpuid_execution trace[4]) {
    size_t count = 0;

    for (; count < 4 && reading->leaves[count] != 0; count++)
        trace[count] =
            (struct cpuid_execution){.leaf = reading->leaves[count], .subleaf = reading->subleaf};
    return count;
}

static struct observation observe(const struct reading *reading, struct cpuid_execution trace[4]) {
    size_t count = fill_trace(reading, trace);

    return (struct observation){.end = OBSERVATION_RETURNED,
                                .value = 7,
                                .boot_trace = trace,
                                .boot_count = reading->boot,
                                .trace = trace + reading->boot,
                                .count = count - reading->boot};
}

static struct facts facts_with_maximum(const struct reading *reading, uint32_t maximum,
                                       enum outcome answer) {
    const struct cpuid_change change = {.kind = CPUID_CHANGE_SET,
                                        .registers = CPUID_EAX,
                                        .first = CPUID_BASE,
                                        .last = CPUID_BASE,
                                        .values = {maximum, 0, 0, 0}};
    struct cpuid_view view = cpuid_view(&table, &change, 1);
    struct cpuid_execution trace[4];
    struct observation observation = observe(reading, trace);

    return judge_facts(&whole, &observation, &view, TARGET, answer);
}

static struct facts facts_of_reading(const struct reading *reading, enum outcome answer) {
    return facts_with_maximum(reading, TARGET, answer);
}

/* --- The trace. --- */

static void test_reading_in_order(void) {
    const struct reading reading = {{1, CPUID_BASE, TARGET, 0}, 0, 0};
    struct facts facts = facts_of_reading(&reading, OUTCOME_AVAILABLE);

    CU_ASSERT_TRUE(facts.read_base && facts.read_target && facts.read_hypervisor);
    CU_ASSERT_FALSE(facts.read_ahead || facts.read_beyond || facts.stale_subleaf);
}

static void test_reading_nothing(void) {
    static const struct reading readings[] = {
        {{0}, 0, 0},
        {{1, 0x80000000u, 0x3fffffffu, 0x50000000u}, 5, 0}, /* no hypervisor's leaves */
    };

    for (size_t i = 0; i < 2; i++) {
        struct facts facts = facts_of_reading(&readings[i], OUTCOME_ABSENT);

        CU_ASSERT_FALSE(facts.read_base || facts.read_target || facts.read_hypervisor ||
                        facts.read_ahead || facts.read_beyond || facts.stale_subleaf);
        CU_ASSERT_EQUAL(facts.leaves, facts_of_reading(&readings[0], OUTCOME_ABSENT).leaves);
    }
}

static void test_reading_ahead(void) {
    const struct reading target_first = {{TARGET, CPUID_BASE}, 0, 0};
    const struct reading further_base_first = {{0x40000100u, CPUID_BASE}, 0, 0};
    const struct reading base_in_boot = {{CPUID_BASE, TARGET}, 0, 1};

    CU_ASSERT_TRUE(facts_of_reading(&target_first, OUTCOME_AVAILABLE).read_ahead);
    CU_ASSERT_TRUE(facts_of_reading(&further_base_first, OUTCOME_AVAILABLE).read_ahead);
    CU_ASSERT_FALSE(facts_of_reading(&base_in_boot, OUTCOME_AVAILABLE).read_ahead);
    CU_ASSERT_TRUE(facts_of_reading(&base_in_boot, OUTCOME_AVAILABLE).read_base);
}

static void test_other_leaves(void) {
    const struct reading neighbour = {{CPUID_BASE, OTHER}, 0, 0};
    const struct reading further = {{CPUID_BASE, TARGET + 0x100u}, 0, 0};

    CU_ASSERT_FALSE(facts_of_reading(&neighbour, OUTCOME_AVAILABLE).read_target);
    CU_ASSERT_FALSE(facts_of_reading(&further, OUTCOME_AVAILABLE).read_target);
}

static void test_beyond_the_maximum(void) {
    const struct reading both = {{CPUID_BASE, TARGET}, 0, 0};
    const struct reading next = {{CPUID_BASE, OTHER}, 0, 0};
    const struct reading base = {{CPUID_BASE}, 0, 0};

    CU_ASSERT_FALSE(facts_with_maximum(&both, TARGET, OUTCOME_AVAILABLE).read_beyond);
    CU_ASSERT_TRUE(facts_with_maximum(&both, TARGET - 1, OUTCOME_AVAILABLE).read_beyond);
    CU_ASSERT_TRUE(facts_with_maximum(&next, TARGET, OUTCOME_AVAILABLE).read_beyond);
    CU_ASSERT_FALSE(facts_with_maximum(&next, 0xffffffffu, OUTCOME_AVAILABLE).read_beyond);
    /* To learn of a maximum below BASE one has to read BASE. */
    CU_ASSERT_FALSE(facts_with_maximum(&base, 0, OUTCOME_ABSENT).read_beyond);
}

static void test_stale_subleaf(void) {
    const struct reading hypervisor = {{CPUID_BASE}, 2, 0};
    const struct reading processor = {{4}, 2, 0};

    CU_ASSERT_TRUE(facts_of_reading(&hypervisor, OUTCOME_ABSENT).stale_subleaf);
    CU_ASSERT_FALSE(facts_of_reading(&processor, OUTCOME_ABSENT).stale_subleaf);
}

/* The same leaves in the same order give the same number, wherever the boot ends. */
static void test_leaves_read(void) {
    const struct reading one = {{1, CPUID_BASE, TARGET}, 0, 0},
                         split = {{CPUID_BASE, TARGET}, 9, 1},
                         swapped = {{TARGET, CPUID_BASE}, 0, 0},
                         twice = {{CPUID_BASE, TARGET, TARGET}, 0, 0};
    uint64_t leaves = facts_of_reading(&one, OUTCOME_AVAILABLE).leaves;

    CU_ASSERT_EQUAL(facts_of_reading(&split, OUTCOME_AVAILABLE).leaves, leaves);
    CU_ASSERT_NOT_EQUAL(facts_of_reading(&swapped, OUTCOME_AVAILABLE).leaves, leaves);
    CU_ASSERT_NOT_EQUAL(facts_of_reading(&twice, OUTCOME_AVAILABLE).leaves, leaves);
}

/* Those of further bases are left out where the mail leaves open whether they are read. */
static void test_block_read(void) {
    const struct reading one = {{CPUID_BASE, TARGET}, 0, 0},
                         further = {{CPUID_BASE, 0x40000100u, 0x4000ff00u, TARGET}, 0, 0},
                         other = {{CPUID_BASE, OTHER, TARGET}, 0, 0};
    struct facts facts = facts_of_reading(&one, OUTCOME_AVAILABLE);

    CU_ASSERT_EQUAL(facts_of_reading(&further, OUTCOME_AVAILABLE).block, facts.block);
    CU_ASSERT_NOT_EQUAL(facts_of_reading(&further, OUTCOME_AVAILABLE).leaves, facts.leaves);
    CU_ASSERT_NOT_EQUAL(facts_of_reading(&other, OUTCOME_AVAILABLE).block, facts.block);
}

/* --- The answer. --- */

static void test_right_and_named_right(void) {
    static const struct {
        uint32_t maximum;
        enum outcome answer, expected;
        bool right, named_right;
    } rows[] = {
        {TARGET, OUTCOME_AVAILABLE, OUTCOME_AVAILABLE, true, true},
        {TARGET, OUTCOME_ABSENT, OUTCOME_AVAILABLE, false, false},
        {TARGET, OUTCOME_NOT_IMPLEMENTED, OUTCOME_AVAILABLE, false, false},
        {TARGET, OUTCOME_NONE, OUTCOME_AVAILABLE, false, false},
        {TARGET - 1, OUTCOME_AVAILABLE, OUTCOME_NOT_AVAILABLE, false, false},
        {TARGET - 1, OUTCOME_ABSENT, OUTCOME_NOT_AVAILABLE, true, false},
        {TARGET - 1, OUTCOME_NOT_IMPLEMENTED, OUTCOME_NOT_AVAILABLE, true, false},
        {TARGET - 1, OUTCOME_NOT_AVAILABLE, OUTCOME_NOT_AVAILABLE, true, true},
        {TARGET - 1, OUTCOME_NONE, OUTCOME_NOT_AVAILABLE, false, false}, /* no answer is no "no" */
    };
    const struct reading reading = {{CPUID_BASE}, 0, 0};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct facts facts = facts_with_maximum(&reading, rows[i].maximum, rows[i].answer);

        CU_ASSERT_EQUAL(facts.expected, rows[i].expected);
        CU_ASSERT_EQUAL(facts.right, rows[i].right);
        CU_ASSERT_EQUAL(facts.named_right, rows[i].named_right);
    }
}

/* A crash is no "not available", whatever the register happens to hold. */
static void test_no_return_is_never_right(void) {
    struct cpuid_view view = cpuid_view(&table, NULL, 0);

    for (unsigned end = OBSERVATION_RETURNED + 1; end < OBSERVATION_ENDS; end++) {
        const struct observation observation = {.end = end, .state = OBSERVATION_STACK_MOVED};
        struct facts facts =
            judge_facts(&whole, &observation, &view, CPUID_BLOCK_LAST, OUTCOME_ABSENT);

        CU_ASSERT_FALSE(facts.returned || facts.right);
        CU_ASSERT_EQUAL(facts.end, end);
        CU_ASSERT_EQUAL(facts.state, OBSERVATION_STACK_MOVED);
        CU_ASSERT_EQUAL(judge_is_error(&facts),
                        end == OBSERVATION_UNRESOLVED || end == OBSERVATION_UNDEFINED_DATA ||
                            end == OBSERVATION_NOT_STARTED || end == OBSERVATION_UNSUPPORTED ||
                            end == OBSERVATION_HARNESS_FAILURE);
        CU_ASSERT_FALSE(judge_is_wrong(&facts));
    }
}

static void test_value(void) {
    const struct reading reading = {{CPUID_BASE, TARGET}, 0, 0};
    struct cpuid_view view = cpuid_view(&table, NULL, 0);
    struct cpuid_execution trace[4];
    struct observation observation = observe(&reading, trace);

    CU_ASSERT_TRUE(judge_facts(&whole, &observation, &view, TARGET, OUTCOME_AVAILABLE).value_right);
    observation.value = 0x100000007u; /* all bits count, also those above EAX */
    CU_ASSERT_FALSE(
        judge_facts(&whole, &observation, &view, TARGET, OUTCOME_AVAILABLE).value_right);
}

static void test_without_a_hypervisor(void) {
    struct cpuid_table bare = table;
    struct cpuid_view view = cpuid_view(&bare, NULL, 0);
    const struct observation observation = {.end = OBSERVATION_RETURNED};

    bare.present = false;
    CU_ASSERT_EQUAL(judge_facts(&whole, &observation, &view, TARGET, OUTCOME_ABSENT).expected,
                    OUTCOME_NOT_AVAILABLE);
}

static void test_wrong(void) {
    const struct reading both = {{CPUID_BASE, TARGET}, 0, 0}, base = {{CPUID_BASE}, 0, 0};
    const struct {
        const struct reading *reading;
        uint32_t maximum;
        enum outcome answer;
        bool wrong;
    } rows[] = {
        {&both, TARGET, OUTCOME_AVAILABLE, false},  {&both, TARGET, OUTCOME_ABSENT, true},
        {&base, TARGET, OUTCOME_AVAILABLE, true}, /* right by luck: step 2 was skipped */
        {&base, TARGET - 1, OUTCOME_ABSENT, false}, {&both, TARGET - 1, OUTCOME_AVAILABLE, true},
        {&both, TARGET - 1, OUTCOME_ABSENT, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct facts facts = facts_with_maximum(rows[i].reading, rows[i].maximum, rows[i].answer);

        CU_ASSERT_EQUAL(judge_is_wrong(&facts), rows[i].wrong);
    }
}

/* --- The execution that a verdict hangs on. --- */

static void test_deciding(void) {
    static const struct {
        enum rule_id rule;
        struct reading reading;
        ptrdiff_t index;
    } rows[] = {
        {RULE_MAX_READ_FIRST, {{1, TARGET, CPUID_BASE}, 0, 0}, 1},
        {RULE_MAX_NO_READ_BEYOND, {{CPUID_BASE, TARGET, OTHER}, 0, 0}, 2},
        {RULE_MAX_BELOW_IS_ABSENT, {{1, CPUID_BASE, TARGET}, 0, 0}, 1},
        {RULE_MAX_REACHES_TARGET, {{1, CPUID_BASE, TARGET}, 0, 0}, 1},
        {RULE_GENERIC_SIGNATURE_IGNORED, {{1, CPUID_BASE, TARGET}, 0, 1}, 1},
        {RULE_TARGET_IS_READ, {{CPUID_BASE, TARGET, OTHER}, 0, 0}, 2},
        {RULE_GAPS_OTHER_LEAVES_IGNORED, {{OTHER, CPUID_BASE, TARGET}, 0, 0}, 0},
        {RULE_TARGET_ZERO_IS_ABSENT, {{CPUID_BASE, OTHER, TARGET, TARGET}, 0, 0}, 2},
        {RULE_TARGET_EAX_ALONE, {{CPUID_BASE, TARGET}, 0, 0}, 1},
        {RULE_PLATFORM_SUBLEAF_ZERO, {{4, CPUID_BASE}, 3, 0}, 1},
        {RULE_PRESENCE_CHECKED_FIRST, {{1, 2, TARGET}, 0, 0}, 2},
        /* None matches: the last one executed. */
        {RULE_PLATFORM_SUBLEAF_ZERO, {{CPUID_BASE, TARGET}, 0, 0}, 1},
        {RULE_TARGET_IS_READ, {{1, CPUID_BASE}, 0, 0}, 1},
        {RULE_TARGET_IS_READ, {{0}, 0, 0}, -1},
    };
    struct cpuid_view view = cpuid_view(&table, NULL, 0);

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct cpuid_execution trace[4];
        struct observation observation = observe(&rows[i].reading, trace);

        CU_ASSERT_EQUAL(judge_deciding(rows[i].rule, &observation, &view, TARGET), rows[i].index);
    }
}

static const struct unit_test tests[] = {
    {"base, then target", test_reading_in_order},
    {"no hypervisor leaf at all", test_reading_nothing},
    {"a leaf ahead of base", test_reading_ahead},
    {"other leaves of the block", test_other_leaves},
    {"leaves beyond the maximum", test_beyond_the_maximum},
    {"a stale subleaf", test_stale_subleaf},
    {"leaves read, in order", test_leaves_read},
    {"leaves of the block read, in order", test_block_read},
    {"right, and named right", test_right_and_named_right},
    {"no return is never right", test_no_return_is_never_right},
    {"the value in all its bits", test_value},
    {"nothing is there without the presence bit", test_without_a_hypervisor},
    {"wrong, or right without step 2", test_wrong},
    {"the execution that decides", test_deciding},
};

int main(void) {
    return UNIT_RUN(tests);
}
