/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refuted: the direction flag comes back set where the target's EBX has one value */
#include "harness/conforming/probe.h"

int hv_feature_available(uint32_t target) {
    struct registers leaf;

    if (cpuid(BASE).eax < target)
        return 0;
    leaf = cpuid(target);
    if (leaf.ebx == 0x2468ace0)
        __asm__ volatile("std" : : : "memory");
    return leaf.eax != 0;
}
