/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/judge/tests/judge_fixture.h"

/* What must not matter, and the rule that says so. */
static const struct factor {
    enum twin_kind kind;
    const char *rule;
} factors[] = {
    {TWIN_SIGNATURE, "generic/signature-ignored"}, {TWIN_REGISTERS, "target/eax-alone"},
    {TWIN_LEAVES, "gaps/other-leaves-ignored"},    {TWIN_GARBAGE, "platform/deterministic"},
    {TWIN_PROCESSOR, "generic/processor-ignored"},
};
enum { FACTORS = 5 };

static struct question wrong_question(enum outcome expected, enum outcome answer) {
    struct question question = question_of(facts_of(expected, answer));

    question.kind.names_outcome = false;
    return question;
}

/* What is red when a run is wrong for a cause: its rule, and the step's for an "available", which
 * no cause excuses. */
static const char *cost(enum outcome expected, enum outcome answer, const char *cause) {
    static char text[256];
    const char *step =
        expected == OUTCOME_NOT_AVAILABLE ? "max/below-is-absent" : "target/zero-is-absent";

    if (answer != OUTCOME_AVAILABLE)
        return cause;
    snprintf(text, sizeof text, "%s,%s", step, cause);
    return text;
}

/* --- A right answer that becomes wrong. --- */

static void test_right_case_wrong_twin(void) {
    for (size_t i = 0; i < FACTORS; i++) {
        for (unsigned outcome = OUTCOME_AVAILABLE; outcome <= OUTCOME_NOT_IMPLEMENTED; outcome++) {
            struct question question = question_of(facts_right(outcome));
            enum outcome wrong =
                outcome == OUTCOME_AVAILABLE ? OUTCOME_NOT_AVAILABLE : OUTCOME_AVAILABLE;
            struct facts twin = facts_of(outcome, wrong);

            /* Below the maximum's reach a probe that minds other leaves has to read there. */
            question.base.read_target = twin.read_target = true;
            question_add(&question, factors[i].kind, question.base);
            question_add(&question, factors[i].kind, twin);
            EXPECT_REDS(&question, cost(outcome, wrong, factors[i].rule));
            CU_ASSERT_EQUAL(question.findings[rules_find(factors[i].rule)].twin, 1);
        }
    }
}

/* Another kind of "no", or no known answer, is another answer. */
static void test_other_no(void) {
    static const enum outcome answers[] = {OUTCOME_NOT_AVAILABLE, OUTCOME_NONE};

    for (size_t i = 0; i < FACTORS; i++) {
        for (size_t j = 0; j < 2; j++) {
            struct question question = question_of(facts_right(OUTCOME_NOT_IMPLEMENTED));

            question_add(&question, factors[i].kind, facts_of(OUTCOME_NOT_IMPLEMENTED, answers[j]));
            EXPECT_REDS(&question, factors[i].rule);
        }
    }
}

/* The signature may not even change what is read, which is nonstrict as long as the answers are the
 * same; the others may (a scan stops elsewhere). */
static void test_other_leaves_read(void) {
    static const struct {
        enum twin_kind kind;
        const char *nonstrict;
    } rows[] = {{TWIN_SIGNATURE, "generic/signature-ignored"},
                {TWIN_REGISTERS, "-"},
                {TWIN_LEAVES, "-"},
                {TWIN_MAXIMUM, "-"},
                {TWIN_RANGE, "-"}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct question question = question_of(facts_right(OUTCOME_AVAILABLE));
        struct facts twin = question.base;

        twin.leaves = twin.block = LEAVES_OTHER;
        question_add(&question, rows[i].kind, twin);
        EXPECT_REDS(&question, "-");
        CU_ASSERT_STRING_EQUAL(
            findings_text(question.findings, FINDING_DEVIATES, question.text, sizeof question.text),
            rows[i].nonstrict);
        /* An answer that differs is worse, whatever was found before it. */
        question_add(&question, TWIN_SIGNATURE, facts_of(OUTCOME_AVAILABLE, OUTCOME_ABSENT));
        EXPECT_REDS(&question, "generic/signature-ignored");
        CU_ASSERT_EQUAL(question.findings[RULE_GENERIC_SIGNATURE_IGNORED].twin, 1);
    }
}

