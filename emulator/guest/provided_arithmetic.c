/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/provided.h"

/* What compilers call for arithmetic that the processor has no instruction for: libgcc's functions
 * on integers of up to two words, 64 bits in 32-bit code and 128 in 64-bit code. */
enum arithmetic_operation {
    ARITHMETIC_DIVIDE,
    ARITHMETIC_REMAINDER,
    ARITHMETIC_DIVIDE_BOTH, /* the remainder goes where the third argument points */
    ARITHMETIC_MULTIPLY,
    ARITHMETIC_LEFT,
    ARITHMETIC_RIGHT,
    ARITHMETIC_COUNT, /* of the bits that are set */
    ARITHMETIC_LEADING,
    ARITHMETIC_TRAILING,
    ARITHMETIC_FIRST, /* of the bits that are set, from 1; 0: none */
    ARITHMETIC_PARITY,
    ARITHMETIC_SWAP, /* of the bytes */
    ARITHMETIC_ADD,
    ARITHMETIC_SUBTRACT,
    ARITHMETIC_NEGATE,
    ARITHMETIC_ABSOLUTE
};
#define ARITHMETIC_SIGNED 0x100u
#define ARITHMETIC_TELLS 0x200u                              /* whether the result fits */
#define FORM(operation, bytes) ((operation) | (bytes) << 16) /* a row's `form` */

struct arithmetic_number {
    uint64_t low, high;
};

static struct arithmetic_number arithmetic_shift_left(struct arithmetic_number number,
                                                      unsigned bits) {
    if (bits >= 64)
        return (struct arithmetic_number){0, number.low << (bits - 64)};
    if (bits > 0)
        number.high = number.high << bits | number.low >> (64 - bits);
    number.low <<= bits;
    return number;
}

static struct arithmetic_number arithmetic_shift_right(struct arithmetic_number number,
                                                       unsigned bits) {
    if (bits >= 64)
        return (struct arithmetic_number){number.high >> (bits - 64), 0};
    if (bits > 0)
        number.low = number.low >> bits | number.high << (64 - bits);
    number.high >>= bits;
    return number;
}

static struct arithmetic_number arithmetic_negate(struct arithmetic_number number) {
    return (struct arithmetic_number){-number.low, ~number.high + (number.low == 0)};
}

static bool arithmetic_bit(struct arithmetic_number number, unsigned bit) {
    return arithmetic_shift_right(number, bit).low & 1;
}

/* With the sign bit of a number of so many bytes in all bits above it. */
static struct arithmetic_number arithmetic_extend(struct arithmetic_number number, unsigned bytes) {
    struct arithmetic_number ones = {UINT64_MAX, UINT64_MAX};

    if (bytes == 16 || !arithmetic_bit(number, 8 * bytes - 1))
        return number;
    ones = arithmetic_shift_left(ones, 8 * bytes);
    return (struct arithmetic_number){number.low | ones.low, number.high | ones.high};
}

static struct arithmetic_number arithmetic_add(struct arithmetic_number left,
                                               struct arithmetic_number right) {
    uint64_t low = left.low + right.low;

    return (struct arithmetic_number){low, left.high + right.high + (low < left.low)};
}

static bool arithmetic_is_same(struct arithmetic_number left, struct arithmetic_number right) {
    return left.low == right.low && left.high == right.high;
}

static struct arithmetic_number arithmetic_divide(struct arithmetic_number dividend,
                                                  struct arithmetic_number divisor,
                                                  struct arithmetic_number *remainder) {
    struct arithmetic_number quotient = {0, 0}, rest = {0, 0};

    for (unsigned bit = 128; bit-- > 0;) {
        bool carry = rest.high >> 63;

        rest = arithmetic_shift_left(rest, 1);
        rest.low |= arithmetic_bit(dividend, bit);
        quotient = arithmetic_shift_left(quotient, 1);
        if (!carry &&
            (rest.high < divisor.high || (rest.high == divisor.high && rest.low < divisor.low)))
            continue;
        rest.high -= divisor.high + (rest.low < divisor.low);
        rest.low -= divisor.low;
        quotient.low |= 1;
    }
    *remainder = rest;
    return quotient;
}

static struct arithmetic_number arithmetic_multiply(struct arithmetic_number left,
                                                    struct arithmetic_number right) {
    struct arithmetic_number product = {0, 0};

    for (unsigned bit = 0; bit < 128; bit++) {
        struct arithmetic_number part = arithmetic_shift_left(left, bit);

        if (!arithmetic_bit(right, bit))
            continue;
        product.low += part.low;
        product.high += part.high + (product.low < part.low);
    }
    return product;
}

