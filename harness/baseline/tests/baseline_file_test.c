/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/baseline/baseline.h"

#include "base/tests/unit.h"

#include <stdlib.h>
#include <string.h>

static void check_line(const struct baseline_line *line, const char *probe, const char *rule,
                       const char *test, enum report_verdict outcome, const char *reason) {
    CU_ASSERT_STRING_EQUAL(line->probe, probe);
    CU_ASSERT_STRING_EQUAL(line->rule, rule);
    CU_ASSERT_STRING_EQUAL(line->test, test);
    CU_ASSERT_EQUAL(line->outcome, outcome);
    CU_ASSERT_STRING_EQUAL(line->reason, reason);
}

static void test_fields(void) {
    static const char text[] = "# ours\n"
                               "\n"
                               "b.so  max/*\tmax/zero:*   fail   #  why, https://example.org/1 \r\n"
                               "# about the next\n"
                               "my\\ probe max/no-read-beyond * nonstrict\n"
                               "# the end\r\r\n";
    struct baseline baseline = {0};
    struct errors errors = {0};

    CU_ASSERT_TRUE(baseline_parse("f", text, sizeof text - 1, &baseline, &errors));
    CU_ASSERT_TRUE(errors_none(&errors));
    CU_ASSERT_EQUAL_FATAL(baseline.count, 2);
    check_line(&baseline.lines[0], "b.so", "max/*", "max/zero:*", REPORT_FAIL,
               "why, https://example.org/1");
    check_line(&baseline.lines[1], "my\\ probe", "max/no-read-beyond", "*", REPORT_NONSTRICT, "");
    CU_ASSERT_EQUAL(baseline.lines[0].number, 3);
    CU_ASSERT_EQUAL(baseline.lines[1].number, 5);
    CU_ASSERT_STRING_EQUAL(baseline.header, "# ours\n");
    CU_ASSERT_STRING_EQUAL(baseline.lines[1].above, "# about the next\n");
    CU_ASSERT_STRING_EQUAL(baseline.tail, "# the end\n");
    baseline_clear(&baseline);
}

/* The first error of a text. */
static const struct {
    const char *text;
    size_t size; /* 0: up to the NUL */
    unsigned line, column;
    const char *message;
} mistakes[] = {
    {"a.so", 0, 1, 5, "the 'rule' is missing: a line is PROBE RULE CASE OUTCOME  # reason, link"},
    {"a.so max/zero", 0, 1, 14,
     "the 'case' is missing: a line is PROBE RULE CASE OUTCOME  # reason, link"},
    {"a.so max/read-first *  # why", 0, 1, 24,
     "the 'outcome' is missing: a line is PROBE RULE CASE OUTCOME  # reason, link"},
    {"\n a.so max/read-frist * fail", 0, 2, 7,
     "no rule matches 'max/read-frist', did you mean max/read-first?; see hvspec list rules"},
    {"a.so max/read-first * failed", 0, 1, 23,
     "no outcome 'failed': write fail or, for a \"should\" rule, nonstrict"},
    {"a.so max/read-first * fail why", 0, 1, 28,
     "unexpected 'why': a reason starts with '#', a blank in a name is written '\\ '"},
    {"a.so\0b max/read-first * fail", 29, 1, 5, "a zero byte: a baseline is a text file"},
    {"a max/read-first * fail\nb max/* * fail\na max/read-first * fail # x", 0, 3, 1,
     "the same as line 1: leave one of them"},
    {"a.so max/read-first  # ", 0, 1, 22,
     "the 'case' is missing: a line is PROBE RULE CASE OUTCOME  # reason, link"},
    {"a.so max/read-first  # why\na.so max/zero", 0, 2, 14,
     "the 'case' is missing: a line is PROBE RULE CASE OUTCOME  # reason, link"},
    {"a.so max/read-first  # why\nb.so max/read-first * fail\na.so max/read-last # why", 0, 3, 6,
     "no rule matches 'max/read-last', did you mean max/read-first?; see hvspec list rules"},
    {"a.so max/read-first  # why\nb.so max/read-first * fail", 0, 1, 1,
     "a reason for no line: nothing else is said of this probe and rule, so remove it"},
    {"a max/*  # why\na max/read-first * fail\na max/* # y", 0, 3, 1,
     "the same as line 1: leave one of them"},
    {"<<<<<<< HEAD", 0, 1, 13,
     "the 'case' is missing: a line is PROBE RULE CASE OUTCOME  # reason, link"},
};