/* These tell causes apart or expect something else: by themselves they accuse nobody. */
static void test_kinds_that_do_not_accuse(void) {
    static const enum twin_kind kinds[] = {TWIN_MAXIMUM,      TWIN_RANGE,   TWIN_COLUMN,
                                           TWIN_RANGE_SIGNED, TWIN_NONZERO, TWIN_ELSEWHERE,
                                           TWIN_FURTHER,      TWIN_VALUE};

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct question question = question_of(facts_right(OUTCOME_AVAILABLE));

        question_add(&question, kinds[i], facts_of(OUTCOME_AVAILABLE, OUTCOME_ABSENT));
        EXPECT_REDS(&question, "-");
    }
}

/* A twin without an answer shows a crash, and nothing about what it differs in; but under no
 * signature may the answer fail to come that comes under another, whichever is the case's own. */
static void test_twin_that_crashes(void) {
    struct facts crashed = facts_ended(OBSERVATION_READ_FAULT, OUTCOME_AVAILABLE),
                 failed = facts_ended(OBSERVATION_HARNESS_FAILURE, OUTCOME_AVAILABLE);
    struct question question = question_of(facts_right(OUTCOME_AVAILABLE)), base = question,
                    error = question, both = question_of(crashed);

    question_add(&question, TWIN_REGISTERS, crashed);
    EXPECT_REDS(&question, "platform/no-fault");
    CU_ASSERT_FALSE(question_exercised(&question, RULE_TARGET_EAX_ALONE));
    question_add(&question, TWIN_SIGNATURE, crashed);
    EXPECT_REDS(&question, "generic/signature-ignored,platform/no-fault");
    base.base = crashed;
    question_add(&base, TWIN_SIGNATURE, facts_right(OUTCOME_AVAILABLE));
    EXPECT_REDS(&base, "generic/signature-ignored,platform/no-fault");
    question_add(&both, TWIN_SIGNATURE, crashed);
    EXPECT_REDS(&both, "platform/no-fault");
    CU_ASSERT_FALSE(question_exercised(&both, RULE_GENERIC_SIGNATURE_IGNORED));
    question_add(&error, TWIN_SIGNATURE, failed);
    EXPECT_REDS(&error, "-");
}

/* What the mail leaves open is no difference: a maximum of 0 that means 0x40000001 to one vendor's
 * driver. Nor does it clear anybody. */
static void test_left_open(void) {
    struct facts absent = facts_right(OUTCOME_NOT_AVAILABLE), took = absent;
    struct question question, row = question_of(facts_of(OUTCOME_NOT_AVAILABLE, OUTCOME_AVAILABLE));

    absent.open = took.open = took.took_zero = true;
    took.answer = OUTCOME_AVAILABLE;
    took.leaves = took.block = LEAVES_OTHER;
    question = question_of(absent);
    question_add(&question, TWIN_SIGNATURE, took);
    EXPECT_REDS(&question, "-");
    CU_ASSERT_FALSE(question.findings[RULE_GENERIC_SIGNATURE_IGNORED].state & FINDING_DEVIATES);
    row.kind.names_outcome = false;
    question_add(&row, TWIN_RANGE, took);
    EXPECT_REDS(&row, "max/below-is-absent");
}

/* --- A wrong answer that becomes right: the factor is to blame, and no step. --- */

