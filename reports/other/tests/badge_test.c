/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "reports/formats.h"
#include "reports/tests/sample_report.h"

#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

static char *written(const struct report *report) {
    const struct report_style style = {0};
    char *text = sample_written(report, report_format_find("badge"), &style);
    xmlDocPtr document;

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    document = xmlReadMemory(text, (int)strlen(text), "badge.svg", NULL, XML_PARSE_NOERROR);
    CU_ASSERT_PTR_NOT_NULL(document);
    xmlFreeDoc(document);
    return text;
}

static void check(struct report report, const char *result, const char *colour) {
    char *text = written(&report);

    CU_ASSERT_PTR_NOT_NULL(strstr(text, result));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, colour));
    free(text);
    report_clear(&report);
}

/* Green is for what conforms, and for nothing else. */
static void test_results_have_their_colours(void) {
    struct report part = sample_conforming();

    part.shard = 1;
    part.shards = 2;
    check(sample_conforming(), ">conforms</text>", "#2e7d32");
    check(sample_small(), ">does not conform</text>", "#b3261e");
    check(sample_gate_holds(), ">gate holds</text>", "#2e7d32");
    check(sample_gate_fails(), ">gate fails</text>", "#b3261e");
    check(sample_hostile(), ">error, limited</text>", "#8a5a00");
    check(sample_empty(), ">nothing exercised</text>", "#5f6670");
    check(part, ">part 1 of 2 holds</text>", "#5f6670");
}

/* A verdict that is given for less than everything says so, and what for. */
static void test_limits_are_told(void) {
    struct report report = sample_conforming();
    struct report_statement *statement = calloc(1, sizeof *statement);
    char *text;

    CU_ASSERT_PTR_NOT_NULL_FATAL(statement);
    statement->text = strdup("assume: {signature: <&>}");
    statement->limit = strdup("assume: {signature: <&>}");
    report.probes[0].statements = statement;
    report.probes[0].statements_count = 1;
    text = written(&report);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, ">conforms, limited</text>"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "conforms, limited, given assume: {signature: &lt;&amp;&gt;}"));
    free(text);
    report_clear(&report);
}

static const struct unit_test tests[] = {
    {"results have their colours", test_results_have_their_colours},
    {"what limits the verdict is told", test_limits_are_told},
};

int main(void) {
    return UNIT_RUN(tests);
}
