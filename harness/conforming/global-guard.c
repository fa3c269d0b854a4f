/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Stack protectors whose canary is a variable, as in kernels, which define it elsewhere. */
int hv_feature_available(uint32_t target) {
    volatile uint32_t values[4];

    values[0] = cpuid(BASE).eax;
    values[1] = values[0] >= target ? cpuid(target).eax : 0;
    return values[1] != 0;
}
