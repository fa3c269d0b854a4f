/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "reports/tests/sample_report.h"

#include <stdlib.h>
#include <string.h>

/*
 * What the formats make of a gate: while it holds, nothing that its baseline lists may read as a
 * failure; when it does not, what it fails on has to be in every format.
 */
static char *written(struct report report, const char *format, int verbosity) {
    const struct report_style style = {.verbosity = verbosity};
    char *text = sample_written(&report, report_format_find(format), &style);

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    report_clear(&report);
    return text;
}

static void check_has(const char *text, const char *part) {
    CU_ASSERT_PTR_NOT_NULL(strstr(text, part));
    if (!strstr(text, part))
        printf("\n    missing: %s\n%s", part, text);
}

static void check_lacks(const char *text, const char *part) {
    CU_ASSERT_PTR_NULL(strstr(text, part));
}

static void test_exit_codes(void) {
    struct report report = sample_gate_holds();

    CU_ASSERT_EQUAL(report_exit_code(&report), 0);
    CU_ASSERT_EQUAL(report_conformance(&report), 1);
    CU_ASSERT_TRUE(report_is_listed(&report.probes[0].rules[1]));
    CU_ASSERT_FALSE(report_rule_fails(&report, &report.probes[0].rules[1]));
    report.errors = 1;
    CU_ASSERT_EQUAL(report_exit_code(&report), 3); /* no gate hides what was not judged */
    report_clear(&report);
    report = sample_gate_fails();
    CU_ASSERT_EQUAL(report_exit_code(&report), 1);
    CU_ASSERT_FALSE(report_is_listed(&report.probes[0].rules[1]));
    CU_ASSERT_TRUE(report_rule_fails(&report, &report.probes[0].rules[1]));
    report_clear_gate(&report);
    CU_ASSERT_PTR_NULL(report.probes[0].rules[1].examples[1].line);
    CU_ASSERT_EQUAL(report.probes[0].rules[1].lines_count, 0);
    report_clear(&report);
}

static void test_reasons(void) {
    struct report_line lines[] = {
        {.path = "b.txt", .number = 3, .reason = (char *)"one, #1"},
        {.path = "b.txt", .number = 5, .reason = (char *)"one, #1"},
        {.path = "b.txt", .number = 7, .reason = (char *)""},
        {.path = "b.txt", .number = 9, .reason = (char *)"two"},
    };
    const struct report_line *all[] = {&lines[0], &lines[1], &lines[2], &lines[3]};
    const struct report_line *bare[] = {&lines[2]};
    struct report_rule rule = {.lines = all, .lines_count = 4};
    char *text = report_listed_text(&rule);

    CU_ASSERT_STRING_EQUAL(text, "one, #1; two (b.txt:3 and 3 more lines)");
    free(text);
    rule.lines_count = 2;
    text = report_listed_text(&rule);
    CU_ASSERT_STRING_EQUAL(text, "one, #1 (b.txt:3 and 1 more line)");
    free(text);
    rule = (struct report_rule){.lines = bare, .lines_count = 1};
    text = report_listed_text(&rule);
    CU_ASSERT_STRING_EQUAL(text, "listed without a reason (b.txt:7)");
    free(text);
}

static void test_console(void) {
    char *text = written(sample_gate_holds(), "console", 0);

    check_lacks(text, "failed:");
    check_lacks(text, "max/reaches-target");
    check_lacks(text, "level   verdict");  /* the table: only what changed is told */
    check_has(text, "does not conform: "); /* which the gate does not gloss over */
    free(text);
    text = written(sample_gate_holds(), "console", 1);
    check_has(text, "level   verdict");
    check_has(text, "3 of 812 cases, 3 of them listed\n");
    check_has(text, "  listed       known.txt:2  signed compare, example.org/12\n");
    free(text);
    text = written(sample_gate_fails(), "console", 0);
    CU_ASSERT_PTR_EQUAL(strstr(text,
                               "changed against known.txt:\n"
                               "  new        max/reaches-target fail in 2 cases of hvdetect\n"),
                        text); /* ahead of all else */
    check_has(text, "\n             max/unsigned:max=0x80000000\n"
                    "  gone       known.txt:4: no longer happens, so remove the line\n"
                    "             hvdetect max/read-first * fail\n"
                    "  unmatched  known.txt:5: no probe of this name ran\n"
                    "             hvdetect2 max/read-first * fail\n\n");
    check_has(text, "\ngate fails: 2 violations listed in known.txt, 2 new, 1 gone, 1 unmatched\n");
    check_has(text, "failed:\n  max/reaches-target              2 new cases  hv.c:31  ");
    check_has(text, "case         max/unsigned:max=0x80000000\n");
    check_lacks(text, "case         max/unsigned:max=0xffffffff\n"); /* the listed one */
    free(text);
}

