/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "harness/spec/rules.h"

#include <ctype.h>
#include <string.h>

/* The catalogue's promise to users, written a second time by hand: ids are permanent, and the
 * order is the order of every report. */
static const struct {
    const char *id;
    const char *level;
    const char *judged_by;
} promised[] = {
    {"max/read-first", "must", "trace"},
    {"max/below-is-absent", "must", "answer"},
    {"max/reaches-target", "must", "trace, answer"},
    {"max/no-read-beyond", "should", "trace"},
    {"target/is-read", "must", "trace"},
    {"target/zero-is-absent", "must", "answer"},
    {"target/nonzero-is-present", "must", "answer"},
    {"target/eax-alone", "must", "twin"},
    {"target/value-intact", "must", "answer"},
    {"target/outcome-named", "must", "answer"},
    {"gaps/other-leaves-ignored", "must", "twin"},
    {"gaps/order-independent", "must", "answer"},
    {"generic/signature-ignored", "must", "twin"},
    {"generic/every-range", "must", "twin"},
    {"generic/processor-ignored", "must", "twin"},
    {"hypervisor/max-covers-features", "must", "table"},
    {"hypervisor/gap-returns-zero", "must", "table"},
    {"hypervisor/max-in-block", "info", "table"},
    {"hypervisor/present", "should", "table"},
    {"hypervisor/same-on-every-processor", "must", "table"},
    {"hypervisor/subleaf-free", "info", "table"},
    {"platform/returns", "must", "state"},
    {"platform/no-fault", "must", "state"},
    {"platform/registers-preserved", "must", "state"},
    {"platform/stack-balanced", "must", "state, twin"},
    {"platform/own-memory-only", "must", "state"},
    {"platform/deterministic", "must", "twin"},
    {"platform/subleaf-zero", "should", "trace"},
    {"presence/checked-first", "must", "trace, answer"},
};
#define PROMISED (sizeof(promised) / sizeof(promised[0]))

static bool in_section(const struct rule *rule, const char *section) {
    size_t length = strlen(section);

    return strncmp(rule->id, section, length) == 0 && rule->id[length] == '/';
}

static void test_rows_are_as_promised(void) {
    CU_ASSERT_EQUAL_FATAL(PROMISED, RULES);
    for (size_t i = 0; i < RULES; i++) {
        CU_ASSERT_STRING_EQUAL(rules[i].id, promised[i].id);
        CU_ASSERT_STRING_EQUAL(rule_level_text(rules[i].level), promised[i].level);
        CU_ASSERT_STRING_EQUAL(rules[i].judged_by, promised[i].judged_by);
    }
}

/* Lower-case words joined by hyphens, one slash between section and name. */
static bool id_is_well_formed(const char *id) {
    size_t slashes = 0;
    char before = '/';

    for (const char *at = id; *at; before = *at++) {
        bool joint = *at == '/' || *at == '-';

        if (!joint && !islower((unsigned char)*at))
            return false;
        if (joint && !islower((unsigned char)before))
            return false;
        slashes += *at == '/';
    }
    return slashes == 1 && islower((unsigned char)before);
}

static void test_ids_are_well_formed_and_unique(void) {
    CU_ASSERT_FALSE(id_is_well_formed("max-read"));
    CU_ASSERT_FALSE(id_is_well_formed("max/"));
    CU_ASSERT_FALSE(id_is_well_formed("/max"));
    CU_ASSERT_FALSE(id_is_well_formed("max/Read"));
    CU_ASSERT_FALSE(id_is_well_formed("max//read"));
    for (int i = 0; i < RULES; i++) {
        CU_ASSERT_TRUE(id_is_well_formed(rules[i].id));
        CU_ASSERT_EQUAL(rules_find(rules[i].id), i); /* the first of its name is itself */
    }
}

static size_t lines(const char *text) {
    size_t count = 1;

    for (; *text; text++)
        count += *text == '\n';
    return count;
}

static void check_code(const char *code) {
    size_t length = strlen(code);

    CU_ASSERT_TRUE(lines(code) >= 3 && lines(code) <= 8);
    CU_ASSERT_TRUE(length > 0 && code[length - 1] != '\n');
}

static void check_prose(const char *text) {
    size_t length = strlen(text);

    CU_ASSERT_TRUE(length > 20 && text[length - 1] == '.');
    CU_ASSERT_PTR_NULL(strchr(text, '\n'));
    CU_ASSERT_PTR_NULL(strstr(text, "  "));
}

