/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "harness/scenario/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Files are written below here; the folder's name makes ids start behind it. */
#define ROOT HVSPEC_TEST_BINARY "/scenario_files/scenarios"

static void write_file(const char *path, const char *text) {
    FILE *stream = fopen(path, "w");

    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    fputs(text, stream);
    CU_ASSERT_EQUAL(fclose(stream), 0);
}

static void make_folders(void) {
    mkdir(HVSPEC_TEST_BINARY "/scenario_files", 0777);
    mkdir(ROOT, 0777);
    mkdir(ROOT "/max", 0777);
    mkdir(ROOT "/max/deep", 0777);
    mkdir(ROOT "/empty", 0777);
}

/* The start that every file needs. */
#define HEAD "title: A title\nrules: [max/reaches-target]\nwhy: Because.\n"

/* Loads one file with the text; says on standard error what went wrong. */
static struct scenario_set load_with_seed(const char *text, uint64_t seed) {
    struct scenario_set set = {0};
    struct errors errors = {0};

    make_folders();
    write_file(ROOT "/one.yaml", text);
    CU_ASSERT_TRUE(scenario_load(&set, ROOT "/one.yaml", NULL, seed, &errors));
    errors_print(&errors, "  ", stderr);
    CU_ASSERT_EQUAL(set.count, 1);
    errors_clear(&errors);
    return set;
}

static struct scenario_set load(const char *text) {
    return load_with_seed(text, 1);
}

static const struct scenario_case *case_at(const struct scenario_set *set, size_t index) {
    static char no_id[] = "";
    static const struct scenario_case none = {.id = no_id};

    return set->count == 1 && index < set->scenarios[0].cases_count
               ? &set->scenarios[0].cases[index]
               : &none;
}

static struct cpuid_values look(const struct scenario_case *entry, uint32_t leaf,
                                uint32_t subleaf) {
    struct cpuid_view view = cpuid_view(&entry->table, NULL, 0);

    return cpuid_lookup(&view, leaf, subleaf);
}

/* The file that shows the format to newcomers. */
static void test_the_example(void) {
    struct scenario_set set = load("title: The maximum is compared as an unsigned number\n"
                                   "rules: [max/reaches-target]\n"
                                   "why: >\n"
                                   "  A signed comparison turns every maximum with bit 31 set into "
                                   "a negative number.\n"
                                   "source: pafish, cpu_write_brand\n"
                                   "matrix:\n"
                                   "  max: [0x80000000, 0xc0000010, 0xffffffff]\n"
                                   "  target: [0x40000010, 0x40000020, 0x40000030]\n"
                                   "hypervisor:\n"
                                   "  present: true\n"
                                   "  signature: \"KVMKVMKVM\"\n"
                                   "  max: $max\n"
                                   "  leaves:\n"
                                   "    $target: {eax: 1, ebx: 0, ecx: 0, edx: 0}\n"
                                   "  unlisted: zero\n"
                                   "  beyond: highest-basic\n"
                                   "ask: [$target]\n"
                                   "expect: [available]\n");
    const struct scenario *scenario = set.scenarios;
    const struct scenario_case *last = case_at(&set, 8);

    if (set.count == 1) {
        CU_ASSERT_STRING_EQUAL(scenario->id, "one");
        CU_ASSERT_STRING_EQUAL(scenario->title, "The maximum is compared as an unsigned number");
        CU_ASSERT_STRING_EQUAL(
            scenario->why,
            "A signed comparison turns every maximum with bit 31 set into a negative number.");
        CU_ASSERT_STRING_EQUAL(scenario->source, "pafish, cpu_write_brand");
        CU_ASSERT_EQUAL(scenario->rules_count, 1);
        CU_ASSERT_EQUAL(scenario->rules[0], RULE_MAX_REACHES_TARGET);
        CU_ASSERT_EQUAL(scenario->cases_count, 9);
        CU_ASSERT_FALSE(scenario->needs_presence);
    }
    CU_ASSERT_STRING_EQUAL(case_at(&set, 0)->id, "one:max=0x80000000,target=0x40000010");
    CU_ASSERT_STRING_EQUAL(case_at(&set, 1)->id, "one:max=0x80000000,target=0x40000020");
    CU_ASSERT_STRING_EQUAL(case_at(&set, 3)->id, "one:max=0xc0000010,target=0x40000010");
    CU_ASSERT_EQUAL(last->asks_count, 1);
    CU_ASSERT_EQUAL(last->asks[0], 0x40000030);
    CU_ASSERT_EQUAL(last->expect[0], OUTCOME_AVAILABLE);
    CU_ASSERT_TRUE(last->table.present);
    CU_ASSERT_EQUAL(look(last, 0x40000000, 0).eax, 0xffffffff);
    CU_ASSERT_EQUAL(look(last, 0x40000000, 0).edx, 'M');
    CU_ASSERT_EQUAL(look(last, 0x40000030, 7).eax, 1);
    CU_ASSERT_EQUAL(look(last, 0x40000020, 0).eax, 0);
    CU_ASSERT_EQUAL(last->table.beyond.fill, CPUID_FILL_HIGHEST_BASIC);
    scenario_set_clear(&set);
}

