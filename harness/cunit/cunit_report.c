/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cunit/internal.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

/*
 * A report that exists already as CUnit's own XML: a suite a probe, a test a scenario, an assertion
 * a rule that the scenario exercised.
 */
static struct {
    const struct report *report;
    CU_pTest *tests; /* by probe, then by scenario */
} cunit_showing;

static void cunit_assert(bool holds, const char *what, const char *id, const char *verdict) {
    char text[400];

    snprintf(text, sizeof text, "%.60s: %.200s: %.60s", what, id, verdict);
    CU_assertImplementation(holds, 0, text, id, "", CU_FALSE);
}

static void cunit_show_scenario(const struct report_probe *probe,
                                const struct report_scenario *scenario) {
    for (size_t i = 0; i < probe->rules_count; i++) {
        enum report_verdict verdict = scenario->verdicts[i];

        if (verdict == REPORT_NOT_EXERCISED || verdict == REPORT_NOT_APPLICABLE)
            continue;
        cunit_assert(verdict != REPORT_ERROR && !report_fails(cunit_showing.report, verdict),
                     probe->rules[i].id, scenario->id, report_verdict_text(verdict));
    }
    if (report_lacks(cunit_showing.report, probe))
        cunit_assert(false, "harness", scenario->id, REPORT_LACKS);
    if (report_error_is_unlisted(probe))
        cunit_assert(false, "harness", scenario->id,
                     probe->failures_count > 0 ? probe->failures[0].cause : "could not be judged");
}

static void cunit_show(void) {
    const struct report *report = cunit_showing.report;
    size_t at = 0;

    for (size_t p = 0; p < report->probes_count; p++) {
        for (size_t i = 0; i < report->probes[p].scenarios_count; i++) {
            if (cunit_showing.tests[at++] == CU_get_current_test())
                cunit_show_scenario(&report->probes[p], &report->probes[p].scenarios[i]);
        }
    }
}

static void cunit_state(void) {
    cunit_assert(true, "stated", CU_get_current_test()->pName, "the verdict is given for this");
}

/* What the verdict is given for, as tests that tell it. */
static bool cunit_register_statements(const struct report_probe *probe, CU_pSuite suite) {
    for (size_t i = 0; i < probe->statements_count; i++) {
        char *name = NULL;
        bool done = asprintf(&name, "stated: %s", probe->statements[i].text) >= 0 &&
                    CU_add_test(suite, name, cunit_state);

        free(name);
        if (!done)
            return false;
    }
    return true;
}

static bool cunit_register(const struct report *report, struct errors *errors) {
    size_t count = 0;

    for (size_t p = 0; p < report->probes_count; p++)
        count += report->probes[p].scenarios_count;
    cunit_showing.tests = calloc(count + 1, sizeof(CU_pTest));
    if (!cunit_showing.tests)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    count = 0;
    for (size_t p = 0; p < report->probes_count; p++) {
        const struct report_probe *probe = &report->probes[p];
        CU_pSuite suite = CU_add_suite(probe->name, NULL, NULL);

        if (suite && !cunit_register_statements(probe, suite))
            return errors_add(errors, NULL, 0, 0, "CUnit: %s", CU_get_error_msg());
        for (size_t i = 0; i < probe->scenarios_count; i++) {
            CU_pTest test = suite ? CU_add_test(suite, probe->scenarios[i].id, cunit_show) : NULL;

            if (!test)
                return errors_add(errors, NULL, 0, 0, "CUnit does not take '%s': %s",
                                  probe->scenarios[i].id, CU_get_error_msg());
            cunit_showing.tests[count++] = test;
        }
    }
    return true;
}

bool cunit_of_report(struct report *report, struct errors *errors) {
    bool done;

    if (CU_initialize_registry() != CUE_SUCCESS)
        return errors_add(errors, NULL, 0, 0, "CUnit does not start: %s", CU_get_error_msg());
    free(report->cunit);
    report->cunit = NULL;
    cunit_showing.report = report;
    done = cunit_register(report, errors) && cunit_run_xml(report, errors);
    CU_cleanup_registry();
    free(cunit_showing.tests);
    memset(&cunit_showing, 0, sizeof cunit_showing);
    return done;
}
