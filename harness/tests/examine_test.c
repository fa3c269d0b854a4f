/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/tests/unit.h"
#include "harness/examine.h"

#include <stdlib.h>
#include <string.h>

#define TARGET 0x40000010u

static struct cpuid_leaf leaves[] = {{TARGET, 0, true, {7, 0, 0, 0}}};
static char id[] = "max/example";

static struct examination examination; /* large */

/* Examines one question to a function of the fixture; false: it could not be loaded. */
static bool examine(const char *entry) {
    const struct probe_options options = {.entry = entry};
    const struct scenario_case test = {
        .id = id,
        .table = {.base = {TARGET, 1, 2, 3}, .present = true, .count = 1, .leaves = leaves},
        .asks = {TARGET},
        .expect = {OUTCOME_AVAILABLE},
        .asks_count = 1};
    struct probe **probes = NULL;
    struct examiner *examiner = NULL;
    struct errors errors = {0};
    size_t count = 0;

    if (probe_load(HVSPEC_TEST_BINARY "/examine_fixture.so", &options, &probes, &count, &errors))
        examiner = examiner_new(probes[0], 1, &errors);
    if (examiner)
        examine_case(examiner, &test, &examination);
    examiner_free(examiner);
    for (size_t i = 0; i < count; i++)
        probe_free(probes[i]);
    free(probes);
    errors_print(&errors, "", stderr);
    errors_clear(&errors);
    return examiner != NULL;
}

static bool anything_violated(void) {
    for (unsigned rule = 0; rule < RULES; rule++) {
        if (examination.findings[rule].state & FINDING_VIOLATED)
            return true;
    }
    return false;
}

static void test_right_probe(void) {
    CU_ASSERT_TRUE_FATAL(examine("plain"));
    CU_ASSERT_FALSE(examination.failed);
    CU_ASSERT_FALSE(anything_violated());
    CU_ASSERT_TRUE(examination.runs > 100);
}

/* In a twin, or in a question asked after another: the case is in error, neither a pass nor the
 * probe's fault. */
static void test_errors_beyond_the_first_run(void) {
    static const char *const entries[] = {"calls_for_one_vendor", "calls_the_second_time"};

    for (size_t i = 0; i < 2; i++) {
        CU_ASSERT_TRUE_FATAL(examine(entries[i]));
        CU_ASSERT_TRUE(examination.failed);
        CU_ASSERT_STRING_EQUAL(examination.failure,
                               "the probe calls 'missing', which is undefined; add to the "
                               "manifest: stubs: {missing: 0}");
        CU_ASSERT_FALSE(anything_violated());
    }
}

/* One call tells that a question hangs; no twin and no other order has to hang as well. */
static void test_hangs_once(void) {
    const struct finding *returns = &examination.findings[RULE_PLATFORM_RETURNS];

    CU_ASSERT_TRUE_FATAL(examine("hangs"));
    CU_ASSERT_FALSE(examination.failed);
    CU_ASSERT_TRUE(returns->state & FINDING_VIOLATED);
    CU_ASSERT_EQUAL(examination.runs, 1);
}

static const struct unit_test tests[] = {
    {"a right probe", test_right_probe},
    {"an error beyond the first run", test_errors_beyond_the_first_run},
    {"a question that hangs", test_hangs_once},
};

int main(void) {
    return UNIT_RUN(tests);
}
