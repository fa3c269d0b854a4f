/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/source/demangle.h"

#include "base/tests/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(const char *name, const char *expected) {
    char *text = demangle(name);

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_STRING_EQUAL(text, expected);
    free(text);
}

/* Names as g++ 12 and rustc write them. */
static void test_names(void) {
    check("_ZN2hv3hasEj", "hv::has");
    check("_ZN2hv8detector3hasEj", "hv::detector::has");
    check("_ZN12_GLOBAL__N_13hasEj", "(anonymous namespace)::has");
    check("_ZN2hv7atLeastILj1073741840EEEbj", "hv::atLeast<1073741840u>");
    check("_ZN6detect3has17h0123456789abcdefE", "detect::has");
    check("_RNvCs15kBYyAo9fc_7mycrate7example", "mycrate::example");
}

static void test_others_stay(void) {
    static const char *const names[] = {
        "hv_feature_available", "", "_", "_start", "_Z", "_ZN2hv", "_ZN99hvE", "_R", "_RN",
        "?has@hv@@YA_NI@Z",
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        check(names[i], names[i]);
}

/* Pairs of pairs, `levels` deep, in which the second one refers back to the first: a name of eight
 * bytes a level stands for 2^levels words. */
static void pairs(char name[DEMANGLE_LENGTH], unsigned levels) {
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    size_t used = (size_t)snprintf(name, DEMANGLE_LENGTH, "_Z1fI1QI");

    for (unsigned i = 0; i < levels; i++)
        used += (size_t)snprintf(name + used, DEMANGLE_LENGTH - used, "S0_I");
    used += (size_t)snprintf(name + used, DEMANGLE_LENGTH - used, "ii");
    for (unsigned i = 1; i <= levels; i++)
        used += (size_t)snprintf(name + used, DEMANGLE_LENGTH - used, "ES%c_", digits[i]);
    snprintf(name + used, DEMANGLE_LENGTH - used, "EEvv");
}

static void test_a_bomb_stays(void) {
    char name[DEMANGLE_LENGTH], longest[DEMANGLE_LENGTH + 8] = "_Z";

    pairs(name, 2);
    check(name, "f<Q<Q<Q<int, int>, Q<int, int> >, Q<Q<int, int>, Q<int, int> > > >");
    pairs(name, 35);
    check(name, name);
    memset(longest + 2, '1', sizeof longest - 3);
    check(longest, longest);
}

static const struct unit_test tests[] = {
    {"names of C++ and Rust", test_names},
    {"other names stay as they are", test_others_stay},
    {"a name that grows without end stays as it is", test_a_bomb_stays},
};

int main(void) {
    return UNIT_RUN(tests);
}
