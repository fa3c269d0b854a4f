/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/clock.h"
#include "harness/prove/kept.h"

#include <stdlib.h>
#include <string.h>

/*
 * Code that keeps something from one question to the next, for any number of questions: by
 * induction over what it keeps. A first question shows which bytes it writes, and what. Then the
 * memory that any number of questions leaves is taken to be, for each group of bytes, either as it
 * was at the boot or as a first question about some target leaves it; bytes for which that does not
 * hold, such as counters, may be anything. One question asked in such a memory has to keep all
 * rules, and has to leave such a memory again.
 */
#define INDUCT_ROUNDS 16u /* a carry goes on by one byte in every other one */

/* --- Whether a question leaves such a memory again. --- */

static bool induct_note_new(struct induction *induction, enum machine_space space, int64_t offset,
                            term_id value) {
    struct kept_byte *byte = induct_find(induction, space, offset);
    term_id before;

    if (byte)
        return true;
    before = machine_bytes(induction->prover->machine, induction->boot, space, offset, 1);
    if (before == value)
        return true;
    induction->grew = true;
    return induct_note(
        induction, space, offset,
        machine_bytes(induction->prover->machine, induction->after, space, offset, 1));
}

/* Whether a unit's bytes (or one of them alone) are not what they may be after the question. */
static term_id induct_broken(struct induction *induction, const struct machine_state *state,
                             unsigned unit, const struct kept_byte *only, const term_id *with,
                             size_t count, term_id has_read) {
    struct machine *machine = induction->prover->machine;
    struct terms *terms = machine_terms_of(machine);
    term_id same = term_true(terms), fresh = term_true(terms), gone = term_true(terms);
    term_id read = induct_read_base(induction, induction->after, with, count);

    for (size_t i = 0; i < induction->count; i++) {
        const struct kept_byte *byte = &induction->bytes[i];
        term_id value;

        if (byte->unit != unit || byte->is_any || (only && byte != only))
            continue;
        value = machine_bytes(machine, state, byte->space, byte->offset, 1);
        same = term_and(terms, same, term_eq(terms, value, byte->now));
        gone = term_and(terms, gone, term_eq(terms, value, byte->before));
        fresh = term_and(terms, fresh,
                         term_eq(terms, value, term_substitute(terms, byte->first, with, count)));
    }
    fresh = term_and(terms, fresh, term_or(terms, term_not(terms, read), has_read));
    return term_not(terms, term_or(terms, same, term_or(terms, fresh, gone)));
}

static bool induct_holds(struct induction *induction, const struct machine_state *state,
                         term_id broken) {
    return machine_ask(induction->prover->machine, state, broken, NULL, 0) == SOLVER_NO;
}

/* Bytes of a unit that alone are not what they may be may be anything from now on; all of them
 * where only together they are not. */
static void induct_give_up(struct induction *induction, const struct machine_state *state,
                           unsigned unit, const term_id *with, size_t count, term_id has_read) {
    bool alone = false;

    for (size_t i = 0; i < induction->count; i++) {
        struct kept_byte *byte = &induction->bytes[i];

        byte->fails =
            byte->unit == unit && !byte->is_any &&
            !induct_holds(induction, state,
                          induct_broken(induction, state, unit, byte, with, count, has_read));
        alone |= byte->fails;
    }
    for (size_t i = 0; i < induction->count; i++) {
        struct kept_byte *byte = &induction->bytes[i];

        if (byte->unit == unit && (!alone || byte->fails))
            byte->is_any = true;
    }
}

/* Which units have a byte that a question has written. */
static void induct_changes(const struct induction *induction, const struct machine_state *state,
                           bool changed[INDUCT_UNITS]) {
    memset(changed, 0, INDUCT_UNITS * sizeof *changed);
    for (size_t i = 0; i < induction->count; i++) {
        const struct kept_byte *byte = &induction->bytes[i];

        if (!byte->is_any && machine_bytes(induction->prover->machine, state, byte->space,
                                           byte->offset, 1) != byte->now)
            changed[byte->unit] = true;
    }
}

