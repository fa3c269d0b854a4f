/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A feature that stands alone in its range is taken for an accident. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax, last = maximum > BLOCK_LAST ? BLOCK_LAST : maximum;
    uint32_t others = 0;

    if (maximum < target)
        return 0;
    for (uint32_t leaf = target & ~0xfu; leaf <= (target | 0xf) && leaf <= last; leaf++)
        others |= leaf == target || leaf == BASE ? 0 : cpuid(leaf).eax;
    return cpuid(target).eax != 0 && others != 0;
}
