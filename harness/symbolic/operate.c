/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/step.h"

/* What the lifter's operations make of their operands. */

static struct machine_wide wide_of(term_id low) {
    return (struct machine_wide){low, 0};
}

/* The low `width` bits of a value from bit `from` on; width is at most 64, and it does not cross
 * from one half into the other. */
static term_id wide_part(struct machine *machine, struct machine_wide value, unsigned from,
                         unsigned width) {
    return from >= 64 ? term_extract(machine->terms, value.high, from - 64, width)
                      : term_extract(machine->terms, value.low, from, width);
}

static bool wide_compares(enum lift_op op) {
    return op >= LIFT_EQ && op <= LIFT_GT_SIGNED;
}

/* One lane, or a whole value of at most 64 bits. 0: not modelled. */
static term_id operate_narrow(struct machine *machine, enum lift_op op, term_id a, term_id b) {
    struct terms *terms = machine->terms;
    unsigned width = term_width(terms, a);
    term_id first;

    if (op >= LIFT_SHL && op <= LIFT_SAR)
        b = term_width(terms, b) > width ? term_extract(terms, b, 0, width)
                                         : term_zero_extend(terms, b, width);
    switch (op) {
    case LIFT_ADD:
        return term_binary(terms, TERM_ADD, a, b);
    case LIFT_SUB:
        return term_binary(terms, TERM_SUB, a, b);
    case LIFT_MUL:
        return term_binary(terms, TERM_MUL, a, b);
    case LIFT_AND:
        return term_and(terms, a, b);
    case LIFT_OR:
        return term_or(terms, a, b);
    case LIFT_XOR:
        return term_binary(terms, TERM_XOR, a, b);
    case LIFT_NOT:
        return term_not(terms, a);
    case LIFT_SHL:
        return term_binary(terms, TERM_SHL, a, b);
    case LIFT_SHR:
        return term_binary(terms, TERM_SHR, a, b);
    case LIFT_SAR:
        return term_binary(terms, TERM_SAR, a, b);
    case LIFT_EQ:
        return term_eq(terms, a, b);
    case LIFT_NE:
        return term_not(terms, term_eq(terms, a, b));
    case LIFT_LT_UNSIGNED:
        return term_binary(terms, TERM_LT_UNSIGNED, a, b);
    case LIFT_LE_UNSIGNED:
        return term_binary(terms, TERM_LE_UNSIGNED, a, b);
    case LIFT_LT_SIGNED:
        return term_binary(terms, TERM_LT_SIGNED, a, b);
    case LIFT_LE_SIGNED:
        return term_binary(terms, TERM_LE_SIGNED, a, b);
    case LIFT_GT_SIGNED:
        return term_binary(terms, TERM_LT_SIGNED, b, a);
    case LIFT_MIN_UNSIGNED:
    case LIFT_MAX_UNSIGNED:
        first = term_binary(terms, TERM_LT_UNSIGNED, a, b);
        return op == LIFT_MIN_UNSIGNED ? term_choose(terms, first, a, b)
                                       : term_choose(terms, first, b, a);
    case LIFT_MIN_SIGNED:
    case LIFT_MAX_SIGNED:
        first = term_binary(terms, TERM_LT_SIGNED, a, b);
        return op == LIFT_MIN_SIGNED ? term_choose(terms, first, a, b)
                                     : term_choose(terms, first, b, a);
    default:
        return 0;
    }
}

/* The lanes of 128 bits put together. */
static struct machine_wide operate_join(struct machine *machine, const term_id *lanes,
                                        unsigned count) {
    struct machine_wide value = {lanes[0], lanes[count / 2]};

    for (unsigned i = 1; i < count / 2; i++) {
        value.low = term_binary(machine->terms, TERM_JOIN, lanes[i], value.low);
        value.high = term_binary(machine->terms, TERM_JOIN, lanes[count / 2 + i], value.high);
    }
    return value;
}

static struct machine_wide operate_lanes(struct machine *machine, const struct lift_step *step,
                                         struct machine_wide a, struct machine_wide b) {
    unsigned count = 128 / step->lane;
    bool shifts = step->op >= LIFT_SHL && step->op <= LIFT_SAR;
    term_id lanes[16];

    for (unsigned i = 0; i < count; i++) {
        term_id x = wide_part(machine, a, i * step->lane, step->lane);
        term_id y = !b.low ? x : shifts ? b.low : wide_part(machine, b, i * step->lane, step->lane);

        lanes[i] = operate_narrow(machine, step->op, x, y);
        if (!lanes[i])
            return (struct machine_wide){0};
        if (wide_compares(step->op))
            lanes[i] = term_sign_extend(machine->terms, lanes[i], step->lane);
    }
    return operate_join(machine, lanes, count);
}

