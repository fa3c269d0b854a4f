/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "reports/sarif/sarif.h"
#include "reports/tests/sample_report.h"

#include <stdlib.h>
#include <string.h>

static json_t *document(struct report report) {
    const struct report_style style = {.colour = true, .width = 40};
    char *text = sample_written(&report, report_format_find("sarif"), &style);
    json_error_t error;
    json_t *root;

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(root);
    free(text);
    report_clear(&report);
    return root;
}

/* What stands at a path of keys and indices, "results|0|level", in the document's run. */
static json_t *at(json_t *root, const char *path) {
    json_t *value = json_array_get(json_object_get(root, "runs"), 0);
    char key[64];

    while (*path) {
        size_t length = strcspn(path, "|");

        CU_ASSERT_TRUE_FATAL(length < sizeof key);
        memcpy(key, path, length);
        key[length] = '\0';
        value = json_is_array(value) ? json_array_get(value, (size_t)atoi(key))
                                     : json_object_get(value, key);
        path += length;
        path += *path == '|';
    }
    return value;
}

static void check_text(json_t *root, const char *path, const char *expected) {
    const char *value = json_string_value(at(root, path));

    CU_ASSERT_PTR_NOT_NULL(value);
    CU_ASSERT_STRING_EQUAL(value ? value : "", expected);
    if (!value || strcmp(value, expected) != 0)
        printf("\n    %s is \"%s\" ", path, value ? value : "missing");
}

static void check_number(json_t *root, const char *path, json_int_t expected) {
    CU_ASSERT_TRUE(json_is_integer(at(root, path)));
    CU_ASSERT_EQUAL(json_integer_value(at(root, path)), expected);
}

static bool is_one_of(json_t *value, const char *const *words) {
    for (; *words; words++) {
        if (json_is_string(value) && strcmp(json_string_value(value), *words) == 0)
            return true;
    }
    return false;
}

/* --- The standard's rules, for every object of the kinds that the writer uses. --- */

/* 3.11: a text; no bracket or brace that would be markup. */
static void validate_message(json_t *message) {
    const char *text = json_string_value(json_object_get(message, "text"));

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_TRUE(*text != '\0');
    for (; *text; text++) {
        CU_ASSERT_TRUE((unsigned char)*text >= 0x20 && *text != 0x7f);
        CU_ASSERT_FALSE(*text == '[' || *text == ']');
        if (*text == '\\' || *text == '{' || *text == '}') {
            text++;
            CU_ASSERT_TRUE(text[-1] == '\\' ? strchr("\\[]", *text) && *text : *text == text[-1]);
        }
    }
}

/* 3.4: a relative reference with a base, or an absolute URI without; nothing left unescaped. */
static void validate_artifact(json_t *artifact) {
    const char *uri = json_string_value(json_object_get(artifact, "uri"));
    json_t *base = json_object_get(artifact, "uriBaseId");

    CU_ASSERT_PTR_NOT_NULL_FATAL(uri);
    CU_ASSERT_EQUAL(strncmp(uri, "file:///", 8) == 0, base == NULL);
    if (base) {
        CU_ASSERT_STRING_EQUAL(json_string_value(base), "SRCROOT");
        CU_ASSERT_PTR_NULL(strchr(uri, ':'));
        CU_ASSERT_TRUE(*uri != '/' && *uri != '\0');
    }
    CU_ASSERT_PTR_NULL(strstr(uri, "/../"));
    for (; *uri; uri++)
        CU_ASSERT_PTR_NOT_NULL(strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789-._~/%:",
                                      *uri));
}

static void validate_location(json_t *location) {
    json_t *physical = json_object_get(location, "physicalLocation");
    json_t *region = json_object_get(physical, "region");

    CU_ASSERT_TRUE_FATAL(json_is_object(physical));
    validate_artifact(json_object_get(physical, "artifactLocation"));
    CU_ASSERT_TRUE(region || json_object_get(location, "logicalLocations"));
    if (region)
        CU_ASSERT_TRUE(json_integer_value(json_object_get(region, "startLine")) >= 1);
    if (json_object_get(location, "message"))
        validate_message(json_object_get(location, "message"));
}

/* 3.52: the index is that of the rule with the id. */
static void validate_reference(json_t *root, json_t *id, json_t *index) {
    json_t *rule;

    CU_ASSERT_TRUE_FATAL(json_is_string(id) && json_is_integer(index));
    rule = json_array_get(at(root, "tool|driver|rules"), (size_t)json_integer_value(index));
    CU_ASSERT_PTR_NOT_NULL_FATAL(rule);
    CU_ASSERT_TRUE(json_equal(json_object_get(rule, "id"), id));
}

