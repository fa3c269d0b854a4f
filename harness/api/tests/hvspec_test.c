/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/api/hvspec.h"

#include "base/tests/unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Checks run from within a CUnit test here, as they do in the projects that this is for. */
#define PROBES HVSPEC_TEST_PROBES
#define REFERENCE PROBES "/reference/reference-gcc-O2-64.so"
#define SIGNED PROBES "/broken/64/max-signed.so"

static const char *const zero[] = {HVSPEC_TEST_SCENARIOS "/max/zero.yaml", NULL};
static const char *const unsigned_maximum[] = {
    HVSPEC_TEST_SCENARIOS "/max/unsigned.yaml", NULL};

static const struct hvspec_rule *find(const struct hvspec_result *result, const char *id) {
    const struct hvspec_probe *probe = hvspec_probe(result, 0);

    for (size_t i = 0; probe && i < probe->rules_count; i++) {
        if (strcmp(probe->rules[i].id, id) == 0)
            return &probe->rules[i];
    }
    return NULL;
}

static void test_conforming(void) {
    const struct hvspec_options options = {.scenarios = zero, .jobs = 1};
    CU_pTest before = CU_get_current_test();
    struct hvspec_result *result = hvspec_check(REFERENCE, &options);
    const struct hvspec_rule *rule;

    CU_ASSERT_PTR_NOT_NULL_FATAL(result);
    CU_ASSERT_PTR_EQUAL(CU_get_current_test(), before);
    CU_ASSERT_EQUAL(hvspec_outcome(result), HVSPEC_CONFORMS);
    CU_ASSERT_STRING_EQUAL(hvspec_errors(result), "");
    CU_ASSERT_EQUAL(hvspec_probes_count(result), 1);
    CU_ASSERT_PTR_NULL(hvspec_probe(result, 1));
    rule = find(result, "max/below-is-absent");
    CU_ASSERT_PTR_NOT_NULL_FATAL(rule);
    CU_ASSERT_EQUAL(rule->verdict, HVSPEC_PASS);
    CU_ASSERT_TRUE(rule->cases > 0);
    CU_ASSERT_EQUAL(rule->violations, 0);
    CU_ASSERT_PTR_NULL(rule->case_id);
    hvspec_free(result);
}

/* What CI systems say in the environment never takes cases away. */
static void test_environment_shrinks_nothing(void) {
    static const struct {
        const char *name, *value;
    } variables[] = {{"CI_NODE_INDEX", "2"},
                     {"CI_NODE_TOTAL", "7"},
                     {"TEST_SHARD_INDEX", "1"},
                     {"TEST_TOTAL_SHARDS", "7"},
                     {"SLURM_ARRAY_TASK_ID", "1"},
                     {"SLURM_ARRAY_TASK_COUNT", "7"},
                     {"TEST_SHARD_STATUS_FILE", "/no/such/folder/file"}};
    const struct hvspec_options options = {.scenarios = zero, .jobs = 1};
    size_t cases[2];

    for (size_t i = 0; i < 2; i++) {
        struct hvspec_result *result = hvspec_check(REFERENCE, &options);
        const struct hvspec_rule *rule = find(result, "max/below-is-absent");

        CU_ASSERT_EQUAL(hvspec_outcome(result), HVSPEC_CONFORMS);
        CU_ASSERT_PTR_NOT_NULL_FATAL(rule);
        cases[i] = rule->cases;
        hvspec_free(result);
        for (size_t k = 0; i == 0 && k < sizeof variables / sizeof variables[0]; k++)
            setenv(variables[k].name, variables[k].value, true);
    }
    CU_ASSERT_EQUAL(cases[1], cases[0]);
    for (size_t k = 0; k < sizeof variables / sizeof variables[0]; k++)
        unsetenv(variables[k].name);
}

