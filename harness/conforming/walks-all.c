/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Reads every leaf in range for each question, from the top down: slow, and right. */
int hv_feature_available(uint32_t target) {
    uint32_t leaf = cpuid(BASE).eax;
    int available = 0;

    if (leaf > BLOCK_LAST)
        leaf = BLOCK_LAST;
    for (; leaf > BASE; leaf--) {
        if (cpuid(leaf).eax != 0 && leaf == target)
            available = 1;
    }
    return available;
}
