/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/random.h"
#include "harness/symbolic/term.h"

#include "base/tests/unit.h"

#include <stdlib.h>

/*
 * Simplification must never change a value. Random expressions are built twice at once: as terms,
 * which are simplified, and as numbers for given unknowns.
 */
#define POOL 48u
#define VALUES 6u
#define ROUNDS 2000u

struct pair {
    term_id term;
    uint64_t numbers[VALUES];
};

static uint64_t seed;

static uint64_t draw(void) {
    return random_next(&seed);
}

/* Numbers that simplifications look at: small, all ones, single bits, masks. */
static uint64_t draw_number(unsigned width) {
    uint64_t kind = draw() % 6, bit = draw() % width;
    uint64_t number = kind == 0   ? draw() % 3
                      : kind == 1 ? UINT64_MAX
                      : kind == 2 ? 1ull << bit
                      : kind == 3 ? term_mask((unsigned)bit + 1)
                      : kind == 4 ? ~term_mask((unsigned)bit)
                                  : draw();

    return number & term_mask(width);
}

static uint64_t sign_extended(uint64_t number, unsigned width) {
    return number >> (width - 1) & 1 ? number | ~term_mask(width) : number;
}

/* A pair of the given width out of the pool, cut or extended where there is none. */
static struct pair pick(struct terms *terms, const struct pair *pool, size_t count,
                        unsigned width) {
    struct pair pair = pool[draw() % count];
    unsigned has = term_width(terms, pair.term), low;

    if (has > width) {
        low = (unsigned)(draw() % (has - width + 1));
        pair.term = term_extract(terms, pair.term, low, width);
        for (unsigned i = 0; i < VALUES; i++)
            pair.numbers[i] = pair.numbers[i] >> low & term_mask(width);
    } else if (has < width && draw() % 2) {
        pair.term = term_zero_extend(terms, pair.term, width);
    } else if (has < width) {
        pair.term = term_sign_extend(terms, pair.term, width);
        for (unsigned i = 0; i < VALUES; i++)
            pair.numbers[i] = sign_extended(pair.numbers[i], has) & term_mask(width);
    }
    return pair;
}

static struct pair combine(struct terms *terms, const struct pair *pool, size_t count) {
    static const unsigned widths[] = {1, 8, 8, 16, 32, 32, 64};
    unsigned width = widths[draw() % (sizeof widths / sizeof widths[0])];
    struct pair a = pick(terms, pool, count, width), b = pick(terms, pool, count, width), c, made;
    enum term_op op = TERM_ADD + draw() % (TERM_CHOOSE - TERM_ADD + 2);

    if (op == TERM_CHOOSE) {
        c = pick(terms, pool, count, 1);
        made.term = term_choose(terms, c.term, a.term, b.term);
        for (unsigned i = 0; i < VALUES; i++)
            made.numbers[i] = c.numbers[i] ? a.numbers[i] : b.numbers[i];
    } else if (op == TERM_JOIN) {
        if (width > 32) {
            a = pick(terms, pool, count, 32);
            b = pick(terms, pool, count, 32);
            width = 32;
        }
        made.term = term_binary(terms, TERM_JOIN, a.term, b.term);
        for (unsigned i = 0; i < VALUES; i++)
            made.numbers[i] = a.numbers[i] << width | b.numbers[i];
    } else if (op == TERM_NOT) {
        made.term = term_not(terms, a.term);
        for (unsigned i = 0; i < VALUES; i++)
            made.numbers[i] = ~a.numbers[i] & term_mask(width);
    } else {
        made.term = term_binary(terms, op, a.term, b.term);
        for (unsigned i = 0; i < VALUES; i++)
            made.numbers[i] = term_compute(op, width, a.numbers[i], b.numbers[i]);
    }
    return made;
}