static void test_no_matrix(void) {
    struct scenario_set set = load(HEAD "hypervisor: {max: 0x40000010, leaves: {0x40000010: {eax: "
                                        "5}}}\n"
                                        "ask: [0x40000010, 1073741841, 0x40000001]\n"
                                        "expect: [available, not-available, not-implemented]\n");
    const struct scenario_case *only = case_at(&set, 0);

    CU_ASSERT_STRING_EQUAL(only->id, "one");
    CU_ASSERT_EQUAL(only->asks_count, 3);
    CU_ASSERT_EQUAL(only->asks[1], 0x40000011);
    CU_ASSERT_EQUAL(only->expect[2], OUTCOME_NOT_IMPLEMENTED);
    CU_ASSERT_TRUE(only->table.present);
    CU_ASSERT_EQUAL(look(only, 0x40000000, 0).ebx, 0);
    scenario_set_clear(&set);
}

static void test_matrix_values(void) {
    static const uint32_t expected[] = {0x40000012, 0x40000015, 0x40000018, 7, 1, 2, 4, 8};
    struct scenario_set set =
        load(HEAD "matrix:\n  v: [0x40000012..0x40000019 step 3, 7, $bits]\n"
                  "hypervisor: {max: 0x40000010, leaves: {0x40000010: {eax: $v}}}\n"
                  "ask: 0x40000010\nexpect: available\n");

    CU_ASSERT_EQUAL(scenario_set_cases(&set), 3 + 1 + 32);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        CU_ASSERT_EQUAL(look(case_at(&set, i), 0x40000010, 0).eax, expected[i]);
    CU_ASSERT_STRING_EQUAL(case_at(&set, 35)->id, "one:v=0x80000000");
    scenario_set_clear(&set);
}

static void test_named_ranges(void) {
    struct scenario_set set = load(HEAD "matrix: {target: $ranges}\n"
                                        "hypervisor: {max: $target, leaves: {$target: {eax: 1}}}\n"
                                        "ask: [$target]\nexpect: [available]\n");

    CU_ASSERT_EQUAL(scenario_set_cases(&set), 15);
    CU_ASSERT_EQUAL(case_at(&set, 0)->asks[0], 0x40000010);
    CU_ASSERT_EQUAL(case_at(&set, 14)->asks[0], 0x400000f0);
    scenario_set_clear(&set);
}

