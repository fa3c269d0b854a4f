/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/baseline/baseline.h"

#include "base/tests/unit.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/*
 * One probe by hand: hv.so ran max/a (two cases) and max/b (three). It breaks a must rule in three
 * of five cases, a should rule in all five, keeps a third rule, and a fourth is not judged.
 */
static const char *ran_a[] = {"max/a:x=1", "max/a:x=2"};
static const char *ran_b[] = {"max/b:x=1", "max/b:x=2", "max/b:x=3"};
static const char *broken_must[] = {"max/a:x=2", "max/b:x=1", "max/b:x=3"};
static const char *broken_should[] = {"max/a:x=1", "max/a:x=2", "max/b:x=1", "max/b:x=2",
                                      "max/b:x=3"};

static struct report_scenario scenarios[] = {
    {.id = "max/a", .cases = COUNT(ran_a), .case_ids = ran_a},
    {.id = "max/b", .cases = COUNT(ran_b), .case_ids = ran_b},
};
static struct report_rule judged_rules[] = {
    {.id = "max/read-first",
     .level = "must",
     .verdict = REPORT_FAIL,
     .cases = 5,
     .violations = COUNT(broken_must),
     .violating_cases = broken_must},
    {.id = "max/below-is-absent", .level = "must", .verdict = REPORT_PASS, .cases = 5},
    {.id = "max/no-read-beyond",
     .level = "should",
     .verdict = REPORT_NONSTRICT,
     .cases = 5,
     .violations = COUNT(broken_should),
     .violating_cases = broken_should},
    {.id = "target/value-intact", .level = "must", .verdict = REPORT_NOT_APPLICABLE},
};
static struct report_probe probes[] = {{.name = (char *)"hv.so",
                                        .verdict = REPORT_FAIL,
                                        .rules = judged_rules,
                                        .rules_count = COUNT(judged_rules),
                                        .scenarios = scenarios,
                                        .scenarios_count = COUNT(scenarios)}};
static struct report report = {.probes = probes, .probes_count = 1};

#define LISTED "hv.so max/read-first * fail\nhv.so max/no-read-beyond * nonstrict\n"

/* "new RULE COUNT FIRST-CASE", "gone LINE", "unmatched LINE", each with a newline. */
static void differences_text(const struct baseline_comparison *comparison, char *text,
                             size_t size) {
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < comparison->count && used < size; i++) {
        const struct baseline_difference *difference = &comparison->differences[i];

        if (difference->change == BASELINE_NEW)
            used +=
                (size_t)snprintf(text + used, size - used, "new %s %zu %s\n", difference->rule->id,
                                 difference->cases_count, difference->cases[0]);
        else
            used += (size_t)snprintf(text + used, size - used, "%s %u\n",
                                     difference->change == BASELINE_GONE ? "gone" : "unmatched",
                                     difference->line->number);
    }
}

