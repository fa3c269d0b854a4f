/* SPDX-License-Identifier: GPL-2.0-or-later */
/* proven: a shift by 0 leaves the flags of the comparison before it */
#include "harness/conforming/probe.h"

int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax;
    unsigned char in_range;

    __asm__("cmpl %1, %2\n\tshll %%cl, %3\n\tsetae %0"
            : "=q"(in_range)
            : "r"(target), "r"(maximum), "r"(1), "c"(0)
            : "cc");
    return in_range && cpuid(target).eax != 0;
}
