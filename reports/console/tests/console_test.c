/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "reports/tests/sample_report.h"

#include <stdlib.h>
#include <string.h>

static const char small_probe[] =
    "hvspec 1.0.0, seed 1\n"
    "\n"
    "hvdetect: hv.so, x86-64, hv_feature_available\n"
    "  rule                               level   verdict        cases   broken\n"
    "  max/read-first                     must    pass             812        0\n"
    "  max/reaches-target                 must    fail             812        3\n"
    "  max/no-read-beyond                 should  nonstrict         40        1  "
    "2 without an answer\n"
    "  target/value-intact                must    not-applicable\n"
    "    the probe reports no value\n"
    "  gaps/order-independent             must    not-exercised\n"
    "    no case asks twice\n"
    "  hypervisor/max-in-block            info    info               7        0\n";
static const char small_scenarios[] =
    "\n"
    "  scenario                                   verdict        cases\n"
    "  max/equal                                  pass               5\n"
    "    The maximum equals the target\n"
    "  max/unsigned                               fail             807\n"
    "    The maximum is compared as an unsigned number\n"
    "    max/reaches-target\n";
static const char small_rest_of_probe[] = "  1 of 2 CPUID sites reached\n"
                                          "  note: max/below-is-absent is excluded: on purpose\n";
static const char small_first_example[] =
    "\n"
    "fail max/reaches-target (must): hvdetect, 3 of 812 cases\n"
    "  requirement  A maximum at or above the target never turns the feature away.\n"
    "  locator      detection step 1, second sentence\n"
    "  case         max/unsigned:max=0x80000000\n"
    "  question     target 0x40000010, maximum 0x80000000\n"
    "  expected     available\n"
    "  observed     not available\n"
    "  source       hv.c:31\n"
    "                  30      uint32_t max = eax(BASE);\n"
    "             >    31      if (max < target) /* <- */\n"
    "  called by    hv_available+0x12 hv.c:40\n"
    "  cpuid        leaf.sub    eax      ebx      ecx      edx       at\n"
    "               40000000.0  80000000 4b4d564b 564b4d56 0000004d  "
    "\"KVMKVMKVM\"  hv.c:12  0x1020 hv_init+0x8  (earlier in this boot)\n"
    "             > 40000000.ab 80000000 00000000 00000000 00000000  "
    "zero bytes  hv.c:31  0x1040 hv_max+0x10\n"
    "               and 4 more\n"
    "  code         0x1040  cpuid\n"
    "             > 0x1042  cmp eax, edi\n"
    "               0x1044  jl 0x1060\n"
    "  rerun        hvspec trace hv.so max/unsigned:max=0x80000000\n";
static const char small_second_example[] =
    "\n"
    "  case         max/unsigned:max=0xffffffff\n"
    "  question     target 0x40000020, maximum 0xffffffff\n"
    "  changed      EBX of 0x40000000 = 0\n"
    "  expected     available\n"
    "  observed     no answer: the call did not return\n"
    "  cpuid        none was executed\n"
    "  rerun        hvspec trace hv.so max/unsigned:max=0xffffffff\n";
#define SMALL_END(reason)                                                                          \
    "CPUID sites never reached, so not judged:\n"                                                  \
    "  0x1080  hv_legacy+0x4\n"                                                                    \
    "not exercised, which is no pass:\n"                                                           \
    "  gaps/order-independent" reason "\n"                                                         \
    "nonstrict: another procedure, the same answers:\n"                                            \
    "  max/no-read-beyond              1 case\n"                                                   \
    "failed:\n"                                                                                    \
    "  max/reaches-target              3 cases  hv.c:31  max/unsigned:max=0x80000000\n"            \
    "does not conform: 6 rules: 1 pass, 1 fail, 1 nonstrict, 1 info, 1 not-exercised, "            \
    "1 not-applicable; 812 cases, 4060 runs, seed 1\n"
/* A reason that stands in the rules' table is not said again. */
static const char small_end[] = SMALL_END("");
static const char small_quiet_end[] = SMALL_END("          no case asks twice");

static char *written(const struct report *report, struct report_style style) {
    char *text = sample_written(report, report_format_find("console"), &style);

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    return text;
}