static const struct {
    const char *about, *text;
    bool part, strict, fails;
    size_t listed, unjudged;
    const char *differences;
} rows[] = {
    {"nothing listed", "", false, false, true, 0, 0,
     "new max/read-first 3 max/a:x=2\nnew max/no-read-beyond 5 max/a:x=1\n"},
    {"all listed", LISTED, false, true, false, 8, 0, ""},
    {"a glob for the probe and the rule", "h?.s* max/* * fail\n*o max/n* max/* nonstrict", false,
     true, false, 8, 0, ""},
    {"a nonstrict one is new, and fails when strict only", "hv.so max/read-first * fail", false,
     false, false, 3, 0, "new max/no-read-beyond 5 max/a:x=1\n"},
    {"a nonstrict one is new and strict", "hv.so max/read-first * fail", false, true, true, 3, 0,
     "new max/no-read-beyond 5 max/a:x=1\n"},
    {"one case too few",
     "hv.so max/read-first max/a:x=2 fail\nhv.so max/read-first max/b:x=1 fail\n"
     "hv.so max/no-read-beyond * nonstrict",
     false, false, true, 7, 0, "new max/read-first 1 max/b:x=3\n"},
    {"a case that holds now", LISTED "hv.so max/read-first max/a:x=1 fail", false, false, true, 8,
     0, "gone 3\n"},
    {"a scenario that holds now", LISTED "hv.so max/below-is-absent max/a:* fail", false, false,
     true, 8, 0, "gone 3\n"},
    {"an unknown probe", LISTED "hv2.so max/read-first * fail", false, false, true, 8, 0,
     "unmatched 3\n"},
    {"an unknown case", LISTED "hv.so max/read-first max/c fail", false, false, true, 8, 0,
     "unmatched 3\n"},
    {"an unknown case, in a part of the cases", LISTED "hv.so max/read-first max/c fail", true,
     false, false, 8, 1, ""},
    {"a case that holds now, in a part", LISTED "hv.so max/read-first max/a:x=1 fail", true, false,
     true, 8, 0, "gone 3\n"},
    {"a glob that may mean other cases, in a part", LISTED "hv.so max/below-is-absent * fail", true,
     false, false, 8, 1, ""},
    {"an unknown probe, in a part", LISTED "hv2.so max/read-first * fail", true, false, true, 8, 0,
     "unmatched 3\n"},
    {"the other level's outcome", LISTED "hv.so max/read-first max/a:x=2 nonstrict", false, false,
     true, 8, 0, "unmatched 3\n"},
    {"a rule that is not judged", LISTED "hv.so target/value-intact * fail", false, false, true, 8,
     0, "unmatched 3\n"},
    {"a rule that was not selected", LISTED "hv.so gaps/* * fail", false, false, false, 8, 1, ""},
    {"two lines for the same", LISTED "hv.so max/read-first max/a:x=2 fail", false, false, false, 8,
     0, ""},
};

static void test_comparison(void) {
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct baseline baseline = {0};
        struct baseline_comparison comparison = {0};
        struct errors errors = {0};
        char text[400];
        bool good;

        report.strict = rows[i].strict;
        CU_ASSERT_TRUE(baseline_parse("f", rows[i].text, strlen(rows[i].text), &baseline, &errors));
        CU_ASSERT_TRUE(baseline_compare(&baseline, &report, rows[i].part, &comparison));
        differences_text(&comparison, text, sizeof text);
        good = comparison.fails == rows[i].fails && comparison.listed == rows[i].listed &&
               comparison.unjudged == rows[i].unjudged && strcmp(text, rows[i].differences) == 0;
        if (!good)
            CU_FAIL(rows[i].about);
        baseline_comparison_clear(&comparison);
        baseline_clear(&baseline);
    }
    report.strict = false;
}

/* What an update writes over `text`, its header left off. The caller frees. */
static char *updated(const char *text, bool part, bool by_rule) {
    struct baseline baseline = {0}, after = {0};
    struct baseline_comparison comparison = {0};
    struct errors errors = {0};
    char *written;

    CU_ASSERT_TRUE(baseline_parse("f", text, strlen(text), &baseline, &errors));
    CU_ASSERT_TRUE(baseline_compare(&baseline, &report, part, &comparison));
    CU_ASSERT_TRUE(baseline_update(&baseline, &comparison, by_rule, &after));
    written = baseline_text(&after);
    CU_ASSERT_PTR_NOT_NULL_FATAL(written);
    baseline_comparison_clear(&comparison);
    baseline_clear(&baseline);
    baseline_clear(&after);
    return written;
}