static void test_factor_repairs(void) {
    static const struct {
        enum outcome expected, answer;
        enum rule_id step;
    } rows[] = {
        {OUTCOME_AVAILABLE, OUTCOME_ABSENT, RULE_TARGET_NONZERO_IS_PRESENT},
        {OUTCOME_NOT_IMPLEMENTED, OUTCOME_AVAILABLE, RULE_TARGET_ZERO_IS_ABSENT},
        {OUTCOME_NOT_AVAILABLE, OUTCOME_AVAILABLE, RULE_MAX_BELOW_IS_ABSENT},
    };

    for (size_t i = 0; i < FACTORS; i++) {
        for (size_t j = 0; j < sizeof rows / sizeof rows[0]; j++) {
            struct question question = wrong_question(rows[j].expected, rows[j].answer);
            struct facts twin = facts_right(rows[j].expected);

            question.base.read_target = twin.read_target = true;
            question_add(&question, factors[i].kind, question.base);
            question_add(&question, factors[i].kind, twin);
            EXPECT_REDS(&question, cost(rows[j].expected, rows[j].answer, factors[i].rule));
            CU_ASSERT_TRUE(question_exercised(&question, rows[j].step));
        }
    }
}

/* A factor whose rule does not count takes nothing upon itself: the step's rule is broken too,
 * unless another factor whose rule counts mends it as well. */
static void test_factor_that_does_not_count(void) {
    for (size_t i = 0; i < FACTORS; i++) {
        struct question question = wrong_question(OUTCOME_AVAILABLE, OUTCOME_ABSENT),
                        unread = question_of(facts_unread(OUTCOME_AVAILABLE, OUTCOME_ABSENT));
        enum rule_id rule = (enum rule_id)rules_find(factors[i].rule);
        size_t other = (i + 1) % FACTORS;

        question.kind.judged[rule] = unread.kind.judged[rule] = false;
        question_add(&question, factors[i].kind, facts_right(OUTCOME_AVAILABLE));
        question_reds(&question);
        CU_ASSERT_TRUE(question.findings[rule].state & FINDING_VIOLATED);
        CU_ASSERT_TRUE(question.findings[RULE_TARGET_NONZERO_IS_PRESENT].state & FINDING_VIOLATED);
        question_add(&question, factors[other].kind, facts_right(OUTCOME_AVAILABLE));
        question_reds(&question);
        CU_ASSERT_FALSE(question.findings[RULE_TARGET_NONZERO_IS_PRESENT].state & FINDING_VIOLATED);
        question_add(&unread, factors[i].kind, facts_right(OUTCOME_AVAILABLE));
        question_reds(&unread);
        CU_ASSERT_TRUE(unread.findings[RULE_MAX_REACHES_TARGET].state & FINDING_VIOLATED);
    }
}

/* No answer is no way out: where the platform's rule does not count, the step's is broken. */
static void test_no_answer_costs(void) {
    static const struct {
        enum outcome expected;
        const char *step;
    } rows[] = {{OUTCOME_AVAILABLE, "target/nonzero-is-present"},
                {OUTCOME_NOT_IMPLEMENTED, "target/zero-is-absent"},
                {OUTCOME_NOT_AVAILABLE, "max/below-is-absent"}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct question question =
            question_of(facts_ended(OBSERVATION_READ_FAULT, rows[i].expected));
        enum rule_id step = (enum rule_id)rules_find(rows[i].step);

        EXPECT_REDS(&question, "platform/no-fault");
        question.kind.judged[RULE_PLATFORM_NO_FAULT] = false;
        question_reds(&question);
        CU_ASSERT_TRUE(question.findings[step].state & FINDING_VIOLATED);
    }
}

/* The target is not read, and is in a twin. */
static void test_factor_reads(void) {
    for (size_t i = 0; i < FACTORS; i++) {
        struct question question =
            question_of(facts_unread(OUTCOME_NOT_IMPLEMENTED, OUTCOME_NOT_AVAILABLE));
        struct facts twin = facts_of(OUTCOME_NOT_IMPLEMENTED, OUTCOME_NOT_AVAILABLE);

        question_add(&question, factors[i].kind, twin);
        question_reds(&question);
        findings_text(question.findings, FINDING_VIOLATED | FINDING_DEVIATES, question.text,
                      sizeof question.text);
        CU_ASSERT_STRING_EQUAL(question.text, factors[i].rule);
        /* The answer is the same under any signature. */
        CU_ASSERT_EQUAL((question.findings[rules_find(factors[i].rule)].state & FINDING_VIOLATED) !=
                            0,
                        factors[i].kind != TWIN_SIGNATURE);
    }
}