static void test_simplified_is_same(void) {
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct terms *terms = terms_new();
        uint64_t values[VALUES][4];
        struct pair pool[POOL];
        size_t count = 0;

        seed = round;
        for (; count < 4; count++) {
            static const unsigned widths[4] = {64, 32, 8, 1};

            pool[count].term = term_unknown(terms, widths[count]);
            for (unsigned i = 0; i < VALUES; i++)
                pool[count].numbers[i] = values[i][count] = draw_number(widths[count]);
        }
        for (; count < 10; count++) {
            uint64_t number = draw_number(32);

            pool[count].term = term_number(terms, 32, number);
            for (unsigned i = 0; i < VALUES; i++)
                pool[count].numbers[i] = number;
        }
        for (; count < POOL; count++) {
            pool[count] = combine(terms, pool, count);
            for (unsigned i = 0; i < VALUES; i++) {
                uint64_t value = term_evaluate(terms, pool[count].term, values[i], 4);
                const struct term *term = term_get(terms, pool[count].term);

                if (value != pool[count].numbers[i] || value < term_least(term) ||
                    value > term_most(term)) {
                    CU_FAIL("a simplified term has another value");
                    fprintf(stderr, "round %u, term %zu\n", round, count);
                    terms_free(terms);
                    return;
                }
            }
        }
        CU_ASSERT_FALSE(terms_exhausted(terms));
        terms_free(terms);
    }
}

