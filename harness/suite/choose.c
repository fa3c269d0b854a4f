/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/suite/choose.h"

#include "harness/suite/sharp.h"

#include <stdlib.h>
#include <string.h>

#define CHOICE_RULES_MAX 32u /* bits of choice_case.broken */

/* A case's place in its scenario, so ranked that however many of the first ranks are taken, they
 * are spread over it. */
struct choice_rank {
    size_t index;  /* of the case */
    uint64_t rank; /* the place's bits backwards */
};

struct choice {
    struct choice_case *cases;
    struct choice_rank *ranks; /* by rank, then case: scenarios take turns */
    size_t count, chosen;
    uint64_t *paths;   /* seen, hashed; 0: free */
    size_t paths_room; /* a power of two */
    uint64_t spent, budget;
};

static uint64_t choice_backwards(uint64_t place) {
    uint64_t backwards = 0;

    for (unsigned bit = 0; bit < 64; bit++)
        backwards |= (place >> bit & 1) << (63 - bit);
    return backwards;
}

static int choice_compare(const void *a, const void *b) {
    const struct choice_rank *x = a, *y = b;

    return x->rank != y->rank ? (x->rank > y->rank) - (x->rank < y->rank)
                              : (x->index > y->index) - (x->index < y->index);
}

static void choice_rank(struct choice *choice) {
    size_t first = 0;

    for (size_t i = 0; i < choice->count; i++) {
        if (choice->cases[i].scenario != choice->cases[first].scenario)
            first = i;
        choice->ranks[i] = (struct choice_rank){i, choice_backwards(i - first)};
    }
    qsort(choice->ranks, choice->count, sizeof *choice->ranks, choice_compare);
}

/* Whether no chosen case ran this code; it then counts as seen. */
static bool choice_is_new(struct choice *choice, uint64_t path) {
    size_t at = (size_t)(path ^ path >> 32) & (choice->paths_room - 1);

    path |= 1; /* 0 is none */
    while (choice->paths[at] != 0 && choice->paths[at] != path)
        at = (at + 1) & (choice->paths_room - 1);
    if (choice->paths[at] == path)
        return false;
    choice->paths[at] = path;
    return true;
}

static void choice_take(struct choice *choice, struct choice_case *taken) {
    if (!taken->chosen)
        choice->chosen++;
    taken->chosen = true;
    choice->spent += taken->cost;
    choice_is_new(choice, taken->path);
}

static bool choice_fits(const struct choice *choice, const struct choice_case *candidate) {
    return choice->spent < choice->budget && candidate->cost <= choice->budget - choice->spent;
}

/* The next one from the rank *at on, which moves behind it, that is known to break the rule; NULL:
 * there is none. */
static struct choice_case *choice_find_broken(const struct choice *choice, unsigned rule,
                                              size_t *at) {
    while (*at < choice->count) {
        struct choice_case *candidate = &choice->cases[choice->ranks[(*at)++].index];

        if (candidate->broken >> rule & 1)
            return candidate;
    }
    return NULL;
}

/* What breaks a rule comes ahead of what may, each rule in its turn, so that one that is broken
 * everywhere leaves room for one that is broken once; but all of it takes no more than half of the
 * budget: other rules may be broken elsewhere. */
static void choice_make_wrong(struct choice *choice) {
    size_t at[CHOICE_RULES_MAX] = {0}, taken = 0;
    bool any = true;

    for (size_t i = 0; i < choice->count; i++)
        taken += choice->cases[i].chosen && choice->cases[i].broken != 0;
    for (size_t round = 0; any; round++) {
        any = false;
        for (unsigned rule = 0; rule < CHOICE_RULES_MAX; rule++) {
            struct choice_case *found = choice_find_broken(choice, rule, &at[rule]);
            bool fits = found && choice_fits(choice, found) && choice->spent < choice->budget / 2;

            any |= found != NULL;
            if (!found || found->chosen || (taken >= CHOICE_WRONG && round > 0 && !fits))
                continue;
            taken++;
            choice_take(choice, found);
        }
    }
}

/* The first one that decides a rule in this way and fits, of a target that `targets` has not. */
static struct choice_case *choice_find_sharp(const struct choice *choice, unsigned kind,
                                             const uint32_t *targets, size_t targets_count) {
    for (size_t i = 0; i < choice->count; i++) {
        struct choice_case *candidate = &choice->cases[choice->ranks[i].index];
        bool is_new = candidate->sharp >> kind & 1 && !candidate->chosen;

        for (size_t k = 0; is_new && k < targets_count; k++)
            is_new = targets[k] != candidate->target;
        if (is_new && choice_fits(choice, candidate))
            return candidate;
    }
    return NULL;
}

/* Fills up what was chosen already. Of each way one ahead of the second of any. */
static void choice_make_sharp(struct choice *choice) {
    struct {
        uint32_t targets[CHOICE_SHARP];
        size_t count;
    } met[SHARP_KINDS_MAX] = {0};

    for (size_t i = 0; i < choice->count; i++) {
        const struct choice_case *taken = &choice->cases[i];

        for (unsigned kind = 0; taken->chosen && kind < SHARP_KINDS_MAX; kind++) {
            if (taken->sharp >> kind & 1 && met[kind].count < CHOICE_SHARP)
                met[kind].targets[met[kind].count++] = taken->target;
        }
    }
    for (size_t round = 1; round <= CHOICE_SHARP; round++) {
        for (unsigned kind = 0; kind < SHARP_KINDS_MAX; kind++) {
            struct choice_case *found =
                met[kind].count < round
                    ? choice_find_sharp(choice, kind, met[kind].targets, met[kind].count)
                    : NULL;

            if (!found)
                continue;
            choice_take(choice, found);
            met[kind].targets[met[kind].count++] = found->target;
        }
    }
}

static void choice_make(struct choice *choice) {
    for (size_t i = 0; i < choice->count; i++) { /* the first of each scenario */
        struct choice_case *candidate = &choice->cases[i];

        if (candidate->must || i == 0 || candidate[-1].scenario != candidate->scenario)
            choice_take(choice, candidate);
    }
    choice_make_wrong(choice);
    choice_make_sharp(choice);
    for (unsigned pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < choice->count; i++) {
            struct choice_case *candidate = &choice->cases[choice->ranks[i].index];

            if (!candidate->chosen && choice_fits(choice, candidate) &&
                (pass == 1 || choice_is_new(choice, candidate->path)))
                choice_take(choice, candidate);
        }
    }
}

size_t choose_cases(struct choice_case *cases, size_t count, uint64_t budget) {
    struct choice choice = {.cases = cases, .count = count, .budget = budget, .paths_room = 1};

    while (choice.paths_room < 2 * count)
        choice.paths_room *= 2;
    choice.ranks = calloc(count + 1, sizeof *choice.ranks);
    choice.paths = calloc(choice.paths_room, sizeof *choice.paths);
    for (size_t i = 0; i < count; i++)
        cases[i].chosen = false;
    if (choice.ranks && choice.paths && count > 0) {
        choice_rank(&choice);
        choice_make(&choice);
    }
    free(choice.ranks);
    free(choice.paths);
    return choice.chosen;
}
