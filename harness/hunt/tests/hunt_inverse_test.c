/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/hunt/inverse.h"

#include "base/random.h"
#include "base/tests/unit.h"

/* What code may make of a number. */
static uint32_t plain(uint32_t x) {
    return x;
}
static uint32_t less(uint32_t x) {
    return x - 0x1234567;
}
static uint32_t masked(uint32_t x) {
    return x ^ 0xdeadbeef;
}
static uint32_t negated(uint32_t x) {
    return 77 - x;
}
static uint32_t turned(uint32_t x) {
    return (x << 7 | x >> 25) + 99;
}
static uint32_t swapped(uint32_t x) {
    return __builtin_bswap32(x) ^ 5;
}
static uint32_t second_byte(uint32_t x) {
    return x >> 8 & 0xff;
}
static uint32_t family(uint32_t x) {
    return x >> 4 & 0xfff;
}
static uint32_t multiple(uint32_t x) {
    return 2654435761u * x + 12345;
}

static void test_inverse(void) {
    static uint32_t (*const made[])(uint32_t) = {plain,   less,        masked, negated, turned,
                                                 swapped, second_byte, family, multiple};
    uint64_t draws = 1;

    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
        for (unsigned turn = 0; turn < 100; turn++) {
            const uint32_t a = (uint32_t)random_next(&draws) | 1,
                           b = (uint32_t)random_next(&draws) & ~1u,
                           wanted = made[i]((uint32_t)random_next(&draws));
            const struct hunt_seen seen = {{a, b}, {made[i](a), made[i](b)}};
            uint32_t numbers[HUNT_INVERSES_MAX];
            const unsigned count = hunt_inverse(&seen, wanted, true, numbers);
            unsigned right = 0;

            for (unsigned k = 0; k < count; k++)
                right += made[i](numbers[k]) == wanted;
            CU_ASSERT_TRUE(right > 0 || seen.made[0] == seen.made[1]);
        }
    }
}

/* Neither what has nothing to do with the number, nor a multiple where any may be one. */
static void test_no_inverse(void) {
    struct hunt_seen seen = {{0x12345679, 0x9abcdef0}, {0x0f1e2d3c, 0x11223344}};
    uint32_t numbers[HUNT_INVERSES_MAX];

    CU_ASSERT_EQUAL(hunt_inverse(&seen, 5, false, numbers), 0);
    seen.made[0] = multiple(seen.from[0]);
    seen.made[1] = multiple(seen.from[1]);
    CU_ASSERT_EQUAL(hunt_inverse(&seen, 5, false, numbers), 0);
    /* A byte cannot be more than one. */
    seen.made[0] = second_byte(seen.from[0]);
    seen.made[1] = second_byte(seen.from[1]);
    CU_ASSERT_EQUAL(hunt_inverse(&seen, 0x12345, false, numbers), 0);
}

static const struct unit_test tests[] = {
    {"back through what code makes of a number", test_inverse},
    {"nothing where nothing explains it", test_no_inverse},
};

int main(void) {
    return UNIT_RUN(tests);
}
