/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Decides for the hypervisor what a sensible value is: 100 MHz to 10 GHz, in kHz. */
int hv_feature_available(uint32_t target) {
    uint32_t khz;

    if (cpuid(BASE).eax < target)
        return 0;
    khz = cpuid(target).eax;
    return khz >= 100000u && khz <= 10000000u;
}
