/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/memstream.h"
#include "harness/cunit/internal.h"
#include "harness/suite/internal.h"

#include <CUnit/Automated.h>
#include <CUnit/CUnit.h>
#include <CUnit/TestRun.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * CUnit's test functions take no argument, so what a running test is about is looked up here by the
 * test that CUnit says is running.
 */
struct suite_test {
    CU_pTest test;
    size_t first, count; /* tasks */
};

static struct {
    struct suite *suite;
    struct report *report;
    struct suite_test *tests;
    size_t count, current;
    bool fails;    /* the case in hand does */
    size_t failed; /* cases that do */
} suite_running;

const char *cunit_version(void) {
    return CU_VERSION;
}

/* --- What CUnit calls. --- */

static void suite_assert(bool holds, const char *rule, const char *case_id, const char *what) {
    char text[400];

    snprintf(text, sizeof text, "%.60s: %.200s: %.100s", rule, case_id, what);
    CU_assertImplementation(holds, 0, text, case_id, "", CU_FALSE);
    suite_running.fails |= !holds;
}

static void suite_run_test(void) {
    struct suite *suite = suite_running.suite;
    struct suite_test *test;

    while (suite_running.tests[suite_running.current].test != CU_get_current_test())
        suite_running.current = (suite_running.current + 1) % suite_running.count;
    test = &suite_running.tests[suite_running.current];
    suite_await(suite, test->first, test->count);
    for (size_t i = test->first; i < test->first + test->count; i++) {
        const struct suite_task *task = &suite->tasks[i];
        const char *id = suite_case(suite, task)->id;

        if (!task->done)
            continue; /* --maxfail left it out */
        suite_running.fails = false;
        if (task->failure)
            suite_assert(false, "harness", id, task->failure);
        for (unsigned rule = 0; rule < RULES; rule++) {
            unsigned states = task->states[rule];
            const char *reason;

            if ((states & FINDING_EXERCISED) && rules_fails(rule, suite->options->strict) &&
                suite_rule_applies(suite, suite->probes[task->probe], rule, &reason))
                suite_assert(!suite_violates(task, rule) ||
                                 !suite_rule_fails(suite->options, rule, states) ||
                                 suite_is_listed(suite, i, rule, states),
                             rules[rule].id, id, "the rule holds");
        }
        suite_running.failed += suite_running.fails;
    }
    if (suite->options->failures_max > 0 && suite_running.failed >= suite->options->failures_max)
        pool_drain(suite->pool);
}

static void suite_assert_line(const struct baseline_difference *difference) {
    char place[32];

    snprintf(place, sizeof place, "line %u", difference->line->number);
    suite_assert(false, "baseline", place,
                 difference->why ? difference->why : "no longer happens, so remove the line");
}

/* The last test, because only the report shows which lines of the baseline hold no longer. */
static void suite_run_lines(void) {
    struct suite *suite = suite_running.suite;
    struct baseline_comparison comparison = {0};
    bool done;

    if (suite->tasks_done < suite->tasks_count)
        return; /* interrupted, and there will be no report */
    done = !suite->lost && suite_fill_report(suite, suite_running.report) &&
           baseline_compare(suite->options->listed, suite_running.report,
                            suite->options->part || report_left_out(suite_running.report) > 0,
                            &comparison);
    if (!done)
        suite_assert(false, "harness", "baseline", "out of memory");
    for (size_t i = 0; done && i < comparison.count; i++) {
        if (comparison.differences[i].change != BASELINE_NEW)
            suite_assert_line(&comparison.differences[i]);
    }
    baseline_comparison_clear(&comparison);
}

/* --- Registering. --- */

/* The part of a scenario's id ahead of the slash: its rule section. */
static size_t suite_section_length(const char *id) {
    return strcspn(id, "/");
}

/* A suite's name; several probes are told apart. */
static void suite_section_name(const struct suite *suite, size_t probe, const char *section,
                               int length, char name[256]) {
    if (suite->probes_count == 1)
        snprintf(name, 256, "%.*s", length, section);
    else
        snprintf(name, 256, "%zu %.180s: %.*s", probe + 1, suite->probes[probe]->name, length,
                 section);
}

/* `last`: the suite of the scenario before, which is most likely this one's too. */
static CU_pSuite suite_section(const struct suite *suite, size_t probe, const char *id,
                               CU_pSuite last) {
    char name[256];

    suite_section_name(suite, probe, id, (int)suite_section_length(id), name);
    if (last && strcmp(last->pName, name) == 0)
        return last;
    return CU_get_suite(name) ? CU_get_suite(name) : CU_add_suite(name, NULL, NULL);
}

static void suite_run_statement(void) {
    suite_assert(true, "stated", CU_get_current_test()->pName, "the verdict is given for this");
}

/* CUnit has no other place for what the verdict is given for: a test that tells it. */
static bool suite_register_statements(const struct suite *suite, size_t probe) {
    char name[256];
    CU_pSuite section;

    if (suite->probes[probe]->statements_count == 0)
        return true;
    suite_section_name(suite, probe, "stated", sizeof "stated" - 1, name);
    section = CU_add_suite(name, NULL, NULL);
    for (size_t i = 0; section && i < suite->probes[probe]->statements_count; i++) {
        if (!CU_add_test(section, suite->probes[probe]->statements[i].text, suite_run_statement))
            return false;
    }
    return section != NULL;
}

