/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_CMAKE_TESTS_UNITS_32_CUNIT_BASIC_H
#define HVSPEC_CMAKE_TESTS_UNITS_32_CUNIT_BASIC_H

/* As much of CUnit as base/tests/unit.h and the tests of units need, for a machine of 32 bits that
 * CUnit is not installed for: assertions are counted, and those that fail are told. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int CU_pSuite;
enum { CUE_SUCCESS, CU_BRM_VERBOSE };

static struct {
    void (*tests[64])(void);
    unsigned count, run, failed;
} cu_registry;

static inline int CU_initialize_registry(void) {
    return CUE_SUCCESS;
}

static inline void CU_cleanup_registry(void) {}

static inline CU_pSuite CU_add_suite(const char *name, void *first, void *last) {
    return name && !first && !last;
}

static inline int CU_add_test(CU_pSuite suite, const char *name, void (*function)(void)) {
    if (!suite || !name || cu_registry.count == sizeof cu_registry.tests / sizeof(void *))
        return 0;
    cu_registry.tests[cu_registry.count++] = function;
    return 1;
}

static inline void CU_basic_set_mode(int mode) {
    (void)mode;
}

static inline void CU_basic_run_tests(void) {
    for (; cu_registry.run < cu_registry.count; cu_registry.run++)
        cu_registry.tests[cu_registry.run]();
}

static inline unsigned CU_get_number_of_failures(void) {
    return cu_registry.failed;
}

static inline unsigned CU_get_number_of_tests_run(void) {
    return cu_registry.run;
}

static inline void cu_assert(int holds, const char *what, const char *file, int line, int ends) {
    if (holds)
        return;
    cu_registry.failed++;
    printf("%s:%d: %s\n", file, line, what);
    if (ends)
        exit(1);
}

#define CU_ASSERT_TRUE(a) cu_assert(!!(a), #a, __FILE__, __LINE__, 0)
#define CU_ASSERT_TRUE_FATAL(a) cu_assert(!!(a), #a, __FILE__, __LINE__, 1)
#define CU_ASSERT_FALSE(a) CU_ASSERT_TRUE(!(a))
#define CU_ASSERT_EQUAL(a, b) CU_ASSERT_TRUE((a) == (b))
#define CU_ASSERT_EQUAL_FATAL(a, b) CU_ASSERT_TRUE_FATAL((a) == (b))
#define CU_ASSERT_NOT_EQUAL(a, b) CU_ASSERT_TRUE((a) != (b))
#define CU_ASSERT_PTR_NULL(a) CU_ASSERT_TRUE((a) == NULL)
#define CU_ASSERT_PTR_NOT_NULL(a) CU_ASSERT_TRUE((a) != NULL)
#define CU_ASSERT_PTR_NOT_NULL_FATAL(a) CU_ASSERT_TRUE_FATAL((a) != NULL)
#define CU_ASSERT_STRING_EQUAL(a, b) CU_ASSERT_TRUE(strcmp(a, b) == 0)
#define CU_ASSERT_STRING_NOT_EQUAL(a, b) CU_ASSERT_TRUE(strcmp(a, b) != 0)
#define CU_FAIL(text) cu_assert(0, text, __FILE__, __LINE__, 0)
#define CU_PASS(text) ((void)0)

#endif