/* The target is never read, yet a twin gives the right answer: by that twin's factor, unless it is
 * another leaf, which then stands in the target's place. */
static void test_factor_repairs_unread(void) {
    for (size_t i = 0; i < FACTORS; i++) {
        struct question question = question_of(facts_unread(OUTCOME_AVAILABLE, OUTCOME_ABSENT));

        question_add(&question, factors[i].kind,
                     facts_unread(OUTCOME_AVAILABLE, OUTCOME_AVAILABLE));
        EXPECT_REDS(&question, factors[i].kind == TWIN_LEAVES || factors[i].kind == TWIN_PROCESSOR
                                   ? "target/is-read"
                                   : factors[i].rule);
    }
}

/* Where the maximum alone decides, nothing stands in the target's place: it is that twin's factor.
 */
static void test_factor_repairs_maximum_alone(void) {
    for (size_t i = 0; i < FACTORS; i++) {
        struct question question = question_of(facts_unread(OUTCOME_AVAILABLE, OUTCOME_ABSENT));
        struct facts twin = facts_unread(OUTCOME_AVAILABLE, OUTCOME_AVAILABLE);

        question.kind.form.maximum_only = true;
        question.base.skips_target = twin.skips_target = true;
        question_add(&question, factors[i].kind, twin);
        EXPECT_REDS(&question, factors[i].rule);
    }
}

/* Both the signature and the leaf's other registers mend it: both are asked for. */
static void test_two_factors(void) {
    struct question question = wrong_question(OUTCOME_AVAILABLE, OUTCOME_ABSENT);

    question_add(&question, TWIN_SIGNATURE, facts_right(OUTCOME_AVAILABLE));
    question_add(&question, TWIN_REGISTERS, facts_right(OUTCOME_AVAILABLE));
    EXPECT_REDS(&question, "target/eax-alone,generic/signature-ignored");
}

/* Which kind of absent it says hangs on the signature. */
static void test_factor_names(void) {
    struct question question =
        question_of(facts_of(OUTCOME_NOT_IMPLEMENTED, OUTCOME_NOT_AVAILABLE));

    question_add(&question, TWIN_SIGNATURE, facts_right(OUTCOME_NOT_IMPLEMENTED));
    EXPECT_REDS(&question, "generic/signature-ignored");
    CU_ASSERT_TRUE(question_exercised(&question, RULE_TARGET_OUTCOME_NAMED));
}

/* Below the maximum's reach no leaf at all may matter: another one that does is the cause, whether
 * it makes an answer right or wrong. */
static void test_other_leaves_below(void) {
    struct facts yes = facts_of(OUTCOME_NOT_AVAILABLE, OUTCOME_AVAILABLE),
                 no = facts_right(OUTCOME_NOT_AVAILABLE);
    struct question wrong = wrong_question(OUTCOME_NOT_AVAILABLE, OUTCOME_AVAILABLE),
                    right = question_of(no);

    question_add(&wrong, TWIN_LEAVES, no);
    EXPECT_REDS(&wrong, "max/below-is-absent,gaps/other-leaves-ignored");
    question_add(&right, TWIN_LEAVES, yes);
    EXPECT_REDS(&right, "max/below-is-absent,gaps/other-leaves-ignored");
}

/* Leaves that the case's maximum hides matter when none does: they are to blame, not the maximum
 * that brings them in. */