static void test_expressions(void) {
    struct scenario_set set =
        load(HEAD "matrix: {target: 0x40000020, below: [1, 0x20]}\n"
                  "hypervisor:\n"
                  "  max: $target - $below\n"
                  "  leaves: {$target+1: {eax: 0x10 + $below}, $target-1: {eax: 3}}\n"
                  "ask: [$target]\nexpect: [not-available]\n");
    const struct scenario_case *second = case_at(&set, 1);

    CU_ASSERT_EQUAL(look(case_at(&set, 0), 0x40000000, 0).eax, 0x4000001f);
    CU_ASSERT_EQUAL(look(second, 0x40000000, 0).eax, 0x40000000);
    CU_ASSERT_EQUAL(look(second, 0x40000021, 0).eax, 0x30);
    CU_ASSERT_EQUAL(look(second, 0x4000001f, 0).eax, 3);
    CU_ASSERT_STRING_EQUAL(second->id, "one:target=0x40000020,below=0x20");
    scenario_set_clear(&set);
}

static void test_leaves(void) {
    struct scenario_set set =
        load(HEAD "hypervisor:\n"
                  "  max: 0x40000020\n"
                  "  signature: XenVMMXenVMM\n"
                  "  unlisted: {eax: 9, edx: 8}\n"
                  "  leaves:\n"
                  "    0x40000001..0x4000000f: highest-basic\n"
                  "    0x40000002: zero\n"
                  "    0x40000003: [{subleaf: 0, eax: 6}, {subleaf: 2, ecx: 7}]\n"
                  "    0x40000010: {eax: 1, ebx: junk, ecx: base}\n"
                  "    0x40000004..0x40000011: base\n"
                  "ask: [0x40000010]\nexpect: [available]\n");
    const struct scenario_case *only = case_at(&set, 0);
    struct cpuid_values echo = look(only, 0x3fffffff, 0);

    CU_ASSERT_EQUAL(look(only, 0x40000001, 0).ebx, echo.ebx);
    CU_ASSERT_EQUAL(look(only, 0x4000000f, 0).ebx, echo.ebx); /* the first range decides */
    CU_ASSERT_EQUAL(look(only, 0x40000002, 0).eax, 0);        /* a single leaf stands out */
    CU_ASSERT_EQUAL(look(only, 0x40000002, 0).ebx, 0);
    CU_ASSERT_EQUAL(look(only, 0x40000003, 0).eax, 6);
    CU_ASSERT_EQUAL(look(only, 0x40000003, 2).eax, 0);
    CU_ASSERT_EQUAL(look(only, 0x40000003, 2).ecx, 7);
    CU_ASSERT_EQUAL(look(only, 0x40000003, 1).eax, 9); /* a subleaf that is not listed */
    CU_ASSERT_EQUAL(look(only, 0x40000010, 0).eax, 1);
    CU_ASSERT_NOT_EQUAL(look(only, 0x40000010, 0).ebx, 0);
    CU_ASSERT_EQUAL(look(only, 0x40000010, 0).ecx, 0x65584d4d);
    CU_ASSERT_EQUAL(look(only, 0x40000010, 0).edx, 0);
    CU_ASSERT_EQUAL(look(only, 0x40000011, 0).eax, 0x40000020);
    CU_ASSERT_EQUAL(look(only, 0x40000012, 0).eax, 9);
    CU_ASSERT_EQUAL(look(only, 0x40000012, 0).edx, 8);
    CU_ASSERT_EQUAL(look(only, 0x40000021, 0).eax, 0); /* beyond: zero by default */
    scenario_set_clear(&set);
}

static void test_a_range_may_be_empty(void) {
    struct scenario_set set =
        load(HEAD "matrix: {target: [0x40000001, 0x40000003]}\n"
                  "hypervisor:\n"
                  "  max: $target\n"
                  "  leaves: {0x40000001..$target-1: {eax: 5}, $target: {eax: 1}}\n"
                  "ask: [$target]\nexpect: [available]\n");

    CU_ASSERT_EQUAL(case_at(&set, 0)->table.count, 1);
    CU_ASSERT_EQUAL(case_at(&set, 1)->table.count, 3);
    CU_ASSERT_EQUAL(look(case_at(&set, 1), 0x40000002, 0).eax, 5);
    scenario_set_clear(&set);
}

