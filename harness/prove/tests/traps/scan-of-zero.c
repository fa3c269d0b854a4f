/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unproven: what bsf leaves of a source of 0 is undefined */
#include "harness/conforming/probe.h"

int hv_feature_available(uint32_t target) {
    const bool in_range = cpuid(BASE).eax >= target;
    const uint32_t eax = in_range ? cpuid(target).eax : 0;
    int bit = 77;

    __asm__("bsfl %1, %0" : "+r"(bit) : "r"(eax) : "cc");
    return bit != 77;
}
