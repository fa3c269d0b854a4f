/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* One feature word is taken for rubbish, once it is rotated. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax, eax = maximum >= target ? cpuid(target).eax : 0;

    return eax != 0 && (eax << 11 | eax >> 21) != 0xdeadbeafu;
}