static const struct {
    const char *before, *after;
    bool part, by_rule;
} updates[] = {
    /* The rule broken in every case as one line, the other case by case. */
    {"# h\n",
     "# h\n"
     "hv.so max/no-read-beyond * nonstrict\n"
     "hv.so max/read-first max/a:x=2 fail\n"
     "hv.so max/read-first max/b:x=1 fail\n"
     "hv.so max/read-first max/b:x=3 fail\n",
     false, false},
    /* Reasons, comments, globs by hand and rules outside the run stay; what is gone goes. */
    {"# h\n"
     "hv.so max/* max/b:* fail  # known, link\n"
     "# why\n"
     "hv.so gaps/* * fail  # elsewhere\n"
     "hv.so max/below-is-absent * fail  # mended\n"
     "hv2.so max/read-first * fail  # renamed\n"
     "hv.so max/no-read-beyond max/a:* nonstrict  # on purpose\n",
     "# h\n"
     "# why\n"
     "hv.so gaps/* * fail  # elsewhere\n"
     "hv.so max/* max/b:* fail  # known, link\n"
     "hv.so max/no-read-beyond max/a:* nonstrict  # on purpose\n"
     "hv.so max/no-read-beyond max/b:* nonstrict\n"
     "hv.so max/read-first max/a:x=2 fail\n",
     false, false},
    /* Of a part of the cases, nothing is concluded for the others. */
    {"# h\nhv.so max/read-first * fail\nhv.so max/below-is-absent max/z fail\n",
     "# h\n"
     "hv.so max/below-is-absent max/z fail\n"
     "hv.so max/no-read-beyond max/a:x=1 nonstrict\n"
     "hv.so max/no-read-beyond max/a:x=2 nonstrict\n"
     "hv.so max/no-read-beyond max/b:x=1 nonstrict\n"
     "hv.so max/no-read-beyond max/b:x=2 nonstrict\n"
     "hv.so max/no-read-beyond max/b:x=3 nonstrict\n"
     "hv.so max/read-first * fail\n",
     true, false},
    /* A rule as a whole, whatever was listed of it before; but reasons are not thrown away. */
    {"# h\n"
     "hv.so max/read-first max/a:x=2 fail\n"
     "hv.so max/read-first max/b:x=1 fail  # its own\n",
     "# h\n"
     "hv.so max/no-read-beyond * nonstrict\n"
     "hv.so max/read-first * fail\n"
     "hv.so max/read-first max/b:x=1 fail  # its own\n",
     false, true},
    /* Beside a line for all cases, written by hand, the others go unless they say why; the reason
     * of a rule stays as long as there is a line of it. */
    {"# h\n"
     "hv.so max/below-is-absent  # mended\n"
     "hv.so max/below-is-absent * fail\n"
     "# more\n"
     "hv.so max/read-first  # signed, link\n"
     "hv.so max/read-first * fail\n"
     "hv.so max/read-first max/a:x=2 fail\n"
     "hv.so max/read-first max/b:x=1 fail  # its own\n",
     "# h\n"
     "hv.so max/no-read-beyond * nonstrict\n"
     "# more\n"
     "hv.so max/read-first  # signed, link\n"
     "hv.so max/read-first * fail\n"
     "hv.so max/read-first max/b:x=1 fail  # its own\n",
     false, false},
};

/* And a second update changes nothing. */
static void test_updates(void) {
    for (size_t i = 0; i < COUNT(updates); i++) {
        char *once = updated(updates[i].before, updates[i].part, updates[i].by_rule);
        char *twice = updated(once, updates[i].part, updates[i].by_rule);

        CU_ASSERT_STRING_EQUAL(once, updates[i].after);
        CU_ASSERT_STRING_EQUAL(twice, once);
        free(once);
        free(twice);
    }
}