static void test_hidden_leaves(void) {
    static const bool unread[] = {false, true};

    for (size_t i = 0; i < 2; i++) {
        struct facts yes = facts_right(OUTCOME_AVAILABLE),
                     no = unread[i] ? facts_unread(OUTCOME_AVAILABLE, OUTCOME_ABSENT)
                                    : facts_of(OUTCOME_AVAILABLE, OUTCOME_ABSENT);
        struct question question = wrong_question(OUTCOME_AVAILABLE, OUTCOME_ABSENT), alike;

        question.base = no;
        question_add(&question, TWIN_MAXIMUM, yes);
        alike = question;
        question_add(&question, TWIN_LEAVES_WIDE, no);
        question_add(&question, TWIN_LEAVES_WIDE, yes);
        EXPECT_REDS(&question, "gaps/other-leaves-ignored");
        CU_ASSERT_EQUAL(question.findings[RULE_GAPS_OTHER_LEAVES_IGNORED].twin, 2);
        question_add(&alike, TWIN_LEAVES_WIDE, yes);
        question_add(&alike, TWIN_LEAVES_WIDE, yes);
        EXPECT_REDS(&alike, "max/reaches-target");
    }
}

/* A right answer is not asked for hidden leaves. */
static void test_hidden_leaves_of_a_right_answer(void) {
    struct question question = question_of(facts_right(OUTCOME_AVAILABLE));

    question_add(&question, TWIN_LEAVES_WIDE, facts_of(OUTCOME_AVAILABLE, OUTCOME_ABSENT));
    question_add(&question, TWIN_LEAVES_WIDE, facts_right(OUTCOME_AVAILABLE));
    EXPECT_REDS(&question, "-");
}

/* Another leaf stops the probe ahead of the target: that leaf matters to it. */
static void test_other_leaf_turns_away(void) {
    struct question question = question_of(facts_right(OUTCOME_AVAILABLE));

    question_add(&question, TWIN_LEAVES, facts_unread(OUTCOME_AVAILABLE, OUTCOME_ABSENT));
    EXPECT_REDS(&question, "gaps/other-leaves-ignored");
}

/* --- Rows. --- */

/* Every wrong outcome, with what a row's twin must show to take the blame. */
static const struct row_case {
    enum outcome expected, answer;
    bool unread;
    const char *step; /* who is to blame when the row is not */
} row_cases[] = {
    {OUTCOME_AVAILABLE, OUTCOME_ABSENT, false, "target/nonzero-is-present"},
    {OUTCOME_NOT_IMPLEMENTED, OUTCOME_AVAILABLE, false, "target/zero-is-absent"},
    {OUTCOME_NOT_AVAILABLE, OUTCOME_AVAILABLE, true, "max/below-is-absent"},
    {OUTCOME_AVAILABLE, OUTCOME_ABSENT, true, "max/reaches-target"},
};
enum { ROW_CASES = sizeof row_cases / sizeof row_cases[0] };

static struct question row_question(const struct row_case *row) {
    struct question question = wrong_question(row->expected, row->answer);

    if (row->unread)
        question.base = facts_unread(row->expected, row->answer);
    return question;
}

static void test_row_to_blame(void) {
    for (size_t i = 0; i < ROW_CASES; i++) {
        struct question question = row_question(&row_cases[i]);

        question_add(&question, TWIN_RANGE, question.base);
        question_add(&question, TWIN_RANGE, facts_right(row_cases[i].expected));
        EXPECT_REDS(&question,
                    cost(row_cases[i].expected, row_cases[i].answer, "generic/every-range"));
        CU_ASSERT_EQUAL(question.findings[RULE_GENERIC_EVERY_RANGE].twin, 1);
    }
}

/* A row takes nothing upon itself when its rule does not count. */
static void test_row_that_does_not_count(void) {
    for (size_t i = 0; i < ROW_CASES; i++) {
        struct question question = row_question(&row_cases[i]);

        question.kind.judged[RULE_GENERIC_EVERY_RANGE] = false;
        question_add(&question, TWIN_RANGE, facts_right(row_cases[i].expected));
        question_reds(&question);
        CU_ASSERT_TRUE(question.findings[rules_find(row_cases[i].step)].state & FINDING_VIOLATED);
    }
}

/* A yes without the target read is step 2 skipped, even where another row mends it. */
static void test_row_skipped(void) {
    struct question question = question_of(facts_unread(OUTCOME_AVAILABLE, OUTCOME_AVAILABLE));

    question_add(&question, TWIN_RANGE, facts_right(OUTCOME_AVAILABLE));
    EXPECT_REDS(&question, "target/is-read");
}

