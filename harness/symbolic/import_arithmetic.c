/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/import.h"

/*
 * libgcc's functions on integers of up to two words: what a quotient and a remainder are, and how
 * many bits are set. Of a number of 128 bits terms have no quotient: what is known of the results
 * there is what bounds them, and where both operands have 64 bits, all; the rest is left open.
 */
enum {
    ARITHMETIC_REMAINDER = 1u << 0,
    ARITHMETIC_SIGNED = 1u << 1,
    ARITHMETIC_16_BYTES = 1u << 2 /* and not 8 */
};

/* A number of up to two words; `high` is 0 where it has one. */
struct arithmetic_number {
    term_id low, high;
};

/* --- Arguments and results. --- */

/* Words that a number of the row takes. */
static unsigned arithmetic_words(const struct import_call *call) {
    return (call->row->form & ARITHMETIC_16_BYTES ? 128 : 64) / call->machine->word;
}

/* Whether such numbers are passed as they are, and not by their address (Microsoft's convention),
 * or partly in registers. False: the path is over. */
static bool arithmetic_is_passed(struct import_call *call) {
    const enum guest_abi abi = call->machine->options.setup->abi;
    const unsigned words = arithmetic_words(call);

    if (words == 1 || (words == 2 && abi != GUEST_MS64 && abi != GUEST_REGPARM32))
        return true;
    machine_end_at(call->state, MACHINE_OPEN, "calls an undefined function that is not modelled");
    return false;
}

/* A number of two words of 32 bits is one term. False: the path is over. */
static bool arithmetic_argument(struct import_call *call, unsigned index,
                                struct arithmetic_number *number) {
    const unsigned words = arithmetic_words(call);

    number->low = import_argument(call, index * words);
    number->high = number->low && words > 1 ? import_argument(call, index * words + 1) : 0;
    if (!number->low || (words > 1 && !number->high))
        return false;
    if (words > 1 && call->machine->word == 32) {
        number->low = term_binary(call->machine->terms, TERM_JOIN, number->high, number->low);
        number->high = 0;
    }
    return true;
}

static void arithmetic_return(struct import_call *call, struct arithmetic_number number) {
    struct machine *machine = call->machine;

    if (machine->word == 32) {
        number.high = term_extract(machine->terms, number.low, 32, 32);
        number.low = term_extract(machine->terms, number.low, 0, 32);
    }
    import_return(call, number.low);
    if (number.high)
        machine_write_registers(machine, call->state, machine->layout->general[2], number.high);
}

/* --- Numbers of 128 bits. --- */

static term_id arithmetic_is_zero(struct terms *terms, struct arithmetic_number number) {
    term_id is_zero = term_eq(terms, number.low, term_number(terms, 64, 0));

    return number.high
               ? term_and(terms, is_zero, term_eq(terms, number.high, term_number(terms, 64, 0)))
               : is_zero;
}

static term_id arithmetic_is_minus(struct terms *terms, struct arithmetic_number number) {
    return term_binary(terms, TERM_LT_SIGNED, number.high ? number.high : number.low,
                       term_number(terms, 64, 0));
}

static term_id arithmetic_is_less(struct terms *terms, struct arithmetic_number a,
                                  struct arithmetic_number b) {
    term_id low = term_binary(terms, TERM_LT_UNSIGNED, a.low, b.low);

    return a.high ? term_choose(terms, term_eq(terms, a.high, b.high), low,
                                term_binary(terms, TERM_LT_UNSIGNED, a.high, b.high))
                  : low;
}

/* What it is without its sign, as a number that has none. */
static struct arithmetic_number arithmetic_size(struct terms *terms,
                                                struct arithmetic_number number) {
    const term_id zero = term_number(terms, 64, 0), is_minus = arithmetic_is_minus(terms, number);
    struct arithmetic_number size = {
        term_choose(terms, is_minus, term_binary(terms, TERM_SUB, zero, number.low), number.low),
        0};

    if (number.high)
        size.high =
            term_choose(terms, is_minus,
                        term_binary(terms, TERM_SUB, term_unary(terms, TERM_NOT, number.high),
                                    term_choose(terms, term_eq(terms, number.low, zero),
                                                term_number(terms, 64, UINT64_MAX), zero)),
                        number.high);
    return size;
}

/* --- Division. --- */

static term_id arithmetic_same(struct terms *terms, struct arithmetic_number a,
                               struct arithmetic_number b) {
    term_id same = term_eq(terms, a.low, b.low);

    return a.high ? term_and(terms, same, term_eq(terms, a.high, b.high)) : same;
}

/* A result of 128 bits, of which the fewest things are known. */
static struct arithmetic_number arithmetic_some(struct import_call *call,
                                                struct arithmetic_number dividend,
                                                struct arithmetic_number divisor) {
    const bool is_remainder = call->row->form & ARITHMETIC_REMAINDER;
    struct terms *terms = call->machine->terms;
    const term_id zero = term_number(terms, 64, 0);
    struct arithmetic_number some = {machine_garbage(call->machine, 64),
                                     machine_garbage(call->machine, 64)};
    struct arithmetic_number narrow = {
        term_binary(terms, is_remainder ? TERM_REM_UNSIGNED : TERM_DIV_UNSIGNED, dividend.low,
                    divisor.low),
        zero};
    term_id is_narrow =
        term_and(terms, term_eq(terms, dividend.high, zero), term_eq(terms, divisor.high, zero));

    machine_axiom(call->machine, call->state,
                  term_or(terms, term_not(terms, is_narrow), arithmetic_same(terms, some, narrow)));
    return some;
}

