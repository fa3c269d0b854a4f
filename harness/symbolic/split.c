/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/split.h"

#include "base/clock.h"
#include "harness/symbolic/bound.h"

#include <stdlib.h>
#include <string.h>

#define SPLIT_FACTS_MIN 16u /* comparisons of one term, for which this pays */
#define SPLIT_CASES_MAX 1024u
#define SPLIT_DEPTH 2u
#define SPLIT_FIRST 20u          /* milliseconds of one case, before it is split further... */
#define SPLIT_LAST 500u          /* ...or given up */
#define SPLIT_TERMS_MAX 6000000u /* that there may be before this is given up */

struct split_fact {
    term_id base, id;
    struct bound bound;
};

struct split {
    struct terms *terms;
    struct split_fact *facts; /* in the end those of one term alone */
    size_t count, capacity;
    unsigned width; /* of the term */
    uint64_t *cuts; /* where a case begins, in order */
    size_t cuts_count;
    term_id *from, *to; /* what is something simpler in a case */
    term_id *asked, *quick;
    bool *spoken; /* by unknown */
    bool failed;
};

/* --- What to split by. --- */

static void split_note(void *context, term_id id) {
    struct split *split = context;
    struct bound_fact fact;

    if (term_width(split->terms, id) != 1 || term_get(split->terms, id)->op == TERM_NOT ||
        !bound_fact_of(split->terms, id, true, &fact) || fact.b || fact.bound.is_empty)
        return;
    if (split->count == split->capacity) {
        size_t capacity = split->capacity ? 2 * split->capacity : 256;
        struct split_fact *facts = realloc(split->facts, capacity * sizeof *facts);

        split->failed |= !facts;
        if (!facts)
            return;
        split->facts = facts;
        split->capacity = capacity;
    }
    split->facts[split->count++] = (struct split_fact){fact.a, id, fact.bound};
}

static int split_compare_facts(const void *a, const void *b) {
    const struct split_fact *x = a, *y = b;

    return x->base != y->base ? (x->base > y->base) - (x->base < y->base)
                              : (x->id > y->id) - (x->id < y->id);
}

static size_t split_weight(const struct split *split, size_t first, size_t count) {
    const bool is_unknown = term_get(split->terms, split->facts[first].base)->op == TERM_UNKNOWN;

    return is_unknown ? 2 * count : count;
}

/* Leaves those of the term that has the most; of an unknown half as many do, as whatever hangs on
 * it is known with it. */
static void split_choose(struct split *split) {
    size_t best = 0, most = 0, weight = 0, first = 0;

    qsort(split->facts, split->count, sizeof *split->facts, split_compare_facts);
    for (size_t i = 1; i <= split->count; i++) {
        if (i < split->count && split->facts[i].base == split->facts[first].base)
            continue;
        if (split_weight(split, first, i - first) > weight) {
            weight = split_weight(split, first, i - first);
            most = i - first;
            best = first;
        }
        first = i;
    }
    memmove(split->facts, split->facts + best, most * sizeof *split->facts);
    split->count = most;
}