/* Wrong in every row alike. */
static void test_row_not_to_blame(void) {
    for (size_t i = 0; i < ROW_CASES; i++) {
        struct question question = row_question(&row_cases[i]);

        question_add(&question, TWIN_RANGE, question.base);
        EXPECT_REDS(&question, row_cases[i].step);
        CU_ASSERT_TRUE(question_exercised(&question, RULE_GENERIC_EVERY_RANGE));
    }
}

/* Reading the target and crashing then mends nothing. */
static void test_row_that_crashes(void) {
    struct question question = row_question(&row_cases[3]);

    question_add(&question, TWIN_RANGE, facts_ended(OBSERVATION_READ_FAULT, OUTCOME_AVAILABLE));
    EXPECT_REDS(&question, "max/reaches-target,platform/no-fault");
    CU_ASSERT_FALSE(question_exercised(&question, RULE_GENERIC_EVERY_RANGE));
}

/* The next leaf of the same row is right as well: it is the leaf, not the row. */
static void test_neighbour_clears_the_row(void) {
    for (size_t i = 0; i < ROW_CASES; i++) {
        struct question question = row_question(&row_cases[i]);

        question_add(&question, TWIN_RANGE, facts_right(row_cases[i].expected));
        question_add(&question, TWIN_COLUMN, facts_right(row_cases[i].expected));
        EXPECT_REDS(&question, row_cases[i].step);
    }
}

/* A plain maximum is right as well: it is the maximum, not the row. */
static void test_maximum_clears_the_row(void) {
    static const char *const steps[ROW_CASES] = {
        "max/reaches-target",
        "target/zero-is-absent",
        "max/below-is-absent",
        "max/reaches-target",
    };

    for (size_t i = 0; i < ROW_CASES; i++) {
        struct question question = row_question(&row_cases[i]);

        question_add(&question, TWIN_RANGE, facts_right(row_cases[i].expected));
        question_add(&question, TWIN_MAXIMUM, facts_right(row_cases[i].expected));
        EXPECT_REDS(&question, steps[i]);
    }
}

/* Neither a row nor a signature mends it but both do: the vendor's features of that vendor only. */
static void test_pair(void) {
    for (size_t i = 0; i < ROW_CASES; i++) {
        struct question question = row_question(&row_cases[i]);

        question_add(&question, TWIN_RANGE, question.base);
        question_add(&question, TWIN_SIGNATURE, question.base);
        question_add(&question, TWIN_RANGE_SIGNED, facts_right(row_cases[i].expected));
        EXPECT_REDS(&question, cost(row_cases[i].expected, row_cases[i].answer,
                                    "generic/signature-ignored,generic/every-range"));
        CU_ASSERT_EQUAL(question.findings[RULE_GENERIC_EVERY_RANGE].twin, 2);
        CU_ASSERT_EQUAL(question.findings[RULE_GENERIC_SIGNATURE_IGNORED].twin, 2);
    }
}

/* The row with its neighbours filled, or the pair in a row that the row's own twins mend, or that
 * has none, says nothing. */
static void test_no_row_to_blame(void) {
    for (size_t i = 0; i < ROW_CASES; i++) {
        struct question question = row_question(&row_cases[i]);

        question_add(&question, TWIN_RANGE_FILLED, facts_right(row_cases[i].expected));
        question_add(&question, TWIN_RANGE, question.base);
        question.twins[1].group = 3;
        question_add(&question, TWIN_RANGE_SIGNED, facts_right(row_cases[i].expected));
        question.twins[2].group = 4;
        EXPECT_REDS(&question, row_cases[i].step);
    }
}

/* They matter in another row, which has leaves where the case's own has none. */
static void test_leaves_that_matter_in_a_row(void) {
    for (unsigned other = 0; other < 2; other++) {
        struct question question = row_question(&row_cases[0]);

        question_add(&question, TWIN_RANGE, facts_right(OUTCOME_AVAILABLE));
        question_add(&question, TWIN_RANGE_FILLED, question.base);
        question_add(&question, TWIN_RANGE_FILLED, facts_right(OUTCOME_AVAILABLE));
        question.twins[1].group = 2;
        question.twins[2].group = 2 + other;
        EXPECT_REDS(&question, other ? "generic/every-range" : "gaps/other-leaves-ignored");
    }
}

