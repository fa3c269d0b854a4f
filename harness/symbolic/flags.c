/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/internal.h"

/*
 * The arithmetic flags. libVEX keeps the last operation that set them and its operands (a "thunk"),
 * and works a flag out when it is asked for. The model here is held against libVEX's own on numbers
 * whenever a machine starts; what processors leave undefined is unknown here.
 */
enum machine_flag { FLAG_C, FLAG_P, FLAG_A, FLAG_Z, FLAG_S, FLAG_O, FLAGS };

static const unsigned machine_flag_bits[FLAGS] = {0, 2, 4, 6, 7, 11};

/* A thunk taken apart: operands cut to the operation's width. */
struct machine_thunk {
    enum lift_operation kind;
    unsigned width;
    term_id first, second, third; /* third: whole, the flags before */
    term_id whole_first;
};

static term_id flag_bit(struct machine *machine, term_id id, unsigned bit) {
    return term_extract(machine->terms, id, bit, 1);
}

static term_id flag_parity(struct machine *machine, term_id result) {
    term_id odd = flag_bit(machine, result, 0);

    for (unsigned i = 1; i < 8; i++)
        odd = term_binary(machine->terms, TERM_XOR, odd, flag_bit(machine, result, i));
    return term_not(machine->terms, odd);
}

/* The flags before, as an operation found them that changes but some. */
static term_id flag_before(struct machine *machine, const struct machine_thunk *thunk,
                           enum machine_flag flag) {
    return flag_bit(machine, thunk->third, machine_flag_bits[flag]);
}

static term_id flag_carry_in(struct machine *machine, const struct machine_thunk *thunk) {
    return term_zero_extend(machine->terms, flag_bit(machine, thunk->third, 0), thunk->width);
}

/* What the operation gave. */
static term_id flag_result(struct machine *machine, const struct machine_thunk *thunk) {
    struct terms *terms = machine->terms;

    switch (thunk->kind) {
    case LIFT_OF_ADD:
        return term_binary(terms, TERM_ADD, thunk->first, thunk->second);
    case LIFT_OF_SUB:
        return term_binary(terms, TERM_SUB, thunk->first, thunk->second);
    case LIFT_OF_ADC: /* the second operand has the carry in it, once more */
        return term_binary(
            terms, TERM_ADD,
            term_binary(terms, TERM_ADD, thunk->first, flag_carry_in(machine, thunk)),
            term_binary(terms, TERM_XOR, thunk->second, flag_carry_in(machine, thunk)));
    case LIFT_OF_SBB:
        return term_binary(
            terms, TERM_SUB,
            term_binary(terms, TERM_SUB, thunk->first,
                        term_binary(terms, TERM_XOR, thunk->second, flag_carry_in(machine, thunk))),
            flag_carry_in(machine, thunk));
    default:
        return thunk->first;
    }
}

/* ADC and SBB keep their second operand XORed with the carry that came in. */
static term_id flag_second(struct machine *machine, const struct machine_thunk *thunk) {
    if (thunk->kind != LIFT_OF_ADC && thunk->kind != LIFT_OF_SBB)
        return thunk->second;
    return term_binary(machine->terms, TERM_XOR, thunk->second, flag_carry_in(machine, thunk));
}

