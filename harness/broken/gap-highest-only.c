/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Walks down from the maximum to the first implemented leaf, and knows no other. */
int hv_feature_available(uint32_t target) {
    uint32_t leaf = cpuid(BASE).eax;

    if (leaf > BLOCK_LAST)
        leaf = BLOCK_LAST;
    for (; leaf > BASE; leaf--) {
        if (cpuid(leaf).eax != 0)
            return leaf == target;
    }
    return 0;
}