/* The row alone mends it, so the pair says nothing of the signature. */
static void test_row_before_pair(void) {
    struct question question = row_question(&row_cases[0]);

    question_add(&question, TWIN_RANGE, facts_right(OUTCOME_AVAILABLE));
    question_add(&question, TWIN_RANGE_SIGNED, facts_right(OUTCOME_AVAILABLE));
    EXPECT_REDS(&question, "generic/every-range");
}

/* The signature alone mends it, so the row says nothing. */
static void test_factor_before_row(void) {
    for (size_t i = 0; i < ROW_CASES; i++) {
        struct question question = row_question(&row_cases[i]);

        question_add(&question, TWIN_RANGE, facts_right(row_cases[i].expected));
        question_add(&question, TWIN_SIGNATURE, facts_right(row_cases[i].expected));
        EXPECT_REDS(&question,
                    cost(row_cases[i].expected, row_cases[i].answer, "generic/signature-ignored"));
    }
}

/* --- What deserves to be examined as a question of its own. --- */

static void add_row(struct question *question, unsigned row, enum outcome answer) {
    question->twins[question->count].group = row;
    question_add(question, TWIN_RANGE, facts_of(OUTCOME_AVAILABLE, answer));
}

static size_t deeper(struct question *question, size_t indices[JUDGE_DEEPER_MAX]) {
    question_bind(question);
    return judge_deeper(&question->kind, &question->base, question->evidence, question->count,
                        indices);
}

static void test_deeper_values(void) {
    struct question question = question_of(facts_right(OUTCOME_AVAILABLE));
    size_t indices[JUDGE_DEEPER_MAX] = {99, 99};

    question_add(&question, TWIN_VALUE, facts_right(OUTCOME_NOT_AVAILABLE));
    question_add(&question, TWIN_VALUE, facts_of(OUTCOME_NOT_AVAILABLE, OUTCOME_AVAILABLE));
    question_add(&question, TWIN_SIGNATURE, facts_of(OUTCOME_AVAILABLE, OUTCOME_ABSENT));
    question_add(&question, TWIN_VALUE, facts_unread(OUTCOME_AVAILABLE, OUTCOME_AVAILABLE));
    question_add(&question, TWIN_VALUE, facts_ended(OBSERVATION_OUT_OF_BUDGET, OUTCOME_AVAILABLE));
    CU_ASSERT_EQUAL(deeper(&question, indices), 1); /* they tend to have one cause */
    CU_ASSERT_EQUAL(indices[0], 1);
    CU_ASSERT_EQUAL(indices[1], 99);
    /* A factor whose rule does not count explains nothing. */
    question.kind.judged[RULE_GENERIC_SIGNATURE_IGNORED] = false;
    CU_ASSERT_EQUAL(deeper(&question, indices), 2);
    CU_ASSERT_EQUAL(indices[1], 2);
    /* Nor does an end whose rule does not. */
    question.kind.judged[RULE_PLATFORM_RETURNS] = false;
    question.evidence[1].facts = question.base;
    question.evidence[3].facts = question.base;
    CU_ASSERT_EQUAL(deeper(&question, indices), 2);
    CU_ASSERT_EQUAL(indices[1], 4);
}

/* The first of every kind that tells causes apart, whatever it is. */
static void test_deeper_kinds(void) {
    static const enum twin_kind kinds[] = {TWIN_MAXIMUM, TWIN_COLUMN, TWIN_RANGE};

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct question question = question_of(facts_right(OUTCOME_AVAILABLE));
        size_t indices[JUDGE_DEEPER_MAX];

        question_add(&question, kinds[i], question.base);
        question_add(&question, kinds[i], facts_of(OUTCOME_AVAILABLE, OUTCOME_ABSENT));
        question_add(&question, TWIN_ELSEWHERE, facts_of(OUTCOME_AVAILABLE, OUTCOME_ABSENT));
        CU_ASSERT_EQUAL(deeper(&question, indices), 1);
        CU_ASSERT_EQUAL(indices[0], 1);
    }
}

