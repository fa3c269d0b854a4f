/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "reports/tests/sample_report.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static char *written(const struct report *report) {
    const struct report_style style = {0};
    char *text = sample_written(report, report_format_find("json"), &style);

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    return text;
}

static json_t *document(struct report (*make)(void)) {
    struct report report = make();
    char *text = written(&report);
    json_error_t error;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);

    if (!root)
        printf("\n    line %d: %s ", error.line, error.text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(root);
    free(text);
    report_clear(&report);
    return root;
}

/* The object's keys in order, separated by spaces, are exactly those expected. */
static void check_keys(json_t *object, const char *expected) {
    char keys[512] = "";
    const char *key;
    json_t *value;

    CU_ASSERT_TRUE_FATAL(json_is_object(object));
    json_object_foreach(object, key, value) {
        CU_ASSERT_TRUE_FATAL(strlen(keys) + strlen(key) + 2 < sizeof keys);
        if (keys[0])
            strcat(keys, " ");
        strcat(keys, key);
    }
    CU_ASSERT_STRING_EQUAL(keys, expected);
}

static void check_text(json_t *object, const char *key, const char *expected) {
    json_t *value = json_object_get(object, key);

    CU_ASSERT_PTR_NOT_NULL_FATAL(value);
    if (!expected) {
        CU_ASSERT_TRUE(json_is_null(value));
        return;
    }
    CU_ASSERT_TRUE_FATAL(json_is_string(value));
    CU_ASSERT_STRING_EQUAL(json_string_value(value), expected);
}

static void check_number(json_t *object, const char *key, json_int_t expected) {
    json_t *value = json_object_get(object, key);

    CU_ASSERT_TRUE_FATAL(json_is_integer(value));
    CU_ASSERT_EQUAL(json_integer_value(value), expected);
}

static void check_boolean(json_t *object, const char *key, bool expected) {
    json_t *value = json_object_get(object, key);

    CU_ASSERT_TRUE_FATAL(json_is_boolean(value));
    CU_ASSERT_EQUAL(json_is_true(value), expected);
}

static json_t *element(json_t *object, const char *key, size_t count, size_t index) {
    json_t *array = json_object_get(object, key);

    CU_ASSERT_TRUE_FATAL(json_is_array(array));
    CU_ASSERT_EQUAL_FATAL(json_array_size(array), count);
    return count == 0 ? NULL : json_array_get(array, index);
}

static void test_the_run(void) {
    json_t *root = document(sample_small);
    json_t *summary = json_object_get(root, "summary");
    json_t *rules;

    check_keys(root, "hvspec seed strict profile probes summary");
    check_text(root, "hvspec", "1.0.0");
    check_number(root, "seed", 1);
    check_boolean(root, "strict", false);
    check_text(root, "profile", NULL);
    check_keys(summary, "probes given rules cases runs errors exit_code result");
    check_number(summary, "probes", 1);
    check_number(summary, "cases", 812);
    check_number(summary, "runs", 4060);
    check_number(summary, "errors", 0);
    check_number(summary, "exit_code", 1);
    check_text(summary, "result", "does not conform");
    rules = json_object_get(summary, "rules");
    check_keys(rules, "pass fail nonstrict info not-exercised not-applicable error");
    check_number(rules, "pass", 1);
    check_number(rules, "not-applicable", 1);
    check_number(rules, "error", 0);
    json_decref(root);
}

