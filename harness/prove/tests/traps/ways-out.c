/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refuted: one of 256 ways out of a loop leads to a wrong answer */
#include "harness/conforming/probe.h"

static volatile uint32_t kept;

int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax;
    uint32_t leaf = BASE + 1, sum = 0;

    for (; leaf <= BLOCK_LAST && leaf <= maximum; leaf++)
        sum += cpuid(leaf).ebx;
    kept = sum;
    return detect(target) && leaf != BASE + 0x98;
}
