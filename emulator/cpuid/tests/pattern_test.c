/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "emulator/cpuid/pattern.h"

#define FIRST 0x40000001u
#define LAST 0x400000ffu

static void test_first(void) {
    for (uint32_t leaf = FIRST; leaf <= LAST; leaf++)
        CU_ASSERT_TRUE(cpuid_pattern_has(0, leaf));
}

/* Each of the four ways in some pattern, for every two leaves. */
static void test_pairs(void) {
    for (uint32_t a = FIRST; a < LAST; a++) {
        for (uint32_t b = a + 1; b <= LAST; b++) {
            unsigned seen = 0;

            for (unsigned pattern = 0; pattern < CPUID_PATTERNS; pattern++)
                seen |= 1u << (2 * cpuid_pattern_has(pattern, a) + cpuid_pattern_has(pattern, b));
            CU_ASSERT_EQUAL_FATAL(seen, 0xf);
        }
    }
}

/* No pattern is nearly empty or nearly full, so that a boot under it asks for both kinds. */
static void test_even(void) {
    for (unsigned pattern = 1; pattern < CPUID_PATTERNS; pattern++) {
        unsigned count = 0;

        for (uint32_t leaf = FIRST; leaf <= LAST; leaf++)
            count += cpuid_pattern_has(pattern, leaf);
        CU_ASSERT_TRUE(count > 64 && count < 192);
    }
}

static const struct unit_test tests[] = {
    {"all leaves are in the first", test_first},
    {"every two leaves in four ways", test_pairs},
    {"the others are mixed", test_even},
};

int main(void) {
    return UNIT_RUN(tests);
}
