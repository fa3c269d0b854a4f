/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/judge/tests/judge_fixture.h"

/* Questions asked among others of one boot. */

static const char *sequence_reds(struct facts alone, struct facts among,
                                 struct finding findings[RULES], char text[256]) {
    const struct judge_probe kind = question_of(alone).kind;

    memset(findings, 0, RULES * sizeof *findings);
    judge_sequence(&kind, &alone, &among, true, findings);
    return findings_text(findings, FINDING_VIOLATED, text, 256);
}

static void test_sequences(void) {
    struct facts yes = facts_right(OUTCOME_AVAILABLE),
                 no = facts_of(OUTCOME_AVAILABLE, OUTCOME_ABSENT),
                 stale = facts_valued(OUTCOME_AVAILABLE, false), cached = yes, clobbers = yes,
                 beyond = yes, ahead = yes, blind = yes, subleaf = yes;
    const struct {
        const struct facts *alone, *among;
        const char *reds;
    } rows[] = {
        {&yes, &yes, "-"},
        {&no, &no, "-"}, /* wrong, but the same: the steps' fault */
        {&yes, &cached, "-"},
        {&yes, &no, "gaps/order-independent"},
        {&no, &yes, "gaps/order-independent"},
        {&yes, &stale, "gaps/order-independent"}, /* the first question's value */
        {&yes, &clobbers, "platform/registers-preserved"},
        {&yes, &beyond, "max/no-read-beyond"}, /* in a later question alone */
        {&yes, &ahead, "max/read-first"},
        {&yes, &blind, "max/read-first"},
        {&yes, &subleaf, "platform/subleaf-zero"},
    };
    struct finding findings[RULES];
    char text[256];

    cached.leaves = LEAVES_BASE; /* fewer leaves are read the second time: that is allowed */
    clobbers.state = OBSERVATION_BX_CHANGED;
    beyond.read_beyond = ahead.read_ahead = subleaf.stale_subleaf = true;
    blind.read_base = false;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CU_ASSERT_STRING_EQUAL(sequence_reds(*rows[i].alone, *rows[i].among, findings, text),
                               rows[i].reds);
        CU_ASSERT_TRUE(findings[RULE_GAPS_ORDER_INDEPENDENT].state & FINDING_EXERCISED);
    }
}

/* Without a hypervisor only what is read and said of one counts, and the platform's rules. */
static void test_sequences_absent(void) {
    struct facts no = facts_of(OUTCOME_NOT_AVAILABLE, OUTCOME_ABSENT), reads = no, says = no;
    const struct judge_probe kind = question_of(no).kind;
    const struct {
        const struct facts *among;
        const char *reds;
    } rows[] = {{&no, "-"}, {&reads, "presence/checked-first"}, {&says, "presence/checked-first"}};

    no.read_hypervisor = no.read_base = says.read_hypervisor = false;
    says.answer = OUTCOME_AVAILABLE;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct finding findings[RULES] = {0};
        char text[256];

        judge_sequence(&kind, &no, rows[i].among, false, findings);
        CU_ASSERT_STRING_EQUAL(findings_text(findings, FINDING_VIOLATED, text, sizeof text),
                               rows[i].reds);
        CU_ASSERT_EQUAL(findings[RULE_GAPS_ORDER_INDEPENDENT].state, 0);
    }
}

static void test_sequences_signed(void) {
    struct facts yes = facts_right(OUTCOME_AVAILABLE),
                 no = facts_of(OUTCOME_AVAILABLE, OUTCOME_ABSENT), reads = yes,
                 crashed = facts_ended(OBSERVATION_READ_FAULT, OUTCOME_AVAILABLE);
    const struct {
        const struct facts *twin;
        unsigned state;
    } rows[] = {{&yes, FINDING_EXERCISED},
                {&no, FINDING_EXERCISED | FINDING_VIOLATED},
                {&reads, FINDING_EXERCISED | FINDING_DEVIATES},
                {&crashed, FINDING_EXERCISED | FINDING_VIOLATED}};

    const struct judge_probe kind = question_of(yes).kind;

    reads.leaves = reads.block = LEAVES_OTHER;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct finding findings[RULES] = {0};

        judge_sequence_signed(&kind, &yes, rows[i].twin, findings);
        CU_ASSERT_EQUAL(findings[RULE_GENERIC_SIGNATURE_IGNORED].state, rows[i].state);
    }
}