/* The quotient is cut towards zero, and the remainder has the dividend's sign. */
static struct arithmetic_number arithmetic_divide_signed(struct arithmetic_number dividend,
                                                         struct arithmetic_number divisor,
                                                         struct arithmetic_number *remainder) {
    bool is_minus = dividend.high >> 63, is_other = divisor.high >> 63;
    struct arithmetic_number quotient =
        arithmetic_divide(is_minus ? arithmetic_negate(dividend) : dividend,
                          is_other ? arithmetic_negate(divisor) : divisor, remainder);

    if (is_minus)
        *remainder = arithmetic_negate(*remainder);
    return is_minus != is_other ? arithmetic_negate(quotient) : quotient;
}

static uint64_t arithmetic_bits(struct arithmetic_number number, unsigned operation,
                                unsigned bytes) {
    unsigned count = 0, first = 8 * bytes, last = 0;

    for (unsigned bit = 8 * bytes; bit-- > 0;) {
        if (!arithmetic_bit(number, bit))
            continue;
        if (count++ == 0)
            last = bit;
        first = bit;
    }
    switch (operation) {
    case ARITHMETIC_COUNT:
        return count;
    case ARITHMETIC_PARITY:
        return count & 1;
    case ARITHMETIC_LEADING:
        return 8 * bytes - 1 - last;
    case ARITHMETIC_TRAILING:
        return first;
    default:
        return count ? first + 1 : 0;
    }
}

/* Words that a number of so many bytes takes among arguments. */
static unsigned arithmetic_words(const struct guest *guest, unsigned bytes) {
    return bytes > guest->word ? 2 : 1;
}

/* An argument of which `before` words come ahead. GCC passes two words in registers when both find
 * room there, and else on the stack, with all that follows them. */
static struct arithmetic_number arithmetic_argument(struct guest *guest, unsigned bytes,
                                                    unsigned before) {
    unsigned word =
        guest_abi_of_imports(guest) == GUEST_REGPARM32 && bytes > guest->word && before == 2
            ? before + 1
            : before;
    struct arithmetic_number number = {guest_call_argument(guest, word), 0};

    if (arithmetic_words(guest, bytes) == 2) {
        number.high = guest_call_argument(guest, word + 1);
        if (guest->word == 4)
            number = (struct arithmetic_number){(uint32_t)number.low | number.high << 32, 0};
    } else if (bytes < 8) {
        number.low &= (1ull << 8 * bytes) - 1;
    }
    return number;
}

/* Returned in EDX:EAX or RDX:RAX when it has two words. */
static uint64_t arithmetic_return(struct guest *guest, struct arithmetic_number number,
                                  unsigned bytes) {
    uint64_t high = guest->word == 4 ? number.low >> 32 : number.high;

    if (arithmetic_words(guest, bytes) == 2)
        engine_write(guest->engine, guest_register_ids(guest)[GUEST_DX], &high);
    return guest->word == 4 ? (uint32_t)number.low : number.low;
}

/* Microsoft's convention passes numbers of two words by their address: nobody calls that. */
static bool arithmetic_is_passed(struct guest *guest, unsigned bytes) {
    if (guest_abi_of_imports(guest) != GUEST_MS64 || bytes <= guest->word)
        return true;
    guest_stop(guest, OBSERVATION_UNRESOLVED, NULL);
    return false;
}

/* Where the argument behind two numbers of `bytes` points: the lower `size` bytes of another. */
static bool arithmetic_put(struct guest *guest, struct arithmetic_number number, unsigned bytes,
                           unsigned size) {
    unsigned words = arithmetic_words(guest, bytes);
    unsigned word = guest_abi_of_imports(guest) == GUEST_REGPARM32 && words == 2 ? 5 : 2 * words;
    uint64_t place = guest_call_argument(guest, word);
    uint8_t *to = guest_provided_bytes(guest, place, size, true);

    for (unsigned i = 0; to && i < size; i++)
        to[i] = (uint8_t)arithmetic_shift_right(number, 8 * i).low;
    return to != NULL;
}

static uint64_t run_divide(struct guest *guest, const struct guest_provided *function) {
    unsigned bytes = function->form >> 16, words = arithmetic_words(guest, bytes);
    struct arithmetic_number dividend, divisor, rest, quotient;

    if (!arithmetic_is_passed(guest, bytes))
        return 0;
    dividend = arithmetic_argument(guest, bytes, 0);
    divisor = arithmetic_argument(guest, bytes, words);
    if (divisor.low == 0 && divisor.high == 0) {
        guest_stop(guest, OBSERVATION_UNDEFINED, "div");
        return 0;
    }
    quotient = function->form & ARITHMETIC_SIGNED
                   ? arithmetic_divide_signed(arithmetic_extend(dividend, bytes),
                                              arithmetic_extend(divisor, bytes), &rest)
                   : arithmetic_divide(dividend, divisor, &rest);
    if ((function->form & 0xffu) == ARITHMETIC_REMAINDER)
        return arithmetic_return(guest, rest, bytes);
    if ((function->form & 0xffu) == ARITHMETIC_DIVIDE_BOTH &&
        !arithmetic_put(guest, rest, bytes, bytes))
        return 0;
    return arithmetic_return(guest, quotient, bytes);
}

