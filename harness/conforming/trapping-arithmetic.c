/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Built with -ftrapv, which leaves signed arithmetic to functions of libgcc that end the process
 * when a result does not fit. All results fit. Nothing links libgcc. */
#ifdef __x86_64__
typedef int wide __attribute__((mode(TI)));
#else
typedef int wide __attribute__((mode(DI)));
#endif

static int asked;

static bool is_sum(int64_t left, int64_t right, int64_t sum) {
    volatile int64_t number = left;

    return number + right == sum && sum - right == number && -(-number) == number;
}

static bool is_product(wide left, wide right, wide product) {
    volatile wide number = left;

    return number * right == product && number * -right == -product;
}

static bool is_small_product(volatile int left, int right, int product) {
    return left * right == product && (left < 0 ? -left : left) >= 0;
}

/* GCC leaves this to the functions that end the process, at -O0 in 32-bit code. */
static bool overflows(volatile int64_t left, int64_t right, bool expected) {
#ifdef __clang__
    int64_t product;

    return __builtin_mul_overflow(left, right, &product) == expected;
#else
    (void)left, (void)right, (void)expected;
    return true;
#endif
}

int hv_feature_available(uint32_t target) {
    uint32_t maximum = cpuid(BASE).eax;
    int64_t distance = (int64_t)maximum - (int64_t)target;

    asked = asked + 1;
    if (!is_sum(distance, target, maximum) || !is_sum(INT64_MIN + 1, INT64_MAX, 0) ||
        !is_product(distance, 1000, (wide)distance * 1000) || !is_product(-7, 0, 0) ||
        !is_small_product(-46340, 46340, -2147395600) || !is_small_product(0, INT32_MIN + 1, 0) ||
        !overflows(INT64_MIN, -1, true) || !overflows(INT64_MAX / 3, -3, false) ||
        !overflows((int64_t)1 << 32, (int64_t)1 << 31, true))
        return 0;
    return asked > 0 && distance >= 0 && cpuid(target).eax != 0;
}
