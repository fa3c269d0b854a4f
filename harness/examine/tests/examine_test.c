/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "harness/examine/examine.h"

#include <stdlib.h>
#include <string.h>

#define TARGET 0x40000010u

static struct cpuid_leaf leaves[] = {{TARGET, 0, true, {7, 0, 0, 0}}};
static char id[] = "max/example";

static struct examination examination; /* large */

static struct measure measure; /* of the case examined last */

/* Measures and examines `asks` questions to a function of the fixture, `times` times; false: it
 * could not be loaded. */
static bool examine_asks(const char *entry, size_t asks, unsigned times) {
    const struct probe_options options = {.entry = entry};
    struct scenario_case test = {
        .id = id,
        .table = {.base = {TARGET, 1, 2, 3}, .present = true, .count = 1, .leaves = leaves},
        .asks_count = asks};
    struct probe **probes = NULL;
    struct examiner *examiner = NULL;
    struct errors errors = {0};
    size_t count = 0;

    if (probe_load(HVSPEC_TEST_BINARY "/examine_fixture.so", &options, &probes, &count, &errors))
        examiner = examiner_new(probes[0], 1, &errors);
    for (size_t i = 0; i < asks; i++) {
        test.asks[i] = TARGET;
        test.expect[i] = OUTCOME_AVAILABLE;
    }
    if (examiner)
        measure = examine_measure(examiner, &test);
    for (unsigned i = 0; examiner && i < times; i++)
        examine_case(examiner, &test, &examination);
    examiner_free(examiner);
    for (size_t i = 0; i < count; i++)
        probe_free(probes[i]);
    free(probes);
    errors_print(&errors, "", stderr);
    errors_clear(&errors);
    return examiner != NULL;
}