/* One test a scenario and probe; its tasks lie side by side. */
static bool suite_register(struct suite *suite, struct errors *errors) {
    CU_pSuite section = NULL;

    suite_running.tests = calloc(suite->tasks_count, sizeof *suite_running.tests);
    if (!suite_running.tests)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    for (size_t probe = 0; probe < suite->probes_count; probe++) {
        if (!suite_register_statements(suite, probe))
            return errors_add(errors, NULL, 0, 0, "CUnit: %s", CU_get_error_msg());
    }
    for (size_t i = 0; i < suite->tasks_count;) {
        const struct suite_task *task = &suite->tasks[i];
        const char *id = suite_set(suite, task->probe)->scenarios[task->scenario].id;
        CU_pTest test;
        size_t first = i;

        section = suite_section(suite, task->probe, id, section);
        test = section ? CU_add_test(section, id, suite_run_test) : NULL;
        if (!test)
            return errors_add(errors, NULL, 0, 0, "CUnit does not take '%s': %s", id,
                              CU_get_error_msg());
        i = suite_scenario_end(suite, i, suite->tasks_first[task->probe + 1]);
        suite_running.tests[suite_running.count++] = (struct suite_test){test, first, i - first};
    }
    if (suite->options->listed && !suite->options->lists_all) {
        CU_pSuite lines = CU_add_suite("baseline", NULL, NULL);

        if (!lines || !CU_add_test(lines, "every line holds", suite_run_lines))
            return errors_add(errors, NULL, 0, 0, "CUnit: %s", CU_get_error_msg());
    }
    return true;
}

/* CUnit's XML names the moment of writing, at the end of the footer's first line; reports are the
 * same for the same inputs, so that goes. NULL: it cannot be read, or out of memory. */
static char *suite_read_cunit(const char *path) {
    static const char moment[] = "File Generated By CUnit v" CU_VERSION;
    char *text = NULL, *line = NULL;
    size_t size = 0, capacity = 0;
    FILE *in = fopen(path, "r"), *out = in ? open_memstream(&text, &size) : NULL;
    bool good = out != NULL;

    while (good && getline(&line, &capacity, in) >= 0)
        good = strstr(line, moment) ? fprintf(out, "  <CUNIT_FOOTER> %s\n", moment) > 0
                                    : fputs(line, out) >= 0;
    free(line);
    good = good && !ferror(in);
    if (in)
        fclose(in);
    good = memstream_close(out, &text) && good;
    if (good)
        return text;
    free(text);
    return NULL;
}

/* CUnit leaves its XML writer's handlers in place, which write to a file that is closed by then. */
static void suite_forget_handlers(void) {
    CU_set_suite_start_handler(NULL);
    CU_set_test_start_handler(NULL);
    CU_set_test_complete_handler(NULL);
    CU_set_suite_complete_handler(NULL);
    CU_set_all_test_complete_handler(NULL);
    CU_set_suite_init_failure_handler(NULL);
    CU_set_suite_cleanup_failure_handler(NULL);
}

/* CUnit writes to a file and nowhere else. */
bool cunit_run_xml(struct report *report, struct errors *errors) {
    char root[] = P_tmpdir "/hvspec-cunit-XXXXXX", path[sizeof root + 32];
    int file = mkstemp(root);

    if (file < 0)
        return errors_add_system(errors, root, "cannot make a temporary file", errno);
    close(file);
    CU_set_output_filename(root);
    CU_automated_run_tests();
    suite_forget_handlers();
    snprintf(path, sizeof path, "%s-Results.xml", root);
    report->cunit = suite_read_cunit(path);
    unlink(path);
    unlink(root);
    return report->cunit || errors_add(errors, path, 0, 0, "cannot read CUnit's XML back");
}

static bool suite_run_cunit(const struct suite_options *options, struct report *report,
                            struct errors *errors) {
    if (options->wants_cunit)
        return cunit_run_xml(report, errors);
    return CU_run_all_tests() == CUE_SUCCESS ||
           errors_add(errors, NULL, 0, 0, "CUnit: %s", CU_get_error_msg());
}

static bool suite_execute_cunit(struct suite *suite, struct report *report, struct errors *errors) {
    bool done;

    if (CU_initialize_registry() != CUE_SUCCESS)
        return errors_add(errors, NULL, 0, 0, "CUnit does not start: %s", CU_get_error_msg());
    suite_running.suite = suite;
    suite_running.report = report;
    done = suite_register(suite, errors) && suite_start(suite, errors) &&
           suite_run_cunit(suite->options, report, errors);
    CU_cleanup_registry();
    free(suite_running.tests);
    memset(&suite_running, 0, sizeof suite_running);
    return done;
}

bool cunit_run(struct probe *const *probes, size_t probes_count, const struct scenario_set *set,
               const struct suite_options *options, struct report *report, struct errors *errors) {
    struct suite suite = {
        .probes = probes, .probes_count = probes_count, .set = set, .options = options};

    return suite_run_by(&suite, suite_execute_cunit, report, errors);
}
