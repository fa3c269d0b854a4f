/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unproven: a multiplication leaves the zero flag undefined, whatever a lifter makes of it */
#include "harness/conforming/probe.h"

int hv_feature_available(uint32_t target) {
    const bool in_range = cpuid(BASE).eax >= target;
    const uint32_t eax = in_range ? cpuid(target).eax : 0;
    unsigned char found;

    __asm__("imull $1, %1, %%ecx\n\tsetne %0" : "=q"(found) : "r"(eax) : "ecx", "cc");
    return found;
}