static void test_mistakes(void) {
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        size_t size = mistakes[i].size ? mistakes[i].size : strlen(mistakes[i].text);
        struct baseline baseline = {0};
        struct errors errors = {0};

        CU_ASSERT_FALSE(baseline_parse("f", mistakes[i].text, size, &baseline, &errors));
        CU_ASSERT_EQUAL_FATAL(errors.count, 1);
        CU_ASSERT_STRING_EQUAL(errors.entries[0].message, mistakes[i].message);
        CU_ASSERT_STRING_EQUAL(errors.entries[0].file, "f");
        CU_ASSERT_EQUAL(errors.entries[0].line, mistakes[i].line);
        CU_ASSERT_EQUAL(errors.entries[0].column, mistakes[i].column);
        errors_clear(&errors);
        baseline_clear(&baseline);
    }
}

static void test_all_mistakes_at_once(void) {
    static const char text[] = "a no/rule * bad\na max/* * fail\na\n";
    struct baseline baseline = {0};
    struct errors errors = {0};

    CU_ASSERT_FALSE(baseline_parse("f", text, sizeof text - 1, &baseline, &errors));
    CU_ASSERT_EQUAL_FATAL(errors.count, 3);
    CU_ASSERT_EQUAL(errors.entries[0].column, 3);
    CU_ASSERT_EQUAL(errors.entries[1].column, 13);
    CU_ASSERT_EQUAL(errors.entries[2].line, 3);
    errors_clear(&errors);
    baseline_clear(&baseline);
}

/* Sorted by bytes, one blank between fields; what was written reads the same again. */
static void test_text_is_sorted_and_stable(void) {
    static const char text[] = "# ours\n"
                               "b  max/read-first  *  fail #one\n"
                               "# why\n"
                               "b max/read-first  #   all\n"
                               "# two\n"
                               "a max/read-first m:x=2 fail\n"
                               "a max/read-first m:x=10 fail\n"
                               "a max/no-read-beyond * nonstrict\n"
                               "# end\n";
    static const char sorted[] = "# ours\n"
                                 "a max/no-read-beyond * nonstrict\n"
                                 "a max/read-first m:x=10 fail\n"
                                 "# two\n"
                                 "a max/read-first m:x=2 fail\n"
                                 "# why\n"
                                 "b max/read-first  # all\n"
                                 "b max/read-first * fail  # one\n"
                                 "# end\n";
    const char *input = text;

    for (unsigned round = 0; round < 2; round++) {
        struct baseline baseline = {0};
        struct errors errors = {0};
        char *output;

        CU_ASSERT_TRUE(baseline_parse("f", input, strlen(input), &baseline, &errors));
        output = baseline_text(&baseline);
        CU_ASSERT_PTR_NOT_NULL_FATAL(output);
        CU_ASSERT_STRING_EQUAL(output, sorted);
        free(output);
        baseline_clear(&baseline);
        input = sorted;
    }
}

static void test_empty(void) {
    struct baseline baseline = {0};
    struct errors errors = {0};
    char *text;

    CU_ASSERT_TRUE(baseline_parse("f", "", 0, &baseline, &errors));
    CU_ASSERT_EQUAL(baseline.count, 0);
    text = baseline_text(&baseline);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_EQUAL(text[0], '#');
    CU_ASSERT_PTR_EQUAL(strchr(text, '\n'), text + strlen(text) - 1);
    free(text);
    baseline_clear(&baseline);
}

static void test_unreadable(void) {
    static const struct {
        const char *path, *message;
    } rows[] = {
        {HVSPEC_TEST_BINARY "/no such file",
         "cannot read the baseline: No such file or directory; --update-baseline writes it"},
        {HVSPEC_TEST_BINARY, "cannot read the baseline: Is a directory"},
        {"/dev/zero", "larger than 64 MiB: this is no baseline"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct baseline baseline = {0};
        struct errors errors = {0};

        CU_ASSERT_FALSE(baseline_load(rows[i].path, &baseline, &errors));
        CU_ASSERT_EQUAL_FATAL(errors.count, 1);
        CU_ASSERT_STRING_EQUAL(errors.entries[0].message, rows[i].message);
        errors_clear(&errors);
        baseline_clear(&baseline);
    }
}

static const struct unit_test tests[] = {
    {"fields", test_fields},
    {"mistakes", test_mistakes},
    {"all mistakes at once", test_all_mistakes_at_once},
    {"text is sorted and stable", test_text_is_sorted_and_stable},
    {"empty", test_empty},
    {"unreadable", test_unreadable},
};

int main(void) {
    return UNIT_RUN(tests);
}
