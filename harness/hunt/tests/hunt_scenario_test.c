/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "harness/hunt/mutate.h"
#include "harness/hunt/scenario.h"
#include "harness/spec/signatures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/hvspec-hunt-XXXXXX";

static struct hunt_find make_find(void) {
    struct hunt_find find = {
        .candidate = {.base = {0x40000010, 0, 0, 0}, .asks = {0x40000010}, .asks_count = 1},
        .rule = RULE_TARGET_NONZERO_IS_PRESENT,
        .broken = HUNT_RULE(RULE_TARGET_NONZERO_IS_PRESENT) | HUNT_RULE(RULE_PLATFORM_RETURNS)};

    find.example.expected = strdup("available");
    find.example.observed = strdup("absent");
    hunt_candidate_put(&find.candidate, (struct cpuid_leaf){0x40000010, 0, true, {0x80, 0, 2, 0}});
    return find;
}

/* Writes the find and loads it again. True when both are the same table and questions. */
static bool comes_back(struct hunt_find *find, const char *probe) {
    struct errors errors = {0};
    struct scenario_set set = {0};
    struct hunt_candidate back;
    char *text = NULL;
    bool same = false;

    if (hunt_find_name(find, folder))
        text = hunt_find_text(find, probe, 1, NULL);
    if (text && hunt_find_save(find, text, &errors) &&
        scenario_load(&set, find->file, NULL, 1, &errors) && set.scenarios[0].cases_count == 1) {
        hunt_candidate_from(&back, &set.scenarios[0].cases[0]);
        same = hunt_candidate_same(&find->candidate, &back);
    }
    if (!same && text)
        printf("\n%s", text);
    errors_print(&errors, "    ", stdout);
    errors_clear(&errors);
    scenario_set_clear(&set);
    if (find->file)
        unlink(find->file);
    free(text);
    return same;
}

static void test_the_text(void) {
    struct hunt_find find = make_find();
    char *text;

    CU_ASSERT_TRUE(hunt_find_name(&find, folder));
    text = hunt_find_text(&find, "a probe", 7, NULL);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "\nrules: [target/nonzero-is-present, platform/returns]\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nhypervisor:\n"
                                        "  max: 0x40000010\n"
                                        "  leaves:\n"
                                        "    0x40000010: {eax: 0x80, ecx: 2}\n"
                                        "ask: [0x40000010]\n"
                                        "expect: [available]\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "#   observed: absent\n"));
    /* What the find shows, not what other code did. */
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "\nwhy: >\n  The rule asks for: available. The probe gave: absent.\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "hvspec hunt --seed 7 on a probe\n"));
    CU_ASSERT_EQUAL(strncmp(find.name, "target-nonzero-is-present-", 26), 0);
    CU_ASSERT_PTR_NULL(strstr(text, "present:"));
    CU_ASSERT_PTR_NULL(strstr(text, "profile"));
    free(text);
    CU_ASSERT_TRUE(comes_back(&find, "a probe"));
    find.candidate.absent = true;
    text = hunt_find_text(&find, "a probe", 7, "presence");
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "# Needs --profile presence: no hypervisor is announced.\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nhypervisor:\n  present: false\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nexpect: [not-available]\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "hvspec hunt --seed 7 --profile presence on a probe\n"));
    free(text);
    hunt_find_clear(&find);
}

static void test_everything_a_table_can_hold(void) {
    struct hunt_find find = make_find();
    struct hunt_candidate *candidate = &find.candidate;

    candidate->unlisted = (struct cpuid_default){CPUID_FILL_BASE, {0, 0, 0, 0}};
    candidate->beyond = (struct cpuid_default){CPUID_FILL_VALUES, {1, 2, 3, 4}};
    hunt_candidate_put(candidate, (struct cpuid_leaf){0x40000003, 0, false, {0, 0, 0, 0}});
    hunt_candidate_put(candidate, (struct cpuid_leaf){0x40000003, 2, false, {1, 2, 3, 4}});
    hunt_candidate_put(candidate, (struct cpuid_leaf){CPUID_BASE, 1, false, {9, 0, 0, 0}});
    hunt_candidate_put(candidate, (struct cpuid_leaf){0x40000005, 0, true, {0, 0, 0, 0}});
    hunt_candidate_put(candidate, (struct cpuid_leaf){7, 1, false, {0xffffffff, 0, 0, 0}});
    hunt_candidate_put(candidate, (struct cpuid_leaf){0, 0, true, {0, 0, 0, 0}});
    hunt_candidate_put(candidate, (struct cpuid_leaf){0x80000000, 0, false, {0, 0, 0, 0}});
    candidate->asks[1] = 0x40000011;
    candidate->asks[2] = 0x40000005;
    candidate->asks_count = 3;
    CU_ASSERT_TRUE(comes_back(&find, "x"));
    hunt_find_clear(&find);
}

