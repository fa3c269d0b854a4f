/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* "The vendor's range is in use" is not "this feature is implemented". */
int hv_feature_available(uint32_t target) {
    uint32_t leaf;

    if (cpuid(BASE).eax < target)
        return 0;
    for (leaf = target; leaf > BASE && leaf >= (target & ~0xfu); leaf--) {
        if (cpuid(leaf).eax != 0)
            return 1;
    }
    return 0;
}
