/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/guess.h"

#include "base/clock.h"
#include "base/random.h"

#include <stdlib.h>
#include <string.h>

/*
 * What a solver turns into too many gates, such as a hash by two products or the digits of a
 * number, is soon worked out: a value that one number in a million has is met by trying. One
 * unknown at a time is drawn anew, and only what hangs on it is worked out again.
 */
#define GUESS_UNKNOWNS_MAX 64u /* that a condition may speak of... */
#define GUESS_DRAWN_MAX 4u     /* ...and of those, to be drawn */
#define GUESS_DRAWS_MAX 8388608u
#define GUESS_STEPS_MAX 4096u /* of a condition */
#define GUESS_LOOKS 1048576u  /* steps between two looks at the clock */

/* A term's value from that of its parts, which come ahead of it. */
struct guess_step {
    enum term_op op;
    unsigned width, part_width; /* bits: its own, and those of its last part */
    uint32_t a, b, c;
    uint64_t number;
};

struct guess {
    struct terms *terms;
    const uint64_t *values;
    size_t count;
    size_t drawn;     /* the unknown that is drawn anew */
    uint32_t *places; /* by term: where its value is, from 1; 0: not made yet */
    uint64_t results[GUESS_STEPS_MAX];
    bool hangs[GUESS_STEPS_MAX]; /* on what is drawn */
    struct guess_step steps[GUESS_STEPS_MAX];
    uint32_t results_count;
    uint32_t order[GUESS_STEPS_MAX], order_count; /* steps that hang on what is drawn */
    uint64_t all_count;                           /* steps to work out all conditions */
    bool failed;
};

static uint64_t guess_run(const struct guess *guess, const struct guess_step *step) {
    const uint64_t a = guess->results[step->a], b = guess->results[step->b];
    const uint64_t mask = term_mask(step->width);

    switch (step->op) {
    case TERM_CHOOSE:
        return a & 1 ? b : guess->results[step->c];
    case TERM_EXTRACT:
        return a >> step->number & mask;
    case TERM_JOIN:
        return a << step->part_width | b;
    case TERM_SIGN:
        return (uint64_t)((int64_t)(a << (64 - step->part_width)) >> (64 - step->part_width)) &
               mask;
    default:
        return term_compute(step->op, step->part_width, a, b);
    }
}

/* Where a term's value will be. */
static uint32_t guess_place(struct guess *guess, term_id id) {
    const struct term term = *term_get(guess->terms, id);
    struct guess_step step = {
        .op = (enum term_op)term.op, .width = term.width, .number = term.number};
    uint32_t place;

    if (id == 0 || guess->failed)
        return 0;
    if (guess->places[id])
        return guess->places[id] - 1;
    if (term.op != TERM_NUMBER && term.op != TERM_UNKNOWN) {
        step.a = guess_place(guess, term.a);
        step.b = guess_place(guess, term.b);
        step.c = guess_place(guess, term.c);
        step.part_width = term_width(guess->terms, term.op == TERM_JOIN ? term.b : term.a);
    }
    if (guess->failed || guess->results_count == GUESS_STEPS_MAX) {
        guess->failed = true;
        return 0;
    }
    place = guess->results_count++;
    guess->places[id] = place + 1;
    guess->steps[place] = step;
    guess->hangs[place] = false;
    if (term.op == TERM_NUMBER) {
        guess->results[place] = term.number;
    } else if (term.op == TERM_UNKNOWN) {
        guess->hangs[place] = term.number == guess->drawn;
        guess->results[place] =
            term.number < guess->count ? guess->values[term.number] & term_mask(term.width) : 0;
    } else {
        guess->hangs[place] = guess->hangs[step.a] || (term.b && guess->hangs[step.b]) ||
                              (term.c && guess->hangs[step.c]);
        if (guess->hangs[place])
            guess->order[guess->order_count++] = place;
        else
            guess->results[place] = guess_run(guess, &step);
    }
    return place;
}

struct guess_unknowns {
    size_t list[GUESS_UNKNOWNS_MAX], count;
    bool are_many;
};

static bool guess_note(void *context, size_t unknown) {
    struct guess_unknowns *unknowns = context;

    if (unknowns->count == GUESS_UNKNOWNS_MAX)
        unknowns->are_many = true;
    else
        unknowns->list[unknowns->count++] = unknown;
    return unknowns->are_many;
}