static struct arithmetic_number arithmetic_swap(struct arithmetic_number number, unsigned bytes) {
    struct arithmetic_number swapped = {0, 0};

    for (unsigned i = 0; i < bytes; i++) {
        struct arithmetic_number byte = {arithmetic_shift_right(number, 8 * i).low & 0xff, 0};

        byte = arithmetic_shift_left(byte, 8 * (bytes - 1 - i));
        swapped.low |= byte.low;
        swapped.high |= byte.high;
    }
    return swapped;
}

static uint64_t run_multiply(struct guest *guest, const struct guest_provided *function) {
    unsigned bytes = function->form >> 16;
    struct arithmetic_number left, right;

    if (!arithmetic_is_passed(guest, bytes))
        return 0;
    left = arithmetic_argument(guest, bytes, 0);
    right = arithmetic_argument(guest, bytes, arithmetic_words(guest, bytes));
    return arithmetic_return(guest, arithmetic_multiply(left, right), bytes);
}

static uint64_t run_shift(struct guest *guest, const struct guest_provided *function) {
    unsigned bytes = function->form >> 16, bits;
    struct arithmetic_number number, shifted;
    bool is_minus;

    if (!arithmetic_is_passed(guest, bytes))
        return 0;
    number = arithmetic_argument(guest, bytes, 0);
    bits = guest_call_argument(guest, arithmetic_words(guest, bytes)) & (8 * bytes - 1);
    if ((function->form & 0xffu) == ARITHMETIC_LEFT)
        return arithmetic_return(guest, arithmetic_shift_left(number, bits), bytes);
    is_minus = function->form & ARITHMETIC_SIGNED && arithmetic_bit(number, 8 * bytes - 1);
    if (is_minus) { /* bits of the sign come in from above */
        number = arithmetic_extend(number, bytes);
        number = (struct arithmetic_number){~number.low, ~number.high};
    }
    shifted = arithmetic_shift_right(number, bits);
    if (is_minus)
        shifted = (struct arithmetic_number){~shifted.low, ~shifted.high};
    return arithmetic_return(guest, shifted, bytes);
}

/* Whether so many bytes hold a signed number. */
static bool arithmetic_fits(struct arithmetic_number number, unsigned bytes) {
    unsigned above = 128 - 8 * bytes;
    struct arithmetic_number cut =
        arithmetic_shift_right(arithmetic_shift_left(number, above), above);

    return arithmetic_is_same(arithmetic_extend(cut, bytes), number);
}

/* Whether the product is what its factors make, in 128 bits. */
static bool arithmetic_divides_back(struct arithmetic_number product, struct arithmetic_number left,
                                    struct arithmetic_number right) {
    struct arithmetic_number rest;

    if (right.low == 0 && right.high == 0)
        return true;
    return left.high >> 63 == (product.high ^ right.high) >> 63 &&
           arithmetic_is_same(arithmetic_divide_signed(product, right, &rest), left);
}

/* The exact result on signed numbers that fill 128 bits, as far as those hold it; false: they do
 * not. Of one number, `right` is 0. */
static bool arithmetic_exact(unsigned operation, struct arithmetic_number left,
                             struct arithmetic_number right, struct arithmetic_number *result) {
    bool is_minus = left.high >> 63;

    switch (operation) {
    case ARITHMETIC_MULTIPLY:
        *result = arithmetic_multiply(left, right);
        return (left.low == 0 && left.high == 0) || arithmetic_divides_back(*result, left, right);
    case ARITHMETIC_ADD:
        *result = arithmetic_add(left, right);
        return is_minus != right.high >> 63 || is_minus == result->high >> 63;
    case ARITHMETIC_SUBTRACT:
        *result = arithmetic_add(left, arithmetic_negate(right));
        return is_minus == right.high >> 63 || is_minus == result->high >> 63;
    default:
        *result = operation == ARITHMETIC_NEGATE || is_minus ? arithmetic_negate(left) : left;
        return operation == ARITHMETIC_NEGATE ? !is_minus || !(result->high >> 63)
                                              : !(result->high >> 63);
    }
}

/* -ftrapv's functions, which end the process when the result does not fit, and those that say so
 * where their third argument points. */
