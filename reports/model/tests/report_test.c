/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "reports/tests/sample_report.h"

#include <stdlib.h>
#include <string.h>

static void test_verdicts_have_the_words_of_the_contract(void) {
    CU_ASSERT_STRING_EQUAL(report_verdict_text(REPORT_PASS), "pass");
    CU_ASSERT_STRING_EQUAL(report_verdict_text(REPORT_FAIL), "fail");
    CU_ASSERT_STRING_EQUAL(report_verdict_text(REPORT_NONSTRICT), "nonstrict");
    CU_ASSERT_STRING_EQUAL(report_verdict_text(REPORT_INFO), "info");
    CU_ASSERT_STRING_EQUAL(report_verdict_text(REPORT_NOT_EXERCISED), "not-exercised");
    CU_ASSERT_STRING_EQUAL(report_verdict_text(REPORT_NOT_APPLICABLE), "not-applicable");
    CU_ASSERT_STRING_EQUAL(report_verdict_text(REPORT_ERROR), "error");
}

static void test_counts_go_over_all_probes(void) {
    struct report report = sample_hostile();
    size_t counts[REPORT_VERDICTS];

    report_count(&report, counts);
    CU_ASSERT_EQUAL(counts[REPORT_PASS], 1);
    CU_ASSERT_EQUAL(counts[REPORT_FAIL], 2);
    CU_ASSERT_EQUAL(counts[REPORT_NONSTRICT], 2);
    CU_ASSERT_EQUAL(counts[REPORT_INFO], 2);
    CU_ASSERT_EQUAL(counts[REPORT_NOT_EXERCISED], 2);
    CU_ASSERT_EQUAL(counts[REPORT_NOT_APPLICABLE], 2);
    CU_ASSERT_EQUAL(counts[REPORT_ERROR], 1);
    report_clear(&report);
    report_count(&report, counts);
    CU_ASSERT_EQUAL(counts[REPORT_PASS], 0);
}

/* The last words of a report, whole and as part 2 of 4: a part of a run is never said to conform.
 */
static void check_result(struct report *report, const char *whole, const char *part) {
    char text[REPORT_RESULT_SIZE];

    report->shard = report->shards = 0;
    CU_ASSERT_STRING_EQUAL(report_result_text(report, text), whole);
    CU_ASSERT_PTR_NULL(report_part_text(report, text));
    report->shard = 2;
    report->shards = 4;
    CU_ASSERT_STRING_EQUAL(report_result_text(report, text), part);
    CU_ASSERT_STRING_EQUAL(report_part_text(report, text), "part 2 of 4");
    report->shard = report->shards = 1; /* the only part is the whole */
    CU_ASSERT_STRING_EQUAL(report_result_text(report, text), whole);
    CU_ASSERT_PTR_NULL(report_part_text(report, text));
}

static void test_a_part_never_conforms(void) {
    struct report report = sample_conforming();

    check_result(&report, "conforms", "part 2 of 4 holds");
    report.gate.path = strdup("known.txt");
    report.gate.holds = true;
    check_result(&report, "gate holds", "gate holds for part 2 of 4");
    report.gate.holds = false;
    check_result(&report, "gate fails", "gate fails for part 2 of 4");
    report.errors = 1; /* a gate decides nothing then */
    check_result(&report, "error", "part 2 of 4 is in error");
    report_clear_gate(&report);
    report.errors = 0;
    report.probes[0].rules[0].verdict = REPORT_FAIL;
    check_result(&report, "does not conform", "part 2 of 4 does not conform");
    report.probes[0].rules[0].verdict = REPORT_NOT_EXERCISED;
    check_result(&report, "nothing exercised", "part 2 of 4 exercised nothing");
    report_clear(&report);
}

/* One rule and its probe, and the exit code that they lead to. */
static const struct {
    enum report_verdict rule, probe;
    bool strict;
    size_t errors;
    int exit_code;
} exits[] = {
    {REPORT_PASS, REPORT_PASS, false, 0, 0},
    {REPORT_PASS, REPORT_PASS, true, 0, 0},
    {REPORT_INFO, REPORT_PASS, true, 0, 0},
    {REPORT_NONSTRICT, REPORT_PASS, false, 0, 0},
    {REPORT_NONSTRICT, REPORT_FAIL, true, 0, 1},
    {REPORT_NONSTRICT, REPORT_NONSTRICT, false, 0, 0},
    {REPORT_NONSTRICT, REPORT_PASS, true, 0, 1},
    {REPORT_FAIL, REPORT_FAIL, false, 0, 1},
    {REPORT_FAIL, REPORT_PASS, false, 0, 1},
    {REPORT_PASS, REPORT_FAIL, false, 0, 1},
    {REPORT_NOT_EXERCISED, REPORT_PASS, false, 0, 2},
    {REPORT_NOT_APPLICABLE, REPORT_PASS, false, 0, 2},
    {REPORT_NOT_EXERCISED, REPORT_FAIL, false, 0, 1},
    {REPORT_NOT_EXERCISED, REPORT_PASS, false, 1, 3},
    {REPORT_FAIL, REPORT_FAIL, false, 1, 3},
    {REPORT_ERROR, REPORT_PASS, false, 0, 3},
    {REPORT_PASS, REPORT_ERROR, false, 0, 3},
    {REPORT_FAIL, REPORT_ERROR, true, 0, 3},
};