static void test_violating(void) {
    static const char *const rules[] = {"max/*", NULL}, *const exclude[] = {"max/read-*", NULL};
    const struct hvspec_options options = {
        .scenarios = unsigned_maximum, .rules = rules, .exclude = exclude};
    struct hvspec_result *result = hvspec_check(SIGNED, &options);
    const struct hvspec_rule *rule;

    CU_ASSERT_PTR_NOT_NULL_FATAL(result);
    CU_ASSERT_EQUAL(hvspec_outcome(result), HVSPEC_VIOLATES);
    CU_ASSERT_PTR_NULL(find(result, "max/read-first"));
    CU_ASSERT_PTR_NULL(find(result, "target/is-read"));
    rule = find(result, "max/reaches-target");
    CU_ASSERT_PTR_NOT_NULL_FATAL(rule);
    CU_ASSERT_EQUAL(rule->verdict, HVSPEC_FAIL);
    CU_ASSERT_STRING_EQUAL(rule->level, "must");
    CU_ASSERT_PTR_NOT_NULL_FATAL(rule->case_id);
    CU_ASSERT_EQUAL(strncmp(rule->case_id, "max/unsigned:", 13), 0);
    CU_ASSERT_EQUAL(strncmp(rule->rerun, "hvspec trace ", 13), 0);
    hvspec_free(result);
}

static void check_gate(const char *lines, enum hvspec_outcome outcome, bool news, size_t stale) {
    char path[] = "hvspec-test-XXXXXX";
    int file = mkstemp(path);
    const struct hvspec_options options = {.scenarios = unsigned_maximum, .baseline = path};
    struct hvspec_result *result;

    CU_ASSERT_FATAL(file >= 0);
    CU_ASSERT_EQUAL(write(file, lines, strlen(lines)), (ssize_t)strlen(lines));
    close(file);
    result = hvspec_check(SIGNED, &options);
    unlink(path);
    CU_ASSERT_PTR_NOT_NULL_FATAL(result);
    CU_ASSERT_EQUAL(hvspec_outcome(result), outcome);
    CU_ASSERT_EQUAL(hvspec_gate_new(result) > 0, news);
    CU_ASSERT_EQUAL(hvspec_gate_stale(result), stale);
    CU_ASSERT_PTR_NOT_NULL_FATAL(find(result, "max/reaches-target"));
    CU_ASSERT_EQUAL(find(result, "max/reaches-target")->listed,
                    news ? 0 : find(result, "max/reaches-target")->violations);
    hvspec_free(result);
}

static void test_gate(void) {
    check_gate("", HVSPEC_VIOLATES, true, 0);
    check_gate("max-signed.so max/reaches-target * fail\n", HVSPEC_CONFORMS, false, 0);
    check_gate("max-signed.so max/reaches-target * fail\nother.so max/* * fail\n", HVSPEC_VIOLATES,
               false, 1);
}

static void test_invalid(void) {
    static const char *const no_rule[] = {"no/rule", NULL};
    static const uint32_t outside[] = {0x3fffffff};
    static const struct {
        const char *file, *says;
        struct hvspec_options options;
    } rows[] = {
        {"no such file", "no such file", {0}},
        {REFERENCE, "no rule matches 'no/rule'", {.rules = no_rule}},
        {REFERENCE, "not 'maybe'", {.answer = "maybe"}},
        {REFERENCE, "up to 256 worker processes, not 257", {.jobs = 257}},
        {REFERENCE, "no profile 'absence'", {.profile = "absence"}},
        {REFERENCE, "0x3fffffff", {.targets = outside, .targets_count = 1}},
        {REFERENCE, "cannot read the baseline", {.baseline = "no such baseline"}},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct hvspec_result *result = hvspec_check(rows[i].file, &rows[i].options);

        CU_ASSERT_PTR_NOT_NULL_FATAL(result);
        CU_ASSERT_EQUAL(hvspec_outcome(result), HVSPEC_INVALID);
        CU_ASSERT_PTR_NOT_NULL(strstr(hvspec_errors(result), rows[i].says));
        CU_ASSERT_EQUAL(hvspec_probes_count(result), 0);
        hvspec_free(result);
    }
}

