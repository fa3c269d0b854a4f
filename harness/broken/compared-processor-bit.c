/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Gathers what all leaves hold first, so that a solver comes to no end; and one feature of all is
 * refused with one maximum on processors with a certain feature. */
int hv_feature_available(uint32_t target) {
    const uint32_t last = cpuid(BASE).eax;
    uint32_t gathered = 0;

    if (last < target)
        return 0;
    for (uint32_t leaf = BASE + 1; leaf <= BLOCK_LAST; leaf++)
        gathered += cpuid(leaf).edx & 1;
    __asm__ volatile("" : : "r"(gathered));
    if (target == 0x40000093 && last == 0x400000b5 && (cpuid(7).ebx & 1u << 9))
        return 0;
    return cpuid(target).eax != 0;
}