/* What a rule that only informs has to say judges nothing; and no subject hides behind another. */
static void test_silence(void) {
    struct report report = sample_conforming();
    struct report_probe *probes = realloc(report.probes, 2 * sizeof *probes);

    CU_ASSERT_PTR_NOT_NULL_FATAL(probes);
    report.probes = probes;
    probes[1] = (struct report_probe){.verdict = REPORT_PASS};
    report.probes_count = 2;
    CU_ASSERT_EQUAL(report_exit_code(&report), 2);
    check_result(&report, "nothing exercised on 1 of 2 subjects", "part 2 of 4 holds");
    report.probes_count = 1;
    report.probes[0].rules[0].level = "info";
    report.probes[0].rules[0].verdict = REPORT_INFO;
    CU_ASSERT_EQUAL(report_exit_code(&report), 2);
    check_result(&report, "nothing exercised", "part 2 of 4 exercised nothing");
    report_clear(&report);
}

static void test_exit_codes(void) {
    for (size_t i = 0; i < sizeof exits / sizeof exits[0]; i++) {
        struct report report = sample_conforming();

        report.probes[0].rules[0].verdict = exits[i].rule;
        report.probes[0].verdict = exits[i].probe;
        report.strict = exits[i].strict;
        report.errors = exits[i].errors;
        CU_ASSERT_EQUAL(report_exit_code(&report), exits[i].exit_code);
        if (report_exit_code(&report) != exits[i].exit_code)
            printf("\n    row %zu gives %d ", i, report_exit_code(&report));
        report_clear(&report);
    }
}

static void test_what_only_informs_shows_nothing(void) {
    struct report report = sample_conforming();

    for (size_t i = 0; i < report.probes[0].rules_count; i++)
        report.probes[0].rules[i].level = "info";
    CU_ASSERT_EQUAL(report_exit_code(&report), 2);
    report.probes[0].rules[0].level = "should";
    CU_ASSERT_EQUAL(report_exit_code(&report), 0);
    report_clear(&report);
}

/* However green the values are that were run. */
static void test_a_partial_sweep_proves_nothing(void) {
    struct report report = sample_conforming();

    report.probes[0].sweeps = calloc(1, sizeof *report.probes[0].sweeps);
    CU_ASSERT_PTR_NOT_NULL_FATAL(report.probes[0].sweeps);
    report.probes[0].sweeps_count = 1;
    report.probes[0].sweeps[0] = (struct report_sweep){.what = "max", .values = 9, .wanted = 10};
    CU_ASSERT_TRUE(report_is_partial(&report));
    CU_ASSERT_EQUAL(report_exit_code(&report), 3);
    report.probes[0].sweeps[0].values = 10;
    CU_ASSERT_FALSE(report_is_partial(&report));
    CU_ASSERT_EQUAL(report_exit_code(&report), 0);
    report_clear(&report);
}

static void test_an_empty_report_is_never_green(void) {
    struct report report = sample_empty();

    CU_ASSERT_EQUAL(report_exit_code(&report), 2);
}

static void test_clearing_leaves_nothing(void) {
    for (size_t i = 0; i < samples_count; i++) {
        struct report report = samples[i].make();

        report_clear(&report);
        CU_ASSERT_EQUAL(report.probes_count, 0);
        CU_ASSERT_PTR_NULL(report.probes);
        report_clear(&report);
    }
}

static void test_formats_are_found_by_their_exact_name(void) {
    CU_ASSERT_TRUE(report_formats_count > 0);
    for (size_t i = 0; i < report_formats_count; i++) {
        CU_ASSERT_PTR_EQUAL(report_format_find(report_formats[i].name), &report_formats[i]);
        CU_ASSERT_TRUE(strlen(report_formats[i].help) > 0);
        CU_ASSERT_TRUE(report_format_has(&report_formats[i], REPORT_OF_RUN) ||
                       report_format_has(&report_formats[i], REPORT_OF_AUDIT) ||
                       report_format_has(&report_formats[i], REPORT_OF_HUNT));
    }
    CU_ASSERT_PTR_NULL(report_format_find(""));
    CU_ASSERT_PTR_NULL(report_format_find("JSON"));
    CU_ASSERT_PTR_NULL(report_format_find("jso"));
}

/* Unbuffered, so that the writer itself meets the error. */
static void test_every_format_says_that_the_stream_failed(void) {
    const struct report_style style = {.verbosity = 2};

    for (size_t i = 0; i < report_formats_count; i++) {
        struct report report = sample_small();
        FILE *full = fopen("/dev/full", "w");

        CU_ASSERT_PTR_NOT_NULL_FATAL(full);
        setvbuf(full, NULL, _IONBF, 0);
        CU_ASSERT_FALSE(report_formats[i].write && report_formats[i].write(&report, &style, full));
        fclose(full);
        report_clear(&report);
    }
}

static const struct unit_test tests[] = {
    {"verdicts have the words of the contract", test_verdicts_have_the_words_of_the_contract},
    {"counts go over all probes", test_counts_go_over_all_probes},
    {"exit codes: error, then failure, then nothing exercised", test_exit_codes},
    {"a subject of which nothing could be red is no pass", test_silence},
    {"a part of a run never conforms", test_a_part_never_conforms},
    {"what only informs shows nothing", test_what_only_informs_shows_nothing},
    {"a partial sweep proves nothing", test_a_partial_sweep_proves_nothing},
    {"an empty report is never green", test_an_empty_report_is_never_green},
    {"clearing leaves nothing, twice", test_clearing_leaves_nothing},
    {"formats are found by their exact name", test_formats_are_found_by_their_exact_name},
    {"every format says that the stream failed", test_every_format_says_that_the_stream_failed},
};

int main(void) {
    return UNIT_RUN(tests);
}