/* The next `expected` bytes of *rest, which moves behind them. */
static void check_next(const char **rest, const char *expected) {
    size_t length = strlen(expected);

    CU_ASSERT_EQUAL(strncmp(*rest, expected, length), 0);
    if (strncmp(*rest, expected, length) != 0)
        printf("\n--- expected\n%s--- found\n%s---\n", expected, *rest);
    *rest += strnlen(*rest, length);
}

static void check_small(int verbosity, const char *const parts[], size_t count) {
    struct report report = sample_small();
    char *text = written(&report, (struct report_style){.verbosity = verbosity});
    const char *rest = text;

    for (size_t i = 0; i < count; i++)
        check_next(&rest, parts[i]);
    CU_ASSERT_STRING_EQUAL(rest, "");
    free(text);
    report_clear(&report);
}
#define CHECK_SMALL(verbosity, ...)                                                                \
    check_small(verbosity, (const char *const[]){__VA_ARGS__},                                     \
                sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void test_line_by_line(void) {
    CHECK_SMALL(0, small_probe, small_rest_of_probe, small_first_example, "\n", small_end);
}

static void test_quiet_is_the_end_alone(void) {
    CHECK_SMALL(-1, small_quiet_end);
}

static void test_verbose_has_every_example(void) {
    CHECK_SMALL(1, small_probe, small_rest_of_probe, small_first_example, small_second_example,
                "\n", small_end);
}

static void test_more_verbose_has_the_scenarios(void) {
    CHECK_SMALL(2, small_probe, small_scenarios, small_rest_of_probe, small_first_example,
                small_second_example, "\n", small_end);
}

static const char *last_line(const char *text) {
    const char *line = text;

    for (const char *c = text; *c; c++) {
        if (*c == '\n' && c[1])
            line = c + 1;
    }
    return line;
}

static void test_last_line_says_the_result(void) {
    struct report report = sample_conforming();
    char *text = written(&report, (struct report_style){0});

    CU_ASSERT_STRING_EQUAL(last_line(text), "conforms: 1 rule: 1 pass; 1 case, 1 run, seed 1\n");
    free(text);
    report.probes[0].rules[0].verdict = REPORT_NOT_EXERCISED;
    text = written(&report, (struct report_style){0});
    CU_ASSERT_STRING_EQUAL(last_line(text),
                           "nothing exercised: 1 rule: 1 not-exercised; 1 case, 1 run, seed 1\n");
    free(text);
    report_clear(&report);
    report = sample_empty();
    text = written(&report, (struct report_style){0});
    CU_ASSERT_STRING_EQUAL(last_line(text),
                           "nothing exercised: 0 rules; 0 cases, 0 runs, seed 1\n");
    free(text);
}

static unsigned occurrences(const char *text, const char *word) {
    unsigned count = 0;

    for (const char *found = text; (found = strstr(found, word)); found++)
        count++;
    return count;
}

/* Two probes: the rule stands once as a group, with a line for each probe. */
static void test_the_end_is_grouped_by_rule(void) {
    struct report report = sample_hostile();
    char *text;

    for (size_t i = 0; i < 2; i++) {
        free(report.probes[i].name);
        report.probes[i].name = strdup(i == 0 ? "one" : "two");
        report.probes[i].rules[0].verdict = REPORT_FAIL;
        report.probes[i].rules[0].violations = i + 7;
    }
    text = written(&report, (struct report_style){.verbosity = -1});
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\n  max/read-first                  7 cases  one\n"
                                        "  max/read-first                  8 cases  two\n"
                                        "  max/reaches-target              3 cases  one  "));
    CU_ASSERT_EQUAL(occurrences(text, "  max/read-first "), 2);
    CU_ASSERT_EQUAL(occurrences(text, "  max/reaches-target "), 2);
    free(text);
    report_clear(&report);
}