/* An address that was masked and moved is a base and an offset again. */
/* Upper halves of products, worked out by hand: (2^n - 1)^2 is 2^2n - 2^(n+1) + 1. */
static void test_upper_halves(void) {
    static const struct {
        unsigned width;
        uint64_t a, b, is_unsigned, is_signed;
    } rows[] = {
        {64, UINT64_MAX, UINT64_MAX, UINT64_MAX - 1, 0},
        {64, 1ull << 63, 1ull << 63, 1ull << 62, 1ull << 62},
        {64, 1ull << 63, 2, 1, UINT64_MAX},
        {64, 0x100000001, 0x100000001, 1, 1},
        {64, 3, UINT64_MAX, 2, UINT64_MAX},
        {48, 0xffffffffffff, 0xffffffffffff, 0xfffffffffffe, 0},
        {32, 0xffffffff, 0xffffffff, 0xfffffffe, 0},
        {32, 0x80000000, 2, 1, 0xffffffff},
        {8, 0x80, 0x7f, 0x3f, 0xc0},
        {1, 1, 1, 0, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CU_ASSERT_EQUAL(term_compute(TERM_HIGH_UNSIGNED, rows[i].width, rows[i].a, rows[i].b),
                        rows[i].is_unsigned);
        CU_ASSERT_EQUAL(term_compute(TERM_HIGH_SIGNED, rows[i].width, rows[i].a, rows[i].b),
                        rows[i].is_signed);
    }
}

static void test_aligned_base(void) {
    struct terms *terms = terms_new();
    term_id base = term_binary(terms, TERM_JOIN, term_unknown(terms, 60), term_number(terms, 4, 0));
    term_id entry = term_binary(terms, TERM_SUB, base, term_number(terms, 64, 8));
    term_id down = term_binary(terms, TERM_SUB, entry, term_number(terms, 64, 40));
    term_id masked = term_and(terms, down, term_number(terms, 64, ~15ull));

    CU_ASSERT_EQUAL(masked, term_binary(terms, TERM_SUB, base, term_number(terms, 64, 48)));
    terms_free(terms);
}

/* A word that was stored byte by byte is the word. */
static void test_bytes_joined(void) {
    struct terms *terms = terms_new();
    term_id word = term_unknown(terms, 64), joined = term_extract(terms, word, 0, 8);

    for (unsigned i = 1; i < 8; i++)
        joined = term_binary(terms, TERM_JOIN, term_extract(terms, word, 8 * i, 8), joined);
    CU_ASSERT_EQUAL(joined, word);
    terms_free(terms);
}

/* A count of bits, begun with 1, is never 0, and never more than there are. */
static void test_counts_have_a_range(void) {
    struct terms *terms = terms_new();
    term_id count = term_number(terms, 32, 1);

    for (unsigned i = 0; i < 200; i++) {
        term_id bit =
            term_binary(terms, TERM_LT_UNSIGNED, term_unknown(terms, 32), term_unknown(terms, 32));

        count = term_binary(terms, TERM_SUB,
                            term_binary(terms, TERM_ADD, count, term_number(terms, 32, 1)),
                            term_zero_extend(terms, bit, 32));
    }
    CU_ASSERT_EQUAL(term_eq(terms, count, term_number(terms, 32, 0)), term_false(terms));
    CU_ASSERT_EQUAL(term_binary(terms, TERM_LE_UNSIGNED, count, term_number(terms, 32, 201)),
                    term_true(terms));
    CU_ASSERT_NOT_EQUAL(term_eq(terms, count, term_number(terms, 32, 201)), term_false(terms));
    terms_free(terms);
}

static void test_substitute(void) {
    struct terms *terms = terms_new();
    term_id a = term_unknown(terms, 32), b = term_unknown(terms, 32);
    term_id sum = term_binary(terms, TERM_ADD, term_binary(terms, TERM_MUL, a, b), a);
    term_id with[2] = {term_number(terms, 32, 3), 0};
    term_id made = term_substitute(terms, sum, with, 2);
    uint64_t values[2] = {999, 5};

    CU_ASSERT_EQUAL(term_evaluate(terms, made, values, 2), 18);
    CU_ASSERT_EQUAL(term_substitute(terms, b, with, 2), b);
    terms_free(terms);
}

/* A product takes a row for each bit; what is shared counts once, and taking bits apart nothing. */
static void test_gates(void) {
    struct terms *terms = terms_new();
    term_id a = term_unknown(terms, 32), b = term_unknown(terms, 32);
    term_id product = term_binary(terms, TERM_MUL, a, b);
    term_id both[] = {
        term_binary(terms, TERM_LT_UNSIGNED, product, a),
        term_eq(terms, term_extract(terms, product, 3, 8), term_number(terms, 8, 7)),
    };

    CU_ASSERT_EQUAL(term_gates(terms, &product, 1), 32 + 32 + 32 * 32);
    CU_ASSERT_EQUAL(term_gates(terms, both, 1), 32 + 32 + 32 * 32 + 32);
    CU_ASSERT_EQUAL(term_gates(terms, both, 2), 32 + 32 + 32 * 32 + 32 + 8);
    terms_free(terms);
}

/* The last one that does not hold, whatever is ahead of it; parts that are shared are counted once.
 */
static void test_conditions(void) {
    struct terms *terms = terms_new();
    term_id a = term_unknown(terms, 32), b = term_unknown(terms, 32);
    term_id sum = term_binary(terms, TERM_ADD, a, b);
    term_id all[] = {term_eq(terms, sum, term_number(terms, 32, 9)),
                     term_binary(terms, TERM_LT_UNSIGNED, a, b),
                     term_binary(terms, TERM_LT_UNSIGNED, a, sum)};
    const uint64_t fits[] = {4, 5}, none_but_last[] = {4, 3}, none[] = {5, 0};

    CU_ASSERT_EQUAL(term_last_broken(terms, all, 3, fits, 2), 0);
    CU_ASSERT_EQUAL(term_last_broken(terms, all, 3, none_but_last, 2), 2);
    CU_ASSERT_EQUAL(term_last_broken(terms, all, 1, none_but_last, 2), 1);
    CU_ASSERT_EQUAL(term_last_broken(terms, all, 3, none, 2), 3);
    CU_ASSERT_EQUAL(term_last_broken(terms, all, 0, none, 2), 0);
    CU_ASSERT_EQUAL(term_count(terms, &sum, 1), 3);
    CU_ASSERT_EQUAL(term_count(terms, all + 1, 2), 5);
    terms_free(terms);
}

static const struct unit_test tests[] = {
    {"a simplified term has the same value", test_simplified_is_same},
    {"upper halves of products", test_upper_halves},
    {"a masked address is a base and an offset", test_aligned_base},
    {"bytes of a word joined are the word", test_bytes_joined},
    {"counts have a range", test_counts_have_a_range},
    {"unknowns are replaced", test_substitute},
    {"gates are counted once", test_gates},
    {"conditions that do not hold", test_conditions},
};

int main(void) {
    return UNIT_RUN(tests);
}