static void test_signatures(void) {
    struct scenario_set set =
        load(HEAD "matrix: {vendor: [$signatures, Nobody, \"a b\", KVM, random(2)]}\n"
                  "hypervisor: {max: 0x40000010, signature: $vendor, unlisted: {eax: 1}}\n"
                  "ask: [0x40000010]\nexpect: [available]\n");
    size_t count = scenario_set_cases(&set);

    CU_ASSERT_STRING_EQUAL(case_at(&set, 0)->id, "one:vendor=KVM");
    CU_ASSERT_EQUAL(look(case_at(&set, 0), 0x40000000, 0).ebx, 0x4b4d564b);
    CU_ASSERT_STRING_EQUAL(case_at(&set, 6)->id, "one:vendor=VirtualBox-minimal");
    CU_ASSERT_STRING_EQUAL(case_at(&set, count - 5)->id, "one:vendor=Nobody");
    CU_ASSERT_STRING_EQUAL(case_at(&set, count - 4)->id, "one:vendor=0x612062000000000000000000");
    CU_ASSERT_STRING_EQUAL(case_at(&set, count - 3)->id, "one:vendor=0x4b564d000000000000000000");
    CU_ASSERT_EQUAL(look(case_at(&set, count - 5), 0x40000000, 0).ebx, 0x6f626f4e);
    CU_ASSERT_EQUAL(look(case_at(&set, count - 5), 0x40000000, 0).ecx, 0x7964);
    for (size_t i = 0; i < count; i++) {
        const char *id = case_at(&set, i)->id;

        CU_ASSERT_EQUAL(id[strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "0123456789:=,/._-")],
                        '\0');
    }
    scenario_set_clear(&set);
}

static void test_signature_by_register(void) {
    struct scenario_set set =
        load(HEAD "matrix: {edx: [0, 0xffffffff]}\n"
                  "hypervisor: {max: 0x40000010, signature: {ebx: 1, edx: $edx}, unlisted: junk}\n"
                  "ask: [0x40000010]\nexpect: [available]\n");

    CU_ASSERT_EQUAL(look(case_at(&set, 1), 0x40000000, 0).ebx, 1);
    CU_ASSERT_EQUAL(look(case_at(&set, 1), 0x40000000, 0).ecx, 0);
    CU_ASSERT_EQUAL(look(case_at(&set, 1), 0x40000000, 0).edx, 0xffffffff);
    scenario_set_clear(&set);
}

static void test_words_in_the_matrix(void) {
    struct scenario_set set =
        load(HEAD "matrix: {beyond: $fills, near: [junk]}\n"
                  "hypervisor: {max: 0x4000000f, beyond: $beyond, leaves: {0x40000001: $near}}\n"
                  "ask: [0x40000010]\nexpect: [not-available]\n");

    CU_ASSERT_EQUAL(scenario_set_cases(&set), 4);
    CU_ASSERT_STRING_EQUAL(case_at(&set, 1)->id, "one:beyond=highest-basic,near=junk");
    CU_ASSERT_EQUAL(case_at(&set, 2)->table.beyond.fill, CPUID_FILL_BASE);
    CU_ASSERT_NOT_EQUAL(look(case_at(&set, 0), 0x40000001, 0).eax, 0);
    scenario_set_clear(&set);
}

#define DRAWING                                                                                    \
    HEAD "matrix: {a: random(8), b: [5, random(3) in 4..7]}\n"                                     \
         "hypervisor: {max: 0x40000010, leaves: {0x40000010: {eax: 1, ebx: $a, ecx: $b}}}\n"       \
         "ask: [0x40000010]\nexpect: [available]\n"

