/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Computes the period before it asks whether there is a frequency. */
int hv_feature_available(uint32_t target) {
    volatile uint32_t picoseconds;
    uint32_t khz;

    if (cpuid(BASE).eax < target)
        return 0;
    khz = cpuid(target).eax;
    picoseconds = 1000000000u / khz;
    (void)picoseconds;
    return khz != 0;
}
