/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/judge/tests/judge_fixture.h"

/* --- A probe that does what the mail says. --- */

static void add_all_kinds(struct question *question, struct facts facts) {
    for (unsigned kind = 0; kind < TWIN_KINDS; kind++)
        question_add(question, kind, facts);
}

static void test_right_probe(void) {
    static const struct {
        enum outcome expected;
        const char *exercised; /* of the mail's rules */
    } rows[] = {
        {OUTCOME_AVAILABLE, "max/read-first,max/reaches-target,max/no-read-beyond,target/is-read,"
                            "target/nonzero-is-present,target/eax-alone,target/value-intact,"
                            "gaps/other-leaves-ignored,generic/signature-ignored,"
                            "generic/every-range,generic/processor-ignored"},
        {OUTCOME_NOT_IMPLEMENTED,
         "max/read-first,max/reaches-target,max/no-read-beyond,target/is-read,"
         "target/zero-is-absent,target/eax-alone,target/outcome-named,gaps/other-leaves-ignored,"
         "generic/signature-ignored,generic/every-range,generic/processor-ignored"},
        {OUTCOME_NOT_AVAILABLE,
         "max/read-first,max/below-is-absent,max/no-read-beyond,target/eax-alone,"
         "target/outcome-named,gaps/other-leaves-ignored,generic/signature-ignored,"
         "generic/every-range,generic/processor-ignored"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct question question = question_of(facts_right(rows[i].expected));
        char text[1024];

        add_all_kinds(&question, question.base);
        EXPECT_REDS(&question, "-");
        findings_text(question.findings, FINDING_EXERCISED, text, sizeof text);
        CU_ASSERT_EQUAL(strncmp(text, rows[i].exercised, strlen(rows[i].exercised)), 0);
        CU_ASSERT_STRING_EQUAL(text + strlen(rows[i].exercised),
                               ",platform/returns,platform/no-fault,"
                               "platform/registers-preserved,platform/stack-balanced,"
                               "platform/own-memory-only,platform/deterministic,"
                               "platform/subleaf-zero");
        findings_text(question.findings, FINDING_UNANSWERED, text, sizeof text);
        CU_ASSERT_STRING_EQUAL(text, "-");
    }
}

/* What no twin ran for is not judged: never a pass by default. */
static void test_without_twins(void) {
    static const enum rule_id unjudged[] = {RULE_TARGET_EAX_ALONE, RULE_GAPS_OTHER_LEAVES_IGNORED,
                                            RULE_GENERIC_SIGNATURE_IGNORED,
                                            RULE_GENERIC_EVERY_RANGE, RULE_PLATFORM_DETERMINISTIC};
    struct question question = question_of(facts_right(OUTCOME_AVAILABLE));

    EXPECT_REDS(&question, "-");
    for (size_t i = 0; i < sizeof unjudged / sizeof unjudged[0]; i++)
        CU_ASSERT_FALSE(question_exercised(&question, unjudged[i]));
}

/* A yes/no probe is not asked for names or values. */
static void test_plain_probe(void) {
    struct question question = question_of(facts_of(OUTCOME_NOT_AVAILABLE, OUTCOME_ABSENT));

    question.kind.names_outcome = question.kind.reports_value = false;
    EXPECT_REDS(&question, "-");
    CU_ASSERT_FALSE(question_exercised(&question, RULE_TARGET_OUTCOME_NAMED));
    question.base = facts_right(OUTCOME_AVAILABLE);
    question.base.value_right = false;
    EXPECT_REDS(&question, "-");
    CU_ASSERT_FALSE(question_exercised(&question, RULE_TARGET_VALUE_INTACT));
}

/* --- Step 1, max < target. --- */

static void test_below(void) {
    static const struct {
        enum outcome answer;
        bool reads_target;
        const char *reds;
    } rows[] = {
        {OUTCOME_NOT_AVAILABLE, false, "-"},
        {OUTCOME_NOT_AVAILABLE, true, "max/no-read-beyond"}, /* should: deviates, answers right */
        {OUTCOME_AVAILABLE, false, "max/below-is-absent"},
        {OUTCOME_AVAILABLE, true, "max/below-is-absent,max/no-read-beyond"},
        {OUTCOME_NONE, false, "max/below-is-absent"}, /* a number that means nothing */
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct question question = question_of(facts_of(OUTCOME_NOT_AVAILABLE, rows[i].answer));

        question.base.read_target = question.base.read_beyond = rows[i].reads_target;
        EXPECT_REDS(&question, rows[i].reds);
        CU_ASSERT_TRUE(question_exercised(&question, RULE_MAX_BELOW_IS_ABSENT));
        CU_ASSERT_FALSE(question_exercised(&question, RULE_MAX_REACHES_TARGET));
    }
}

/* --- Step 1, max >= target and the target is not read. --- */

static void test_unread(void) {
    static const struct {
        enum outcome expected, answer;
        bool maximum_reads; /* with a plain maximum the target is read */
        const char *reds;
    } rows[] = {
        {OUTCOME_AVAILABLE, OUTCOME_ABSENT, false, "max/reaches-target"},
        {OUTCOME_AVAILABLE, OUTCOME_ABSENT, true, "max/reaches-target"},
        {OUTCOME_AVAILABLE, OUTCOME_AVAILABLE, false, "target/is-read"},
        /* Skipped for some maxima only: it was not turned away, so step 2 is at fault. */
        {OUTCOME_AVAILABLE, OUTCOME_AVAILABLE, true, "target/is-read"},
        {OUTCOME_AVAILABLE, OUTCOME_NONE, false, "max/reaches-target"},
        {OUTCOME_NOT_IMPLEMENTED, OUTCOME_AVAILABLE, false, "target/is-read,target/zero-is-absent"},
        /* The right "no" for the wrong reason. */
        {OUTCOME_NOT_IMPLEMENTED, OUTCOME_ABSENT, false, "max/reaches-target"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct question question = question_of(facts_unread(rows[i].expected, rows[i].answer));

        question.kind.names_outcome = false;
        if (rows[i].maximum_reads)
            question_add(&question, TWIN_MAXIMUM, facts_right(rows[i].expected));
        EXPECT_REDS(&question, rows[i].reds);
    }
}

/* Another leaf in the target's place: its values move the answer, and the target is not read. A
 * leaf outside the block is no better. */
static void test_another_leaf_in_the_place(void) {
    static const enum twin_kind kinds[] = {TWIN_LEAVES, TWIN_ELSEWHERE, TWIN_FURTHER};

    for (size_t i = 0; i < 3; i++) {
        struct question question = question_of(facts_unread(OUTCOME_AVAILABLE, OUTCOME_ABSENT));

        question_add(&question, kinds[i], facts_unread(OUTCOME_AVAILABLE, OUTCOME_AVAILABLE));
        EXPECT_REDS(&question, "target/is-read");
        CU_ASSERT_EQUAL(question_exercised(&question, RULE_GAPS_OTHER_LEAVES_IGNORED),
                        kinds[i] == TWIN_LEAVES);
        /* Even where another row, or a plain maximum, happens to lead to the target. */
        question_add(&question, TWIN_RANGE, facts_right(OUTCOME_AVAILABLE));
        EXPECT_REDS(&question, "target/is-read");
        question_add(&question, TWIN_MAXIMUM, facts_right(OUTCOME_AVAILABLE));
        EXPECT_REDS(&question, "target/is-read");
    }
}

/* The right "no", by a leaf that happens to hold zero like the target. */
static void test_another_leaf_and_right(void) {
    struct question question = question_of(facts_unread(OUTCOME_NOT_IMPLEMENTED, OUTCOME_ABSENT));

    question.kind.names_outcome = false;
    question_add(&question, TWIN_ELSEWHERE,
                 facts_unread(OUTCOME_NOT_IMPLEMENTED, OUTCOME_AVAILABLE));
    EXPECT_REDS(&question, "target/is-read");
}

/* A leaf that is read and not minded is none, nor one that only lets the probe go on. */
static void test_leaf_not_in_the_place(void) {
    static const struct {
        enum twin_kind kind;
        bool goes_on;
        const char *reds;
    } rows[] = {
        {TWIN_LEAVES, false, "max/reaches-target"},
        {TWIN_ELSEWHERE, false, "max/reaches-target"},
        {TWIN_LEAVES, true, "gaps/other-leaves-ignored"},
        {TWIN_ELSEWHERE, true, "max/reaches-target"},
        {TWIN_FURTHER, false, "max/reaches-target"},
        {TWIN_FURTHER, true, "max/reaches-target"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct question question = question_of(facts_unread(OUTCOME_AVAILABLE, OUTCOME_ABSENT));

        question_add(&question, rows[i].kind,
                     rows[i].goes_on ? facts_right(OUTCOME_AVAILABLE) : question.base);
        EXPECT_REDS(&question, rows[i].reds);
    }
}

/* What another interface holds decides: where the target was read, its leaf stood for the target,
 * and neither another row nor a maximum, which move what is there, is to blame; else its maximum
 * stood for BASE's. */
static void test_further_bases_decide(void) {
    static const struct {
        enum outcome expected, answer;
        bool read;
        const char *reds, *unmended;
    } rows[] = {
        {OUTCOME_AVAILABLE, OUTCOME_ABSENT, true, "target/is-read", "generic/every-range"},
        {OUTCOME_NOT_IMPLEMENTED, OUTCOME_AVAILABLE, true, "target/is-read,target/zero-is-absent",
         "target/zero-is-absent,generic/every-range"},
        {OUTCOME_NOT_AVAILABLE, OUTCOME_AVAILABLE, false, "max/below-is-absent",
         "max/below-is-absent,generic/every-range"},
        {OUTCOME_AVAILABLE, OUTCOME_ABSENT, false, "max/reaches-target", "generic/every-range"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (unsigned mends = 0; mends < 2; mends++) {
            struct question question =
                question_of(rows[i].read ? facts_of(rows[i].expected, rows[i].answer)
                                         : facts_unread(rows[i].expected, rows[i].answer));

            question.kind.names_outcome = false;
            question_add(&question, TWIN_RANGE, facts_right(rows[i].expected));
            question_add(&question, TWIN_FURTHER,
                         mends ? facts_right(rows[i].expected) : question.base);
            EXPECT_REDS(&question, mends ? rows[i].reds : rows[i].unmended);
        }
    }
}

/* A rule that does not count takes nothing upon itself. */
static void test_further_bases_uncounted(void) {
    struct question question = question_of(facts_of(OUTCOME_AVAILABLE, OUTCOME_ABSENT));

    question.kind.judged[RULE_TARGET_IS_READ] = false;
    question_add(&question, TWIN_FURTHER, facts_right(OUTCOME_AVAILABLE));
    EXPECT_REDS(&question, "target/is-read,target/nonzero-is-present");
}

/* --- Step 2. --- */

static void test_read(void) {
    static const struct {
        enum outcome expected, answer;
        bool maximum_repairs;
        const char *reds;
    } rows[] = {
        {OUTCOME_AVAILABLE, OUTCOME_ABSENT, false, "target/nonzero-is-present"},
        {OUTCOME_AVAILABLE, OUTCOME_NONE, false, "target/nonzero-is-present"},
        /* The target first and the maximum compared wrongly afterwards. */
        {OUTCOME_AVAILABLE, OUTCOME_ABSENT, true, "max/reaches-target"},
        {OUTCOME_NOT_IMPLEMENTED, OUTCOME_AVAILABLE, false, "target/zero-is-absent"},
        {OUTCOME_NOT_IMPLEMENTED, OUTCOME_NONE, false, "target/zero-is-absent"},
        /* No maximum makes a zero present: step 2 took it for more. */
        {OUTCOME_NOT_IMPLEMENTED, OUTCOME_AVAILABLE, true, "target/zero-is-absent"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct question question = question_of(facts_of(rows[i].expected, rows[i].answer));

        if (rows[i].maximum_repairs)
            question_add(&question, TWIN_MAXIMUM, facts_right(rows[i].expected));
        EXPECT_REDS(&question, rows[i].reds);
        CU_ASSERT_TRUE(question_exercised(&question, RULE_TARGET_IS_READ));
    }
}

/* Another value mends it: step 2 minds the value, whatever else mends it too. */
static void test_another_value_mends(void) {
    static const enum twin_kind kinds[] = {TWIN_NONZERO, TWIN_MAXIMUM, TWIN_RANGE};
    struct question question = question_of(facts_of(OUTCOME_AVAILABLE, OUTCOME_ABSENT));

    for (size_t i = 0; i < 3; i++) {
        question_add(&question, kinds[i], facts_right(OUTCOME_AVAILABLE));
        EXPECT_REDS(&question, "target/nonzero-is-present");
    }
}

/* A table whose BASE answers by subleaf is no hypervisor's: only how it is read counts. */
static void test_odd_base(void) {
    struct question question = question_of(facts_of(OUTCOME_AVAILABLE, OUTCOME_ABSENT));

    question.base.odd_base = true;
    EXPECT_REDS(&question, "-");
    question.base.stale_subleaf = true;
    EXPECT_REDS(&question, "platform/subleaf-zero");
}

/* What every subleaf answering alike mends is a stale subleaf's: of the target, or of another leaf.
 * Where that does not count, the step's rule is broken beside it. */
static void test_subleaves_mend(void) {
    static const struct {
        bool target, counts;
        const char *reds;
    } rows[] = {
        {true, true, "target/is-read,platform/subleaf-zero"},
        {false, true, "platform/subleaf-zero"},
        {true, false, "target/is-read,target/nonzero-is-present,platform/subleaf-zero"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct question question = question_of(facts_of(OUTCOME_AVAILABLE, OUTCOME_ABSENT)),
                        right = question_of(facts_right(OUTCOME_AVAILABLE));

        question.base.stale_subleaf = right.base.stale_subleaf = true;
        question.base.stale_target = rows[i].target;
        question.kind.judged[RULE_TARGET_IS_READ] = rows[i].counts;
        EXPECT_REDS(&question, "target/nonzero-is-present,platform/subleaf-zero");
        EXPECT_REDS(&right, "platform/subleaf-zero");
        CU_ASSERT_TRUE(judge_wants_flat(&question.base, NULL, 0, question.findings));
        CU_ASSERT_FALSE(judge_wants_flat(&right.base, NULL, 0, right.findings));
        judge_subleaves(&question.kind, &question.base, NULL, right.findings, question.findings);
        CU_ASSERT_STRING_EQUAL(
            findings_text(question.findings, FINDING_VIOLATED, question.text, sizeof question.text),
            rows[i].reds);
    }
}

/* What is wrong in both is no subleaf's fault, nor how the call ended. */
static void test_subleaves_do_not_mend(void) {
    struct question wrong = question_of(facts_of(OUTCOME_AVAILABLE, OUTCOME_ABSENT)), alike = wrong,
                    ended = question_of(facts_ended(OBSERVATION_READ_FAULT, OUTCOME_AVAILABLE)),
                    right = question_of(facts_right(OUTCOME_AVAILABLE));

    wrong.base.stale_subleaf = wrong.base.stale_target = ended.base.stale_subleaf = true;
    question_reds(&wrong);
    question_reds(&alike);
    question_reds(&ended);
    question_reds(&right);
    judge_subleaves(&wrong.kind, &wrong.base, NULL, alike.findings, wrong.findings);
    CU_ASSERT_TRUE(wrong.findings[RULE_TARGET_NONZERO_IS_PRESENT].state & FINDING_VIOLATED);
    CU_ASSERT_FALSE(wrong.findings[RULE_TARGET_IS_READ].state & FINDING_VIOLATED);
    judge_subleaves(&ended.kind, &ended.base, NULL, right.findings, ended.findings);
    CU_ASSERT_TRUE(ended.findings[RULE_PLATFORM_NO_FAULT].state & FINDING_VIOLATED);
}

/* No other value mends it, so the values are not to blame. */
static void test_no_value_mends(void) {
    static const struct {
        enum twin_kind kind;
        const char *reds;
    } rows[] = {{TWIN_MAXIMUM, "max/reaches-target"}, {TWIN_RANGE, "generic/every-range"}};

    for (size_t i = 0; i < 2; i++) {
        struct question question = question_of(facts_of(OUTCOME_AVAILABLE, OUTCOME_ABSENT));

        question_add(&question, TWIN_NONZERO, question.base);
        question_add(&question, rows[i].kind, facts_right(OUTCOME_AVAILABLE));
        EXPECT_REDS(&question, rows[i].reds);
    }
}

/* --- The order of reading. --- */

static void test_order(void) {
    static const struct {
        bool base, ahead;
        enum outcome expected, answer;
        const char *reds;
        bool exercised;
    } rows[] = {
        {true, false, OUTCOME_AVAILABLE, OUTCOME_AVAILABLE, "-", true},
        {true, true, OUTCOME_AVAILABLE, OUTCOME_AVAILABLE, "max/read-first", true},
        {false, true, OUTCOME_AVAILABLE, OUTCOME_AVAILABLE, "max/read-first", true},
        {false, false, OUTCOME_AVAILABLE, OUTCOME_AVAILABLE, "max/read-first", true},
        {false, true, OUTCOME_NOT_IMPLEMENTED, OUTCOME_NOT_IMPLEMENTED, "max/read-first", true},
        /* Nothing read and nothing claimed: no order to judge. */
        {false, false, OUTCOME_NOT_AVAILABLE, OUTCOME_NOT_AVAILABLE, "-", false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct question question = question_of(facts_of(rows[i].expected, rows[i].answer));

        question.base.read_base = rows[i].base;
        question.base.read_ahead = rows[i].ahead;
        EXPECT_REDS(&question, rows[i].reds);
        CU_ASSERT_EQUAL(question_exercised(&question, RULE_MAX_READ_FIRST), rows[i].exercised);
    }
}

static void test_nothing_read_is_nothing_beyond(void) {
    struct question question = question_of(facts_right(OUTCOME_NOT_AVAILABLE));

    question.base.read_base = question.base.read_hypervisor = false;
    EXPECT_REDS(&question, "-");
    CU_ASSERT_FALSE(question_exercised(&question, RULE_MAX_NO_READ_BEYOND));
}

/* --- Which kind of absent. --- */

static void test_names(void) {
    static const struct {
        enum outcome expected, answer;
        const char *reds;
    } rows[] = {
        {OUTCOME_NOT_AVAILABLE, OUTCOME_NOT_AVAILABLE, "-"},
        {OUTCOME_NOT_AVAILABLE, OUTCOME_NOT_IMPLEMENTED, "target/outcome-named"},
        {OUTCOME_NOT_AVAILABLE, OUTCOME_ABSENT, "target/outcome-named"},
        {OUTCOME_NOT_IMPLEMENTED, OUTCOME_NOT_IMPLEMENTED, "-"},
        {OUTCOME_NOT_IMPLEMENTED, OUTCOME_NOT_AVAILABLE, "target/outcome-named"},
        /* Where the step itself went wrong, that step's rule says so. */
        {OUTCOME_NOT_IMPLEMENTED, OUTCOME_AVAILABLE, "target/zero-is-absent"},
        {OUTCOME_NOT_AVAILABLE, OUTCOME_AVAILABLE, "max/below-is-absent"},
        {OUTCOME_AVAILABLE, OUTCOME_NOT_AVAILABLE, "target/nonzero-is-present"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct question question = question_of(facts_of(rows[i].expected, rows[i].answer));

        EXPECT_REDS(&question, rows[i].reds);
    }
}

/* Turned away at step 1 by mistake, a probe names what it saw. */
static void test_names_need_the_step(void) {
    struct question unread =
        question_of(facts_unread(OUTCOME_NOT_IMPLEMENTED, OUTCOME_NOT_AVAILABLE));
    struct question blind = question_of(facts_of(OUTCOME_NOT_AVAILABLE, OUTCOME_NOT_IMPLEMENTED));

    EXPECT_REDS(&unread, "max/reaches-target");
    CU_ASSERT_FALSE(question_exercised(&unread, RULE_TARGET_OUTCOME_NAMED));
    blind.base.read_base = false;
    EXPECT_REDS(&blind, "-");
    CU_ASSERT_FALSE(question_exercised(&blind, RULE_TARGET_OUTCOME_NAMED));
}

/* --- The value. --- */

static void test_value(void) {
    struct question right = question_of(facts_valued(OUTCOME_AVAILABLE, true)),
                    wrong = question_of(facts_valued(OUTCOME_AVAILABLE, false)),
                    absent = question_of(facts_valued(OUTCOME_ABSENT, false)),
                    unread = question_of(facts_unread(OUTCOME_AVAILABLE, OUTCOME_AVAILABLE));

    EXPECT_REDS(&right, "-");
    EXPECT_REDS(&wrong, "target/value-intact");
    EXPECT_REDS(&absent, "target/nonzero-is-present"); /* no value is reported */
    CU_ASSERT_FALSE(question_exercised(&absent, RULE_TARGET_VALUE_INTACT));
    unread.base.value_right = false; /* of another leaf: one mistake, one rule */
    EXPECT_REDS(&unread, "target/is-read");
}

/* A value that is right in the case and wrong in a twin, where EAX has more bits, say. */
static void test_value_in_twins(void) {
    static const enum twin_kind kinds[] = {TWIN_VALUE, TWIN_SIGNATURE, TWIN_REGISTERS, TWIN_RANGE};

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct question question = question_of(facts_valued(OUTCOME_AVAILABLE, true));

        question_add(&question, kinds[i], facts_valued(OUTCOME_AVAILABLE, true));
        question_add(&question, kinds[i], facts_valued(OUTCOME_AVAILABLE, false));
        EXPECT_REDS(&question, "target/value-intact");
        CU_ASSERT_EQUAL(question.findings[RULE_TARGET_VALUE_INTACT].twin, 1);
    }
}

/* Half a variable left unset: the fresh start's fault, in whichever run it shows. */
static void test_value_that_hangs_on_the_start(void) {
    for (unsigned right = 0; right < 2; right++) {
        struct question question = question_of(facts_valued(OUTCOME_AVAILABLE, right));

        question_add(&question, TWIN_GARBAGE, facts_valued(OUTCOME_AVAILABLE, !right));
        question_add(&question, TWIN_SIGNATURE, facts_valued(OUTCOME_AVAILABLE, right));
        EXPECT_REDS(&question, "platform/deterministic");
    }
}

/* A start that finds the feature where the others don't is no place to judge values. */
static void test_value_of_one_start(void) {
    struct question question = question_of(facts_valued(OUTCOME_ABSENT, false));

    question_add(&question, TWIN_GARBAGE, facts_valued(OUTCOME_AVAILABLE, false));
    EXPECT_REDS(&question, "platform/deterministic");
}

/* --- No answer. --- */

static void test_unanswered(void) {
    static const struct {
        enum outcome expected;
        const char *unanswered;
    } rows[] = {
        {OUTCOME_NOT_AVAILABLE,
         "max/read-first,max/below-is-absent,max/no-read-beyond,target/eax-alone,"
         "target/outcome-named,gaps/other-leaves-ignored,gaps/order-independent,"
         "generic/signature-ignored,generic/every-range,generic/processor-ignored"},
        {OUTCOME_NOT_IMPLEMENTED,
         "max/read-first,max/reaches-target,max/no-read-beyond,target/is-read,"
         "target/zero-is-absent,target/eax-alone,target/outcome-named,gaps/other-leaves-ignored,"
         "gaps/order-independent,generic/signature-ignored,generic/every-range,generic/"
         "processor-ignored"},
        {OUTCOME_AVAILABLE,
         "max/read-first,max/reaches-target,max/no-read-beyond,target/is-read,"
         "target/nonzero-is-present,target/eax-alone,target/value-intact,"
         "gaps/other-leaves-ignored,gaps/order-independent,generic/signature-ignored,"
         "generic/every-range,generic/processor-ignored"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct question question =
            question_of(facts_ended(OBSERVATION_OUT_OF_BUDGET, rows[i].expected));
        char text[1024];

        add_all_kinds(&question, question.base);
        EXPECT_REDS(&question, "platform/returns");
        findings_text(question.findings, FINDING_UNANSWERED, text, sizeof text);
        CU_ASSERT_STRING_EQUAL(text, rows[i].unanswered);
        /* Nothing that needs an answer counts as judged. */
        for (unsigned rule = 0; rule < RULE_PLATFORM_RETURNS; rule++)
            CU_ASSERT_FALSE(question_exercised(&question, rule));
    }
}

static const struct unit_test tests[] = {
    {"a right probe is not accused", test_right_probe},
    {"without twins their rules are not judged", test_without_twins},
    {"a plain probe has no names and no values", test_plain_probe},
    {"step 1, below", test_below},
    {"step 1, target not read", test_unread},
    {"another leaf in the target's place", test_another_leaf_in_the_place},
    {"another leaf in the target's place, and right", test_another_leaf_and_right},
    {"a leaf that is not in the target's place", test_leaf_not_in_the_place},
    {"what further bases hold decides", test_further_bases_decide},
    {"the same, and its rule does not count", test_further_bases_uncounted},
    {"step 2", test_read},
    {"another value mends it", test_another_value_mends},
    {"subleaves mend it", test_subleaves_mend},
    {"subleaves do not mend it", test_subleaves_do_not_mend},
    {"a base that answers by subleaf", test_odd_base},
    {"no value mends it", test_no_value_mends},
    {"the order of reading", test_order},
    {"nothing read is nothing beyond", test_nothing_read_is_nothing_beyond},
    {"which kind of absent", test_names},
    {"names need the step that decides", test_names_need_the_step},
    {"the value", test_value},
    {"the value in twins", test_value_in_twins},
    {"a value that hangs on the start", test_value_that_hangs_on_the_start},
    {"the value of one start", test_value_of_one_start},
    {"no answer is never a pass", test_unanswered},
};

int main(void) {
    return UNIT_RUN(tests);
}
