/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_BASE_TESTS_UNIT_H
#define HVSPEC_BASE_TESTS_UNIT_H

#include <CUnit/Basic.h>

/* A unit-test program is a table of these and one line: int main(void) { return UNIT_RUN(tests); }
 */
struct unit_test {
    const char *name;
    void (*function)(void);
};

/* Runs the rows as one CUnit suite; the exit code is 0 only when tests ran and none failed. */
static inline int unit_run(const char *suite_name, const struct unit_test *tests, size_t count) {
    CU_pSuite suite;
    unsigned failed, run;

    if (CU_initialize_registry() != CUE_SUCCESS)
        return 3;
    suite = CU_add_suite(suite_name, NULL, NULL);
    for (size_t i = 0; suite && i < count; i++) {
        if (!CU_add_test(suite, tests[i].name, tests[i].function))
            suite = NULL;
    }
    if (!suite) {
        CU_cleanup_registry();
        return 3;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    failed = CU_get_number_of_failures();
    run = CU_get_number_of_tests_run();
    CU_cleanup_registry();
    return failed == 0 && run == count ? 0 : 1;
}

#define UNIT_RUN(tests) unit_run(__FILE__, tests, sizeof(tests) / sizeof((tests)[0]))

#endif