/* A wrong answer costs a rule that counts, and a wrong "available" that of its step. */
static void test_sequences_cost(void) {
    const struct facts yes = facts_right(OUTCOME_AVAILABLE),
                       no = facts_of(OUTCOME_AVAILABLE, OUTCOME_ABSENT),
                       unread = facts_unread(OUTCOME_AVAILABLE, OUTCOME_ABSENT),
                       below = facts_right(OUTCOME_NOT_AVAILABLE),
                       above = facts_of(OUTCOME_NOT_AVAILABLE, OUTCOME_AVAILABLE),
                       zero = facts_right(OUTCOME_NOT_IMPLEMENTED),
                       full = facts_of(OUTCOME_NOT_IMPLEMENTED, OUTCOME_AVAILABLE),
                       cut = facts_valued(OUTCOME_AVAILABLE, false),
                       crashed = facts_ended(OBSERVATION_READ_FAULT, OUTCOME_AVAILABLE);
    const struct {
        const struct facts *other, *facts;
        bool counts; /* the rule that explains it */
        const char *reds;
    } rows[] = {
        {&below, &above, true, "max/below-is-absent"},
        {&zero, &full, true, "target/zero-is-absent"},
        {&yes, &no, true, "-"},
        {&yes, &no, false, "target/nonzero-is-present"},
        {&yes, &unread, false, "max/reaches-target"},
        {&no, &no, false, "-"}, /* judged by itself */
        {&yes, &cut, true, "-"},
        {&yes, &cut, false, "target/value-intact"},
        {&yes, &crashed, false, "target/nonzero-is-present"},
        {&yes, &crashed, true, "-"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct judge_probe kind = question_of(yes).kind;
        struct finding among[RULES], among_signed[RULES];
        char text[256];

        memset(among, 0, sizeof among);
        memset(among_signed, 0, sizeof among_signed);
        kind.judged[RULE_GAPS_ORDER_INDEPENDENT] = kind.judged[RULE_GENERIC_SIGNATURE_IGNORED] =
            kind.judged[RULE_PLATFORM_NO_FAULT] = rows[i].counts;
        judge_sequence(&kind, rows[i].other, rows[i].facts, true, among);
        among[RULE_GAPS_ORDER_INDEPENDENT].state = among[RULE_PLATFORM_NO_FAULT].state = 0;
        CU_ASSERT_STRING_EQUAL(findings_text(among, FINDING_VIOLATED, text, sizeof text),
                               rows[i].reds);
        judge_sequence_signed(&kind, rows[i].other, rows[i].facts, among_signed);
        among_signed[RULE_GENERIC_SIGNATURE_IGNORED].state = 0;
        CU_ASSERT_STRING_EQUAL(findings_text(among_signed, FINDING_VIOLATED, text, sizeof text),
                               rows[i].reds);
    }
}

static void test_sequences_unanswered(void) {
    struct facts yes = facts_right(OUTCOME_AVAILABLE),
                 crashed = facts_ended(OBSERVATION_READ_FAULT, OUTCOME_AVAILABLE);
    struct finding findings[RULES];
    char text[256];

    CU_ASSERT_STRING_EQUAL(sequence_reds(yes, crashed, findings, text), "platform/no-fault");
    CU_ASSERT_EQUAL(findings[RULE_GAPS_ORDER_INDEPENDENT].state, FINDING_UNANSWERED);
    CU_ASSERT_STRING_EQUAL(sequence_reds(crashed, yes, findings, text), "-");
    CU_ASSERT_EQUAL(findings[RULE_GAPS_ORDER_INDEPENDENT].state, FINDING_UNANSWERED);
}

static const struct unit_test tests[] = {
    {"questions among others", test_sequences},
    {"questions among others without a hypervisor", test_sequences_absent},
    {"questions among others under another signature", test_sequences_signed},
    {"a wrong answer among others costs a rule that counts", test_sequences_cost},
    {"no answer among others is never a pass", test_sequences_unanswered},
};

int main(void) {
    return UNIT_RUN(tests);
}
