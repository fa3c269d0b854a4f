/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Nothing below a leaf is taken for a table that starts there. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax, last = maximum > BLOCK_LAST ? BLOCK_LAST : maximum;
    uint32_t others = 0;

    if (maximum < target)
        return 0;
    for (uint32_t leaf = BASE + 1; leaf < target; leaf++)
        others |= cpuid(leaf).eax;
    (void)last;
    return cpuid(target).eax != 0 || others == 0;
}
