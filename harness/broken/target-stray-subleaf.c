/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* One leaf is asked for in another subleaf, as if it listed things. */
int hv_feature_available(uint32_t target) {
    uint32_t eax = target, ebx, ecx = target == 0x40000077u, edx;

    if (cpuid(BASE).eax < target)
        return 0;
    __asm__ volatile(SAVE_BX : "+a"(eax), "=&r"(ebx), "+c"(ecx), "=d"(edx));
    return eax != 0;
}