static int split_compare_cuts(const void *a, const void *b) {
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* Between two cuts, each comparison is the same for all numbers. */
static void split_cut(struct split *split) {
    const uint64_t mask = term_mask(split->width);
    size_t count = 0, left = 1;

    split->cuts[count++] = 0;
    for (size_t i = 0; i < split->count; i++) {
        const struct bound bound = split->facts[i].bound;

        split->cuts[count++] = bound.from;
        split->cuts[count++] = (bound.from + bound.span + 1) & mask;
    }
    qsort(split->cuts, count, sizeof *split->cuts, split_compare_cuts);
    for (size_t i = 1; i < count; i++) {
        if (split->cuts[i] != split->cuts[left - 1])
            split->cuts[left++] = split->cuts[i];
    }
    split->cuts_count = left;
}

/* False: it does not pay, or memory ran out. */
static bool split_prepare(struct split *split, const struct split_query *query) {
    term_walk(split->terms, query->conditions, query->count, split_note, split);
    if (split->failed || split->count == 0)
        return false;
    split_choose(split);
    if (split->count < SPLIT_FACTS_MIN)
        return false;
    split->width = term_width(split->terms, split->facts[0].base);
    split->cuts = malloc((2 * split->count + 1) * sizeof *split->cuts);
    split->from = malloc((split->count + 1) * sizeof *split->from);
    split->to = malloc((split->count + 1) * sizeof *split->to);
    split->asked = malloc((query->count + 2) * sizeof *split->asked);
    split->quick = malloc((query->count + 2) * sizeof *split->quick);
    split->spoken = malloc((terms_unknowns(split->terms) + 1) * sizeof *split->spoken);
    if (!split->spoken || !split->cuts || !split->from || !split->to || !split->asked ||
        !split->quick)
        return false;
    split_cut(split);
    return split->cuts_count <= SPLIT_CASES_MAX;
}

/* --- Case by case. --- */

/* What is simpler where the term lies from `first` to `last`. Returns how much. */
static size_t split_replacements(struct split *split, uint64_t first, uint64_t last) {
    const uint64_t mask = term_mask(split->width);
    size_t count = 0;

    for (size_t i = 0; i < split->count; i++) {
        const struct split_fact *fact = &split->facts[i];
        bool holds = ((first - fact->bound.from) & mask) <= fact->bound.span;

        split->from[count] = fact->id;
        split->to[count++] = term_number(split->terms, 1, holds);
    }
    if (first == last) {
        split->from[count] = split->facts[0].base;
        split->to[count++] = term_number(split->terms, split->width, first);
    }
    return count;
}

static void split_speak(void *context, term_id id) {
    struct split *split = context;
    const struct term *term = term_get(split->terms, id);

    if (term->op == TERM_UNKNOWN)
        split->spoken[term->number] = true;
}

static bool split_is_new(void *context, size_t unknown) {
    return !((const bool *)context)[unknown];
}

/* Leaves out those of the slow ones that speak of an unknown of which the others do not: without
 * them, "no" is "no" all the more. Returns how many conditions are left, and how many slow ones. */
static size_t split_leave_out(struct split *split, const struct split_query *query, size_t *slow) {
    size_t count = 0;
    uint64_t number;

    memset(split->spoken, 0, terms_unknowns(split->terms) * sizeof *split->spoken);
    term_walk(split->terms, split->asked + query->slow, query->count - query->slow, split_speak,
              split);
    for (size_t i = 0; i < query->count; i++) {
        if (term_is_number(split->terms, split->asked[i], &number) ||
            (i < query->slow &&
             term_mentions(split->terms, split->asked[i], split_is_new, split->spoken)))
            continue;
        *slow += i < query->slow;
        split->asked[count++] = split->asked[i];
    }
    return count;
}

/* Asks what is asked of one case. */
static enum solver_answer split_check(struct solver *solver, const struct split_query *query,
                                      const term_id *conditions, size_t count,
                                      unsigned milliseconds) {
    const double left = (query->end - clock_seconds()) * 1000;

    if (left <= 0)
        return SOLVER_UNKNOWN;
    solver_set_limit(solver, left < milliseconds ? (unsigned)left + 1 : milliseconds);
    return solver_check_alone(solver, conditions, count, query->values, query->values_count);
}

/* What is left of the conditions in one case, which may be split further: `count` of them, of which
 * `quick` ones say where the term may lie at all. */
static enum solver_answer split_ask_case(struct split *split, struct solver *solver,
                                         const struct split_query *query, size_t count, size_t slow,
                                         size_t quick) {
    struct split_query rest = *query;
    enum solver_answer answer;

    answer = split_check(solver, query, split->asked, count, SPLIT_FIRST);
    if (answer != SOLVER_UNKNOWN)
        return answer;
    if (split_check(solver, query, split->quick, quick, SPLIT_FIRST) == SOLVER_NO)
        return SOLVER_NO;
    rest.conditions = split->asked;
    rest.count = count;
    rest.slow = slow;
    rest.depth++;
    if (rest.depth < SPLIT_DEPTH)
        answer = split_ask(split->terms, solver, &rest);
    return answer == SOLVER_UNKNOWN ? split_check(solver, query, split->asked, count, SPLIT_LAST)
                                    : answer;
}

static enum solver_answer split_case(struct split *split, struct solver *solver,
                                     const struct split_query *query, uint64_t first,
                                     uint64_t last) {
    struct terms *terms = split->terms;
    const term_id base = split->facts[0].base;
    const term_id least =
        term_binary(terms, TERM_LE_UNSIGNED, term_number(terms, split->width, first), base);
    const term_id most =
        term_binary(terms, TERM_LE_UNSIGNED, base, term_number(terms, split->width, last));
    size_t count = 0, slow = 0, quick = 0;
    uint64_t number;

    memcpy(split->asked, query->conditions, query->count * sizeof *split->asked);
    if (!term_replace_parts(terms, split->asked, query->count, split->from, split->to,
                            split_replacements(split, first, last)))
        return SOLVER_UNKNOWN;
    for (size_t i = 0; i < query->count; i++) {
        if (term_is_number(terms, split->asked[i], &number) && !number)
            return SOLVER_NO;
    }
    for (size_t i = query->slow; i + 1 < query->count; i++)
        split->quick[quick++] = split->asked[i];
    split->quick[quick++] = least;
    split->quick[quick++] = most;
    count = split_leave_out(split, query, &slow);
    split->asked[count++] = least;
    split->asked[count++] = most;
    return split_ask_case(split, solver, query, count, slow, quick);
}

static enum solver_answer split_cases(struct split *split, struct solver *solver,
                                      const struct split_query *query) {
    for (size_t i = 0; i < split->cuts_count; i++) {
        const uint64_t last =
            i + 1 < split->cuts_count ? split->cuts[i + 1] - 1 : term_mask(split->width);
        enum solver_answer answer;

        if (clock_seconds() > query->end || terms_count(split->terms) > SPLIT_TERMS_MAX)
            return SOLVER_UNKNOWN;
        answer = split_case(split, solver, query, split->cuts[i], last);
        if (answer != SOLVER_NO)
            return answer;
    }
    return SOLVER_NO;
}

enum solver_answer split_ask(struct terms *terms, struct solver *solver,
                             const struct split_query *query) {
    struct split split = {.terms = terms};
    enum solver_answer answer = SOLVER_UNKNOWN;

    if (split_prepare(&split, query))
        answer = split_cases(&split, solver, query);
    if (answer == SOLVER_YES && query->depth == 0 &&
        term_last_broken(terms, query->conditions, query->count, query->values,
                         query->values_count) > 0)
        answer = SOLVER_UNKNOWN;
    free(split.facts);
    free(split.cuts);
    free(split.from);
    free(split.to);
    free(split.asked);
    free(split.quick);
    free(split.spoken);
    return answer;
}
