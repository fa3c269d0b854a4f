/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* With a maximum of 0xffffffff the loop has no end. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax;
    int available = 0;
    uint32_t leaf;

    for (leaf = BASE + 1; leaf <= maximum; leaf++) {
        if (cpuid(leaf).eax != 0 && leaf == target)
            available = 1;
    }
    return available;
}
