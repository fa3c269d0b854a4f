/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "reports/tests/sample_report.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

static char *written(const struct report *report) {
    const struct report_style style = {.colour = true, .width = 40};
    char *text = sample_written(report, report_format_find("tap"), &style);

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    return text;
}

static char *written_and_cleared(struct report report) {
    char *text = written(&report);

    report_clear(&report);
    return text;
}

/* The text holds the line, or the lines. */
static void check_has(const char *text, const char *lines) {
    CU_ASSERT_PTR_NOT_NULL(strstr(text, lines));
    if (!strstr(text, lines))
        printf("\n    no \"%s\" ", lines);
}

static size_t count_lines(const char *text, const char *start) {
    size_t count = 0;

    for (const char *line = text; *line; line = strchr(line, '\n') + 1)
        count += strncmp(line, start, strlen(start)) == 0;
    return count;
}

static void test_points(void) {
    char *text = written_and_cleared(sample_small());

    CU_ASSERT_EQUAL(strncmp(text, "TAP version 14\n1..6\n", 20), 0);
    check_has(text, "\nok 1 - hvdetect: max/read-first\n");
    check_has(text, "\nnot ok 2 - hvdetect: max/reaches-target\n  ---\n");
    check_has(text, "\nok 3 - hvdetect: max/no-read-beyond\n# nonstrict: shown in 1 of 40 cases\n");
    check_has(text, "\nok 4 - hvdetect: target/value-intact # SKIP not-applicable: the probe "
                    "reports no value\n");
    check_has(text, "\nok 5 - hvdetect: gaps/order-independent # SKIP not-exercised: no case asks "
                    "twice\n");
    check_has(text, "\nok 6 - hvdetect: hypervisor/max-in-block\n# info: shown in 0 of 7 cases\n");
    check_has(text, "\n# note: max/below-is-absent is excluded: on purpose\n");
    CU_ASSERT_EQUAL(count_lines(text, "ok "), 5);
    CU_ASSERT_EQUAL(count_lines(text, "not ok "), 1);
    CU_ASSERT_EQUAL(count_lines(text, "  ---"), 1);
    CU_ASSERT_PTR_NULL(strstr(text, "Bail out!"));
    free(text);
}

static void test_strict_makes_nonstrict_not_ok(void) {
    struct report report = sample_small();
    char *text;

    report.strict = true;
    text = written_and_cleared(report);
    check_has(text,
              "\nnot ok 3 - hvdetect: max/no-read-beyond\n  ---\n  severity: \"nonstrict\"\n");
    CU_ASSERT_EQUAL(count_lines(text, "not ok "), 2);
    free(text);
}

static void test_errors_are_not_ok(void) {
    struct report report = sample_conforming();
    char *text;

    report.probes[0].rules[0].verdict = REPORT_ERROR;
    report.probes[0].verdict = REPORT_ERROR;
    text = written_and_cleared(report);
    check_has(text, "\n1..1\n");
    check_has(text, "\nnot ok 1 - reference: max/read-first\n  ---\n  severity: \"error\"\n");
    free(text);
}

static void test_a_probe_in_error_is_not_ok(void) {
    struct report report = sample_conforming();
    char *text;

    report.probes[0].verdict = REPORT_ERROR;
    text = written_and_cleared(report);
    check_has(text, "\n1..2\n");
    check_has(text, "\nnot ok 1 - reference: the probe could not be judged\n");
    check_has(text, "\nok 2 - reference: max/read-first\n");
    free(text);
}

/* Harnesses pass a run that skips everything, and know nothing of errors outside rules. */
static void test_a_run_that_is_not_green_never_reads_as_one(void) {
    struct report report = sample_conforming();
    char *text;

    report.probes[0].rules[0].verdict = REPORT_NOT_EXERCISED;
    text = written(&report);
    check_has(text, "\nok 1 - reference: max/read-first # SKIP not-exercised\n");
    check_has(text, "\nBail out! no rule was exercised\n");
    free(text);
    report.probes[0].rules[0].verdict = REPORT_PASS;
    report.errors = 1;
    text = written(&report);
    check_has(text, "\nBail out! the harness failed\n");
    free(text);
    report.errors = 0;
    report.probes[0].verdict = REPORT_FAIL;
    text = written_and_cleared(report);
    check_has(text, "\nBail out! the run failed\n");
    free(text);
    text = written_and_cleared(sample_empty());
    check_has(text, "\n1..0 # SKIP no probe\n");
    check_has(text, "\nBail out! no rule was exercised\n");
    free(text);
}

/* A directive can be neither made nor ended by a name. */
static void test_names_are_escaped(void) {
    struct report report = sample_conforming();
    char *text;

    free(report.probes[0].name);
    report.probes[0].name = strdup("a # SKIP \\ \nok 2");
    text = written_and_cleared(report);
    check_has(text, "\nok 1 - a \\# SKIP \\\\ \\\\x0aok 2: max/read-first\n");
    CU_ASSERT_EQUAL(count_lines(text, "ok "), 1);
    free(text);
}

/* The next YAML block at or after *text, its indentation taken off, as a document; *text is then
 * behind it. To be freed; NULL: none. */