static struct machine_wide operate_interleave(struct machine *machine, const struct lift_step *step,
                                              struct machine_wide a, struct machine_wide b) {
    unsigned count = 128 / step->lane, from = step->op == LIFT_INTERLEAVE_HIGH ? 64 : 0;
    term_id lanes[16];

    for (unsigned i = 0; i < count; i++)
        lanes[i] = wide_part(machine, i % 2 ? a : b, from + i / 2 * step->lane, step->lane);
    return operate_join(machine, lanes, count);
}

/* 128 bits moved by a number of bits that is known. */
static struct machine_wide operate_move(struct machine *machine, bool left, struct machine_wide a,
                                        term_id count) {
    struct terms *terms = machine->terms;
    term_id zero = term_number(terms, 64, 0);
    uint64_t bits;

    if (!term_is_number(terms, count, &bits) || bits > 127)
        return (struct machine_wide){0};
    if (bits == 0)
        return a;
    if (bits >= 64) {
        term_id rest = term_number(terms, 64, bits - 64);

        return left ? (struct machine_wide){zero, term_binary(terms, TERM_SHL, a.low, rest)}
                    : (struct machine_wide){term_binary(terms, TERM_SHR, a.high, rest), zero};
    }
    if (left)
        return (struct machine_wide){
            term_binary(terms, TERM_SHL, a.low, term_number(terms, 64, bits)),
            term_binary(terms, TERM_JOIN, term_extract(terms, a.high, 0, 64 - (unsigned)bits),
                        term_extract(terms, a.low, 64 - (unsigned)bits, (unsigned)bits))};
    return (struct machine_wide){
        term_binary(terms, TERM_JOIN, term_extract(terms, a.high, 0, (unsigned)bits),
                    term_extract(terms, a.low, (unsigned)bits, 64 - (unsigned)bits)),
        term_binary(terms, TERM_SHR, a.high, term_number(terms, 64, bits))};
}

static struct machine_wide operate_top_bits(struct machine *machine, struct machine_wide a) {
    term_id bits = wide_part(machine, a, 7, 1);

    for (unsigned i = 1; i < 16; i++)
        bits = term_binary(machine->terms, TERM_JOIN, wide_part(machine, a, 8 * i + 7, 1), bits);
    return wide_of(bits);
}

struct machine_wide machine_multiply(struct machine *machine, bool is_signed, term_id a,
                                     term_id b) {
    struct terms *terms = machine->terms;
    unsigned width = term_width(terms, a);

    if (width == 64)
        return (struct machine_wide){
            term_binary(terms, TERM_MUL, a, b),
            term_binary(terms, is_signed ? TERM_HIGH_SIGNED : TERM_HIGH_UNSIGNED, a, b)};
    a = (is_signed ? term_sign_extend : term_zero_extend)(terms, a, 2 * width);
    b = (is_signed ? term_sign_extend : term_zero_extend)(terms, b, 2 * width);
    return wide_of(term_binary(terms, TERM_MUL, a, b));
}

term_id machine_zeros(struct machine *machine, bool leading, term_id a) {
    struct terms *terms = machine->terms;
    unsigned width = term_width(terms, a);
    term_id count = term_number(terms, width, width);

    for (unsigned i = 0; i < width; i++) {
        unsigned bit = leading ? i : width - 1 - i;

        count = term_choose(terms, term_extract(terms, a, bit, 1),
                            term_number(terms, width, leading ? width - 1 - bit : bit), count);
    }
    return count;
}