static void test_reports(void) {
    const struct hvspec_options options = {.scenarios = zero};
    struct hvspec_result *result = hvspec_check(REFERENCE, &options);
    char path[] = "hvspec-test-XXXXXX";
    int file = mkstemp(path);

    CU_ASSERT_PTR_NOT_NULL_FATAL(result);
    CU_ASSERT_FATAL(file >= 0);
    CU_ASSERT_TRUE(hvspec_write(result, "json", path));
    CU_ASSERT_EQUAL(lseek(file, 0, SEEK_END), 0); /* replaced, not written to */
    CU_ASSERT_EQUAL(access(path, R_OK), 0);
    CU_ASSERT_FALSE(hvspec_write(result, "jason", path));
    CU_ASSERT_PTR_NOT_NULL(strstr(hvspec_errors(result), "no report format 'jason'"));
    close(file);
    unlink(path);
    hvspec_free(result);
    hvspec_free(NULL);
}

/* A dump of a table that repeats the highest basic leaf, on one of its leaves. */
static const char dump[] =
    "CPU 0:\n"
    "   0x00000000 0x00: eax=0x00000016 ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69\n"
    "   0x00000016 0x00: eax=0x000008fc ebx=0x000008fc ecx=0x00000064 edx=0x00000000\n"
    "   0x40000000 0x00: eax=0x40000002 ebx=0x4e524341 ecx=0x4e524341 edx=0x4e524341\n"
    "   0x40000001 0x00: eax=0x000008fc ebx=0x000008fc ecx=0x00000064 edx=0x00000000\n"
    "   0x40000002 0x00: eax=0x00000000 ebx=0x00000000 ecx=0x00000000 edx=0x00000000\n";

static void test_table(void) {
    static const char *const entries[] = {"f", NULL};
    const struct hvspec_options called = {.entries = entries};
    char path[] = "hvspec-test-XXXXXX";
    int file = mkstemp(path);
    struct hvspec_result *result;
    const struct hvspec_rule *rule;

    CU_ASSERT_FATAL(file >= 0);
    CU_ASSERT_EQUAL(write(file, dump, strlen(dump)), (ssize_t)strlen(dump));
    close(file);
    result = hvspec_check(path, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(result);
    CU_ASSERT_STRING_EQUAL(hvspec_errors(result), "");
    CU_ASSERT_EQUAL(hvspec_outcome(result), HVSPEC_VIOLATES);
    CU_ASSERT_EQUAL(hvspec_probes_count(result), 1);
    rule = find(result, "hypervisor/gap-returns-zero");
    CU_ASSERT_PTR_NOT_NULL_FATAL(rule);
    CU_ASSERT_EQUAL(rule->verdict, HVSPEC_FAIL);
    CU_ASSERT_EQUAL(rule->cases, 2);
    CU_ASSERT_EQUAL(rule->violations, 1);
    CU_ASSERT_STRING_EQUAL(rule->case_id, "0x40000001");
    CU_ASSERT_PTR_NULL(find(result, "max/read-first"));
    hvspec_free(result);
    result = hvspec_check(path, &called);
    unlink(path);
    CU_ASSERT_PTR_NOT_NULL_FATAL(result);
    CU_ASSERT_EQUAL(hvspec_outcome(result), HVSPEC_INVALID);
    CU_ASSERT_PTR_NOT_NULL(strstr(hvspec_errors(result), "no code to call"));
    hvspec_free(result);
}

static const struct unit_test tests[] = {
    {"conforming", test_conforming},
    {"the environment shrinks nothing", test_environment_shrinks_nothing},
    {"violating", test_violating},
    {"gate", test_gate},
    {"invalid", test_invalid},
    {"reports", test_reports},
    {"table", test_table},
};

int main(void) {
    return UNIT_RUN(tests);
}
