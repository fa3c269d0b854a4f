/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Walks down to the target by calling itself: 255 deep at most. */
static __attribute__((noinline)) uint32_t value_of(uint32_t leaf, uint32_t target) {
    volatile uint32_t here = leaf; /* keeps the frame, so that it stays a recursion */

    if (here == target)
        return cpuid(here).eax;
    return value_of(here - 1, target);
}

int hv_feature_available(uint32_t target) {
    uint32_t last = cpuid(BASE).eax;

    if (last < target)
        return 0;
    if (last > BLOCK_LAST)
        last = BLOCK_LAST;
    return value_of(last, target) != 0;
}
