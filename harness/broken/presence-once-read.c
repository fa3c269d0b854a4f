/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Answers rightly, but reads the maximum for later questions before it has asked
 * CPUID.1:ECX[31]. */
int hv_feature_available(uint32_t target) {
    static bool asked;
    uint32_t maximum = asked ? cpuid(BASE).eax : 0;

    asked = true;
    if (cpuid(1).ecx >> 31 == 0)
        return 0;
    if (maximum == 0)
        maximum = cpuid(BASE).eax;
    return maximum >= target && cpuid(target).eax != 0;
}
