/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_JUDGE_TESTS_JUDGE_FIXTURE_H
#define HVSPEC_HARNESS_JUDGE_TESTS_JUDGE_FIXTURE_H

#include "base/tests/unit.h"
#include "harness/judge/judge.h"

#include <stdio.h>
#include <string.h>

/*
 * A question and its twins, written by hand: facts start as those of a probe that reads what the
 * mail says and gives the answer named; a test changes what its probe does otherwise.
 */
#define QUESTION_TWINS_MAX (TWIN_KINDS + 16u)

struct question {
    struct judge_probe kind;
    struct facts base;
    struct twin twins[QUESTION_TWINS_MAX];
    struct evidence evidence[QUESTION_TWINS_MAX];
    size_t count;
    bool absent; /* the table's presence bit is clear */
    struct finding findings[RULES];
    char text[1024];
};

enum { LEAVES_BASE = 100, LEAVES_BOTH = 200, LEAVES_OTHER = 300 }; /* hashes of what was read */

/* A run that reads BASE, and the target when it is within the maximum, and answers so. */
static inline struct facts facts_of(enum outcome expected, enum outcome answer) {
    return (struct facts){.end = OBSERVATION_RETURNED,
                          .expected = expected,
                          .answer = answer,
                          .returned = true,
                          .right = answer != OUTCOME_NONE &&
                                   (answer == OUTCOME_AVAILABLE) == (expected == OUTCOME_AVAILABLE),
                          .named_right = answer == expected,
                          .read_base = true,
                          .read_target = expected != OUTCOME_NOT_AVAILABLE,
                          .read_hypervisor = true,
                          .value_right = true,
                          .leaves = expected == OUTCOME_NOT_AVAILABLE ? LEAVES_BASE : LEAVES_BOTH,
                          .block = expected == OUTCOME_NOT_AVAILABLE ? LEAVES_BASE : LEAVES_BOTH};
}

static inline struct facts facts_right(enum outcome expected) {
    return facts_of(expected, expected);
}

/* The same without the target's reading. */
static inline struct facts facts_unread(enum outcome expected, enum outcome answer) {
    struct facts facts = facts_of(expected, answer);

    facts.read_target = false;
    facts.leaves = facts.block = LEAVES_BASE;
    return facts;
}

/* A right run that reports the target's value, or another. */
static inline struct facts facts_valued(enum outcome answer, bool value_right) {
    struct facts facts = facts_of(OUTCOME_AVAILABLE, answer);

    facts.value_right = value_right;
    return facts;
}

/* A run that ended without an answer. */
static inline struct facts facts_ended(enum observation_end end, enum outcome expected) {
    struct facts facts = facts_of(expected, OUTCOME_NONE);

    facts.end = end;
    facts.returned = false;
    return facts;
}

/* A question to a probe of which everything is judgeable. */
static inline struct question question_of(struct facts base) {
    struct question question = {
        .kind = {.names_outcome = true, .reports_value = true, .has_abi = true, .any_target = true},
        .base = base};

    memset(question.kind.judged, true, sizeof question.kind.judged);
    return question;
}

static inline void question_add(struct question *question, enum twin_kind kind,
                                struct facts facts) {
    size_t i = question->count++;

    question->twins[i].kind = kind;
    question->evidence[i] = (struct evidence){NULL, facts};
}

static inline void question_bind(struct question *question) {
    for (size_t i = 0; i < question->count; i++)
        question->evidence[i].twin = &question->twins[i];
}

/* The rules of `findings` with any of `states`, in catalogue order: "a,b"; "-" when none. */
static inline const char *findings_text(const struct finding *findings, unsigned states, char *text,
                                        size_t size) {
    size_t used = 0;

    snprintf(text, size, "-");
    for (unsigned rule = 0; rule < RULES; rule++) {
        if ((findings[rule].state & states) && used < size)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used > 0 ? "," : "",
                                     rules[rule].id);
    }
    return text;
}

/* Judges; the rules that turned red. */
static inline const char *question_reds(struct question *question) {
    question_bind(question);
    memset(question->findings, 0, sizeof question->findings);
    judge_question(&question->kind, &question->base, question->evidence, question->count,
                   !question->absent, question->findings);
    return findings_text(question->findings, FINDING_VIOLATED, question->text,
                         sizeof question->text);
}

static inline bool question_exercised(const struct question *question, enum rule_id rule) {
    return (question->findings[rule].state & FINDING_EXERCISED) != 0;
}

/* Shows what was found instead when a test fails. */
#define EXPECT_REDS(question, wanted)                                                              \
    do {                                                                                           \
        const char *expect_reds = question_reds(question);                                         \
        if (strcmp(expect_reds, wanted) != 0)                                                      \
            fprintf(stderr, "\n%s:%d: red: %s, not %s\n", __FILE__, __LINE__, expect_reds,         \
                    wanted);                                                                       \
        CU_ASSERT_STRING_EQUAL(expect_reds, wanted);                                               \
    } while (0)

#endif
