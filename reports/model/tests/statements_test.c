/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "reports/tests/sample_report.h"

#include <stdlib.h>
#include <string.h>

/* What the caller said is told beside the verdict by every format, and what limits it in it. */

static struct report stated(const char *text, const char *limit) {
    struct report report = sample_small();
    struct report_probe *probe = &report.probes[0];

    probe->statements = calloc(1, sizeof *probe->statements);
    CU_ASSERT_PTR_NOT_NULL_FATAL(probe->statements);
    probe->statements[0].text = strdup(text);
    probe->statements[0].limit = limit ? strdup(limit) : NULL;
    probe->statements_count = 1;
    return report;
}

static char *written(const struct report *report, const char *format, int verbosity) {
    const struct report_style style = {.verbosity = verbosity};
    char *text = sample_written(report, report_format_find(format), &style);

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    return text;
}

/* CUnit's own XML is made by the suite; see commands/check. */
static void test_every_format_tells_it(void) {
    for (size_t i = 0; i < report_formats_count; i++) {
        struct report report = stated("before: [hv-init]", NULL);
        char *text;

        if (report_format_has(&report_formats[i], REPORT_OF_RUN) &&
            strcmp(report_formats[i].name, "cunit") != 0) {
            text = written(&report, report_formats[i].name, 0);
            CU_ASSERT_PTR_NOT_NULL(strstr(text, "hv-init"));
            if (!strstr(text, "hv-init"))
                printf("\n    not told by %s ", report_formats[i].name);
            free(text);
        }
        report_clear(&report);
    }
}

static const char *last_line(const char *text) {
    const char *line = text + strlen(text) - 1;

    while (line > text && line[-1] != '\n')
        line--;
    return line;
}

static void test_a_limit_is_part_of_the_verdict(void) {
    struct report report = stated("assume: {signature: KVMKVMKVM}", "assume: {signature: KVM}");
    struct report plain = stated("before: [hv-init]", NULL);
    char *text = written(&report, "console", 0), *page = written(&report, "html", 0);
    char *json = written(&report, "json", 0), *unlimited = written(&plain, "console", 0);

    CU_ASSERT_PTR_NOT_NULL(strstr(last_line(text), "(given assume: {signature: KVM}): "));
    CU_ASSERT_PTR_NOT_NULL(strstr(page, "<p class=\"limits\">given assume: {signature: KVM}</p>"));
    CU_ASSERT_PTR_NOT_NULL(strstr(json, "\"given\": \"assume: {signature: KVM}\""));
    CU_ASSERT_PTR_NULL(strstr(last_line(unlimited), "given"));
    free(text);
    free(page);
    free(json);
    free(unlimited);
    report_clear(&report);
    report_clear(&plain);
}

static void test_quiet_tells_it_all_the_same(void) {
    struct report report = stated("before: [hv-init]", NULL);
    char *text = written(&report, "console", -1);

    CU_ASSERT_PTR_NOT_NULL(strstr(text, "hvdetect\n  stated: before: [hv-init]\n"));
    free(text);
    report_clear(&report);
}

static void test_probes_with_other_limits(void) {
    struct report one = stated("decides: maximum", "decides: maximum");
    struct report other = sample_small();
    struct report_probe probes[] = {one.probes[0], other.probes[0]};
    struct report both = {.probes = probes, .probes_count = 2};
    bool lost;
    char *text = report_limits(&both, &lost), *alone = report_limits(&one, &lost);

    CU_ASSERT_STRING_EQUAL(text, "what is stated for each probe");
    CU_ASSERT_STRING_EQUAL(alone, "decides: maximum");
    CU_ASSERT_PTR_NULL(report_limits(&other, &lost));
    CU_ASSERT_FALSE(lost);
    free(text);
    free(alone);
    report_clear(&one);
    report_clear(&other);
}

static const struct unit_test tests[] = {
    {"every format tells what was stated", test_every_format_tells_it},
    {"a limit is part of the verdict", test_a_limit_is_part_of_the_verdict},
    {"quiet tells it all the same", test_quiet_tells_it_all_the_same},
    {"probes with other limits", test_probes_with_other_limits},
};

int main(void) {
    return UNIT_RUN(tests);
}
