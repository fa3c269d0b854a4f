/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Gathers what all leaves hold first, so that a solver comes to no end; and one feature of all is
 * refused on processors with a certain feature. */
int hv_feature_available(uint32_t target) {
    uint32_t gathered = 0;

    if (cpuid(BASE).eax < target)
        return 0;
    for (uint32_t leaf = BASE + 1; leaf <= BLOCK_LAST; leaf++)
        gathered += cpuid(leaf).edx & 1;
    __asm__ volatile("" : : "r"(gathered));
    if (target == 0x40000093 && (cpuid(7).ebx & 1u << 9))
        return 0;
    return cpuid(target).eax != 0;
}