static void test_draws(void) {
    struct scenario_set one = load_with_seed(DRAWING, 1), again = load_with_seed(DRAWING, 1),
                        two = load_with_seed(DRAWING, 2);
    bool differs = false;

    CU_ASSERT_EQUAL(scenario_set_cases(&one), 32);
    for (size_t i = 0; i < 32; i++) {
        CU_ASSERT_STRING_EQUAL(case_at(&one, i)->id, case_at(&again, i)->id);
        differs |= strcmp(case_at(&one, i)->id, case_at(&two, i)->id) != 0;
    }
    CU_ASSERT_TRUE(differs);
    for (size_t i = 1; i < 4; i++) { /* 4, 6 and 7 in some order: 5 is there already */
        uint32_t drawn = look(case_at(&one, i), 0x40000010, 0).ecx;

        CU_ASSERT_TRUE(drawn == 4 || drawn == 6 || drawn == 7);
    }
    scenario_set_clear(&one);
    scenario_set_clear(&again);
    scenario_set_clear(&two);
}

static void test_without_hypervisor(void) {
    struct scenario_set set =
        load("title: No hypervisor\nrules: [presence/checked-first]\nwhy: Because.\n"
             "hypervisor: {present: false, max: 0x40000010, leaves: {0x40000010: {eax: 1}}}\n"
             "ask: [0x40000010]\nexpect: [not-available]\n");

    CU_ASSERT_FALSE(case_at(&set, 0)->table.present);
    if (set.count == 1)
        CU_ASSERT_TRUE(set.scenarios[0].needs_presence);
    scenario_set_clear(&set);
}

#define SMALL                                                                                      \
    HEAD "matrix: {target: [0x40000010, 0x40000020]}\n"                                            \
         "hypervisor: {max: 0x400000ff, unlisted: {eax: 1}}\nask: $target\nexpect: available\n"

static void write_tree(void) {
    make_folders();
    remove(ROOT "/one.yaml");
    remove(ROOT "/hypervisors/real.yaml");
    write_file(ROOT "/max/unsigned.yaml", SMALL);
    write_file(ROOT "/max/deep/inner.yaml", SMALL);
    write_file(ROOT "/max/notes.txt", "no scenario");
    write_file(ROOT "/max/.hidden.yaml", "no scenario");
}

/* Adds the argument to an empty set and compares counts; errors are counted, not printed. */
static void check_add(const char *argument, size_t scenarios, size_t cases, const char *error) {
    struct scenario_set set = {0};
    struct errors errors = {0};

    CU_ASSERT_EQUAL(scenario_set_add(&set, argument, ROOT, 1, &errors), error == NULL);
    CU_ASSERT_EQUAL(set.count, scenarios);
    CU_ASSERT_EQUAL(scenario_set_cases(&set), cases);
    CU_ASSERT_EQUAL(errors.count, error ? 1 : 0);
    if (errors.count > 0 && (!error || strcmp(errors.entries[0].message, error) != 0)) {
        errors_print(&errors, "  unexpected: ", stderr);
        CU_FAIL("the message is another one");
    }
    errors_clear(&errors);
    scenario_set_clear(&set);
}

static void test_what_can_be_added(void) {
    write_tree();
    check_add(ROOT, 2, 4, NULL);
    check_add(ROOT "/max/", 2, 4, NULL);
    check_add("max", 2, 4, NULL);
    check_add("max/deep", 1, 2, NULL);
    check_add("max/unsigned", 1, 2, NULL);
    check_add("max/unsigned:target=0x40000020", 1, 1, NULL);
    check_add(ROOT "/max/unsigned.yaml", 1, 2, NULL);
    check_add(ROOT "/max/unsigned.yaml:target=0x40000010", 1, 1, NULL);
    check_add(ROOT "/max/unsigned.yaml:max/unsigned:target=0x40000010", 1, 1, NULL);
}