static bool examine(const char *entry) {
    return examine_asks(entry, 1, 1);
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

/* What is answered under the case's own table is told apart from what a twin shows. */
static void test_plain_answers(void) {
    CU_ASSERT_TRUE_FATAL(examine("insists_on_the_vendor"));
    CU_ASSERT_TRUE(examination.findings[RULE_GENERIC_SIGNATURE_IGNORED].state & FINDING_VIOLATED);
    CU_ASSERT_EQUAL(examination.plain.questions, 1);
    CU_ASSERT_EQUAL(examination.plain.wrongly_absent, 0);
    CU_ASSERT_TRUE_FATAL(examine("never"));
    CU_ASSERT_EQUAL(examination.plain.questions, 1);
    CU_ASSERT_EQUAL(examination.plain.wrongly_absent, 1);
}

/* A few calls show what a case costs and which rules it breaks, by itself or in one of some of its
 * twins. */
static void test_measures(void) {
    CU_ASSERT_TRUE_FATAL(examine("plain"));
    CU_ASSERT_TRUE(measure.cost > 0 && measure.path != 0 && measure.broken == 0);
    CU_ASSERT_TRUE_FATAL(examine("insists_on_the_vendor"));
    CU_ASSERT_EQUAL(measure.broken, 1u << RULE_GENERIC_SIGNATURE_IGNORED);
    CU_ASSERT_TRUE_FATAL(examine("insists_at_length"));
    CU_ASSERT_EQUAL(measure.broken, 0);
    CU_ASSERT_TRUE_FATAL(examine("never"));
    CU_ASSERT_TRUE(measure.broken & 1u << RULE_MAX_REACHES_TARGET);
    CU_ASSERT_TRUE_FATAL(examine("hangs"));
    CU_ASSERT_TRUE(measure.broken & 1u << RULE_PLATFORM_RETURNS);
}

/* In a twin, or in a question asked after another: the case is in error, neither a pass nor the
 * probe's fault. */
static void test_errors_beyond_the_first_run(void) {
    static const char *const entries[] = {"calls_for_one_vendor", "calls_the_second_time"};

    for (size_t i = 0; i < 2; i++) {
        CU_ASSERT_TRUE_FATAL(examine(entries[i]));
        CU_ASSERT_TRUE(examination.failed);
        CU_ASSERT_STRING_EQUAL(
            examination.failure,
            "the probe calls 'missing', which is undefined; link what defines it, "
            "or, where one result is right for every call, add to the manifest: "
            "stubs: {missing: VALUE}");
        CU_ASSERT_FALSE(anything_violated());
    }
}

/* A stub for what executes CPUID would answer in the hypervisor's place, and a part of a name is
 * none: no such stubs are proposed. */
static void test_no_stub_for_a_reader(void) {
    static const struct {
        const char *entry, *failure;
    } rows[] = {
        {"reads_elsewhere", "the probe calls 'read_cpuid_leaf', which is undefined; link what "
                            "defines 'read_cpuid_leaf' (files: [...]): a stub would answer in the "
                            "hypervisor's place"},
        {"reads_elsewhere_and_tells",
         "the probe calls 'print_line', which is undefined (as 'read_cpuid_leaf' is); link what "
         "defines 'read_cpuid_leaf' (files: [...]): a stub would answer in the hypervisor's place; "
         "add to the manifest: stubs: {print_line: 0}"},
        {"calls_a_long_name",
         "the probe calls 'missing_by_a_name_that_is_longer_than_what_a_manifest_is_given_of_it', "
         "which is undefined; link what defines it (files: [...])"},
        {"reads_elsewhere_and_more",
         "the probe calls 'missing', which is undefined (as 'print_line', 'read_cpuid_leaf' are); "
         "link what defines 'read_cpuid_leaf' (files: [...]): a stub would answer in the "
         "hypervisor's place; for the others, link them, or, where one result is right for every "
         "call, add to the manifest: stubs: {missing: VALUE, print_line: VALUE}"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CU_ASSERT_TRUE_FATAL(examine(rows[i].entry));
        CU_ASSERT_TRUE(examination.failed);
        CU_ASSERT_STRING_EQUAL(examination.failure, rows[i].failure);
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

/* Of what breaks one rule several times, a wrong answer is shown rather than a right one. */
static void test_shows_the_wrong_answer(void) {
    const struct violation *shown = &examination.violations[RULE_MAX_READ_FIRST];

    CU_ASSERT_TRUE_FATAL(examine("claims_later"));
    CU_ASSERT_TRUE(examination.findings[RULE_MAX_READ_FIRST].state & FINDING_VIOLATED);
    CU_ASSERT_FALSE(shown->facts.right);
    CU_ASSERT_TRUE(shown->sequence_count > 1);
}

/* Though it takes a long boot, and a short one broke the rule, too. */
static void test_shows_the_late_wrong_answer(void) {
    const struct violation *shown = &examination.violations[RULE_MAX_READ_FIRST];

    CU_ASSERT_TRUE_FATAL(examine_asks("claims_very_late", SCENARIO_ASKS_MAX, 1));
    CU_ASSERT_TRUE(examination.findings[RULE_MAX_READ_FIRST].state & FINDING_VIOLATED);
    CU_ASSERT_FALSE(shown->facts.right);
    CU_ASSERT_EQUAL(shown->sequence_count, 100);
}

/* A case of as many questions as there can be is asked on; one question less is not. */
static void test_asks_on(void) {
    static const char *const right[] = {"plain", "reads_first_of_all"};

    for (size_t i = 0; i < 2; i++) {
        CU_ASSERT_TRUE_FATAL(examine_asks(right[i], SCENARIO_ASKS_MAX, 1));
        CU_ASSERT_FALSE(examination.failed);
        CU_ASSERT_FALSE(anything_violated());
        CU_ASSERT_TRUE(examination.runs > 2560);
    }
    CU_ASSERT_TRUE_FATAL(examine_asks("gives_up", SCENARIO_ASKS_MAX - 1, 1));
    CU_ASSERT_FALSE(anything_violated());
    CU_ASSERT_TRUE(examination.runs < 2560);
}

/* What shows only in a long boot is shown in the fewest questions that were found. */
static void test_long_boots(void) {
    static const struct {
        const char *entry;
        enum rule_id rule;
        size_t count;
        const char *text;
    } rows[] = {
        {"gives_up", RULE_GAPS_ORDER_INDEPENDENT, 301,
         "asked in one boot for 0x40000010, 301 times"},
        {"faults_late", RULE_PLATFORM_NO_FAULT, 100, "asked in one boot for 0x"},
        {"breaks_at_the_end", RULE_GAPS_ORDER_INDEPENDENT, 0, "question "},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct violation *violation = &examination.violations[rows[i].rule];
        size_t runs;

        CU_ASSERT_TRUE_FATAL(examine_asks(rows[i].entry, SCENARIO_ASKS_MAX, 1));
        CU_ASSERT_FALSE(examination.failed);
        for (unsigned rule = 0; rule < RULES; rule++)
            CU_ASSERT_EQUAL((examination.findings[rule].state & FINDING_VIOLATED) != 0,
                            rule == rows[i].rule);
        CU_ASSERT_EQUAL(violation->rule, rows[i].rule);
        CU_ASSERT_NSTRING_EQUAL(violation->sequence_text, rows[i].text, strlen(rows[i].text));
        CU_ASSERT_TRUE(rows[i].count ? violation->sequence_count == rows[i].count
                                     : violation->sequence_count >= 250);
        CU_ASSERT_EQUAL(violation->facts.answer == OUTCOME_AVAILABLE, false);
        /* An examiner that has met the fault before finds the same. */
        runs = examination.runs;
        CU_ASSERT_TRUE_FATAL(examine_asks(rows[i].entry, SCENARIO_ASKS_MAX, 2));
        CU_ASSERT_EQUAL(examination.runs, runs);
        CU_ASSERT_NSTRING_EQUAL(violation->sequence_text, rows[i].text, strlen(rows[i].text));
    }
}

static const struct unit_test tests[] = {
    {"a right probe", test_right_probe},
    {"what a case is measured by", test_measures},
    {"the answer under the case's own table", test_plain_answers},
    {"an error beyond the first run", test_errors_beyond_the_first_run},
    {"no stub for what reads CPUID", test_no_stub_for_a_reader},
    {"a question that hangs", test_hangs_once},
    {"a wrong answer is shown rather than a right one", test_shows_the_wrong_answer},
    {"a wrong answer is shown, late as it is", test_shows_the_late_wrong_answer},
    {"the longest cases are asked on", test_asks_on},
    {"what only a long boot shows", test_long_boots},
};

int main(void) {
    return UNIT_RUN(tests);
}
