/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refuted, and found: RBX comes back changed where the maximum has one value */
#include "harness/conforming/probe.h"

int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax;

    if (maximum == 0x40000123)
        __asm__ volatile("xorl %%ebx, %%ebx" : : : "memory");
    return maximum >= target && cpuid(target).eax != 0;
}