static void test_annotation(void) {
    static const char text[] = "# h\n"
                               "hv.so max/read-first max/b:* fail # why\n"
                               "hv.so gaps/* * fail\n"
                               "hv.so max/below-is-absent * fail\n"
                               "a.so max/read-first * fail\n";
    static const enum report_line_state states[] = {REPORT_LINE_HOLDS, REPORT_LINE_OUTSIDE,
                                                    REPORT_LINE_GONE, REPORT_LINE_UNMATCHED};
    struct report_example examples[] = {{.case_id = (char *)"max/a:x=2"},
                                        {.case_id = (char *)"max/b:x=3"}};
    struct baseline baseline = {0};
    struct baseline_comparison comparison = {0};
    struct errors errors = {0};
    struct report_rule *rule = &judged_rules[0];

    rule->examples = examples;
    rule->examples_count = 2;
    CU_ASSERT_TRUE(baseline_parse("f", text, strlen(text), &baseline, &errors));
    CU_ASSERT_TRUE(baseline_compare(&baseline, &report, false, &comparison));
    CU_ASSERT_TRUE_FATAL(baseline_annotate(&baseline, "f.txt", NULL, &comparison, &report));
    CU_ASSERT_STRING_EQUAL(report.gate.path, "f.txt");
    CU_ASSERT_FALSE(report.gate.holds);
    CU_ASSERT_EQUAL(report.gate.listed, 2);
    CU_ASSERT_EQUAL_FATAL(report.gate.lines_count, COUNT(states));
    for (size_t i = 0; i < COUNT(states); i++) { /* in the file's order, whatever sorts them */
        CU_ASSERT_EQUAL(report.gate.lines[i].number, 2 + i);
        CU_ASSERT_EQUAL(report.gate.lines[i].state, states[i]);
    }
    CU_ASSERT_STRING_EQUAL(report.gate.lines[0].text, "hv.so max/read-first max/b:* fail");
    CU_ASSERT_STRING_EQUAL(report.gate.lines[0].reason, "why");
    CU_ASSERT_STRING_EQUAL(report_line_text(&report.gate.lines[3]), "no probe of this name ran");
    CU_ASSERT_EQUAL_FATAL(rule->lines_count, 1);
    CU_ASSERT_PTR_EQUAL(rule->lines[0], &report.gate.lines[0]);
    CU_ASSERT_EQUAL_FATAL(rule->unlisted, 1);
    CU_ASSERT_STRING_EQUAL(rule->unlisted_cases[0], "max/a:x=2");
    CU_ASSERT_PTR_NULL(examples[0].line);
    CU_ASSERT_PTR_EQUAL(examples[1].line, &report.gate.lines[0]);
    CU_ASSERT_TRUE(baseline_lists(&baseline, "hv.so", "max/read-first", REPORT_FAIL, "max/b:x=1"));
    CU_ASSERT_FALSE(baseline_lists(&baseline, "hv.so", "max/read-first", REPORT_FAIL, "max/a:x=1"));
    report_clear_gate(&report);
    rule->examples = NULL;
    rule->examples_count = 0;
    baseline_comparison_clear(&comparison);
    baseline_clear(&baseline);
}

/* Lines say what their rule's reason says, unless they give one of their own. */
static void test_reason_of_rule(void) {
    static const char text[] = "hv.so max/*  # both, link\n"
                               "hv.so max/read-first max/a:* fail\n"
                               "hv.so max/read-first max/b:* fail  # b alone\n"
                               "hv.so max/no-read-beyond * nonstrict\n";
    static const char *const reasons[] = {"both, link", "b alone", "both, link"};
    struct baseline baseline = {0};
    struct baseline_comparison comparison = {0};
    struct errors errors = {0};

    CU_ASSERT_TRUE(baseline_parse("f", text, strlen(text), &baseline, &errors));
    CU_ASSERT_TRUE(baseline_compare(&baseline, &report, false, &comparison));
    CU_ASSERT_FALSE(comparison.fails);
    CU_ASSERT_TRUE_FATAL(baseline_annotate(&baseline, "f.txt", NULL, &comparison, &report));
    CU_ASSERT_EQUAL_FATAL(report.gate.lines_count, COUNT(reasons));
    for (size_t i = 0; i < COUNT(reasons); i++)
        CU_ASSERT_STRING_EQUAL(report.gate.lines[i].reason, reasons[i]);
    report_clear_gate(&report);
    baseline_comparison_clear(&comparison);
    baseline_clear(&baseline);
}

/* A probe's name is its author's: it must not break the line. */
static void test_hostile_name(void) {
    char *text, *again;

    probes[0].name = (char *)"my *probe #1\nx";
    text = updated("# h\n", false, false);
    again = updated(text, false, false);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "\nmy\\ \\*probe\\ \\#1?x max/no-read-beyond * nonstrict\n"));
    CU_ASSERT_STRING_EQUAL(again, text);
    probes[0].name = (char *)"hv.so";
    free(text);
    free(again);
}

static const struct unit_test tests[] = {
    {"comparison", test_comparison},     {"updates", test_updates},
    {"annotation", test_annotation},     {"reason of a rule", test_reason_of_rule},
    {"hostile name", test_hostile_name},
};

int main(void) {
    return UNIT_RUN(tests);
}
