/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/judge/plain.h"
#include "harness/judge/tests/judge_fixture.h"

static struct plain_answers noted(struct facts facts, bool names, bool reports) {
    const struct judge_probe kind = {.names_outcome = names, .reports_value = reports};
    struct plain_answers answers = {.questions = 5, .unanswered = 3};

    plain_note(&answers, &kind, &facts);
    CU_ASSERT_EQUAL(answers.questions, 6);
    answers.unanswered -= 3;
    return answers;
}

/* Each count by itself, and none for what is right. */
static bool counts(struct plain_answers answers, const char *which) {
    char text[8];

    snprintf(text, sizeof text, "%u%u%u%u%u", answers.wrongly_available, answers.wrongly_absent,
             answers.inexact, answers.unanswered, answers.unjudged);
    return strcmp(text, which) == 0;
}

static void test_answers(void) {
    static const struct {
        enum outcome expected, answer;
        const char *plain, *named; /* of a yes or no, and of three outcomes */
    } rows[] = {
        {OUTCOME_AVAILABLE, OUTCOME_AVAILABLE, "00000", "00000"},
        {OUTCOME_AVAILABLE, OUTCOME_NOT_AVAILABLE, "01000", "01000"},
        {OUTCOME_AVAILABLE, OUTCOME_NOT_IMPLEMENTED, "01000", "01000"},
        {OUTCOME_AVAILABLE, OUTCOME_NONE, "00010", "00010"},
        {OUTCOME_NOT_AVAILABLE, OUTCOME_AVAILABLE, "10000", "10000"},
        {OUTCOME_NOT_AVAILABLE, OUTCOME_NOT_AVAILABLE, "00000", "00000"},
        {OUTCOME_NOT_AVAILABLE, OUTCOME_NOT_IMPLEMENTED, "00000", "00100"},
        {OUTCOME_NOT_IMPLEMENTED, OUTCOME_AVAILABLE, "10000", "10000"},
        {OUTCOME_NOT_IMPLEMENTED, OUTCOME_NOT_AVAILABLE, "00000", "00100"},
        {OUTCOME_NOT_IMPLEMENTED, OUTCOME_NOT_IMPLEMENTED, "00000", "00000"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct facts facts = facts_of(rows[i].expected, rows[i].answer);

        CU_ASSERT_TRUE(counts(noted(facts, false, false), rows[i].plain));
        CU_ASSERT_TRUE(counts(noted(facts, true, false), rows[i].named));
    }
}

static void test_values(void) {
    CU_ASSERT_TRUE(counts(noted(facts_valued(OUTCOME_AVAILABLE, true), false, true), "00000"));
    CU_ASSERT_TRUE(counts(noted(facts_valued(OUTCOME_AVAILABLE, false), false, true), "00100"));
    CU_ASSERT_TRUE(counts(noted(facts_valued(OUTCOME_AVAILABLE, false), false, false), "00000"));
    /* Wrong as it is, the value does not matter. */
    CU_ASSERT_TRUE(counts(noted(facts_valued(OUTCOME_NOT_AVAILABLE, false), false, true), "01000"));
}

static void test_ends(void) {
    CU_ASSERT_TRUE(counts(
        noted(facts_ended(OBSERVATION_OUT_OF_BUDGET, OUTCOME_NOT_AVAILABLE), true, true), "00010"));
    CU_ASSERT_TRUE(counts(
        noted(facts_ended(OBSERVATION_READ_FAULT, OUTCOME_AVAILABLE), false, false), "00010"));
    CU_ASSERT_TRUE(counts(
        noted(facts_ended(OBSERVATION_HARNESS_FAILURE, OUTCOME_AVAILABLE), false, false), "00001"));
}

/* What the mail leaves open is right either way. */
static void test_left_open(void) {
    struct facts facts = facts_of(OUTCOME_NOT_AVAILABLE, OUTCOME_AVAILABLE);

    facts.right = facts.named_right = true;
    CU_ASSERT_TRUE(counts(noted(facts, true, true), "00000"));
}

static const struct unit_test tests[] = {
    {"each kind of answer is counted", test_answers},
    {"a value counts where one is reported", test_values},
    {"calls that end without an answer", test_ends},
    {"what is left open is right", test_left_open},
};

int main(void) {
    return UNIT_RUN(tests);
}