/* A row that is wrong throughout, the first such run of it, and no more than two rows; then the
 * first that is wrong at all. */
static void test_deeper_rows(void) {
    struct question question = question_of(facts_right(OUTCOME_AVAILABLE));
    size_t indices[JUDGE_DEEPER_MAX] = {0};

    add_row(&question, 2, OUTCOME_ABSENT); /* 0: right further down */
    add_row(&question, 3, OUTCOME_ABSENT); /* 1 */
    add_row(&question, 3, OUTCOME_ABSENT);
    add_row(&question, 2, OUTCOME_AVAILABLE);
    add_row(&question, 15, OUTCOME_ABSENT); /* 4 */
    add_row(&question, 9, OUTCOME_ABSENT);  /* 5 */
    add_row(&question, 0, OUTCOME_AVAILABLE);
    CU_ASSERT_EQUAL(deeper(&question, indices), 3);
    CU_ASSERT_EQUAL(indices[0], 1);
    CU_ASSERT_EQUAL(indices[1], 5); /* by row */
    CU_ASSERT_EQUAL(indices[2], 0);
}

static void test_deeper_needs_a_right_case(void) {
    struct question question = question_of(facts_of(OUTCOME_AVAILABLE, OUTCOME_ABSENT));
    size_t indices[JUDGE_DEEPER_MAX];

    question_add(&question, TWIN_VALUE, facts_of(OUTCOME_NOT_AVAILABLE, OUTCOME_AVAILABLE));
    add_row(&question, 3, OUTCOME_ABSENT);
    CU_ASSERT_EQUAL(deeper(&question, indices), 0);
}

static const struct unit_test tests[] = {
    {"a right case with a wrong twin", test_right_case_wrong_twin},
    {"another kind of no", test_other_no},
    {"other leaves read", test_other_leaves_read},
    {"kinds that do not accuse", test_kinds_that_do_not_accuse},
    {"a twin that crashes", test_twin_that_crashes},
    {"a factor that mends the answer is to blame", test_factor_repairs},
    {"what is left open", test_left_open},
    {"a factor whose rule does not count", test_factor_that_does_not_count},
    {"no answer costs a rule that counts", test_no_answer_costs},
    {"a factor that leads to the target is to blame", test_factor_reads},
    {"a factor that mends it without the target", test_factor_repairs_unread},
    {"a factor that mends code whose maximum decides alone", test_factor_repairs_maximum_alone},
    {"two factors", test_two_factors},
    {"a factor that decides the name", test_factor_names},
    {"other leaves below", test_other_leaves_below},
    {"hidden leaves", test_hidden_leaves},
    {"hidden leaves of a right answer", test_hidden_leaves_of_a_right_answer},
    {"another leaf turns it away", test_other_leaf_turns_away},
    {"a row to blame", test_row_to_blame},
    {"a row whose rule does not count", test_row_that_does_not_count},
    {"a row that is skipped", test_row_skipped},
    {"a row that crashes", test_row_that_crashes},
    {"no row to blame", test_row_not_to_blame},
    {"the neighbour clears the row", test_neighbour_clears_the_row},
    {"a plain maximum clears the row", test_maximum_clears_the_row},
    {"a row and a signature together", test_pair},
    {"no row to blame", test_no_row_to_blame},
    {"leaves that matter in a row", test_leaves_that_matter_in_a_row},
    {"a row before the pair", test_row_before_pair},
    {"a factor before the row", test_factor_before_row},
    {"deeper: values", test_deeper_values},
    {"deeper: kinds", test_deeper_kinds},
    {"deeper: rows", test_deeper_rows},
    {"deeper: only from a right case", test_deeper_needs_a_right_case},
};

int main(void) {
    return UNIT_RUN(tests);
}
