/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A calculator's way: leaves as floating-point numbers, exact in both types, and rounded back to
 * integers, for which the x87 changes its rounding and back again. */
int hv_feature_available(uint32_t target) {
    const long double wanted = target, maximum = cpuid(BASE).eax;
    volatile double eax;
    volatile long double distance = maximum - wanted;

    if (distance < 0)
        return 0;
    eax = cpuid((uint32_t)(int64_t)(maximum - distance)).eax;
    return (uint32_t)(int64_t)(eax * 2.0 / 2.0) != 0;
}
