/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "harness/spec/spec.h"

/* Each row follows from the mail's two steps by hand. */
static void test_outcomes(void) {
    static const struct {
        uint32_t maximum, target, target_eax;
        enum outcome outcome;
    } rows[] = {
        {0x40000010, 0x40000010, 1, OUTCOME_AVAILABLE}, /* equality is in range */
        {0x40000010, 0x40000010, 0, OUTCOME_NOT_IMPLEMENTED},
        {0x4000000f, 0x40000010, 1, OUTCOME_NOT_AVAILABLE},
        {0x4000000f, 0x40000010, 0, OUTCOME_NOT_AVAILABLE}, /* step 1 comes first */
        {0x00000000, 0x40000001, 1, OUTCOME_NOT_AVAILABLE},
        {0x00001004, 0x40000001, 1, OUTCOME_NOT_AVAILABLE}, /* below the base */
        {0x80000000, 0x400000ff, 1, OUTCOME_AVAILABLE},     /* unsigned */
        {0xffffffff, 0x40000010, 0x80000000, OUTCOME_AVAILABLE},
        {0x40000100, 0x400000ff, 0xffffffff, OUTCOME_AVAILABLE},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        CU_ASSERT_EQUAL(spec_outcome(rows[i].maximum, rows[i].target, rows[i].target_eax),
                        rows[i].outcome);
}

static void test_words(void) {
    enum outcome outcome = OUTCOME_NONE;

    CU_ASSERT_TRUE(outcome_parse("available", &outcome));
    CU_ASSERT_EQUAL(outcome, OUTCOME_AVAILABLE);
    CU_ASSERT_TRUE(outcome_parse("not-available", &outcome));
    CU_ASSERT_EQUAL(outcome, OUTCOME_NOT_AVAILABLE);
    CU_ASSERT_TRUE(outcome_parse("not-implemented", &outcome));
    CU_ASSERT_EQUAL(outcome, OUTCOME_NOT_IMPLEMENTED);
    CU_ASSERT_STRING_EQUAL(outcome_text(OUTCOME_NOT_AVAILABLE), "not available");
    CU_ASSERT_STRING_EQUAL(outcome_text(OUTCOME_NONE), "no answer");
}

static void test_other_words(void) {
    static const char *const words[] = {"", "Available", "not available", "absent", "none", "0"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        enum outcome outcome = OUTCOME_NONE;

        CU_ASSERT_FALSE(outcome_parse(words[i], &outcome));
        CU_ASSERT_EQUAL(outcome, OUTCOME_NONE);
    }
}

static const struct unit_test tests[] = {
    {"the two steps give the outcome", test_outcomes},
    {"the words of files stand for outcomes", test_words},
    {"other words stand for none", test_other_words},
};

int main(void) {
    return UNIT_RUN(tests);
}
