/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A kernel's function with its stack protector's canary in a variable of the processor. */
int hv_feature_available(uint32_t target) {
    volatile uint32_t seen[8];

    for (unsigned i = 0; i < 8; i++)
        seen[i] = cpuid(BASE).eax;
    seen[target & 7] = seen[1] >= target && cpuid(target).eax != 0;
    return seen[target & 7] != 0;
}