static void test_strict_spells_nonstrict_out(void) {
    struct report report = sample_small();
    char *text = written(&report, (struct report_style){0});

    CU_ASSERT_PTR_NULL(strstr(text, "nonstrict max/no-read-beyond (should)"));
    free(text);
    report.strict = true;
    text = written(&report, (struct report_style){0});
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "\nnonstrict max/no-read-beyond (should): hvdetect, 1 of 40 cases\n"));
    CU_ASSERT_EQUAL(strncmp(text, "hvspec 1.0.0, seed 1, strict\n", 29), 0);
    free(text);
    report_clear(&report);
}

static void test_an_error_says_what_was_not_judged(void) {
    struct report report = sample_conforming();
    struct report_rule *rule = &report.probes[0].rules[0];
    char *text;

    rule->verdict = REPORT_ERROR;
    rule->errors = 2;
    rule->reason = strdup("the emulator ran out of memory");
    text = written(&report, (struct report_style){0});
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nerror max/read-first (must): reference, "
                                        "2 cases in error\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "  reason       the emulator ran out of memory\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "in error, so neither passed nor failed:\n"
                                        "  max/read-first                  2 cases  "
                                        "the emulator ran out of memory\n"));
    CU_ASSERT_EQUAL(strncmp(last_line(text), "error: 1 rule: 1 error;", 23), 0);
    free(text);
    report_clear(&report);
}

static void test_prose_wraps_under_its_own_start(void) {
    struct report report = sample_small();
    char *text = written(&report, (struct report_style){.width = 50});

    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\n  requirement  A maximum at or above the target\n"
                                        "               never turns the feature away.\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\n  note: max/below-is-absent is excluded: on\n"
                                        "        purpose\n"));
    free(text);
    text = written(&report, (struct report_style){.width = 10});
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "A maximum at or above the target never turns"));
    free(text);
    report_clear(&report);
}

static void test_source_is_cut_where_the_line_ends(void) {
    struct report report = sample_small();
    char *text = written(&report, (struct report_style){.width = 51});

    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\n                  30      uint32_t max = eax(BASE);\n"));
    free(text);
    text = written(&report, (struct report_style){.width = 50});
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\n                  30      uint32_t max = eax(BA...\n"));
    free(text);
    report_clear(&report);
}

static void test_colour_only_when_asked_for(void) {
    struct report report = sample_small();
    char *text = written(&report, (struct report_style){.verbosity = 2});

    CU_ASSERT_PTR_NULL(strchr(text, '\x1b'));
    free(text);
    text = written(&report, (struct report_style){.colour = true});
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "  max/reaches-target                 must    "
                                        "\x1b[31mfail\x1b[0m             812        "
                                        "\x1b[31m3\x1b[0m\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\x1b[32mpass\x1b[0m             812        0\n"));
    free(text);
    report_clear(&report);
}

