/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "harness/hunt/random.h"
#include "harness/hunt/searches.h"

#include <stdlib.h>
#include <string.h>

#define SEARCHES 7u
#define FINDS_EACH 4u

/* Finds of seven searches, few rules and few paths, so that many are the same mistake. */
static struct hunt_found find_of(struct hunt_random *random, unsigned search, size_t run) {
    static const enum rule_id rules_found[] = {RULE_TARGET_EAX_ALONE, RULE_GAPS_ORDER_INDEPENDENT,
                                               RULE_PLATFORM_NO_FAULT};
    struct hunt_found find = {.rule = rules_found[hunt_random_below(random, 3)],
                             .search = search,
                             .run = run,
                             .path = hunt_random_below(random, 4)};

    find.broken = HUNT_RULE(find.rule) | (hunt_random_once_in(random, 2) ? HUNT_RULE(0) : 0);
    return find;
}

static void outcome_add(struct hunt_report *outcome, const struct hunt_search *search,
                        const struct hunt_found *finds) {
    outcome->searches[outcome->searches_count++] = *search;
    memcpy(outcome->finds + outcome->finds_count, finds, search->finds * sizeof *finds);
    outcome->finds_count += search->finds;
}

static struct hunt_report outcome_new(bool first_only) {
    struct hunt_report outcome = {.searches_all = SEARCHES, .first_only = first_only};

    outcome.searches = calloc(SEARCHES, sizeof *outcome.searches);
    outcome.finds = calloc(SEARCHES * FINDS_EACH, sizeof *outcome.finds);
    if (!outcome.searches || !outcome.finds)
        abort();
    return outcome;
}

static bool same(const struct hunt_report *a, const struct hunt_report *b) {
    return a->searches_count == b->searches_count && a->finds_count == b->finds_count &&
           memcmp(a->searches, b->searches, a->searches_count * sizeof *a->searches) == 0 &&
           memcmp(a->finds, b->finds, a->finds_count * sizeof *a->finds) == 0;
}

static int compare_finds(const void *a, const void *b) {
    const struct hunt_found *x = a, *y = b;

    return x->search != y->search ? (x->search > y->search) - (x->search < y->search)
                                  : (x->run > y->run) - (x->run < y->run);
}

static int compare_searches(const void *a, const void *b) {
    const struct hunt_search *x = a, *y = b;

    return (x->number > y->number) - (x->number < y->number);
}

/* Uniting each part and then what is left of the parts is uniting all at once. */
static void check_parts(struct hunt_random *random, unsigned shards, bool first_only) {
    struct hunt_report whole = outcome_new(first_only), joined = outcome_new(first_only);
    struct hunt_report parts[SEARCHES];

    for (unsigned i = 0; i < shards; i++)
        parts[i] = outcome_new(first_only);
    for (unsigned number = 1; number <= SEARCHES; number++) {
        struct hunt_search search = {.number = number,
                                     .finds = hunt_random_below(random, FINDS_EACH)};
        struct hunt_found finds[FINDS_EACH];

        for (size_t i = 0; i < search.finds; i++)
            finds[i] = find_of(random, number, i);
        outcome_add(&whole, &search, finds);
        outcome_add(&parts[(number - 1) % shards], &search, finds);
    }
    hunt_unite(&whole, NULL);
    for (unsigned i = 0; i < shards; i++) {
        hunt_unite(&parts[i], NULL);
        memcpy(joined.searches + joined.searches_count, parts[i].searches,
               parts[i].searches_count * sizeof *joined.searches);
        memcpy(joined.finds + joined.finds_count, parts[i].finds,
               parts[i].finds_count * sizeof *joined.finds);
        joined.searches_count += parts[i].searches_count;
        joined.finds_count += parts[i].finds_count;
        hunt_report_clear(&parts[i]);
    }
    qsort(joined.searches, joined.searches_count, sizeof *joined.searches, compare_searches);
    qsort(joined.finds, joined.finds_count, sizeof *joined.finds, compare_finds);
    hunt_unite(&joined, NULL);
    CU_ASSERT_TRUE(same(&whole, &joined));
    hunt_report_clear(&whole);
    hunt_report_clear(&joined);
}

static void test_parts_make_the_whole(void) {
    struct hunt_random random = {1};

    for (unsigned round = 0; round < 200; round++) {
        for (unsigned shards = 1; shards <= SEARCHES; shards++) {
            check_parts(&random, shards, false);
            check_parts(&random, shards, true);
        }
    }
}

static void test_each_mistake_once(void) {
    struct hunt_report outcome = outcome_new(false);
    struct hunt_search search = {.number = 1, .finds = 4};
    struct hunt_found finds[] = {
        {.rule = RULE_TARGET_EAX_ALONE, .path = 1, .search = 1, .run = 1},
        {.rule = RULE_TARGET_EAX_ALONE, .path = 2, .search = 1, .run = 2},
        {.rule = RULE_TARGET_EAX_ALONE, .path = 1, .search = 1, .run = 3},
        {.rule = RULE_PLATFORM_NO_FAULT, .path = 1, .search = 1, .run = 4},
    };

    outcome_add(&outcome, &search, finds);
    hunt_unite(&outcome, NULL);
    CU_ASSERT_EQUAL(outcome.finds_count, 3);
    CU_ASSERT_EQUAL(outcome.finds[0].run, 1);
    CU_ASSERT_EQUAL(outcome.finds[1].run, 2);
    CU_ASSERT_EQUAL(outcome.finds[2].run, 4);
    hunt_report_clear(&outcome);
}

static unsigned dropped;

static void count_drop(const struct hunt_found *find) {
    CU_ASSERT_TRUE(find->search > 2);
    dropped++;
}

/* What comes behind the first search that found something does not count, nor do its runs. */
static void test_the_first_search_only(void) {
    struct hunt_report outcome = outcome_new(true);
    struct hunt_found find = {.rule = RULE_TARGET_EAX_ALONE};

    for (unsigned number = 1; number <= SEARCHES; number++) {
        struct hunt_search search = {.number = number, .runs = 10, .finds = number > 1};

        find.search = number;
        find.path = number;
        outcome_add(&outcome, &search, &find);
    }
    dropped = 0;
    hunt_unite(&outcome, count_drop);
    CU_ASSERT_EQUAL(dropped, SEARCHES - 2);
    CU_ASSERT_EQUAL(outcome.finds_count, 1);
    CU_ASSERT_EQUAL(outcome.finds[0].search, 2);
    CU_ASSERT_EQUAL(outcome.searches_count, 2);
    CU_ASSERT_EQUAL(hunt_report_totals(&outcome).runs, 20);
    hunt_report_clear(&outcome);
}

static void test_as_many_searches_as_the_runs_are_worth(void) {
    CU_ASSERT_EQUAL(hunt_searches_default(0), HUNT_SEARCHES_DEFAULT);
    CU_ASSERT_EQUAL(hunt_searches_default(1), 1);
    CU_ASSERT_EQUAL(hunt_searches_default(HUNT_SEARCH_RUNS), 1);
    CU_ASSERT_EQUAL(hunt_searches_default(3 * HUNT_SEARCH_RUNS), 3);
    CU_ASSERT_EQUAL(hunt_searches_default(SIZE_MAX), HUNT_SEARCHES_DEFAULT);
}

static const struct unit_test tests[] = {
    {"parts make the whole", test_parts_make_the_whole},
    {"each mistake once", test_each_mistake_once},
    {"the first search only", test_the_first_search_only},
    {"as many searches as the runs are worth", test_as_many_searches_as_the_runs_are_worth},
};

int main(void) {
    return UNIT_RUN(tests);
}