static void test_what_cannot_be_added(void) {
    write_tree();
    check_add("max/unsinged", 0, 0,
              "no scenario, file or folder 'max/unsinged': did you mean 'max/unsigned'?");
    check_add("completely/different", 0, 0,
              "no scenario, file or folder 'completely/different': 'hvspec list scenarios' shows "
              "them");
    check_add("max/unsigned:target=0x40000030", 0, 0,
              "no case 'target=0x40000030' in 'max/unsigned': did you mean 'target=0x40000010'?");
    check_add("max/unsigned:", 0, 0,
              "no case '' in 'max/unsigned': hvspec list cases -s max/unsigned shows them");
    check_add(ROOT "/empty", 0, 0, "no *.yaml file in this folder");
    check_add("", 0, 0, "no scenario, file or folder '': 'hvspec list scenarios' shows them");
}

static void test_one_scenario_in_parts(void) {
    struct scenario_set set = {0};
    struct errors errors = {0};

    write_tree();
    CU_ASSERT_TRUE(scenario_set_add(&set, "max/unsigned:target=0x40000020", ROOT, 1, &errors));
    CU_ASSERT_TRUE(scenario_set_add(&set, "max/unsigned:target=0x40000010", ROOT, 1, &errors));
    CU_ASSERT_EQUAL(scenario_set_cases(&set), 2);
    CU_ASSERT_STRING_EQUAL(case_at(&set, 0)->id, "max/unsigned:target=0x40000010");
    CU_ASSERT_TRUE(scenario_set_add(&set, "max", ROOT, 1, &errors));
    CU_ASSERT_EQUAL(set.count, 2);
    CU_ASSERT_EQUAL(scenario_set_cases(&set), 4);
    CU_ASSERT_STRING_EQUAL(set.scenarios[0].id, "max/deep/inner");
    errors_clear(&errors);
    scenario_set_clear(&set);
}

static void test_an_id_is_taken_once(void) {
    struct scenario_set set = {0};
    struct errors errors = {0};

    write_tree();
    mkdir(HVSPEC_TEST_BINARY "/scenario_files/other", 0777);
    mkdir(HVSPEC_TEST_BINARY "/scenario_files/other/max", 0777);
    write_file(HVSPEC_TEST_BINARY "/scenario_files/other/max/unsigned.yaml", SMALL);
    CU_ASSERT_TRUE(scenario_set_add(&set, "max/unsigned", ROOT, 1, &errors));
    CU_ASSERT_FALSE(
        scenario_set_add(&set, HVSPEC_TEST_BINARY "/scenario_files/other", ROOT, 1, &errors));
    CU_ASSERT_EQUAL(errors.count, 1);
    CU_ASSERT_EQUAL(set.count, 1);
    errors_clear(&errors);
    scenario_set_clear(&set);
}

static void test_unreadable(void) {
    struct scenario_set set = {0};
    struct errors errors = {0};

    make_folders();
    CU_ASSERT_FALSE(scenario_load(&set, ROOT "/missing.yaml", NULL, 1, &errors));
    write_file(ROOT "/a b.yaml", SMALL);
    CU_ASSERT_FALSE(scenario_load(&set, ROOT "/a b.yaml", NULL, 1, &errors));
    remove(ROOT "/a b.yaml");
    CU_ASSERT_EQUAL(errors.count, 2);
    CU_ASSERT_EQUAL(set.count, 0);
    errors_clear(&errors);
    scenario_set_clear(&set);
}

/* What teaches the format has to be right: each block of YAML in it is a scenario. */
static void test_the_teaching_examples(void) {
    FILE *stream = fopen(HVSPEC_TEST_SCENARIOS "/README.md", "r");
    char line[512], text[8192] = "";
    size_t length = 0, examples = 0;
    bool inside = false;

    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    while (fgets(line, sizeof line, stream)) {
        if (strcmp(line, "```yaml\n") == 0) {
            inside = true;
            length = 0;
        } else if (inside && strcmp(line, "```\n") == 0) {
            struct scenario_set set = load(text);

            scenario_set_clear(&set);
            inside = false;
            examples++;
        } else if (inside && length + strlen(line) < sizeof text) {
            strcpy(text + length, line);
            length += strlen(line);
        }
    }
    fclose(stream);
    CU_ASSERT_EQUAL(examples, 3);
}

/* --- For probes that answer for their own features only. --- */