static term_id flag_carry(struct machine *machine, const struct machine_thunk *thunk) {
    struct terms *terms = machine->terms;
    term_id result = flag_result(machine, thunk), second = flag_second(machine, thunk), in;
    unsigned top = thunk->width - 1;

    switch (thunk->kind) {
    case LIFT_OF_ADD:
        return term_binary(terms, TERM_LT_UNSIGNED, result, thunk->first);
    case LIFT_OF_SUB:
        return term_binary(terms, TERM_LT_UNSIGNED, thunk->first, second);
    case LIFT_OF_ADC:
        in = flag_bit(machine, thunk->third, 0);
        return term_choose(terms, in, term_binary(terms, TERM_LE_UNSIGNED, result, thunk->first),
                           term_binary(terms, TERM_LT_UNSIGNED, result, thunk->first));
    case LIFT_OF_SBB:
        in = flag_bit(machine, thunk->third, 0);
        return term_choose(terms, in, term_binary(terms, TERM_LE_UNSIGNED, thunk->first, second),
                           term_binary(terms, TERM_LT_UNSIGNED, thunk->first, second));
    case LIFT_OF_LOGIC:
        return term_false(terms);
    case LIFT_OF_INC:
    case LIFT_OF_DEC:
        return flag_before(machine, thunk, FLAG_C);
    case LIFT_OF_SHL: /* the second operand: the result of a shift by one less */
        return flag_bit(machine, thunk->second, top);
    case LIFT_OF_SHR:
        return flag_bit(machine, thunk->second, 0);
    case LIFT_OF_ROL:
        return flag_bit(machine, thunk->first, 0);
    case LIFT_OF_ROR:
        return flag_bit(machine, thunk->first, top);
    case LIFT_OF_UMUL:
        return term_not(terms,
                        term_eq(terms, term_binary(terms, TERM_HIGH_UNSIGNED, thunk->first, second),
                                term_number(terms, thunk->width, 0)));
    case LIFT_OF_SMUL: {
        term_id low = term_binary(terms, TERM_MUL, thunk->first, second);
        term_id high = term_binary(terms, TERM_HIGH_SIGNED, thunk->first, second);

        return term_not(terms, term_eq(terms, high,
                                       term_binary(terms, TERM_SAR, low,
                                                   term_number(terms, thunk->width, top))));
    }
    default:
        return 0;
    }
}

static term_id flag_overflow(struct machine *machine, const struct machine_thunk *thunk) {
    struct terms *terms = machine->terms;
    term_id result = flag_result(machine, thunk), second = flag_second(machine, thunk), x, y;
    uint64_t sign = 1ull << (thunk->width - 1);
    unsigned top = thunk->width - 1;

    switch (thunk->kind) {
    case LIFT_OF_ADD:
    case LIFT_OF_ADC: /* both operands have the sign that the result lacks */
        x = term_binary(terms, TERM_XOR, thunk->first, result);
        y = term_binary(terms, TERM_XOR, second, result);
        return flag_bit(machine, term_and(terms, x, y), top);
    case LIFT_OF_SUB:
    case LIFT_OF_SBB:
        x = term_binary(terms, TERM_XOR, thunk->first, second);
        y = term_binary(terms, TERM_XOR, thunk->first, result);
        return flag_bit(machine, term_and(terms, x, y), top);
    case LIFT_OF_LOGIC:
        return term_false(terms);
    case LIFT_OF_INC:
        return term_eq(terms, result, term_number(terms, thunk->width, sign));
    case LIFT_OF_DEC:
        return term_eq(terms, result, term_number(terms, thunk->width, sign - 1));
    case LIFT_OF_SHL:
    case LIFT_OF_SHR:
        return flag_bit(machine, term_binary(terms, TERM_XOR, thunk->first, thunk->second), top);
    case LIFT_OF_ROL:
        return term_binary(terms, TERM_XOR, flag_bit(machine, thunk->first, top),
                           flag_bit(machine, thunk->first, 0));
    case LIFT_OF_ROR:
        return term_binary(terms, TERM_XOR, flag_bit(machine, thunk->first, top),
                           flag_bit(machine, thunk->first, top - 1));
    case LIFT_OF_UMUL:
    case LIFT_OF_SMUL:
        return flag_carry(machine, thunk);
    default:
        return 0;
    }
}