static void validate_rules(json_t *rules) {
    static const char *const levels[] = {"none", "note", "warning", "error", NULL};
    size_t i, k;
    json_t *rule, *other;

    CU_ASSERT_TRUE_FATAL(json_is_array(rules));
    json_array_foreach(rules, i, rule) {
        CU_ASSERT_TRUE(json_is_string(json_object_get(rule, "id")));
        validate_message(json_object_get(rule, "shortDescription"));
        validate_message(json_object_get(rule, "fullDescription"));
        validate_message(json_object_get(rule, "help"));
        CU_ASSERT_TRUE(is_one_of(
            json_object_get(json_object_get(rule, "defaultConfiguration"), "level"), levels));
        json_array_foreach(rules, k, other) {
            CU_ASSERT_TRUE(k == i ||
                           !json_equal(json_object_get(rule, "id"), json_object_get(other, "id")));
        }
    }
}

static void validate_flow(json_t *flow) {
    json_t *threads = json_object_get(flow, "threadFlows"), *steps, *step;
    size_t i;

    CU_ASSERT_TRUE_FATAL(json_array_size(threads) >= 1);
    steps = json_object_get(json_array_get(threads, 0), "locations");
    CU_ASSERT_TRUE_FATAL(json_array_size(steps) >= 1);
    json_array_foreach(steps, i, step) {
        CU_ASSERT_EQUAL(json_integer_value(json_object_get(step, "executionOrder")),
                        (json_int_t)i + 1);
        validate_location(json_object_get(step, "location"));
    }
}

static void validate_result(json_t *root, json_t *result) {
    static const char *const kinds[] = {"pass", "open", "informational", "notApplicable", "review",
                                        "fail", NULL};
    static const char *const levels[] = {"note", "warning", "error", NULL};
    static const char *const none[] = {"none", NULL};
    json_t *kind = json_object_get(result, "kind"), *value;
    bool fails = json_is_string(kind) && strcmp(json_string_value(kind), "fail") == 0;
    size_t i;

    validate_reference(root, json_object_get(result, "ruleId"),
                       json_object_get(result, "ruleIndex"));
    CU_ASSERT_TRUE(is_one_of(kind, kinds));
    CU_ASSERT_TRUE(is_one_of(json_object_get(result, "level"), fails ? levels : none));
    validate_message(json_object_get(result, "message"));
    json_array_foreach(json_object_get(result, "locations"), i, value) {
        validate_location(value);
    }
    json_array_foreach(json_object_get(result, "codeFlows"), i, value) {
        validate_flow(value);
    }
}

static void validate(json_t *root) {
    json_t *invocation = at(root, "invocations|0"), *value, *reference;
    size_t i;

    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(root, "version")), "2.1.0");
    CU_ASSERT_EQUAL(json_array_size(json_object_get(root, "runs")), 1);
    CU_ASSERT_TRUE(json_is_string(at(root, "tool|driver|name")));
    CU_ASSERT_TRUE(json_is_boolean(json_object_get(invocation, "executionSuccessful")));
    validate_rules(at(root, "tool|driver|rules"));
    CU_ASSERT_TRUE(json_is_array(at(root, "results")));
    json_array_foreach(at(root, "results"), i, value) {
        validate_result(root, value);
    }
    json_array_foreach(json_object_get(invocation, "toolExecutionNotifications"), i, value) {
        validate_message(json_object_get(value, "message"));
        reference = json_object_get(value, "associatedRule");
        if (reference)
            validate_reference(root, json_object_get(reference, "id"),
                               json_object_get(reference, "index"));
    }
}

static void test_all_samples_keep_the_standard(void) {
    for (size_t i = 0; i < samples_count; i++) {
        json_t *first = document(samples[i].make()), *second = document(samples[i].make());

        validate(first);
        CU_ASSERT_TRUE(json_equal(first, second));
        json_decref(first);
        json_decref(second);
    }
}

/* --- What the sample becomes. --- */

static void test_rules_carry_their_help(void) {
    struct report report = sample_small();
    json_t *root;

    report.probes[0].rules[0].text = "With CPUID.1:ECX[31] clear, {n} *holds*. And more.";
    root = document(report);
    CU_ASSERT_EQUAL(json_array_size(at(root, "tool|driver|rules")), 6);
    check_text(root, "tool|driver|rules|0|id", "max/read-first");
    check_text(root, "tool|driver|rules|0|name", "MaxReadFirst");
    check_text(root, "tool|driver|rules|0|shortDescription|text",
               "With CPUID.1:ECX\\[31\\] clear, {{n}} *holds*.");
    check_text(root, "tool|driver|rules|0|help|markdown",
               "**Requirement (must).** With CPUID.1:ECX\\[31\\] clear, {n} \\*holds\\*. And more."
               "\n\n**Why.** A signed comparison loses every maximum with bit 31 set."
               "\n\n**Locator.** detection step 1, second sentence"
               "\n\n`hvspec explain max/read-first` shows code that breaks it, and the fix.");
    check_text(root, "tool|driver|rules|0|defaultConfiguration|level", "error");
    check_text(root, "tool|driver|rules|2|defaultConfiguration|level", "warning");
    check_text(root, "tool|driver|rules|5|defaultConfiguration|level", "note");
    check_text(root, "tool|driver|rules|0|properties|tags|0", "must");
    check_text(root, "tool|driver|rules|0|properties|tags|1", "max");
    json_decref(root);
}

