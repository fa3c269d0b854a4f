/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/hash.h"
#include "base/random.h"

#include "base/tests/unit.h"

/* Source: the authors' test vectors (Fowler, Noll, Vo: test_fnv.c). */
static void test_hash(void) {
    CU_ASSERT_EQUAL(hash_bytes(HASH_START, "", 0), 0xcbf29ce484222325u);
    CU_ASSERT_EQUAL(hash_bytes(HASH_START, "a", 1), 0xaf63dc4c8601ec8cu);
    CU_ASSERT_EQUAL(hash_bytes(HASH_START, "foobar", 6), 0x85944171f73967e8u);
    CU_ASSERT_EQUAL(hash_word(hash_word(HASH_START, 'f'), 'o'), hash_bytes(HASH_START, "fo", 2));
}

/* Source: the numbers of the reference implementation (splitmix64.c, Vigna) from the state 0. */
static void test_random(void) {
    uint64_t state = 0;

    CU_ASSERT_EQUAL(random_next(&state), 0xe220a8397b1dcdafu);
    CU_ASSERT_EQUAL(random_next(&state), 0x6e789e6aa1b965f4u);
    CU_ASSERT_EQUAL(random_next(&state), 0x06c45d188009454fu);
    CU_ASSERT_EQUAL(random_mix(4 * RANDOM_GAMMA), random_next(&state));
}

int main(void) {
    static const struct unit_test tests[] = {{"FNV-1a", test_hash}, {"SplitMix64", test_random}};

    return UNIT_RUN(tests);
}