static void test_tap(void) {
    char *text = written(sample_gate_holds(), "tap", 0);

    check_has(text, "1..6\n");
    check_has(text, "\nnot ok 2 - hvdetect: max/reaches-target # TODO signed compare, "
                    "example.org/12 (known.txt:2)\n  ---\n");
    check_lacks(text, "Bail out!");
    free(text);
    text = written(sample_gate_fails(), "tap", 0);
    check_has(text, "1..8\n");
    check_has(text, "\nnot ok 2 - hvdetect: max/reaches-target\n");
    check_has(text, "\nnot ok 7 - known.txt:4: no longer happens, so remove the line\n");
    check_has(text, "\nnot ok 8 - known.txt:5: no probe of this name ran\n");
    check_has(text, "lists: \"hvdetect2 max/read-first * fail\"\n");
    free(text);
}

static void test_sarif(void) {
    char *text = written(sample_gate_holds(), "sarif", 0);

    check_has(text, "\"justification\": \"signed compare, example.org/12\"");
    check_has(text, "\"exitCode\": 0");
    check_lacks(text, "\"suppressions\": []");
    check_lacks(text, "baseline/");
    free(text);
    text = written(sample_gate_fails(), "sarif", 0);
    check_has(text, "\"suppressions\": []");
    check_has(text, "\"justification\": \"signed compare, example.org/12\"");
    check_has(text, "\"exitCode\": 1");
    check_has(text, "\"ruleId\": \"baseline/gone\"");
    check_has(text, "\"ruleId\": \"baseline/unmatched\"");
    check_has(text, "\"text\": \"hvdetect2 max/read-first * fail: no probe of this name ran.\"");
    free(text);
    text = written(sample_small(), "sarif", 0); /* without a gate it is not told at all */
    check_lacks(text, "suppressions");
    free(text);
}

static void test_json(void) {
    char *text = written(sample_gate_fails(), "json", 0);

    check_has(text, "\"baseline\": \"known.txt\",\n    \"holds\": false,\n    \"listed\": 2");
    check_has(text, "\"lists\": \"hvdetect2 max/read-first * fail\",\n        "
                    "\"reason\": \"<b> & \\\"x\\\"\",\n        \"state\": \"unmatched\"");
    check_has(text, "\"exit_code\": 1");
    free(text);
    text = written(sample_gate_holds(), "json", 0);
    check_has(text, "\"exit_code\": 0");
    free(text);
}

static void test_html(void) {
    char *text = written(sample_gate_holds(), "html", 0);

    check_has(text, "<title>hvspec: hvdetect gate holds</title>");
    check_has(text, "<span class=\"result pass\">gate holds</span>");
    check_has(text, "<h2>Changed against known.txt</h2>\n<ul class=\"broken\" data-group>\n"
                    "</ul>\n<p>Nothing.</p>");
    check_has(text, "fail</span> <span class=\"verdict listed\">listed</span>");
    check_has(text, "<dt>Listed</dt><dd>signed compare, example.org/12 (known.txt:2)</dd>");
    free(text);
    text = written(sample_gate_fails(), "html", 0);
    check_has(text, "<span class=\"result fail\">gate fails</span>");
    check_has(text, "<span class=\"verdict listed\">listed in part</span>");
    check_has(text, "new: <a href=\"#p1-max-reaches-target\">max/reaches-target</a> "
                    "<span class=\"extent\">2 cases, the first "
                    "<code>max/unsigned:max=0x80000000</code>");
    check_has(text, "gone</span> <code>known.txt:4</code> no longer happens");
    check_has(text, "unmatched</span> <code>known.txt:5</code> no probe of this name ran: "
                    "<code>hvdetect2 max/read-first * fail</code> "
                    "<span class=\"extent\">&lt;b&gt; &amp; &quot;x&quot;</span>");
    free(text);
}

static void spoil(char **text) {
    free(*text);
    *text = strdup("\x1b[31m<b a='1' c=\"2\">&amp;]]>\n# \xff");
    CU_ASSERT_PTR_NOT_NULL_FATAL(*text);
}

/* What stands in a baseline, and its name, is anybody's. */
static void test_hostile_lines(void) {
    static const char *const formats[] = {"console", "tap", "sarif", "json", "html", "junit"};

    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        struct report report = sample_gate_fails();
        char *text;

        spoil(&report.gate.path);
        for (size_t k = 0; k < report.gate.lines_count; k++) {
            report.gate.lines[k].path = report.gate.lines[k].file = report.gate.path;
            spoil(&report.gate.lines[k].text);
            spoil(&report.gate.lines[k].reason);
        }
        text = written(report, formats[i], 1);
        check_lacks(text, "\x1b");
        check_lacks(text, "\xff");
        if (strcmp(formats[i], "html") == 0 || strcmp(formats[i], "junit") == 0)
            check_lacks(text, "<b a=");
        if (strcmp(formats[i], "tap") == 0)
            check_lacks(text, "\n# \\xff"); /* no line of its own */
        free(text);
    }
}

static const struct unit_test tests[] = {
    {"the exit code is the gate's", test_exit_codes},
    {"reasons, each once", test_reasons},
    {"console", test_console},
    {"TAP", test_tap},
    {"SARIF", test_sarif},
    {"JSON", test_json},
    {"HTML", test_html},
    {"hostile lines", test_hostile_lines},
};

int main(void) {
    return UNIT_RUN(tests);
}