static void test_signatures(void) {
    for (size_t i = 0; i < signatures_count; i++) {
        struct hunt_find find = make_find();

        find.candidate.base = signature_values(signatures[i].bytes);
        find.candidate.base.eax = 0x40000010;
        CU_ASSERT_TRUE(comes_back(&find, "x"));
        find.candidate.base.edx ^= 0x80000000;
        CU_ASSERT_TRUE(comes_back(&find, "x"));
        hunt_find_clear(&find);
    }
}

static void test_every_rule_and_any_name(void) {
    for (unsigned rule = 0; rule < RULES; rule++) {
        struct hunt_find find = make_find();

        if (rules[rule].about_tables) {
            hunt_find_clear(&find);
            continue;
        }
        find.candidate.absent = rules[rule].profile || strncmp(rules[rule].id, "platform/", 9) == 0;
        find.rule = rule;
        find.broken = HUNT_RULE(rule);
        free(find.example.observed);
        find.example.observed = strdup("a\nb: \x1b[31m \xff # \"'{[*&!|>%@`");
        CU_ASSERT_TRUE(comes_back(&find, "evil: {name}\n- \"x # \x1b \xc3\xa4 .so"));
        hunt_find_clear(&find);
    }
}

/* Whatever mutations make is written so that it comes back; with `presence` also where no
 * hypervisor is announced. */
static void check_mutated_tables(bool presence) {
    static const struct hunt_read reads[] = {{CPUID_BASE, 0}, {0x40000010, 0}, {0x40000003, 2},
                                             {1, 0},          {7, 1},          {0x80000001, 0}};
    struct hunt_dictionary dictionary = {.words = {0x12345678, 0xb5, 3}, .count = 3};
    struct hunt_random random = {3};
    struct hunt_find find = make_find();
    struct hunt_candidate other = find.candidate;
    const struct hunt_material material = {.random = &random,
                                           .dictionary = &dictionary,
                                           .reads = reads,
                                           .reads_count = sizeof reads / sizeof reads[0],
                                           .other = &other,
                                           .presence = presence};
    size_t lost = 0, absent = 0;

    if (presence) {
        find.rule = RULE_PRESENCE_CHECKED_FIRST;
        find.broken = HUNT_RULE(RULE_PRESENCE_CHECKED_FIRST);
    }

    for (unsigned round = 0; round < 100; round++) {
        struct hunt_candidate *candidate = &find.candidate;

        hunt_mutate(candidate, &material);
        absent += candidate->absent;
        /* Fills of zeros are written as what they are. */
        if (hunt_candidate_same(candidate, &other))
            continue;
        lost += !comes_back(&find, "x");
    }
    CU_ASSERT_EQUAL(lost, 0);
    CU_ASSERT_EQUAL(absent > 0, presence);
    hunt_find_clear(&find);
}

static void test_mutated_tables(void) {
    check_mutated_tables(false);
    check_mutated_tables(true);
}

static void test_never_replaced(void) {
    struct hunt_find find = make_find();
    struct errors errors = {0};
    char kept[8] = "";
    FILE *file;

    CU_ASSERT_TRUE(hunt_find_name(&find, folder));
    file = fopen(find.file, "w");
    CU_ASSERT_PTR_NOT_NULL(file);
    if (file) {
        fputs("mine", file);
        fclose(file);
    }
    CU_ASSERT_TRUE(hunt_find_save(&find, "other", &errors));
    CU_ASSERT_TRUE(find.was_there);
    file = fopen(find.file, "r");
    if (file) {
        CU_ASSERT_PTR_NOT_NULL(fgets(kept, sizeof kept, file));
        fclose(file);
    }
    CU_ASSERT_STRING_EQUAL(kept, "mine");
    unlink(find.file);
    CU_ASSERT_TRUE(errors_none(&errors));
    /* And no folder to write to is an error. */
    find.was_there = false;
    CU_ASSERT_TRUE(hunt_find_name(&find, "/no/such/folder"));
    CU_ASSERT_FALSE(hunt_find_save(&find, "other", &errors));
    CU_ASSERT_EQUAL(errors.count, 1);
    errors_clear(&errors);
    hunt_find_clear(&find);
}

static const struct unit_test tests[] = {
    {"the text reads as a scenario", test_the_text},
    {"everything a table can hold comes back", test_everything_a_table_can_hold},
    {"signatures come back", test_signatures},
    {"every rule, and names full of traps", test_every_rule_and_any_name},
    {"mutated tables come back", test_mutated_tables},
    {"what is there is not replaced", test_never_replaced},
};

int main(void) {
    int code;

    if (!mkdtemp(folder))
        return 3;
    code = UNIT_RUN(tests);
    if (rmdir(folder) != 0)
        code = 1; /* something was left behind */
    return code;
}
