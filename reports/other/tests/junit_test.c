/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "reports/tests/sample_report.h"

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <libxml/xpath.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static void print_error(void *context, const char *format, ...) {
    va_list arguments;

    (void)context;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
}

static void print_nothing(void *context, const char *format, ...) {
    (void)context;
    (void)format;
}

/* 0: the document satisfies junit.xsd. */
static int validate(xmlDocPtr document, xmlSchemaValidityErrorFunc print) {
    xmlSchemaParserCtxtPtr parser = xmlSchemaNewParserCtxt(HVSPEC_TEST_ROOT "/reports/tests/junit.xsd");
    xmlSchemaPtr schema = xmlSchemaParse(parser);
    xmlSchemaValidCtxtPtr validator;
    int result;

    CU_ASSERT_PTR_NOT_NULL_FATAL(schema);
    validator = xmlSchemaNewValidCtxt(schema);
    xmlSchemaSetValidErrors(validator, print, print, NULL);
    result = xmlSchemaValidateDoc(validator, document);
    xmlSchemaFreeValidCtxt(validator);
    xmlSchemaFree(schema);
    xmlSchemaFreeParserCtxt(parser);
    return result;
}

static char *written(const struct report *report) {
    const struct report_style style = {.colour = true, .width = 40};
    char *text = sample_written(report, report_format_find("junit"), &style);

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    return text;
}

/* The report as a parsed document, which is well-formed and valid; the report is cleared. */
static xmlDocPtr document(struct report *report) {
    char *text = written(report);
    xmlDocPtr parsed = xmlReadMemory(text, (int)strlen(text), "junit.xml", NULL, XML_PARSE_NONET);

    CU_ASSERT_PTR_NOT_NULL_FATAL(parsed);
    CU_ASSERT_EQUAL(validate(parsed, print_error), 0);
    free(text);
    report_clear(report);
    return parsed;
}

/* The XPath expression's value as a string is the one expected. */
static void check(xmlDocPtr parsed, const char *expression, const char *expected) {
    xmlXPathContextPtr context = xmlXPathNewContext(parsed);
    xmlXPathObjectPtr object = xmlXPathEvalExpression(BAD_CAST expression, context);
    xmlChar *value;

    CU_ASSERT_PTR_NOT_NULL_FATAL(object);
    value = xmlXPathCastToString(object);
    CU_ASSERT_STRING_EQUAL(value, expected);
    if (strcmp((const char *)value, expected) != 0)
        printf("\n    %s is \"%s\" ", expression, value);
    xmlFree(value);
    xmlXPathFreeObject(object);
    xmlXPathFreeContext(context);
}

#define CASE(name) "/testsuites/testsuite/testcase[@name='" name "']"

static void test_counts(void) {
    struct report report = sample_small();
    xmlDocPtr parsed = document(&report);

    check(parsed, "/testsuites/@name", "hvspec");
    check(parsed, "/testsuites/@tests", "6");
    check(parsed, "/testsuites/@failures", "1");
    check(parsed, "/testsuites/@errors", "0");
    check(parsed, "count(/testsuites/testsuite)", "1");
    check(parsed, "/testsuites/testsuite/@name", "hvdetect");
    check(parsed, "/testsuites/testsuite/@tests", "6");
    check(parsed, "/testsuites/testsuite/@failures", "1");
    check(parsed, "/testsuites/testsuite/@errors", "0");
    check(parsed, "/testsuites/testsuite/@skipped", "2");
    check(parsed, "/testsuites/testsuite/@time", "0");
    check(parsed, "count(//testcase)", "6");
    check(parsed, "count(//failure)", "1");
    check(parsed, "count(//skipped)", "2");
    check(parsed, "//property[@name='seed']/@value", "1");
    check(parsed, "//property[@name='entry']/@value", "hv_feature_available");
    xmlFreeDoc(parsed);
}