static void test_every_text_is_there(void) {
    for (size_t i = 0; i < RULES; i++) {
        check_prose(rules[i].text);
        check_prose(rules[i].why);
        check_code(rules[i].breaks);
        check_code(rules[i].fix);
        CU_ASSERT_STRING_NOT_EQUAL(rules[i].breaks, rules[i].fix);
        CU_ASSERT_TRUE(strlen(rules[i].locator) > 0);
    }
}

static void test_ours_are_told_from_the_mails(void) {
    for (size_t i = 0; i < RULES; i++) {
        bool mail_of_tables = i == RULE_HYPERVISOR_MAX_COVERS_FEATURES ||
                              i == RULE_HYPERVISOR_GAP_RETURNS_ZERO ||
                              i == RULE_HYPERVISOR_MAX_IN_BLOCK;
        bool ours = in_section(&rules[i], "platform") || in_section(&rules[i], "presence") ||
                    (in_section(&rules[i], "hypervisor") && !mail_of_tables);

        CU_ASSERT_EQUAL(strcmp(rules[i].locator, "ours") == 0, ours);
    }
}

static void test_profile_and_tables(void) {
    for (size_t i = 0; i < RULES; i++) {
        const char *profile = rules[i].profile ? rules[i].profile : "";
        const char *expected = in_section(&rules[i], "presence") ? "presence" : "";

        CU_ASSERT_STRING_EQUAL(profile, expected);
        CU_ASSERT_EQUAL(rules[i].about_tables, in_section(&rules[i], "hypervisor"));
    }
}

static void test_the_mails_slip_is_noted(void) {
    CU_ASSERT_PTR_NOT_NULL(strstr(rules[RULE_MAX_READ_FIRST].locator, "slip for 0x40000000"));
}

static void test_what_the_mail_leaves_open(void) {
    static const char *const names[] = {
        "open/live-migration",    "open/further-bases",  "open/old-kvm-maximum",
        "open/feature-registers", "open/beyond-maximum", "open/presence-bit",
    };

    CU_ASSERT_EQUAL_FATAL(rules_open_count, sizeof(names) / sizeof(names[0]));
    for (size_t i = 0; i < rules_open_count; i++) {
        CU_ASSERT_STRING_EQUAL(rules_open[i].name, names[i]);
        check_prose(rules_open[i].text);
    }
}

static void test_find(void) {
    CU_ASSERT_EQUAL(rules_find("max/read-first"), RULE_MAX_READ_FIRST);
    CU_ASSERT_EQUAL(rules_find("presence/checked-first"), RULE_PRESENCE_CHECKED_FIRST);
    CU_ASSERT_EQUAL(rules_find("max/read-firs"), -1);
    CU_ASSERT_EQUAL(rules_find("max/*"), -1);
    CU_ASSERT_EQUAL(rules_find(""), -1);
}

static size_t matching(const char *glob) {
    size_t count = 0;

    for (int i = 0; i < RULES; i++)
        count += rules_match((enum rule_id)i, glob);
    return count;
}

static void test_match(void) {
    CU_ASSERT_EQUAL(matching("max/*"), 4);
    CU_ASSERT_EQUAL(matching("*"), RULES);
    CU_ASSERT_EQUAL(matching("*/read-first"), 1);
    CU_ASSERT_EQUAL(matching("max/read-first"), 1);
    CU_ASSERT_EQUAL(matching("max"), 0);
    CU_ASSERT_EQUAL(matching("MAX/*"), 0);
    CU_ASSERT_EQUAL(matching("["), 0);
    CU_ASSERT_EQUAL(matching(""), 0);
}

static void test_nearest(void) {
    CU_ASSERT_STRING_EQUAL(rules_nearest("max/raed-first"), "max/read-first");
    CU_ASSERT_STRING_EQUAL(rules_nearest("generic/every-rnge"), "generic/every-range");
    CU_ASSERT_PTR_NULL(rules_nearest("no such thing at all"));
}

static const struct unit_test tests[] = {
    {"ids, levels and judges are as promised, in order", test_rows_are_as_promised},
    {"ids are well formed and unique", test_ids_are_well_formed_and_unique},
    {"every text is there and in form", test_every_text_is_there},
    {"our own rules are told from the mail's", test_ours_are_told_from_the_mails},
    {"profile for presence, tables for hypervisor", test_profile_and_tables},
    {"the mail's slip is noted", test_the_mails_slip_is_noted},
    {"what the mail leaves open is listed", test_what_the_mail_leaves_open},
    {"an id is found exactly or not at all", test_find},
    {"globs match ids", test_match},
    {"a mistyped id finds its neighbour", test_nearest},
};

int main(void) {
    return UNIT_RUN(tests);
}