static void test_the_probe(void) {
    json_t *root = document(sample_small);
    json_t *probe = element(root, "probes", 1, 0), *site, *scenario, *verdicts;

    check_keys(probe, "name kind file sha256 call_sha256 budget left_out hunt arch entry verdict stated cpuid_sites rules scenarios failures notes");
    check_text(probe, "name", "hvdetect");
    check_text(probe, "file", "hv.so");
    check_text(probe, "sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check_text(probe, "arch", "x86-64");
    check_text(probe, "entry", "hv_feature_available");
    check_keys(json_object_get(probe, "hunt"), "wanted runs finds solver");
    check_number(json_object_get(probe, "hunt"), "wanted", 300000);
    check_number(json_object_get(probe, "hunt"), "runs", 299998);
    check_number(json_object_get(probe, "hunt"), "finds", 1);
    check_boolean(json_object_get(probe, "hunt"), "solver", true);
    check_text(probe, "verdict", "fail");
    site = element(probe, "cpuid_sites", 2, 0);
    check_keys(site, "address symbol source reached");
    check_text(site, "address", "0x1040");
    check_text(site, "symbol", "hv_max+0x10");
    check_text(site, "source", "hv.c:31");
    check_boolean(site, "reached", true);
    site = element(probe, "cpuid_sites", 2, 1);
    check_text(site, "source", NULL);
    check_boolean(site, "reached", false);
    scenario = element(probe, "scenarios", 2, 1);
    check_keys(scenario, "id title cases plain verdicts");
    check_text(scenario, "id", "max/unsigned");
    check_number(scenario, "cases", 807);
    check_keys(json_object_get(scenario, "plain"),
               "questions wrongly_available wrongly_absent inexact unanswered unjudged");
    check_number(json_object_get(scenario, "plain"), "questions", 900);
    check_number(json_object_get(scenario, "plain"), "inexact", 3);
    verdicts = json_object_get(scenario, "verdicts");
    check_keys(verdicts,
               "max/read-first max/reaches-target max/no-read-beyond target/value-intact");
    check_text(verdicts, "max/reaches-target", "fail");
    CU_ASSERT_STRING_EQUAL(json_string_value(element(probe, "notes", 1, 0)),
                           "max/below-is-absent is excluded: on purpose");
    json_decref(root);
}

static void test_the_rules(void) {
    json_t *root = document(sample_small);
    json_t *probe = element(root, "probes", 1, 0), *rule = element(probe, "rules", 6, 1);

    check_keys(rule,
               "id level verdict cases violations deviations violation_examples unanswered errors "
               "reason locator text");
    check_text(rule, "id", "max/reaches-target");
    check_text(rule, "level", "must");
    check_text(rule, "verdict", "fail");
    check_number(rule, "cases", 812);
    check_number(rule, "violations", 3);
    check_text(rule, "reason", NULL);
    check_text(rule, "locator", "detection step 1, second sentence");
    rule = element(probe, "rules", 6, 2);
    check_text(rule, "verdict", "nonstrict");
    check_number(rule, "unanswered", 2);
    element(rule, "violation_examples", 0, 0);
    rule = element(probe, "rules", 6, 3);
    check_text(rule, "verdict", "not-applicable");
    check_text(rule, "reason", "the probe reports no value");
    json_decref(root);
}

static void test_an_example(void) {
    json_t *root = document(sample_small);
    json_t *rule = element(element(root, "probes", 1, 0), "rules", 6, 1);
    json_t *example = element(rule, "violation_examples", 2, 0), *source;

    check_keys(example, "case expected observed trace rerun scenario twin target maximum source "
                        "steps steps_omitted callers listing leaves");
    check_text(example, "case", "max/unsigned:max=0x80000000");
    check_text(example, "expected", "available");
    check_text(example, "observed", "not available");
    check_text(example, "rerun", "hvspec trace hv.so max/unsigned:max=0x80000000");
    check_text(example, "twin", NULL);
    check_text(example, "target", "0x40000010");
    check_text(example, "maximum", "0x80000000");
    CU_ASSERT_STRING_EQUAL(json_string_value(element(example, "trace", 2, 0)),
                           "0x1020 hv_init+0x8 (hv.c:12): leaf 0x40000000, subleaf 0x0: "
                           "eax=0x80000000 ebx=0x4b4d564b ecx=0x564b4d56 edx=0x0000004d "
                           "\"KVMKVMKVM\"");
    source = json_object_get(example, "source");
    check_keys(source, "file line quote");
    check_text(source, "file", "hv.c");
    check_number(source, "line", 31);
    example = element(rule, "violation_examples", 2, 1);
    check_text(example, "twin", "EBX of 0x40000000 = 0");
    CU_ASSERT_TRUE(json_is_null(json_object_get(example, "source")));
    element(example, "trace", 0, 0);
    json_decref(root);
}

static void test_an_examples_parts(void) {
    json_t *root = document(sample_small);
    json_t *rule = element(element(root, "probes", 1, 0), "rules", 6, 1);
    json_t *example = element(rule, "violation_examples", 2, 0);
    json_t *step = element(example, "steps", 2, 1), *line, *leaf;

    check_keys(step, "address leaf subleaf eax ebx ecx edx symbol source in_boot deciding");
    check_text(step, "address", "0x1040");
    check_text(step, "leaf", "0x40000000");
    check_text(step, "subleaf", "0x000000ab");
    check_text(step, "eax", "0x80000000");
    check_boolean(step, "in_boot", false);
    check_boolean(step, "deciding", true);
    check_number(example, "steps_omitted", 4);
    check_text(example, "callers", "hv_available+0x12 hv.c:40");
    line = element(example, "listing", 3, 1);
    check_keys(line, "address text deciding");
    check_text(line, "text", "cmp eax, edi");
    check_boolean(line, "deciding", true);
    leaf = element(example, "leaves", 2, 1);
    check_keys(leaf, "first last eax ebx ecx edx beyond target same");
    check_text(leaf, "first", "0x40000010");
    check_text(leaf, "eax", "0x00000001");
    check_boolean(leaf, "target", true);
    check_boolean(leaf, "beyond", false);
    json_decref(root);
}

static void test_a_seed_keeps_every_digit(void) {
    static const struct {
        uint64_t seed;
        const char *field;
    } seeds[] = {
        {0, "\"seed\": 0,"},
        {9007199254740991u, "\"seed\": 9007199254740991,"},
        {9007199254740992u, "\"seed\": \"9007199254740992\","},
        {UINT64_MAX, "\"seed\": \"18446744073709551615\","},
    };

    for (size_t i = 0; i < sizeof seeds / sizeof seeds[0]; i++) {
        struct report report = sample_empty();
        char *text;

        report.seed = seeds[i].seed;
        text = written(&report);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, seeds[i].field));
        free(text);
    }
}

