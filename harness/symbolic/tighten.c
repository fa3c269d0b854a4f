/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/bound.h"
#include "harness/symbolic/internal.h"

/*
 * What a path keeps in place of all comparisons of one term: its bound, as one or two.
 */
static bool bound_same(const struct bound_fact *x, const struct bound_fact *y) {
    return x->a == y->a && x->b == y->b;
}

/* Notes a comparison unless it holds of any value. */
static void bound_add(const struct terms *terms, term_id says, term_id *list, size_t *count) {
    uint64_t number;

    if (!term_is_number(terms, says, &number) || !number)
        list[(*count)++] = says;
}

/* A bound as comparisons: their number, up to 2. */
static size_t bound_say(struct terms *terms, const struct bound_fact *fact, term_id *says) {
    const uint64_t mask = term_mask(fact->width), from = fact->bound.from;
    const uint64_t span = fact->bound.span;
    term_id what = fact->b ? term_binary(terms, TERM_SUB, fact->a, fact->b) : fact->a;
    size_t count = 0;

    if (span == 0) {
        bound_add(terms, term_eq(terms, what, term_number(terms, fact->width, from)), says, &count);
    } else if (span == mask - 1) {
        bound_add(terms,
                  term_not(terms, term_eq(terms, what,
                                          term_number(terms, fact->width, (from - 1) & mask))),
                  says, &count);
    } else if (!bound_is_straight(fact->bound, fact->width)) {
        what =
            term_binary(terms, TERM_ADD, what, term_number(terms, fact->width, (0 - from) & mask));
        bound_add(terms,
                  term_binary(terms, TERM_LE_UNSIGNED, what, term_number(terms, fact->width, span)),
                  says, &count);
    } else {
        bound_add(terms,
                  term_binary(terms, TERM_LE_UNSIGNED, term_number(terms, fact->width, from), what),
                  says, &count);
        bound_add(terms,
                  term_binary(terms, TERM_LE_UNSIGNED, what,
                              term_number(terms, fact->width, from + span)),
                  says, &count);
    }
    return count;
}

static term_id bound_term(struct terms *terms, const struct bound_fact *fact) {
    term_id says[2], all = term_true(terms);
    size_t count = bound_say(terms, fact, says);

    for (size_t i = 0; i < count; i++)
        all = term_and(terms, all, says[i]);
    return all;
}

/* What conditions say of the one term that they all speak of. False: they do not, or it cannot be
 * said as one bound. */
static bool bound_of_all(const struct terms *terms, const term_id *conditions, size_t count,
                         struct bound_fact *all) {
    struct bound_fact fact;

    for (size_t i = 0; i < count; i++) {
        if (!bound_fact_of(terms, conditions[i], true, &fact) || (i > 0 && !bound_same(&fact, all)))
            return false;
        if (i == 0)
            *all = fact;
        else if (!bound_meet(all->bound, fact.bound, fact.width, &all->bound))
            return false;
    }
    return count > 0 && !all->bound.is_empty;
}

term_id machine_bound_all(struct machine *machine, const term_id *conditions, size_t count) {
    struct bound_fact all;

    return bound_of_all(machine->terms, conditions, count, &all) ? bound_term(machine->terms, &all)
                                                                 : 0;
}

term_id machine_bound_either(struct machine *machine, const term_id *a, size_t a_count,
                             const term_id *b, size_t b_count) {
    struct bound_fact of_a, of_b;

    return bound_of_all(machine->terms, a, a_count, &of_a) &&
                   bound_of_all(machine->terms, b, b_count, &of_b) && bound_same(&of_a, &of_b) &&
                   bound_join(of_a.bound, of_b.bound, of_a.width, &of_a.bound)
               ? bound_term(machine->terms, &of_a)
               : 0;
}

bool machine_tighten(struct machine *machine, struct machine_state *state, term_id condition) {
    struct bound_fact all = {0}, fresh, fact;
    term_id says[2];
    size_t count = state->path_before, said, older = 0;

    if (!bound_fact_of(machine->terms, condition, true, &fresh))
        return false;
    for (size_t i = state->path_before; i < state->path.count; i++) {
        if (!bound_fact_of(machine->terms, state->path.ids[i], true, &fact) ||
            !bound_same(&fact, &fresh))
            continue;
        if (older++ == 0)
            all = fact;
        else if (!bound_meet(all.bound, fact.bound, all.width, &all.bound))
            return false;
    }
    if (older == 0 || !bound_meet(all.bound, fresh.bound, all.width, &all.bound) ||
        all.bound.is_empty)
        return false;
    said = bound_say(machine->terms, &all, says);
    for (size_t i = 0; i < said; i++) {
        if (!bound_fact_of(machine->terms, says[i], true, &fact) || !bound_same(&fact, &all))
            return false; /* it came out as something else, such as a part's bound */
    }
    for (size_t i = state->path_before; i < state->path.count; i++) {
        term_id old = state->path.ids[i];
        bool stays = !bound_fact_of(machine->terms, old, true, &fact) || !bound_same(&fact, &all);

        for (size_t k = 0; k < said; k++) {
            stays |= says[k] == old;
            says[k] = says[k] == old ? 0 : says[k];
        }
        if (stays)
            state->path.ids[count++] = old;
    }
    state->path.count = count;
    for (size_t k = 0; k < said; k++)
        machine->failed |= says[k] && !machine_push_term(&state->path, says[k]);
    return true;
}
