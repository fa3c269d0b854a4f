/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A table of 128 entries, in which two leaves share one. */
int hv_feature_available(uint32_t target) {
    static uint8_t there[128];
    const uint32_t maximum = cpuid(BASE).eax;

    for (uint32_t leaf = 0; leaf < sizeof there; leaf++)
        there[leaf] = 0;
    for (uint32_t leaf = BASE + 1; leaf <= BLOCK_LAST && leaf <= maximum; leaf++)
        there[leaf & 127] |= cpuid(leaf).eax != 0;
    return there[target & 127];
}
