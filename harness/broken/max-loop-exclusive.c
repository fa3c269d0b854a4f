/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Looks for the target among the leaves in range, and stops one short. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax;
    uint32_t leaf;

    for (leaf = BASE + 1; leaf < maximum && leaf <= BLOCK_LAST; leaf++) {
        if (leaf == target)
            return cpuid(leaf).eax != 0;
    }
    return 0;
}
