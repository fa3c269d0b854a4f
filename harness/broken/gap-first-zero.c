/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A leaf that is not implemented ends the walk, and all that is above it is lost. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax;
    uint32_t leaf;

    for (leaf = BASE + 1; leaf <= target; leaf++) {
        if (leaf > maximum || cpuid(leaf).eax == 0)
            return 0;
    }
    return 1;
}
