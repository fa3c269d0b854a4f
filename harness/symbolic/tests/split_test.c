/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/clock.h"
#include "base/tests/unit.h"
#include "harness/symbolic/guess.h"
#include "harness/symbolic/split.h"

/*
 * Queries taken apart, and those that are tried: what comes out, and that they end.
 */
#define WAYS 40u

struct split_fixture {
    struct terms *terms;
    struct solver *solver;
    term_id end, asked; /* where a walk ends, and what it looks for */
    term_id found;      /* it has met what it looks for */
    uint64_t values[2];
};

/* A walk down from an unknown number, of up to WAYS steps, as the ways out of it leave it. */
static bool split_begin(struct split_fixture *fixture) {
    struct terms *terms;

    *fixture = (struct split_fixture){.terms = terms_new()};
    terms = fixture->terms;
    fixture->solver = terms && solver_version() ? solver_new(terms) : NULL;
    if (!fixture->solver) {
        terms_free(terms);
        return false;
    }
    fixture->end = term_unknown(terms, 32);
    fixture->asked = term_unknown(terms, 32);
    fixture->found = term_false(terms);
    for (uint32_t step = WAYS; step-- > 0;)
        fixture->found = term_choose(
            terms, term_binary(terms, TERM_LT_UNSIGNED, term_number(terms, 32, step), fixture->end),
            term_or(
                terms, fixture->found,
                term_eq(terms, fixture->asked,
                        term_binary(terms, TERM_SUB, fixture->end, term_number(terms, 32, step)))),
            fixture->found);
    return true;
}

static void split_end(struct split_fixture *fixture) {
    solver_free(fixture->solver);
    terms_free(fixture->terms);
}

static enum solver_answer split_query_of(struct split_fixture *fixture, const term_id *conditions,
                                         size_t count, size_t slow) {
    const struct split_query query = {.conditions = conditions,
                                      .count = count,
                                      .slow = slow,
                                      .values = fixture->values,
                                      .values_count = 2,
                                      .end = clock_seconds() + 100};

    return split_ask(fixture->terms, fixture->solver, &query);
}

static term_id split_below(struct split_fixture *fixture, term_id a, term_id b) {
    return term_binary(fixture->terms, TERM_LT_UNSIGNED, a, b);
}

static void test_no_case(void) {
    struct split_fixture fixture;
    term_id conditions[3];

    if (!split_begin(&fixture))
        return;
    conditions[0] = split_below(&fixture, fixture.end, term_number(fixture.terms, 32, WAYS));
    conditions[1] = split_below(&fixture, fixture.end, fixture.asked);
    conditions[2] = fixture.found; /* what is above where it begins is not met */
    CU_ASSERT_EQUAL(split_query_of(&fixture, conditions, 3, 0), SOLVER_NO);
    split_end(&fixture);
}

/* One case of many, the last one ahead of the end of the numbers. */
static void test_one_case(void) {
    struct split_fixture fixture;
    term_id conditions[2];

    if (!split_begin(&fixture))
        return;
    conditions[0] = split_below(&fixture, term_number(fixture.terms, 32, 0xfffffff0u), fixture.end);
    conditions[1] = fixture.found;
    CU_ASSERT_EQUAL(split_query_of(&fixture, conditions, 2, 0), SOLVER_YES);
    CU_ASSERT_EQUAL(term_last_broken(fixture.terms, conditions, 2, fixture.values, 2), 0);
    split_end(&fixture);
}

/* What was left out of a case as if it did not matter is looked at in the end. */
static void test_left_out(void) {
    struct split_fixture fixture;
    term_id conditions[3], other;

    if (!split_begin(&fixture))
        return;
    other = term_unknown(fixture.terms, 32);
    conditions[0] = term_eq(fixture.terms, term_binary(fixture.terms, TERM_MUL, other, other),
                            term_number(fixture.terms, 32, 2)); /* no square is 2 */
    conditions[1] = split_below(&fixture, fixture.end, term_number(fixture.terms, 32, WAYS));
    conditions[2] = fixture.found;
    CU_ASSERT_EQUAL(split_query_of(&fixture, conditions, 3, 1), SOLVER_UNKNOWN);
    split_end(&fixture);
}

/* What is asked for itself bears on no other query, and takes nothing from one. */
static void test_alone(void) {
    struct split_fixture fixture;
    term_id below, above;

    if (!split_begin(&fixture))
        return;
    below = split_below(&fixture, fixture.end, fixture.asked);
    above = split_below(&fixture, fixture.asked, fixture.end);
    CU_ASSERT_EQUAL(solver_check(fixture.solver, &below, 1, NULL, 0), SOLVER_YES);
    CU_ASSERT_EQUAL(solver_check_alone(fixture.solver, &above, 1, fixture.values, 2), SOLVER_YES);
    CU_ASSERT_TRUE(fixture.values[1] < fixture.values[0]);
    CU_ASSERT_EQUAL(solver_check_alone(fixture.solver, (const term_id[]){below, above}, 2, NULL, 0),
                    SOLVER_NO);
    CU_ASSERT_EQUAL(solver_check_alone(fixture.solver, &below, 1, fixture.values, 2), SOLVER_YES);
    CU_ASSERT_TRUE(fixture.values[0] < fixture.values[1]);
    CU_ASSERT_EQUAL(solver_check(fixture.solver, &above, 1, NULL, 0), SOLVER_YES);
    split_end(&fixture);
}

/* Nothing that is compared often: that is no answer. */
static void test_no_split(void) {
    struct split_fixture fixture;
    term_id condition;

    if (!split_begin(&fixture))
        return;
    condition = split_below(&fixture, fixture.end, fixture.asked);
    CU_ASSERT_EQUAL(split_query_of(&fixture, &condition, 1, 0), SOLVER_UNKNOWN);
    split_end(&fixture);
}

/* What it takes to see that the rest does not hold, where what is asked about mostly does, is
 * counted. */
static void test_guess_ends(void) {
    struct terms *terms = terms_new();
    term_id a = term_unknown(terms, 32), sum = a, conditions[2];
    uint64_t values[1] = {0};
    struct guess_query query = {.conditions = conditions,
                                .count = 2,
                                .values = values,
                                .values_count = 1,
                                .steps = 1u << 26,
                                .end = 0};

    for (unsigned i = 0; i < 100; i++)
        sum = term_binary(terms, TERM_XOR, term_binary(terms, TERM_MUL, sum, sum),
                          term_number(terms, 32, 2 * i + 1));
    conditions[0] = term_and(terms, term_binary(terms, TERM_LT_UNSIGNED, sum, a),
                             term_binary(terms, TERM_LT_UNSIGNED, a, sum));
    conditions[1] = term_binary(terms, TERM_LE_UNSIGNED, term_number(terms, 32, 1), a);
    CU_ASSERT_FALSE(guess_values(terms, &query));
    CU_ASSERT_TRUE(query.steps < 4096); /* and not the draws, which are fewer */
    terms_free(terms);
}

static const struct unit_test tests[] = {
    {"no case", test_no_case},
    {"one case", test_one_case},
    {"what is left out of a case", test_left_out},
    {"what is asked alone", test_alone},
    {"nothing to split by", test_no_split},
    {"guesses end", test_guess_ends},
};

int main(void) {
    return UNIT_RUN(tests);
}