static uint64_t run_checked(struct guest *guest, const struct guest_provided *function) {
    unsigned bytes = function->form >> 16, operation = function->form & 0xffu;
    bool tells = function->form & ARITHMETIC_TELLS, fits;
    struct arithmetic_number left, right = {0, 0}, result, told = {0, 0};

    if (!arithmetic_is_passed(guest, bytes))
        return 0;
    left = arithmetic_extend(arithmetic_argument(guest, bytes, 0), bytes);
    if (operation != ARITHMETIC_NEGATE && operation != ARITHMETIC_ABSOLUTE)
        right = arithmetic_extend(arithmetic_argument(guest, bytes, arithmetic_words(guest, bytes)),
                                  bytes);
    fits = arithmetic_exact(operation, left, right, &result) && arithmetic_fits(result, bytes);
    if (!tells && !fits) {
        guest_stop(guest, OBSERVATION_STACK_SMASHED, function->name);
        return 0;
    }
    told.low = !fits;
    if (tells && !arithmetic_put(guest, told, bytes, sizeof(uint32_t)))
        return 0;
    return arithmetic_return(guest, result, bytes);
}

/* Of a number of so many bytes, or, where the form has none, of a word. */
static uint64_t run_bits(struct guest *guest, const struct guest_provided *function) {
    unsigned bytes = function->form >> 16 ? function->form >> 16 : guest->word;
    struct arithmetic_number number;

    if (!arithmetic_is_passed(guest, bytes))
        return 0;
    number = arithmetic_argument(guest, bytes, 0);
    if ((function->form & 0xffu) == ARITHMETIC_SWAP)
        return arithmetic_return(guest, arithmetic_swap(number, bytes), bytes);
    return arithmetic_bits(number, function->form & 0xffu, bytes);
}

#define ROW(name, run, form) GUEST_PROVIDED_RUN(name, run, form, 0)
#define WIDE(name, end, run, operation)                                                            \
    ROW(name "di" end, run, FORM(operation, 8)), ROW(name "ti" end, run, FORM(operation, 16))
#define EACH_WIDTH(name, end, run, operation)                                                      \
    ROW(name "si" end, run, FORM(operation, 4)), WIDE(name, end, run, operation)
const struct guest_provided guest_provided_arithmetic[] = {
    WIDE("__udiv", "3", run_divide, ARITHMETIC_DIVIDE),
    WIDE("__umod", "3", run_divide, ARITHMETIC_REMAINDER),
    WIDE("__udivmod", "4", run_divide, ARITHMETIC_DIVIDE_BOTH),
    WIDE("__div", "3", run_divide, ARITHMETIC_DIVIDE | ARITHMETIC_SIGNED),
    WIDE("__mod", "3", run_divide, ARITHMETIC_REMAINDER | ARITHMETIC_SIGNED),
    WIDE("__divmod", "4", run_divide, ARITHMETIC_DIVIDE_BOTH | ARITHMETIC_SIGNED),
    WIDE("__mul", "3", run_multiply, ARITHMETIC_MULTIPLY),
    WIDE("__ashl", "3", run_shift, ARITHMETIC_LEFT),
    WIDE("__lshr", "3", run_shift, ARITHMETIC_RIGHT),
    WIDE("__ashr", "3", run_shift, ARITHMETIC_RIGHT | ARITHMETIC_SIGNED),
    EACH_WIDTH("__popcount", "2", run_bits, ARITHMETIC_COUNT),
    EACH_WIDTH("__parity", "2", run_bits, ARITHMETIC_PARITY),
    EACH_WIDTH("__clz", "2", run_bits, ARITHMETIC_LEADING),
    EACH_WIDTH("__ctz", "2", run_bits, ARITHMETIC_TRAILING),
    EACH_WIDTH("__ffs", "2", run_bits, ARITHMETIC_FIRST),
    EACH_WIDTH("__bswap", "2", run_bits, ARITHMETIC_SWAP),
    EACH_WIDTH("__addv", "3", run_checked, ARITHMETIC_ADD),
    EACH_WIDTH("__subv", "3", run_checked, ARITHMETIC_SUBTRACT),
    EACH_WIDTH("__mulv", "3", run_checked, ARITHMETIC_MULTIPLY),
    EACH_WIDTH("__negv", "2", run_checked, ARITHMETIC_NEGATE),
    EACH_WIDTH("__absv", "2", run_checked, ARITHMETIC_ABSOLUTE),
    EACH_WIDTH("__mulo", "4", run_checked, ARITHMETIC_MULTIPLY | ARITHMETIC_TELLS),
    ROW("ffs", run_bits, FORM(ARITHMETIC_FIRST, 4)),
    ROW("ffsl", run_bits, FORM(ARITHMETIC_FIRST, 0)),
    ROW("ffsll", run_bits, FORM(ARITHMETIC_FIRST, 8)),
    ROW(NULL, NULL, 0),
};