/* Both operands in `width` bits: the quotient below the remainder. */
static struct machine_wide operate_divide(struct machine *machine, struct machine_state *state,
                                          bool is_signed, struct machine_wide a, term_id b) {
    struct terms *terms = machine->terms;
    unsigned width = term_width(terms, b), full = width == 64 ? 64 : 2 * width;
    term_id dividend = a.low, divisor, quotient, remainder, fits, ok;
    bool never;
    struct machine_state *faults;

    if (width == 64) {
        /* Of 128 bits: only where the upper half is but the lower one's sign, or 0. */
        term_id sign = is_signed ? term_binary(terms, TERM_SAR, a.low, term_number(terms, 64, 63))
                                 : term_number(terms, 64, 0);

        if (a.high != sign)
            return (struct machine_wide){0};
    }
    divisor = (is_signed ? term_sign_extend : term_zero_extend)(terms, b, full);
    quotient =
        term_binary(terms, is_signed ? TERM_DIV_SIGNED : TERM_DIV_UNSIGNED, dividend, divisor);
    remainder =
        term_binary(terms, is_signed ? TERM_REM_SIGNED : TERM_REM_UNSIGNED, dividend, divisor);
    ok = term_not(terms, term_eq(terms, b, term_number(terms, width, 0)));
    if (full > width)
        fits = term_eq(terms, quotient,
                       (is_signed ? term_sign_extend : term_zero_extend)(
                           terms, term_extract(terms, quotient, 0, width), full));
    else if (is_signed) /* the least number by -1 */
        fits =
            term_not(terms, term_and(terms, term_eq(terms, b, term_number(terms, 64, UINT64_MAX)),
                                     term_eq(terms, a.low, term_number(terms, 64, 1ull << 63))));
    else
        fits = term_true(terms);
    faults = machine_split(machine, state, term_not(terms, term_and(terms, ok, fits)), &never);
    if (never) {
        machine_state_free(faults);
        machine_end_at(state, MACHINE_FAULTED, "divides by zero, or what does not fit");
    } else if (faults) {
        machine_end_at(faults, MACHINE_FAULTED, "divides by zero, or what does not fit");
        machine_add_pending(machine, faults);
    }
    if (full > width)
        return wide_of(term_binary(terms, TERM_JOIN, term_extract(terms, remainder, 0, width),
                                   term_extract(terms, quotient, 0, width)));
    return (struct machine_wide){quotient, remainder};
}

struct machine_wide machine_operate(struct machine *machine, struct machine_state *state,
                                    const struct lift_step *step, const struct machine_wide *in) {
    struct terms *terms = machine->terms;
    struct machine_wide a = in[0], b = in[1];
    unsigned width = step->operands[0].width;

    if (step->op == LIFT_INTERLEAVE_LOW || step->op == LIFT_INTERLEAVE_HIGH)
        return operate_interleave(machine, step, a, b);
    if (step->op == LIFT_TOP_BITS)
        return operate_top_bits(machine, a);
    if (step->lane > 0)
        return operate_lanes(machine, step, a, b);
    switch (step->op) {
    case LIFT_SHL_BYTES:
    case LIFT_SHR_BYTES:
        return operate_move(machine, step->op == LIFT_SHL_BYTES, a, b.low);
    case LIFT_MULTIPLY_UNSIGNED:
    case LIFT_MULTIPLY_SIGNED:
        return machine_multiply(machine, step->op == LIFT_MULTIPLY_SIGNED, a.low, b.low);
    case LIFT_DIVIDE_UNSIGNED:
    case LIFT_DIVIDE_SIGNED:
        return operate_divide(machine, state, step->op == LIFT_DIVIDE_SIGNED, a, b.low);
    case LIFT_EXTEND_ZERO:
        if (step->width == 128)
            return (struct machine_wide){term_zero_extend(terms, a.low, 64),
                                         term_number(terms, 64, 0)};
        return wide_of(term_zero_extend(terms, a.low, step->width));
    case LIFT_EXTEND_SIGN:
        return wide_of(term_sign_extend(terms, a.low, step->width));
    case LIFT_LOW:
        return wide_of(term_extract(terms, a.low, 0, step->width));
    case LIFT_HIGH:
        return wide_of(width == 128 ? a.high
                                    : term_extract(terms, a.low, width - step->width, step->width));
    case LIFT_JOIN:
        if (step->width == 128)
            return (struct machine_wide){b.low, a.low};
        return wide_of(term_binary(terms, TERM_JOIN, a.low, b.low));
    case LIFT_SET_LOW:
        if (step->operands[1].width == 64)
            return (struct machine_wide){b.low, a.high};
        return (struct machine_wide){
            term_binary(terms, TERM_JOIN, term_extract(terms, a.low, 32, 32), b.low), a.high};
    case LIFT_TRAILING_ZEROS:
    case LIFT_LEADING_ZEROS:
        return wide_of(machine_zeros(machine, step->op == LIFT_LEADING_ZEROS, a.low));
    default:
        return wide_of(operate_narrow(machine, step->op, a.low, b.low));
    }
}
