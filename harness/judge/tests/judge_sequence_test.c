/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/judge/tests/judge_fixture.h"

/* Questions asked among others of one boot. */

static const char *sequence_reds(struct facts alone, struct facts among,
                                 struct finding findings[RULES], char text[256]) {
    const struct judge_probe kind = {true, true, true, true};

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
    const struct judge_probe kind = {true, true, true, true};
    struct facts no = facts_of(OUTCOME_NOT_AVAILABLE, OUTCOME_ABSENT), reads = no, says = no;
    const struct {
        const struct facts *among;
        const char *reds;
    } rows[] = {{&no, "-"}, {&reads, "presence/checked-first"}, {&says, "presence/checked-first"}};

    no.read_hypervisor = no.read_base = says.read_hypervisor = false;
    says.answer = OUTCOME_AVAILABLE;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct finding findings[RULES] = {{0, 0}};
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
                {&reads, FINDING_EXERCISED | FINDING_VIOLATED},
                {&crashed, 0}};

    reads.leaves = LEAVES_OTHER;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct finding findings[RULES] = {{0, 0}};

        judge_sequence_signed(&yes, rows[i].twin, findings);
        CU_ASSERT_EQUAL(findings[RULE_GENERIC_SIGNATURE_IGNORED].state, rows[i].state);
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
    {"no answer among others is never a pass", test_sequences_unanswered},
};

int main(void) {
    return UNIT_RUN(tests);
}