/* What bounds a remainder, said for the solver, which does not see that of a division. */
static void arithmetic_bound(struct import_call *call, struct arithmetic_number rest,
                             struct arithmetic_number dividend, struct arithmetic_number divisor) {
    struct terms *terms = call->machine->terms;
    const term_id is_zero = arithmetic_is_zero(terms, rest);

    if (call->row->form & ARITHMETIC_SIGNED) {
        machine_axiom(call->machine, call->state,
                      term_or(terms, is_zero,
                              term_eq(terms, arithmetic_is_minus(terms, rest),
                                      arithmetic_is_minus(terms, dividend))));
        rest = arithmetic_size(terms, rest);
        dividend = arithmetic_size(terms, dividend);
        divisor = arithmetic_size(terms, divisor);
    }
    machine_axiom(call->machine, call->state,
                  term_or(terms, arithmetic_is_zero(terms, divisor),
                          arithmetic_is_less(terms, rest, divisor)));
    machine_axiom(call->machine, call->state,
                  term_not(terms, arithmetic_is_less(terms, dividend, rest)));
}

static struct arithmetic_number arithmetic_result(struct import_call *call,
                                                  struct arithmetic_number dividend,
                                                  struct arithmetic_number divisor) {
    const bool is_signed = call->row->form & ARITHMETIC_SIGNED;
    const bool is_remainder = call->row->form & ARITHMETIC_REMAINDER;
    const enum term_op op = is_remainder ? is_signed ? TERM_REM_SIGNED : TERM_REM_UNSIGNED
                            : is_signed  ? TERM_DIV_SIGNED
                                         : TERM_DIV_UNSIGNED;
    struct arithmetic_number result = {0, 0};

    if (dividend.high)
        result = arithmetic_some(call, dividend, divisor);
    else
        result.low = term_binary(call->machine->terms, op, dividend.low, divisor.low);
    if (is_remainder)
        arithmetic_bound(call, result, dividend, divisor);
    return result;
}

static void arithmetic_divide(struct import_call *call) {
    struct arithmetic_number dividend, divisor;
    struct machine_state *faults;
    bool never;

    if (!arithmetic_is_passed(call) || !arithmetic_argument(call, 0, &dividend) ||
        !arithmetic_argument(call, 1, &divisor))
        return;
    faults = machine_split(call->machine, call->state,
                           arithmetic_is_zero(call->machine->terms, divisor), &never);
    if (faults) {
        machine_end_at(faults, MACHINE_FAULTED, "divides by zero");
        machine_add_pending(call->machine, faults);
    }
    call->state->is_gone |= never;
    if (!never)
        arithmetic_return(call, arithmetic_result(call, dividend, divisor));
}

/* --- Bits. --- */

/* How many of so many bits are set, as a byte. */
static term_id arithmetic_set(struct terms *terms, term_id of, unsigned low, unsigned count) {
    if (count == 1)
        return term_zero_extend(terms, term_extract(terms, of, low, 1), 8);
    return term_binary(terms, TERM_ADD, arithmetic_set(terms, of, low, count / 2),
                       arithmetic_set(terms, of, low + count / 2, count / 2));
}

static void arithmetic_count(struct import_call *call) {
    struct machine *machine = call->machine;
    struct arithmetic_number number;
    term_id count;

    if (!arithmetic_is_passed(call) || !arithmetic_argument(call, 0, &number))
        return;
    count = arithmetic_set(machine->terms, number.low, 0, 64);
    if (number.high)
        count = term_binary(machine->terms, TERM_ADD, count,
                            arithmetic_set(machine->terms, number.high, 0, 64));
    import_return(call, term_zero_extend(machine->terms, count, machine->word));
}

#define ARITHMETIC_ROWS(name, end, run, form)                                                      \
    {name "di" end, run, form, 0}, {                                                               \
        name "ti" end, run, (form) | ARITHMETIC_16_BYTES, 0                                        \
    }
const struct import_row import_arithmetic_rows[] = {
    ARITHMETIC_ROWS("__udiv", "3", arithmetic_divide, 0),
    ARITHMETIC_ROWS("__umod", "3", arithmetic_divide, ARITHMETIC_REMAINDER),
    ARITHMETIC_ROWS("__div", "3", arithmetic_divide, ARITHMETIC_SIGNED),
    ARITHMETIC_ROWS("__mod", "3", arithmetic_divide, ARITHMETIC_REMAINDER | ARITHMETIC_SIGNED),
    ARITHMETIC_ROWS("__popcount", "2", arithmetic_count, 0),
    {NULL, NULL, 0, 0},
};
