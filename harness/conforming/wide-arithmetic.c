/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Arithmetic on numbers of two words, which compilers leave to functions of their own: a frequency
 * in another unit, bits counted. Nothing links libgcc. */
#ifdef __x86_64__
typedef unsigned wide __attribute__((mode(TI)));
typedef int wide_signed __attribute__((mode(TI)));
#define WIDE_HALF 64
#else
typedef unsigned wide __attribute__((mode(DI)));
typedef int wide_signed __attribute__((mode(DI)));
#define WIDE_HALF 32
#endif

static bool divides(wide number, wide divisor) {
    wide quotient = number / divisor, rest = number % divisor;

    return rest < divisor && quotient * divisor + rest == number;
}

static bool divides_signed(wide_signed number, wide_signed divisor) {
    wide_signed quotient = number / divisor, rest = number % divisor;

    return quotient * divisor + rest == number && (rest == 0 || (rest < 0) == (number < 0)) &&
           (rest < 0 ? -rest : rest) < (divisor < 0 ? -divisor : divisor);
}

int hv_feature_available(uint32_t target) {
    volatile uint32_t maximum = cpuid(BASE).eax;
    volatile uint64_t bits = (uint64_t)maximum << 32 | 0x80000001u;
    wide large = ((wide)maximum << WIDE_HALF) + target;
    unsigned counted = 0;

    for (uint64_t left = bits; left != 0; left &= left - 1)
        counted++;
    if (!divides(large, 1000) || !divides(large, ((wide)target << WIDE_HALF) + 7) ||
        !divides_signed(-(wide_signed)(large >> 1), 1000) ||
        !divides_signed((wide_signed)(large >> 1), -((wide_signed)target << WIDE_HALF)) ||
        counted != (unsigned)__builtin_popcountll(bits))
        return 0;
    return maximum >= target && cpuid(target).eax != 0;
}
