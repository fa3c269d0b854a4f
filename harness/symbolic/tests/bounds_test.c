/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/random.h"
#include "base/tests/unit.h"
#include "harness/symbolic/internal.h"

#include <stdlib.h>

/*
 * What bounds decide has to hold for every input of a path, and what a path keeps has to say what
 * it said before: on drawn comparisons of two unknowns of six bits, all inputs are tried.
 */
#define WIDTH 6u
#define INPUTS (1u << 2 * WIDTH)
#define ROUNDS 4000u
#define CONDITIONS 6u

struct bench {
    struct machine machine;
    struct machine_state state;
    term_id all; /* all that the path was told */
    uint64_t seed;
    unsigned decided; /* conditions, of all rounds */
};

static uint64_t draw(struct bench *bench, uint64_t below) {
    return random_next(&bench->seed) % below;
}

/* An unknown, a number added to one, the smaller of one and a number, or a difference. */
static term_id draw_term(struct bench *bench) {
    struct terms *terms = bench->machine.terms;
    term_id x = terms_unknown_at(terms, draw(bench, 2)),
            y = terms_unknown_at(terms, draw(bench, 2));
    term_id number = term_number(terms, WIDTH, draw(bench, 1u << WIDTH));

    switch (draw(bench, 6)) {
    case 0:
        return number;
    case 1:
    case 2:
        return term_binary(terms, TERM_ADD, x, number);
    case 3:
        return term_choose(terms, term_binary(terms, TERM_LE_UNSIGNED, x, number), x, number);
    case 4:
        return term_binary(terms, TERM_SUB, x, y);
    default:
        return x;
    }
}

static term_id draw_condition(struct bench *bench) {
    static const enum term_op ops[] = {TERM_EQ, TERM_EQ, TERM_LT_UNSIGNED, TERM_LE_UNSIGNED};
    struct terms *terms = bench->machine.terms;
    term_id made = term_binary(terms, ops[draw(bench, 4)], draw_term(bench), draw_term(bench));

    return draw(bench, 2) ? made : term_not(terms, made);
}

static bool holds(struct bench *bench, term_id condition, unsigned input) {
    const uint64_t values[2] = {input & term_mask(WIDTH), input >> WIDTH};

    return term_evaluate(bench->machine.terms, condition, values, 2) != 0;
}

static void start(struct bench *bench) {
    bench->machine.terms = terms_new();
    bench->state = (struct machine_state){0};
    term_unknown(bench->machine.terms, WIDTH);
    term_unknown(bench->machine.terms, WIDTH);
    bench->all = term_true(bench->machine.terms);
}

static void stop(struct bench *bench) {
    free(bench->state.path.ids);
    terms_free(bench->machine.terms);
}

static term_id path_as_one(struct bench *bench) {
    term_id all = term_true(bench->machine.terms);

    for (size_t i = 0; i < bench->state.path.count; i++)
        all = term_and(bench->machine.terms, all, bench->state.path.ids[i]);
    return all;
}

/* False: it was decided wrongly. */
static bool is_decided_well(struct bench *bench, term_id condition) {
    int decided = machine_decide(&bench->machine, &bench->state, condition);

    bench->decided += decided >= 0;
    for (unsigned input = 0; decided >= 0 && input < INPUTS; input++) {
        if (holds(bench, bench->all, input) && holds(bench, condition, input) != (decided == 1))
            return false;
    }
    return true;
}

/* What a path takes on is known to be possible. */
static bool is_possible(struct bench *bench, term_id condition) {
    for (unsigned input = 0; input < INPUTS; input++) {
        if (holds(bench, bench->all, input) && holds(bench, condition, input))
            return true;
    }
    return false;
}

static bool is_kept_well(struct bench *bench) {
    term_id path = path_as_one(bench);

    for (unsigned input = 0; input < INPUTS; input++) {
        if (holds(bench, path, input) != holds(bench, bench->all, input))
            return false;
    }
    return true;
}

static void test_paths_of_drawn_comparisons(void) {
    static struct bench bench = {.seed = 1};

    for (unsigned round = 0; round < ROUNDS / CONDITIONS; round++) {
        bool well = true;

        start(&bench);
        for (unsigned i = 0; i < CONDITIONS && well; i++) {
            term_id condition = draw_condition(&bench);

            well = is_decided_well(&bench, condition);
            if (!is_possible(&bench, condition))
                continue;
            machine_assume(&bench.machine, &bench.state, condition);
            bench.all = term_and(bench.machine.terms, bench.all, condition);
        }
        CU_ASSERT_TRUE(well);
        CU_ASSERT_TRUE(is_kept_well(&bench));
        stop(&bench);
    }
    CU_ASSERT_TRUE(bench.decided > ROUNDS / 10); /* else nothing was tried */
}

static void test_either_of_two_lists(void) {
    static struct bench bench = {.seed = 2};
    unsigned said = 0;

    for (unsigned round = 0; round < ROUNDS; round++) {
        term_id a[2], b[2], both[2], either;

        start(&bench);
        for (unsigned i = 0; i < 2; i++) {
            a[i] = draw_condition(&bench);
            b[i] = draw_condition(&bench);
        }
        both[0] = term_and(bench.machine.terms, a[0], a[1]);
        both[1] = term_and(bench.machine.terms, b[0], b[1]);
        either = machine_bound_either(&bench.machine, a, 2, b, 2);
        said += either != 0;
        for (unsigned input = 0; either && input < INPUTS; input++)
            CU_ASSERT_EQUAL(holds(&bench, either, input),
                            holds(&bench, both[0], input) || holds(&bench, both[1], input));
        stop(&bench);
    }
    CU_ASSERT_TRUE(said > 0);
}

/* As a walk over leaves leaves its path: one bound, however many steps it took. */
static void test_walk_is_one_bound(void) {
    static struct bench bench = {.seed = 3};
    struct terms *terms;
    term_id x, y;

    start(&bench);
    terms = bench.machine.terms;
    x = terms_unknown_at(terms, 0);
    y = terms_unknown_at(terms, 1);
    for (unsigned i = 1; i < 20; i++) {
        term_id here = term_binary(terms, TERM_SUB, x, term_number(terms, WIDTH, i));

        machine_assume(&bench.machine, &bench.state, term_not(terms, term_eq(terms, here, y)));
    }
    CU_ASSERT_TRUE(bench.state.path.count <= 2);
    CU_ASSERT_EQUAL(machine_decide(&bench.machine, &bench.state,
                                   term_eq(terms, term_binary(terms, TERM_SUB, x, y),
                                           term_number(terms, WIDTH, 7))),
                    0);
    stop(&bench);
}

static const struct unit_test tests[] = {
    {"paths of drawn comparisons", test_paths_of_drawn_comparisons},
    {"either of two lists", test_either_of_two_lists},
    {"a walk is one bound", test_walk_is_one_bound},
};

int main(void) {
    return UNIT_RUN(tests);
}