static struct scenario_set load_for(const char *text, const uint32_t *targets, size_t count) {
    struct scenario_set set = {.targets = targets, .targets_count = count};
    struct errors errors = {0};

    make_folders();
    mkdir(ROOT "/hypervisors", 0777);
    write_file(ROOT "/one.yaml", text);
    write_file(ROOT "/hypervisors/real.yaml", text);
    CU_ASSERT_TRUE(scenario_load(&set, ROOT "/one.yaml", NULL, 1, &errors));
    errors_print(&errors, "  ", stderr);
    errors_clear(&errors);
    return set;
}

/* The key that is asked for takes the targets; what cannot be then is left out, and the spec
 * function says what to expect. */
static void test_targets_in_a_matrix(void) {
    static const uint32_t targets[] = {0x40000003, 0x400000c5};
    static const char text[] = HEAD "matrix:\n"
                                    "  max: [0x40000010, 0x40000020]\n"
                                    "  target: [0x40000010, 0x40000011, 0x40000012]\n"
                                    "hypervisor:\n"
                                    "  max: $max + $target - 0x40000000\n"
                                    "  leaves: {$target - 1: {eax: 1}, $target: {eax: 2}}\n"
                                    "ask: [$target]\n"
                                    "expect: [available]\n";
    struct scenario_set set = load_for(text, targets, 2);

    CU_ASSERT_EQUAL(set.scenarios[0].cases_count, 4);
    CU_ASSERT_STRING_EQUAL(case_at(&set, 0)->id, "one:max=0x40000010,target=0x40000003");
    CU_ASSERT_STRING_EQUAL(case_at(&set, 3)->id, "one:max=0x40000020,target=0x400000c5");
    for (size_t i = 0; i < 4; i++) {
        CU_ASSERT_EQUAL(case_at(&set, i)->asks[0], targets[i % 2]);
        CU_ASSERT_EQUAL(look(case_at(&set, i), targets[i % 2], 0).eax, 2);
        CU_ASSERT_EQUAL(look(case_at(&set, i), targets[i % 2] - 1, 0).eax, 1);
        CU_ASSERT_EQUAL(case_at(&set, i)->expect[0], OUTCOME_AVAILABLE);
    }
    scenario_set_clear(&set);
    /* BASE cannot be listed: the leaf below 0x40000001. */
    set = load_for(text, (const uint32_t[]){0x40000001, 0x40000002}, 2);
    CU_ASSERT_EQUAL(set.scenarios[0].cases_count, 2);
    CU_ASSERT_EQUAL(case_at(&set, 0)->asks[0], 0x40000002);
    scenario_set_clear(&set);
}

/* A case that asks for a leaf of its own has it change places with the target, and keeps its
 * outcome. */
