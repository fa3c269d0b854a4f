/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* CPUID's registers are four numbers, not the halves of one. */
int hv_feature_available(uint32_t target) {
    struct registers leaf;

    if (cpuid(BASE).eax < target)
        return 0;
    leaf = cpuid(target);
    return ((uint64_t)leaf.edx << 32 | leaf.eax) != 0;
}
