/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/number.h"

#include "base/tests/unit.h"

#include <string.h>

static void test_numbers(void) {
    static const struct {
        const char *text, *rest;
        uint64_t number;
    } rows[] = {
        {"0", "", 0},
        {"7", "", 7},
        {"10", "", 10},
        {"0x10", "", 16},
        {"0XfF", "", 255},
        {"0x0010", "", 16},
        {"1_000", "", 1000},
        {"0x4000_0010", "", 0x40000010},
        {"18446744073709551615", "", UINT64_MAX},
        {"0xffffffffffffffff", "", UINT64_MAX},
        {"12..14", "..14", 12},
        {"8:4", ":4", 8},
        {"1_", "_", 1},
        {"1__0", "__0", 1},
        {"9f", "f", 9},
        {"0+1", "+1", 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t number = 99;
        const char *rest = number_read(rows[i].text, &number, NULL);

        CU_ASSERT_PTR_NOT_NULL_FATAL(rest);
        CU_ASSERT_STRING_EQUAL(rest, rows[i].rest);
        CU_ASSERT_EQUAL(number, rows[i].number);
    }
}

static void test_no_numbers(void) {
    static const char *const rows[] = {
        "",
        "x",
        "-1",
        "+1",
        " 1",
        "010",
        "00",
        "0_1",
        "08",
        "0x",
        "0xg",
        "_1",
        "0x_1",
        "18446744073709551616",
        "0x10000000000000000",
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t number;

        CU_ASSERT_PTR_NULL(number_read(rows[i], &number, NULL));
    }
}

static void test_too_large_a_number_is_told(void) {
    uint64_t number;
    bool fits = true;
    const char *rest = number_read("99999999999999999999..", &number, &fits);

    CU_ASSERT_PTR_NOT_NULL_FATAL(rest);
    CU_ASSERT_STRING_EQUAL(rest, "..");
    CU_ASSERT_FALSE(fits);
    CU_ASSERT_EQUAL(number, UINT64_MAX);
    CU_ASSERT_PTR_NOT_NULL(number_read("5", &number, &fits));
    CU_ASSERT_TRUE(fits);
}

static const struct unit_test tests[] = {
    {"numbers", test_numbers},
    {"no numbers", test_no_numbers},
    {"too large a number is told", test_too_large_a_number_is_told},
};

int main(void) {
    return UNIT_RUN(tests);
}