static void test_targets_in_a_table(void) {
    static const struct {
        uint32_t maximum, target, moved;
        enum outcome expect;
    } rows[] = {
        {0x40000010, 0x40000003, 0x40000003, OUTCOME_AVAILABLE}, /* equal stays equal */
        {0x4000000f, 0x40000003, 0x40000002, OUTCOME_NOT_AVAILABLE},
        {0x40000011, 0x400000c5, 0x400000c6, OUTCOME_AVAILABLE},
        {0x40000005, 0x40000003, 0x40000000, OUTCOME_NOT_AVAILABLE}, /* else it would reach */
        {0x40000020, 0x400000c5, 0x400000d5, OUTCOME_AVAILABLE},     /* else it would not */
        {0x40000020, 0x40000003, 0x40000020, OUTCOME_AVAILABLE},
        {0x80000000, 0x400000c5, 0x80000000, OUTCOME_AVAILABLE},
        {0x00000000, 0x400000c5, 0x00000000, OUTCOME_NOT_AVAILABLE},
        {0x40000010, 0x40000010, 0x40000010, OUTCOME_AVAILABLE}, /* asked for as written */
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[512], id[64];
        struct scenario_set set;
        const struct scenario_case *test;

        snprintf(text, sizeof text,
                 HEAD "hypervisor:\n  max: 0x%x\n"
                      "  leaves: {0x40000010: {eax: 7}, 0x40000003: {eax: 8}}\n"
                      "ask: [0x40000010]\nexpect: [%s]\n",
                 rows[i].maximum, rows[i].maximum >= 0x40000010 ? "available" : "not-available");
        set = load_for(text, &rows[i].target, 1);
        test = case_at(&set, 0);
        snprintf(id, sizeof id, "one:target=0x%x", rows[i].target);
        CU_ASSERT_EQUAL(set.scenarios[0].cases_count, 1);
        CU_ASSERT_STRING_EQUAL(test->id, rows[i].target == 0x40000010 ? "one" : id);
        CU_ASSERT_EQUAL(test->asks[0], rows[i].target);
        CU_ASSERT_EQUAL(test->table.base.eax, rows[i].moved);
        CU_ASSERT_EQUAL(test->expect[0], rows[i].expect);
        CU_ASSERT_EQUAL(look(test, rows[i].target, 0).eax,
                        rows[i].moved >= rows[i].target ? 7 : look(test, rows[i].target, 0).eax);
        scenario_set_clear(&set);
    }
}

/* A real hypervisor's table is asked for the target as it is. */
static void test_targets_in_a_real_table(void) {
    static const uint32_t target = 0x40000003;
    struct scenario_set set = load_for(HEAD "hypervisor:\n  max: 0x40000010\n"
                                            "  leaves: {0x40000010: {eax: 7}}\n"
                                            "ask: [0x40000010]\nexpect: [available]\n",
                                       &target, 1);
    struct errors errors = {0};

    scenario_set_clear(&set);
    set = (struct scenario_set){.targets = &target, .targets_count = 1};
    CU_ASSERT_TRUE(scenario_load(&set, ROOT "/hypervisors/real.yaml", NULL, 1, &errors));
    CU_ASSERT_STRING_EQUAL(case_at(&set, 0)->id, "hypervisors/real:target=0x40000003");
    CU_ASSERT_EQUAL(case_at(&set, 0)->table.base.eax, 0x40000010);
    CU_ASSERT_EQUAL(look(case_at(&set, 0), 0x40000010, 0).eax, 7);
    CU_ASSERT_EQUAL(case_at(&set, 0)->expect[0], OUTCOME_NOT_IMPLEMENTED);
    scenario_set_clear(&set);
}

static const struct unit_test tests[] = {
    {"targets in a matrix", test_targets_in_a_matrix},
    {"targets in a table", test_targets_in_a_table},
    {"targets in a real table", test_targets_in_a_real_table},
    {"the example of the format gives its nine cases", test_the_example},
    {"a file without a matrix is one case", test_no_matrix},
    {"numbers, ranges with a step and named lists mix", test_matrix_values},
    {"$ranges are the first leaves of all ranges", test_named_ranges},
    {"expressions add and subtract", test_expressions},
    {"leaves, subleaves, ranges and words are scripted", test_leaves},
    {"a range of leaves may be empty", test_a_range_may_be_empty},
    {"signatures are named in ids so that a shell leaves them alone", test_signatures},
    {"a signature can be given by register", test_signature_by_register},
    {"words can vary", test_words_in_the_matrix},
    {"draws depend on the seed and never repeat a value", test_draws},
    {"without a hypervisor nothing is available", test_without_hypervisor},
    {"files, folders, ids and cases can be added", test_what_can_be_added},
    {"what matches nothing is an error with the nearest id", test_what_cannot_be_added},
    {"one scenario can be added in parts, and keeps its order", test_one_scenario_in_parts},
    {"two files with one id are refused", test_an_id_is_taken_once},
    {"the examples that teach the format are scenarios", test_the_teaching_examples},
    {"missing files and unusable names are errors", test_unreadable},
};

int main(void) {
    return UNIT_RUN(tests);
}