static char *block(const char **text) {
    const char *line = strstr(*text, "\n  ---\n");
    char *document, *end;

    if (!line)
        return NULL;
    document = malloc(strlen(line));
    CU_ASSERT_PTR_NOT_NULL_FATAL(document);
    for (end = document, line++; strncmp(line, "  ", 2) == 0;) {
        size_t length = strcspn(line, "\n") + 1;

        memcpy(end, line + 2, length - 2);
        end += length - 2;
        line += length;
    }
    *end = '\0';
    CU_ASSERT_TRUE(end - document > 4 && strcmp(end - 4, "...\n") == 0);
    *text = line - 1;
    return document;
}

/* The value of the first `key` of the YAML text, decoded; *ok: the text is valid YAML throughout.
 * To be freed; NULL: no such key. */
static char *yaml_value(const char *text, const char *key, bool *ok) {
    yaml_parser_t parser;
    yaml_event_t event;
    char *value = NULL;
    bool next = false, done = false;

    CU_ASSERT_TRUE_FATAL(yaml_parser_initialize(&parser));
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, strlen(text));
    for (*ok = true; *ok && !done;) {
        *ok = yaml_parser_parse(&parser, &event);
        if (!*ok)
            break;
        done = event.type == YAML_STREAM_END_EVENT;
        if (event.type == YAML_SCALAR_EVENT) {
            if (next && !value)
                value = strdup((const char *)event.data.scalar.value);
            next = strcmp((const char *)event.data.scalar.value, key) == 0;
        }
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return value;
}

static void check_value(const char *yaml, const char *key, const char *expected) {
    bool ok;
    char *value = yaml_value(yaml, key, &ok);

    CU_ASSERT_TRUE(ok);
    CU_ASSERT_PTR_NOT_NULL_FATAL(value);
    CU_ASSERT_STRING_EQUAL(value, expected);
    free(value);
}

static void test_the_block_says_what_is_wrong(void) {
    char *text = written_and_cleared(sample_small());
    const char *rest = text;
    char *yaml = block(&rest);

    CU_ASSERT_PTR_NOT_NULL_FATAL(yaml);
    check_value(yaml, "severity", "fail");
    check_value(yaml, "level", "must");
    check_value(yaml, "violations", "3");
    check_value(yaml, "case", "max/unsigned:max=0x80000000");
    check_value(yaml, "target", "0x40000010");
    check_value(yaml, "maximum", "0x80000000");
    check_value(yaml, "changed", "EBX of 0x40000000 = 0");
    check_value(yaml, "expected", "available");
    check_value(yaml, "observed", "not available");
    check_value(yaml, "file", "hv.c");
    check_value(yaml, "line", "31");
    check_value(yaml, "trace_omitted", "4");
    check_value(yaml, "rerun", "hvspec trace hv.so max/unsigned:max=0x80000000");
    free(yaml);
    free(text);
}

static void test_hostile_blocks_are_valid_yaml(void) {
    static const char hostile[] = "\\x1b[31m\\x07\\x01<b a='1' c=\"2\">&amp;]]>--\\x0d\\x0a";
    char *text = written_and_cleared(sample_hostile());
    const char *rest = text;
    size_t blocks = 0;

    for (char *yaml; (yaml = block(&rest)); blocks++) {
        bool ok;
        char *value = yaml_value(yaml, "expected", &ok);

        CU_ASSERT_TRUE(ok);
        if (value)
            CU_ASSERT_EQUAL(strncmp(value, hostile, sizeof hostile - 1), 0);
        free(value);
        free(yaml);
    }
    CU_ASSERT_EQUAL(blocks, 5); /* two violated rules a probe under strict, and one in error */
    free(text);
}

static void test_version_that_the_harness_announces(void) {
    char *text;

    CU_ASSERT_EQUAL_FATAL(setenv("TAP_VERSION", "13", 1), 0);
    text = written_and_cleared(sample_conforming());
    CU_ASSERT_EQUAL(strncmp(text, "TAP version 13\n", 15), 0);
    free(text);
    CU_ASSERT_EQUAL_FATAL(setenv("TAP_VERSION", "15; rm", 1), 0);
    text = written_and_cleared(sample_conforming());
    CU_ASSERT_EQUAL(strncmp(text, "TAP version 14\n", 15), 0);
    free(text);
    CU_ASSERT_EQUAL_FATAL(unsetenv("TAP_VERSION"), 0);
}

static const struct unit_test tests[] = {
    {"a test point a rule", test_points},
    {"strict makes nonstrict not ok", test_strict_makes_nonstrict_not_ok},
    {"errors are not ok", test_errors_are_not_ok},
    {"a probe in error is not ok", test_a_probe_in_error_is_not_ok},
    {"a run that is not green never reads as one", test_a_run_that_is_not_green_never_reads_as_one},
    {"names are escaped", test_names_are_escaped},
    {"the YAML block says what is wrong", test_the_block_says_what_is_wrong},
    {"hostile blocks are valid YAML", test_hostile_blocks_are_valid_yaml},
    {"the version that the harness announces", test_version_that_the_harness_announces},
};

int main(void) {
    unsetenv("TAP_VERSION"); /* ctest itself may run under a harness */
    return UNIT_RUN(tests);
}
