/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "reports/formats.h"
#include "reports/tests/sample_report.h"

#include <stdlib.h>
#include <string.h>

static char *written(struct report report, int verbosity) {
    const struct report_style style = {.verbosity = verbosity};
    char *text = sample_written(&report, report_format_find("markdown"), &style);

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    report_clear(&report);
    return text;
}

static size_t lines_with(const char *text, const char *start) {
    size_t count = 0;

    for (; text; text = strchr(text, '\n'), text = text ? text + 1 : NULL)
        count += strncmp(text, start, strlen(start)) == 0;
    return count;
}

static void test_a_row_a_probe_and_what_is_broken(void) {
    char *text = written(sample_small(), 0), *quiet = written(sample_small(), -1);

    CU_ASSERT_EQUAL(strncmp(text, "**hvspec: does not conform**", 28), 0);
    CU_ASSERT_EQUAL(lines_with(text, "| `hvdetect` | fail | "), 1);
    CU_ASSERT_TRUE(lines_with(text, "### ") >= 1);
    CU_ASSERT_TRUE(lines_with(text, "- expected: `") >= 1);
    CU_ASSERT_TRUE(lines_with(text, "- run it again: `hvspec trace ") >= 1);
    CU_ASSERT_EQUAL(lines_with(quiet, "| `hvdetect` | fail | "), 1);
    CU_ASSERT_EQUAL(lines_with(quiet, "### "), 0);
    free(text);
    free(quiet);
}

static void test_what_conforms_breaks_nothing(void) {
    char *text = written(sample_conforming(), 0);

    CU_ASSERT_EQUAL(strncmp(text, "**hvspec: conforms**", 20), 0);
    CU_ASSERT_EQUAL(lines_with(text, "### "), 0);
    free(text);
}

/* Nothing that a probe's author writes ends a line, a cell or code. */
static void test_hostile_text_stays_in_its_cell(void) {
    char *text = written(sample_hostile(), 0);

    CU_ASSERT_EQUAL(strncmp(text, "**hvspec: error**", 17), 0);
    for (const char *c = text; *c; c++)
        CU_ASSERT_TRUE(*c == '\n' || (unsigned char)*c >= ' ');
    CU_ASSERT_EQUAL(lines_with(text, "| "), 3); /* the head and two probes */
    free(text);
}

static void test_lines_of_the_gate(void) {
    char *text = written(sample_gate_fails(), 0);

    CU_ASSERT_EQUAL(strncmp(text, "**hvspec: gate fails**", 22), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "hvdetect"));
    free(text);
}

static const struct unit_test tests[] = {
    {"a row a probe, and what is broken", test_a_row_a_probe_and_what_is_broken},
    {"what conforms breaks nothing", test_what_conforms_breaks_nothing},
    {"hostile text stays in its cell", test_hostile_text_stays_in_its_cell},
    {"lines that fail the gate", test_lines_of_the_gate},
};

int main(void) {
    return UNIT_RUN(tests);
}