static void test_cases(void) {
    struct report report = sample_small();
    xmlDocPtr parsed = document(&report);

    check(parsed, CASE("max/read-first") "/@classname", "hvdetect.max");
    check(parsed, "count(" CASE("max/read-first") "/*)", "0");
    check(parsed, CASE("max/reaches-target") "/failure/@message",
          "expected: available; observed: not available");
    check(parsed, CASE("max/reaches-target") "/failure/@type", "must");
    check(parsed,
          "starts-with(" CASE(
              "max/reaches-target") "/failure, "
                                    "'fail max/reaches-target (must): hvdetect, 3 of 812 cases')",
          "true");
    check(
        parsed,
        "contains(" CASE(
            "max/reaches-target") "/failure, "
                                  "'rerun        hvspec trace hv.so max/unsigned:max=0x80000000')",
        "true");
    check(
        parsed,
        "contains(" CASE(
            "max/reaches-target") "/failure, "
                                  "'rerun        hvspec trace hv.so max/unsigned:max=0xffffffff')",
        "true");
    check(parsed, CASE("target/value-intact") "/@classname", "hvdetect.target");
    check(parsed, CASE("target/value-intact") "/skipped/@message",
          "not-applicable: the probe reports no value");
    check(parsed, CASE("gaps/order-independent") "/skipped/@message",
          "not-exercised: no case asks twice");
    check(parsed, "count(" CASE("max/no-read-beyond") "/failure)", "0");
    check(parsed,
          "starts-with(" CASE("max/no-read-beyond") "/system-out, "
                                                    "'nonstrict max/no-read-beyond')",
          "true");
    check(parsed, "/testsuites/testsuite/system-out",
          "note: max/below-is-absent is excluded: on purpose\n"
          "CPUID site never reached: 0x1080 hv_legacy+0x4\n"
          "result: does not conform\n");
    xmlFreeDoc(parsed);
}

static void test_strict_makes_nonstrict_a_failure(void) {
    struct report report = sample_small();
    xmlDocPtr parsed;

    report.strict = true;
    parsed = document(&report);
    check(parsed, "/testsuites/testsuite/@failures", "2");
    check(parsed, CASE("max/no-read-beyond") "/failure/@type", "should");
    check(parsed, "count(" CASE("max/no-read-beyond") "/system-out)", "0");
    xmlFreeDoc(parsed);
}

static void test_errors_are_no_failures(void) {
    struct report report = sample_conforming();
    xmlDocPtr parsed;

    report.probes[0].rules[0].verdict = REPORT_ERROR;
    report.probes[0].rules[0].errors = 2;
    report.probes[0].verdict = REPORT_ERROR;
    parsed = document(&report);
    check(parsed, "/testsuites/@tests", "1");
    check(parsed, "/testsuites/@failures", "0");
    check(parsed, "/testsuites/@errors", "1");
    check(parsed, "count(" CASE("max/read-first") "/error)", "1");
    xmlFreeDoc(parsed);
}

static void test_a_probe_in_error_is_never_green(void) {
    struct report report = sample_conforming();
    xmlDocPtr parsed;

    report.probes[0].verdict = REPORT_ERROR;
    parsed = document(&report);
    check(parsed, "/testsuites/@tests", "2");
    check(parsed, "/testsuites/testsuite/@errors", "1");
    check(parsed, CASE("probe") "/error/@message", "the probe could not be judged");
    xmlFreeDoc(parsed);
}

static void test_what_is_listed_is_skipped(void) {
    struct report report = sample_gate_holds();
    xmlDocPtr parsed = document(&report);

    check(parsed, "/testsuites/@failures", "0");
    check(parsed, "/testsuites/testsuite/@skipped", "3");
    check(parsed, "count(/testsuites/testsuite)", "1");
    check(parsed, CASE("max/reaches-target") "/skipped/@message",
          "listed: signed compare, example.org/12 (known.txt:2)");
    check(parsed,
          "starts-with(" CASE("max/reaches-target") "/system-out, 'fail max/reaches-target')",
          "true");
    xmlFreeDoc(parsed);
}

static void test_what_a_gate_fails_on_is_a_failure(void) {
    struct report report = sample_gate_fails();
    xmlDocPtr parsed = document(&report);

    check(parsed, "/testsuites/@tests", "8");
    check(parsed, "/testsuites/@failures", "3");
    check(parsed, "/testsuites/testsuite[1]/@failures", "1");
    check(parsed, "/testsuites/testsuite[2]/@name", "baseline");
    check(parsed, "/testsuites/testsuite[2]/@failures", "2");
    check(parsed, CASE("known.txt:4") "/failure/@message", "no longer happens, so remove the line");
    check(parsed, CASE("known.txt:4") "/failure", "hvdetect max/read-first * fail");
    check(parsed, CASE("known.txt:5") "/failure/@message", "no probe of this name ran");
    xmlFreeDoc(parsed);
}

