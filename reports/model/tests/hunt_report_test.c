/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "reports/model/hunt_report.h"

#include <string.h>

/* A hunt against two rules, "a/must" and "b/should", of which one find breaks both. */
static struct hunt_search searches[] = {{.number = 1, .runs = 10, .blocks = 3, .finds = 1},
                                        {.number = 2, .runs = 20, .blocks = 5}};
static char found_case[] = "found", no_room[] = "no room";
static struct hunt_found finds[] = {{.rule = 0, .broken = 3, .example = {.case_id = found_case}}};

static struct hunt_report hunt(void) {
    struct hunt_report report = {
        .rules_count = 3, .searches = searches, .searches_count = 2, .seed = 4};

    report.rules[0].id = "a/must";
    report.rules[0].level = "must";
    report.rules[0].wanted = true;
    report.rules[1].id = "b/should";
    report.rules[1].level = "should";
    report.rules[1].wanted = true;
    report.rules[2].id = "c/other";
    report.rules[2].level = "must";
    return report;
}

static void test_finds_are_examples_of_each_rule_they_break(void) {
    struct hunt_report report = hunt();
    struct report run;
    char text[REPORT_RESULT_SIZE];

    report.finds = finds;
    report.finds_count = 1;
    CU_ASSERT_TRUE_FATAL(hunt_report_as_run(&report, &run));
    CU_ASSERT_EQUAL_FATAL(run.probes_count, 1);
    CU_ASSERT_EQUAL_FATAL(run.probes[0].rules_count, 2);
    CU_ASSERT_EQUAL(run.probes[0].rules[0].verdict, REPORT_FAIL);
    CU_ASSERT_EQUAL(run.probes[0].rules[1].verdict, REPORT_NONSTRICT);
    CU_ASSERT_EQUAL(run.probes[0].rules[1].violations, 1);
    CU_ASSERT_STRING_EQUAL(run.probes[0].rules[1].examples[0].case_id, "found");
    CU_ASSERT_EQUAL(run.runs, 30);
    CU_ASSERT_EQUAL(report_exit_code(&run), 1);
    CU_ASSERT_STRING_EQUAL(report_result_text(&run, text), "found violations");
    hunt_report_end_run(&run);
}

/* Nothing found is no conformance, of the whole or of a part. */
static void test_nothing_found_does_not_conform(void) {
    struct hunt_report report = hunt();
    struct report run;
    char text[REPORT_RESULT_SIZE];

    CU_ASSERT_TRUE_FATAL(hunt_report_as_run(&report, &run));
    CU_ASSERT_EQUAL(run.probes[0].rules[0].verdict, REPORT_PASS);
    CU_ASSERT_EQUAL(report_exit_code(&run), 0);
    CU_ASSERT_STRING_EQUAL(report_result_text(&run, text), "nothing found");
    run.shard = 1;
    run.shards = 2;
    CU_ASSERT_STRING_EQUAL(report_result_text(&run, text), "part 1 of 2 found nothing");
    hunt_report_end_run(&run);
}

/* A table that could not be judged is never a pass. */
static void test_unjudged_is_an_error(void) {
    struct hunt_report report = hunt();
    struct hunt_search lost = {.number = 1, .unjudged = 2, .unjudged_reason = no_room};
    struct report run;

    report.searches = &lost;
    report.searches_count = 1;
    CU_ASSERT_TRUE_FATAL(hunt_report_as_run(&report, &run));
    CU_ASSERT_EQUAL(report_exit_code(&run), 3);
    CU_ASSERT_EQUAL_FATAL(run.probes[0].failures_count, 1);
    CU_ASSERT_STRING_EQUAL(run.probes[0].failures[0].cause, "no room");
    hunt_report_end_run(&run);
}

static void test_totals(void) {
    struct hunt_report report = hunt();
    struct hunt_search totals = hunt_report_totals(&report);

    CU_ASSERT_EQUAL(totals.runs, 30);
    CU_ASSERT_EQUAL(totals.blocks, 5);
    CU_ASSERT_EQUAL(totals.finds, 0);
}

static const struct unit_test tests[] = {
    {"finds are examples of each rule that they break",
     test_finds_are_examples_of_each_rule_they_break},
    {"nothing found does not conform", test_nothing_found_does_not_conform},
    {"what could not be judged is an error", test_unjudged_is_an_error},
    {"sums and highest numbers", test_totals},
};

int main(void) {
    return UNIT_RUN(tests);
}