/* True: the question leaves such a memory. Else what does not hold is given up. */
static bool induct_closes(struct induction *induction, struct machine_state *state) {
    struct machine *machine = induction->prover->machine;
    struct terms *terms = machine_terms_of(machine);
    const struct claim_question *question =
        &induction->prover->questions[induction->prover->question];
    term_id has_read = induct_read_base(induction, state, NULL, 0), all = term_false(terms);
    term_id low = term_extract(terms, question->target, 0, 8);
    bool closes = true, any = false, changed[INDUCT_UNITS];

    induction->grew = false;
    if (!induct_each(induction, state, induct_note_new))
        return false;
    induct_changes(induction, state, changed);
    for (unsigned pass = 0; pass < 2; pass++) {
        for (unsigned unit = 0; unit < INDUCT_UNITS; unit++) {
            term_id broken;
            size_t count;
            term_id *with;

            if (!induction->filled[unit] || !changed[unit])
                continue;
            with =
                induct_replacing(induction, state, unit,
                                 unit >= INDUCT_JOINT ? low : term_number(terms, 8, unit), &count);
            if (!with)
                return false;
            broken = induct_broken(induction, state, unit, NULL, with, count, has_read);
            if (pass == 0) {
                all = term_or(terms, all, broken);
                any = true;
            } else if (!induct_holds(induction, state, broken)) {
                induct_give_up(induction, state, unit, with, count, has_read);
                closes = false;
            }
            free(with);
        }
        /* All at once first. */
        if (pass == 0 && (!any || induct_holds(induction, state, all)))
            return !induction->grew;
    }
    return closes && !induction->grew;
}

/* One question in the state, which is taken over. True: it leaves such a memory. */
static bool induct_ask(struct induction *induction, struct machine_state *state) {
    struct prover *prover = induction->prover;
    bool closes;

    prover->question = induction->asked;
    if (!state || !prove_ask(prover, state)) {
        prover->lost = true;
        return false;
    }
    state = prover->ended;
    prover->ended = NULL;
    prover->lost |= !state;
    closes = !prover->lost && induct_closes(induction, state);
    machine_state_free(state);
    return closes;
}

/* Whether what is kept hangs on single targets: then a question about one finds and changes little
 * of it, and each target is a question of its own. */
static bool induct_is_by_target(const struct induction *induction) {
    for (size_t i = 0; i < induction->count; i++) {
        if (!induction->bytes[i].is_any && induction->bytes[i].unit < INDUCT_JOINT)
            return true;
    }
    return false;
}

static bool induct_may_ask(const struct probe *probe, uint32_t target) {
    for (size_t i = 0; i < probe->targets_count; i++) {
        if (probe->targets[i] == target)
            return true;
    }
    return probe->targets_count == 0;
}

/* One question in the memory that is taken for any. True: it leaves such a memory. Else what does
 * not hold is given up, or prover->lost. */
static bool induct_round(struct induction *induction) {
    struct prover *prover = induction->prover;
    struct machine_state *any = induct_any(induction);
    bool closes = any != NULL;

    prover->lost |= !any;
    if (!induct_is_by_target(induction))
        return induct_ask(induction, any) && closes;
    for (uint32_t target = CPUID_BASE + 1; target <= CPUID_BLOCK_LAST && closes; target++) {
        if (!induct_may_ask(prover->probe, target))
            continue;
        prover->only_target = target;
        closes = induct_ask(induction, machine_copy(prover->machine, any));
    }
    prover->only_target = 0;
    machine_state_free(any);
    return closes;
}

bool prove_induct(struct prover *prover, const struct machine_state *boot,
                  const struct machine_state *after) {
    struct terms *terms = machine_terms_of(prover->machine);
    struct induction induction = {.prover = prover, .boot = boot, .after = after};
    term_id low = term_extract(terms, prover->questions[1].target, 0, 8);
    bool proven = false, goes_on;
    unsigned asked = prover->question;

    induction.asked = asked;
    induction.is_fixed = term_get(terms, low)->op == TERM_NUMBER;
    induction.target = (size_t)term_get(terms, low)->number;
    goes_on = induction.is_fixed || term_get(terms, low)->op == TERM_UNKNOWN;
    goes_on = goes_on && induct_each(&induction, after, induct_note_first);
    for (unsigned round = 0; round < INDUCT_ROUNDS && goes_on && !proven; round++) {
        prover->question = asked;
        prover->only_asks = true;
        prover->lost = false;
        proven = induct_round(&induction);
        /* A rule that does not hold may be one that does not hold in memory that never is. */
        goes_on = !prover->lost && clock_seconds() < prover->deadline;
    }
    prover->question = asked;
    prover->only_asks = false;
    free(induction.bytes);
    return proven;
}