/* Any number, one of the size of that with which the path is taken, or one of any size. */
static uint64_t guess_draw(uint64_t *seed, unsigned width, uint64_t start, uint64_t i) {
    uint64_t number = random_next(seed) & term_mask(width);
    unsigned size = start > 0 ? 63u - (unsigned)__builtin_clzll(start) : 0;

    switch (i % 4) {
    case 0:
        return number >> random_next(seed) % width;
    case 1:
        return number;
    default:
        return (number & term_mask(size)) | (start > 0 ? 1ull << size : 0);
    }
}

/* Lays the terms out for one unknown to be drawn. Returns the place of what is asked about. */
static uint32_t guess_lay_out(struct guess *guess, term_id asked, size_t unknown) {
    guess->drawn = unknown;
    guess->results_count = guess->order_count = 0;
    guess->failed = false;
    memset(guess->places, 0, (asked + 1) * sizeof *guess->places);
    return guess_place(guess, asked);
}

/* True: steps or time are up; looks at the clock now and then. */
static bool guess_is_over(struct guess_query *query, uint64_t steps, uint64_t *unseen) {
    if (query->steps <= steps)
        return true;
    query->steps -= steps;
    *unseen += steps;
    if (query->end == 0 || *unseen < GUESS_LOOKS)
        return false;
    *unseen = 0;
    return clock_seconds() > query->end;
}

/* Draws one unknown until all conditions hold. */
static bool guess_one(struct guess *guess, struct guess_query *query, size_t drawn,
                      uint64_t draws) {
    const term_id unknown = terms_unknown_at(guess->terms, drawn);
    const unsigned width = term_width(guess->terms, unknown);
    const uint64_t before = query->values[drawn];
    const uint32_t root = guess_lay_out(guess, query->conditions[query->count - 1], drawn);
    const uint32_t place = guess->places[unknown] - 1;
    uint64_t seed = drawn, unseen = GUESS_LOOKS;

    if (guess->failed)
        return false;
    for (uint64_t i = 0; i < draws && !guess_is_over(query, guess->order_count, &unseen); i++) {
        guess->results[place] = guess_draw(&seed, width, before, i);
        for (uint32_t k = 0; k < guess->order_count; k++)
            guess->results[guess->order[k]] = guess_run(guess, &guess->steps[guess->order[k]]);
        if (!(guess->results[root] & 1))
            continue;
        query->values[drawn] = guess->results[place];
        if (guess_is_over(query, guess->all_count, &unseen))
            break;
        if (term_last_broken(guess->terms, query->conditions, query->count, query->values,
                             query->values_count) == 0)
            return true;
    }
    query->values[drawn] = before;
    return false;
}

/* Those on which most hangs come first. */
static void guess_sort(struct guess *guess, term_id asked, struct guess_unknowns *unknowns) {
    uint32_t weights[GUESS_UNKNOWNS_MAX];

    for (size_t i = 0; i < unknowns->count; i++) {
        size_t unknown = unknowns->list[i], at = i;
        uint32_t weight;

        guess_lay_out(guess, asked, unknown);
        for (weight = guess->order_count; at > 0 && weights[at - 1] < weight; at--) {
            weights[at] = weights[at - 1];
            unknowns->list[at] = unknowns->list[at - 1];
        }
        weights[at] = weight;
        unknowns->list[at] = unknown;
    }
}

bool guess_values(struct terms *terms, struct guess_query *query) {
    const term_id asked = query->count > 0 ? query->conditions[query->count - 1] : 0;
    struct guess_unknowns unknowns = {.count = 0};
    struct guess *guess = asked ? calloc(1, sizeof *guess) : NULL;
    bool found = false;

    if (!guess)
        return false;
    guess->terms = terms;
    guess->values = query->values;
    guess->count = query->values_count;
    guess->places = calloc(asked + 1, sizeof *guess->places);
    term_mentions(terms, asked, guess_note, &unknowns);
    if (guess->places && !unknowns.are_many) {
        guess->all_count = term_count(terms, query->conditions, query->count);
        guess_sort(guess, asked, &unknowns);
        for (size_t i = 0; !found && i < unknowns.count && i < GUESS_DRAWN_MAX; i++) {
            if (unknowns.list[i] < query->values_count)
                found = guess_one(guess, query, unknowns.list[i], GUESS_DRAWS_MAX >> (i + 1));
        }
    }
    free(guess->places);
    free(guess);
    return found;
}
