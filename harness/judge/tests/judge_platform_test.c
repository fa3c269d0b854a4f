/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/judge/tests/judge_fixture.h"

/* A probe that ended without an answer in its only run. */
static struct question ended(enum observation_end end, unsigned state) {
    struct question question = question_of(facts_ended(end, OUTCOME_AVAILABLE));

    question.base.state = state;
    return question;
}

static void test_ends(void) {
    static const struct {
        enum observation_end end;
        unsigned state;
        const char *reds;
    } rows[] = {
        {OBSERVATION_OUT_OF_BUDGET, 0, "platform/returns"},
        {OBSERVATION_READ_FAULT, 0, "platform/no-fault"},
        {OBSERVATION_FETCH_FAULT, 0, "platform/no-fault"},
        {OBSERVATION_FETCH_FAULT, OBSERVATION_STACK_MOVED, "platform/stack-balanced"},
        {OBSERVATION_STACK_OVERFLOW, 0, "platform/no-fault"},
        {OBSERVATION_FOREIGN_WRITE, 0, "platform/own-memory-only"},
        {OBSERVATION_UNDEFINED, 0, "platform/no-fault"},
        {OBSERVATION_FORBIDDEN, 0, "platform/no-fault"},
        {OBSERVATION_STACK_SMASHED, 0, "platform/no-fault"},
        /* Registers in the middle of a call say nothing. */
        {OBSERVATION_READ_FAULT, OBSERVATION_BX_CHANGED | OBSERVATION_STACK_MOVED,
         "platform/no-fault"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct question question = ended(rows[i].end, rows[i].state);

        EXPECT_REDS(&question, rows[i].reds);
        CU_ASSERT_FALSE(question_exercised(&question, RULE_PLATFORM_REGISTERS_PRESERVED));
    }
}

/* What the harness failed at counts neither for nor against the probe. */
static void test_errors_judge_nothing(void) {
    static const enum observation_end ends[] = {OBSERVATION_UNRESOLVED, OBSERVATION_UNSUPPORTED,
                                                OBSERVATION_HARNESS_FAILURE};

    for (size_t i = 0; i < 3; i++) {
        struct question question = question_of(facts_right(OUTCOME_AVAILABLE));
        struct facts error = facts_ended(ends[i], OUTCOME_AVAILABLE);

        error.state = OBSERVATION_CLOCK_READ;
        question_add(&question, TWIN_AGAIN, error);
        question_add(&question, TWIN_GARBAGE, error);
        question_add(&question, TWIN_SIGNATURE, error);
        EXPECT_REDS(&question, "-");
        CU_ASSERT_FALSE(question_exercised(&question, RULE_PLATFORM_DETERMINISTIC));
        CU_ASSERT_FALSE(question_exercised(&question, RULE_GENERIC_SIGNATURE_IGNORED));
    }
}

static void test_states(void) {
    static const struct {
        unsigned state;
        const char *reds;
    } rows[] = {
        {0, "-"},
        {OBSERVATION_ANSWER_MISSING, "-"}, /* the answer's judges say so */
        {OBSERVATION_BX_CHANGED, "platform/registers-preserved"},
        {OBSERVATION_BP_CHANGED, "platform/registers-preserved"},
        {OBSERVATION_SI_CHANGED, "platform/registers-preserved"},
        {OBSERVATION_DI_CHANGED, "platform/registers-preserved"},
        {OBSERVATION_R12_CHANGED, "platform/registers-preserved"},
        {OBSERVATION_R13_CHANGED, "platform/registers-preserved"},
        {OBSERVATION_R14_CHANGED, "platform/registers-preserved"},
        {OBSERVATION_R15_CHANGED, "platform/registers-preserved"},
        {OBSERVATION_XMM_CHANGED, "platform/registers-preserved"},
        {OBSERVATION_DIRECTION_SET, "platform/registers-preserved"},
        {OBSERVATION_STACK_MOVED, "platform/stack-balanced"},
        {OBSERVATION_FRAME_CHANGED, "platform/stack-balanced"},
        {OBSERVATION_WROTE_FOREIGN, "platform/own-memory-only"},
        {OBSERVATION_CLOCK_READ, "platform/deterministic"},
        {OBSERVATION_BX_CHANGED | OBSERVATION_FRAME_CHANGED,
         "platform/registers-preserved,platform/stack-balanced"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct question question = question_of(facts_right(OUTCOME_AVAILABLE));

        question.base.state = rows[i].state;
        EXPECT_REDS(&question, rows[i].reds);
    }
}

static void test_no_abi_no_registers(void) {
    struct question question = question_of(facts_right(OUTCOME_AVAILABLE));

    question.kind.has_abi = false;
    question.base.state = OBSERVATION_BX_CHANGED;
    EXPECT_REDS(&question, "-");
    CU_ASSERT_FALSE(question_exercised(&question, RULE_PLATFORM_REGISTERS_PRESERVED));
    CU_ASSERT_TRUE(question_exercised(&question, RULE_PLATFORM_STACK_BALANCED));
}

static void test_subleaf(void) {
    struct question stale = question_of(facts_right(OUTCOME_AVAILABLE));
    struct question silent = question_of(facts_unread(OUTCOME_NOT_AVAILABLE, OUTCOME_ABSENT));

    stale.kind.names_outcome = silent.kind.names_outcome = false;
    stale.base.stale_subleaf = true;
    EXPECT_REDS(&stale, "platform/subleaf-zero");
    silent.base.read_hypervisor = silent.base.read_base = false;
    EXPECT_REDS(&silent, "-");
    CU_ASSERT_FALSE(question_exercised(&silent, RULE_PLATFORM_SUBLEAF_ZERO));
}

/* A twin counts like the case itself, and is the one that is shown. */
static void test_twins_show_it(void) {
    struct question question = question_of(facts_right(OUTCOME_AVAILABLE));
    struct facts changed = facts_right(OUTCOME_AVAILABLE);

    changed.state = OBSERVATION_BX_CHANGED;
    question_add(&question, TWIN_SIGNATURE, facts_right(OUTCOME_AVAILABLE));
    question_add(&question, TWIN_SIGNATURE, changed);
    question_add(&question, TWIN_SIGNATURE, changed);
    question_add(&question, TWIN_VALUE, facts_ended(OBSERVATION_OUT_OF_BUDGET, OUTCOME_AVAILABLE));
    EXPECT_REDS(&question, "platform/returns,platform/registers-preserved");
    CU_ASSERT_EQUAL(question.findings[RULE_PLATFORM_REGISTERS_PRESERVED].twin, 1);
    CU_ASSERT_EQUAL(question.findings[RULE_PLATFORM_RETURNS].twin, 3);
}

static void test_the_case_itself_is_shown_first(void) {
    struct question question = question_of(facts_right(OUTCOME_AVAILABLE));

    question.base.state = OBSERVATION_WROTE_FOREIGN;
    question_add(&question, TWIN_SIGNATURE, question.base);
    EXPECT_REDS(&question, "platform/own-memory-only");
    CU_ASSERT_EQUAL(question.findings[RULE_PLATFORM_OWN_MEMORY_ONLY].twin, FINDING_NO_TWIN);
}

/* --- Fresh starts. --- */

static void test_fresh_starts_agree(void) {
    struct question question = question_of(facts_right(OUTCOME_AVAILABLE));

    question_add(&question, TWIN_AGAIN, question.base);
    question_add(&question, TWIN_GARBAGE, question.base);
    EXPECT_REDS(&question, "-");
    CU_ASSERT_TRUE(question_exercised(&question, RULE_PLATFORM_DETERMINISTIC));
}

static void test_fresh_starts_differ(void) {
    struct facts right = facts_right(OUTCOME_AVAILABLE), other_answer = right, other_leaves = right,
                 other_value = right;
    const struct facts *rows[] = {&other_answer, &other_leaves, &other_value};
    static const enum twin_kind kinds[] = {TWIN_AGAIN, TWIN_GARBAGE};

    other_answer = facts_of(OUTCOME_AVAILABLE, OUTCOME_ABSENT);
    other_leaves.leaves = LEAVES_OTHER;
    other_value.value_right = false;
    for (size_t i = 0; i < 6; i++) {
        struct question question = question_of(right);

        question_add(&question, kinds[i % 2], *rows[i / 2]);
        EXPECT_REDS(&question, "platform/deterministic");
        CU_ASSERT_EQUAL(question.findings[RULE_PLATFORM_DETERMINISTIC].twin, 0);
    }
}

/* One start crashes and the other does not: the crash has its rule, the difference has its own. */
static void test_fresh_starts_crash(void) {
    struct facts right = facts_right(OUTCOME_AVAILABLE),
                 crashed = facts_ended(OBSERVATION_READ_FAULT, OUTCOME_AVAILABLE);
    struct question later = question_of(right), first = question_of(crashed),
                    both = question_of(crashed);

    question_add(&later, TWIN_AGAIN, crashed);
    EXPECT_REDS(&later, "platform/no-fault,platform/deterministic");
    question_add(&first, TWIN_GARBAGE, right);
    EXPECT_REDS(&first, "platform/no-fault,platform/deterministic");
    question_add(&both, TWIN_AGAIN, crashed);
    EXPECT_REDS(&both, "platform/no-fault");
}

/* --- Without the presence bit. --- */

static struct question without_presence(struct facts base) {
    struct question question = question_of(base);

    question.absent = true;
    return question;
}

static void test_presence(void) {
    struct facts silent = facts_unread(OUTCOME_NOT_AVAILABLE, OUTCOME_ABSENT), found = silent,
                 odd = silent, reads = silent;
    const struct {
        const struct facts *facts;
        const char *reds;
    } rows[] = {
        {&silent, "-"},
        {&reads, "presence/checked-first"},
        {&found, "presence/checked-first"},
        {&odd, "presence/checked-first"},
    };

    silent.read_base = silent.read_hypervisor = false;
    found = odd = silent;
    found.answer = OUTCOME_AVAILABLE;
    odd.answer = OUTCOME_NONE;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct question question = without_presence(*rows[i].facts);

        EXPECT_REDS(&question, rows[i].reds);
        CU_ASSERT_TRUE(question_exercised(&question, RULE_PRESENCE_CHECKED_FIRST));
        CU_ASSERT_FALSE(question_exercised(&question, RULE_MAX_BELOW_IS_ABSENT));
        CU_ASSERT_FALSE(question_exercised(&question, RULE_MAX_READ_FIRST));
    }
}

static void test_presence_is_only_judged_without_the_bit(void) {
    struct question question = question_of(facts_right(OUTCOME_AVAILABLE));

    EXPECT_REDS(&question, "-");
    CU_ASSERT_FALSE(question_exercised(&question, RULE_PRESENCE_CHECKED_FIRST));
}

static void test_presence_unanswered(void) {
    struct question question =
        without_presence(facts_ended(OBSERVATION_OUT_OF_BUDGET, OUTCOME_NOT_AVAILABLE));

    EXPECT_REDS(&question, "platform/returns");
    CU_ASSERT_EQUAL(question.findings[RULE_PRESENCE_CHECKED_FIRST].state, FINDING_UNANSWERED);
}

/* What no processor returns outside the block is there to see what the answer follows. */
static void test_leaves_elsewhere_accuse_nobody(void) {
    struct question question = question_of(facts_unread(OUTCOME_AVAILABLE, OUTCOME_ABSENT));
    struct facts stale = question.base;

    stale.stale_subleaf = true;
    question_add(&question, TWIN_ELSEWHERE, stale);
    question_add(&question, TWIN_ELSEWHERE,
                 facts_ended(OBSERVATION_OUT_OF_BUDGET, OUTCOME_AVAILABLE));
    EXPECT_REDS(&question, "max/reaches-target");
}

/* What an interrupt does to a probe that keeps data below the stack pointer is the stack's rule's.
 */
static void test_interrupted(void) {
    const struct facts right = facts_right(OUTCOME_AVAILABLE);
    struct question question = question_of(right);

    question_add(&question, TWIN_INTERRUPTED, right);
    EXPECT_REDS(&question, "-");
    CU_ASSERT_TRUE(question_exercised(&question, RULE_PLATFORM_STACK_BALANCED));
    question_add(&question, TWIN_INTERRUPTED, facts_of(OUTCOME_AVAILABLE, OUTCOME_NOT_AVAILABLE));
    EXPECT_REDS(&question, "platform/stack-balanced");
    question = question_of(right);
    question_add(&question, TWIN_INTERRUPTED,
                 facts_ended(OBSERVATION_FETCH_FAULT, OUTCOME_AVAILABLE));
    EXPECT_REDS(&question, "platform/stack-balanced");
    question = question_of(facts_right(OUTCOME_NOT_IMPLEMENTED));
    question_add(&question, TWIN_INTERRUPTED, facts_of(OUTCOME_NOT_IMPLEMENTED, OUTCOME_AVAILABLE));
    EXPECT_REDS(&question, "platform/stack-balanced");
}

static const struct unit_test tests[] = {
    {"each end that is no answer has its rule", test_ends},
    {"an error of the harness judges nothing", test_errors_judge_nothing},
    {"each state has its rule", test_states},
    {"without an ABI no register has to be kept", test_no_abi_no_registers},
    {"a stale subleaf", test_subleaf},
    {"twins count too, and are shown", test_twins_show_it},
    {"the case itself is shown first", test_the_case_itself_is_shown_first},
    {"leaves elsewhere accuse nobody", test_leaves_elsewhere_accuse_nobody},
    {"interrupts accuse the stack's rule alone", test_interrupted},
    {"fresh starts that agree", test_fresh_starts_agree},
    {"fresh starts that differ", test_fresh_starts_differ},
    {"fresh starts that crash", test_fresh_starts_crash},
    {"presence", test_presence},
    {"presence needs a table without the bit", test_presence_is_only_judged_without_the_bit},
    {"presence without an answer is no pass", test_presence_unanswered},
};

int main(void) {
    return UNIT_RUN(tests);
}