static void test_hostile_names_are_harmless(void) {
    struct report report = sample_hostile();
    char *text = written(&report, (struct report_style){.verbosity = 2});
    size_t steering = 0;

    for (const char *c = text; *c; c++)
        steering += ((unsigned char)*c < 0x20 && *c != '\n') || *c == 0x7f;
    CU_ASSERT_EQUAL(steering, 0);
    CU_ASSERT_PTR_NULL(strstr(text, "\xc2\x9b"));
    CU_ASSERT_PTR_NULL(strstr(text, "\xe2\x80\xae"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\n\\x1b[31m\\x07\\x01<b a='1' c=\"2\">"));
    free(text);
    report_clear(&report);
}

static void test_no_line_ends_in_a_space(void) {
    for (size_t i = 0; i < samples_count; i++) {
        struct report report = samples[i].make();
        char *text = written(&report, (struct report_style){.verbosity = 2, .width = 60});

        CU_ASSERT_PTR_NULL(strstr(text, " \n"));
        free(text);
        report_clear(&report);
    }
}

static void test_the_same_report_gives_the_same_bytes(void) {
    for (size_t i = 0; i < samples_count; i++) {
        struct report one = samples[i].make(), two = samples[i].make();
        char *first = written(&one, (struct report_style){.verbosity = 2, .colour = true});
        char *second = written(&two, (struct report_style){.verbosity = 2, .colour = true});

        CU_ASSERT_STRING_EQUAL(first, second);
        free(first);
        free(second);
        report_clear(&one);
        report_clear(&two);
    }
}

static void test_cases_in_error_are_named_even_when_quiet(void) {
    char name[] = "hv", cause[] = "the worker process was killed", id[] = "max/zero:max=0x0";
    char remark[] = "max/zero is excluded by the manifest: later";
    char *notes[] = {remark}, *text;
    struct report_failure failure = {cause, id, 3};
    struct report_rule rules[] = {
        {.id = "max/read-first", .level = "must", .verdict = REPORT_ERROR, .errors = 3},
        {.id = "max/reaches-target", .level = "must", .verdict = REPORT_ERROR, .errors = 3}};
    struct report_probe probe = {.name = name,
                                 .file = name,
                                 .sha256 = name,
                                 .arch = name,
                                 .entry = name,
                                 .verdict = REPORT_ERROR,
                                 .rules = rules,
                                 .rules_count = 2,
                                 .failures = &failure,
                                 .failures_count = 1,
                                 .notes = notes,
                                 .notes_count = 1};
    struct report report = {
        .version = "1.0.0", .probes = &probe, .probes_count = 1, .cases = 9, .errors = 3};

    text = written(&report, (struct report_style){.verbosity = -1});
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "cases that the harness could not judge, which neither pass nor fail:\n"
                     "  3 cases: the worker process was killed\n"
                     "    first max/zero:max=0x0\n"
                     "  2 rules in error: max/read-first, max/reaches-target\n"));
    CU_ASSERT_PTR_NULL(strstr(text, "excluded"));
    CU_ASSERT_PTR_NOT_NULL(strstr(last_line(text), "9 cases, 3 in error, "));
    free(text);
    text = written(&report, (struct report_style){0});
    CU_ASSERT_EQUAL(occurrences(text, cause), 1); /* however many rules it stopped */
    free(text);
}

static void test_many_missed_sites_are_counted(void) {
    struct report_site sites[10] = {{.address = 0x1000}};
    char name[] = "hv";
    struct report_probe probe = {.name = name,
                                 .file = name,
                                 .sha256 = name,
                                 .arch = name,
                                 .entry = name,
                                 .sites = sites,
                                 .sites_count = 10};
    struct report report = {.version = "1.0.0", .probes = &probe, .probes_count = 1};
    char *few, *all;

    for (size_t i = 0; i < 10; i++)
        sites[i].address = 0x1000 + i;
    few = written(&report, (struct report_style){.verbosity = -1});
    all = written(&report, (struct report_style){.verbosity = 1});
    CU_ASSERT_PTR_NOT_NULL(strstr(few, "  0x1007\n  and 2 more, which -v shows\n"));
    CU_ASSERT_PTR_NULL(strstr(few, "0x1008"));
    CU_ASSERT_PTR_NOT_NULL(strstr(all, "  0x1009\n"));
    CU_ASSERT_PTR_NULL(strstr(all, "more, which"));
    free(few);
    free(all);
}

static const struct unit_test tests[] = {
    {"cases in error are named even when quiet", test_cases_in_error_are_named_even_when_quiet},
    {"many missed sites are counted", test_many_missed_sites_are_counted},
    {"a small report, line by line", test_line_by_line},
    {"quiet is the end alone", test_quiet_is_the_end_alone},
    {"verbose has every example", test_verbose_has_every_example},
    {"more verbose has the scenarios", test_more_verbose_has_the_scenarios},
    {"the last line says the result", test_last_line_says_the_result},
    {"the end is grouped by rule", test_the_end_is_grouped_by_rule},
    {"strict spells nonstrict out", test_strict_spells_nonstrict_out},
    {"an error says what was not judged", test_an_error_says_what_was_not_judged},
    {"prose wraps under its own start", test_prose_wraps_under_its_own_start},
    {"source is cut where the line ends", test_source_is_cut_where_the_line_ends},
    {"colour only when asked for", test_colour_only_when_asked_for},
    {"hostile names are harmless", test_hostile_names_are_harmless},
    {"no line ends in a space", test_no_line_ends_in_a_space},
    {"the same report gives the same bytes", test_the_same_report_gives_the_same_bytes},
};

int main(void) {
    return UNIT_RUN(tests);
}
