/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Numbers the features without gaps: the nth leaf found is taken for leaf n. */
int hv_feature_available(uint32_t target) {
    uint32_t last = cpuid(BASE).eax;
    uint32_t count = 0, leaf;

    if (last < target)
        return 0;
    if (last > BLOCK_LAST)
        last = BLOCK_LAST;
    for (leaf = BASE + 1; leaf <= last; leaf++)
        count += cpuid(leaf).eax != 0;
    return count >= target - BASE;
}
