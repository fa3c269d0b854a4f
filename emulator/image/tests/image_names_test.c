/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image/names.h"

#include "base/tests/unit.h"

#include <stdio.h>

/* The mangled names are what g++ 12, rustc 1.63 and rustc -C symbol-mangling-version=v0 make of the
 * functions written beside them. */
static void test_names(void) {
    static const struct {
        const char *symbol, *written;
        bool is;
    } rows[] = {
        {"_ZN3hvx3hasEj", "hvx::has", true},
        {"_ZN3hvx3hasEj", "has", true},
        {"_ZN3hvx3hasEj", "hvx::has(unsigned int)", true},
        {"_ZN3hvx3hasEj", "vx::has", false},
        {"_ZN3hvx3hasEj", "hvx", false},
        {"_ZN3hvx3hasEj", "hvx::hasE", false},
        {"_ZN3hvx3hasEj", "", false},
        {"_Z3hasj", "has", true},
        {"_Z3hasj", "hvx::has", false},
        {"_ZL3hasj", "has", true},
        {"_ZN3hvx12_GLOBAL__N_13hasEj", "hvx::has", true},
        {"_ZNK3hvx8Detector9availableEj", "hvx::Detector::available", true},
        {"_ZNK3hvx8Detector9availableEj", "Detector::available", true},
        {"_ZN3hvx3setILi3EE3hasEj", "hvx::set::has", true},
        {"_ZN3hvx3setIN3hvx1xEE3hasEj", "set::has", true},
        {"_Z3hasIjEbT_", "has", true},
        {"_ZSt3hasj", "std::has", true},
        {"_ZN3hvx3has17h0123456789abcdefE", "hvx::has", true},
        {"_ZN3hvx3has17h0123456789abcdefE", "has", true},
        {"_RNvCs1234_3hvx3has", "hvx::has", true},
        {"_RNvNtCs8NbE7_3hvx6detect3has", "hvx::detect::has", true},
        {"_RNvNtCs8NbE7_3hvx6detect3has", "detect::has", true},
        {"_RNvNtCs8NbE7_3hvx6detect3has", "hvx::has", false},
        {"hvx_has", "has", false},
        {"_ZN3hvx5knownE", "hvx::known", true},
        {"_ZZN3hvx3hasEjE5known", "hvx::has(unsigned)::known", true},
        {"_ZZN3hvx3hasEjE5known", "has()::known", true},
        {"_ZZN3hvx3hasEjE5known", "known", true},
        {"_ZZN3hvx3hasEjE5known", "hvx::has(unsigned)", false},
        {"_ZZN3hvx3hasEjE5known_0", "has()::known", true},
        {"_ZZ3hasN3hvx1xEE2nE", "has()::nE", true},
        {"_ZZN3hvx3hasEj", "hvx::has()::known", false},
        {"_ZZ", "known", false},
        {"_ZGVZN3hvx3hasEjE5known", "known", false},
        {"_Z", "has", false},
        {"_ZN", "has", false},
        {"_Z99999999999999999999has", "has", false},
        {"_ZN3hvx3setIN", "set", true},
        {"_RNvCs", "has", false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (image_name_is(rows[i].symbol, rows[i].written) != rows[i].is)
            printf("\n    %s as %s", rows[i].symbol, rows[i].written);
        CU_ASSERT_EQUAL(image_name_is(rows[i].symbol, rows[i].written), rows[i].is);
    }
}

static void test_fragments(void) {
    CU_ASSERT_TRUE(image_name_is_fragment("has.cold"));
    CU_ASSERT_TRUE(image_name_is_fragment("_ZN3hvx3hasEj.part.0"));
    CU_ASSERT_TRUE(image_name_is_fragment("has.constprop.0"));
    CU_ASSERT_TRUE(image_name_is_fragment("__pfx_has"));
    CU_ASSERT_FALSE(image_name_is_fragment("has_cold"));
    CU_ASSERT_FALSE(image_name_is_fragment("partial"));
}

static const struct unit_test tests[] = {
    {"Names as people write them", test_names},
    {"Fragments of functions", test_fragments},
};

int main(void) {
    return UNIT_RUN(tests);
}