static term_id flag_adjust(struct machine *machine, const struct machine_thunk *thunk) {
    struct terms *terms = machine->terms;
    term_id result = flag_result(machine, thunk), before, one;

    switch (thunk->kind) {
    case LIFT_OF_ADD:
    case LIFT_OF_ADC:
    case LIFT_OF_SUB:
    case LIFT_OF_SBB:
        return flag_bit(
            machine,
            term_binary(terms, TERM_XOR, result,
                        term_binary(terms, TERM_XOR, thunk->first, flag_second(machine, thunk))),
            4);
    case LIFT_OF_INC:
    case LIFT_OF_DEC:
        one = term_number(terms, thunk->width, 1);
        before = term_binary(terms, thunk->kind == LIFT_OF_INC ? TERM_SUB : TERM_ADD, result, one);
        return flag_bit(
            machine,
            term_binary(terms, TERM_XOR, result, term_binary(terms, TERM_XOR, before, one)), 4);
    default:
        return machine_garbage(machine, 1);
    }
}

static term_id flag_of(struct machine *machine, const struct machine_thunk *thunk,
                       enum machine_flag flag) {
    struct terms *terms = machine->terms;
    term_id result;

    if (thunk->kind == LIFT_OF_COPY)
        return flag_bit(machine, thunk->whole_first, machine_flag_bits[flag]);
    if ((thunk->kind == LIFT_OF_ROL || thunk->kind == LIFT_OF_ROR) && flag != FLAG_C &&
        flag != FLAG_O)
        return flag_before(machine, thunk, flag);
    switch (flag) {
    case FLAG_C:
        return flag_carry(machine, thunk);
    case FLAG_O:
        return flag_overflow(machine, thunk);
    case FLAG_A:
        return flag_adjust(machine, thunk);
    default:
        break;
    }
    result = thunk->kind == LIFT_OF_UMUL || thunk->kind == LIFT_OF_SMUL
                 ? term_binary(terms, TERM_MUL, thunk->first, thunk->second)
                 : flag_result(machine, thunk);
    if (flag == FLAG_P)
        return flag_parity(machine, result);
    return flag == FLAG_Z ? term_eq(terms, result, term_number(terms, thunk->width, 0))
                          : flag_bit(machine, result, thunk->width - 1);
}

/* A condition by its encoding: pairs, of which the second is the contrary. */
static term_id flag_condition(struct machine *machine, const struct machine_thunk *thunk,
                              unsigned condition) {
    struct terms *terms = machine->terms;
    bool compares = thunk->kind == LIFT_OF_SUB;
    term_id holds, x = thunk->first, y = thunk->second;

    switch (condition >> 1) {
    case 0:
        holds = flag_of(machine, thunk, FLAG_O);
        break;
    case 1:
        holds = flag_of(machine, thunk, FLAG_C);
        break;
    case 2:
        holds = compares ? term_eq(terms, x, y) : flag_of(machine, thunk, FLAG_Z);
        break;
    case 3:
        holds = compares ? term_binary(terms, TERM_LE_UNSIGNED, x, y)
                         : term_or(terms, flag_of(machine, thunk, FLAG_C),
                                   flag_of(machine, thunk, FLAG_Z));
        break;
    case 4:
        holds = flag_of(machine, thunk, FLAG_S);
        break;
    case 5:
        holds = flag_of(machine, thunk, FLAG_P);
        break;
    case 6:
        holds = compares ? term_binary(terms, TERM_LT_SIGNED, x, y)
                         : term_binary(terms, TERM_XOR, flag_of(machine, thunk, FLAG_S),
                                       flag_of(machine, thunk, FLAG_O));
        break;
    default:
        holds = compares ? term_binary(terms, TERM_LE_SIGNED, x, y)
                         : term_or(terms,
                                   term_binary(terms, TERM_XOR, flag_of(machine, thunk, FLAG_S),
                                               flag_of(machine, thunk, FLAG_O)),
                                   flag_of(machine, thunk, FLAG_Z));
        break;
    }
    return condition & 1 ? term_not(terms, holds) : holds;
}