#define PLACE "results|0|locations|0|physicalLocation|"
#define STEPS "results|0|codeFlows|0|threadFlows|0|locations|"

static void test_a_result_stands_at_its_line(void) {
    json_t *root = document(sample_small());

    CU_ASSERT_EQUAL(json_array_size(at(root, "results")), 3);
    check_text(root, "results|0|ruleId", "max/reaches-target");
    check_number(root, "results|0|ruleIndex", 1);
    check_text(root, "results|0|kind", "fail");
    check_text(root, "results|0|level", "error");
    check_text(root, "results|0|message|text",
               "hvdetect: expected: available; observed: not available. Seen in 3 of 812 cases, "
               "for example max/unsigned:max=0x80000000. Rerun it with: hvspec trace hv.so "
               "max/unsigned:max=0x80000000");
    check_text(root, PLACE "artifactLocation|uri", "hv.c");
    check_text(root, PLACE "artifactLocation|uriBaseId", "SRCROOT");
    check_number(root, PLACE "region|startLine", 31);
    check_text(root, "results|0|locations|0|logicalLocations|0|name", "hv_max");
    check_text(root, "results|0|locations|0|logicalLocations|0|fullyQualifiedName", "hv_max+0x10");
    CU_ASSERT_EQUAL(json_array_size(at(root, "results|0|codeFlows|0|threadFlows|0|locations")), 2);
    check_number(root, STEPS "0|location|physicalLocation|region|startLine", 12);
    check_text(root, STEPS "0|importance", "important");
    check_text(root, STEPS "1|importance", "essential");
    json_decref(root);
}

/* The binary, and the function that was called, when there is no line. */
static void test_without_debug_information(void) {
    json_t *root = document(sample_small());

    check_text(root, "results|1|locations|0|physicalLocation|artifactLocation|uri", "hv.so");
    CU_ASSERT_PTR_NULL(at(root, "results|1|locations|0|physicalLocation|region"));
    check_text(root, "results|1|locations|0|logicalLocations|0|name", "hv_feature_available");
    CU_ASSERT_PTR_NULL(at(root, "results|1|codeFlows"));
    json_decref(root);
}

static void test_levels(void) {
    struct report report = sample_small();
    json_t *root = document(sample_small());

    check_text(root, "results|2|ruleId", "max/no-read-beyond");
    check_text(root, "results|2|level", "warning");
    json_decref(root);
    report.strict = true;
    root = document(report);
    check_text(root, "results|2|level", "error");
    json_decref(root);
}

/* The same finding in a later run, after lines, addresses and cases have moved. */
static void test_fingerprints_are_stable(void) {
    struct report moved = sample_small();
    struct report_example *example = &moved.probes[0].rules[1].examples[0];
    json_t *before = document(sample_small()), *after;

    example->source_line = 77;
    example->trace[1].address = 0x2222;
    free(example->trace[1].symbol);
    example->trace[1].symbol = strdup("hv_max+0x99");
    free(example->case_id);
    example->case_id = strdup("max/other");
    moved.probes[0].rules[1].violations = 9;
    after = document(moved);
    CU_ASSERT_TRUE(json_equal(at(before, "results|0|partialFingerprints"),
                              at(after, "results|0|partialFingerprints")));
    CU_ASSERT_FALSE(json_equal(at(before, "results|0|partialFingerprints"),
                               at(before, "results|1|partialFingerprints")));
    json_decref(before);
    json_decref(after);
}

static void test_the_same_place_is_one_result(void) {
    struct report report = sample_small();
    struct report_example *examples = report.probes[0].rules[1].examples;
    json_t *root;

    examples[1].source_file = strdup("hv.c");
    examples[1].source_line = 31;
    examples[1].trace_count = 1;
    examples[1].trace = calloc(1, sizeof *examples[1].trace);
    CU_ASSERT_PTR_NOT_NULL_FATAL(examples[1].trace);
    examples[1].trace[0].symbol = strdup("hv_max+0x10");
    examples[1].trace[0].deciding = true;
    root = document(report);
    CU_ASSERT_EQUAL(json_array_size(at(root, "results")), 2);
    json_decref(root);
}

