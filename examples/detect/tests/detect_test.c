/* SPDX-License-Identifier: 0BSD */
#include "detect.h"

#include <CUnit/Basic.h>
#include <hvspec.h>
#include <stdio.h>

static const char *manifest, *baseline;

/* A test of the library's own, whatever machine this is. */
static void test_no_leaf_that_high(void) {
    CU_ASSERT_EQUAL(detect_feature(0xffffffff), 0);
}

static void test_follows_the_specification(void) {
    const struct hvspec_options options = {.baseline = baseline};
    struct hvspec_result *result = hvspec_check(manifest, &options);

    CU_ASSERT_PTR_NOT_NULL_FATAL(result);
    CU_ASSERT_STRING_EQUAL(hvspec_errors(result), "");
    CU_ASSERT_EQUAL(hvspec_outcome(result), HVSPEC_CONFORMS);
    CU_ASSERT_EQUAL(hvspec_probes_count(result), 1);
    for (size_t i = 0; i < hvspec_probes_count(result); i++) {
        const struct hvspec_probe *probe = hvspec_probe(result, i);

        for (size_t k = 0; k < probe->rules_count; k++) {
            const struct hvspec_rule *rule = &probe->rules[k];

            if (rule->violations > 0)
                printf("\n%s %s: %s\n  %s", rule->id, hvspec_verdict_text(rule->verdict),
                       rule->observed, rule->rerun);
        }
    }
    hvspec_free(result);
}

int main(int count, char **arguments) {
    CU_pSuite suite;
    unsigned failures = 1;

    if (count != 3 || CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    manifest = arguments[1];
    baseline = arguments[2];
    suite = CU_add_suite("detect", NULL, NULL);
    if (suite && CU_add_test(suite, "no leaf that high", test_no_leaf_that_high) &&
        CU_add_test(suite, "follows the specification", test_follows_the_specification)) {
        CU_basic_set_mode(CU_BRM_VERBOSE);
        CU_basic_run_tests();
        failures = CU_get_number_of_tests_run() == 2 ? CU_get_number_of_failures() : 1;
    }
    CU_cleanup_registry();
    return failures > 0;
}