static term_id flag_all(struct machine *machine, const struct machine_thunk *thunk) {
    struct terms *terms = machine->terms;
    term_id all = term_number(terms, machine->word, 0);

    for (unsigned flag = 0; flag < FLAGS; flag++) {
        term_id bit = term_zero_extend(terms, flag_of(machine, thunk, flag), machine->word);

        all = term_or(terms, all,
                      term_binary(terms, TERM_SHL, bit,
                                  term_number(terms, machine->word, machine_flag_bits[flag])));
    }
    return all;
}

/* 0: the operation is not known. */
term_id machine_flags(struct machine *machine, enum lift_flags what, term_id condition,
                      const term_id thunk[4]) {
    struct terms *terms = machine->terms;
    struct term operation = *term_get(terms, thunk[0]);
    struct machine_thunk parts;
    uint64_t number;
    term_id value;

    if (operation.op == TERM_CHOOSE) {
        term_id one[4] = {operation.b, thunk[1], thunk[2], thunk[3]};
        term_id other[4] = {operation.c, thunk[1], thunk[2], thunk[3]};
        term_id a = machine_flags(machine, what, condition, one);
        term_id b = machine_flags(machine, what, condition, other);

        return a && b ? term_choose(terms, operation.a, a, b) : 0;
    }
    if (operation.op != TERM_NUMBER)
        return 0;
    parts.kind = lift_operation_kind(machine->lift, operation.number, &parts.width);
    if (parts.kind == LIFT_OF_UNKNOWN)
        return 0;
    parts.whole_first = thunk[1];
    parts.first = term_extract(terms, thunk[1], 0, parts.width);
    parts.second = term_extract(terms, thunk[2], 0, parts.width);
    parts.third = thunk[3];
    if (what == LIFT_FLAGS_ALL)
        return flag_all(machine, &parts);
    if (what == LIFT_FLAGS_CARRY)
        value = flag_of(machine, &parts, FLAG_C);
    else if (term_is_number(terms, condition, &number) && number < 16)
        value = flag_condition(machine, &parts, (unsigned)number);
    else
        return 0;
    return value ? term_zero_extend(terms, value, machine->word) : 0;
}

/* --- The model against libVEX's own. --- */

/* Flags that processors define for an operation, and that the model therefore has to have right. */
static uint64_t flags_defined(enum lift_operation kind) {
    switch (kind) {
    case LIFT_OF_LOGIC:
    case LIFT_OF_SHL:
    case LIFT_OF_SHR:
    case LIFT_OF_UMUL:
    case LIFT_OF_SMUL:
        return 0x8c5;
    default:
        return 0x8d5;
    }
}

bool machine_flags_are_known(struct machine *machine) {
    static const uint64_t samples[] = {0, 1, 0x80, 0x7fffffff, 0x80000000, 0xfedcba9876543210};
    enum { SAMPLES = sizeof samples / sizeof samples[0] };
    struct terms *terms = machine->terms;
    unsigned width;

    for (uint64_t op = 0; lift_operation_kind(machine->lift, op, &width) != LIFT_OF_UNKNOWN; op++) {
        uint64_t defined = flags_defined(lift_operation_kind(machine->lift, op, &width));

        for (unsigned i = 0; i < SAMPLES * SAMPLES * 2; i++) {
            uint64_t mask = term_mask(machine->word);
            uint64_t numbers[4] = {op, samples[i / 2 % SAMPLES] & mask,
                                   samples[i / 2 / SAMPLES] & mask, i % 2 ? 0x8d5 : 0};
            term_id thunk[4], all;
            uint64_t ours;

            if (op == 0) /* a copy has nothing but flags in it */
                numbers[1] &= 0x8d5;
            for (unsigned k = 0; k < 4; k++)
                thunk[k] = term_number(terms, machine->word, numbers[k]);
            all = machine_flags(machine, LIFT_FLAGS_ALL, 0, thunk);
            if (!all)
                return false;
            ours = term_evaluate(terms, all, NULL, 0);
            if ((ours ^ lift_flags_of(machine->lift, numbers)) & defined)
                return false;
        }
    }
    return true;
}