static void test_errors_are_notifications(void) {
    json_t *root = document(sample_small());

    CU_ASSERT_TRUE(json_is_true(at(root, "invocations|0|executionSuccessful")));
    check_number(root, "invocations|0|exitCode", 1);
    check_text(root, "invocations|0|toolExecutionNotifications|0|level", "note");
    json_decref(root);
    root = document(sample_hostile());
    CU_ASSERT_TRUE(json_is_false(at(root, "invocations|0|executionSuccessful")));
    check_number(root, "invocations|0|exitCode", 3);
    check_text(root, "invocations|0|toolExecutionNotifications|0|level", "error");
    check_text(root, "invocations|0|toolExecutionNotifications|0|message|text",
               "2 cases could not be judged.");
    check_text(root, "invocations|0|toolExecutionNotifications|6|associatedRule|id",
               "max/read-first");
    check_number(root, "invocations|0|toolExecutionNotifications|6|associatedRule|index", 0);
    CU_ASSERT_EQUAL(json_array_size(at(root, "tool|driver|rules")), 6);
    json_decref(root);
    root = document(sample_empty());
    CU_ASSERT_TRUE(json_is_false(at(root, "invocations|0|executionSuccessful")));
    check_text(root, "invocations|0|toolExecutionNotifications|0|message|text",
               "No rule was exercised.");
    json_decref(root);
}

static void test_uris(void) {
    static const struct {
        const char *file, *uri;
    } rows[] = {
        {"hv.c", "hv.c"},
        {"src/hv.c", "src/hv.c"},
        {"./src//./hv.c", "src/hv.c"},
        {"../src/hv.c", "src/hv.c"},
        {"../../a/../src/hv.c", "src/hv.c"},
        {"a/b/../../..", "."},
        {"", "."},
        {"a b%#?.c", "a%20b%25%23%3F.c"},
        {"http://x/y", "http%3A/x/y"},
        {"c:\\hv.c", "c%3A%5Chv.c"},
        {"\xc3\xa9\x1b.c", "%C3%A9%1B.c"},
        {"/usr/src/hv.c", "file:///usr/src/hv.c"},
        {"//host/hv.c", "file:///host/hv.c"},
        {"/..", "file:///"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *uri = sarif_uri(rows[i].file);

        CU_ASSERT_PTR_NOT_NULL_FATAL(uri);
        CU_ASSERT_STRING_EQUAL(uri, rows[i].uri);
        if (strcmp(uri, rows[i].uri) != 0)
            printf("\n    %s becomes %s ", rows[i].file, uri);
        free(uri);
    }
}

/* A step's source that is no "file:line" leads to the binary. */
static void test_sources_of_steps(void) {
    static const struct {
        const char *source, *uri;
        json_int_t line; /* 0: none */
    } rows[] = {
        {"hv.c:31", "hv.c", 31},
        {"a:b.c:2147483647", "a%3Ab.c", 2147483647},
        {"hv.c:2147483648", "hv.so", 0},
        {"hv.c:99999999999999999999999", "hv.so", 0},
        {"hv.c:0", "hv.so", 0},
        {"hv.c:-1", "hv.so", 0},
        {"hv.c:1x", "hv.so", 0},
        {"hv.c:", "hv.so", 0},
        {":31", "hv.so", 0},
        {"hv.c", "hv.so", 0},
        {"", "hv.so", 0},
        {NULL, "hv.so", 0},
    };
    struct report_probe probe = {.file = (char[]){"hv.so"}, .entry = (char[]){"f"}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct report_step step = {.source = rows[i].source ? strdup(rows[i].source) : NULL};
        json_t *location = sarif_step(&probe, &step);
        json_t *physical = json_object_get(location, "physicalLocation");
        json_t *region = json_object_get(physical, "region");

        validate_location(location);
        CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(
                                   json_object_get(physical, "artifactLocation"), "uri")),
                               rows[i].uri);
        CU_ASSERT_EQUAL(json_integer_value(json_object_get(region, "startLine")), rows[i].line);
        json_decref(location);
        free(step.source);
    }
}

static const struct unit_test tests[] = {
    {"all samples keep the standard, the same on two runs", test_all_samples_keep_the_standard},
    {"rules carry their help", test_rules_carry_their_help},
    {"a result stands at its line", test_a_result_stands_at_its_line},
    {"the binary without debug information", test_without_debug_information},
    {"must is an error, should a warning", test_levels},
    {"fingerprints are stable", test_fingerprints_are_stable},
    {"the same place is one result", test_the_same_place_is_one_result},
    {"errors are notifications", test_errors_are_notifications},
    {"names of files as URIs", test_uris},
    {"sources of steps", test_sources_of_steps},
};

int main(void) {
    return UNIT_RUN(tests);
}