static void test_hostile_names_are_well_formed(void) {
    struct report report = sample_hostile();
    xmlDocPtr parsed = document(&report);

    check(parsed, "count(/testsuites/testsuite)", "2");
    check(parsed, "count(/testsuites/*)", "2");
    check(
        parsed,
        "starts-with(/testsuites/testsuite[1]/@name, "
        "concat('\xef\xbf\xbd[31m\xef\xbf\xbd\xef\xbf\xbd<b a=', \"'1'\", ' c=\"2\">&amp;]]>--'))",
        "true");
    check(parsed, "contains(/testsuites/testsuite[1]/@name, '\r\n\t\x7f')", "true");
    xmlFreeDoc(parsed);
}

static void test_all_samples_are_valid(void) {
    for (size_t i = 0; i < samples_count; i++) {
        struct report report = samples[i].make();
        struct report again = samples[i].make();
        char *first = written(&report), *second = written(&again);

        CU_ASSERT_STRING_EQUAL(first, second);
        CU_ASSERT_PTR_NULL(strchr(first, '\x1b'));
        free(first);
        free(second);
        report_clear(&again);
        xmlFreeDoc(document(&report));
    }
}

/* What the schema must refuse: it would accept anything if it were wrong. */
static void test_the_schema_refuses(void) {
#define SUITES "<testsuites name='hvspec' tests='0' failures='0' errors='0' time='0'"
#define SUITE                                                                                      \
    "<testsuite name='a' tests='0' failures='0' errors='0' skipped='0' time='0'>"                  \
    "<properties><property name='p' value=''/></properties>"
    static const struct {
        const char *text;
        bool valid;
    } rows[] = {
        {SUITES "/>", true},
        {SUITES ">" SUITE "<system-out/></testsuite></testsuites>", true},
        {SUITES ">" SUITE "<testcase name='a/b' classname='p.a' time='0'/>"
                "<testcase name='a/b' classname='p.a' time='0'/><system-out/>"
                "</testsuite></testsuites>",
         false},
        {SUITES " timestamp='2026-01-01T00:00:00'/>", false},
        {"<testsuites name='hvspec' tests='-1' failures='0' errors='0' time='0'/>", false},
        {"<testsuites name='hvspec' tests='0' failures='0' errors='0' time='0.5'/>", false},
        {"<testsuites name='hvspec' tests='0' failures='0' time='0'/>", false},
        {SUITES ">text</testsuites>", false},
        {SUITES "><testcase name='a' classname='b' time='0'/></testsuites>", false},
        {SUITES ">" SUITE "<testcase name='a' classname='b' time='0'><skipped message='m'/>"
                "<failure message='m' type='must'/></testcase><system-out/></testsuite>"
                "</testsuites>",
         false},
        {SUITES ">" SUITE "<testcase name='a' time='0'/><system-out/></testsuite></testsuites>",
         false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        xmlDocPtr parsed =
            xmlReadMemory(rows[i].text, (int)strlen(rows[i].text), "row", NULL, XML_PARSE_NONET);

        CU_ASSERT_PTR_NOT_NULL_FATAL(parsed);
        CU_ASSERT_EQUAL(validate(parsed, print_nothing) == 0, rows[i].valid);
        if ((validate(parsed, print_nothing) == 0) != rows[i].valid)
            printf("\n    row %zu ", i);
        xmlFreeDoc(parsed);
    }
}

static const struct unit_test tests[] = {
    {"what is listed is skipped", test_what_is_listed_is_skipped},
    {"what a gate fails on is a failure", test_what_a_gate_fails_on_is_a_failure},
    {"suites count what they hold", test_counts},
    {"a test case a rule, with its problem", test_cases},
    {"strict makes nonstrict a failure", test_strict_makes_nonstrict_a_failure},
    {"errors are no failures", test_errors_are_no_failures},
    {"a probe in error is never green", test_a_probe_in_error_is_never_green},
    {"hostile names are well-formed", test_hostile_names_are_well_formed},
    {"all samples are valid, and the same on two runs", test_all_samples_are_valid},
    {"the schema refuses other shapes", test_the_schema_refuses},
};

int main(void) {
    int result = UNIT_RUN(tests);

    xmlCleanupParser();
    return result;
}