static void test_hostile_names_stay_names(void) {
    json_t *root = document(sample_hostile);
    json_t *probe = element(root, "probes", 2, 0);
    const char *name = json_string_value(json_object_get(probe, "name"));

    check_keys(root, "hvspec seed strict profile probes summary");
    check_text(root, "profile", "presence");
    check_boolean(root, "strict", true);
    check_text(probe, "sha256", NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(name);
    CU_ASSERT_PTR_EQUAL(strstr(name, "\x1b[31m\x07\x01<b a='1' c=\"2\">"), name);
    CU_ASSERT_PTR_NULL(strstr(name, "\x80 "));
    CU_ASSERT_PTR_NOT_NULL(strstr(name, "2J \xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd "));
    check_text(element(root, "probes", 2, 1), "verdict", "error");
    check_number(json_object_get(root, "summary"), "exit_code", 3);
    json_decref(root);
}

static void test_the_same_report_gives_the_same_bytes(void) {
    for (size_t i = 0; i < samples_count; i++) {
        struct report one = samples[i].make(), two = samples[i].make();
        char *first = written(&one), *second = written(&two);

        CU_ASSERT_STRING_EQUAL(first, second);
        CU_ASSERT_EQUAL(first[strlen(first) - 1], '\n');
        free(first);
        free(second);
        report_clear(&one);
        report_clear(&two);
    }
}

static size_t allocations_left;

static void *allocate_or_fail(size_t size) {
    if (allocations_left == 0)
        return NULL;
    allocations_left--;
    return malloc(size);
}

/* Memory runs out after more and more allocations, until there is enough: the writer says so each
 * time, and does not crash. */
static void test_out_of_memory_is_a_failure(void) {
    struct report report = sample_small();
    const struct report_style style = {0};
    bool written = false;
    size_t failures = 0;

    json_set_alloc_funcs(allocate_or_fail, free);
    for (size_t i = 0; !written && i < 100000; i += 11) {
        FILE *stream = tmpfile();

        CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
        allocations_left = i;
        written = report_format_find("json")->write(&report, &style, stream);
        failures += !written;
        fclose(stream);
    }
    json_set_alloc_funcs(malloc, free);
    CU_ASSERT_TRUE(written);
    CU_ASSERT_TRUE(failures > 10);
    report_clear(&report);
}

static const struct unit_test tests[] = {
    {"the run and its summary", test_the_run},
    {"the probe, its sites and scenarios", test_the_probe},
    {"the rules and their verdicts", test_the_rules},
    {"an example", test_an_example},
    {"an example's steps, code and leaves", test_an_examples_parts},
    {"a seed keeps every digit", test_a_seed_keeps_every_digit},
    {"hostile names stay names", test_hostile_names_stay_names},
    {"the same report gives the same bytes", test_the_same_report_gives_the_same_bytes},
    {"out of memory is a failure", test_out_of_memory_is_a_failure},
};

int main(void) {
    return UNIT_RUN(tests);
}
